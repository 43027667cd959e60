"""Entries over HTTP: an account's register, and the general journal."""

from django.db.models import Q
from drf_spectacular.utils import OpenApiTypes, extend_schema

from ledger.accounts.models import Account
from ledger.journal import exports, registers, shapes
from ledger.journal.answers import journal_answers
from ledger.journal.conditions import entries_that_say
from ledger.journal.drafts import SIDES
from ledger.journal.models import Entry
from organizations.errors import NotFound
from organizations.requests.exporting import FORMAT, ExportingViewSet
from organizations.wire import cursors
from organizations.wire.cursors import SortKey
from organizations.wire.filtering import Amount, Choice, Currency, Day, Metadata, PublicId, Text
from organizations.wire.listing import KeysetPaginator

SEARCH = {"search": Text(description="A description or reference, of the entry or its transaction, contains this.")}
FILES = {(200, "text/csv"): OpenApiTypes.STR}


def where_amount(operator: str, value) -> Q:
    """By the amount as it is shown, which has no sign; stored, a credit is below zero."""
    values = value if operator == "in" else [value]
    found = Q()
    for each in values:
        match operator:
            case "gt" | "gte":
                found |= Q((f"amount__{operator}", each)) | Q((f"amount__{operator.replace('g', 'l')}", -each))
            case "lt" | "lte":
                found |= Q((f"amount__{operator}", each), (f"amount__{operator.replace('l', 'g')}", -each))
            case _:
                found |= Q(amount__in=[each, -each])
    return ~found if operator == "ne" else found


class RegisterViewSet(ExportingViewSet):
    """An account's entries."""

    resource = "accounts"
    list_fields = {
        "transaction_date": Day(),
        "transaction_id": PublicId("TXN"),
        "entry_type": Choice(SIDES),
        "amount": Amount(where=where_amount),
        "description": Text(),
        "reference": Text(),
        "metadata": Metadata(),
    }
    sort_fields = ["transaction_date"]
    default_sort = "-transaction_date"
    export_sort = "transaction_date"
    date_field = "transaction_date"
    extra_parameters = FORMAT | SEARCH

    @extend_schema(responses={(200, "application/json"): shapes.LedgerEntryShape(many=True), **FILES})
    def list(self, request, organization_id, account_id):
        """List an account's entries by date, each with the balance after it.

        The balance counts all entries, also those that a filter leaves out. As a file (`format=csv`) all of
        them come at once, the oldest first unless `sort` says otherwise.
        """
        number = self.read_id("account_id", "ACT")
        account = Account.objects.of(self.organization).filter(pk=number).first()
        if account is None:
            raise NotFound()
        rows = Entry.objects.of(self.organization).filter(account=account).select_related("transaction")
        text = self.extra().get("search")
        said = Q() if text is None else entries_that_say(text)
        if not self.wants_file:
            rows = rows.filter(said)
            return self.page(rows, lambda page: registers.register_answers(page, account, self.organization))
        matching, keys = self.chosen(rows)
        return self.file(
            f"ledger-{account.code}",
            registers.COLUMNS,
            lambda: exports.register_lines(
                account, self.organization, matching & said, newest_first=keys[0].descending
            ),
        )


class JournalPaginator(KeysetPaginator):
    """Pages of the general journal: by date, then transaction by transaction, each line by line.

    The journal has no index of its own: it follows that of the transactions.
    """

    def sort_keys(self, query, declaration, model) -> tuple[SortKey, ...]:
        date, *_ = super().sort_keys(query, declaration, model)
        return journal_order(descending=date.descending)

    def beyond(self, queryset, keys, values):
        compare = "<=" if keys[0].descending else ">="
        start = f"(ledger_transaction.transaction_date, ledger_transaction.id) {compare} (%s, %s)"
        rows = queryset.filter(cursors.after(keys, values))
        return rows.extra(where=[start], params=values[:2])  # noqa: S610 - our own words


def journal_order(*, descending: bool) -> tuple[SortKey, ...]:
    """Newest or oldest first; the lines of a transaction always in theirs."""
    return (
        SortKey("transaction__transaction_date", descending, nullable=False),
        SortKey("transaction_id", descending, nullable=False),
        SortKey("line_no", descending=False, nullable=False),
    )


class JournalDay(Day):
    """A date of the journal, which transactions and entries both have: either's index serves."""

    def condition(self, source: str, operator: str, value) -> Q:
        own = super().condition("transaction_date", operator, value)
        return own & super().condition("transaction__transaction_date", operator, value)


class JournalViewSet(ExportingViewSet):
    """All entries of the books."""

    resource = "transactions"
    pagination_class = JournalPaginator
    list_fields = {
        "transaction_date": JournalDay(source="transaction__transaction_date"),
        "account_id": PublicId("ACT"),
        "transaction_id": PublicId("TXN"),
        "entry_type": Choice(SIDES),
        "amount": Amount(where=where_amount),
        "currency_id": Currency(source="currency_id"),
        "description": Text(),
        "reference": Text(),
        "metadata": Metadata(),
    }
    sort_fields = ["transaction_date"]
    default_sort = "-transaction_date"
    export_sort = "transaction_date"
    date_field = "transaction_date"
    extra_parameters = FORMAT | SEARCH

    @extend_schema(responses={(200, "application/json"): shapes.JournalEntryShape(many=True), **FILES})
    def list(self, request, organization_id):
        """List all entries by date, transaction by transaction: the general journal.

        As a file (`format=csv`) all of them come at once, the oldest first unless `sort` says otherwise.
        """
        rows = registers.journal(self.organization.pk)
        text = self.extra().get("search")
        if text is not None:
            rows = rows.filter(entries_that_say(text))
        if not self.wants_file:
            return self.page(rows, lambda page: journal_answers(page, self.organization))
        matching, keys = self.chosen(rows)
        order = journal_order(descending=keys[0].descending)
        rows = rows.filter(matching).order_by(*(key.order for key in order))
        return self.file("journal", exports.JOURNAL_COLUMNS, lambda: exports.journal_rows(rows, self.organization))
