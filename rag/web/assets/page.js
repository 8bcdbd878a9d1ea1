// Numbers in an answer open the words they cite; cards lead back to their answer. Everything is
// delegated from the document, because conversation and evidence are replaced as they grow.
(() => {
  const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const behavior = () => (calm() ? "auto" : "smooth");

  const showTurn = (number) => {
    for (const section of document.querySelectorAll(".evidence-turn")) {
      section.hidden = section.dataset.turn !== number;
    }
  };

  const openCitation = (cite) => {
    const number = document.getElementById(cite.dataset.cite);
    const card = number && number.closest(".card");
    if (!card) return;
    showTurn(card.closest(".evidence-turn").dataset.turn);
    for (const other of document.querySelectorAll(".open")) other.classList.remove("open");
    const marks = card.querySelectorAll(`mark[data-quote~="${cite.dataset.cite}"]`);
    for (const part of [cite, card, number, ...marks]) part.classList.add("open");
    const fits = card.offsetHeight < window.innerHeight * 0.6;
    const target = fits || !marks.length ? card : marks[0];
    target.scrollIntoView({ behavior: behavior(), block: fits ? "nearest" : "center" });
    card.focus({ preventScroll: true });
  };

  const goBack = (id) => {
    const turn = document.getElementById(id);
    if (!turn) return;
    turn.scrollIntoView({ behavior: behavior(), block: "start" });
    const cite = turn.querySelector(".cite.open") || turn.querySelector(".cite");
    if (cite) cite.focus({ preventScroll: true });
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

  // One question at a time: an empty one, one just sent and one sent before the last is answered
  // stay in the field.
  let sent = null;
  const unanswered = () => {
    const last = document.querySelector("#conversation .turn:last-of-type");
    return last && !last.querySelector(".answer, .problem");
  };
  const holdBack = (event) => {
    const field = document.querySelector("#question textarea");
    const sends =
      event.type === "click"
        ? event.target.closest("#send")
        : event.target === field && event.key === "Enter" && !event.shiftKey;
    if (!sends || !field) return;
    if (field.value.trim() && field.value !== sent && !unanswered()) {
      sent = field.value;
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    field.focus();
  };
  document.addEventListener("keypress", holdBack, true);
  document.addEventListener("click", holdBack, true);
  document.addEventListener("input", () => { sent = null; }, true);

  document.addEventListener("click", (event) => {
    const cite = event.target.closest(".cite");
    if (cite) return openCitation(cite);
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
