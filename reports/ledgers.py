"""The general ledger and the statement of one account: what stood, every entry with the balance after it, what stands.

Of a statement the amounts are in the account's currency, debit positive where debits increase the account; of the
general ledger in base currency, debit positive.
"""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby
from typing import Any

from ledger.accounts.models import Account
from ledger.balances.moments import Moment, known
from ledger.balances.totals import NOTHING, totals
from ledger.journal.models import Entry
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.money import add_up, exact
from organizations.tenants.models import Organization
from reports.errors import ReportTooLong
from reports.periods import ONE_DAY
from reports.sheets import Line, Sheet
from reports.statements import Wish

#: What is longer is read page by page, or as a file from the entries' own addresses.
MOST_ENTRIES = 10_000


def account_statement(wish: Wish, account: Account) -> dict:
    """The statement of one account. Raises ReportTooLong."""
    period, decimals, sign = wish.columns[0], decimals_of(account.currency_id), account.normal_sign
    opening = _balance(wish.organization, account, period.start - ONE_DAY, wish.moment) * sign
    rows = _entries(wish, [account.pk])
    running, entries = opening, []
    for entry in rows:
        running = add_up([running, entry.amount * sign])
        entries.append(_entry(entry, entry.amount, exact(running, decimals), decimals))
    return {
        "object": "account_statement",
        "title": f"Statement of {account.code} {account.name}",
        "organization_id": wish.organization.public_id,
        "account_id": account.public_id,
        "code": account.code,
        "name": account.name,
        "currency": account.currency_id,
        "start_date": period.start,
        "end_date": period.end,
        "opening_balance": exact(opening, decimals),
        "total_debits": exact(add_up(row.amount for row in rows if row.amount > 0), decimals),
        "total_credits": exact(-add_up(row.amount for row in rows if row.amount < 0), decimals),
        "closing_balance": exact(running, decimals),
        "entries": entries,
        "entries_query": wish.entries_query(account.pk, period),
    }


def general_ledger(wish: Wish) -> dict:
    """Every account that stood or moved. Raises ReportTooLong."""
    organization, period, decimals = wish.organization, wish.columns[0], wish.decimals
    chart = wish.books.chart()
    found = wish.books.balances([period.start - ONE_DAY, period.end])
    before, after = found[period.start - ONE_DAY], found[period.end]
    rows = _entries(wish, None if wish.narrowing.account_id is None else [place.number for place in chart.places])
    by_account = {number: list(own) for number, own in groupby(rows, key=lambda entry: entry.account_id)}
    accounts = []
    for place in chart.places:
        own, opening = by_account.get(place.number, []), before.get(place.number, Decimal(0))
        if not own and not opening:
            continue
        running, entries = opening, []
        for entry in own:
            running = add_up([running, entry.base_amount])
            entries.append(_entry(entry, entry.base_amount, exact(running, decimals), decimals))
        accounts.append(
            {
                "account_id": place.account.public_id,
                "code": place.account.code,
                "name": place.account.name,
                "opening_balance": exact(opening, decimals),
                "closing_balance": exact(after.get(place.number, Decimal(0)), decimals),
                "entries": entries,
                "entries_query": wish.entries_query(place.number, period),
            }
        )
    return {
        "object": "general_ledger",
        "title": "General ledger",
        "organization_id": organization.public_id,
        "currency": organization.base_currency_id,
        "start_date": period.start,
        "end_date": period.end,
        "accounts": accounts,
        "total_debits": exact(add_up(row.base_amount for row in rows if row.base_amount > 0), decimals),
        "total_credits": exact(-add_up(row.base_amount for row in rows if row.base_amount < 0), decimals),
    }


def statement_sheet(answer: dict, organization: str) -> Sheet:
    """The statement of an account as a sheet."""
    subtitle = f"{answer['start_date']} to {answer['end_date']}, in {answer['currency']}"
    sheet = Sheet(answer["title"], organization, subtitle, ["Debit", "Credit", "Balance"])
    sheet.lines = [_standing("Opening balance", answer["opening_balance"]), *_lines(answer["entries"])]
    sheet.lines.append(_standing("Closing balance", answer["closing_balance"], kind="total"))
    return sheet


def ledger_sheet(answer: dict, organization: str) -> Sheet:
    """The general ledger as a sheet: account by account."""
    subtitle = f"{answer['start_date']} to {answer['end_date']}, in {answer['currency']}"
    sheet = Sheet(answer["title"], organization, subtitle, ["Debit", "Credit", "Balance"])
    for account in answer["accounts"]:
        sheet.lines.append(Line("heading", f"{account['code']} {account['name']}"))
        sheet.lines.append(_standing("Opening balance", account["opening_balance"]))
        sheet.lines += _lines(account["entries"])
        sheet.lines.append(_standing("Closing balance", account["closing_balance"], kind="total"))
    return sheet


def _lines(entries: Iterable[dict]) -> list[Line]:
    return [
        Line(
            "row",
            " · ".join(filter(None, [str(entry["transaction_date"]), entry["description"]])),
            entry["reference"],
            amounts=(entry["debit"], entry["credit"], entry["running_balance"]),
        )
        for entry in entries
    ]


def _standing(text: str, balance: Decimal, *, kind: Any = "row") -> Line:
    nothing = abs(balance * 0)
    return Line(kind, text, amounts=(nothing, nothing, balance))


def _entry(entry: Entry, amount: Decimal, running: Decimal, decimals: int) -> dict:
    posted = entry.transaction
    return {
        "id": ids.encode("LED", entry.pk),
        "transaction_id": posted.public_id,
        "transaction_date": entry.transaction_date,
        "description": entry.description or posted.description,
        "reference": entry.reference or posted.reference_number,
        "debit": exact(max(amount, Decimal(0)), decimals),
        "credit": exact(max(-amount, Decimal(0)), decimals),
        "running_balance": running,
    }


def _entries(wish: Wish, account_ids: list[int] | None) -> list[Entry]:
    """By account, then as they stand in its register; of all accounts unless some are named."""
    organization, period = wish.organization, wish.columns[0]
    rows = Entry.objects.of(organization).filter(
        wish.narrowing.of_entries(organization), transaction_date__range=(period.start, period.end)
    )
    if account_ids is not None:
        rows = rows.filter(account_id__in=account_ids)
    if wish.moment is not None:
        rows = rows.filter(known(wish.moment))
    ordered = rows.select_related("transaction").order_by("account_id", "transaction_date", "id")
    found = list(ordered[: MOST_ENTRIES + 1])
    if len(found) > MOST_ENTRIES:
        raise ReportTooLong(details={"most_entries": MOST_ENTRIES})
    return found


def _balance(organization: Organization, account: Account, day: datetime.date, moment: Moment | None) -> Decimal:
    """In the account's currency, debit positive."""
    found = totals(organization.pk, account_ids=[account.pk], as_of=day, moment=moment)
    return found.get(account.pk, NOTHING).balance
