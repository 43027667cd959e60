"""Which exchange rate the books use for a day.

A pair's rate is the latest that is effective on or before the day and no older than the organization lets a rate be
(``exchange_rate_max_age_days``); of one day's rates a manual one goes before others, then the one made last. The
pair's own rate is taken if there is one, else that of the pair turned round, else a way over the base currency or
over the euro, in which the European Central Bank quotes.
"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from ledger.currencies.crossing import along
from ledger.currencies.models import MANUAL
from organizations.money import plain_rate
from organizations.tenants.models import Organization

EURO = "EUR"

#: A question: from this currency, to that one, on a day.
Asked = tuple[str, str, datetime.date]

# Each look-up goes to one place of the index of ``exchange_rate_once`` and reads at most a few rows from there.
LATEST = """
    select asked.origin, asked.target, asked.day, latest.id, latest.rate, latest.effective_date, latest.source
      from unnest(%s::text[], %s::text[], %s::date[]) as asked (origin, target, day)
     cross join lateral (
           select r.id, r.rate, r.effective_date, r.source from ledger_exchangerate r
            where r.organization_id = %s and r.from_currency_id = asked.origin and r.to_currency_id = asked.target
              and r.effective_date between asked.day - %s::integer and asked.day
            order by r.effective_date desc, (r.source = %s) desc, r.id desc
            limit 1) latest
"""


@dataclass(frozen=True, slots=True)
class Quote:
    """A row of the table, and whether the question turns it round."""

    pk: int
    rate: Decimal
    effective_date: datetime.date
    source: str
    inverted: bool = False


@dataclass(frozen=True, slots=True)
class FoundRate:
    """The rate for a question.

    ``path`` is ``same``, ``direct``, ``inverse`` or ``cross``, the last ``through`` a currency. Of a cross the
    ``effective_date`` is the older one of its two, and ``source`` names both where they differ. ``rate_ids`` are the
    rows that it came from.
    """

    rate: Decimal
    effective_date: datetime.date
    source: str
    path: str
    through: str | None = None
    rate_ids: tuple[int, ...] = ()


def rate_on(
    organization: Organization, from_code: str, to_code: str, day: datetime.date, *, max_age_days: int | None = None
) -> FoundRate | None:
    """How much one unit of a currency is in another on a day; None where no rate is known."""
    asked = (from_code, to_code, day)
    return rates_on(organization, [asked], max_age_days=max_age_days).get(asked)


def rates_on(
    organization: Organization, asked: Iterable[Asked], *, max_age_days: int | None = None
) -> dict[Asked, FoundRate]:
    """The same for many questions, in one query; a question that has no answer is left out.

    ``max_age_days`` stands for the organization's own.
    """
    questions = set(asked)
    found = {each: FoundRate(Decimal(1), each[2], "", "same") for each in questions if each[0] == each[1]}
    questions -= found.keys()
    if not questions:
        return found
    base = organization.base_currency_id
    age = organization.exchange_rate_max_age_days if max_age_days is None else max_age_days
    quotes = _quotes(organization.pk, {pair for each in questions for pair in _pairs(each, base)}, age)
    for each in questions:
        answer = _answer(each, quotes, base)
        if answer is not None:
            found[each] = answer
    return found


def _pairs(asked: Asked, base: str) -> Iterator[Asked]:
    """Every pair that the answer might come from, one way round and the other."""
    origin, target, day = asked
    for one, other in ((origin, target), *((each, middle) for middle in _middles(asked, base) for each in asked[:2])):
        yield one, other, day
        yield other, one, day


def _middles(asked: Asked, base: str) -> list[str]:
    return [middle for middle in dict.fromkeys((base, EURO)) if middle not in asked[:2]]


def _quotes(organization_id: int, pairs: set[Asked], age: int) -> dict[Asked, Quote]:
    wanted = sorted(pairs)
    columns = [[each[place] for each in wanted] for place in range(3)]
    with connection.cursor() as cursor:
        cursor.execute(LATEST, [*columns, organization_id, age, MANUAL])
        return {(origin, target, day): Quote(*rest) for origin, target, day, *rest in cursor.fetchall()}


def _either_way(origin: str, target: str, day: datetime.date, quotes: dict[Asked, Quote]) -> Quote | None:
    own = quotes.get((origin, target, day))
    if own is not None:
        return own
    turned = quotes.get((target, origin, day))
    return turned and Quote(turned.pk, turned.rate, turned.effective_date, turned.source, inverted=True)


def _answer(asked: Asked, quotes: dict[Asked, Quote], base: str) -> FoundRate | None:
    origin, target, day = asked
    own = _either_way(origin, target, day, quotes)
    if own is not None:
        return _found([own], "inverse" if own.inverted else "direct")
    for middle in _middles(asked, base):
        there, on = _either_way(origin, middle, day, quotes), _either_way(middle, target, day, quotes)
        crossed = _found([there, on], "cross", middle) if there and on else None
        if crossed is not None:
            return crossed
    return None


def _found(way: list[Quote], path: str, through: str | None = None) -> FoundRate | None:
    direct = path == "direct"
    rate = plain_rate(way[0].rate) if direct else along((quote.rate, quote.inverted) for quote in way)
    if rate is None:
        return None
    return FoundRate(
        rate=rate,
        effective_date=min(quote.effective_date for quote in way),
        source=", ".join(dict.fromkeys(quote.source for quote in way)),
        path=path,
        through=through,
        rate_ids=tuple(quote.pk for quote in way),
    )
