element.addEventListener("click", (event) => {
  const example = event.target.closest("[data-example]");
  if (example) trigger("example", { index: Number(example.dataset.example) });
  const dossier = event.target.closest("[data-dossier]");
  if (dossier) trigger("dossier", { index: Number(dossier.dataset.dossier) });
});

// The newest turn stays in view while its answer grows; one too long for that shows its beginning.
watch("value", () => {
  const last = element.querySelector(".turn:last-of-type");
  if (!last) return;
  const room = Math.min(element.closest("#conversation").clientHeight, window.innerHeight) * 0.8;
  last.scrollIntoView({ block: last.offsetHeight < room ? "nearest" : "start" });
});
