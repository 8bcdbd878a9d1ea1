// The fields stay open while what they leave is counted anew, and the focus stays where it was.
let open = false;
let held = null;
const show = () => {
  const toggle = element.querySelector(".toggle");
  if (!toggle) return;
  toggle.setAttribute("aria-expanded", String(open));
  element.querySelector(".fields").hidden = !open;
};
element.addEventListener("click", (event) => {
  if (event.target.closest(".toggle")) {
    open = !open;
    show();
  }
  const drop = event.target.closest("[data-drop]");
  if (drop) {
    held = ".toggle";
    trigger("narrow", { name: drop.dataset.drop, value: "" });
  }
});
element.addEventListener("change", (event) => {
  const name = event.target.dataset.filter;
  if (!name) return;
  held = `[data-filter="${name}"]`;
  trigger("narrow", { name, value: event.target.value });
});
element.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !open) return;
  open = false;
  show();
  element.querySelector(".toggle").focus();
  event.preventDefault();
});
watch("value", () => {
  show();
  if (held) element.querySelector(held)?.focus();
  held = null;
});
