"""What was posted with another of the group is taken out again (IFRS 10.B86), on both sides.

An entry says so by its metadata ``counterparty_organization_id``. What two say of each other must come to nothing; what
does not is listed by pair, apart for the balance sheet and for income, and stands in the group as a difference.
"""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from ledger.accounts.models import RESULT_TYPES
from organizations import ids
from organizations.money import add_up
from reports.consolidation.reading import WithOther, with_others
from reports.consolidation.translating import Translated, Translator

Pair = tuple[int, int]


@dataclass(slots=True)
class Eliminations:
    """What is taken out: (organization, account, counterparty) → amount to be added, in the group's currency.

    ``standing``, ``earlier`` and ``income`` as in ``Translated``; ``open`` is what pairs do not agree on, by
    ``balance_sheet`` and ``income``.
    """

    standing: dict[tuple[int, int, int], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    earlier: dict[tuple[int, int, int], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    income: dict[tuple[int, int, int], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    open: dict[tuple[Pair, str], Decimal] = field(default_factory=dict)


def eliminate(translator: Translator, entities: Sequence[Translated]) -> Eliminations:
    """Everything that members posted with each other."""
    by_number = {each.member.number: each for each in entities}
    public = {each.member.organization.public_id: each.member.number for each in entities}
    found = Eliminations()
    for row in with_others(list(by_number), list(public), translator.period.end):
        other = public[row.counterparty]
        if other == row.organization_id:
            continue
        since = max(by_number[number].since for number in (row.organization_id, other))
        _take_out(found, translator, by_number[row.organization_id], row, other, since)
    _compare(found)
    return found


def _take_out(
    found: Eliminations, translator: Translator, entity: Translated, row: WithOther, other: int, since: datetime.date
) -> None:
    """``since`` is when both had come to belong to the group: what one earned of the other before was no group's."""
    kind = entity.places[row.account_id].account.type
    origin, key = entity.member.organization.base_currency_id, (row.organization_id, row.account_id, other)
    if kind in ("asset", "liability"):
        found.standing[key] -= translator.at_closing(origin, row.amount)
    elif kind not in RESULT_TYPES:
        found.standing[key] -= translator.on_day(origin, row.day, row.amount)
    elif row.day < translator.period.start:
        found.earlier[key] -= translator.on_day(origin, row.day, row.amount)
    elif row.day >= since:
        found.income[key] -= translator.income_at(origin, row.day, row.amount)


def _compare(found: Eliminations) -> None:
    for name, amounts in (
        ("balance_sheet", [*found.standing.items(), *found.earlier.items()]),
        ("income", found.income.items()),
    ):
        sums: dict[Pair, list[Decimal]] = defaultdict(list)
        for (one, _, other), amount in amounts:
            sums[(min(one, other), max(one, other))].append(amount)
        for pair, parts in sorted(sums.items()):
            if off := add_up(parts):
                found.open[(pair, name)] = off


def named(pair: Pair) -> list[str]:
    """The public ids of a pair."""
    return [ids.encode("ORG", number) for number in pair]
