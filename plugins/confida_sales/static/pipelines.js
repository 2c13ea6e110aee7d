// Stages of a pipeline: carried by the grip, or moved by their arrows without asking the server. The form's order is what is saved.

const rows = document.querySelector("[data-rows=stages]");
const says = document.getElementById("stage-says");

function say(row) {
  says.textContent = says.dataset.moved.replace("{place}", [...rows.children].indexOf(row) + 1);
}

window.Sortable?.create(rows, { handle: "[data-grip]", draggable: ".stage-row", animation: 120, onEnd: ({ item }) => say(item) });

rows.addEventListener("click", (event) => {
  const button = event.target.closest("[name=_up], [name=_down]");
  if (!button) return;
  event.preventDefault();
  const row = button.closest(".stage-row");
  if (button.name === "_up") row.previousElementSibling?.before(row);
  else row.nextElementSibling?.after(row);
  button.focus();
  say(row);
});
