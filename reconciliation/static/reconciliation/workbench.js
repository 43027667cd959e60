// The workbench: the list of open lines, what the books have for the chosen one, and the keys. It shows; the API decides.
document.addEventListener("DOMContentLoaded", () => {
  if (!document.getElementById("workbench")) return;
  const settings = JSON.parse(document.getElementById("wb-settings").textContent);
  const { api, here, account, decimals, features, reasons } = settings;
  const { make } = Bank;
  const list = document.getElementById("wb-lines");
  const right = document.getElementById("wb-right");
  const none = document.getElementById("wb-none");
  const search = document.getElementById("wb-search");
  const help = document.getElementById("wb-help");
  const spoken = document.getElementById("wb-said");
  const money = (value) => Bank.money(value, decimals);

  // -- What is known ---------------------------------------------------------------------------------------------------

  let lines = []; // open lines as far as they were read, in their order
  let rows = new Map(); // line id -> its element
  let entries = {}; // entry id -> what is suggested
  let next = null; // where the list goes on
  let reading = null; // the page that is on its way
  let selected = null; // line id
  let choices = []; // of the selected line: the suggestion first, then candidates
  let lit = -1;
  let ticked = new Set();
  let totals = {};
  const stack = `workbench ${account}`;
  const acts = JSON.parse(sessionStorage.getItem(stack) ?? "[]");

  const find = (id) => lines.find((line) => line.id === id);
  const say = (text, bad = false) => {
    spoken.textContent = text;
    spoken.hidden = !text;
    spoken.classList.toggle("wb-bad", bad);
  };
  const allowed = () => {
    if (!settings.may) say("Your role only shows this.", true);
    return settings.may;
  };

  // -- The lines -------------------------------------------------------------------------------------------------------

  const badge = (text, colour) => make("span", { class: `co-badge co-${colour}` }, text);
  const badgesOf = (line) => {
    const found = [];
    if (line.verdict === "conflict") found.push(badge("conflict", "amber"));
    if (line.match) found.push(badge(line.match.score === null ? "suggested" : `suggested ${line.match.score}`, "blue"));
    return found;
  };
  const figure = (value) => make("span", { class: `co-figure${String(value).startsWith("-") ? " co-minus" : ""}` }, money(value));

  const rowOf = (line) => {
    const party = line.description ? [line.counterparty, line.reference].filter(Boolean).join(" · ") : line.reference;
    const badges = badgesOf(line);
    const row = make("li", { class: "wb-line", id: line.id, role: "option", "aria-selected": "false" },
      make("time", {}, line.date),
      make("span", { class: "wb-words" }, line.description || line.counterparty || "(no words)"),
      figure(line.amount),
      ...(party || badges.length
        ? [make("span", { class: "wb-party" }, party), make("span", { class: "wb-badges" }, ...badges)]
        : []));
    rows.set(line.id, row);
    return row;
  };

  const showNone = () => {
    none.hidden = lines.length > 0 || next !== null;
    none.textContent = search.value ? "No open line says this." : "No line is open: bank and books agree as far as they were compared.";
  };

  const read = async (after) => {
    const query = new URLSearchParams({ part: "lines", ...(after ? { after } : {}), ...(search.value ? { q: search.value } : {}) });
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

  const reload = async (keep = selected) => {
    const asked = read(null);
    reading = asked;
    const answer = await asked;
    if (reading !== asked) return;
    reading = null;
    if (!answer.ok) return;
    ({ lines, entries, next } = { ...answer.body });
    rows = new Map();
    list.replaceChildren(...lines.map(rowOf));
    while (keep && !find(keep) && next && lines.length < 5000) await more();
    select(find(keep)?.id ?? lines[0]?.id ?? null);
    showNone();
  };

  const refresh = (line) => {
    const before = rows.get(line.id);
    if (!before) return;
    const row = rowOf(line);
    row.setAttribute("aria-selected", String(line.id === selected));
    before.replaceWith(row);
  };

  // Lines that are settled leave the list; the next one takes the place of the chosen one.
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

  const isAfter = (one, other) => one.date > other.date || (one.date === other.date && one.id > other.id);
  const back = (line) => {
    if (find(line.id)) return;
    const place = lines.findIndex((each) => isAfter(each, line));
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

  const select = (id) => {
    rows.get(selected)?.setAttribute("aria-selected", "false");
    selected = id;
    const row = rows.get(id);
    if (row) {
      row.setAttribute("aria-selected", "true");
      row.scrollIntoView({ block: "nearest" });
      list.setAttribute("aria-activedescendant", id);
    } else list.removeAttribute("aria-activedescendant");
    forms.close();
    choose(find(id) ?? null);
  };

  const step = (by, without = new Set()) => {
    let place = lines.findIndex((line) => line.id === selected);
    do place += by;
    while (lines[place] && (without.has(lines[place].id) || rows.get(lines[place].id).classList.contains("wb-working")));
    if (place > lines.length - 40) more();
    if (!lines[place]) return false;
    select(lines[place].id);
    return true;
  };

  // -- What the books have for the chosen line -------------------------------------------------------------------------

  const link = (template, id, text) => make("a", { class: "co-link", href: template.replace("/0/", `/${Bank.number(id)}/`) }, text);
  const why = (points) => {
    const found = Object.entries(points ?? {}).sort((one, other) => Math.abs(other[1]) - Math.abs(one[1]));
    return make("div", { class: "wb-why" }, ...found.map(([name, value]) =>
      make("span", {}, `${Number(value) > 0 ? "+" : ""}${value} ${features[name] ?? name.replaceAll("_", " ")}`)));
  };
  const entryRow = (entry) => make("div", { class: "wb-entry" },
    make("span", { class: "co-muted" }, entry.date),
    link(settings.transaction, entry.transaction_id, entry.description || entry.reference || "(no words)"),
    figure(entry.amount));

  const suggestionOf = (line) => {
    const { match } = line;
    const known = match.entry_ids.map((id) => entries[id]).filter(Boolean);
    const others = match.line_ids.length - 1;
    const notes = [
      reasons[match.reason] ?? match.reason,
      others ? `together with ${others} other line${others > 1 ? "s" : ""}` : "",
      Bank.units(match.fee, decimals) ? `the bank kept ${money(match.fee)}` : "",
      match.margin === null ? "" : `${match.margin} ahead of the next`,
      match.entry_ids.length ? "" : "a bank rule would book it",
    ].filter(Boolean);
    return { suggestion: true, match, entryIds: match.entry_ids, entries: known, score: match.score, features: match.features, note: notes.join(" · ") };
  };

  const cardOf = (choice, place) => make("div", { class: "wb-choice", "data-place": place },
    make("div", { class: "wb-top" },
      make("kbd", {}, place < 9 ? String(place + 1) : "·"),
      make("b", {}, choice.suggestion ? "Suggested" : (choice.reference || "Candidate")),
      choice.score === null ? null : badge(`score ${choice.score}`, choice.suggestion ? "blue" : "grey")),
    ...choice.entries.map(entryRow),
    choice.note ? make("div", { class: "co-muted" }, choice.note) : null,
    why(choice.features));

  const showChoices = () => {
    const place = right.querySelector(".wb-choices");
    if (!place) return;
    place.replaceChildren(...choices.map(cardOf));
    light(lit, false);
  };

  const sumOf = (chosen) =>
    chosen.flatMap((choice) => choice.entries).reduce((total, entry) => total + (Bank.units(entry.amount, decimals) ?? 0n), 0n);

  const light = (place, scroll = true) => {
    if (place >= choices.length) return;
    lit = place;
    right.querySelectorAll(".wb-choice").forEach((card, number) => {
      card.classList.toggle("wb-lit", number === lit);
      card.classList.toggle("wb-ticked", ticked.has(number));
      if (number === lit && scroll) card.scrollIntoView({ block: "nearest" });
    });
    const sum = right.querySelector(".wb-sum");
    if (!sum) return;
    right.querySelector("[data-act=accept]").disabled = !settings.may || (lit < 0 && !ticked.size);
    const amount = sumOf([...ticked].map((number) => choices[number]));
    sum.textContent = ticked.size ? `Ticked: ${Bank.grouped(Bank.text(amount, decimals))} of ${money(find(selected).amount)}` : "";
  };

  const button = (act, title, key, can = true) => make("button", { type: "button", class: "co-button", "data-act": act, disabled: settings.may && can ? null : "" }, title, " ", make("kbd", {}, key));

  let asking = null; // the request for candidates, so that one who moves on is not kept waiting
  const candidates = async (line) => {
    asking?.abort();
    const mine = (asking = new AbortController());
    const note = right.querySelector(".wb-note");
    try {
      await new Promise((go) => setTimeout(go, line.match ? 700 : 150)); // what is suggested is mostly accepted
      if (mine.signal.aborted) return;
      const answer = await Bank.ask("GET", `${api}/statement-lines/${line.id}/candidates`, undefined, { signal: mine.signal });
      if (!answer.ok) return void (note.textContent = `Other candidates cannot be shown. ${Bank.said(answer)}`);
      const have = new Set(choices.map((choice) => choice.entryIds.join()));
      const fresh = answer.body.data.filter((each) => Number(each.score) > 0 && !have.has(each.entry_ids.join()));
      choices.push(...fresh.map((each) => ({ ...each, entryIds: each.entry_ids, entries: [each], score: each.score, note: "" })));
      note.textContent = choices.length ? "" : "The books have nothing that could be this line.";
      showChoices();
    } catch (problem) {
      if (problem.name !== "AbortError") throw problem;
    }
  };

  const choose = (line) => {
    ticked = new Set();
    choices = line?.match ? [suggestionOf(line)] : [];
    lit = choices.length ? 0 : -1;
    asking?.abort();
    if (!line) return right.replaceChildren(make("p", { class: "co-empty" }, "No line is chosen."));
    const more_ = [line.counterparty, line.counterparty_account, line.reference, line.kind, line.value_date && line.value_date !== line.date ? `value ${line.value_date}` : "", line.bank_id && `id ${line.bank_id}`];
    right.replaceChildren(
      make("div", { class: "wb-head" },
        make("span", { class: "co-muted" }, line.date, " ", link(settings.line, line.id, "Details")),
        make("b", { class: String(line.amount).startsWith("-") ? "co-minus" : "" }, `${money(line.amount)} ${settings.currency}`),
        make("p", {}, line.description || "(no words)"),
        make("small", {}, more_.filter(Boolean).join(" · "))),
      make("div", { class: "wb-acts" },
        button("accept", "Accept", "Enter"), button("reject", "Reject", "r", Boolean(line.match)), button("create", "Create", "c"),
        button("split", "Split", "s"), button("transfer", "Transfer", "t"), button("ignore", "Ignore", "i")),
      make("div", { class: "wb-choices" }),
      make("p", { class: "wb-sum co-muted", role: "status" }),
      make("p", { class: "wb-note co-muted" }, "Looking in the books …"));
    showChoices();
    candidates(line);
    return undefined;
  };

  // -- Acts ------------------------------------------------------------------------------------------------------------

  const remember = () => {
    sessionStorage.setItem(stack, JSON.stringify(acts.slice(-100)));
    const last = acts.at(-1);
    const shown = document.getElementById("wb-undo");
    if (!shown) return;
    shown.disabled = !last;
    shown.title = last?.title ?? "";
  };

  // What of the difference is not the open lines: the books have it and the bank has not shown it.
  const unseen = () => {
    const [lines_, difference] = [totals.open_until, totals.difference].map((value) => Bank.units(value, decimals));
    return lines_ === null || difference === null ? "the rest" : Bank.grouped(Bank.text(lines_ - difference, decimals));
  };

  const figures = async () => {
    const answer = await Bank.ask("GET", `${here}&part=figures`);
    if (!answer.ok) return;
    totals = answer.body;
    const told = {
      open_count: Bank.grouped(String(totals.open_count)),
      open_amount: `${money(totals.open_amount)} ${settings.currency}, ${Bank.grouped(String(totals.suggested_count))} suggested`,
      closing_balance: totals.closing_balance === null ? "–" : money(totals.closing_balance),
      closing_date: totals.closing_date ? `closing balance, ${totals.closing_date}` : "no statement tells a balance",
      book_balance: money(totals.book_balance),
      book_date: totals.closing_date ? `at the end of ${totals.closing_date}` : "now",
      difference: totals.difference === null ? "–" : money(totals.difference),
      open_until: totals.difference === null ? "" : `open lines ${money(totals.open_until)}, ${unseen()} only in the books`,
    };
    for (const [name, text] of Object.entries(told)) document.querySelector(`[data-figure=${name}]`).textContent = text;
    const even = totals.difference !== null && Bank.units(totals.difference, decimals) === 0n;
    document.querySelector("[data-figure=difference]").classList.toggle("co-even", even);
  };

  const undone = [];
  let waiting;
  const changed = (unmatched = []) => {
    undone.push(...unmatched);
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      reconciliation.follow(undone.splice(0));
      figures();
    }, 250);
  };

  const complain = (line, text) => {
    const row = rows.get(line.id);
    if (!row) return say(text, true);
    row.querySelector(".co-problem")?.remove();
    row.append(make("span", { class: "co-problem", role: "alert" }, text));
    if (line.id === selected) row.scrollIntoView({ block: "nearest" });
    return undefined;
  };

  const brief = (line) => `${line.date} ${money(line.amount)}`;

  // After an act: the lines that it settled leave, and others of a suggestion that is void are unmatched again.
  const settled = (line, answer, title) => {
    const match = answer.body.object === "match" ? answer.body : answer.body.match;
    const ids = match?.line_ids ?? [line.id];
    for (const other of lines)
      if (line.match && other.id !== line.id && other.match?.id === line.match.id && !ids.includes(other.id)) {
        other.match = null;
        refresh(other);
      }
    acts.push({ title: `${title} ${brief(line)}`, line: line.id, entries: match?.entry_ids ?? [], several: ids.length > 1 || title === "Transferred" });
    remember();
    leave(ids);
    say(`${title}: ${brief(line)} ${line.description}`.slice(0, 200));
    changed();
  };

  const working = new Set();
  // An act that needs no form goes on by itself; the next line is chosen at once.
  const go = async (line, title, url, body) => {
    if (working.has(line.id)) return;
    working.add(line.id);
    rows.get(line.id).classList.add("wb-working");
    rows.get(line.id).querySelector(".co-problem")?.remove();
    step(1) || step(-1);
    const answer = await Bank.ask("POST", url, body);
    working.delete(line.id);
    rows.get(line.id)?.classList.remove("wb-working");
    if (answer.ok) settled(line, answer, title);
    else complain(line, Bank.said(answer));
  };

  const onLine = (line, verb) => `${api}/statement-lines/${line.id}/${verb}`;
  const form = (name, line, { body: also, fill } = {}) =>
    forms.show(name, right, {
      line,
      send: (body, path) => Bank.ask("POST", onLine(line, path), { ...body, ...also }),
      done: (answer) => {
        list.focus();
        settled(line, answer, { create: "Booked", split: "Split", transfer: "Transferred", ignore: "Ignored", fee: "Matched" }[name]);
      },
      closed: () => list.focus(),
      fill,
    });

  const accept = (line) => {
    const choice = choices[lit];
    if (!choice && !ticked.size) return say("Nothing is suggested: light a candidate with 1 … 9, or create a transaction with c.", true);
    if (choice?.suggestion && !ticked.size) {
      if (Bank.units(line.match.fee, decimals)) return form("fee", line, { fill: { fee: money(line.match.fee) } });
      return go(line, "Accepted", `${api}/matches/${line.match.id}/accept`, {});
    }
    const chosen = ticked.size ? [...ticked].map((place) => choices[place]) : [choice];
    const body = { entry_ids: chosen.flatMap((each) => each.entryIds) };
    const apart = sumOf(chosen) - Bank.units(line.amount, decimals);
    if (apart) return form("fee", line, { body, fill: { fee: Bank.grouped(Bank.text(apart, decimals)) } });
    return go(line, "Matched", onLine(line, "match"), body);
  };

  const reject = async (line) => {
    if (!line.match) return say("Nothing is suggested for this line.", true);
    const { match } = line;
    const answer = await Bank.ask("POST", `${api}/matches/${match.id}/reject`, {});
    if (!answer.ok) return complain(line, Bank.said(answer));
    for (const each of lines) if (each.match?.id === match.id) Object.assign(each, { match: null, status: "unmatched" }) && refresh(each);
    say(`Rejected what was suggested for ${brief(line)}.`);
    changed();
    return select(selected);
  };

  const undo = async () => {
    const act = acts.pop();
    if (!act) return say("Nothing was done here that could be undone.");
    remember();
    if (act.matches) return undoMany(act);
    const answer = await Bank.ask("POST", `${api}/statement-lines/${act.line}/unmatch`, {});
    if (!answer.ok) {
      if (answer.status === 0 || answer.status >= 500) acts.push(act);
      remember();
      return say(`Not undone: ${act.title}. ${Bank.said(answer)}`, true);
    }
    say(`Undone: ${act.title}.`);
    changed(act.entries);
    return act.several ? reload(act.line) : back(answer.body);
  };

  const progress = document.getElementById("wb-running");
  const running = (share, text) => {
    progress.hidden = share === null;
    progress.querySelector("i").style.width = `${share ?? 0}%`;
    progress.querySelector(".co-muted").textContent = text ?? "";
  };

  const undoMany = async (act) => {
    if (!window.confirm(`Undo what was accepted together? Matches: ${act.matches.length}.`)) return void (acts.push(act), remember());
    const entryIds = [];
    while (act.matches.length) {
      const answer = await Bank.ask("POST", `${api}/matches/${act.matches.at(-1)}/undo`, {});
      if (answer.ok) entryIds.push(...answer.body.entry_ids);
      else say(Bank.said(answer), true);
      act.matches.pop();
      running(100, `${act.matches.length} left`);
    }
    running(null);
    changed(entryIds);
    return reload();
  };

  const acceptAll = async () => {
    const least = document.getElementById("wb-threshold").value || "0";
    const counted = await Bank.ask("GET", `${here}&part=acceptable&min_score=${encodeURIComponent(least)}`);
    if (!counted.ok) return say("A score is a whole number from 0 to 1000.", true);
    if (Number(counted.body.count) === 0) return say(`No suggestion has a score of ${least} or more.`);
    if (!window.confirm(`Accept all suggestions with a score of ${least} or more? There are ${counted.body.count} now.`)) return undefined;
    running(30, "accepting");
    const answer = await Bank.ask("POST", `${api}/matches/batch-accept`, { account_id: account, min_score: Number(least) });
    running(null);
    if (!answer.ok) return say(Bank.said(answer), true);
    const done = answer.body.results.filter((each) => each.status === "succeeded");
    const failed = Number(answer.body.summary.failed);
    const first = answer.body.results.find((each) => each.error)?.error.message ?? "";
    if (done.length) acts.push({ title: `accepted ${done.length}`, matches: done.map((each) => each.match.id) });
    remember();
    say(`Accepted: ${done.length}.${failed ? ` Refused: ${failed}. ${first}.` : ""}`, failed > 0);
    changed();
    return reload();
  };

  const run = async () => {
    if (!progress.hidden) return undefined;
    running(0, "waiting for a worker");
    const queued = await Bank.ask("POST", `${api}/accounts/${account}/match`, {});
    const done = queued.ok
      ? await Bank.watch(`${api}/jobs/${queued.body.id}`, (job) => running(Bank.share(job), job.status))
      : queued;
    running(null);
    if (!done.ok) return say(Bank.said(done), true);
    if (done.body.status === "failed") return say(Bank.said({ status: 1, body: done.body }), true);
    const { accepted, suggested, booked, open } = done.body.result;
    say(`Matching is done: ${accepted} accepted, ${suggested} suggested, ${booked ?? 0} booked by rules; ${open} open.`);
    changed();
    return reload();
  };

  // -- Keys and buttons --------------------------------------------------------------------------------------------------

  const forms = Bank.forms(settings);
  const reconciliation = Bank.reconciliation(settings, {
    say,
    forms,
    right,
    closed: () => list.focus(),
    fill: (last) => {
      const after = last && new Date(Date.parse(last.end_date) + 86_400_000).toISOString().slice(0, 10);
      return {
        start_date: after ?? (totals.closing_date ? `${totals.closing_date.slice(0, 8)}01` : ""),
        end_date: totals.closing_date ?? "",
        closing_balance: totals.closing_balance === null ? "" : Bank.text(Bank.units(totals.closing_balance, decimals), decimals),
      };
    },
  });

  const withLine = (act) => () => {
    const line = find(selected);
    if (!line) return say("No line is chosen.", true);
    return allowed() && !working.has(line.id) && act(line);
  };
  const deeds = {
    accept: withLine(accept),
    reject: withLine(reject),
    create: withLine((line) => form("create", line)),
    split: withLine((line) => form("split", line)),
    transfer: withLine((line) => form("transfer", line)),
    ignore: withLine((line) => form("ignore", line)),
    undo: () => allowed() && undo(),
    run: () => allowed() && run(),
    "accept-all": () => allowed() && acceptAll(),
    finish: () => allowed() && reconciliation.finish(),
    begin: () => allowed() && reconciliation.finish(),
    reopen: () => allowed() && reconciliation.reopen(),
    help: () => help.showModal(),
  };
  const tick = () => {
    if (lit < 0 || choices[lit].suggestion) return;
    ticked.has(lit) ? ticked.delete(lit) : ticked.add(lit);
    light(lit);
  };
  const keys = {
    j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1),
    h: () => light(Math.max(lit - 1, 0)), ArrowLeft: () => light(Math.max(lit - 1, 0)),
    l: () => light(lit + 1), ArrowRight: () => light(lit + 1),
    Enter: deeds.accept, " ": tick, r: deeds.reject, c: deeds.create, s: deeds.split, t: deeds.transfer,
    i: deeds.ignore, u: deeds.undo, m: deeds.run, a: deeds["accept-all"], f: deeds.finish, o: deeds.reopen,
    "/": () => search.focus(), "?": deeds.help,
  };
  for (let place = 0; place < 9; place += 1) keys[String(place + 1)] = () => light(place);

  const escape = (event) => {
    if (forms.name()) {
      forms.close();
      list.focus();
    } else if (event.target === search) {
      const before = search.value;
      search.value = "";
      list.focus();
      if (before) reload();
    }
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.target.closest("input, textarea, select, .select2-container")) {
      if (event.target === search && (event.key === "Enter" || event.key === "ArrowDown")) {
        event.preventDefault();
        list.focus();
      }
      return;
    }
    if (event.target.closest("button, a, summary") && (event.key === "Enter" || event.key === " ")) return;
    const deed = keys[event.key];
    if (!deed) return;
    event.preventDefault();
    event.stopPropagation(); // unfold has keys of its own
    deed();
  });

  // Before anybody else: an open list of accounts closes itself, and only that.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !help.open && !document.querySelector(".select2-container--open")) escape(event);
  }, true);

  document.getElementById("workbench").addEventListener("click", (event) => {
    const asked = event.target.closest("[data-act]");
    if (asked) return deeds[asked.dataset.act]();
    const row = event.target.closest(".wb-line");
    if (row) return select(row.id);
    const card = event.target.closest(".wb-choice");
    return card && !event.target.closest("a") && light(Number(card.dataset.place));
  });
  list.addEventListener("scroll", () => {
    if (list.scrollTop + list.clientHeight > list.scrollHeight - 1500) more();
  }, { passive: true });
  let typing;
  search.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => reload(null), 250);
  });

  remember();
  reload(settings.wanted || null).then(() => list.focus());
  figures();
  reconciliation.load();
});
