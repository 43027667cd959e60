"""Whose an account is: theirs who answer the letters to its address.

Sign-up asks for no proof of an address, so what was set there may be a stranger's. An account is proven once its
password was set by the link of a letter, an invitation by letter was accepted, or who runs the installation gave it a
password. Before anybody else lets an account that is not proven into their books, what was set without proof is taken
away: only the answer to a letter opens it then.
"""

import structlog
from django.contrib.admin.models import CHANGE
from django.db import IntegrityError, transaction

from organizations import clock
from organizations.actors import Actor
from organizations.users.changing import note
from organizations.users.enrolling import forget_second_factor
from organizations.users.models import User

TAKEN_BACK = "unproven_account_taken_back"

log = structlog.get_logger("security")


def account_of(email: str, password: str | None = None, **fields) -> tuple[User, bool]:
    """The account with an address, and whether it was made just now; somebody else may make it in the same instant."""
    found = User.objects.filter(email=email.lower()).first()
    if found is not None:
        return found, False
    try:
        with transaction.atomic():
            return User.objects.create_user(email, password, is_staff=True, **fields), True
    except IntegrityError:
        return User.objects.get(email=email.lower()), False


@transaction.atomic
def take_back(*, actor: Actor, user: User) -> bool:
    """Take the password, the sessions and the second factor of an unproven account away; whether there was any.

    Called before ``actor`` lets it in. Who lets their own account in needs no proof: they gain nothing by it.
    """
    if actor.user_id == user.pk:
        return False
    user.refresh_from_db(from_queryset=User.objects.select_for_update(of=("self",)))
    if user.email_proven_at is not None or not (user.has_usable_password() or user.second_factor_since):
        return False
    user.set_unusable_password()
    user.save(update_fields=["password"])
    forget_second_factor(user)
    note(user, user, CHANGE, "Took away what was set without proof of the address")
    log.warning(TAKEN_BACK, user=user.public_id, address=actor.ip_address)
    return True


def prove_address(user: User) -> None:
    """A letter to the address was answered."""
    if user.email_proven_at is None:
        user.email_proven_at = clock.now()
        user.save(update_fields=["email_proven_at"])
