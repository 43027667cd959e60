from django.conf import settings
from django.db import models

from organizations.fields import IdField, TenantRecord, pairs
from organizations.roles import ROLES


def roles():
    return pairs(ROLES)


class Membership(TenantRecord):
    """A user's role in an organization; it reaches that organization's owned descendants too."""

    id = IdField(prefix="MEM")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=10, choices=roles)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "user"], name="membership_once"),
        ]

    def __str__(self):
        return f"{self.user} is {self.role}"
