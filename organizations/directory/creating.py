"""Making organizations: a master by sign-up, a child below a parent.

What a new set of books begins with (a chart of accounts) is another app's business: see
``furnishing``. ``wishes`` are the fields of the request that ask for it.
"""

from dataclasses import dataclass

from django.db import connection, transaction

from organizations import scoping
from organizations.actors import ALL_ACTIONS, Actor
from organizations.currencies.models import Currency
from organizations.directory.furnishing import furnish
from organizations.directory.terms import RUNNING, role_at
from organizations.errors import Invalid, OrganizationArchived, OrganizationParentMismatch
from organizations.events.recording import event, record
from organizations.keys.minting import create_key
from organizations.keys.models import ApiKey
from organizations.members.models import Membership
from organizations.metering.crediting import begin_credits
from organizations.tenants.answers import organization_answer
from organizations.tenants.models import Organization
from organizations.users.models import User
from organizations.users.owning import account_of, take_back

CREATED = event("organization.created")

FULL = list(ALL_ACTIONS)
NOT_TAKEN = {
    "code": "password_not_taken",
    "field": "user_password",
    "message": "This address has an account already, so user_password was not taken. Whoever reads its letters can set "
    "another one: ask for a letter where people log in.",
}


@dataclass(frozen=True, slots=True)
class SignedUp:
    """What sign-up gives: the organization, its owner, the first key with its secret, shown this once, and warnings."""

    organization: Organization
    owner: User
    key: ApiKey
    secret: str
    warnings: tuple[dict[str, str], ...] = ()


def currency_of(code: str) -> Currency:
    """The currency of ISO 4217 with this code. Raises Invalid."""
    found = Currency.objects.filter(pk=code).first()
    if found is None:
        raise Invalid(fields={"base_currency_code": f"{code} is not a currency of ISO 4217."})
    return found


def _next_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select crane_next_id()")
        return cursor.fetchone()[0]


def _create(actor: Actor, fields: dict) -> Organization:
    organization = Organization(**fields)
    organization.save(force_insert=True)
    organization.refresh_from_db()
    record(
        CREATED,
        actor=actor,
        organization_id=organization.pk,
        entity_id=organization.public_id,
        after=organization_answer(organization),
    )
    return organization


@transaction.atomic
def sign_up(
    *, actor: Actor, email: str, user_name: str = "", password: str | None = None, wishes: dict | None = None, **fields
) -> SignedUp:
    """Make a master organization, its owner and its first key.

    Somebody who has an account already becomes the owner of one more organization, and no password is taken. Nobody
    knows whether it is them: what was set in an account that was never proven is taken away, unless its password is
    the one that is given.
    """
    number = _next_id()
    with scoping.acting_in(number):
        organization = _create(actor, {**fields, "id": number})
        owner, made = account_of(email, password, name=user_name, email_proven_at=None)
        knows = made or owner.email_proven_at or (password and owner.check_password(password))
        if not knows:
            take_back(actor=actor, user=owner)
        Membership.objects.create(organization=organization, user=owner, role="owner")
        founder = Actor(user_id=owner.pk, permissions=FULL, ip_address=actor.ip_address, request_id=actor.request_id)
        key, secret = create_key(
            actor=founder,
            organization_id=organization.pk,
            mode=organization.mode,
            name="First key",
            permissions=FULL,
        )
        furnish(founder, organization, wishes or {})
        begin_credits(founder, organization)
    return SignedUp(organization, owner, key, secret, () if made or not password else (NOT_TAKEN,))


def may_make_children(user: User, parent: Organization) -> bool:
    """Whether this person runs ``parent``, or what owns it."""
    return role_at(user.pk, parent.owner_ids) in RUNNING


@transaction.atomic
def create_child(*, actor: Actor, parent: Organization, wishes: dict | None = None, **fields) -> Organization:
    """Make an organization below ``parent``. A user who makes it becomes its owner.

    Raises OrganizationArchived where nothing is made below it any more, OrganizationParentMismatch where live and test
    would meet.
    """
    if parent.status == "archived":
        raise OrganizationArchived("The organization above is archived")
    if fields.get("mode", parent.mode) != parent.mode:
        raise OrganizationParentMismatch("Live and test organizations never meet")
    number = _next_id()
    with scoping.acting_in(number, reach=[parent.pk]):
        organization = _create(actor, {**fields, "id": number, "parent": parent, "mode": parent.mode})
        if actor.user_id is not None:
            Membership.objects.create(organization=organization, user_id=actor.user_id, role="owner")
        furnish(actor, organization, wishes or {})
    return organization
