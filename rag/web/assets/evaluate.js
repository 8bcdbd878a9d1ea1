// Measuring goes on in the server; the page asks how far it is and then shows the report.
(() => {
  const { language } = JSON.parse(document.body.dataset.texts);
  const at = (path, more = {}) => `/evaluate${path}?${new URLSearchParams({ lang: language, ...more })}`;
  const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  const element = (id) => document.getElementById(id);
  const run = element("run");
  const choose = element("choose");
  if (!choose) return;

  const show = (report) => {
    report.src = at("/report", { again: Date.now() });
    report.hidden = false;
  };

  // The files there are, each time the page comes into view: one may have been begun meanwhile.
  const list = async () => {
    const answer = await fetch(at("/files"));
    if (!answer.ok) return;
    const files = element("file");
    const chosen = files.value;
    const names = await answer.json();
    files.replaceChildren(...names.map((name) => new Option(name, name, false, name === chosen)));
    run.hidden = !names.length;
    files.parentElement.hidden = !names.length;
  };

  const busy = (is) => {
    choose.disabled = is;
    run.disabled = is;
    element("progress").hidden = !is;
  };

  const follow = async () => {
    busy(true);
    let state;
    do {
      await pause(state ? 500 : 50);
      const answer = await fetch(at("/state"));
      if (!answer.ok) continue;
      state = await answer.json();
      const bar = element("progress");
      if (state.total) {
        bar.max = state.total;
        bar.value = state.done;
      } else bar.removeAttribute("value");
      element("said").textContent = state.said;
      element("said").classList.toggle("problem", !state.good);
    } while (!state || state.running);
    busy(false);
    if (state.reports && state.good) show(element("report"));
  };

  const start = async (path, more, options) => {
    const answer = await fetch(at(path, more), options);
    if (answer.ok) return follow();
    const said = await answer.json().catch(() => ({}));
    element("said").textContent = said.detail || answer.status;
    element("said").classList.add("problem");
  };

  run.addEventListener("click", () =>
    start("/run", { file: element("file").value }, { method: "POST" }));
  choose.addEventListener("change", () => {
    const [file] = choose.files;
    if (file) start("/queries", {}, { method: "PUT", body: file });
    choose.value = "";
  });
  new IntersectionObserver(([seen]) => seen.isIntersecting && list()).observe(document.body);
  follow();
})();
