// What a person thinks of a citation goes to the server, which keeps it as a test query.
document.documentElement.classList.add("judged");
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-judge]");
  if (!button) return;
  const box = button.closest(".judging");
  const said = box.querySelector(".judged");
  const { question, document: name, start, end, check } = box.dataset;
  const body = JSON.stringify({
    question, document: name, start: Number(start), end: Number(end), check: Number(check),
    good: button.dataset.judge === "true",
  });
  let reason = "";
  try {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(address("feedback"), { method: "POST", headers, body });
    if (!answer.ok) {
      const { detail } = await answer.json().catch(() => ({}));
      reason = typeof detail === "string" ? detail : String(answer.status);
    }
  } catch (error) {
    reason = error.message;
  }
  said.textContent = reason ? box.dataset.failed.replace("{reason}", reason) : box.dataset.noted;
  for (const other of box.querySelectorAll("[data-judge]")) {
    other.setAttribute("aria-pressed", String(!reason && other === button));
  }
});
