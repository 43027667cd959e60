from django.contrib.postgres.fields import ArrayField
from django.db import models

from ledger.accounts.models import Account
from organizations.fields import IdField, TenantQuerySet, TenantRecord, pairs, tenant_reference

STATUSES = ("suggested", "accepted", "undone")
ORIGINS = ("manual", "automatic", "rule", "created", "transfer", "document")


def match_statuses():
    return pairs(STATUSES)


def match_origins():
    return pairs(ORIGINS)


class Match(TenantRecord):
    """Lines of the bank and entries of the books that are the same money: suggested, accepted, or undone.

    Accepted, the lines' amounts add up to the entries' exactly (``match_ties``), and an entry is in
    one match only (``match_entry_once``). ``score`` and ``margin`` are thousandths; ``features`` say what
    made the score, ``runner_up`` what came next. ``transaction_id`` is what was posted for it: the
    created transaction, or the fee that the bank kept.

    With ``document_ids`` (public ids) it is the payment of these documents, in this order: booked as
    ``payment_id`` when the match is accepted.
    """

    id = IdField(prefix="MAT")
    account = tenant_reference(Account)
    status = models.CharField(max_length=9, default="suggested", choices=match_statuses)
    origin = models.CharField(max_length=9, choices=match_origins)
    line_ids = ArrayField(models.BigIntegerField())
    entry_ids = ArrayField(models.BigIntegerField())
    document_ids = ArrayField(models.CharField(max_length=20), default=list, db_default=[])
    payment_id = models.BigIntegerField(null=True)
    fee = models.DecimalField(max_digits=28, decimal_places=8, default=0)
    score = models.IntegerField(null=True)
    margin = models.IntegerField(null=True)
    features = models.JSONField(default=dict)
    runner_up = models.JSONField(null=True)
    reason = models.TextField(blank=True)
    scoring_version = models.IntegerField(null=True)
    rule_id = models.BigIntegerField(null=True)
    rule_version = models.IntegerField(null=True)
    transaction_id = models.BigIntegerField(null=True)
    accepted_at = models.DateTimeField(null=True, editable=False)
    undone_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        indexes = [models.Index(fields=["organization", "account", "status", "id"], name="match_by_account")]
        verbose_name_plural = "matches"

    def __str__(self):
        return f"{self.status} {self.public_id}"


class MatchedEntry(models.Model):
    """An entry in an accepted match. Posted entries do not change: that one is matched stands here."""

    id = IdField()
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    match = tenant_reference(Match, related_name="matched")
    entry_id = models.BigIntegerField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "entry_id"], name="match_entry_once")]
        indexes = [models.Index(fields=["organization", "match"], name="matched_by_match")]

    def __str__(self):
        return f"{self.match_id}: {self.entry_id}"
