element.addEventListener("click", (event) => {
  for (const name of ["example", "dossier", "unfiltered"]) {
    const button = event.target.closest(`[data-${name}]`);
    if (button) trigger(name, { index: Number(button.dataset[name]) });
  }
});

// The newest turn stays in view while its answer grows; one too long for that shows its beginning.
watch("value", () => {
  document.dispatchEvent(new Event("conversation"));
  const last = element.querySelector(".turn:last-of-type");
  if (!last) return;
  const room = Math.min(element.closest("#conversation").clientHeight, window.innerHeight) * 0.8;
  last.scrollIntoView({ block: last.offsetHeight < room ? "nearest" : "start" });
});
