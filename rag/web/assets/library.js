// Reports are sent one after another, then the index is brought up to date once.
(() => {
  const texts = JSON.parse(document.body.dataset.texts);
  const say = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const query = new URLSearchParams({ lang: texts.language });
  const at = (path, more = {}) => `/library${path}?${new URLSearchParams({ lang: texts.language, ...more })}`;
  const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  const element = (id) => document.getElementById(id);

  const refresh = async () => {
    const answer = await fetch(at("/reports"));
    if (answer.ok) element("reports").innerHTML = await answer.text();
  };

  const line = (name) => {
    const item = document.createElement("li");
    const title = document.createElement("bdi");
    const bar = document.createElement("progress");
    const outcome = document.createElement("span");
    title.textContent = name;
    outcome.className = "outcome";
    bar.max = 1;
    bar.value = 0;
    item.append(title, bar, outcome);
    element("files").append(item);
    const tell = (text, good = true) => {
      outcome.textContent = text;
      outcome.classList.toggle("bad", !good);
    };
    return { bar, tell, source: null };
  };

  // XMLHttpRequest, because fetch does not say how much was sent.
  const send = (file, shown, replace) =>
    new Promise((done) => {
      const request = new XMLHttpRequest();
      const name = encodeURIComponent(file.name);
      request.open("PUT", at(`/files/${name}`, replace ? { replace: "true" } : {}));
      request.upload.onprogress = (event) => {
        shown.bar.value = event.total ? event.loaded / event.total : 1;
      };
      request.onloadend = () => {
        let said = {};
        try {
          said = JSON.parse(request.responseText);
        } catch {
          // An answer that is no JSON has no reason in it.
        }
        done({ status: request.status, said, wait: Number(request.getResponseHeader("retry-after")) });
      };
      request.send(file);
    });

  const add = async (file) => {
    const shown = line(file.name);
    shown.tell(texts.uploading);
    let answer = await send(file, shown, false);
    while (answer.status === 429) {
      await pause((answer.wait || 1) * 1000);
      answer = await send(file, shown, false);
    }
    if (answer.status === 409 && window.confirm(say(texts.replace_sure, { name: file.name }))) {
      answer = await send(file, shown, true);
    }
    shown.bar.remove();
    if (answer.status === 201) {
      shown.source = answer.said.source;
      shown.tell(texts.received);
    } else {
      shown.tell(say(texts.failed, { reason: answer.said.detail || answer.status }), false);
    }
    return shown;
  };

  const follow = async (sent) => {
    const sources = sent.filter((one) => one.source).map((one) => one.source);
    const asked = new URLSearchParams(query);
    for (const source of sources) asked.append("source", source);
    const bar = element("progress");
    let state;
    do {
      await pause(state ? 500 : 50);
      const answer = await fetch(`/library/state?${asked}`);
      if (!answer.ok) continue;
      state = await answer.json();
      bar.hidden = !state.running;
      if (state.total) {
        bar.max = state.total;
        bar.value = state.done;
      } else bar.removeAttribute("value");
      element("said").textContent = state.said;
      element("said").classList.toggle("problem", !state.good);
    } while (!state || state.running);
    for (const one of sent) {
      const outcome = state.outcomes[one.source];
      if (outcome) one.tell(outcome.text, outcome.good);
    }
    await refresh();
  };

  const build = async (sent) => {
    const answer = await fetch(at("/build"), { method: "POST" });
    if (answer.ok) await follow(sent);
  };

  let queue = Promise.resolve();
  const addAll = (files) => {
    queue = queue.then(async () => {
      const sent = [];
      for (const file of files) sent.push(await add(file));
      if (sent.some((one) => one.source)) await build(sent);
    });
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-remove]");
    if (!button) return;
    const name = button.dataset.remove;
    if (!window.confirm(say(texts.remove_sure, { name }))) return;
    button.disabled = true;
    const answer = await fetch(at(`/files/${name.split("/").map(encodeURIComponent).join("/")}`), {
      method: "DELETE",
    });
    if (answer.ok) return build([]);
    const said = await answer.json().catch(() => ({}));
    element("said").textContent = say(texts.failed, { reason: said.detail || answer.status });
    element("said").classList.add("problem");
    button.disabled = false;
  });

  // What others added meanwhile, each time the page comes into view again.
  let before = false;
  new IntersectionObserver(([seen]) => {
    if (seen.isIntersecting && before) refresh();
    before = true;
  }).observe(document.body);

  const drop = element("drop");
  if (!drop) return;
  const over = (is) => (event) => {
    event.preventDefault();
    drop.classList.toggle("over", is);
  };
  drop.addEventListener("dragover", over(true));
  drop.addEventListener("dragleave", over(false));
  drop.addEventListener("drop", (event) => {
    over(false)(event);
    addAll([...event.dataTransfer.files]);
  });
  element("choose").addEventListener("change", (event) => {
    addAll([...event.target.files]);
    event.target.value = "";
  });
  element("build").addEventListener("click", () => build([]));
  // Until now a file dropped here would have been opened instead of sent.
  drop.hidden = false;
})();
