// Shows the rows for additional guests one by one. Without this file all of them are there from the start.

export function showRowsOnDemand(fieldset) {
  if (!fieldset) return;
  const rows = [...fieldset.querySelectorAll(".guest")];
  const isEmpty = (row) => [...row.querySelectorAll("input")].every((input) => !input.value);
  const more = document.createElement("button");
  more.type = "button";
  more.className = "quiet";
  more.textContent = fieldset.dataset.rows;
  const next = () => rows.find((row) => row.hidden);
  const settle = () => { more.hidden = !next(); };
  more.addEventListener("click", () => {
    const row = next();
    row.hidden = false;
    row.querySelector("input").focus();
    settle();
  });
  rows.filter(isEmpty).forEach((row) => { row.hidden = true; });
  fieldset.append(more);
  settle();
}
