"""What a transaction was posted for, and that it is undone through that alone."""

from collections.abc import Sequence
from typing import Protocol

from ledger.errors import TransactionHasSource
from ledger.journal.models import SOURCES, Source
from organizations import ids
from organizations.tenants.models import Organization


class Planned(Protocol):
    """As much of a plan as this needs, once it has its id."""

    source: tuple[str, int] | None
    transaction: object


def sources_of(organization_id: int, plans: Sequence[Planned]) -> list[tuple[str, list]]:
    """What to send before the rows of these plans; nothing where none of them has a source.

    Before: reversals are looked at (``reversal_through_source``) when their rows are written.
    """
    found = [(plan.transaction.pk, *plan.source) for plan in plans if plan.source is not None]
    if not found:
        return []
    numbers, kinds, objects = zip(*found, strict=True)
    sql = """insert into ledger_source (organization_id, transaction_id, kind, object_id)
             select %s, s.* from unnest(%s::bigint[], %s::text[], %s::bigint[]) s"""
    return [(sql, [organization_id, list(numbers), list(kinds), list(objects)])]


def source_id(organization: Organization | int, transaction_id: int) -> str | None:
    """The public id of what a transaction was posted for; None if it was posted for itself."""
    found = Source.objects.of(organization).filter(transaction_id=transaction_id).first()
    return None if found is None else ids.encode(SOURCES[found.kind], found.object_id)


def refuse_if_sourced(organization: Organization, transaction_id: int) -> None:
    """Raises TransactionHasSource, which names the object."""
    found = source_id(organization, transaction_id)
    if found is not None:
        reason = f"It was posted for {found}; undo it there."
        raise TransactionHasSource(details={"reason": reason, "source_id": found})
