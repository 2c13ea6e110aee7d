// The editor of e-mails: the preview follows what is typed, and blocks are dragged. Every page works without this file.

const form = document.getElementById("mail-form");
const show = document.getElementById("preview-now");
const holder = document.getElementById("mail-frame");
const look = document.getElementById("look");
let waiting = 0;
let showing = false;

// The form is sent into a frame of its own each time: nothing flickers, and the browser's history stays as it was.
function preview() {
  clearTimeout(waiting);
  for (const late of holder.querySelectorAll("iframe.coming")) late.remove();
  const before = holder.querySelector("iframe");
  const frame = before.cloneNode(false);
  frame.name = `mail-preview-${Date.now()}`;
  frame.className = "coming";
  holder.append(frame);
  holder.classList.toggle("phone", look.value === "phone");
  const files = [...form.querySelectorAll("input[type=file]")];
  for (const file of files) file.disabled = true;
  show.formTarget = frame.name;
  showing = true;
  form.requestSubmit(show);
  showing = false;
  for (const file of files) file.disabled = false;
  frame.addEventListener("load", () => {
    if (!frame.isConnected) return;
    frame.className = "";
    for (const other of holder.querySelectorAll("iframe")) if (other !== frame) other.remove();
  });
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(preview, 500);
}

// A preview saves nothing, so that leaving still asks whether what was typed may be lost.
document.addEventListener("submit", (event) => { if (showing) event.stopImmediatePropagation(); }, true);
form.addEventListener("input", soon);
look.addEventListener("change", preview);
show.addEventListener("click", (event) => { if (event.isTrusted) { event.preventDefault(); preview(); } });
// Other parts of the page are swapped too, and say nothing about the e-mail.
document.addEventListener("htmx:after:swap", () => {
  if (!wire()) return;
  preview();
  form.dispatchEvent(new Event("input", { bubbles: true }));
});

// Dragging is one more way: the buttons of each block do the same.
let carried = null;
function blocks() { return [...form.querySelectorAll("[data-block]")]; }
function clear() { for (const block of blocks()) block.classList.remove("before", "behind", "carried"); }
function target(event) {
  const over = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-block]");
  if (!over || over === carried) return null;
  const box = over.getBoundingClientRect();
  return { over, behind: event.clientY > box.top + box.height / 2 };
}

// Whether the blocks are fresh from the server.
function wire() {
  const fresh = form.querySelector("[data-blocks]:not([data-wired])");
  if (!fresh) return false;
  fresh.dataset.wired = "";
  for (const grip of fresh.querySelectorAll(".mail-grip")) {
    grip.addEventListener("pointerdown", (event) => {
      carried = grip.closest("[data-block]");
      carried.classList.add("carried");
      grip.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    grip.addEventListener("pointermove", (event) => {
      if (!carried) return;
      const found = target(event);
      for (const block of blocks()) block.classList.remove("before", "behind");
      found?.over.classList.add(found.behind ? "behind" : "before");
    });
    grip.addEventListener("pointerup", (event) => drop(event));
    grip.addEventListener("pointercancel", () => { carried = null; clear(); });
  }
  return true;
}

function drop(event) {
  const found = carried && target(event);
  const from = carried ? Number(carried.dataset.block) : -1;
  carried = null;
  clear();
  if (!found) return;
  const over = Number(found.over.dataset.block);
  const to = over + (found.behind ? 1 : 0) - (over > from ? 1 : 0);
  if (to !== from) place(from, to);
}

function place(from, to) {
  const button = form.querySelector(`[name="_do"][value="up-${from}"]`);
  button.value = `place-${from}-${to}`;
  button.click();
}

wire();
preview();
