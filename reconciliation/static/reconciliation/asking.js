// What the pages of the bank share: asking the server as whoever is logged in, amounts that keep their digits, jobs.
window.Bank = (() => {
  const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

  // A browser that tells a number's own text keeps every digit of an amount; numbers arrive as texts there.
  const exactly = (key, value, context) =>
    typeof value === "number" && context?.source !== undefined ? context.source : value;
  const parse = (text) => {
    try {
      return JSON.parse(text, exactly);
    } catch {
      return null;
    }
  };

  const ask = async (method, url, body, options = {}) => {
    const headers = { Accept: "application/json", "X-CSRFToken": token() };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    try {
      const sent = body === undefined ? undefined : JSON.stringify(body);
      const answer = await fetch(url, { method, headers, body: sent, ...options });
      const found = parse(await answer.text());
      return { ok: answer.ok && found !== null, status: answer.status, body: found };
    } catch (problem) {
      if (problem.name === "AbortError") throw problem;
      return { ok: false, status: 0, body: null };
    }
  };

  // Problems of fields by path, each as one text.
  const fields = (answer) => {
    const found = Object.entries(answer.body?.error?.details?.fields ?? {});
    return found.map(([path, problems]) => [path, [problems].flat().join(" ")]);
  };

  // A refusal in a sentence or two.
  const said = (answer, { without = false } = {}) => {
    if (answer.status === 0) return "The server does not answer. Nothing was done, or it is not known: look again.";
    const error = answer.body?.error;
    if (!error) return "The answer cannot be read. Perhaps you are logged out: load the page again.";
    const details = error.details ?? {};
    const more = without ? [] : fields(answer).map(([path, problem]) => `${path}: ${problem}`);
    if (details.difference !== undefined) more.push(`The difference is ${grouped(String(details.difference))}.`);
    return [error.message, ...more].map((part) => (/[.!?]$/.test(part) ? part : `${part}.`)).join(" ");
  };

  // Looks at a job until it has ended; gives the last answer.
  const watch = async (url, told) => {
    for (;;) {
      const answer = await ask("GET", url);
      if (!answer.ok) return answer;
      told(answer.body);
      if (answer.body.status === "succeeded" || answer.body.status === "failed") return answer;
      await new Promise((go) => setTimeout(go, 600));
    }
  };

  const share = ({ status, progress }) => {
    if (status === "succeeded") return 100;
    const total = Number(progress.total ?? 0);
    return total ? Math.floor((100 * Number(progress.done)) / total) : 0;
  };

  // -- Amounts: whole numbers of the currency's smallest unit, never floats ------------------------------------------

  const GROUPED = /^-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?$/;
  const plain = (text) => (GROUPED.test(text.trim()) ? text.trim().replaceAll(",", "") : text.trim());
  const units = (value, decimals) => {
    const found = /^(-?)([0-9]+)(?:\.([0-9]*))?$/.exec(plain(String(value)));
    if (!found || (found[3] ?? "").length > decimals) return null;
    const size = BigInt(found[2] + (found[3] ?? "").padEnd(decimals, "0"));
    return found[1] ? -size : size;
  };
  const text = (amount, decimals) => {
    const digits = (amount < 0n ? -amount : amount).toString().padStart(decimals + 1, "0");
    const whole = digits.slice(0, digits.length - decimals);
    return (amount < 0n ? "-" : "") + whole + (decimals ? `.${digits.slice(-decimals)}` : "");
  };
  const grouped = (written) => written.replace(/^(-?)([0-9]+)/, (all, sign, whole) =>
    sign + whole.replace(/\B(?=(\d{3})+$)/g, ","));
  const money = (value, decimals) => {
    const amount = units(value, decimals);
    return grouped(amount === null ? String(value) : text(amount, decimals));
  };

  // -- Small things --------------------------------------------------------------------------------------------------

  const number = (id) => BigInt(`0x${id.slice(4)}`).toString();
  const id = (prefix, key) => `${prefix}_${BigInt(key).toString(16).padStart(16, "0")}`;
  const make = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes))
      if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value);
    made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
    return made;
  };

  const figure = (value, decimals) => {
    const minus = String(value).startsWith("-") ? " co-minus" : "";
    return make("span", { class: `co-figure${minus}` }, money(value, decimals));
  };

  return { ask, fields, said, watch, share, plain, units, text, grouped, money, number, id, make, figure };
})();
