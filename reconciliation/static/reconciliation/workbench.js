// The workbench: what is done with the chosen line, and the keys. It shows and asks; the API decides.
document.addEventListener("DOMContentLoaded", () => {
  if (!document.getElementById("workbench")) return;
  const settings = JSON.parse(document.getElementById("wb-settings").textContent);
  const { api, here, account, decimals } = settings;
  const right = document.getElementById("wb-right");
  const search = document.getElementById("wb-search");
  const help = document.getElementById("wb-help");
  const money = (value) => Bank.money(value, decimals);
  const brief = (line) => `${line.date} ${money(line.amount)}`;

  const say = (text, bad = false) => {
    const place = document.getElementById("wb-said");
    place.textContent = text;
    place.hidden = !text;
    place.classList.toggle("wb-bad", bad);
  };

  const choices = Bank.choices(settings, right);
  const forms = Bank.forms(settings);
  const lines = Bank.lines(settings, {
    say,
    chosen: (line) => {
      forms.close();
      choices.show(line, line?.match ? lines.entries([...line.match.entry_ids, ...line.match.document_ids]) : []);
    },
  });
  const reconciliation = Bank.reconciliation(settings, {
    say,
    forms,
    right,
    closed: lines.focus,
    fill: (last) => {
      const after = last && new Date(Date.parse(last.end_date) + 86_400_000).toISOString().slice(0, 10);
      const { closing_date: day, closing_balance: balance } = totals;
      return {
        start_date: after ?? (day ? `${day.slice(0, 8)}01` : ""),
        end_date: day ?? "",
        closing_balance: balance === null ? "" : Bank.text(Bank.units(balance, decimals), decimals),
      };
    },
  });

  // -- The figures above ----------------------------------------------------------------------------------------------

  let totals = { closing_balance: null };
  const figures = async () => {
    const answer = await Bank.ask("GET", `${here}&part=figures`);
    if (!answer.ok) return;
    totals = answer.body;
    const [open, difference] = [totals.open_until, totals.difference ?? "?"].map((each) => Bank.units(each, decimals));
    const known = difference !== null;
    const told = {
      open_count: Bank.grouped(String(totals.open_count)),
      open_amount: `${money(totals.open_amount)} ${settings.currency}, ${totals.suggested_count} suggested`,
      closing_balance: totals.closing_balance === null ? "–" : money(totals.closing_balance),
      closing_date: totals.closing_date ? `closing ${totals.closing_date}` : "no statement tells a balance",
      book_balance: money(totals.book_balance),
      book_date: totals.closing_date ? `on ${totals.closing_date}` : "now",
      difference: known ? money(totals.difference) : "–",
      // what is not the open lines, the books have and the bank has not shown
      open_until: known
        ? `open lines ${money(totals.open_until)}, ${money(Bank.text(open - difference, decimals))} only in the books`
        : "",
    };
    for (const [name, text] of Object.entries(told))
      document.querySelector(`[data-figure=${name}]`).textContent = text;
    document.querySelector("[data-figure=difference]").classList.toggle("co-even", difference === 0n);
  };

  const unmarked = [];
  let waiting;
  // Something was done: soon, but once for several acts in a row, the figures and the reconciliation follow.
  const changed = (entryIds = []) => {
    unmarked.push(...entryIds);
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      reconciliation.follow(unmarked.splice(0));
      figures();
    }, 250);
  };

  const progress = document.getElementById("wb-running");
  const running = (share, text = "") => {
    progress.hidden = share === null;
    progress.querySelector("i").style.width = `${share ?? 0}%`;
    progress.querySelector(".co-muted").textContent = text;
  };

  // -- What was done here, the last act last; a reload of the page does not forget it ---------------------------------

  const kept = `workbench ${account}`;
  const acts = JSON.parse(sessionStorage.getItem(kept) ?? "[]");
  const remember = () => {
    sessionStorage.setItem(kept, JSON.stringify(acts.slice(-100)));
    const button = document.getElementById("wb-undo");
    if (!button) return;
    button.disabled = !acts.length;
    button.title = acts.at(-1)?.title ?? "";
  };

  const undoMany = async (act) => {
    if (!window.confirm(`Undo what was accepted together? Matches: ${act.matches.length}.`)) {
      acts.push(act);
      return remember();
    }
    const [entryIds, all] = [[], act.matches.length];
    while (act.matches.length) {
      const answer = await Bank.ask("POST", `${api}/matches/${act.matches.pop()}/undo`, {});
      if (answer.ok) entryIds.push(...answer.body.entry_ids);
      else say(Bank.said(answer), true);
      running(Math.floor((100 * (all - act.matches.length)) / all), `${act.matches.length} left`);
    }
    running(null);
    changed(entryIds);
    return lines.reload();
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
    return act.several ? lines.reload(act.line) : lines.back(answer.body);
  };

  // -- Acts on a line -------------------------------------------------------------------------------------------------

  const settled = (line, answer, title) => {
    const match = answer.body.object === "match" ? answer.body : answer.body.match;
    const ids = match?.line_ids ?? [line.id];
    if (line.match) lines.forget(line.match, ids);
    const several = ids.length > 1 || match?.origin === "transfer";
    acts.push({ title: `${title} ${brief(line)}`, line: line.id, entries: match?.entry_ids ?? [], several });
    remember();
    lines.leave(ids);
    say(`${title}: ${brief(line)} ${line.description}`.slice(0, 200));
    changed();
  };

  const working = new Set();
  // An act that needs no form goes on by itself; the next line is chosen at once.
  const go = async (line, title, url, body) => {
    working.add(line.id);
    lines.work(line, true);
    lines.step(1) || lines.step(-1);
    const answer = await Bank.ask("POST", url, body);
    working.delete(line.id);
    lines.work(line, false);
    if (answer.ok) return settled(line, answer, title);
    if (answer.status !== 404 && answer.status !== 409) return lines.complain(line, Bank.said(answer));
    say(`${brief(line)}: ${Bank.said(answer)}`, true); // somebody else was faster: show what is true now
    return lines.reload();
  };

  const form = (name, line, { body: also, fill } = {}) =>
    forms.show(name, right, {
      line,
      fill,
      send: (body, path) => Bank.ask("POST", `${api}/statement-lines/${line.id}/${path}`, { ...body, ...also }),
      done: (answer, title) => {
        lines.focus();
        settled(line, answer, title);
      },
      closed: lines.focus,
    });

  // Documents are paid as far as the line reaches; what is more stays the contact's credit.
  const pay = (line, meant) => {
    if (meant.ids.length) return say("A line is entries of the books, or pays documents: not both.", true);
    const where = `${api}/statement-lines/${line.id}/match`;
    return go(line, "Paid", where, { document_ids: meant.documents });
  };

  const accept = (line) => {
    const meant = choices.meant();
    if (!meant) return say("Nothing is suggested: light a candidate with 1 … 9, or create a transaction with c.", true);
    const asSuggested = meant.suggestion && !Bank.units(line.match.fee, decimals);
    if (asSuggested) return go(line, "Accepted", `${api}/matches/${line.match.id}/accept`, {});
    if (meant.documents.length) return pay(line, meant);
    const body = meant.suggestion ? {} : { entry_ids: meant.ids };
    const apart = meant.suggestion ? String(line.match.fee) : Bank.text(meant.apart, decimals);
    if (meant.suggestion || meant.apart) return form("fee", line, { body, fill: { fee: money(apart) } });
    return go(line, "Matched", `${api}/statement-lines/${line.id}/match`, body);
  };

  const reject = async (line) => {
    if (!line.match) return say("Nothing is suggested for this line.", true);
    const answer = await Bank.ask("POST", `${api}/matches/${line.match.id}/reject`, {});
    if (!answer.ok) return lines.complain(line, Bank.said(answer));
    lines.forget(line.match);
    say(`Rejected what was suggested for ${brief(line)}.`);
    changed();
    return lines.select(line.id);
  };

  // -- Acts on many ---------------------------------------------------------------------------------------------------

  const acceptAll = async () => {
    const least = document.getElementById("wb-threshold").value || "0";
    const counted = await Bank.ask("GET", `${here}&part=acceptable&min_score=${encodeURIComponent(least)}`);
    if (!counted.ok) return say("A score is a whole number from 0 to 1000.", true);
    const { count } = counted.body;
    if (Number(count) === 0) return say(`No suggestion has a score of ${least} or more.`);
    const ask = `Accept all suggestions with a score of ${least} or more? There are ${count} now.`;
    if (!window.confirm(ask)) return undefined;
    running(0, "accepting");
    const wish = { account_id: account, min_score: Number(least) };
    const answer = await Bank.ask("POST", `${api}/matches/batch-accept`, wish);
    running(null);
    if (!answer.ok) return say(Bank.said(answer), true);
    const { results, summary } = answer.body;
    const done = results.filter((each) => each.status === "succeeded");
    if (done.length) acts.push({ title: `accepted ${done.length}`, matches: done.map((each) => each.match.id) });
    remember();
    const refused = Number(summary.failed);
    const why = results.find((each) => each.error)?.error.message;
    say(`Accepted: ${done.length}.${refused ? ` Refused: ${refused}. ${why}.` : ""}`, refused > 0);
    changed();
    return lines.reload();
  };

  const run = async () => {
    if (!progress.hidden) return undefined;
    running(0, "waiting for a worker");
    const queued = await Bank.ask("POST", `${api}/accounts/${account}/match`, {});
    const told = (job) => running(Bank.share(job), job.status);
    const done = queued.ok ? await Bank.watch(`${api}/jobs/${queued.body.id}`, told) : queued;
    running(null);
    if (!done.ok || done.body.status === "failed") return say(Bank.said(done), true);
    const { accepted, suggested, booked, open } = done.body.result;
    say(`Matching: ${accepted} accepted, ${suggested} suggested, ${booked} booked by rules, ${open} left open.`);
    changed();
    return lines.reload();
  };

  // -- Keys and buttons -----------------------------------------------------------------------------------------------

  const allowed = () => {
    if (!settings.may) say("Your role only shows this.", true);
    return settings.may;
  };
  const acting = (act) => () => allowed() && act();
  const onLine = (act) => () => {
    const line = lines.selected();
    if (!line) return say("No line is chosen.", true);
    return allowed() && !working.has(line.id) && act(line);
  };
  const deeds = {
    accept: onLine(accept),
    reject: onLine(reject),
    create: onLine((line) => form("create", line)),
    split: onLine((line) => form("split", line)),
    transfer: onLine((line) => form("transfer", line)),
    ignore: onLine((line) => form("ignore", line)),
    undo: acting(undo),
    run: acting(run),
    "accept-all": acting(acceptAll),
    finish: acting(reconciliation.finish),
    begin: acting(reconciliation.finish),
    reopen: acting(reconciliation.reopen),
    help: () => help.showModal(),
  };
  const moves = {
    j: () => lines.step(1),
    ArrowDown: () => lines.step(1),
    k: () => lines.step(-1),
    ArrowUp: () => lines.step(-1),
    h: choices.before,
    ArrowLeft: choices.before,
    l: choices.after,
    ArrowRight: choices.after,
  };
  const keys = {
    Enter: deeds.accept,
    r: deeds.reject,
    c: deeds.create,
    s: deeds.split,
    t: deeds.transfer,
    i: deeds.ignore,
    u: deeds.undo,
    m: deeds.run,
    a: deeds["accept-all"],
    f: deeds.finish,
    o: deeds.reopen,
    " ": choices.tick,
    "/": () => search.focus(),
    "?": deeds.help,
  };
  for (let place = 0; place < 9; place += 1) keys[String(place + 1)] = () => choices.light(place);

  const escape = (event) => {
    if (forms.close()) lines.focus();
    else if (event.target === search) {
      const before = search.value;
      search.value = "";
      if (before) lines.reload().then(lines.focus); // a list without lines cannot have the focus
      else lines.focus();
    }
  };
  // Before anybody else: an open list of accounts closes itself, and only that.
  const first = (event) => {
    if (event.key === "Escape" && !help.open && !document.querySelector(".select2-container--open")) escape(event);
  };
  document.addEventListener("keydown", first, true);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.target.closest("input, textarea, select, .select2-container")) {
      if (event.target.closest(".wb-form")) event.stopPropagation(); // a closed picker has the focus, and unfold has keys
      if (event.target !== search || (event.key !== "Enter" && event.key !== "ArrowDown")) return;
      event.preventDefault();
      lines.focus();
      return;
    }
    if (event.target.closest("button, a, summary") && (event.key === "Enter" || event.key === " ")) return;
    const deed = moves[event.key] ?? (event.repeat ? undefined : keys[event.key]); // no act again and again
    if (!deed) return;
    event.preventDefault();
    event.stopPropagation(); // unfold has keys of its own
    deed();
  });

  document.getElementById("workbench").addEventListener("click", (event) => {
    const asked = event.target.closest("[data-act]");
    const row = event.target.closest(".wb-line");
    const card = event.target.closest(".wb-choice");
    if (asked) deeds[asked.dataset.act]();
    else if (row) lines.select(row.id);
    else if (card && !event.target.closest("a")) choices.light(Number(card.dataset.place));
  });

  remember();
  lines.reload(settings.wanted || null).then(lines.focus);
  figures();
  reconciliation.load();
});
