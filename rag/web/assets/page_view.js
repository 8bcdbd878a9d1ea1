// Citations open their page beside the chat. What is open: the citation, and the page turned to.
let sheet = null;
let wanted = 0;
const room = () => find("#sheet .sheet-room");

const scrollToMark = (box) => {
  const frame = box.closest("#sheet");
  const picture = [...box.querySelectorAll("img")].find((one) => one.dataset.marks !== "[]");
  const mark = picture ? null : box.querySelector("mark");
  frame.scrollTop = 0;
  if (!picture && !mark) return;
  const edge = frame.getBoundingClientRect().top;
  const place = (picture || mark).getBoundingClientRect();
  const [left, top] = picture ? JSON.parse(picture.dataset.marks)[0] : [0, 0];
  const scale = picture ? place.width / Number(picture.getAttribute("width")) : 1;
  const below = place.top - edge + top * scale;
  // Words near the top leave what stands above the page in view.
  if (below > frame.clientHeight * 0.7) frame.scrollTop = below - frame.clientHeight * 0.35;
  const sheets = picture?.closest(".pictures");
  if (sheets) sheets.scrollLeft = left * scale - sheets.clientWidth / 4;
};

// On a narrow window the page lies over everything else, which cannot be reached meanwhile.
const cover = () => {
  const covered = sheet !== null && window.matchMedia("(max-width: 900px)").matches;
  for (const part of document.querySelectorAll("#top, #chat")) part.inert = covered;
};
window.addEventListener("resize", cover);

const closeSheet = ({ focus = true } = {}) => {
  if (!sheet) return;
  const { id } = sheet;
  sheet = null;
  wanted += 1;
  document.body.classList.remove("sheet-open");
  cover();
  room().replaceChildren();
  if (focus) find(`.cite[data-cite="${id}"]`)?.focus({ preventScroll: true });
};

const openSheet = async (id, { page = null, focus = null } = {}) => {
  const cite = find(`.cite[data-cite="${id}"]`);
  const box = room();
  if (!cite || !box) return;
  light(id);
  cite.scrollIntoView({ block: "nearest" });
  const all = citesOf(id);
  const { document: name, start, end, check } = cite.dataset;
  const query = new URLSearchParams({
    document: name, start, end, check, number: all.indexOf(id) + 1, count: all.length,
    lang: document.documentElement.lang, ...(page && { page }),
  });
  wanted += 1;
  const mine = wanted;
  box.setAttribute("aria-busy", "true");
  let html = null;
  try {
    const response = await fetch(address(`sheet?${query}`));
    if (response.ok || response.headers.has("X-Sheet")) html = await response.text();
  } catch {
    html = null;
  }
  if (mine !== wanted) return;
  box.removeAttribute("aria-busy");
  if (html === null) {
    closeSheet({ focus: false });
    openCard(id);
    return;
  }
  const large = box.querySelector(".pictures.enlarged") !== null;
  sheet = { id, page };
  box.innerHTML = html;
  for (const picture of box.querySelectorAll("img[data-src]")) {
    picture.src = address(picture.dataset.src);
  }
  document.body.classList.add("sheet-open");
  cover();
  if (large) enlarge();
  else scrollToMark(box);
  const control = focus && box.querySelector(`${focus}:not(:disabled)`);
  (control || box).focus({ preventScroll: true });
};

const enlarge = () => {
  if (!find("#sheet .pictures")) return;
  const pictures = find("#sheet .pictures");
  const button = find("#sheet [data-sheet='enlarge']");
  const large = pictures.classList.toggle("enlarged");
  button.setAttribute("aria-pressed", String(large));
  scrollToMark(room());
};

// From citation to citation of one answer, round and round; the last answer's where none is open.
const step = (by) => {
  const turns = [...document.querySelectorAll("#conversation .turn:has(.cite)")];
  const last = turns.at(-1)?.querySelector(".cite").dataset.cite;
  const from = sheet ? sheet.id : last;
  if (!from) return false;
  const all = citesOf(from);
  const at = sheet ? all.indexOf(sheet.id) + by : by > 0 ? 0 : -1;
  const focus = `[data-sheet='${by > 0 ? "next" : "previous"}-citation']`;
  openSheet(all.at(at % all.length), { focus });
  return true;
};

const act = (button) => {
  const ways = {
    close: () => closeSheet(),
    enlarge,
    cited: () => openSheet(sheet.id),
    page: () => {
      const focus = `[data-sheet='page'][aria-label="${CSS.escape(button.ariaLabel)}"]`;
      openSheet(sheet.id, { page: button.dataset.page, focus });
    },
    "previous-citation": () => step(-1),
    "next-citation": () => step(1),
  };
  ways[button.dataset.sheet]();
};

document.addEventListener("click", (event) => {
  const cite = event.target.closest(".cite, [data-open]");
  if (cite) openSheet(cite.dataset.cite || cite.dataset.open);
  const button = event.target.closest("[data-sheet]");
  if (button && sheet) act(button);
  if (event.target.closest("#sheet img")) enlarge();
});

// A new question, or a new beginning, shows its own evidence.
let turns = 0;
document.addEventListener("conversation", () => {
  const now = document.querySelectorAll("#conversation .turn").length;
  if (now !== turns) closeSheet({ focus: false });
  turns = now;
});

// What is open speaks the interface's language.
new MutationObserver(() => {
  if (sheet) openSheet(sheet.id, { page: sheet.page });
}).observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });
