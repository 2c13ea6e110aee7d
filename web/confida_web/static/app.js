// Confida: small conveniences. Every page works without this file.
// No inline handlers, no eval: one listener per kind of event on the document, so swapped content needs no wiring.

const root = document.documentElement;
root.classList.add("js");
const one = (selector, from = document) => from.querySelector(selector);
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const editable = (element) => element.closest?.("input, textarea, select, [contenteditable]");

// Menus are <details>: one open at a time, closed by a click outside or Escape.
function closeMenus(except) {
  for (const menu of all("details.menu[open]")) if (!menu.contains(except)) menu.open = false;
}

// Rows of a form: the button's name says what, its value says where.
function addRow(button) {
  const form = button.form;
  const list = one(`[data-rows="${button.value}"]`, form);
  const template = one(`template[data-row-for="${button.value}"]`, form);
  if (!list || !template) return false;
  const number = Date.now() % 1e9; // Gaps in the numbers mean nothing, so any unused one will do.
  const holder = document.createElement("template");
  holder.innerHTML = template.innerHTML.replaceAll("__n__", number);
  const row = holder.content.firstElementChild;
  list.append(row);
  one("input, select, textarea", row)?.focus();
  return true;
}

function removeRow(button) {
  const row = button.closest(".row");
  if (!row) return false;
  const list = row.parentElement;
  const next = row.nextElementSibling ?? row.previousElementSibling;
  if (list.children.length === 1) for (const field of all("input, select, textarea", row)) field.value = "";
  else row.remove();
  (one("input, select, textarea", next ?? row) ?? list).focus();
  return true;
}

// Toasts go after ten seconds unless somebody is on them; undo stays in the history.
function minded(toast) {
  if (toast.matches(":hover, :focus-within")) return setTimeout(minded, 4000, toast);
  toast.remove();
}
function tend(from = document) {
  for (const toast of all(".toast:not([data-tended])", from)) {
    toast.dataset.tended = "";
    setTimeout(minded, 10000, toast);
  }
  one("[data-focus]", from)?.focus();
  for (const part of all("details[data-keep]", from)) {
    if (localStorage.getItem(part.dataset.keep) === "shut") part.open = false;
  }
}

function say(message) {
  const toast = document.createElement("div");
  toast.className = "toast problem";
  const text = document.createElement("p");
  text.textContent = message;
  toast.append(text);
  one("#toasts").append(toast);
  tend();
}

// Selection in lists: all, none, a stretch with Shift.
let lastTick = null;
function showSelection(form) {
  const ticks = all('input[name="ids"]', form);
  const chosen = ticks.filter((tick) => tick.checked).length;
  const label = one("[data-selected]", form);
  if (label) label.textContent = new Intl.NumberFormat(root.lang).format(chosen);
  const whole = one("[data-select-all]", form);
  if (whole) { whole.checked = chosen > 0 && chosen === ticks.length; whole.indeterminate = chosen > 0 && chosen < ticks.length; }
}
function tickStretch(tick) {
  const ticks = all('input[name="ids"]', tick.form);
  const [from, to] = [ticks.indexOf(lastTick), ticks.indexOf(tick)].sort((a, b) => a - b);
  if (from >= 0) for (const other of ticks.slice(from, to + 1)) other.checked = tick.checked;
}

// The palette: a dialog with a combobox; htmx asks for the results.
const palette = one("#palette");
const paletteInput = palette && one("input", palette);
function openPalette(text = "") {
  if (!palette || palette.open) return;
  palette.showModal();
  paletteInput.value = text;
  paletteInput.select();
}
function choose(step) {
  const options = all('[role="option"][id]', palette);
  if (!options.length) return;
  const now = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const next = options[(now + step + options.length) % options.length];
  for (const option of options) option.setAttribute("aria-selected", String(option === next));
  paletteInput.setAttribute("aria-activedescendant", next.id);
  next.scrollIntoView({ block: "nearest" });
}
function onPaletteKey(event) {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    choose(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter") {
    const chosen = one('[role="option"][aria-selected="true"]', palette) ?? one('[role="option"][id]', palette);
    if (chosen) { event.preventDefault(); chosen.click(); }
  }
}

// Single letters; switched off by data-keys="off" (WCAG 2.1.4).
function stepRow(step) {
  const links = all("table.list .k-name a, .tasks .task-text > a, .hits a");
  if (!links.length) return;
  const now = links.indexOf(document.activeElement);
  links[Math.min(Math.max(now + step, 0), links.length - 1)].focus();
}
const LETTERS = { j: () => stepRow(1), k: () => stepRow(-1), "?": () => one("#shortcuts")?.showModal() };
function onLetter(event) {
  if (root.dataset.keys === "off" || event.ctrlKey || event.metaKey || event.altKey || editable(event.target) || one("dialog[open]")) return;
  const target = one(`[data-key~="${CSS.escape(event.key)}"]`);
  if (target) { event.preventDefault(); editable(target) ? target.focus() : target.click(); }
  else if (LETTERS[event.key]) { event.preventDefault(); LETTERS[event.key](); }
  else if (event.key === "n" && !target) one('.quick-add a, a[href^="/contacts/new"]')?.click();
}

document.addEventListener("click", (event) => {
  const target = event.target;
  closeMenus(target);
  const button = target.closest("button");
  if (target instanceof HTMLDialogElement) target.close();
  if (target.closest("[data-palette]") && matchMedia("(pointer: fine)").matches) openPalette(target.value);
  if (!button) {
    if (target.matches?.('input[name="ids"]')) {
      if (event.shiftKey) tickStretch(target);
      lastTick = target;
      showSelection(target.form);
    }
    return;
  }
  if (button.name === "_add" && addRow(button)) event.preventDefault();
  if (button.name === "_remove" && removeRow(button)) event.preventDefault();
  if ("close" in button.dataset) button.closest(".toast")?.remove() ?? button.closest("dialog")?.close();
  if ("print" in button.dataset) window.print();
  if (button.dataset.opens) one(`#${button.dataset.opens}`)?.showModal();
  if (button.dataset.copy) navigator.clipboard?.writeText(button.dataset.copy).then(() => { button.lastChild.textContent = "✓"; });
  if ("selectNone" in button.dataset) { for (const tick of all('input[name="ids"]', button.form)) tick.checked = false; showSelection(button.form); }
  if ("slim" in button.dataset) {
    event.preventDefault();
    const slim = root.dataset.nav !== "slim";
    fetch(button.form.action, { method: "POST", body: new URLSearchParams(new FormData(button.form)) });
    if (slim) root.dataset.nav = "slim"; else delete root.dataset.nav;
    button.form.elements.slim.value = slim ? "" : "yes";
    button.setAttribute("aria-pressed", String(slim));
  }
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-select-all]")) {
    for (const tick of all('input[name="ids"]', event.target.form)) tick.checked = event.target.checked;
    showSelection(event.target.form);
  }
  // Whoever was found and ticked stays when the next search replaces the rest.
  const found = event.target.closest("#people-found label");
  if (found) one("#people-choices").append(found);
});

document.addEventListener("toggle", (event) => {
  const part = event.target;
  if (part.dataset?.keep) localStorage.setItem(part.dataset.keep, part.open ? "open" : "shut");
}, true);

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); openPalette(); return; }
  if (event.key === "Escape") {
    const menu = one("details.menu[open]");
    if (menu && !one("dialog[open]")) { menu.open = false; one("summary", menu)?.focus(); }
  }
  if (event.target === paletteInput) onPaletteKey(event);
  else onLetter(event);
});

// Leaving a form with unsaved words asks first; saving does not.
let unsaved = false;
document.addEventListener("input", (event) => { if (event.target.closest("[data-guard]")) unsaved = true; });
document.addEventListener("submit", (event) => {
  if ("noSubmit" in event.target.dataset) event.preventDefault();
  else unsaved = false;
});
addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

document.addEventListener("htmx:after:swap", (event) => {
  tend(event.target instanceof Element ? event.target : document);
  tend();
  if (palette?.open) { paletteInput.setAttribute("aria-expanded", String(Boolean(one('[role="option"][id]', palette)))); choose(1); }
});
document.addEventListener("htmx:error", () => say(one("#toasts").dataset[navigator.onLine ? "failed" : "offline"]));

tend();
