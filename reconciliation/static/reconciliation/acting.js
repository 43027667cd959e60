// The forms of the workbench: what is typed becomes the API's own body, and what the API refuses stands at its field.
window.Bank.forms = (settings) => {
  const { decimals } = settings;
  let open = null;

  const copy = (name) => document.getElementById(name).content.firstElementChild.cloneNode(true);
  const pickers = (part) => part.querySelectorAll(".admin-autocomplete");
  const dress = (part) => part.dispatchEvent(new CustomEvent("formset:added", { bubbles: true }));
  const pick = (select) => django.jQuery(select).select2("open");

  const close = () => {
    if (!open) return false;
    for (const select of pickers(open.form))
      if (django.jQuery(select).data("select2")) django.jQuery(select).select2("destroy");
    open.form.remove();
    open = null;
    return true;
  };

  const clear = (form) => {
    form.querySelectorAll(".co-problem").forEach((each) => each.remove());
    form.querySelectorAll(".co-wrong").forEach((each) => each.classList.remove("co-wrong"));
    const above = form.querySelector("[data-problems]");
    above.hidden = true;
    above.replaceChildren();
  };

  // A control by the path that the API uses: splits[1].amount, account_id.
  const control = (form, path) => {
    const [, row, name] = /^(?:\w+\[([0-9]+)\]\.)?(\w+)$/.exec(path) ?? [];
    const within = row === undefined ? form : form.querySelectorAll("[data-row]")[Number(row)];
    return within?.querySelector(`[data-name="${name}"]`);
  };

  const refuse = (form, problems, above) => {
    clear(form);
    const homeless = [];
    for (const [path, problem] of problems) {
      const field = control(form, path)?.closest("label");
      if (!field) homeless.push(problem);
      else {
        field.classList.add("co-wrong");
        field.append(Bank.make("span", { class: "co-problem" }, problem));
      }
    }
    const place = form.querySelector("[data-problems]");
    place.replaceChildren(...[above, ...homeless].filter(Boolean).map((each) => Bank.make("p", {}, each)));
    place.hidden = !place.childElementCount;
  };

  const value = (input) => {
    const typed = input.value.trim();
    if (typed === "") return undefined;
    if (input.dataset.prefix) return Bank.id(input.dataset.prefix, typed);
    return ["amount", "closing_balance", "opening_balance"].includes(input.dataset.name) ? Bank.plain(typed) : typed;
  };

  const gather = (part) => {
    const body = {};
    for (const input of part.querySelectorAll("[data-name]")) {
      if (part.matches("form") && input.closest("[data-row]")) continue;
      const found = value(input);
      if (found !== undefined) body[input.dataset.name] = found;
    }
    return body;
  };

  const rows = (form) => [...form.querySelectorAll("[data-row]")];
  const isBlank = (row) => Object.keys(gather(row)).length === 0;

  // What the rows leave of the line; null where an amount cannot be read.
  const rest = (form, whole) => {
    let left = whole;
    for (const row of rows(form)) {
      const typed = row.querySelector("[data-name=amount]").value;
      if (!typed.trim()) continue;
      const amount = Bank.units(typed, decimals);
      if (amount === null) return null;
      left -= amount;
    }
    return left;
  };

  const splitting = (form, line) => {
    const amount = Bank.units(line.amount, decimals);
    const whole = amount < 0n ? -amount : amount;
    const place = form.querySelector("[data-rows]");
    const show = () => {
      const left = rest(form, whole);
      const shown = form.querySelector("[data-rest]");
      shown.textContent = left === null ? "an amount cannot be read" : Bank.grouped(Bank.text(left, decimals));
      shown.className = left === 0n ? "co-even" : "co-out";
      for (const row of rows(form)) {
        const input = row.querySelector("[data-name=amount]");
        input.placeholder = left === null || left === 0n ? "" : Bank.text(left, decimals);
      }
    };
    const add = () => {
      place.append(copy("wb-form-row"));
      dress(place.lastElementChild);
      show();
    };
    add();
    add();
    form.querySelector("[data-add]").addEventListener("click", () => {
      add();
      pick(pickers(place.lastElementChild)[0]);
    });
    place.addEventListener("input", show);
    place.addEventListener("click", (event) => {
      if (!event.target.closest("[data-remove]") || rows(form).length < 2) return;
      event.target.closest("[data-row]").remove();
      show();
    });
    // One row without an amount takes the rest.
    form.finish = () => {
      const empty = rows(form).filter((row) => !isBlank(row) && !row.querySelector("[data-name=amount]").value.trim());
      const left = rest(form, whole);
      if (empty.length === 1 && left !== null && left !== 0n) {
        empty[0].querySelector("[data-name=amount]").value = Bank.text(left, decimals);
        show();
      }
      rows(form).filter(isBlank).forEach((row) => rows(form).length > 1 && row.remove());
    };
  };

  const missing = (form) => {
    const empty = [...form.querySelectorAll("[data-prefix], [required], [data-row] [data-name=amount]")];
    return empty.filter((input) => !input.value.trim()).map((input) => {
      const row = input.closest("[data-row]");
      const path = row ? `splits[${rows(form).indexOf(row)}].${input.dataset.name}` : input.dataset.name;
      return [path, input.dataset.prefix ? "Choose an account." : "This is needed."];
    });
  };

  // Opens a form in a place. `send` does it with the API and answers; `done` is told when it was done.
  const show = (name, place, { line = null, fill = {}, send, done, closed }) => {
    close();
    const form = copy(`wb-form-${name}`);
    open = { form };
    place.prepend(form);
    if (line) for (const input of form.querySelectorAll("[data-from=description]"))
      input.placeholder = line.description || line.counterparty;
    for (const [field, text] of Object.entries(fill)) {
      const found = form.querySelector(`[data-name="${field}"]`) ?? form.querySelector(`[data-${field}]`);
      if (found?.matches("input")) found.value = text;
      else if (found) found.textContent = text;
    }
    dress(form);
    if (name === "split") splitting(form, line);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      event.stopPropagation();
      if (form.dataset.busy) return;
      form.finish?.();
      const problems = missing(form);
      if (problems.length) return refuse(form, problems, "");
      const body = gather(form);
      if (name === "split") body.splits = rows(form).map(gather);
      form.dataset.busy = "1";
      const answer = await send(body, form.dataset.path);
      delete form.dataset.busy;
      if (!answer.ok) return refuse(form, Bank.fields(answer), Bank.said(answer, { without: true }));
      if (open?.form === form) close();
      done(answer, form.dataset.done);
    });
    form.querySelector("[data-close]").addEventListener("click", () => close() && closed());
    form.scrollIntoView({ block: "nearest" });
    const first = pickers(form)[0];
    if (first) pick(first);
    else form.querySelector("[data-name]").focus();
  };

  return { show, close };
};
