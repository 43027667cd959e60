"""Explaining a balance: the months, days and entries that add up to it, added up again in the answer.

The figure is read as every balance is. Its parts are read by a second query and summed here, and the
entries of a day against that day's total: three ways to the same number, from rows that are kept
apart. Amounts are signed by the account's normal balance.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from ledger.accounts.answers import money_answer
from ledger.accounts.models import Account
from ledger.balances.moments import Moment
from ledger.balances.spans import Span, spans
from ledger.balances.totals import NOTHING, Total, totals
from ledger.journal.registers import entries_of, register_answers
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.money import add_up, exact
from organizations.tenants.models import Organization

MOST_ENTRIES = 100


@dataclass(frozen=True, slots=True)
class Explained:
    """The account whose balance is explained, and how its figures and addresses are written."""

    account: Account
    organization: Organization
    moment: Moment | None
    then: str

    @property
    def path(self) -> str:
        return f"/organizations/{self.organization.public_id}/accounts/{ids.encode('ACT', self.account.pk)}"

    def number(self, amount: Decimal) -> Decimal:
        return exact(amount, decimals_of(self.account.currency_id))

    def signed(self, amount: Decimal) -> Decimal:
        """Debit positive in, by the account's normal balance out."""
        return self.number(amount * self.account.normal_sign)

    def figures(self, total: Total) -> dict:
        return {
            "debit": self.number(total.debit),
            "credit": self.number(total.credit),
            "net": self.signed(total.balance),
            "entries_count": total.entries,
        }

    def entries_query(self, first: datetime.date, last: datetime.date) -> str:
        return f"{self.path}/entries?start_date={first}&end_date={last}{self.then}"


def explanation(
    account: Account,
    organization: Organization,
    *,
    as_of: datetime.date | None = None,
    day: datetime.date | None = None,
    moment: Moment | None = None,
    then: str = "",
) -> dict:
    """The balance of an account at the end of a day (or now), and what it is made of.

    Whole months, the days of the last month in which anything was posted, and the entries of
    ``day``, which is the last one with entries unless given. ``then`` ends every link and says
    of which moment the figures are.
    """
    explained = Explained(account, organization, moment, then)
    asked = {"account_ids": [account.pk], "as_of": as_of, "moment": moment}
    figure = explained.signed(totals(organization.pk, **asked).get(account.pk, NOTHING).balance)
    rows = entries_of(account, moment)
    if as_of is not None:
        rows = rows.filter(transaction_date__lte=as_of)
    last = rows.order_by("-transaction_date", "-pk").values_list("transaction_date", flat=True).first()
    months: list[Span] = []
    days: list[Span] = []
    if last is not None:
        months, days = spans(organization.pk, account.pk, month=last.replace(day=1), until=last, moment=moment)
    parts = [explained.signed(span.total.balance) for span in (*months, *days)]
    total = explained.number(add_up(parts))
    return {
        "object": "balance_explanation",
        "organization_id": organization.public_id,
        "account_id": ids.encode("ACT", account.pk),
        "as_of": as_of,
        "balance": money_answer(figure, account.currency_id),
        "months": [_month(explained, span) for span in months],
        "days": [_day(explained, span) for span in days],
        "sum": total,
        "adds_up": total == figure,
        "entries": _entries(explained, day or last, days),
    }


def last_day_of(month: datetime.date) -> datetime.date:
    """The last day of the month that a day is in."""
    return (month.replace(day=28) + datetime.timedelta(days=4)).replace(day=1) - datetime.timedelta(days=1)


def _month(explained: Explained, span: Span) -> dict:
    end = last_day_of(span.starts)
    return {
        "month": f"{span.starts:%Y-%m}",
        **explained.figures(span.total),
        "explain_query": f"{explained.path}/balance/explain?as_of={end}{explained.then}",
        "entries_query": explained.entries_query(span.starts, end),
    }


def _day(explained: Explained, span: Span) -> dict:
    return {
        "date": span.starts,
        **explained.figures(span.total),
        "entries_query": explained.entries_query(span.starts, span.starts),
    }


def _entries(explained: Explained, day: datetime.date | None, days: list[Span]) -> dict | None:
    """The newest entries of one day; ``rest`` is the sum of those that are not shown."""
    if day is None:
        return None
    account, organization, moment = explained.account, explained.organization, explained.moment
    if all(span.starts != day for span in days):
        _, days = spans(organization.pk, account.pk, month=day.replace(day=1), until=day, moment=moment)
    total = next((span.total for span in days if span.starts == day), NOTHING)
    rows = entries_of(account, moment).filter(transaction_date=day).select_related("transaction").order_by("-pk")
    found = list(rows[: MOST_ENTRIES + 1])
    shown = register_answers(found[:MOST_ENTRIES], account, organization, moment)
    rest = Decimal(0)
    if len(found) > MOST_ENTRIES:
        older = entries_of(account, moment).filter(transaction_date=day, pk__lt=found[MOST_ENTRIES - 1].pk)
        rest = explained.signed(older.aggregate(sum=Sum("amount"))["sum"])
    net = explained.number(add_up([rest, *(entry["balance_impact"] for entry in shown)]))
    return {
        "day": day,
        "data": shown,
        "has_more": len(found) > MOST_ENTRIES,
        "rest": explained.number(rest),
        "net": net,
        "adds_up": net == explained.signed(total.balance),
        "entries_query": explained.entries_query(day, day),
    }
