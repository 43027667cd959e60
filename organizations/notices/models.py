from django.contrib.postgres.fields import ArrayField
from django.db import models

from organizations import ids
from organizations.fields import IdField, TenantRecord
from organizations.members.models import Membership

DELIVERIES = ("off", "at_once", "daily")


class NoticeSettings(TenantRecord):
    """What a member is written to about.

    ``delivery`` says when: as it happens, once a day together, or not at all. ``includes_owned``: also of the
    organizations that this one owns. ``through_xid`` is how far it was told, as a number of database transactions;
    ``since`` from where on what was chosen after that (a kind, or ``includes_owned``); ``digest_on`` the day of the
    last daily letter.
    """

    id = IdField()
    membership = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    delivery = models.CharField(max_length=7, default="off")
    kinds = ArrayField(models.CharField(max_length=40), default=list)
    includes_owned = models.BooleanField(default=False)
    through_xid = models.BigIntegerField()
    since = models.JSONField(default=dict, db_default={})
    digest_on = models.DateField(null=True)

    class Meta:
        verbose_name_plural = "notice settings"
        constraints = [models.UniqueConstraint(fields=["organization", "membership"], name="notices_once")]

    @property
    def public_id(self) -> str:
        """The membership's: settings are known by whose they are."""
        return ids.encode("MEM", self.membership_id)

    def __str__(self):
        return f"{self.delivery}: {', '.join(self.kinds)}"
