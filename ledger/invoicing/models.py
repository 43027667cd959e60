from django.db import models

from ledger.openitems.models import OpenItem
from organizations import ids
from organizations.currencies.models import Currency
from organizations.fields import IdField, TenantQuerySet, TenantRecord, tenant_reference

#: Kind → the prefix of its id. Sales first; a credit note and a vendor credit take back what the other two say.
PREFIXES = {"invoice": "INV", "credit_note": "CRN", "bill": "BIL", "vendor_credit": "VCR"}
SALES = frozenset({"invoice", "credit_note"})
CREDITS = frozenset({"credit_note", "vendor_credit"})
STATUSES = ("draft", "issued", "cancelled")


class Document(TenantRecord):
    """An invoice, a bill, or the credit to one.

    A draft is a document of work: everything of it may change. Issuing gives it its number and posts it, and from
    then on nothing of it changes but what happens to it: when it was sent and seen, how much of it was credited,
    whether that cancelled it. What is still to be paid is its open item's ``open_amount``. Amounts are positive, in
    the document's currency; ``base_total`` is the total in base currency, by ``currency_rate`` on the day of issue.
    ``lines`` are as computed: each with its ``amount`` (net) and its taxes.
    """

    id = IdField(prefix="INV")
    kind = models.CharField(max_length=13)
    status = models.CharField(max_length=9, default="draft")
    number = models.CharField(max_length=60, blank=True)
    series = models.CharField(max_length=20, null=True, blank=True)
    series_year = models.SmallIntegerField(null=True, blank=True)
    series_no = models.IntegerField(null=True, blank=True)
    order_number = models.CharField(max_length=100, blank=True)
    contact = tenant_reference("ledger.Contact")
    account = tenant_reference("ledger.Account", null=True, blank=True)
    currency = models.ForeignKey(
        Currency, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    currency_rate = models.DecimalField(max_digits=30, decimal_places=18, null=True, blank=True)
    date = models.DateField(null=True, blank=True)
    due_date = models.DateField(null=True, blank=True)
    tax_rounding = models.CharField(max_length=8, default="line")
    lines = models.JSONField(default=list)
    subtotal = models.DecimalField(max_digits=28, decimal_places=8, default=0)
    tax_amount = models.DecimalField(max_digits=28, decimal_places=8, default=0)
    total = models.DecimalField(max_digits=28, decimal_places=8, default=0)
    base_total = models.DecimalField(max_digits=28, decimal_places=8, null=True, blank=True)
    credited = models.DecimalField(max_digits=28, decimal_places=8, default=0)
    notes = models.TextField(blank=True)
    footer = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    original = tenant_reference("self", null=True, blank=True)
    transaction = tenant_reference("ledger.Transaction", null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    viewed_at = models.DateTimeField(null=True, blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "series", "series_year", "series_no"],
                condition=models.Q(series_no__isnull=False),
                name="document_number_once",
            ),
            models.UniqueConstraint(
                fields=["organization", "kind", "number"],
                condition=~models.Q(number="") & models.Q(kind__in=["invoice", "credit_note"]),
                name="document_name_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "kind", "date", "id"], name="document_by_date"),
            models.Index(fields=["organization", "kind", "status", "id"], name="document_by_status"),
            models.Index(fields=["organization", "contact", "date", "id"], name="document_by_contact"),
            models.Index(fields=["organization", "kind", "number", "id"], name="document_by_number"),
            models.Index(
                fields=["organization", "original", "id"],
                condition=models.Q(original__isnull=False),
                name="document_by_original",
            ),
        ]

    def __str__(self):
        return self.number or f"draft {self.kind.replace('_', ' ')}"

    @property
    def public_id(self) -> str:
        return ids.encode(PREFIXES[self.kind], self.pk)

    @property
    def is_sale(self) -> bool:
        return self.kind in SALES

    @property
    def is_credit(self) -> bool:
        return self.kind in CREDITS

    @property
    def sign(self) -> int:
        """Which side of the control account its total stands on: +1 a claim, -1 a debt."""
        return 1 if self.is_sale != self.is_credit else -1

    @property
    def item(self) -> OpenItem | None:
        """Its open item, once issued."""
        return OpenItem.objects.of(self.organization_id).filter(object_id=self.pk).first()


class DocumentTax(models.Model):
    """What a document says of one tax, written when it is issued; final.

    ``base`` and ``amount`` are in the document's currency, ``posted`` is the signed base-currency amount on the
    tax account (debit positive; zero-rated and exempt taxes post nothing), which the account's entries of that
    transaction add up to. Reverse charge has two rows: what is owed and what is claimed back.
    """

    id = IdField(prefix="")
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    document = tenant_reference(Document, related_name="taxes")
    tax = tenant_reference("ledger.Tax")
    account = tenant_reference("ledger.Account", null=True)
    date = models.DateField()
    name = models.CharField(max_length=100)
    rate = models.DecimalField(max_digits=12, decimal_places=6)
    treatment = models.CharField(max_length=14)
    is_input = models.BooleanField()
    base = models.DecimalField(max_digits=28, decimal_places=8)
    amount = models.DecimalField(max_digits=28, decimal_places=8)
    base_in_base = models.DecimalField(max_digits=28, decimal_places=8)
    posted = models.DecimalField(max_digits=28, decimal_places=8)

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organization", "document", "id"], name="document_tax_by_document"),
            models.Index(fields=["organization", "tax", "date", "id"], name="document_tax_by_tax"),
        ]


class DocumentSeries(models.Model):
    """The last number given in a series and year. Its row is taken last, and held until the commit: no gaps."""

    pk = models.CompositePrimaryKey("organization_id", "series", "year")
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    series = models.CharField(max_length=20)
    year = models.SmallIntegerField()
    last_no = models.IntegerField()

    objects = TenantQuerySet.as_manager()


class OfKind(models.Manager.from_queryset(TenantQuerySet)):
    """Documents of one kind only."""

    def get_queryset(self):
        return super().get_queryset().filter(kind=self.model.document_kind)


class Invoice(Document):
    """The invoices among the documents, for the back office."""

    document_kind = "invoice"
    objects = OfKind()

    class Meta:
        proxy = True


class Bill(Document):
    """The bills among the documents."""

    document_kind = "bill"
    objects = OfKind()

    class Meta:
        proxy = True


class CreditNote(Document):
    """The credit notes among the documents."""

    document_kind = "credit_note"
    objects = OfKind()

    class Meta:
        proxy = True


class VendorCredit(Document):
    """The vendor credits among the documents."""

    document_kind = "vendor_credit"
    objects = OfKind()

    class Meta:
        proxy = True


class Overdue(models.Model):
    """That a document is overdue was told; once for each."""

    id = IdField()
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    document = tenant_reference(Document)
    due_date = models.DateField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "document"], name="overdue_told_once")]

    def __str__(self):
        return f"{self.document_id} since {self.due_date}"
