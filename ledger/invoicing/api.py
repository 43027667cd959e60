"""Invoices, bills and the credits to them over HTTP: one view, four kinds."""

from functools import wraps

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework.response import Response

from ledger.invoicing import shapes
from ledger.invoicing.answers import document_answers
from ledger.invoicing.applying import Part, allocate_credit, unallocate_credit
from ledger.invoicing.conditions import where_due, where_status
from ledger.invoicing.crediting import Wish, cancel_document, credit_document
from ledger.invoicing.drafting import change_document, create_document, delete_draft, duplicates_of, new_document
from ledger.invoicing.issuing import held_document, issue_document, issue_new
from ledger.invoicing.models import PREFIXES, Document
from ledger.invoicing.printing import document_pdf
from ledger.invoicing.reading import NAMES, READERS, read_document, read_lines, unread
from ledger.invoicing.sending import send_document
from ledger.invoicing.states import SHOWN
from ledger.invoicing.tasks import CREATE, ISSUE, LISTS, create_kind, issue_kind
from organizations.errors import Invalid, NotFound
from organizations.jobs.api import JobShape
from organizations.jobs.batches import BatchViewSet
from organizations.requests.views import TenantViewSet
from organizations.wire.filtering import Amount, Choice, Currency, Day, Instant, Metadata, PublicId, Text
from organizations.wire.unknown_fields import fixed_fields, unknown_fields, with_warnings


def fields_of(kind: str) -> dict:
    """What documents of a kind can be filtered by."""
    number, date = NAMES[PREFIXES[kind]]
    return {
        "status": Choice(SHOWN[kind], where=where_status(kind)),
        number: Text(source="number"),
        "order_number": Text(),
        "contact_id": PublicId("CON"),
        "currency_id": Currency(source="currency_id"),
        date: Day(source="date", nullable=True),
        "due_at": Day(source="due_date", nullable=True),
        "total": Amount(),
        "amount_due": Amount(where=where_due),
        "original_id": PublicId("INV" if kind == "credit_note" else "BIL", source="original_id", nullable=True),
        "created_at": Instant(),
        "metadata": Metadata(),
    }


class DocumentViewSet(TenantViewSet):
    """Documents of one kind."""

    kind = ""
    open_to_scoped_keys = ("list", "retrieve", "pdf")
    sort_fields = ["date", "due_date", "total", "number", "created_at"]
    default_sort = "-created_at"
    date_field = "date"

    @property
    def _rows(self):
        rows = Document.objects.of(self.organization).filter(kind=self.kind)
        return rows.select_related("organization", "contact", "currency")

    def _number(self) -> int:
        return self.read_id("document_id", PREFIXES[self.kind])

    def _document(self) -> Document:
        found = self._rows.filter(pk=self._number()).first()
        if found is None:
            raise NotFound()
        return found

    def _held(self) -> Document:
        return held_document(self.organization, self.kind, self._number())

    def hold(self) -> None:
        self._held()

    def _read(self, *, partial: bool = False) -> tuple[dict, list[dict]]:
        found, problems, unknown = read_document(PREFIXES[self.kind], self.request.data, partial=partial)
        if problems:
            raise Invalid(fields=problems)
        return found, unknown

    def _answer(
        self, document: Document, unknown: list[dict] = (), *, told: dict | None = None, status: int = 200
    ) -> Response:
        """``told`` is what the request says of it, which may be what cannot be set."""
        (answer,) = document_answers([document], self.organization)
        fixed = fixed_fields(told or {}, READERS[PREFIXES[self.kind]], answer)
        found = [*duplicates_of(self.organization, document), *unknown, *fixed]
        return Response(with_warnings(answer, found), status=status)

    def list(self, request, organization_id):
        """List them, the latest first."""
        return self.page(self._rows, lambda rows: document_answers(rows, self.organization))

    def create(self, request, organization_id):
        """Save a draft, or with `issue` issue it at once.

        What a line leaves out (price, description, account, taxes) comes from its item, then from the contact.
        """
        fields, unknown = self._read()
        issue = request.data.get("issue", False)
        if not isinstance(issue, bool):
            raise Invalid(fields={"issue": "true or false."})
        what = {"actor": self.actor, "organization": self.organization}
        if issue:
            document = new_document(self.organization, self.kind, fields)
            issue_new(**what, documents=[document])
        else:
            document = create_document(**what, kind=self.kind, fields=fields)
        return self._answer(document, unknown, status=201)

    def retrieve(self, request, organization_id, document_id):
        """Show it, with what was paid, credited and is still due."""
        return self._answer(self._document())

    def update(self, request, organization_id, document_id):
        """Change a draft. What is issued is never changed.

        A number that the series has passed over stays with its draft: 409 `document_number_kept`.
        """
        fields, unknown = self._read(partial=True)
        document = self._held()
        change_document(actor=self.actor, organization=self.organization, document=document, fields=fields)
        return self._answer(document, unknown, told=request.data)

    @extend_schema(responses={204: None})
    def destroy(self, request, organization_id, document_id):
        """Delete a draft. What is issued is never deleted.

        Nor is a draft whose number the series has passed over: 409 `document_number_kept`.
        """
        delete_draft(actor=self.actor, organization=self.organization, document=self._held())
        return Response(status=204)

    def issue(self, request, organization_id, document_id):
        """Give it its number and post it, in one act.

        Debits receivable and credits revenue and tax; a bill debits cost and tax and credits payable. Numbers of a
        series and year have no gaps: one that was given by hand is passed over.
        """
        document = self._held()
        issue_document(actor=self.actor, organization=self.organization, document=document)
        return self._answer(document)

    def cancel(self, request, organization_id, document_id):
        """Cancel it: a draft as it is, an issued document by a credit of all that is left.

        One with payments is not cancelled: 422 `document_has_payments`.
        """
        wish = self.read(shapes.CancelShape)
        document = cancel_document(actor=self.actor, organization=self.organization, document=self._held(), **wish)
        return self._answer(document, unknown_fields(request.data, shapes.CancelShape().fields))

    def credit(self, request, organization_id, document_id):
        """Credit it, in whole or in part; answers the credit, which is set off against what is open.

        What is more than is open stays as the contact's credit. A contact that was merged or disabled since is no
        obstacle: the credit of a merged one is on the contact that stands for it.
        """
        lines, problems = None, {}
        if request.data.get("items") is not None:
            lines = read_lines(request.data["items"], problems)
        if problems:
            raise Invalid(fields=problems)
        fields = self.read(shapes.CreditShape)
        fields.pop("items", None)
        if lines is not None and fields.get("amount") is not None:
            raise Invalid(fields={"amount": "Lines or an amount, not both."})
        credit = credit_document(
            actor=self.actor,
            organization=self.organization,
            document=self._held(),
            wish=Wish(lines=lines, **fields),
        )
        credit.organization = self.organization
        return self._answer(credit, unread(request.data, shapes.CreditShape().fields), status=201)

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def pdf(self, request, organization_id, document_id):
        """The document as a PDF, in the contact's language."""
        document = self._document()
        response = HttpResponse(document_pdf(self.organization, document), content_type="application/pdf")
        name = f"{document.number or document.public_id}.pdf".replace("/", "-").replace('"', "")
        response["Content-Disposition"] = f'inline; filename="{name.encode("ascii", "replace").decode()}"'
        return response

    def send(self, request, organization_id, document_id):
        """Send it by e-mail with its PDF, through the outbox; to the contact's address unless told."""
        wish = self.read(shapes.SendShape)
        document = send_document(actor=self.actor, organization=self.organization, document=self._held(), **wish)
        return self._answer(document, unknown_fields(request.data, shapes.SendShape().fields))


class CreditViewSet(DocumentViewSet):
    """Credits of one kind."""

    allocate_shape = unallocate_shape = None

    def _change(self, verb, shape) -> Response:
        fields = dict(self.read(shape))
        if "allocations" in fields:
            fields["allocations"] = [Part(**one) for one in fields["allocations"]]
        document = self._held()
        verb(actor=self.actor, organization=self.organization, document=document, **fields)
        (answer,) = document_answers([document], self.organization)
        return Response(with_warnings(answer, unknown_fields(self.request.data, shape().fields, shown=answer)))

    def allocate(self, request, organization_id, document_id):
        """Set what is left of a credit off against other documents of its contact, in its currency.

        Dated today unless told; never before the credit, the document, or the day from which on as much is open.
        """
        return self._change(allocate_credit, self.allocate_shape)

    def unallocate(self, request, organization_id, document_id):
        """Take a credit out of documents: they are open again, and it is the contact's credit.

        What was paid out for it is undone by that payment, and what it cancelled stays cancelled.
        """
        return self._change(unallocate_credit, self.unallocate_shape)


def described(shape, new, credit=None):
    """The schema of a kind's view: of methods that it shares with the other kinds."""
    schemas = {
        "list": extend_schema(responses=shape(many=True)),
        "create": extend_schema(request=new, responses={201: shape}),
        "retrieve": extend_schema(responses=shape),
        "update": extend_schema(request=new(partial=True), responses=shape),
        "issue": extend_schema(request=None, responses=shape),
        "cancel": extend_schema(request=shapes.CancelShape, responses=shape),
        "credit": extend_schema(request=shapes.CreditShape, responses={201: credit}),
        "send": extend_schema(request=shapes.SendShape, responses=shape),
    }

    def describe(view):
        if issubclass(view, CreditViewSet):
            for name in ("allocate", "unallocate"):
                schemas[name] = extend_schema(request=getattr(view, f"{name}_shape"), responses=shape)
        for name, schema in schemas.items():
            setattr(view, name, schema(_own(getattr(view, name))))
        return view

    return describe


def _own(method):
    """A method that can be described without describing that of the class above."""

    @wraps(method)
    def call(self, *values, **named):
        return method(self, *values, **named)

    return call


@described(shapes.InvoiceShape, shapes.NewInvoiceShape, shapes.CreditNoteShape)
class InvoiceViewSet(DocumentViewSet):
    """What customers are asked to pay."""

    kind, resource = "invoice", "invoices"
    list_fields = fields_of("invoice")


@described(shapes.CreditNoteShape, shapes.NewCreditNoteShape)
class CreditNoteViewSet(CreditViewSet):
    """What is given back to customers."""

    kind, resource = "credit_note", "credit-notes"
    allocate_shape, unallocate_shape = shapes.ApplyCreditNoteShape, shapes.TakeOutCreditNoteShape
    list_fields = fields_of("credit_note")


@described(shapes.BillShape, shapes.NewBillShape, shapes.VendorCreditShape)
class BillViewSet(DocumentViewSet):
    """What vendors ask us to pay."""

    kind, resource = "bill", "bills"
    list_fields = fields_of("bill")


@described(shapes.VendorCreditShape, shapes.NewVendorCreditShape)
class VendorCreditViewSet(CreditViewSet):
    """What vendors give back."""

    kind, resource = "vendor_credit", "vendor-credits"
    allocate_shape, unallocate_shape = shapes.ApplyVendorCreditShape, shapes.TakeOutVendorCreditShape
    list_fields = fields_of("vendor_credit")


class DocumentBatchViewSet(BatchViewSet):
    """Many documents of one kind in one request."""

    kind = ""

    def create(self, request, organization_id):
        """Create many, and with `issue` (of the batch or of an item) issue them.

        Modes, results and large batches are as for `transactions/batch`. What cannot be issued is not saved.
        """
        shape = shapes.batch_of(LISTS[self.kind], NEW[self.kind])
        return self.batch(LISTS[self.kind], shape, kind=create_kind(self.kind), carry_out=CREATE[self.kind])

    def issue_many(self, request, organization_id):
        """Issue many drafts, with gap-free numbers in the order of the request."""
        name = f"{self.kind}_ids"
        shape = shapes.issue_batch_of(name, PREFIXES[self.kind])
        return self.batch(name, shape, kind=issue_kind(self.kind), carry_out=ISSUE[self.kind])


NEW = {
    "invoice": shapes.NewInvoiceShape,
    "bill": shapes.NewBillShape,
    "credit_note": shapes.NewCreditNoteShape,
    "vendor_credit": shapes.NewVendorCreditShape,
}
SHOWN_AS = {
    "invoice": shapes.InvoiceShape,
    "bill": shapes.BillShape,
    "credit_note": shapes.CreditNoteShape,
    "vendor_credit": shapes.VendorCreditShape,
}


def batch_view(kind: str, resource: str) -> type[DocumentBatchViewSet]:
    """The view on batches of a kind."""
    name = resource.title().replace("-", "")[:-1]
    answers = {200: shapes.batch_answer_of(kind, SHOWN_AS[kind]), 202: JobShape}
    view = type(f"{name}BatchViewSet", (DocumentBatchViewSet,), {"kind": kind, "resource": resource})
    view.create = extend_schema(request=shapes.batch_of(LISTS[kind], NEW[kind]), responses=answers)(_own(view.create))
    wanted = shapes.issue_batch_of(f"{kind}_ids", PREFIXES[kind])
    view.issue_many = extend_schema(request=wanted, responses=answers)(_own(view.issue_many))
    return view


InvoiceBatchViewSet = batch_view("invoice", "invoices")
BillBatchViewSet = batch_view("bill", "bills")
