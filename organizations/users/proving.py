"""Proving a second factor: a code of the authenticator app, or one of the recovery codes.

A code is good once. After a wrong one nothing is looked at for a second, then two, four, eight …, so that six digits
cannot be tried through. Rows are locked: two requests with the same code are not both right.
"""

import base64
import hashlib
import math
from dataclasses import dataclass

from django.contrib.admin.models import CHANGE
from django.db import transaction
from django_otp.plugins.otp_static.models import StaticDevice

from organizations import clock
from organizations.sealing import Sealed
from organizations.users.changing import note
from organizations.users.models import Authenticator, User

DIGITS = 6


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a code was right. ``wait``: for so many seconds none is looked at."""

    right: bool
    wait: int = 0


@transaction.atomic
def prove(*, user: User, code: str) -> Verdict:
    """Try a code. A wrong one is counted, so it is answered and not raised."""
    code = "".join(code.split()).replace("-", "").lower()
    if len(code) == DIGITS and code.isascii() and code.isdigit():
        return try_code(Authenticator.objects.filter(user=user, confirmed=True), code)
    verdict = try_code(StaticDevice.objects.filter(user=user), digest_of(code))
    if verdict.right:
        note(user, user, CHANGE, "Used a recovery code")
    return verdict


def try_code(devices, code: str) -> Verdict:
    """The verdict of the one device among ``devices``, in the transaction around it."""
    device = devices.select_for_update().first()
    if device is None:
        return Verdict(False)
    allowed, why = device.verify_is_allowed()
    if not allowed:
        return Verdict(False, wait=max(1, math.ceil((why["locked_until"] - clock.now()).total_seconds())))
    try:
        return Verdict(device.verify_token(code))
    except Sealed:
        return Verdict(False)


def digest_of(code: str) -> str:
    """What is kept of a recovery code: 96 bits of its SHA-256. At 120 random bits a fast hash is right."""
    return base64.urlsafe_b64encode(hashlib.sha256(code.encode()).digest()[:12]).decode()
