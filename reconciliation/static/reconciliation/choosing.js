// The right side of the workbench: the chosen line, what is suggested for it, and other candidates from the books.
window.Bank.choices = (settings, right) => {
  const { api, decimals, words, features, reasons } = settings;
  const { make } = Bank;
  const money = (value) => Bank.money(value, decimals);
  // What is suggested is mostly accepted: other candidates are looked for when one stays.
  const PATIENCE = { suggested: 700, none: 150 };

  let line = null;
  let choices = []; // the suggestion first, then candidates
  let lit = -1;
  let ticked = new Set();
  let asking = null; // the request for candidates: who moves on does not wait for it

  const link = (template, id, text) =>
    make("a", { class: "co-link", href: template.replace("/0/", `/${Bank.number(id)}/`) }, text);

  const why = (points) => {
    const weighty = Object.entries(points ?? {}).sort((one, other) => Math.abs(other[1]) - Math.abs(one[1]));
    const said = weighty.map(([name, value]) => {
      const shown = `${Number(value) > 0 ? "+" : ""}${value} ${words[name] ?? name.replaceAll("_", " ")}`;
      return make("span", { title: features[name] }, shown);
    });
    return make("div", { class: "wb-why" }, ...said);
  };

  // An entry of the books leads to its transaction; a document to its own page, under its number.
  const nameOf = (entry) => {
    const document = entry.document_id ?? entry.document_ids?.[0];
    const words = entry.description || entry.reference || "(no words)";
    if (!document) return link(settings.transaction, entry.transaction_id, words);
    return link(settings.documents[document.slice(0, 3)], document, `${entry.reference} ${entry.description}`);
  };

  const entryRow = (entry) =>
    make(
      "div",
      { class: "wb-entry" },
      make("span", { class: "co-muted" }, entry.date),
      nameOf(entry),
      Bank.figure(entry.amount, decimals),
    );

  const suggestionOf = ({ match }, entries) => {
    const others = match.line_ids.length - 1;
    const notes = [
      reasons[match.reason] ?? match.reason,
      others ? `Together with ${others} other line${others > 1 ? "s" : ""}.` : "",
      Bank.units(match.fee, decimals) ? `The bank kept ${money(match.fee)}.` : "",
    ];
    const note = notes.filter(Boolean).join(" ");
    const { entry_ids: ids, document_ids: documents, score, features } = match;
    return { suggestion: true, ids, documents, entries, score, features, note };
  };

  const titleOf = (choice) => {
    const paying = choice.documents.length ? "pay " : "";
    if (choice.suggestion) return paying ? "Suggested: pay" : "Suggested";
    return `${paying}${choice.entries[0].reference}` || "Candidate";
  };

  const cardOf = (choice, place) =>
    make(
      "div",
      { class: "wb-choice", "data-place": place },
      make(
        "div",
        { class: "wb-top" },
        make("kbd", {}, place < 9 ? String(place + 1) : "·"),
        make("b", {}, titleOf(choice)),
        choice.score !== null &&
          make("span", { class: `co-badge co-${choice.suggestion ? "blue" : "grey"}` }, `score ${choice.score}`),
      ),
      ...choice.entries.map(entryRow),
      choice.note && make("div", { class: "co-muted" }, choice.note),
      why(choice.features),
    );

  const sumOf = (some) => {
    const entries = some.flatMap((choice) => choice.entries);
    return entries.reduce((total, entry) => total + (Bank.units(entry.amount, decimals) ?? 0n), 0n);
  };

  const light = (place, scroll = true) => {
    if (place >= choices.length) return;
    lit = place;
    right.querySelectorAll(".wb-choice").forEach((card, number) => {
      card.classList.toggle("wb-lit", number === lit);
      card.classList.toggle("wb-ticked", ticked.has(number));
      if (number === lit && scroll) card.scrollIntoView({ block: "nearest" });
    });
    right.querySelector("[data-act=accept]").disabled = !settings.may || (lit < 0 && !ticked.size);
    const sum = Bank.text(sumOf([...ticked].map((number) => choices[number])), decimals);
    right.querySelector(".wb-sum").textContent = ticked.size
      ? `Ticked: ${Bank.grouped(sum)} of ${money(line.amount)}`
      : "";
  };

  const showCards = () => {
    right.querySelector(".wb-choices").replaceChildren(...choices.map(cardOf));
    light(lit, false);
  };

  const look = async () => {
    const mine = (asking = new AbortController());
    const note = right.querySelector(".wb-note");
    try {
      await new Promise((go) => setTimeout(go, line.match ? PATIENCE.suggested : PATIENCE.none));
      if (mine.signal.aborted) return;
      const where = `${api}/statement-lines/${line.id}/candidates`;
      const answer = await Bank.ask("GET", where, undefined, { signal: mine.signal });
      if (!answer.ok) {
        note.textContent = `Other candidates cannot be shown. ${Bank.said(answer)}`;
        return;
      }
      const have = new Set(choices.map((choice) => [...choice.ids, ...choice.documents].join()));
      for (const each of answer.body.data) {
        const { entry_ids: ids, document_ids: documents, score, features } = each;
        if (Number(score) > 0 && !have.has([...ids, ...documents].join()))
          choices.push({ ids, documents, entries: [each], score, features });
      }
      note.textContent = choices.length ? "" : "The books have nothing that could be this line.";
      showCards();
    } catch (problem) {
      if (problem.name !== "AbortError") throw problem;
    }
  };

  const button = (act, title, key, can = true) =>
    make(
      "button",
      { type: "button", class: "co-button", "data-act": act, disabled: settings.may && can ? null : "" },
      `${title} `,
      make("kbd", {}, key),
    );

  const headOf = () => {
    const further = [
      line.counterparty,
      line.counterparty_account,
      line.reference,
      line.kind,
      line.value_date && line.value_date !== line.date && `value ${line.value_date}`,
      line.bank_id && `id ${line.bank_id}`,
    ];
    const minus = String(line.amount).startsWith("-") ? "co-minus" : "";
    return make(
      "div",
      { class: "wb-head" },
      make("span", { class: "co-muted" }, line.date, " ", link(settings.line, line.id, "Details")),
      make("b", { class: minus }, `${money(line.amount)} ${settings.currency}`),
      make("p", {}, line.description || "(no words)"),
      make("small", {}, further.filter(Boolean).join(" · ")),
    );
  };

  // Shows a line, with the entries that are suggested for it; null for none.
  const show = (of, entries) => {
    asking?.abort();
    line = of;
    ticked = new Set();
    choices = line?.match ? [suggestionOf(line, entries)] : [];
    lit = choices.length ? 0 : -1;
    if (!line) {
      right.replaceChildren(make("p", { class: "co-empty" }, "No line is chosen."));
      return;
    }
    right.replaceChildren(
      headOf(),
      make(
        "div",
        { class: "wb-acts" },
        button("accept", "Accept", "Enter"),
        button("reject", "Reject", "r", Boolean(line.match)),
        button("create", "Create", "c"),
        button("split", "Split", "s"),
        button("transfer", "Transfer", "t"),
        button("ignore", "Ignore", "i"),
      ),
      make("div", { class: "wb-choices" }),
      make("p", { class: "wb-sum co-muted", role: "status" }),
      make("p", { class: "wb-note co-muted" }, "Looking in the books …"),
    );
    showCards();
    look();
  };

  const tick = () => {
    if (lit < 0 || choices[lit].suggestion) return;
    if (!ticked.delete(lit)) ticked.add(lit);
    light(lit);
  };

  // What Enter is about: what is ticked, else what is lit; with what it has more than the line. Null for nothing.
  const meant = () => {
    const some = ticked.size ? [...ticked].map((place) => choices[place]) : [choices[lit]].filter(Boolean);
    if (!some.length) return null;
    const apart = sumOf(some) - Bank.units(line.amount, decimals);
    const [ids, documents] = [some.flatMap((choice) => choice.ids), some.flatMap((choice) => choice.documents)];
    return { suggestion: Boolean(some[0].suggestion), ids, documents, apart };
  };

  return { show, light, tick, meant, before: () => light(Math.max(lit - 1, 0)), after: () => light(lit + 1) };
};
