// The difference of a reconciliation while entries are ticked. Exact: whole numbers of the currency's smallest unit.
// It only shows; what counts is computed on the server.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("session");
  if (!form) return;
  const places = Number(form.dataset.decimals);
  const shown = document.getElementById("session-difference");
  const all = document.getElementById("tick-all");
  const ticks = [...form.querySelectorAll("input[name=entry]")];
  const sum = () => ticks.reduce((total, tick) => (tick.checked ? total + BigInt(tick.dataset.units) : total), 0n);
  // A browser may bring ticks back that were never saved: the server's difference is of what it has sent.
  const sent = ticks.reduce((total, tick) => (tick.defaultChecked ? total + BigInt(tick.dataset.units) : total), 0n);

  const written = (units) => {
    const digits = (units < 0n ? -units : units).toString().padStart(places + 1, "0");
    const whole = digits.slice(0, digits.length - places).replace(/\B(?=(\d{3})+$)/g, ",");
    return (units < 0n ? "-" : "") + (places ? whole + "." + digits.slice(-places) : whole);
  };
  const show = () => {
    const difference = BigInt(form.dataset.units) + sent - sum();
    shown.className = difference ? "co-out" : "co-even";
    shown.textContent = `Difference ${written(difference)} ${form.dataset.currency}`;
    if (all) all.checked = ticks.length > 0 && ticks.every((tick) => tick.checked);
  };
  form.addEventListener("change", (event) => {
    if (event.target === all) for (const tick of ticks) tick.checked = all.checked;
    show();
  });
  window.addEventListener("pageshow", show);
  show();
});
