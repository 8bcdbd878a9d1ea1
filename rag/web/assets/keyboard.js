// "/" leads to the field, the arrows from citation to citation in reading direction, Esc closes.
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing || !asking()) return;
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "Escape" && sheet && !event.defaultPrevented) {
    closeSheet();
    event.preventDefault();
  } else if (event.key === "/" && !typing) {
    field()?.focus();
    event.preventDefault();
  } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    // An empty field has no use for them; what can be scrolled sideways has.
    if (typing && (typing !== field() || typing.value)) return;
    if (event.target.closest?.(".table, .enlarged")) return;
    const onwards = (event.key === "ArrowRight") === (document.documentElement.dir !== "rtl");
    if (step(onwards ? 1 : -1)) event.preventDefault();
  }
});
