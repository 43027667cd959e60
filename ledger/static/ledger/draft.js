// A draft's totals and difference while it is typed. Exact: amounts are whole numbers of 10^-8, never floats.
// It only shows; what counts is computed on the server.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("draft");
  if (!form) return;
  const body = form.querySelector(".co-lines tbody");
  const { base, decimals } = form.dataset;
  const places = Number(decimals);
  const PLAIN = /^[0-9]+(\.[0-9]{1,12})?$/;
  const GROUPED = /^[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?$/;

  const scaled = (text, scale) => {
    const typed = text.trim();
    const value = GROUPED.test(typed) ? typed.replaceAll(",", "") : typed;
    if (!PLAIN.test(value)) return null;
    const [whole, fraction = ""] = value.split(".");
    return BigInt(whole + fraction.padEnd(scale, "0").slice(0, scale));
  };
  const inBase = (amount, rate) => {
    // amount in 10^-8, rate in 10^-12: the product is rounded half away from zero to the base currency's unit
    const unit = 10n ** BigInt(20 - places);
    return (amount * rate + unit / 2n) / unit;
  };
  const written = (units) => {
    const digits = units.toString().padStart(places + 1, "0");
    const whole = digits.slice(0, digits.length - places).replace(/\B(?=(\d{3})+$)/g, ",");
    return places ? whole + "." + digits.slice(-places) : whole;
  };

  const show = () => {
    const sums = { debit: 0n, credit: 0n };
    let unclear = false;
    let foreignLines = false;
    for (const line of body.children) {
      const foreign = line.dataset.currency && line.dataset.currency !== base;
      foreignLines ||= foreign;
      line.classList.toggle("co-foreign", Boolean(foreign));
      line.querySelector(".co-currency").textContent = foreign ? line.dataset.currency : "";
      for (const side of ["debit", "credit"]) {
        const text = line.querySelector(`[name$=-${side}]`).value;
        if (!text.trim()) continue;
        const amount = scaled(text, 8);
        const rate = foreign ? scaled(line.querySelector("[name$=-rate]").value, 12) : 10n ** 12n;
        if (amount === null || rate === null) unclear = true;
        else sums[side] += inBase(amount, rate);
      }
    }
    form.classList.toggle("co-rates", foreignLines);
    document.getElementById("total-debit").textContent = written(sums.debit);
    document.getElementById("total-credit").textContent = written(sums.credit);
    const gap = sums.debit - sums.credit;
    const shown = document.getElementById("difference");
    shown.className = "co-right " + (gap || unclear ? "co-out" : "co-even");
    if (unclear) shown.textContent = "An amount or a rate is missing or cannot be read";
    else if (gap) shown.textContent = `Difference ${written(gap < 0n ? -gap : gap)} ${base}: ${gap > 0n ? "more credit" : "more debit"} needed`;
    else shown.textContent = sums.debit ? `Balanced, ${base}` : "";
  };

  let next = body.children.length;
  const add = () => {
    const line = document.getElementById("new-line").content.firstElementChild.cloneNode(true);
    for (const input of line.querySelectorAll("[name]")) input.name = input.name.replace("__prefix__", next);
    next += 1;
    body.append(line);
    line.dispatchEvent(new CustomEvent("formset:added", { bubbles: true }));
  };
  document.getElementById("add-line").addEventListener("click", add);
  body.addEventListener("input", (event) => {
    const line = event.target.closest("tr");
    // A line has one side: typing on one empties the other.
    for (const [side, other] of [["debit", "credit"], ["credit", "debit"]])
      if (event.target.name.endsWith("-" + side) && event.target.value) line.querySelector(`[name$=-${other}]`).value = "";
    if (line === body.lastElementChild) add();
    show();
  });
  body.addEventListener("click", (event) => {
    if (!event.target.closest(".co-remove")) return;
    event.target.closest("tr").remove();
    if (!body.children.length) add();
    show();
  });
  django.jQuery(body).on("select2:select select2:clear", (event) => {
    event.target.closest("tr").dataset.currency = event.params.data?.currency || "";
    show();
  });
  show();
});
