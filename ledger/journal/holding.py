"""Conditions on balances: the accounts that they name are held before the rows are written, and looked at after.

A condition (``"balance_condition": {"gte": "0.00"}`` of an entry) speaks of the balance after its whole
transaction. Several transactions written in one call are looked at as if one had followed the other.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

from ledger.journal.weighing import Weighed
from organizations.money import add_up
from organizations.wire.rendering import dumps

Statement = tuple[str, list]


class Planned(Protocol):
    """As much of a plan as this needs."""

    weighed: Weighed
    posted: bool


def holding(organization_id: int, plans: Sequence[Planned]) -> tuple[list[Statement], list[Statement]]:
    """What to send before and after the rows of these plans; nothing where none of them has a condition."""
    posted = [plan.weighed for plan in plans if plan.posted]
    if all(line.bounds is None for weighed in posted for line in weighed.lines):
        return [], []
    conditions = _conditions(posted)
    named = sorted({condition["account_id"] for condition in conditions})
    touched = sorted({line.account.pk for weighed in posted for line in weighed.lines})
    return (
        [("select ledger_hold_accounts(%s, %s, %s)", [organization_id, named, touched])],
        [("select ledger_check_conditions(%s, %s)", [organization_id, dumps(conditions).decode()])],
    )


def _conditions(posted: Sequence[Weighed]) -> list[dict]:
    """Every condition in the order of its entry, with what later transactions put on its account."""
    later: dict[int, Decimal] = {}
    found = []
    for weighed in reversed(posted):
        found += [
            {
                "account_id": line.account.pk,
                "entry": place,
                "gte": line.bounds.get("gte"),
                "lte": line.bounds.get("lte"),
                "later": later.get(line.account.pk, Decimal(0)),
            }
            for place, line in reversed(list(enumerate(weighed.lines)))
            if line.bounds is not None
        ]
        for line in weighed.lines:
            later[line.account.pk] = add_up([later.get(line.account.pk, Decimal(0)), line.amount])
    return [{"place": place, **condition} for place, condition in enumerate(reversed(found))]
