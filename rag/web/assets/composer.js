// One question at a time: an empty one, one just sent and one sent before the last is answered
// stay in the field.
let sent = null;
const field = () => find("#question textarea");
const unanswered = () => {
  const last = find("#conversation .turn:last-of-type");
  return last && !last.querySelector(".answer, .problem");
};

// Gradio loads the page anew once a lost server is there again: the question waits for that.
const WAITING = "question under way";
const remember = (question) => {
  if (question) window.sessionStorage.setItem(WAITING, question);
  else window.sessionStorage.removeItem(WAITING);
};

// A question that Gradio takes while it closes its stream of events is answered to nobody, until
// another event opens the stream again.
const turnsShown = () => document.querySelectorAll("#conversation .turn").length;
const wakeUnlessAnswered = (question, before, tries = 5) => {
  window.setTimeout(() => {
    if (sent !== question || turnsShown() !== before) return;
    document.dispatchEvent(new Event("stalled"));
    if (tries > 1) wakeUnlessAnswered(question, before, tries - 1);
  }, 1500);
};

const holdBack = (event) => {
  const box = field();
  const sends =
    event.type === "click"
      ? event.target.closest("#send")
      : event.target === box && event.key === "Enter" && !event.shiftKey;
  if (!sends || !box) return;
  if (box.value.trim() && box.value !== sent && !unanswered()) {
    sent = box.value;
    remember(sent);
    wakeUnlessAnswered(sent, turnsShown());
    return;
  }
  event.preventDefault();
  event.stopPropagation();
  box.focus();
};
document.addEventListener("keypress", holdBack, true);
document.addEventListener("click", holdBack, true);
document.addEventListener("input", () => { sent = null; }, true);
document.addEventListener("conversation", () => {
  const box = field();
  const waiting = window.sessionStorage.getItem(WAITING);
  if (find("#conversation .turn")) {
    if (!unanswered()) remember(null);
  } else if (waiting && box && !box.value) {
    box.value = waiting;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    remember(null);
  }
});
