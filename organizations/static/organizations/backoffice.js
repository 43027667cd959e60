// The back office's own behaviour: the organization chooser, questions before an act, no act twice.
document.addEventListener("DOMContentLoaded", () => {
  for (const chooser of document.querySelectorAll(".co-chooser")) {
    const search = chooser.querySelector("input[type=search]");
    const options = chooser.querySelector(".co-options");
    chooser.addEventListener("toggle", () => chooser.open && search.focus());
    document.addEventListener("click", (event) => chooser.contains(event.target) || (chooser.open = false));
    search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        options.querySelector("button:not([hidden])")?.click();
      }
    });
    let waiting;
    search.addEventListener("input", () => {
      if (!search.hasAttribute("data-many")) {
        const wanted = search.value.toLowerCase();
        for (const option of options.children) option.hidden = !option.textContent.toLowerCase().includes(wanted);
        return;
      }
      clearTimeout(waiting);
      waiting = setTimeout(async () => {
        const answer = await fetch(chooser.dataset.choicesUrl + "?q=" + encodeURIComponent(search.value));
        const found = (await answer.json()).results;
        options.replaceChildren(...found.map(({ id, name }) => {
          const button = document.createElement("button");
          button.name = "organization";
          button.value = id;
          button.textContent = name;
          return button;
        }));
      }, 200);
    });
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-confirm]");
    if (button && !window.confirm(button.dataset.confirm)) event.preventDefault();
  });
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post" || event.defaultPrevented) return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "1";
  });
  for (const table of document.querySelectorAll(".co-table")) foldable([...table.tBodies[0].rows]);
  document.getElementById("nav-filter")?.setAttribute("placeholder", "Page, account or id");
  document.addEventListener("change", (event) => event.target.hasAttribute("data-submits") && event.target.form.submit());
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
  if (document.querySelector('.co-bar[data-state=running], .co-bar[data-state=queued]')) setTimeout(() => location.reload(), 3000);
});

// Rows with data-level are a tree: one that others stand below gets a button that folds them away.
function foldable(rows) {
  const level = (row) => Number(row.dataset.level ?? -1);
  const folded = (row) => row.querySelector(".co-twist[aria-expanded=false]") !== null;
  const show = () => {
    let hidden = null;
    for (const row of rows) {
      if (hidden !== null && level(row) <= hidden) hidden = null;
      row.hidden = hidden !== null;
      if (hidden === null && folded(row)) hidden = level(row);
    }
  };
  rows.forEach((row, place) => {
    if (level(row) < 0 || place + 1 === rows.length || level(rows[place + 1]) <= level(row)) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "co-twist";
    button.setAttribute("aria-expanded", "true");
    button.setAttribute("aria-label", "Fold");
    button.addEventListener("click", () => {
      button.setAttribute("aria-expanded", button.getAttribute("aria-expanded") === "true" ? "false" : "true");
      show();
    });
    row.cells[0].prepend(button);
  });
}
