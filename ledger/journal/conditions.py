"""By what a list of transactions can be narrowed that is no column: being reversed, touching an account."""

from django.db.models import Exists, OuterRef, Q

from ledger.journal.models import Entry, Transaction


def is_reversed() -> Exists:
    """Whether a transaction is reversed: a posted reversal left nothing of it and is not itself reversed."""
    of_it = {"organization_id": OuterRef("organization_id"), "original_id": OuterRef("pk"), "status": "posted"}
    undone = Transaction.objects.filter(**of_it, reversal_scope__isnull=False)
    return Exists(Transaction.objects.filter(~Exists(undone), **of_it, reversal_scope="full"))


def where_status(operator: str, value) -> Q:
    """``reversed`` is not a column but a fact."""
    wanted = set(value) if operator == "in" else {value}
    found = Q(pk__in=[])
    for status in wanted:
        if status == "reversed":
            found |= Q(is_reversed())
        else:
            found |= Q(status=status) & ~Q(is_reversed()) if status == "posted" else Q(status=status)
    return ~found if operator == "ne" else found


def where_account(operator: str, value) -> Q:
    """An account that the transaction has an entry on, or names in its header."""
    numbers = value if operator == "in" else [value]
    touching = Entry.objects.filter(
        organization_id=OuterRef("organization_id"), transaction_id=OuterRef("pk"), account_id__in=numbers
    )
    found = Q(Exists(touching)) | Q(account_id__in=numbers)
    return ~found if operator == "ne" else found
