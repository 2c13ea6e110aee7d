// The chat box on an organisation's own site: a button, and a frame that opens when it is pressed. It loads nothing before
// that, sets no cookie, keeps nothing, and reads nothing of the page it stands in but its language.
(() => {
  const origin = new URL(document.currentScript.src).origin;
  const german = (document.documentElement.lang || navigator.language || "").toLowerCase().startsWith("de");
  const words = german
    ? { open: "Chat öffnen", close: "Chat schließen", title: "Chat mit uns", text: "Chat" }
    : { open: "Open the chat", close: "Close the chat", title: "Chat with us", text: "Chat" };

  function start() {
    const host = document.createElement("div");
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
      :host { all: initial; }
      .box { position: fixed; inset-block-end: 16px; inset-inline-end: 16px; z-index: 2147483000; display: flex; flex-direction: column; align-items: flex-end; gap: 10px; font: 16px/1.4 system-ui, sans-serif; }
      button { min-height: 48px; padding: 0 20px; border: 0; border-radius: 24px; background: #1f5f5b; color: #fff; font: inherit; font-weight: 600; cursor: pointer; box-shadow: 0 4px 16px rgb(0 0 0 / 25%); }
      button:hover { background: #174946; }
      button:focus-visible { outline: 3px solid #fff; box-shadow: 0 0 0 6px #1f5f5b; }
      iframe { box-sizing: border-box; width: min(380px, calc(100vw - 32px)); height: min(560px, calc(100vh - 110px)); border: 1px solid #c9c6c0; border-radius: 14px; background: #fff; box-shadow: 0 8px 30px rgb(0 0 0 / 25%); }
      [hidden] { display: none; }
      @media print { .box { display: none; } }
    `);
    root.adoptedStyleSheets = [sheet];
    const box = document.createElement("div");
    box.className = "box";
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words.text;
    button.setAttribute("aria-label", words.open);
    button.setAttribute("aria-expanded", "false");
    let frame = null;

    function toggle(open) {
      if (open && !frame) {
        frame = document.createElement("iframe");
        frame.title = words.title;
        frame.src = `${origin}/my/x/service/chat?lang=${german ? "de" : "en"}`;
        frame.referrerPolicy = "no-referrer";
        box.prepend(frame);
      }
      if (frame) frame.hidden = !open;
      button.setAttribute("aria-expanded", String(open));
      button.setAttribute("aria-label", open ? words.close : words.open);
      button.textContent = open ? "×" : words.text;
      if (open) frame.focus();
    }

    button.addEventListener("click", () => toggle(button.getAttribute("aria-expanded") !== "true"));
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape") toggle(false);
    });
    box.append(button);
    root.append(box);
    document.body.append(host);
  }

  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
