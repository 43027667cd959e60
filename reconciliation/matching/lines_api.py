"""Statement lines over HTTP: the list of what the bank wrote, and what can be done with each line."""

from collections.abc import Sequence

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework.response import Response

from organizations.errors import Invalid, NotFound
from organizations.requests.exporting import FORMAT, ExportingViewSet, read_through
from organizations.wire.filtering import Amount, Choice, Day, Instant, Metadata, PublicId, Text
from reconciliation.matching import shapes
from reconciliation.matching.answers import line_answers
from reconciliation.matching.booking import Part, Wording, book_line
from reconciliation.matching.candidates import candidate_answer, candidates_for
from reconciliation.matching.documents import likely_documents, pay_documents, payment_candidate
from reconciliation.matching.matching import accept_match, ignore_line, match_lines
from reconciliation.matching.transferring import transfer_line
from reconciliation.matching.undoing import undo_line
from reconciliation.statements.models import STATUSES, VERDICTS, StatementLine

COLUMNS = ("date", "amount", "description", "counterparty", "reference", "bank_id", "status", "ignore_reason")
LINE = {200: shapes.StatementLineShape}
MADE = {201: shapes.StatementLineShape}
FILES = {(200, "text/csv"): OpenApiTypes.STR}


def part_of(wish: dict, path: str = "") -> Part:
    """A split as the request says it."""
    taxes = tuple(wish.get("tax_ids", ()))
    return Part(wish["account_id"], wish.get("amount"), wish.get("description", ""), path, taxes)


class StatementLineViewSet(ExportingViewSet):
    """Lines of the bank."""

    resource = "statement-lines"
    list_fields = {
        "account_id": PublicId("ACT"),
        "statement_id": PublicId("STM"),
        "status": Choice(STATUSES),
        "verdict": Choice(VERDICTS),
        "date": Day(),
        "amount": Amount(),
        "description": Text(),
        "counterparty": Text(),
        "reference": Text(),
        "bank_id": Text(),
        "created_at": Instant(),
        "metadata": Metadata(),
    }
    sort_fields = ["date", "amount", "created_at"]
    default_sort = "-date"
    export_sort = "date"
    date_field = "date"
    extra_parameters = FORMAT

    def _rows(self) -> QuerySet[StatementLine]:
        return StatementLine.objects.of(self.organization).select_related("account")

    def _shown(self, line_id: int, status: int = 200) -> Response:
        found = self._rows().filter(pk=line_id).first()
        if found is None:
            raise NotFound()
        return Response(line_answers([found])[0], status=status)

    @property
    def _line_id(self) -> int:
        return self.read_id("line_id", "LIN")

    @extend_schema(responses={(200, "application/json"): shapes.StatementLineShape(many=True), **FILES})
    def list(self, request, organization_id):
        """List statement lines, the latest first, each with its match. As a file (`format=csv`) all come at once."""
        self.extra()
        if self.wants_file:
            matching, keys = self.chosen(self._rows())
            rows = StatementLine.objects.of(self.organization).filter(matching)
            ordered = rows.order_by(*(("-" if key.descending else "") + key.source for key in keys))
            return self.file("statement-lines", COLUMNS, lambda: read_through(ordered.values_list(*COLUMNS)))
        return self.page(self._rows(), line_answers)

    @extend_schema(responses=LINE)
    def retrieve(self, request, organization_id, line_id):
        """Show a line as the bank wrote it, and what became of it."""
        return self._shown(self._line_id)

    @extend_schema(responses=shapes.CandidatesShape)
    def candidates(self, request, organization_id, line_id):
        """List the open entries that a line could be, and the open documents that it could pay.

        The most likely come first; at most twelve of each.
        """
        line = self._rows().filter(pk=self._line_id).first()
        if line is None:
            raise NotFound()
        found = candidates_for(self.organization, line.account, line)
        data = [candidate_answer(one, line.account) for one in found]
        data += [
            payment_candidate(one, line.account) for one in likely_documents(self.organization, line.account, line)
        ]
        data.sort(key=lambda each: -each["score"])
        return Response(
            {"object": "list", "line_id": line.public_id, "data": data, "has_more": False, "next_cursor": None}
        )

    @extend_schema(request=shapes.MatchWishShape, responses=LINE)
    def match(self, request, organization_id, line_id):
        """Match a line with entries of the books, or with transactions; with an empty body, as is suggested.

        They must add up to the same, to the last unit. What the bank kept can be posted to `fee_account_id`. With
        `document_ids`, the line is booked as the payment of these documents and matched with it; undoing the match
        reverses the payment.
        """
        wish, number = dict(self.read(shapes.MatchWishShape)), self._line_id
        fee_account = wish.get("fee_account_id")
        who = {"actor": self.actor, "organization": self.organization, "fee_account_id": fee_account}
        transactions = [*wish.get("transaction_ids", []), *filter(None, [wish.get("transaction_id")])]
        if wish.get("document_ids"):
            if wish.get("entry_ids") or transactions or wish.get("line_ids"):
                raise Invalid(fields={"document_ids": "Documents are paid by one line, and by nothing beside it."})
            pay_documents(**who, line_id=number, document_ids=wish["document_ids"])
        elif wish.get("entry_ids") or transactions:
            match_lines(
                **who,
                line_ids={number, *wish.get("line_ids", [])},
                entry_ids=wish.get("entry_ids", []),
                transaction_ids=transactions,
            )
        else:
            line = self._rows().filter(pk=number).first()
            if line is None:
                raise NotFound()
            if line.status != "suggested":
                raise Invalid(fields={"entry_ids": "Nothing is suggested for this line: say what it matches."})
            accept_match(**who, match_id=line.match_id)
        return self._shown(number)

    @extend_schema(request=shapes.ReasonShape, responses=LINE)
    def unmatch(self, request, organization_id, line_id):
        """Undo what became of a line: a match, a booking, a transfer, or that it was ignored.

        What was posted for it is reversed. It works after a reconciliation was completed, too.
        """
        wish = self.read(shapes.ReasonShape)
        undo_line(
            actor=self.actor,
            organization=self.organization,
            line_id=self._line_id,
            reason=wish.get("reason", ""),
        )
        return self._shown(self._line_id)

    @extend_schema(request=shapes.BookingShape, responses=MADE)
    def create_transaction(self, request, organization_id, line_id):
        """Book a line: post a transaction for it, on one account or split over several, and match the two.

        A key that may write `statement-lines` may book by them; it needs no right on `transactions`.
        """
        wish = dict(self.read(shapes.BookingShape))
        splits = [part_of(split, f"splits[{place}].") for place, split in enumerate(wish.pop("splits", []))]
        taxes = tuple(wish.pop("tax_ids", ()))
        parts = splits or [Part(wish.pop("account_id"), tax_ids=taxes)]
        return self._book(parts, wish)

    @extend_schema(request=shapes.SplittingShape, responses=MADE)
    def split(self, request, organization_id, line_id):
        """Split a line over several accounts: post one transaction for it, and match the two."""
        wish = dict(self.read(shapes.SplittingShape))
        return self._book([part_of(one, f"splits[{place}].") for place, one in enumerate(wish.pop("splits"))], wish)

    def _book(self, parts: Sequence[Part], wish: dict) -> Response:
        number = self._line_id
        book_line(
            actor=self.actor, organization=self.organization, line_id=number, parts=parts, wording=Wording(**wish)
        )
        return self._shown(number, 201)

    @extend_schema(request=shapes.LineTransferShape, responses=MADE)
    def transfer(self, request, organization_id, line_id):
        """Book a line as a transfer to or from another account of these books, and match the line there, too."""
        wish, number = self.read(shapes.LineTransferShape), self._line_id
        transfer_line(
            actor=self.actor,
            organization=self.organization,
            line_id=number,
            account_id=wish["account_id"],
            other_line_id=wish.get("line_id"),
            description=wish.get("description"),
        )
        return self._shown(number, 201)

    @extend_schema(request=shapes.IgnoreShape, responses=LINE)
    def ignore(self, request, organization_id, line_id):
        """Set a line aside for a reason. It can be taken back by `unmatch`."""
        reason = self.read(shapes.IgnoreShape)["reason"]
        ignore_line(actor=self.actor, organization=self.organization, line_id=self._line_id, reason=reason)
        return self._shown(self._line_id)
