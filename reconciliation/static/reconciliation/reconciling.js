// The reconciliation that is open for the account: its running difference, and starting, completing, reopening it.
window.Bank.reconciliation = (settings, { say, forms, right, fill, closed }) => {
  const { api, account, decimals } = settings;
  const tile = document.getElementById("wb-session");
  const part = (name) => tile.querySelector(`[data-session=${name}]`);
  const button = (name) => tile.querySelector(`[data-act=${name}]`);
  let session = null; // in progress
  let last = null; // the latest completed one
  let known = false;

  const list = (status) => Bank.ask("GET", `${api}/reconciliations?account_id=${account}&status=${status}&limit=1`);
  const money = (value) => Bank.money(value, decimals);

  const show = () => {
    tile.hidden = !known;
    button("finish").hidden = !(settings.sessions && session);
    button("begin").hidden = !(settings.sessions && !session);
    button("reopen").hidden = !(settings.sessions && !session && last);
    if (session) {
      part("difference").textContent = money(session.difference);
      part("difference").className = Bank.units(session.difference, decimals) === 0n ? "co-even" : "co-minus";
      const marked = money(session.reconciled_amount);
      part("note").textContent = `${session.start_date} – ${session.end_date}, ${marked} marked`;
    } else {
      part("difference").className = "";
      part("difference").textContent = last ? "closed" : "none yet";
      part("note").textContent = last ? `through ${last.end_date} with ${money(last.closing_balance)}` : "";
    }
  };

  const load = async () => {
    const [open, done] = await Promise.all([list("in_progress"), list("completed")]);
    known = open.ok && done.ok;
    session = known ? (open.body.data[0] ?? null) : null;
    last = known ? (done.body.data[0] ?? null) : null;
    show();
  };

  const took = (answer) => {
    session = answer.body;
    show();
  };

  // What was matched meanwhile is marked; what was undone is unmarked first.
  const follow = async (undone) => {
    if (!session || !settings.sessions) return;
    const where = `${api}/reconciliations/${session.id}`;
    if (undone.length) await Bank.ask("POST", `${where}/unreconcile`, { entry_ids: undone });
    const answer = await Bank.ask("POST", `${where}/reconcile`, { auto_match: true });
    if (answer.ok) took(answer);
    else await load();
  };

  const finish = async () => {
    const answer = await Bank.ask("POST", `${api}/reconciliations/${session.id}/complete`, { auto_match: true });
    if (!answer.ok) return say(Bank.said(answer), true);
    say(`The reconciliation through ${session.end_date} is complete.`);
    return load();
  };

  const begin = () =>
    forms.show("session", right, {
      fill: fill(last),
      closed,
      send: (body) => Bank.ask("POST", `${api}/reconciliations`, { ...body, account_id: account, auto_match: true }),
      done: (answer) => {
        took(answer);
        say(`A reconciliation through ${session.end_date} was started.`);
        closed();
      },
    });

  const reopen = async () => {
    if (!window.confirm(`Reopen the reconciliation through ${last.end_date}?`)) return undefined;
    const answer = await Bank.ask("POST", `${api}/reconciliations/${last.id}/reopen`, {});
    if (!answer.ok) return say(Bank.said(answer), true);
    say(`The reconciliation through ${last.end_date} is open again.`);
    return load();
  };

  return {
    load,
    follow,
    finish: () => known && settings.sessions && (session ? finish() : begin()),
    reopen: () => known && settings.sessions && !session && last && reopen(),
  };
};
