// The address after # says which page is shown; a name that is none shows the chat.
const sheet = document.head.appendChild(document.createElement("style"));
const turn = () => {
  const links = [...element.querySelectorAll("[data-page]")];
  const wanted = decodeURIComponent(window.location.hash.slice(1));
  const name = links.some((link) => link.dataset.page === wanted) ? wanted : "ask";
  sheet.textContent = `.of-page:not(.of-${CSS.escape(name)}) { display: none !important; }`;
  for (const link of links) {
    if (link.dataset.page === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
};
window.addEventListener("hashchange", turn);
watch("value", turn);
turn();
