element.addEventListener("click", (event) => {
  const example = event.target.closest("[data-example]");
  if (example) trigger("example", { index: Number(example.dataset.example) });
});

let shown = null;
watch("value", () => {
  const turns = element.querySelectorAll(".turn");
  const last = turns.length ? turns[turns.length - 1].id : null;
  if (last && last !== shown) {
    turns[turns.length - 1].scrollIntoView({ block: "start" });
  }
  shown = last;
});
