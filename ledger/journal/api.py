"""The journal over HTTP."""

from operator import attrgetter

from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework.response import Response

from ledger.accounts.models import Account
from ledger.contacts.families import family
from ledger.journal import exports, shapes
from ledger.journal.adjusting import adjust_transaction
from ledger.journal.answers import transaction_answers
from ledger.journal.conditions import transactions_that_say, where_account, where_status
from ledger.journal.drafting import delete_draft, update_draft
from ledger.journal.drafts import HEADER_NAMES, TYPES, Draft, Line, read_draft
from ledger.journal.models import Entry, Transaction
from ledger.journal.posting import create_transaction, post_transaction
from ledger.journal.reversing import reverse_transaction
from ledger.journal.tasks import CREATE, POST, create_items, post_items
from organizations.errors import Invalid, NotFound
from organizations.jobs.api import JobShape
from organizations.jobs.batches import BatchViewSet
from organizations.requests.exporting import FORMAT, ExportingViewSet
from organizations.wire.filtering import Amount, Choice, Currency, Day, Instant, Metadata, PublicId, Text
from organizations.wire.unknown_fields import fixed_fields, unknown_fields, with_warnings


def read_lines(body: dict) -> tuple[list[Line], list[dict]]:
    """The entries of a request that has no other fields of a transaction, and warnings of what else they say."""
    found, problems = read_draft({"entries": body.get("entries")})
    for place, line in enumerate(found["lines"]):
        if line.condition is not None:
            problems[f"entries[{place}].balance_condition"] = "A reversal has no conditions."
    if problems:
        raise Invalid(fields=problems)
    return found["lines"], found.get("unknown", [])


LISTED = {(200, "application/json"): shapes.TransactionShape(many=True), (200, "text/csv"): OpenApiTypes.STR}


class TransactionViewSet(ExportingViewSet):
    """The journal."""

    resource = "transactions"
    list_fields = {
        "status": Choice(shapes.SHOWN_STATUSES, where=where_status),
        "type": Choice(TYPES),
        "transaction_date": Day(),
        "posting_date": Instant(nullable=True),
        "amount": Amount(),
        "currency_id": Currency(source="currency_id"),
        "account_id": PublicId("ACT", where=where_account),
        "contact_id": PublicId("CON", nullable=True),
        "category_id": PublicId("CAT", nullable=True),
        "original_transaction_id": PublicId("TXN", source="original_id", nullable=True),
        "reference_number": Text(),
        "external_id": Text(nullable=True),
        "description": Text(),
        "created_at": Instant(),
        "metadata": Metadata(),
    }
    sort_fields = ["transaction_date", "amount", "created_at", "type", "reference_number"]
    default_sort = "-transaction_date"
    export_sort = "transaction_date"
    extra_parameters = FORMAT | {
        "search": Text(description="Description, reference or external id contains this, or it is the amount.")
    }
    date_field = "transaction_date"
    row_weight = attrgetter("entry_count")

    def _number(self) -> int:
        """The key of the transaction in the path, which exists in this organization."""
        number = self.read_id("transaction_id", "TXN")
        if not Transaction.objects.of(self.organization).filter(pk=number).exists():
            raise NotFound()
        return number

    def _read(self, *, partial: bool = False) -> dict:
        found, problems = read_draft(self.request.data, partial=partial)
        if problems:
            raise Invalid(fields=problems)
        return found

    def _read_new(self, *, auto_post: bool) -> tuple[Draft, bool]:
        """A new transaction and whether to post it, which is ``auto_post`` unless the request says."""
        found, problems = read_draft(self.request.data)
        post = self.request.data.get("auto_post", auto_post)
        if not isinstance(post, bool):
            problems["auto_post"] = "true or false."
        if problems:
            raise Invalid(fields=problems)
        return Draft(**found), post

    def _list(self, rows) -> Response:
        text = self.extra().get("search")
        if text is not None:
            rows = rows.filter(transactions_that_say(text))
        if not self.wants_file:
            return self.page(rows, lambda page: transaction_answers(page, self.organization))
        matching, keys = self.chosen(rows)
        rows = rows.filter(matching).order_by(*(key.order for key in keys))
        return self.file(
            "transactions", exports.TRANSACTION_COLUMNS, lambda: exports.transaction_rows(rows, self.organization)
        )

    def _answer(self, transaction: Transaction) -> Response:
        return Response(transaction_answers([transaction], self.organization)[0])

    @extend_schema(responses=LISTED)
    def list(self, request, organization_id):
        """List transactions, newest first.

        As a file (`format=csv`) all of them come at once, the oldest first unless `sort` says otherwise.
        """
        return self._list(Transaction.objects.of(self.organization))

    @extend_schema(request=shapes.NewTransactionShape, responses={201: shapes.TransactionShape})
    def create(self, request, organization_id):
        """Record a transaction, as a draft or (with `auto_post`) posted at once.

        At least two entries, each greater than zero. Debits and credits must balance in base currency to be
        posted; a draft may be saved unbalanced, and says in `warnings` what posting would refuse.
        """
        draft, auto_post = self._read_new(auto_post=False)
        plan = create_transaction(
            actor=self.actor,
            organization=self.organization,
            draft=draft,
            auto_post=auto_post,
            along=self.keeping(status=201),
        )
        return Response(plan.answer, status=201)

    @extend_schema(responses=shapes.TransactionShape)
    def retrieve(self, request, organization_id, transaction_id):
        """Show a transaction with its entries."""
        number = self.read_id("transaction_id", "TXN")
        found = Transaction.objects.of(self.organization).filter(pk=number).first()
        if found is None:
            raise NotFound()
        return self._answer(found)

    @extend_schema(request=shapes.TransactionChangesShape, responses=shapes.TransactionShape)
    def update(self, request, organization_id, transaction_id):
        """Change a draft. `entries`, if given, replace all of its entries. Posted transactions are never edited."""
        changes = self._read(partial=True)
        unknown = changes.pop("unknown", [])
        done = update_draft(
            actor=self.actor, organization=self.organization, transaction_id=self._number(), changes=changes
        )
        answer = transaction_answers([done], self.organization)[0]
        return Response(with_warnings(answer, [*unknown, *fixed_fields(request.data, HEADER_NAMES, answer)]))

    @extend_schema(responses={204: None})
    def destroy(self, request, organization_id, transaction_id):
        """Delete a draft. Posted transactions are never deleted; reverse them."""
        delete_draft(actor=self.actor, organization=self.organization, transaction_id=self._number())
        return Response(status=204)

    @extend_schema(request=None, responses=shapes.TransactionShape)
    def post_one(self, request, organization_id, transaction_id):
        """Post a draft: from then on it is final."""
        plan = post_transaction(actor=self.actor, organization=self.organization, transaction_id=self._number())
        return Response(plan.answer)

    @extend_schema(request=shapes.PartialReversalShape, responses={201: shapes.TransactionShape})
    def reverse_partial(self, request, organization_id, transaction_id):
        """Reverse a part of a posted transaction, any number of times up to what is left of each entry.

        Each entry names an account of the original, the opposite side and an amount. Answers the reversing
        transaction.
        """
        lines, unknown = read_lines(request.data)
        wish = self.read(shapes.ReversalShape)
        unknown += unknown_fields(request.data, shapes.PartialReversalShape().fields)
        plan = reverse_transaction(
            actor=self.actor, organization=self.organization, transaction_id=self._number(), lines=lines, **wish
        )
        return Response(with_warnings(plan.answer, unknown), status=201)

    @extend_schema(request=shapes.AdjustmentShape, responses={201: shapes.TransactionShape})
    def adjust(self, request, organization_id, transaction_id):
        """Correct a posted transaction by a new one that is linked to it; the original stays in force.

        Without metadata of its own it has the original's: it counts under the same dimension.
        """
        draft, auto_post = self._read_new(auto_post=True)
        plan = adjust_transaction(
            actor=self.actor,
            organization=self.organization,
            transaction_id=self._number(),
            draft=draft,
            auto_post=auto_post,
        )
        return Response(plan.answer, status=201)

    @extend_schema(request=shapes.ReversalShape, responses={201: shapes.TransactionShape})
    def reverse(self, request, organization_id, transaction_id):
        """Reverse what is left of a posted transaction; answers the reversing transaction.

        It has the original's metadata, as its entries have those of the entries that they reverse: it counts under
        the same dimension.
        """
        wish = self.read(shapes.ReversalShape)
        plan = reverse_transaction(
            actor=self.actor, organization=self.organization, transaction_id=self._number(), **wish
        )
        unknown = unknown_fields(request.data, shapes.ReversalShape().fields)
        return Response(with_warnings(plan.answer, unknown), status=201)


class TransactionBatchViewSet(BatchViewSet):
    """Many transactions in one request."""

    resource = "transactions"

    @extend_schema(request=shapes.TransactionBatchShape, responses={200: shapes.TransactionsBatchShape, 202: JobShape})
    def create(self, request, organization_id):
        """Record many transactions.

        `mode` is `independent` (each by itself), `atomic` (all or none: the error of the first failing item, with
        `details.results`) or `stop_on_error`. An item that fails on posting is kept as `failed`.

        More than 10,000 transactions, or more than 8 MiB, are answered 202 with a job, whose `result` is what a
        smaller batch answers, but that transactions are shown in short: without `entries`, with an `entries_query`
        that leads to the whole. A job commits every 1,000 items (`atomic`: all at once), and goes on where it was if
        its worker dies.
        """
        return self.batch("transactions", shapes.TransactionBatchShape, kind=CREATE, carry_out=create_items)

    @extend_schema(request=shapes.PostBatchShape, responses={200: shapes.TransactionsBatchShape, 202: JobShape})
    def post_many(self, request, organization_id):
        """Post many drafts. One that cannot be posted becomes `failed` and says why.

        Modes and large batches are as for `transactions/batch`.
        """
        return self.batch("transaction_ids", shapes.PostBatchShape, kind=POST, carry_out=post_items)


class AccountTransactionViewSet(TransactionViewSet):
    """Transactions that have an entry on an account."""

    @extend_schema(responses=LISTED)
    def list(self, request, organization_id, account_id):
        """List the posted transactions that touch an account."""
        number = self.read_id("account_id", "ACT")
        if not Account.objects.of(self.organization).filter(pk=number).exists():
            raise NotFound()
        touching = Entry.objects.of(self.organization).filter(account_id=number)
        return self._list(Transaction.objects.of(self.organization).filter(pk__in=touching.values("transaction_id")))


class ContactTransactionViewSet(TransactionViewSet):
    """Transactions of a contact."""

    @extend_schema(responses=LISTED)
    def list(self, request, organization_id, contact_id):
        """List the transactions that name a contact, or one that was merged with it."""
        numbers = family(self.organization, self.read_id("contact_id", "CON"))
        if not numbers:
            raise NotFound()
        return self._list(Transaction.objects.of(self.organization).filter(contact_id__in=numbers))
