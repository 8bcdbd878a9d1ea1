// Marks open their card; cards lead back to their answer. Everything is delegated from the
// document, because the conversation and the evidence are replaced as they grow.
(() => {
  const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const behavior = () => (calm() ? "auto" : "smooth");

  const showTurn = (number) => {
    for (const section of document.querySelectorAll(".evidence-turn")) {
      section.hidden = section.dataset.turn !== number;
    }
  };

  const openCard = (mark) => {
    const card = document.getElementById(mark.dataset.card);
    if (!card) return;
    showTurn(card.closest(".evidence-turn").dataset.turn);
    for (const other of document.querySelectorAll(".card.open, .cite.open")) {
      other.classList.remove("open");
    }
    card.classList.add("open");
    mark.classList.add("open");
    card.scrollIntoView({ behavior: behavior(), block: "start" });
    card.focus({ preventScroll: true });
  };

  const goBack = (id) => {
    const turn = document.getElementById(id);
    if (!turn) return;
    turn.scrollIntoView({ behavior: behavior(), block: "start" });
    const mark = turn.querySelector(".cite.open") || turn.querySelector(".cite");
    if (mark) mark.focus({ preventScroll: true });
  };

  const copy = async (button) => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      return;
    }
    const label = button.textContent;
    button.textContent = button.dataset.done;
    window.setTimeout(() => { button.textContent = label; }, 1600);
  };

  document.addEventListener("click", (event) => {
    const mark = event.target.closest(".cite");
    if (mark) return openCard(mark);
    const back = event.target.closest("[data-back]");
    if (back) return goBack(back.dataset.back);
    const copied = event.target.closest("[data-copy]");
    if (copied) return copy(copied);
    const turn = event.target.closest(".turn");
    if (turn && document.querySelector(`.evidence-turn[data-turn="${turn.dataset.turn}"]`)) {
      showTurn(turn.dataset.turn);
    }
  });
})();
