// The left side of the workbench: open lines, the oldest first, read a page at a time as one moves on.
window.Bank.lines = (settings, { say, chosen }) => {
  const { here, decimals } = settings;
  const { make } = Bank;
  const list = document.getElementById("wb-lines");
  const none = document.getElementById("wb-none");
  const search = document.getElementById("wb-search");
  const MOST_READ = 5000;

  let lines = []; // as far as they were read
  let rows = new Map(); // line id -> its element
  let entries = {}; // entry id -> what is suggested
  let next = null; // where the list goes on
  let reading = null; // the page that is on its way
  let selected = null; // line id

  const find = (id) => lines.find((line) => line.id === id) ?? null;
  const isWorking = (id) => rows.get(id).classList.contains("wb-working");

  // -- Rows -----------------------------------------------------------------------------------------------------------

  const badgesOf = ({ verdict, match }) => {
    const found = [];
    if (verdict === "conflict") found.push(make("span", { class: "co-badge co-amber" }, "conflict"));
    if (match) {
      const said = match.score === null ? "suggested" : `suggested ${match.score}`;
      found.push(make("span", { class: "co-badge co-blue" }, said));
    }
    return found;
  };

  const rowOf = (line) => {
    const further = line.description ? [line.counterparty, line.reference] : [line.reference];
    const party = further.filter(Boolean).join(" · ");
    const badges = badgesOf(line);
    const second = [make("span", { class: "wb-party" }, party), make("span", { class: "wb-badges" }, ...badges)];
    const row = make(
      "li",
      { class: "wb-line", id: line.id, role: "option", "aria-selected": String(line.id === selected) },
      make("time", {}, line.date),
      make("span", { class: "wb-words" }, line.description || line.counterparty || "(no words)"),
      Bank.figure(line.amount, decimals),
      ...(party || badges.length ? second : []),
    );
    rows.set(line.id, row);
    return row;
  };

  const refresh = (line) => rows.get(line.id)?.replaceWith(rowOf(line));

  const complain = (line, text) => {
    const row = rows.get(line.id);
    if (!row) return say(text, true);
    row.querySelector(".co-problem")?.remove();
    row.append(make("span", { class: "co-problem", role: "alert" }, text));
    if (line.id === selected) row.scrollIntoView({ block: "nearest" });
    return undefined;
  };

  const work = (line, busy) => {
    rows.get(line.id)?.classList.toggle("wb-working", busy);
    if (busy) rows.get(line.id)?.querySelector(".co-problem")?.remove();
  };

  const showNone = () => {
    none.hidden = lines.length > 0 || next !== null;
    none.textContent = search.value
      ? "No open line says this."
      : "No line is open: what the bank wrote is in the books.";
  };

  // -- Reading --------------------------------------------------------------------------------------------------------

  const read = async (after) => {
    const query = new URLSearchParams({ part: "lines" });
    if (after) query.set("after", after);
    if (search.value) query.set("q", search.value);
    const answer = await Bank.ask("GET", `${here}&${query}`);
    if (!answer.ok) say(Bank.said(answer), true);
    return answer;
  };

  const more = () => {
    if (!next || reading) return reading;
    const asked = read(next).then((answer) => {
      if (reading !== asked) return; // the list was read anew meanwhile
      reading = null;
      if (!answer.ok) return;
      next = answer.body.next;
      Object.assign(entries, answer.body.entries);
      const fresh = answer.body.lines.filter((line) => !rows.has(line.id));
      lines.push(...fresh);
      list.append(...fresh.map(rowOf));
    });
    reading = asked;
    return asked;
  };

  // Reads the list anew, as far down as the line that is to be chosen again.
  const reload = async (keep = selected) => {
    const asked = read(null);
    reading = asked;
    const answer = await asked;
    if (reading !== asked) return;
    reading = null;
    if (!answer.ok) return;
    ({ lines, entries, next } = answer.body);
    rows = new Map();
    list.replaceChildren(...lines.map(rowOf));
    while (keep && !find(keep) && next && lines.length < MOST_READ) await more();
    select(find(keep)?.id ?? lines[0]?.id ?? null);
    showNone();
  };

  // -- Moving ---------------------------------------------------------------------------------------------------------

  const select = (id) => {
    rows.get(selected)?.setAttribute("aria-selected", "false");
    selected = id;
    const row = rows.get(id);
    if (row) {
      row.setAttribute("aria-selected", "true");
      row.scrollIntoView({ block: "nearest" });
      list.setAttribute("aria-activedescendant", id);
    } else list.removeAttribute("aria-activedescendant");
    chosen(find(id));
  };

  const step = (by, without = new Set()) => {
    let place = lines.findIndex((line) => line.id === selected);
    do place += by;
    while (lines[place] && (without.has(lines[place].id) || isWorking(lines[place].id)));
    if (place > lines.length - 40) more();
    if (!lines[place]) return false;
    select(lines[place].id);
    return true;
  };

  // Lines that are settled leave the list; the next one is chosen in place of the chosen one.
  const leave = (ids) => {
    const gone = new Set(ids);
    if (gone.has(selected)) step(1, gone) || step(-1, gone) || select(null);
    lines = lines.filter((line) => !gone.has(line.id));
    for (const id of gone) {
      rows.get(id)?.remove();
      rows.delete(id);
    }
    if (lines.length < 30) more()?.then(showNone);
    showNone();
  };

  // A line that is open again takes its place, and is chosen.
  const back = (line) => {
    if (find(line.id)) return;
    const isLater = (other) => other.date > line.date || (other.date === line.date && other.id > line.id);
    const place = lines.findIndex(isLater);
    if (place < 0 && next) return; // further down than was read
    const row = rowOf(line);
    if (place < 0) {
      lines.push(line);
      list.append(row);
    } else {
      rows.get(lines[place].id).before(row);
      lines.splice(place, 0, line);
    }
    showNone();
    select(line.id);
  };

  // A suggestion is void: its other lines are as they were before it.
  const forget = (match, without = []) => {
    for (const line of lines)
      if (line.match?.id === match.id && !without.includes(line.id)) {
        Object.assign(line, { match: null, status: "unmatched" });
        refresh(line);
      }
  };

  list.addEventListener(
    "scroll",
    () => {
      if (list.scrollTop + list.clientHeight > list.scrollHeight - 1500) more();
    },
    { passive: true },
  );
  let typing;
  search.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => reload(null), 250);
  });

  return {
    reload,
    select,
    step,
    leave,
    back,
    forget,
    complain,
    work,
    focus: () => list.focus(),
    selected: () => find(selected),
    entries: (ids) => ids.map((id) => entries[id]).filter(Boolean),
  };
};
