"""The rates that the lines of a transaction do without: the organization's own, for the transaction's date.

This is a step between reading the accounts and ``weigh``, and nowhere else. Only the accounts say which lines are
foreign, and weighing itself asks no database: it runs for ten thousand transactions of a batch, whose rates are
looked up here in one query, and in the express lane, which knows no rates and hands on what needs one. A line itself
stays as it was written. So a draft keeps no rate that nobody gave: it shows the one that it would take, and takes
that of its date when it is posted. Where no line lacks a rate nothing is asked.
"""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from ledger.accounts.models import Account
from ledger.currencies.rates import rates_on
from ledger.journal.drafts import Draft, Problem, day
from ledger.journal.weighing import Rates
from organizations import ids
from organizations.tenants.models import Organization


def rates_for(
    organization: Organization, drafts: Iterable[Draft], accounts: Mapping[int, Account], today: datetime.date
) -> Rates:
    """The rates of every line of these drafts that names none, by currency and date, in one query or none at all."""
    foreign = foreign_currencies(organization, accounts)
    if not foreign:
        return {}
    return rates_of(
        organization,
        (
            (foreign[line.account_id], draft.date or today)
            for draft in drafts
            for line in draft.lines
            if line.rate is None and line.account_id in foreign
        ),
    )


def rates_for_bodies(
    organization: Organization, bodies: Iterable[dict[str, Any]], accounts: Mapping[int, Account], today: datetime.date
) -> Rates:
    """The same for transactions as they were sent, before they are read: a long batch is read part by part.

    What cannot be read is left out; whoever reads it will say so.
    """
    foreign = {ids.encode("ACT", number): code for number, code in foreign_currencies(organization, accounts).items()}
    if not foreign:
        return {}
    wanted = set()
    for body in bodies:
        codes = {
            foreign[named]
            for entry in body["entries"]
            if "currency_rate" not in entry and (named := _canonical(entry["account_id"])) in foreign
        }
        if codes:
            try:
                date = today if body.get("transaction_date") is None else day(body["transaction_date"])
            except Problem:
                continue
            wanted |= {(code, date) for code in codes}
    return rates_of(organization, wanted)


def rates_of(organization: Organization, wanted: Iterable[tuple[str, datetime.date]]) -> Rates:
    """The rates into base currency of these currencies on these days, as far as they are known."""
    base = organization.base_currency_id
    asked = {(code, base, date) for code, date in wanted if code != base}
    if not asked:
        return {}
    return {(code, date): found.rate for (code, _, date), found in rates_on(organization, asked).items()}


def foreign_currencies(organization: Organization, accounts: Mapping[int, Account]) -> dict[int, str]:
    """The currencies of the accounts that are not in base currency."""
    base = organization.base_currency_id
    return {number: each.currency_id for number, each in accounts.items() if each.currency_id != base}


def _canonical(text: str) -> str:
    prefix, _, digits = text.partition("_")
    return f"{prefix.upper()}_{digits.lower()}"
