// Screen readers follow an element that stays while its content changes.
element.setAttribute("role", "status");
document.addEventListener("stalled", () => trigger("wake", {}));
