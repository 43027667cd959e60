from django.db import models

from organizations.currencies.models import Currency
from organizations.fields import IdField, TenantRecord, pairs, tenant_reference

TYPES = ("customer", "vendor", "employee", "other")


def contact_types():
    return pairs(TYPES)


class Contact(TenantRecord):
    """Somebody we deal with: who buys, who sells, who works here.

    What is left empty (currency, terms, language, accounts) follows from the organization. Merging does not rewrite
    what was posted: the merged contact points to the one that stays (``merged_into``), and whoever asks for a
    contact's documents or balance means the whole family.
    """

    id = IdField(prefix="CON")
    name = models.CharField(max_length=200)
    contact_type = models.CharField(max_length=8, default="customer", choices=contact_types)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=50, blank=True)
    website = models.CharField(max_length=200, blank=True)
    tax_number = models.CharField(max_length=50, blank=True)
    bank_account = models.CharField(max_length=100, blank=True)
    reference = models.CharField(max_length=100, blank=True)
    address = models.TextField(blank=True)
    city = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=100, blank=True)
    zip_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, blank=True)
    language = models.CharField(max_length=20, blank=True)
    currency = models.ForeignKey(
        Currency, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    payment_terms_days = models.SmallIntegerField(null=True, blank=True)
    receivable_account = tenant_reference("ledger.Account", null=True, blank=True)
    payable_account = tenant_reference("ledger.Account", null=True, blank=True)
    revenue_account = tenant_reference("ledger.Account", null=True, blank=True)
    expense_account = tenant_reference("ledger.Account", null=True, blank=True)
    enabled = models.BooleanField(default=True)
    merged_into = tenant_reference("self", null=True, blank=True, related_name="merged")

    class Meta:
        indexes = [
            models.Index(fields=["organization", "name", "id"], name="contact_by_name"),
            models.Index(
                fields=["organization", "merged_into"],
                condition=models.Q(merged_into__isnull=False),
                name="contact_by_survivor",
            ),
        ]

    def __str__(self):
        return self.name
