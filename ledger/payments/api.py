"""Payments over HTTP, on their own and on documents."""

from collections.abc import Collection
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from ledger.invoicing.models import PREFIXES, Document
from ledger.payments import shapes
from ledger.payments.answers import payment_answers, payments_of
from ledger.payments.changing import change_payment
from ledger.payments.models import DIRECTIONS, STATUSES, Payment
from ledger.payments.paying import Allocation, NewPayment, allocate_payment, record_payment
from ledger.payments.undoing import held_payment, refund_payment, reverse_payment, unallocate_payment
from ledger.settlements.models import Settlement
from organizations.currencies.iso import decimals_of
from organizations.errors import NotFound
from organizations.money import MoneyError, at_rate, plain_rate, read_rate
from organizations.requests.views import TenantViewSet
from organizations.wire.filtering import Amount, Choice, Currency, Day, Instant, Metadata, PublicId, Text
from organizations.wire.unknown_fields import unknown_fields, with_warnings

#: Field of the request → attribute of ``NewPayment``.
NAMES = {
    "currency_id": "currency",
    "currency_rate": "rate",
    "payment_date": "date",
    "payment_method": "method",
}
LIST_FIELDS = {
    "direction": Choice(DIRECTIONS),
    "status": Choice(STATUSES),
    "contact_id": PublicId("CON"),
    "account_id": PublicId("ACT"),
    "payment_date": Day(),
    "amount": Amount(),
    "currency_id": Currency(source="currency_id"),
    "reference": Text(),
    "payment_method": Text(),
    "created_at": Instant(),
    "metadata": Metadata(),
}


def new_payment(fields: dict) -> NewPayment:
    """The payment that a request wishes."""
    told = {NAMES.get(name, name): value for name, value in fields.items() if value is not None}
    told["allocations"] = [Allocation(**one) for one in told.get("allocations", ())]
    return NewPayment(**told)


def unread(body: dict, shape: type[Serializer], *, shown: Collection[str] = ()) -> list[dict[str, str]]:
    """A warning for each field of a request that nobody reads, also in its allocations, which were read."""
    found = unknown_fields(body, shape().fields, shown=shown)
    if "allocations" in shape().fields:
        for place, one in enumerate(body.get("allocations", ())):
            found += unknown_fields(one, shapes.NewAllocationShape().fields, path=f"allocations[{place}].")
    return found


def told_of(body: dict, shape: type[Serializer], payment: Payment) -> list[dict[str, str]]:
    """Every warning of a request that made a payment."""
    return [*unread(body, shape), *overruled(body, payment)]


def overruled(body: dict, payment: Payment) -> list[dict[str, str]]:
    """A warning for each figure that came with others which say something else, and was not read."""
    found, rate = {}, body.get("currency_rate")
    if rate is not None and not _at(rate, payment):
        found["currency_rate"] = f"was not read: what is paid says {plain_rate(payment.currency_rate)}."
    if body.get("fee_account_id") is not None and not payment.fee_amount:
        found["fee_account_id"] = "was not read: there is no fee_amount."
    return [{"code": "field_ignored", "field": name, "message": f"{name} {why}"} for name, why in found.items()]


def _at(rate: Any, payment: Payment) -> bool:
    """Whether the payment is worth what it is at this rate, to the unit."""
    try:
        decimals = decimals_of(payment.organization.base_currency_id)
        worth = at_rate(payment.amount, payment.currency_rate, decimals)
        return at_rate(payment.amount, read_rate(rate), decimals) == worth
    except MoneyError:
        return False


class PaymentViewSet(TenantViewSet):
    """Money in and out."""

    resource = "payments"
    open_to_scoped_keys = ("list", "retrieve")
    list_fields = LIST_FIELDS
    sort_fields = ["payment_date", "amount", "created_at"]
    default_sort = "-payment_date"
    date_field = "payment_date"

    @property
    def _rows(self):
        return payments_of(self.organization)

    def _payment(self) -> Payment:
        found = self._rows.filter(pk=self.read_id("payment_id", "PAY")).first()
        if found is None:
            raise NotFound()
        return found

    def _held(self) -> Payment:
        return held_payment(self.organization, self.read_id("payment_id", "PAY"))

    def _answer(self, payment: Payment, warnings: list[dict] | None = None, *, status: int = 200) -> Response:
        (answer,) = payment_answers([payment], self.organization)
        return Response(with_warnings(answer, warnings or []), status=status)

    @extend_schema(responses=shapes.PaymentShape(many=True))
    def list(self, request, organization_id):
        """List payments, the latest first."""
        return self.page(self._rows, lambda rows: payment_answers(rows, self.organization))

    @extend_schema(request=shapes.NewPaymentShape, responses={201: shapes.PaymentShape})
    def create(self, request, organization_id):
        """Record a payment, for one document, for several, or on account.

        It posts cash against the contact's receivable or payable. What is more than is open is refused (422
        `payment_exceeds_open`) unless `allow_overpayment` keeps it as credit. Of a document in another currency it pays
        what it is worth at the rates of the day, or the `amount` that is given; what that differs from the carrying
        amount is posted as a realised gain or loss. An `amount` that costs more than twice what the rates say, or less
        than half, is refused (422 `allocation_mismatch`) unless `payment_amount` says so too.
        """
        fields = self.read(shapes.NewPaymentShape)
        payment = record_payment(actor=self.actor, organization=self.organization, new=new_payment(fields))
        return self._answer(payment, told_of(request.data, shapes.NewPaymentShape, payment), status=201)

    @extend_schema(responses=shapes.PaymentShape)
    def retrieve(self, request, organization_id, payment_id):
        """Show a payment, with what it was allocated to."""
        return self._answer(self._payment())

    @extend_schema(request=shapes.ChangedPaymentShape, responses=shapes.PaymentShape)
    def update(self, request, organization_id, payment_id):
        """Change what is said of a payment. Its figures are final: reverse it instead."""
        changes = dict(self.read(shapes.ChangedPaymentShape))
        payment = change_payment(
            actor=self.actor, organization=self.organization, payment=self._held(), changes=changes
        )
        shown = shapes.PaymentShape().fields
        return self._answer(payment, unread(request.data, shapes.ChangedPaymentShape, shown=shown))

    @extend_schema(request=shapes.AllocateShape, responses=shapes.PaymentShape)
    def allocate(self, request, organization_id, payment_id):
        """Allocate what is left of a payment to documents of its contact.

        Dated today unless told; never before the payment, the document, or the day from which on as much is open. Those
        in another currency at the rates of the day, unless `amount` and `payment_amount` say what is settled.
        """
        fields = self.read(shapes.AllocateShape)
        payment = allocate_payment(
            actor=self.actor,
            organization=self.organization,
            payment=self._held(),
            allocations=[Allocation(**one) for one in fields["allocations"]],
            date=fields.get("date"),
        )
        return self._answer(payment, unread(request.data, shapes.AllocateShape))

    @extend_schema(request=shapes.UnallocateShape, responses=shapes.PaymentShape)
    def unallocate(self, request, organization_id, payment_id):
        """Take a payment out of documents: they are open again, and it is the contact's credit.

        What was refunded of it is not there any more and stays.
        """
        fields = self.read(shapes.UnallocateShape)
        payment = unallocate_payment(actor=self.actor, organization=self.organization, payment=self._held(), **fields)
        return self._answer(payment, unread(request.data, shapes.UnallocateShape))

    @extend_schema(request=shapes.RefundShape, responses={201: shapes.PaymentShape})
    def refund(self, request, organization_id, payment_id):
        """Pay a payment back, in whole or in part; answers the refund, a payment in the other direction.

        What is not allocated is taken first; then documents are open again by what was refunded, the last paid first:
        those in another currency by what it had settled of them.
        """
        fields = self.read(shapes.RefundShape)
        names = {"refund_date": "date", "currency_rate": "rate", "payment_method": "method"}
        refund = refund_payment(
            actor=self.actor,
            organization=self.organization,
            payment=self._held(),
            **{names.get(name, name): value for name, value in fields.items()},
        )
        return self._answer(refund, told_of(request.data, shapes.RefundShape, refund), status=201)

    @extend_schema(request=shapes.PaymentReversalShape, responses=shapes.PaymentShape)
    def reverse(self, request, organization_id, payment_id):
        """Undo a payment that never was: a returned cheque, a wrong entry. Its documents are open again.

        From the day of the reversal on, which is today unless told: what is paid again is allocated no earlier.
        """
        fields = self.read(shapes.PaymentReversalShape)
        payment = reverse_payment(actor=self.actor, organization=self.organization, payment=self._held(), **fields)
        return self._answer(payment, unread(request.data, shapes.PaymentReversalShape))


class DocumentPaymentViewSet(TenantViewSet):
    """Payments of one document."""

    kind = ""
    open_to_scoped_keys = ("list",)
    list_fields = LIST_FIELDS
    sort_fields = ["payment_date", "amount", "created_at"]
    default_sort = "-payment_date"
    date_field = "payment_date"

    def _document(self) -> Document:
        number = self.read_id("document_id", PREFIXES[self.kind])
        found = Document.objects.of(self.organization).filter(kind=self.kind, pk=number).first()
        if found is None:
            raise NotFound()
        return found

    @extend_schema(responses=shapes.PaymentShape(many=True))
    def list(self, request, organization_id, document_id):
        """List the payments that are allocated to the document."""
        item = self._document().item
        rows = Settlement.objects.of(self.organization).filter(undone_on=None)
        rows = rows.filter(debit_item=item) | rows.filter(credit_item=item)
        numbers = {
            number for pair in rows.values_list("debit_item__object_id", "credit_item__object_id") for number in pair
        }
        found = payments_of(self.organization).filter(pk__in=numbers)
        return self.page(found, lambda page: payment_answers(page, self.organization))

    @extend_schema(request=shapes.DocumentPaymentShape, responses={201: shapes.PaymentShape})
    def create(self, request, organization_id, document_id):
        """Record a payment of the document, in whole or in part.

        More than is open is refused (422 `payment_exceeds_open`) unless `allow_overpayment` keeps it as credit; a paid
        document refuses (422 `document_already_paid`). A payment in another currency pays what it is worth at the
        rates of the day, or the `document_amount` that is given.
        """
        document = self._document()
        fields = self.read(shapes.DocumentPaymentShape)
        amount = fields.pop("document_amount", None)
        new = new_payment(fields)
        new.allocations = [Allocation(document.pk, amount, field="document_amount")]
        payment = record_payment(actor=self.actor, organization=self.organization, new=new)
        (answer,) = payment_answers([payment], self.organization)
        warnings = told_of(request.data, shapes.DocumentPaymentShape, payment)
        return Response(with_warnings(answer, warnings), status=201)


class InvoicePaymentViewSet(DocumentPaymentViewSet):
    """Payments of an invoice."""

    kind, resource = "invoice", "payments"


class BillPaymentViewSet(DocumentPaymentViewSet):
    """Payments of a bill."""

    kind, resource = "bill", "payments"
