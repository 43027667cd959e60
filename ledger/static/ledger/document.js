// A document's lines and what they come to while it is typed. The server works the figures out, as saving would.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("document");
  if (!form) return;
  const body = form.querySelector(".co-lines tbody");
  const put = (id, text) => { document.getElementById(id).textContent = text || ""; };
  let waiting, asked = 0;

  const blank = (line) => !["item", "description", "price"].some((name) => line.querySelector(`[name$=-${name}]`).value);
  const show = (found) => {
    const lines = [...body.children].filter((line) => !blank(line));
    for (const line of body.children) line.querySelector(".co-net").textContent = "";
    (found.lines || []).forEach((amount, place) => { if (lines[place]) lines[place].querySelector(".co-net").textContent = amount; });
    put("subtotal", found.subtotal);
    put("tax", found.tax);
    put("total", found.total);
    put("figure-problems", (found.problems || []).flat().join(" "));
  };
  const ask = async () => {
    const number = ++asked;
    const answer = await fetch(form.dataset.figures, { method: "POST", body: new FormData(form), credentials: "same-origin" });
    if (number !== asked || !answer.ok) return; // a later question is on its way
    show(await answer.json());
  };
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(ask, 250); };

  let next = body.children.length;
  const add = () => {
    const line = document.getElementById("new-line").content.firstElementChild.cloneNode(true);
    for (const input of line.querySelectorAll("[name]")) input.name = input.name.replace("__prefix__", next);
    next += 1;
    body.append(line);
    line.dispatchEvent(new CustomEvent("formset:added", { bubbles: true }));
  };
  document.getElementById("add-line").addEventListener("click", add);
  form.addEventListener("input", (event) => {
    if (event.target.closest("tr") === body.lastElementChild && body.contains(event.target)) add();
    soon();
  });
  body.addEventListener("click", (event) => {
    if (!event.target.closest(".co-remove")) return;
    event.target.closest("tr").remove();
    if (!body.children.length) add();
    soon();
  });
  django.jQuery(form).on("select2:select select2:clear", soon);
  if ([...body.children].some((line) => !blank(line))) ask();
});
