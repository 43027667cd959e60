"""By what a list of transactions can be narrowed that is no column: being reversed, touching an account."""

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, Func, OuterRef, Q

from ledger.accounts.hierarchy import branches, in_order
from ledger.accounts.models import Account
from ledger.balances.moments import Moment
from ledger.journal.models import Entry, Transaction
from organizations.wire.figures import or_amounts_to


class NothingLeft(Func):
    """Whether reversals, and reversals of these, have left nothing of any entry of a transaction."""

    template = (
        "not exists (select from ledger_remaining(%(expressions)s) f(t, e, amount, base_amount)"
        " where f.amount <> 0 or f.base_amount <> 0)"
    )
    output_field = BooleanField()


def is_reversed() -> ExpressionWrapper:
    """Whether a transaction is reversed: by now nothing is left of it.

    Only a posted reversal that left nothing (``full``) can have done that. It still holds unless a reversal of
    the transaction, this one or another, was reversed itself and gave something back; just then it is added up.
    """
    posted = {"organization_id": OuterRef("organization_id"), "status": "posted", "reversal_scope__isnull": False}
    emptied = Transaction.objects.filter(**posted, original_id=OuterRef("pk"), reversal_scope="full")
    given_back = Transaction.objects.filter(
        **posted,
        original__organization_id=OuterRef("organization_id"),
        original__original_id=OuterRef("pk"),
        original__reversal_scope__isnull=False,
    )
    nothing_left = NothingLeft(F("organization_id"), Func(F("pk"), template="array[%(expressions)s]"))
    return ExpressionWrapper(Exists(emptied) & (~Exists(given_back) | Q(nothing_left)), output_field=BooleanField())


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


def where_cash_moves(organization_id: int, wanted: bool, moment: Moment | None = None) -> Q:
    """Entries of transactions that touch an account of cash, or of those that touch none."""
    tops = set(Account.objects.of(organization_id).filter(role="cash").values_list("pk", flat=True))
    cash = [account.pk for account in branches(in_order(organization_id, moment), tops)]
    same = {"organization_id": OuterRef("organization_id"), "transaction_id": OuterRef("transaction_id")}
    touching = Q(Exists(Entry.objects.filter(**same, account_id__in=cash)))
    return touching if wanted else ~touching


def transactions_that_say(text: str) -> Q:
    """Transactions whose description, reference or external id contains a text, or whose amount it is."""
    said = Q(description__icontains=text) | Q(reference_number__icontains=text) | Q(external_id__icontains=text)
    return or_amounts_to(said, text, "amount", "total_debits")


def entries_that_say(text: str) -> Q:
    """Entries that say a text, by themselves or by their transaction, or whose amount it is."""
    said = (
        Q(description__icontains=text)
        | Q(reference__icontains=text)
        | Q(transaction__description__icontains=text)
        | Q(transaction__reference_number__icontains=text)
    )
    return or_amounts_to(said, text, "amount", "base_amount")
