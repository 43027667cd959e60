"""The page that explains an account's balance, put into the account's desk when read."""

import datetime
from contextlib import suppress

from django.utils.html import format_html
from django.utils.http import urlencode

from ledger.accounts.admin import AccountDesk
from ledger.accounts.models import Account
from ledger.balances.moments import reading
from ledger.balances.receipts import Asked, KnownAt, asked_at
from ledger.explanations.explanations import explanation, last_day_of
from ledger.journal.models import Transaction
from organizations import ids
from organizations.backoffice import showing
from organizations.backoffice.pages import Button, Page, Table, show
from organizations.backoffice.records import organization_of
from organizations.backoffice.site import sentence
from organizations.errors import Refusal
from organizations.wire.filtering import BookDay
from organizations.wire.query_strings import bad


def explanation_page(desk: AccountDesk, request, account: Account):
    """Months, days and entries that add up to the balance; as of a day, and as known at a moment."""
    organization = organization_of(request)
    texts = {name: request.GET.get(name, "").strip()[:8000] for name in ("as_of", "day", "known_at")}
    problem, asked = "", Asked({}, now=reading())
    try:
        asked = _asked(organization, texts, asked)
    except Refusal as refusal:
        problem = sentence(refusal)
    as_of, day = asked.values.get("as_of"), asked.values.get("day")
    answer = explanation(account, organization, as_of=as_of, day=day, moment=asked.stamp)
    stamp = asked.stamped(organization, {"as_of": as_of, "day": day})
    kept = {name: texts[name] for name in ("as_of", "known_at") if texts[name] and not problem}
    page = Page(
        title="Explain the balance",
        crumbs=[*desk.crumbs(), (str(account), desk.address("change", account.pk))],
        badge=showing.badge("adds up" if answer["adds_up"] else "broken"),
        facts=_facts(answer, stamp, account),
        tables=[_months(answer, account, kept), _days(answer, account, kept), _entries(answer, account)],
        buttons=[Button("Account", desk.address("change", account.pk), icon="account_balance_wallet")],
        template="admin/ledger/explanation.html",
        extra={"asked": texts, "problem": problem},
    )
    return show(desk.admin_site, request, page)


AccountDesk.explanation = explanation_page


def _asked(organization, texts: dict[str, str], now: Asked) -> Asked:
    """What the fields of the page ask for. Raises InvalidParameter, ReceiptLost."""
    values, problems = {}, {}
    for name, field in (("as_of", BookDay()), ("day", BookDay()), ("known_at", KnownAt())):
        if texts[name]:
            try:
                values[name] = field.read(texts[name])
            except ValueError as problem:
                problems[name] = str(problem)
    if problems:
        raise bad(problems)
    asked = asked_at(organization, values.pop("known_at", None), now.stamp)
    kept = {}
    if asked.receipt is not None:
        with suppress(ValueError):
            kept = {
                name: datetime.date.fromisoformat(text)
                for name, text in asked.receipt.parameters.items()
                if name in ("as_of", "day")
            }
    asked.values = kept | values
    return asked


def _facts(answer: dict, stamp: dict, account: Account) -> list[tuple]:
    currency = account.currency_id
    return [
        ("Balance", f"{showing.money(answer['balance']['amount'], currency)} {currency}"),
        ("Sum of the parts", f"{showing.money(answer['sum'], currency)} {currency}"),
        ("As of", str(answer["as_of"] or "now")),
        ("Known at (UTC)", showing.moment(stamp["known_at"])),
        ("Receipt", format_html('<code class="co-mono co-secret">{}</code>', stamp["receipt"])),
    ]


def _part(part: dict, label, currency: str) -> list:
    sides = [showing.figure(part[side], currency, blank_zero=True) for side in ("debit", "credit")]
    return [label, f"{part['entries_count']:,}", *sides, showing.figure(part["net"], currency)]


def _table(title: str, first: str, rows: list[list]) -> Table:
    return Table(title, [first, "Entries", "Debit", "Credit", "Net"], rows, frozenset({1, 2, 3, 4}))


def _link(query: dict, text: str):
    return format_html('<a class="co-link" href="?{}">{}</a>', urlencode(query), text)


def _months(answer: dict, account: Account, kept: dict) -> Table:
    rows = []
    for part in answer["months"]:
        end = last_day_of(datetime.date.fromisoformat(f"{part['month']}-01"))
        rows.append(_part(part, _link({**kept, "as_of": end}, part["month"]), account.currency_id))
    return _table("Months before", "Month", rows)


def _days(answer: dict, account: Account, kept: dict) -> Table:
    rows = [
        _part(part, _link({**kept, "day": part["date"]}, str(part["date"])), account.currency_id)
        for part in answer["days"]
    ]
    return _table("Days of the last month", "Day", rows)


def _entries(answer: dict, account: Account) -> Table:
    entries, currency = answer["entries"], account.currency_id
    rows = [
        [
            showing.link_to(
                Transaction,
                ids.decode("TXN", entry["transaction_id"]),
                entry["description"] or entry["transaction_description"] or entry["transaction_id"],
            ),
            showing.figure(entry["balance_impact"], currency),
            showing.figure(entry["running_balance"], currency),
        ]
        for entry in (entries["data"] if entries else [])
    ]
    if entries and entries["has_more"]:
        rows.append(["Earlier entries of the day", showing.figure(entries["rest"], currency), ""])
    if rows:
        rows.append([format_html("<b>{}</b>", "Total"), showing.figure(entries["net"], currency), ""])
    title = f"Entries of {entries['day']}" if entries else "Entries"
    return Table(title, ["Description", "Amount", "Balance after"], rows, frozenset({1, 2}))
