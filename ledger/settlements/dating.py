"""On which day a settlement stands: when as much is open from then on, and in a period that is not closed or locked."""

import datetime
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Sum

from ledger.errors import BooksClosed
from ledger.locks.barriers import refuse_locked
from ledger.openitems.models import ItemMovement, OpenItem
from ledger.settlements.models import Settlement
from organizations import clock
from organizations.actors import Actor
from organizations.errors import Invalid
from organizations.money import add_up
from organizations.tenants.models import Organization

ZERO = Decimal(0)
#: Kind of an item → the type of transaction that posts it, which says the area whose lock holds for it.
TYPES = {"invoice": "income", "credit_note": "income", "bill": "expense", "vendor_credit": "expense"}
#: What moved of an item, by day.
Days = dict[datetime.date, Decimal]


def days_of(organization: Organization, items: Sequence[OpenItem]) -> dict[int, Days]:
    """What moved of some items on each day, by their keys; one query. The items must be held."""
    found: dict[int, Days] = {item.pk: {} for item in items}
    rows = ItemMovement.objects.of(organization).filter(item__in=found).order_by()
    for number, day, amount in rows.values_list("item", "date").annotate(Sum("amount")):
        found[number][day] = amount
    return found


def free_from(item: OpenItem, days: Days, part: Decimal) -> datetime.date:
    """The first day from which on ``part`` of an item (positive) is open at the end of every day.

    What was settled until a later day is not there to be settled before it: else an invoice were paid twice at once.
    """
    free, left = item.date, ZERO
    ordered = sorted(days)
    for place, day in enumerate(ordered[:-1]):
        left = add_up([left, days[day] if item.amount > 0 else -days[day]])
        if left < part:
            free = ordered[place + 1]
    return free


def move(days: Days, day: datetime.date, amount: Decimal) -> None:
    """Note a movement that is about to be written."""
    days[day] = add_up([days.get(day, ZERO), amount])


def refuse_shut(
    organization: Organization, dated: Sequence[tuple[OpenItem, OpenItem, datetime.date]], *, actor: Actor
) -> None:
    """Raise BooksClosed or PeriodLocked where two items are not to be settled, or opened again, on a day.

    The lock that holds is that of what brought them together: of the bank for a payment, and of sales or purchases for
    a credit. It holds also where nothing is posted, for ageing and the cash basis go by these days.
    """
    closed = organization.books_closed_through
    for _, _, day in dated:
        if closed is not None and day <= closed:
            reason = f"The books are closed through {closed}."
            raise BooksClosed(details={"reason": reason, "books_closed_through": closed}, fields={"date": reason})
    wanted = [(_type(one, other), day) for one, other, day in dated]
    refuse_locked(organization, wanted, actor=actor)


def _type(one: OpenItem, other: OpenItem) -> str:
    return "transfer" if "payment" in (one.kind, other.kind) else TYPES[one.kind]


def refuse_future(organization: Organization, date: datetime.date | None, *days: datetime.date) -> None:
    """Raise Invalid for a day that is still to come, unless what it is about is on a later day itself (``days``)."""
    latest = max([clock.today(organization.time_zone), *days])
    if date is not None and date > latest:
        raise Invalid(fields={"date": f"Not after {latest}."})


def refuse_moved(date: datetime.date | None, settlements: Sequence[Settlement]) -> None:
    """Raise Invalid where somebody asked for a day on which not as much was there to be settled."""
    latest = max((row.date for row in settlements), default=date)
    if date is not None and latest is not None and latest > date:
        raise Invalid(fields={"date": f"Not before {latest}: not as much was open on both sides."})
