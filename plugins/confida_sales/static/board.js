// The board of sales: cards are carried by pointer, by keyboard or through "Move to…". Every page works without this file.
// The card moves at once; the server then answers with the card as it is, or with what the stage asks for.

const board = document.getElementById("board");
const says = document.getElementById("board-says");
const where = document.getElementById("where");
const ask = document.getElementById("ask");
const token = JSON.parse(document.body.getAttribute("hx-headers:inherited"))["x-csrftoken"];
const one = (selector, from = document) => from.querySelector(selector);
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const stageOf = (card) => card.closest(".stage");
const listOf = (stage) => one("[data-deals]", stage);

function say(key, words = {}) {
  says.textContent = says.dataset[key].replace(/\{(\w+)\}/g, (_, name) => words[name] ?? "");
}

// Where a card stood, so that it can go back there.
function placeOf(card) {
  const [list, next] = [card.parentElement, card.nextElementSibling];
  return () => list.insertBefore(card, next?.parentElement === list ? next : null);
}

function notify(message) {
  const toast = document.createElement("div");
  toast.className = "toast problem";
  toast.append(Object.assign(document.createElement("p"), { textContent: message }));
  show([toast]);
}

function show(toasts) {
  one("#toasts").append(...toasts);
  document.dispatchEvent(new CustomEvent("htmx:after:swap"));
}

async function send(card, fields) {
  for (const field of all("#board-state input")) if (!fields.has(field.name)) fields.set(field.name, field.value);
  const headers = { "HX-Request": "true", "x-csrftoken": token };
  const body = new URLSearchParams(fields);
  const answer = await fetch(`/x/sales/opportunities/${card.dataset.id}/move`, { method: "POST", headers, body });
  return [answer.status, new DOMParser().parseFromString(await answer.text(), "text/html")];
}

// Puts what the server says in the place of what is shown: heads of columns, the card, a sentence with its undo.
function apply(page, card) {
  for (const head of all(".stage-head", page)) document.getElementById(head.id)?.replaceWith(head);
  const fresh = one(".deal", page);
  if (fresh) {
    const focused = card.contains(document.activeElement) ? (document.activeElement.matches("[data-grip]") ? "[data-grip]" : "[data-move]") : "";
    const list = listOf(document.getElementById(`stage-${fresh.dataset.stage}`));
    if (card.parentElement === list) card.replaceWith(fresh);
    else { card.remove(); list.prepend(fresh); }
    if (focused) one(focused, fresh)?.focus();
  }
  show(all("hx-partial > *", page));
}

// Asks the server to move a card that stands in its new column already. back: puts it where it was.
async function move(card, back, fields = new FormData()) {
  const stage = stageOf(card);
  if (!fields.has("stage")) fields.set("stage", stage.dataset.stage);
  if (!fields.has("version")) fields.set("version", card.dataset.version);
  card.classList.add("pending");
  let status = 0;
  let page = null;
  try {
    [status, page] = await send(card, fields);
  } catch {
    status = 0;
  }
  card.classList.remove("pending");
  if (status === 200 || status === 409) apply(page, card);
  else if (status === 422 && one("[data-ask]", page)) return question(card, back, page);
  else {
    back();
    notify(one("#toasts").dataset[navigator.onLine ? "failed" : "offline"]);
  }
  if (status === 200) say("dropped", { stage: stage.dataset.name });
  else if (status !== 409) say("left");
}

// The stage asks for something: the form of the answer, in a dialog. Whoever leaves it leaves the card where it was.
function question(card, back, page) {
  const form = one("[data-ask]", page);
  let answered = false;
  ask.replaceChildren(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answered = true;
    ask.close();
    move(card, back, new FormData(form));
  });
  ask.addEventListener("close", () => {
    if (answered) return;
    back();
    say("left");
    one("[data-grip]", card)?.focus();
  }, { once: true });
  ask.showModal();
  (one("[aria-invalid]", form) ?? one("input:not([type=hidden]), select, textarea", form))?.focus();
}

// By pointer.
for (const list of all("[data-deals]", board)) {
  let back = null;
  window.Sortable?.create(list, {
    group: "deals", draggable: ".deal", animation: 120, delay: 160, delayOnTouchOnly: true, filter: "[data-move]", preventOnFilter: false,
    onStart: ({ item }) => { back = placeOf(item); },
    onEnd: ({ item, from, to }) => { if (from !== to) move(item, back); },
  });
}

// By keyboard: Enter takes up and puts down, arrows carry, Escape leaves it.
let taken = null;
let carrying = false;
function take(card) {
  taken = { card, back: placeOf(card), from: stageOf(card) };
  card.classList.add("taken");
  say("taken", { title: card.dataset.title, stage: taken.from.dataset.name });
}
function release() {
  const { card, back, from } = taken;
  taken = null;
  card.classList.remove("taken");
  return [card, back, from];
}
function putDown() {
  const [card, back, from] = release();
  if (stageOf(card) !== from) move(card, back);
  else say("left");
}
function leave() {
  const [card, back] = release();
  back();
  say("left");
  return card;
}
function carry(step) {
  const stages = all(".stage", board);
  const next = stages[stages.indexOf(stageOf(taken.card)) + (document.dir === "rtl" ? -step : step)];
  if (!next) return;
  carrying = true;
  listOf(next).prepend(taken.card);
  one("[data-grip]", taken.card).focus();
  carrying = false;
  taken.card.scrollIntoView({ block: "nearest", inline: "nearest" });
  say("over", { stage: next.dataset.name });
}

function openWhere(card) {
  where.card = card;
  one("[data-where-title]", where).textContent = card.dataset.title;
  for (const button of all("[data-where]", where)) button.disabled = button.dataset.where === card.dataset.stage;
  where.showModal();
}

board.addEventListener("click", (event) => {
  const grip = event.target.closest("[data-grip]");
  const link = event.target.closest("[data-move]");
  if (grip && event.detail === 0) taken ? putDown() : take(grip.closest(".deal"));
  else if (grip) openWhere(grip.closest(".deal"));
  else if (link && !event.ctrlKey && !event.metaKey) { event.preventDefault(); openWhere(link.closest(".deal")); }
});
board.addEventListener("keydown", (event) => {
  if (!taken) return;
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") { event.preventDefault(); carry(event.key === "ArrowRight" ? 1 : -1); }
  else if (event.key === "Escape") { event.preventDefault(); one("[data-grip]", leave())?.focus(); }
});
board.addEventListener("focusout", (event) => { if (taken && !carrying && event.target.matches("[data-grip]")) leave(); });
where.addEventListener("click", (event) => {
  const button = event.target.closest("[data-where]");
  if (!button) return;
  const card = where.card;
  const back = placeOf(card);
  where.close();
  listOf(document.getElementById(`stage-${button.dataset.where}`)).prepend(card);
  move(card, back);
});
ask.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) { event.preventDefault(); ask.close(); }
});
document.addEventListener("change", (event) => { if (event.target.matches("[data-submits]")) event.target.form.submit(); });
