"""Making and changing people's accounts, by those who run the installation.

An account belongs to no organization, so no audit trail has it: who changed what is written
into Django's own log, in the same database transaction.
"""

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.db import transaction

from organizations import clock
from organizations.errors import Conflict
from organizations.users.models import User


@transaction.atomic
def make_user(*, by: User, email: str, password: str | None, **fields) -> User:
    """Make an account; without a password nobody can log in to it yet."""
    user = User.objects.create_user(email, password, **fields)
    note(by, user, ADDITION, "Made")
    return user


@transaction.atomic
def change_user(*, by: User, user: User, changes: dict, password: str | None = None) -> User:
    """Change an account's name and rights, and its password if one is given: who gives it to another vouches for them.

    Raises Conflict where somebody would take away their own way in.
    """
    kept = [changes.get(name, True) for name in ("is_active", "is_staff", "is_superuser")]
    if user == by and not all(kept):
        raise Conflict("You would lock yourself out")
    changed = [name for name, value in changes.items() if value != getattr(user, name)]
    for name in changed:
        setattr(user, name, changes[name])
    if password:
        user.set_password(password)
        changed.append("password")
    if changed:
        vouched = bool(password) and user != by and user.email_proven_at is None
        if vouched:
            user.email_proven_at = clock.now()
        user.save(update_fields=[*changed, *(["email_proven_at"] if vouched else [])])
        note(by, user, CHANGE, f"Changed {', '.join(changed)}")
    return user


def note(by: User, user: User, flag: int, message: str) -> None:
    """Write into Django's log who did what to an account."""
    LogEntry.objects.log_actions(by.pk, [user], flag, change_message=message, single_object=True)
