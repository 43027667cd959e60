import datetime

from django.conf import settings
from django.db import models

from organizations import clock
from organizations.fields import IdField, TenantQuerySet, TenantRecord
from organizations.members.models import roles

#: How long the link of a letter is good.
GOOD_FOR = datetime.timedelta(days=7)
STATUSES = ("pending", "expired", "accepted", "revoked")


class InvitationQuerySet(TenantQuerySet):
    """Invitations, also by what became of them."""

    def judged(self) -> "InvitationQuerySet":
        """Each with its status now as ``state``: what ``Invitation.status`` says, in SQL."""
        states = {"accepted": {"accepted_at__isnull": False}, "revoked": {"revoked_at__isnull": False}}
        states["pending"] = {"expires_at__gt": clock.now()}
        cases = [models.When(**condition, then=models.Value(state)) for state, condition in states.items()]
        return self.annotate(state=models.Case(*cases, default=models.Value("expired")))


class Invitation(TenantRecord):
    """An offer to somebody to become a member, by the link of a letter.

    ``round`` counts the links: with another one the ones before are no longer good. The link itself is kept nowhere.
    ``user`` is who accepted.
    """

    id = IdField(prefix="IVT")
    email = models.EmailField("e-mail")
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=10, choices=roles)
    round = models.IntegerField(default=0)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="invitation_once",
            )
        ]

    def __str__(self):
        return f"{self.email} as {self.role}"

    @property
    def ended(self) -> bool:
        """Whether it was accepted or taken back. One that is only too old can be sent again."""
        return self.accepted_at is not None or self.revoked_at is not None

    @property
    def status(self) -> str:
        """One of STATUSES, now."""
        if self.ended:
            return "accepted" if self.accepted_at else "revoked"
        return "pending" if self.expires_at > clock.now() else "expired"
