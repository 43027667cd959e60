"""The balance sheet: what is owned and owed at the end of a day, and what is left to the owners.

What was earned and not closed yet stands inside equity, on rows of its own: so both sides are equal on every day,
before and after a year is closed. A balance sheet is cumulative: each column counts from the beginning. In another
currency all of it is shown at the closing rate of its day.
"""

import datetime
from collections.abc import Sequence
from decimal import Decimal

from ledger.accounts.models import RESULT_TYPES
from ledger.closing.calendars import years_of_days
from organizations.money import add_up, wide
from reports import figures
from reports.figures import Amounts
from reports.periods import ONE_DAY, Period
from reports.statements import ROUNDING, Wish, extra_row, result, rounded, section


@wide()
def balance_sheet(wish: Wish) -> dict:
    """The statement, with ``total_assets``, ``total_liabilities``, ``total_equity`` and ``is_balanced``."""
    organization, books = wish.organization, wish.books
    chart = books.chart()
    begins = [year.starts_on - ONE_DAY for year in years_of_days(organization, [each.end for each in wish.columns])]
    found = books.balances([*(each.end for each in wish.columns), *begins])
    in_base = [found[column.end] for column in wish.columns]
    amounts = wish.at_closing(in_base)
    results = [place.number for place in chart.places if place.account.type in RESULT_TYPES]
    earlier = [_earned(own, results) for own in wish.at_closing([found[day] for day in begins])]
    current = [add_up([_earned(own, results), -old]) for own, old in zip(amounts, earlier, strict=True)]
    year = Period(begins[0] + ONE_DAY, wish.columns[0].end)
    extra = [extra_row(wish, "Earnings of this fiscal year", current, leads_to=_earnings(wish, year, results, earlier))]
    if any(earlier):
        before = _standing(wish, begins[0])
        extra.insert(0, extra_row(wish, "Earnings of earlier years, not closed", earlier, leads_to=before))
    if any(off := rounded(wish, in_base, amounts)):
        extra.insert(0, extra_row(wish, ROUNDING, off))
    by_type = {
        kind: section(wish, chart, amounts, name, title, belongs=lambda place, kind=kind: place.account.type == kind,
                      sign=1 if kind == "asset" else -1, extra=extra if kind == "equity" else ())
        for kind, name, title in (
            ("asset", "assets", "Assets"),
            ("liability", "liabilities", "Liabilities"),
            ("equity", "equity", "Equity"),
        )
    }  # fmt: skip
    assets, liabilities, equity = by_type.values()
    other_side = result("liabilities_and_equity", "Liabilities and equity", [(1, liabilities), (1, equity)])
    return wish.head("balance_sheet", "Balance sheet") | {
        "as_of": wish.columns[0].end,
        "sections": [assets, liabilities, equity, other_side],
        "total_assets": assets["total"],
        "total_liabilities": liabilities["total"],
        "total_equity": equity["total"],
        "current_earnings": extra[-1]["amount"],
        "is_balanced": assets["totals"] == other_side["totals"] if wish.narrowing.is_open else None,
    }


def _earnings(wish: Wish, year: Period, results: list[int], earlier: Sequence[Decimal]) -> str | None:
    """What the earnings of a fiscal year come from: its income statement, or what a closing has left standing."""
    [closed] = wish.books.of_type("closing", [year])
    if any(closed.get(number) for number in results):
        return None if earlier[0] else _standing(wish, year.end)
    dates = f"start_date={year.start}&end_date={year.end}"
    return f"/organizations/{wish.organization.public_id}/reports/income-statement?{dates}{wish.asked_alike}"


def _standing(wish: Wish, day: datetime.date) -> str:
    """The trial balance, whose revenue less expenses are what was earned and not closed yet."""
    return f"/organizations/{wish.organization.public_id}/reports/trial-balance?as_of={day}{wish.asked_alike}"


def _earned(amounts: Amounts, results: list[int]) -> Decimal:
    """What stands on revenue and expenses; credits count up."""
    return -add_up(amounts.get(number, figures.ZERO) for number in results)
