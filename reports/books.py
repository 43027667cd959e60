"""The books as a report looks at them: known at a moment, some entries only, on accrual or cash basis.

On cash basis a document counts as far as it was paid: what nobody has paid is taken off again, by the same part from
every account that the document posted to, so that no claims and no debts are left but payments on account and what was
posted by hand. What revaluing claims and debts made of them is taken off, too. Nothing of cash itself changes.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ledger.balances.moments import Moment
from organizations.currencies.iso import decimals_of
from organizations.tenants.models import Organization
from reports import figures
from reports.dimensions import EVERYTHING, Narrowing
from reports.figures import Amounts, Chart, less
from reports.periods import ONE_DAY, Period

BASES = ("accrual", "cash")


@dataclass(frozen=True, slots=True)
class Books:
    """Where a statement reads. All figures are in base currency, debit positive."""

    organization: Organization
    moment: Moment | None = None
    narrowing: Narrowing = EVERYTHING
    basis: str = BASES[0]

    def chart(self) -> Chart:
        """The accounts; of a narrowing to one account it and what stands below it."""
        whole = figures.chart(self.organization.pk, self.moment)
        return whole if self.narrowing.account_id is None else whole.of(self.narrowing.account_id)

    def balances(self, days: Iterable[datetime.date]) -> dict[datetime.date, Amounts]:
        """Every account's balance at the end of each of the days."""
        days, some = set(days), self.narrowing.some()
        found = figures.balances(self.organization.pk, days, self.moment, some)
        if self.basis == "accrual":
            return found
        decimals = decimals_of(self.organization.base_currency_id)
        cash = figures.chart(self.organization.pk, self.moment).below(("cash",))
        unpaid = figures.unpaid(self.organization.pk, days, decimals, cash, some)
        return {day: less(amounts, unpaid[day]) for day, amounts in found.items()}

    def movements(self, periods: Sequence[Period]) -> list[Amounts]:
        """What moved on every account in each of the periods."""
        days = {period.end for period in periods} | {period.start - ONE_DAY for period in periods if period.start}
        found = self.balances(days)
        return [
            found[period.end] if period.start is None else less(found[period.end], found[period.start - ONE_DAY])
            for period in periods
        ]

    def results(self, periods: Sequence[Period]) -> list[Amounts]:
        """What was earned and spent in each period, as if no year had been closed."""
        moved, closed = self.movements(periods), self.of_type("closing", periods)
        return [less(amounts, taken) for amounts, taken in zip(moved, closed, strict=True)]

    def of_type(self, kind: str, periods: Sequence[Period]) -> list[Amounts]:
        """What transactions of one type moved in each period; for types of which there are few."""
        return figures.of_type(self.organization.pk, kind, periods, self.moment, self.narrowing.some())

    def against_cash(self, cash: frozenset[int], period: Period) -> Amounts:
        """Where cash came from (positive) and went to in a period, by the account against it."""
        return figures.against_cash(self.organization.pk, cash, period, self.moment, self.narrowing.some())
