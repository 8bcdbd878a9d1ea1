// Gradio says in English that the server is away, and loads the page anew when it is back.
new MutationObserver(() => {
  const words = find("#heading .masthead")?.dataset;
  for (const text of document.querySelectorAll(".toast-message-text")) {
    if (!words || !text.textContent.includes("Connection to the server was lost")) continue;
    text.textContent = words.hint;
    const title = text.closest(".toast-body")?.querySelector(".toast-title");
    if (title) title.textContent = words.lost;
  }
}).observe(document.documentElement, { childList: true, subtree: true });
