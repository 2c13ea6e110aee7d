// Asks for new lines of a conversation, and finds it again when the page around the frame changes. The token is kept in this
// tab alone, and only as long as it is open.

const KEPT = "confida chat";
const EVERY = 3_000;
const SLOWER = 15_000;

const page = document.querySelector("[data-chat]");

function kept(value) {
  try {
    if (value === undefined) return sessionStorage.getItem(KEPT);
    if (value) sessionStorage.setItem(KEPT, value);
    else sessionStorage.removeItem(KEPT);
  } catch {
    // A browser that keeps nothing for frames of others: there a conversation ends with the page around it.
  }
  return null;
}

function down() {
  const lines = document.querySelector(".chat-lines");
  if (lines) lines.scrollTop = lines.scrollHeight;
}

async function ask() {
  const lines = document.querySelector("#said");
  const last = lines.querySelector("[data-last]").dataset.last;
  const answer = await fetch(`${page.dataset.chat}/said?last=${last}&lang=${document.documentElement.lang}`, {
    headers: { "HX-Request": "true" },
  }).catch(() => null);
  if (answer?.status === 200) {
    lines.innerHTML = await answer.text();
    down();
  }
  if (answer?.status === 404) {
    location.assign(page.dataset.chat);
    return;
  }
  setTimeout(ask, document.hidden || !answer ? SLOWER : EVERY);
}

if (page.dataset.chat) {
  kept(location.pathname);
  down();
  setTimeout(ask, EVERY);
  const text = document.querySelector("#text");
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    text.form.requestSubmit();
  });
} else if ("over" in page.dataset) {
  kept("");
} else {
  const before = kept();
  if (before?.startsWith("/my/x/service/chat/")) location.replace(before + location.search);
}
