from django.contrib.postgres.fields import ArrayField
from django.db import models

from organizations.currencies.models import Currency
from organizations.fields import IdField, Record, pairs

MODES = ("live", "test")
RELATIONSHIP_TYPES = ("owned", "linked")
BILLING_TYPES = ("shared", "separate")
STATUSES = ("active", "archived")
TAX_ROUNDINGS = ("line", "document")
OLDEST_RATE = 366  # days; an exchange rate may be asked to be no fresher than that


def modes():
    return pairs(MODES)


def relationship_types():
    return pairs(RELATIONSHIP_TYPES)


def billing_types():
    return pairs(BILLING_TYPES)


def statuses():
    return pairs(STATUSES)


def tax_roundings():
    return pairs(TAX_ROUNDINGS)


class Organization(Record):
    """One set of books, and its place in a tree of organizations.

    A child is ``owned`` (consolidated: the parent reaches it fully) or ``linked``
    (isolated: the parent oversees its record, keys and totals, never its books).
    ``owner_ids`` and ``overseer_ids`` are that rule worked out once, by the database
    when the row is inserted: who reaches this organization fully, and who oversees it.
    ``exchange_rate_max_age_days`` is how old a known exchange rate may be on the day that it is used for.
    ``cors_origins`` are the web pages that may call the API from browsers.
    ``soft_locked_through`` is the latest day that any area is locked through: after it, nobody has to look.
    """

    id = IdField(prefix="ORG")
    name = models.CharField(max_length=200)
    domain = models.CharField(max_length=253, blank=True)
    tax_number = models.CharField(max_length=50, blank=True)
    mode = models.CharField(max_length=4, default="live", choices=modes)
    base_currency = models.ForeignKey(Currency, on_delete=models.PROTECT, related_name="+", db_index=False)
    fiscal_year_start = models.SmallIntegerField("first month of the fiscal year", default=1)
    time_zone = models.CharField(max_length=64, default="UTC")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children", editable=False
    )
    relationship_type = models.CharField(max_length=6, null=True, blank=True, choices=relationship_types)
    billing_type = models.CharField(max_length=8, default="separate", choices=billing_types)
    ownership_percentage = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    #: From which day on how much of it belongs to the parent: ``[{"effective_date", "percentage"}]``, by day.
    ownership = models.JSONField(default=list, db_default=models.Value([], models.JSONField()), blank=True)
    owner_ids = ArrayField(models.BigIntegerField(), default=list, editable=False)
    overseer_ids = ArrayField(models.BigIntegerField(), default=list, editable=False)
    books_closed_through = models.DateField(null=True, blank=True)
    soft_locked_through = models.DateField(null=True, editable=False)
    require_draft_approval = models.BooleanField(default=False)
    strict_account_codes = models.BooleanField(default=False)
    tax_rounding = models.CharField(max_length=8, default="line", db_default="line", choices=tax_roundings)
    require_contact_on_control_accounts = models.BooleanField(default=False, db_default=False)
    exchange_rate_max_age_days = models.SmallIntegerField("exchange rates serve for days", default=7, db_default=7)
    cors_origins = ArrayField(models.CharField(max_length=300), default=list, db_default=[], blank=True)
    status = models.CharField(max_length=8, default="active", choices=statuses)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self):
        return self.name

    @property
    def is_root(self) -> bool:
        return self.parent_id is None
