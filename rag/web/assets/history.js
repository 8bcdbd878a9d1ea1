// The list closes behind the question chosen from it, on Esc, and on a touch elsewhere.
const close = () => {
  const list = element.querySelector("details[open]");
  if (list) list.open = false;
  return list;
};
element.addEventListener("click", (event) => {
  if (event.target.closest("[data-jump]")) close();
});
element.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const list = close();
  if (!list) return;
  list.querySelector("summary").focus();
  event.preventDefault();
});
document.addEventListener("click", (event) => {
  if (!element.contains(event.target)) close();
});
