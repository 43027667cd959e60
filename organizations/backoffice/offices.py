"""Whose books a page of the back office shows: the organization chosen in the header.

The choice is kept in the session and believed by nobody: every request opens it again
through the memberships, exactly as the API does, and binds row-level security to it.
"""

import datetime
from dataclasses import dataclass

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, Func, Q, QuerySet
from django.http import HttpRequest

from organizations import clock
from organizations.actors import Actor
from organizations.requests.addresses import client_address
from organizations.requests.opening import Opening, open_by_user
from organizations.roles import ROLES
from organizations.tenants.models import Organization

CHOSEN = "organization"
#: What is written while the organization is archived: its leaving. Its restoring asks for itself.
WHILE_ARCHIVED = ("exports", "deletion")


class _ActorIds(Func):
    """The organizations that the asking user is a member of, as the request was opened."""

    function = "crane_actor_ids"
    output_field = ArrayField(BigIntegerField())


class _IsSuperuser(Func):
    function = "crane_is_superuser"
    output_field = BooleanField()


@dataclass(frozen=True, slots=True)
class Office:
    """Who is at work, and in which organization; ``organization`` is None where the user has none."""

    actor: Actor
    organization: Organization | None

    def may(self, action: str, resource: str, *, resting: bool = False) -> bool:
        """Whether the user's role in the chosen organization allows ``action`` on ``resource``.

        Where writes wait for approval, only who may approve makes them here; others stage them. ``resting`` asks for
        what is done while the organization is archived, too.
        """
        if self.organization is None or not self.actor.may(action, resource):
            return False
        resting = resting or action == "read" or resource in WHILE_ARCHIVED
        if self.organization.status == "archived" and not resting:
            return False
        waits = action in ("write", "delete") and resource != "drafts" and self.organization.require_draft_approval
        return not waits or self.actor.may("approve", resource)

    @property
    def role(self) -> str:
        """The name of the role whose permissions are in force."""
        return next((name for name, granted in ROLES.items() if granted == self.actor.permissions), "")

    @property
    def base(self) -> str:
        """The code of the base currency."""
        return self.organization.base_currency_id

    @property
    def today(self) -> datetime.date:
        """The business date in the organization."""
        return clock.today(self.organization.time_zone)


def reachable() -> QuerySet[Organization]:
    """Organizations whose books the opened user may enter: those of their memberships and what those own.

    A superuser may enter all. Linked children are overseen, not entered.
    """
    return Organization.objects.filter(Q(_IsSuperuser()) | Q(owner_ids__overlap=_ActorIds()))


def open_office(request: HttpRequest) -> Office:
    """Open the chosen organization for this database transaction; the first that is in reach if none was chosen."""
    chosen = request.session.get(CHOSEN)
    opened = _open(request, chosen)
    if opened.organization is None or opened.oversight:
        if opened.oversight:
            opened = _open(request, None)
        first = reachable().order_by("status", "id").first()
        if first is not None:
            opened = _open(request, first.pk)
    number = opened.organization and opened.organization.pk
    if chosen != number:
        request.session[CHOSEN] = number
    return Office(actor=opened.actor, organization=opened.organization)


def _open(request: HttpRequest, number: int | None) -> Opening:
    return open_by_user(
        request.user, number, ip_address=client_address(request), request_id=getattr(request, "request_id", None)
    )
