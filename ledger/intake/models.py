from django.db import models
from django.db.models.functions import Now

from organizations import ids
from organizations.fields import ExactDecoder, IdField, SealedField, TenantQuerySet, TenantRecord, tenant_reference

PROVIDERS = ("stripe", "square")
#: ``waiting``: what it belongs to has not come yet.
STATUSES = ("received", "booked", "waiting", "ignored", "failed")


class Connection(TenantRecord):
    """A payment provider or a till that tells us what happened, and where it is booked.

    The secret that its messages are signed with is kept sealed. Accounts that are not named are found by their roles.
    """

    id = IdField(prefix="CNX")
    provider = models.CharField(max_length=20)
    secret = SealedField()
    enabled = models.BooleanField(default=True)
    clearing_account = tenant_reference("ledger.Account", null=True)
    bank_account = tenant_reference("ledger.Account", null=True)
    fee_account = tenant_reference("ledger.Account", null=True)
    sales_account = tenant_reference("ledger.Account", null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "provider"], name="connection_once")]

    def __str__(self):
        return self.provider


class InboxEvent(models.Model):
    """A message of a provider, kept as it came; its id there is taken once (``inbox_event_once``).

    It is committed together with what it booked. ``reference`` is what it is about (a payment), ``kind`` and ``amount``
    what was booked of that.
    """

    id = IdField(prefix="INB")
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=255)
    event_type = models.CharField(max_length=100)
    payload = models.JSONField(decoder=ExactDecoder)
    status = models.CharField(max_length=8, default="received")
    reason = models.CharField(max_length=500, blank=True)
    error_code = models.CharField(max_length=60, blank=True, db_default="")
    kind = models.CharField(max_length=10, blank=True)
    reference = models.CharField(max_length=255, blank=True)
    amount = models.DecimalField(max_digits=28, decimal_places=8, null=True)
    transaction = tenant_reference("ledger.Transaction", null=True)
    payment = tenant_reference("ledger.Payment", null=True)
    attempts = models.IntegerField(default=1)
    received_at = models.DateTimeField(db_default=Now(), editable=False)
    booked_at = models.DateTimeField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "provider", "event_id"], name="inbox_event_once")
        ]
        indexes = [
            models.Index(fields=["organization", "provider", "reference", "id"], name="inbox_by_reference"),
            models.Index(fields=["organization", "status", "id"], name="inbox_by_status"),
        ]

    def __str__(self):
        return f"{self.provider} {self.event_type}"

    @property
    def public_id(self) -> str:
        return ids.encode("INB", self.pk)
