// What the whole page does is delegated from the document, because its parts are replaced as they
// grow. All scripts of this kind share one scope.
const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const behavior = () => (calm() ? "auto" : "smooth");
const find = (selector) => document.querySelector(selector);
const asking = () => find("#main")?.offsetParent !== null;

// Where the app is, whatever stands before it on its way here.
const address = (path) => {
  const root = new URL(window.gradio_config?.root || ".", window.location.href);
  return `${root.pathname.replace(/\/$/, "")}/${path}`;
};

const showTurn = (number) => {
  for (const section of document.querySelectorAll(".evidence-turn")) {
    section.hidden = section.dataset.turn !== number;
  }
};

const citesOf = (id) => {
  const turn = document.getElementById(id.split("-")[0]);
  const marks = turn ? [...turn.querySelectorAll(".cite")] : [];
  return [...new Set(marks.map((mark) => mark.dataset.cite))];
};

// The mark in the answer, the number and card in the list and the words in the card light up.
const light = (id) => {
  for (const other of document.querySelectorAll(".open")) other.classList.remove("open");
  const number = document.getElementById(id);
  const card = number?.closest(".card");
  const parts = [...document.querySelectorAll(`.cite[data-cite="${id}"]`)];
  if (card) {
    showTurn(card.closest(".evidence-turn").dataset.turn);
    parts.push(card, number, ...card.querySelectorAll(`mark[data-quote~="${id}"]`));
  }
  for (const part of parts) part.classList.add("open");
  return card;
};

// Where there is no page to see, the card in the list has the words.
const openCard = (id) => {
  const card = light(id);
  if (!card) return;
  const mark = card.querySelector("mark.open");
  const fits = card.offsetHeight < window.innerHeight * 0.6;
  const target = fits || !mark ? card : mark;
  target.scrollIntoView({ behavior: behavior(), block: fits ? "nearest" : "center" });
  card.focus({ preventScroll: true });
};

const goTo = (id) => {
  const turn = document.getElementById(id);
  if (!turn) return;
  showTurn(turn.dataset.turn);
  turn.scrollIntoView({ behavior: behavior(), block: "start" });
  const first = turn.querySelector(".cite.open, .cite") || turn;
  first.focus({ preventScroll: true });
};

const copy = async (button, text) => {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return;
  }
  const label = button.textContent;
  button.textContent = button.dataset.done;
  window.setTimeout(() => { button.textContent = label; }, 1600);
};

document.addEventListener("click", (event) => {
  const on = (selector) => event.target.closest(selector);
  const back = on("[data-back]") || on("[data-jump]");
  if (back) return goTo(back.dataset.back || back.dataset.jump);
  const copied = on("[data-copy]");
  if (copied) return copy(copied, copied.dataset.copy);
  const link = on("[data-link]");
  if (link) return copy(link, window.location.origin + address("") + link.dataset.link);
  if (on("#clear")) {
    // What a link asked is done with: loading the page anew does not ask it again.
    const here = new URL(window.location.href);
    here.searchParams.delete("q");
    window.history.replaceState(null, "", here);
  }
  const turn = on(".turn");
  if (turn && find(`.evidence-turn[data-turn="${turn.dataset.turn}"]`)) {
    showTurn(turn.dataset.turn);
  }
});
