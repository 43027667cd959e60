"""What documents look like on the wire. What a client sends is read by ``reading``, whose rules these describe."""

from functools import cache

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from ledger.accounts.shapes import WarningShape
from ledger.invoicing.reading import LONGEST, MOST_LINES
from ledger.invoicing.states import SHOWN
from organizations.wire import batches
from organizations.wire.shapes import CurrencyCode, Day, Flag, MetadataMap, Number, PublicId, Text


class LineTaxShape(serializers.Serializer):
    tax_id = PublicId("TAX")
    base = Number(help_text="What the tax is counted on.")
    amount = Number()


class LineShape(serializers.Serializer):
    """A line of a document, as worked out."""

    line_no = serializers.IntegerField()
    description = serializers.CharField()
    quantity = Number()
    unit_price = Number()
    discount_percent = Number()
    account_id = PublicId("ACT")
    item_id = PublicId("ITM", allow_null=True)
    tax_ids = serializers.ListField(child=PublicId("TAX"))
    amount = Number(help_text="Net, after discount and without tax.")
    tax_amount = Number(help_text="What of tax is charged on top.")
    total = Number()
    taxes = LineTaxShape(many=True)
    metadata = MetadataMap()


class AllocationShape(serializers.Serializer):
    """A payment that was allocated to the document."""

    object = serializers.CharField()
    payment_id = PublicId("PAY")
    settlement_id = PublicId("STL")
    amount = Number(help_text="In the document's currency.")
    date = serializers.DateField()
    realised = Number(help_text="Exchange gain (a loss is negative), in base currency.")


class SettledShape(serializers.Serializer):
    """A credit that was set off against the document, or the other way round."""

    object = serializers.CharField()
    id = PublicId("STL")
    kind = serializers.CharField()
    counterpart_id = serializers.CharField()
    amount = Number()
    counterpart_amount = Number()
    date = serializers.DateField()
    realised = Number()


class DocumentFieldsShape(serializers.Serializer):
    """What every document shows."""

    object = serializers.CharField()
    id = serializers.CharField()
    organization_id = PublicId("ORG")
    order_number = serializers.CharField()
    contact_id = PublicId("CON")
    currency_id = serializers.CharField()
    currency_rate = Number(allow_null=True, help_text="Base currency for one unit, on the day of issue.")
    due_at = serializers.DateField(allow_null=True)
    items = LineShape(many=True)
    tax_rounding = serializers.ChoiceField(["line", "document"])
    taxes = LineTaxShape(many=True, help_text="Each tax once.")
    subtotal = Number()
    tax_amount = Number()
    total = Number()
    base_total = Number(allow_null=True, help_text="In base currency, once issued.")
    amount_paid = Number()
    amount_credited = Number()
    amount_due = Number(help_text="What is still open.")
    is_overdue = serializers.BooleanField()
    payments = AllocationShape(many=True)
    credits = SettledShape(many=True)
    notes = serializers.CharField()
    footer = serializers.CharField()
    reason = serializers.CharField()
    original_id = serializers.CharField(allow_null=True, help_text="What a credit was given for.")
    account_id = PublicId("ACT", allow_null=True, help_text="The control account, once issued.")
    transaction_id = PublicId("TXN", allow_null=True)
    sent_at = serializers.DateTimeField(allow_null=True)
    viewed_at = serializers.DateTimeField(allow_null=True)
    pdf_url = serializers.CharField()
    warnings = WarningShape(many=True)
    version = serializers.IntegerField()
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class InvoiceShape(DocumentFieldsShape):
    """An invoice. `sent` is issued; `overdue` goes before `partial`."""

    invoice_number = serializers.CharField(allow_null=True)
    issued_at = serializers.DateField(allow_null=True)
    status = serializers.ChoiceField(SHOWN["invoice"])


class BillShape(DocumentFieldsShape):
    """A bill of a vendor."""

    bill_number = serializers.CharField(allow_null=True)
    billed_at = serializers.DateField(allow_null=True)
    status = serializers.ChoiceField(SHOWN["bill"])


class CreditNoteShape(DocumentFieldsShape):
    """A credit to a customer."""

    credit_note_number = serializers.CharField(allow_null=True)
    issued_at = serializers.DateField(allow_null=True)
    status = serializers.ChoiceField(SHOWN["credit_note"])


class VendorCreditShape(DocumentFieldsShape):
    """A credit from a vendor."""

    vendor_credit_number = serializers.CharField(allow_null=True)
    billed_at = serializers.DateField(allow_null=True)
    status = serializers.ChoiceField(SHOWN["vendor_credit"])


class NewLineShape(serializers.Serializer):
    description = Text(required=False, allow_blank=True, max_length=LONGEST["description"])
    quantity = Number(required=False, help_text="1 unless given; up to 8 decimals.")
    unit_price = Number(
        required=False, allow_null=True, help_text="The item's unless given; may be negative; up to 8 decimals."
    )
    discount_percent = Number(required=False)
    account_id = PublicId(
        "ACT",
        required=False,
        allow_null=True,
        help_text="The item's, the contact's, or on sales the account with the role `sales`, unless given.",
    )
    item_id = PublicId("ITM", required=False, allow_null=True)
    tax_ids = serializers.ListField(
        child=PublicId("TAX"), required=False, allow_null=True, help_text="The item's unless given."
    )
    metadata = MetadataMap(required=False)


class NewDocumentFields(serializers.Serializer):
    contact_id = PublicId("CON")
    currency_id = CurrencyCode(required=False, allow_null=True, help_text="The contact's, or the base currency.")
    currency_rate = Number(
        required=False, allow_null=True, help_text="The organization's rate of the day unless given."
    )
    order_number = Text(required=False, allow_blank=True, max_length=LONGEST["order_number"])
    due_at = Day(required=False, allow_null=True, help_text="After the contact's terms of payment unless given.")
    items = NewLineShape(many=True, required=False, help_text=f"At most {MOST_LINES}.")
    notes = Text(required=False, allow_null=True, allow_blank=True, max_length=LONGEST["notes"])
    footer = Text(required=False, allow_null=True, allow_blank=True, max_length=LONGEST["footer"])
    metadata = MetadataMap(required=False)
    issue = Flag(required=False, help_text="Issue it at once.")


OWN_NUMBER = (
    "Given by the series unless it comes from another system; then it is outside the series, which passes over it."
)
EXAMPLE_ITEMS = [{"description": "Espresso machine, service", "quantity": 2, "unit_price": "80.00"}]


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Two hours of service, issued at once",
            request_only=True,
            value={"contact_id": "CON_1000000000000001", "due_at": "2024-02-14", "items": EXAMPLE_ITEMS, "issue": True},
        )
    ]
)
class NewInvoiceShape(NewDocumentFields):
    invoice_number = Text(required=False, allow_null=True, allow_blank=True, max_length=60, help_text=OWN_NUMBER)
    issued_at = Day(required=False, allow_null=True, help_text="The day of issue unless given.")


class NewCreditNoteShape(NewDocumentFields):
    credit_note_number = Text(required=False, allow_null=True, allow_blank=True, max_length=60, help_text=OWN_NUMBER)
    issued_at = Day(required=False, allow_null=True)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A vendor's bill",
            request_only=True,
            value={
                "contact_id": "CON_1000000000000002",
                "bill_number": "R-4711",
                "billed_at": "2024-01-15",
                "items": [
                    {"description": "Beans", "quantity": 20, "unit_price": "9.50", "account_id": "ACT_1000000000000003"}
                ],
            },
        )
    ]
)
class NewBillShape(NewDocumentFields):
    bill_number = Text(required=False, allow_null=True, allow_blank=True, max_length=60, help_text="The vendor's.")
    billed_at = Day(required=False, allow_null=True)


class NewVendorCreditShape(NewDocumentFields):
    vendor_credit_number = Text(required=False, allow_null=True, allow_blank=True, max_length=60)
    billed_at = Day(required=False, allow_null=True)


class SendShape(serializers.Serializer):
    """An e-mail with the document."""

    to = serializers.ListField(
        child=Text(max_length=254), required=False, max_length=20, help_text="The contact's address unless given."
    )
    subject = Text(required=False, max_length=250)
    message = Text(required=False, max_length=10_000)


class CancelShape(serializers.Serializer):
    reason = Text(required=False, allow_blank=True, max_length=2000)
    date = Day(required=False, help_text="Of the credit; today unless given.")


@extend_schema_serializer(
    examples=[OpenApiExample("Half of it", request_only=True, value={"amount": "60.00", "reason": "Arrived broken"})]
)
class CreditShape(CancelShape):
    """All that is left, unless an amount or lines are named."""

    amount = Number(required=False, help_text="Tax included; taken from all lines in proportion.")
    items = NewLineShape(many=True, required=False)
    account_id = PublicId(
        "ACT", required=False, allow_null=True, help_text="Instead of the lines' own accounts, for example bad debts."
    )


class AppliedShape(serializers.Serializer):
    """What of a credit is for one document."""

    amount = Number(
        required=False, allow_null=True, help_text="In the credit's currency; as much as possible unless given."
    )


class AppliedToInvoiceShape(AppliedShape):
    document_id = PublicId("INV")


class AppliedToBillShape(AppliedShape):
    document_id = PublicId("BIL")


class ApplyShape(serializers.Serializer):
    date = Day(required=False, help_text="Today unless given, and when both sides are there; never later.")


class ApplyCreditNoteShape(ApplyShape):
    allocations = AppliedToInvoiceShape(many=True, min_length=1)


class ApplyVendorCreditShape(ApplyShape):
    allocations = AppliedToBillShape(many=True, min_length=1)


class TakeOutShape(serializers.Serializer):
    date = Day(
        required=False, help_text="Today unless given; never later, and never before what is undone (it moves to it)."
    )
    reason = Text(required=False, allow_blank=True, max_length=2000)


class TakeOutCreditNoteShape(TakeOutShape):
    document_ids = serializers.ListField(
        child=PublicId("INV"), required=False, min_length=1, max_length=100, help_text="All of them unless given."
    )


class TakeOutVendorCreditShape(TakeOutShape):
    document_ids = serializers.ListField(
        child=PublicId("BIL"), required=False, min_length=1, max_length=100, help_text="All of them unless given."
    )


@cache
def batch_of(name: str, item: type[serializers.Serializer]) -> type[serializers.Serializer]:
    """The body of a batch that creates documents of a kind."""
    noun = item.__name__.removeprefix("New").removesuffix("Shape")
    with_reference = type(f"{noun}ItemShape", (item,), {"client_ref": batches.Reference()})
    fields = {
        name: with_reference(many=True, help_text=batches.HOW_MANY),
        "issue": Flag(required=False, help_text="For the items that do not say."),
    }
    return type(f"{noun}BatchShape", (batches.BatchFields,), fields)


@cache
def issue_batch_of(name: str, prefix: str) -> type[serializers.Serializer]:
    """The body of a batch that issues drafts of a kind."""
    wanted = {"type": "string", "pattern": f"^{prefix}_[0-9a-fA-F]{{16}}$"}
    noun = name.removesuffix("_ids").title()
    field = extend_schema_field(wanted)(type(f"Wanted{noun}", (serializers.Field,), {}))
    fields = {name: serializers.ListField(child=field(), help_text=batches.HOW_MANY)}
    return type(f"Issue{noun}BatchShape", (batches.BatchFields,), fields)


@cache
def batch_answer_of(kind: str, shape: type[serializers.Serializer]) -> type[serializers.Serializer]:
    """The answer of a batch of documents of a kind."""
    noun = shape.__name__.removesuffix("Shape")
    result = type(f"{noun}ResultShape", (batches.ResultShape,), {kind: shape(required=False)})
    return type(f"{noun}sBatchShape", (batches.BatchShape,), {"results": result(many=True)})
