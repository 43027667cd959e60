"""The exchange rates that a report is translated at."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from ledger.currencies.rates import rates_on
from ledger.errors import ExchangeRateMissing
from organizations.money import add_up
from organizations.tenants.models import Organization
from reports.periods import ONE_DAY, Period

#: An average is kept to so many decimals.
FINEST = Decimal("1e-12")


@dataclass(slots=True)
class Rates:
    """Rates from one currency into the group's."""

    root: Organization
    origin: str
    target: str
    known: dict[datetime.date, Decimal] = field(default_factory=dict)

    def learn(self, days: Iterable[datetime.date]) -> None:
        """Look up the rates of days, in one query."""
        asked = {(self.origin, self.target, day) for day in days if day not in self.known}
        found = rates_on(self.root, asked)
        self.known |= {day: rate.rate for (_, _, day), rate in found.items()}

    def on(self, day: datetime.date) -> Decimal:
        """Raises ExchangeRateMissing."""
        if day not in self.known:
            self.learn([day])
        if day not in self.known:
            raise ExchangeRateMissing(
                "An exchange rate is missing",
                details={"from_currency": self.origin, "to_currency": self.target, "date": day},
                fields={"currency": f"There is no rate from {self.origin} to {self.target} for {day}."},
            )
        return self.known[day]

    def average(self, period: Period) -> Decimal:
        """The mean of the rates of all days of the period that have one. Raises ExchangeRateMissing."""
        days = [period.start + ONE_DAY * step for step in range((period.end - period.start).days + 1)]
        self.learn(days)
        found = [self.known[day] for day in days if day in self.known]
        return (add_up(found) / len(found)).quantize(FINEST) if found else self.on(period.end)
