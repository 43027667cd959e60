// The editor of a bank rule: rows that come and go, and comparisons that fit their field. What counts is read on the server.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("rule");
  if (!form) return;

  const fit = (row) => {
    const field = row.querySelector("[name$=-field]");
    if (!field) {
      row.querySelector("[name$=-value]").disabled = row.querySelector("[name$=-share]").value === "rest";
      return;
    }
    const operator = row.querySelector("[name$=-operator]");
    const fitting = field.selectedOptions[0].dataset.fitting.split(" ");
    for (const option of operator.options) option.hidden = option.disabled = !fitting.includes(option.value);
    if (!fitting.includes(operator.value)) operator.value = fitting[0];
    row.classList.toggle("co-plain", operator.value !== "between");
    row.querySelector("[name$=-value]").placeholder =
      field.value === "direction" ? "in or out" : field.value === "amount" ? "-12.50" : "";
  };

  for (const table of form.querySelectorAll(".co-rows")) {
    const body = table.tBodies[0];
    let next = body.children.length;
    const add = () => {
      const row = table.nextElementSibling.content.firstElementChild.cloneNode(true);
      for (const input of row.querySelectorAll("[name]")) input.name = input.name.replace("__prefix__", next);
      next += 1;
      body.append(row);
      fit(row);
      row.dispatchEvent(new CustomEvent("formset:added", { bubbles: true }));
    };
    table.querySelector(".co-add").addEventListener("click", add);
    body.addEventListener("change", (event) => fit(event.target.closest("tr")));
    body.addEventListener("click", (event) => {
      if (!event.target.closest(".co-remove")) return;
      event.target.closest("tr").remove();
      if (!body.children.length) add();
    });
    for (const row of body.children) fit(row);
  }
  document.getElementById("trial").firstElementChild?.scrollIntoView({ block: "nearest" });
});
