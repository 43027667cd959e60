"""From an organization's currency into the group's (IAS 21.39 ff.).

What is owned and owed is translated at the closing rate, equity and earlier earnings at the rate of the day on which
they came, income of the period at its average rate or at the rates of its days. What was earned before an organization
belonged to the group is earlier. What the balance sheet is then off by is the translation difference, a part of equity;
it is told account by account. Rates are those of the root.
"""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from ledger.accounts.models import RESULT_TYPES
from organizations.money import add_up, at_rate
from organizations.tenants.models import Organization
from reports import figures
from reports.consolidation.group import Member
from reports.consolidation.reading import Moved, by_day
from reports.figures import ZERO, Amounts, Place
from reports.periods import Period
from reports.rates import Rates

INCOME_RATES = ("average", "day")


@dataclass(slots=True)
class Translated:
    """One organization in the group's currency, debit positive, by account.

    ``standing`` is the balance sheet without earnings, ``earlier`` what was earned before the period, ``income`` the
    period's, ``difference`` what equity is off by. ``explained`` says of each account what it would be at the closing
    rate and what it was translated to.
    """

    member: Member
    places: dict[int, Place]
    closing_rate: Decimal
    average_rate: Decimal
    standing: Amounts
    earlier: Amounts
    income: Amounts
    difference: Decimal
    explained: list[tuple[int, Decimal, Decimal]]
    #: The period's income by stretches with one share each, debit positive.
    earned: list[tuple[Period, Decimal]]

    @property
    def since(self) -> datetime.date:
        """The day of the period from which on it belongs to the group."""
        return self.earned[0][0].start

    def sum_of(self, amounts: Amounts, *types: str) -> Decimal:
        return add_up(amount for number, amount in amounts.items() if self.places[number].account.type in types)


class Translator:
    """Translates the members of one group."""

    def __init__(self, root: Organization, currency: str, decimals: int, period: Period, income_rate: str):
        self.root, self.currency, self.decimals = root, currency, decimals
        self.period, self.income_rate = period, income_rate
        self.rates: dict[str, Rates] = {}

    def rates_from(self, origin: str) -> Rates:
        """The rates from a currency, shared by all who keep their books in it."""
        return self.rates.setdefault(origin, Rates(self.root, origin, self.currency))

    def translate(self, member: Member) -> Translated:
        """One member's books. Raises ExchangeRateMissing."""
        number, end = member.number, self.period.end
        places = {place.number: place for place in figures.chart(number, None).places}
        rates = self.rates_from(member.organization.base_currency_id)
        closing, average = rates.on(end), self._average(rates)
        balances = figures.balances(number, [end], None)[end]
        lasting = [key for key, place in places.items() if place.account.type in ("asset", "liability")]
        dated = [key for key, place in places.items() if place.account.type not in ("asset", "liability")]
        moved = by_day(number, dated, end)
        moved_on: dict[int, list[Moved]] = defaultdict(list)
        for each in moved:
            moved_on[each.account_id].append(each)
        rates.learn({each.day for each in moved})
        standing = {key: self._at(balances[key], closing) for key in lasting if balances.get(key)}
        stretches = member.stretches(self.period)
        since = stretches[0].start
        earlier: Amounts = {}
        income: Amounts = {}
        explained: list[tuple[int, Decimal, Decimal]] = []
        for key, own in moved_on.items():
            is_result = places[key].account.type in RESULT_TYPES
            now = [each for each in own if is_result and each.day >= since]
            before = [each for each in own if not (is_result and each.day >= since)]
            into = earlier if is_result else standing
            used = self._by_days(rates, before)
            if before:
                into[key] = used
            if now:
                income[key] = self._income(rates, now, average)
            whole = add_up(each.amount for each in own)
            explained.append((key, self._at(whole, closing), add_up([used, income.get(key, ZERO)])))
        off = -add_up([*standing.values(), *earlier.values(), *income.values()])
        results = [each for each in moved if places[each.account_id].account.type in RESULT_TYPES]
        earned = self._by_stretches(rates, results, stretches, income, average)
        return Translated(member, places, closing, average, standing, earlier, income, off, explained, earned)

    def _by_stretches(
        self, rates: Rates, results: list[Moved], stretches: list[Period], income: Amounts, average: Decimal
    ) -> list[tuple[Period, Decimal]]:
        """What was earned in each stretch; the last one takes what rounding leaves of the whole."""
        found = []
        for stretch in stretches[:-1]:
            own = [each for each in results if stretch.start <= each.day <= stretch.end]
            found.append((stretch, self._income(rates, own, average) if own else ZERO))
        rest = add_up([*income.values(), *(-amount for _, amount in found)])
        return [*found, (stretches[-1], rest)]

    def income_at(self, origin: str, day: datetime.date, amount: Decimal) -> Decimal:
        """An amount of the period's income. Raises ExchangeRateMissing."""
        rates = self.rates_from(origin)
        return self._at(amount, rates.on(day) if self.income_rate == "day" else self._average(rates))

    def at_closing(self, origin: str, amount: Decimal) -> Decimal:
        """An amount that is owned or owed."""
        return self._at(amount, self.rates_from(origin).on(self.period.end))

    def on_day(self, origin: str, day: datetime.date, amount: Decimal) -> Decimal:
        """An amount of equity."""
        return self._at(amount, self.rates_from(origin).on(day))

    def _average(self, rates: Rates) -> Decimal:
        return rates.on(self.period.end) if rates.origin == rates.target else rates.average(self.period)

    def _income(self, rates: Rates, moved: list[Moved], average: Decimal) -> Decimal:
        if self.income_rate == "day":
            return self._by_days(rates, moved)
        return self._at(add_up(each.amount for each in moved), average)

    def _by_days(self, rates: Rates, moved: list[Moved]) -> Decimal:
        return add_up(self._at(each.amount, rates.on(each.day)) for each in moved)

    def _at(self, amount: Decimal, rate: Decimal) -> Decimal:
        return at_rate(amount, rate, self.decimals)
