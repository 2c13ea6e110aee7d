// Conditions of a segment: offers the operators that a field takes, and the words it knows. Without it all are offered.
function fit(row) {
  const [field, op, value] = ["[data-field]", "[data-op]", "[data-value]"].map((one) => row.querySelector(one));
  if (!field || !op || !value) return;
  const type = field.selectedOptions[0]?.dataset.type ?? "";
  for (const option of op.options) option.hidden = option.disabled = type !== "" && !option.dataset.types.split(" ").includes(type);
  if (op.selectedOptions[0]?.disabled ?? true) op.value = [...op.options].find((option) => !option.disabled)?.value ?? "";
  const words = document.getElementById(`values-${field.value}`);
  if (words) value.setAttribute("list", words.id);
  else value.removeAttribute("list");
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-field]")) fit(event.target.closest(".row"));
});
for (const row of document.querySelectorAll(".filter-row")) if (row.querySelector("[data-field]")?.value) fit(row);
