"""Making and removing a person's second factor.

Accounts belong to no organization, so who did what stands in Django's own log, as for all changes of accounts.
"""

import base64
import os

from django.contrib.admin.models import CHANGE
from django.db import transaction
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken

from organizations import clock, ids
from organizations.resealing import Resealed
from organizations.sealing import Sealed
from organizations.users.changing import note
from organizations.users.models import SECRET, Authenticator, User
from organizations.users.proving import Verdict, digest_of, try_code

RECOVERY_CODES = 8
CODE = 15  # bytes of a recovery code: 24 letters and digits


@transaction.atomic
def begin_enrolment(*, user: User) -> Authenticator:
    """The authenticator that waits for its first code: the one begun before, or a new one with a new secret."""
    _lock(user)
    waiting = Authenticator.objects.filter(user=user, confirmed=False).first()
    if waiting is None:
        waiting = Authenticator(user=user, name="authenticator", confirmed=False)
        waiting.give_secret(os.urandom(SECRET))
        waiting.save()
    return waiting


@transaction.atomic
def confirm_enrolment(*, user: User, code: str) -> tuple[Verdict, list[str]]:
    """Make the waiting authenticator a second factor by its first code; gives the recovery codes, shown this once."""
    _lock(user)
    waiting = Authenticator.objects.filter(user=user, confirmed=False)
    verdict = try_code(waiting, "".join(code.split()))
    if not verdict.right:
        return verdict, []
    waiting.update(confirmed=True)
    user.second_factor_since = clock.now()
    user.save(update_fields=["second_factor_since"])
    note(user, user, CHANGE, "Made a second factor")
    return verdict, _new_codes(user)


@transaction.atomic
def renew_recovery_codes(*, user: User) -> list[str]:
    """New recovery codes in place of the old ones, shown this once."""
    _lock(user)
    note(user, user, CHANGE, "Made new recovery codes")
    return _new_codes(user)


@transaction.atomic
def remove_second_factor(*, by: User, user: User) -> None:
    """Take a person's second factor away: by themselves, or by who runs the installation for somebody who lost it."""
    _lock(user)
    forget_second_factor(user)
    note(by, user, CHANGE, "Removed the second factor")


def forget_second_factor(user: User) -> None:
    """Take away what there is of a second factor, also one that waits for its first code. The caller notes it."""
    Authenticator.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    user.second_factor_since = None
    user.save(update_fields=["second_factor_since"])


def reseal_authenticators() -> Resealed:
    """Bring the secrets of all authenticators to the newest key, while they are used."""
    done = Resealed(0, 0, [])
    for each in Authenticator.objects.order_by("pk"):
        if each.is_newest:
            done.newest += 1
            continue
        sealed = each.key
        try:
            each.give_secret(each.bin_key)
        except Sealed:
            done.lost.append(f"the second factor of {ids.encode('USR', each.user_id)}")
            continue
        done.resealed += Authenticator.objects.filter(pk=each.pk, key=sealed).update(key=each.key)
    return done


def recovery_codes_left(user: User) -> int:
    """How many recovery codes were not used yet."""
    return StaticToken.objects.filter(device__user=user).count()


def _new_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery codes")
    codes = [base64.b32encode(os.urandom(CODE)).decode().lower() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=digest_of(code)) for code in codes)
    return ["-".join(code[place : place + 6] for place in range(0, len(code), 6)) for code in codes]


def _lock(user: User) -> None:
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
