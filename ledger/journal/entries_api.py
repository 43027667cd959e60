"""Entries over HTTP: an account's register, and the general journal."""

from django.db.models import Q
from django.db.models.fields.tuple_lookups import TupleGreaterThanOrEqual, TupleLessThanOrEqual
from drf_spectacular.utils import OpenApiTypes, extend_schema

from ledger.accounts.hierarchy import branches, in_order
from ledger.accounts.versions import account_then
from ledger.balances.moments import Moment
from ledger.balances.receipts import Asked, KnownAt, KnownViewSet
from ledger.journal import exports, registers, shapes
from ledger.journal.answers import journal_answers
from ledger.journal.conditions import entries_that_say, where_cash_moves
from ledger.journal.dimensions import Dimension
from ledger.journal.drafts import SIDES, TYPES
from ledger.journal.models import Entry, Transaction
from organizations.errors import InvalidCursor
from organizations.requests.exporting import FORMAT, ExportingViewSet
from organizations.tenants.models import Organization
from organizations.wire import cursors
from organizations.wire.cursors import SortKey
from organizations.wire.filtering import Amount, Choice, Currency, Day, Flag, Metadata, PublicId, Text
from organizations.wire.listing import KeysetPaginator, carried_by_cursor
from organizations.wire.query_strings import bad

SEARCH = {
    "search": Text(
        description="A description or reference, of the entry or its transaction, contains this, or it is the amount."
    )
}
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


class RegisterPaginator(KeysetPaginator):
    """A list whose envelope says of which moment it is."""

    def get_paginated_response_schema(self, schema: dict) -> dict:
        envelope = super().get_paginated_response_schema(schema)
        envelope["required"] += ["known_at", "receipt"]
        envelope["properties"] |= {
            "known_at": {"type": "string", "format": "date-time", "description": "The moment that the list is of."},
            "receipt": {"type": "string", "description": "Sent as `known_at`, gives this page again to the byte."},
        }
        return envelope


#: What of a chart is meant with an account, and by what figures of reports leave entries out.
BEHIND = {
    "include_children": Flag(
        description="Also the entries of all accounts below it, each with the balance after it on its own account."
    ),
    "moves_cash": Flag(
        description="Whether the transaction touches an account with the role `cash`, or one below such an account."
    ),
}
#: What the transaction of an entry is about.
ABOUT = {
    "contact_id": PublicId("CON", source="transaction__contact_id"),
    "category_id": PublicId("CAT", source="transaction__category_id"),
    "transaction_type": Choice(TYPES, source="transaction__type"),
    "dimension": Dimension(),
}


class RegisterViewSet(KnownViewSet, ExportingViewSet):
    """An account's entries."""

    resource = "accounts"
    open_to_scoped_keys = ("list",)
    list_fields = {
        "transaction_date": Day(),
        "transaction_id": PublicId("TXN"),
        "account_id": PublicId("ACT", description="Of the account and those below it, with `include_children`."),
        "entry_type": Choice(SIDES),
        "amount": Amount(where=where_amount),
        "description": Text(),
        "reference": Text(),
        "metadata": Metadata(),
        **ABOUT,
    }
    sort_fields = ["transaction_date"]
    default_sort = "-transaction_date"
    export_sort = "transaction_date"
    date_field = "transaction_date"
    extra_parameters = FORMAT | SEARCH | BEHIND | {"known_at": KnownAt()}
    pagination_class = RegisterPaginator
    beside_cursors = ("known_at",)

    @extend_schema(responses={(200, "application/json"): shapes.LedgerEntryShape(many=True), **FILES})
    def list(self, request, organization_id, account_id):
        """List an account's entries by date, each with the balance after it.

        The balance counts all entries, also those that a filter leaves out. With `include_children` the entries of the
        accounts below it stand among its own. All pages are of one moment, that of the first: the cursor carries it.
        With `known_at` it is a past one. As a file (`format=csv`) all entries come at once, as they are now, the oldest
        first unless `sort` says otherwise.
        """
        extra = self.extra()
        if self.wants_file:
            return self._file(extra)
        asked = self._of_one_moment(extra)
        account = account_then(self.organization.pk, self.read_id("account_id", "ACT"), asked.moment)
        accounts = [account]
        if extra.get("include_children"):
            accounts = branches(in_order(self.organization.pk, asked.moment), [account.pk]) or accounts
        narrow = _that_moved(extra, self.organization, asked.moment) & _said(extra)
        rows = registers.entries_on(accounts, asked.moment).filter(narrow)
        page = self.page(
            rows.select_related("transaction"),
            lambda found: registers.registers_answers(found, accounts, self.organization, asked.moment),
        )
        page.data |= asked.stamped(self.organization)
        return page

    def _of_one_moment(self, extra: dict) -> Asked:
        """The moment of the list: the cursor's, else the one asked for. Raises InvalidParameter, InvalidCursor."""
        asked = self.at(extra.get("known_at"))
        carried = carried_by_cursor(self.request, self, Entry, 2)
        if carried is not None:
            moment = Moment(carried[1], carried[0] or None)
            if asked.moment is not None and not moment.answers(asked.moment):
                raise InvalidCursor(fields={"known_at": "The cursor belongs to the list of another moment."})
            asked.moment = moment
        self.cursor_carries = [asked.stamp.snapshot or "", asked.stamp.known_at]
        return asked

    def _file(self, extra: dict):
        if "known_at" in extra:
            raise bad({"known_at": "A file is of the books as they are now; leave this out."})
        if extra.get("include_children"):
            raise bad({"include_children": "A file is of one account; name all in the file of `/entries`."})
        account = account_then(self.organization.pk, self.read_id("account_id", "ACT"), None)
        matching, keys = self.chosen(registers.entries_of(account))
        matching &= _that_moved(extra, self.organization) & _said(extra)
        return self.file(
            f"ledger-{account.code}",
            registers.COLUMNS,
            lambda: exports.register_lines(account, self.organization, matching, newest_first=keys[0].descending),
        )


def _said(extra: dict) -> Q:
    text = extra.get("search")
    return Q() if text is None else entries_that_say(text)


def _that_moved(extra: dict, organization: Organization, moment: Moment | None = None) -> Q:
    wanted = extra.get("moves_cash")
    return Q() if wanted is None else where_cash_moves(organization.pk, wanted, moment)


class JournalPaginator(KeysetPaginator):
    """Pages of the general journal: by date, then transaction by transaction, each line by line.

    The journal has no index of its own: it follows that of the transactions. A page begins there by a
    comparison of the transaction's own columns; ``F("transaction__id")`` would be the entry's, and compared
    row by row from the first.
    """

    place = tuple(
        Transaction._meta.get_field(name).get_col("ledger_transaction") for name in ("transaction_date", "id")
    )

    def sort_keys(self, query, declaration, model) -> tuple[SortKey, ...]:
        date, *_ = super().sort_keys(query, declaration, model)
        return journal_order(descending=date.descending)

    def beyond(self, queryset, keys, values):
        start = TupleLessThanOrEqual if keys[0].descending else TupleGreaterThanOrEqual
        return queryset.filter(cursors.after(keys, values), start(self.place, tuple(values[:2])))


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
        **ABOUT,
    }
    sort_fields = ["transaction_date"]
    default_sort = "-transaction_date"
    export_sort = "transaction_date"
    date_field = "transaction_date"
    extra_parameters = FORMAT | SEARCH | {"moves_cash": BEHIND["moves_cash"]}

    @extend_schema(responses={(200, "application/json"): shapes.JournalEntryShape(many=True), **FILES})
    def list(self, request, organization_id):
        """List all entries by date, transaction by transaction: the general journal.

        As a file (`format=csv`) all of them come at once, the oldest first unless `sort` says otherwise.
        """
        extra = self.extra()
        rows = registers.journal(self.organization.pk).filter(_said(extra), _that_moved(extra, self.organization))
        if not self.wants_file:
            return self.page(rows, lambda page: journal_answers(page, self.organization))
        matching, keys = self.chosen(rows)
        order = journal_order(descending=keys[0].descending)
        rows = rows.filter(matching).order_by(*(key.order for key in order))
        return self.file("journal", exports.JOURNAL_COLUMNS, lambda: exports.journal_rows(rows, self.organization))
