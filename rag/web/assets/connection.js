// Gradio says in English that the server is away, and loads the page anew when it is back.
new MutationObserver(() => {
  const words = find("#heading .masthead")?.dataset;
  for (const title of document.querySelectorAll(".toast-title")) {
    if (!words || title.textContent.trim() !== "Connection Lost") continue;
    title.textContent = words.lost;
    const text = title.parentElement.querySelector(".toast-text");
    if (text) text.textContent = words.hint;
  }
}).observe(document.documentElement, { childList: true, subtree: true });
