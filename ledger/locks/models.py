from django.conf import settings
from django.db import models

from ledger.locks.areas import AREAS
from organizations.fields import IdField, TenantRecord, pairs, tenant_reference


def areas():
    return pairs(AREAS)


class LockDate(TenantRecord):
    """The soft lock of one area: nothing of it is posted on or before ``locked_through``.

    Unlike ``books_closed_through``, which holds for everybody, it can be lifted for one
    user or API key for a while.
    """

    id = IdField(prefix="LCK")
    area = models.CharField(max_length=9, choices=areas)
    locked_through = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "area"], name="lock_date_once")]

    def __str__(self):
        return f"{self.area} through {self.locked_through}"


class LockLift(TenantRecord):
    """One user's or one API key's leave to post into a locked area, with a reason and an end.

    It gives no permission by itself and never passes the hard lock. It is over when it is
    ended or expires, and cannot be revived.
    """

    id = IdField(prefix="LFT")
    area = models.CharField(max_length=9, choices=areas)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    api_key = tenant_reference("organizations.ApiKey", null=True)
    reason = models.TextField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "lift of a lock"
        verbose_name_plural = "lifts of locks"
        indexes = [models.Index(fields=["organization", "area", "expires_at"], name="lock_lift_by_area")]

    def __str__(self):
        return f"Lift of the {self.area} lock"


class LiftUse(TenantRecord):
    """A transaction that was posted into a locked period, and the lift that let it pass. Written by the database."""

    id = IdField(prefix="LFU")
    lift = tenant_reference(LockLift, related_name="uses")
    transaction_id = models.BigIntegerField()
    locked_through = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "transaction_id"], name="lift_use_once")]
        indexes = [models.Index(fields=["organization", "lift", "id"], name="lift_use_by_lift")]

    def __str__(self):
        return f"{self.lift_id} {self.transaction_id}"
