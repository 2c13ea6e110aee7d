// Shows calls on every page. One window of this browser listens and tells the others, because a browser opens only a few
// connections to one server. What arrives says that something is new; what of it may be seen is asked for.

const HERE = "/x/service/calls/";
const AWAY = "confida calls away";
const AGAIN = 10_000;

const box = document.createElement("section");
box.id = "calls";
box.hidden = true;
box.setAttribute("aria-label", "Calls now");
box.setAttribute("aria-live", "polite");
document.body.append(box);

const others = new BroadcastChannel("confida calls");
let asked = 0;

const putAway = () => new Set((sessionStorage.getItem(AWAY) ?? "").split(" "));

function tidy() {
  const away = putAway();
  for (const card of box.querySelectorAll("[data-call]")) {
    // On its own page a call stands already.
    if (away.has(card.dataset.call) || location.pathname === HERE + card.dataset.call) card.remove();
  }
  box.hidden = !box.querySelector("[data-call]");
}

async function show() {
  const mine = ++asked;
  const answer = await fetch(`${HERE}now`, { headers: { "HX-Request": "true" } }).catch(() => null);
  // A later question has been asked meanwhile, and its answer is newer.
  if (!answer?.ok || answer.redirected || mine !== asked) return;
  box.innerHTML = await answer.text();
  tidy();
  const ends = box.querySelector(".call-card.ended");
  if (ends) setTimeout(() => mine === asked && show(), AGAIN);
}

function heard() {
  others.postMessage("call");
  show();
}

function listen() {
  const source = new EventSource(`${HERE}stream`);
  source.addEventListener("ready", show);
  source.addEventListener("call", heard);
  source.addEventListener("error", () => {
    // It tries again by itself, unless the server said no, for instance because it was just started.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, AGAIN);
  });
}

// Held until this page goes; then the next window listens.
const listenForAll = () => new Promise(() => listen());

box.addEventListener("click", (event) => {
  const card = event.target.closest("[data-call-away]")?.closest("[data-call]");
  if (!card) return;
  sessionStorage.setItem(AWAY, [...putAway(), card.dataset.call].slice(-20).join(" "));
  tidy();
});

others.addEventListener("message", show);
show();
if (navigator.locks) navigator.locks.request("confida calls", listenForAll);
else listen();
