"""Undoing a posted transaction, whole or in part, by entries on the other side that name what they undo."""

import datetime

from django.db import transaction

from ledger.errors import ReversalExceedsRemaining
from ledger.journal.drafts import Line
from ledger.journal.models import Transaction
from ledger.journal.posting import Plan, locked, refuse_obstacles, write
from ledger.journal.remainders import Undoing
from ledger.journal.sources import refuse_if_sourced
from organizations import clock
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid
from organizations.money import MoneyError, exact, read_amount
from organizations.tenants.models import Organization


@transaction.atomic
def reverse_transaction(
    *,
    actor: Actor,
    organization: Organization,
    transaction_id: int,
    lines: list[Line] | None = None,
    reason: str = "",
    reversal_date: datetime.date | None = None,
    auto_post: bool = True,
    description: str | None = None,
    settling: bool = False,
    source: tuple[str, int] | None = None,
) -> Plan:
    """Reverse what is left of a posted transaction, or only ``lines`` of it, at the same rates.

    A line names an account, the side opposite to the original's, and an amount; it takes
    from the original's entries there, in their order. Dated today unless told, and never before
    the original. Raises TransactionNotPosted, TransactionAlreadyReversed, ReversalTooDeep,
    ReversalExceedsRemaining, Invalid, ReversalBeforeOriginal, and with ``auto_post`` what stands
    in the way of posting (closed books, …); ``settling`` is of who reopens a year, see ``obstacles``.
    What was posted for a document, a payment … is undone through that, which names itself as the
    ``source``; anybody else is told where to go: TransactionHasSource.
    """
    original = locked(organization, transaction_id)
    if source is None:
        refuse_if_sourced(organization, original.pk)
    undoing = Undoing.of(organization, original)
    if lines is None:
        undoing.take_all()
    else:
        _take(undoing, lines)
    weighed = undoing.weighed(reversal_date or default_date(organization, original))
    weighed.draft.description = description or f"Reversal: {original.description}"[:2000]
    plan = Plan(weighed, auto_post, original=original, scope=undoing.scope, reversal_reason=reason, source=source)
    if auto_post:
        refuse_obstacles(plan, organization, settling=settling)
    write(actor=actor, organization=organization, plans=[plan])
    return plan


def default_date(organization: Organization, original: Transaction) -> datetime.date:
    """The day of a reversal that names none: today, or the original's day while that is still to come."""
    return max(clock.today(organization.time_zone), original.transaction_date)


def _take(undoing: Undoing, lines: list[Line]) -> None:
    """Let each line take its amount from the original's entries on its account and the other side."""
    problems: dict[str, str] = {}
    too_much: dict[str, str] = {}
    remaining = []
    for place, line in enumerate(lines):
        where = f"entries[{place}]"
        entries = [
            entry
            for entry in undoing.entries
            if entry.account_id == line.account_id and entry.entry_type != line.entry_type
        ]
        if not entries:
            problems[f"{where}.account_id"] = "The transaction has no entry on the other side of this account."
            continue
        decimals = decimals_of(entries[0].currency_id)
        try:
            wanted = read_amount(line.amount, decimals=decimals)
        except MoneyError as problem:
            problems[f"{where}.amount"] = problem.message
            continue
        for entry in entries:
            part = min(wanted, undoing.available(entry))
            if part:
                undoing.take(entry, part)
                wanted -= part
        if wanted:
            left = exact(sum(abs(undoing.left[entry.pk].amount) for entry in entries), decimals)
            too_much[f"{where}.amount"] = f"Only {left} is left."
            remaining.append({"index": place, "remaining": left})
    if problems:
        raise Invalid(fields={**problems, **too_much})
    if too_much:
        raise ReversalExceedsRemaining(details={"remaining": remaining}, fields=too_much)
