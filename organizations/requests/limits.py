"""How often a key, a person, an organization, and an address that fails may ask; and when a key last did.

One round trip, no row written. Without Redis requests are let through and logged: a ledger that stops because its
counter is down serves nobody. ``last_used_at`` and this month's usage ride along and are written down by a task.
"""

import datetime
import math
from dataclasses import dataclass

import redis
import structlog
from django.conf import settings

from organizations import clock
from organizations.requests import credits
from organizations.requests.counters import COUNT, COUNT_ONE, client, script

log = structlog.get_logger(__name__)

#: Where a layer before Django leaves the allowance of a request that it counted already (no header can have this name).
COUNTED = "crane.allowance"
LAST_USED = "crane:keys:last_used"
USAGE = "crane:keys:usage:{month}"
WINDOW = 600  # tenths of a second


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a minute, as the answer's headers say it: of the key's, or of its organization's if that is less.

    ``reset`` is the instant in which the first of what was counted is forgotten. ``charge`` is what was taken from the
    pool of credits; ``unpaid`` where the pool did not have it.
    """

    limit: int
    used: int
    reset: float
    exceeded: bool = False
    charge: credits.Charge | None = None
    unpaid: bool = False

    def retry_after(self) -> int:
        return max(1, math.ceil(self.reset - clock.now().timestamp()))

    def headers(self) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(0, self.limit - self.used)),
            "X-RateLimit-Reset": str(math.ceil(self.reset)),
        }


def limits_of(mode: str) -> tuple[int, int]:
    """What a key (or a person) and what all who call an organization may ask in a minute."""
    if mode == "test":
        return settings.RATE_LIMIT_TEST, settings.RATE_LIMIT_TEST_ORGANIZATION
    return settings.RATE_LIMIT_LIVE, settings.RATE_LIMIT_LIVE_ORGANIZATION


def count(*, home_id: int, key_id: int, mode: str, charge: credits.Charge | None = None) -> Allowance:
    """Count one request of a key and say what is left."""
    return count_together(1, home_id=home_id, key_id=key_id, mode=mode, charge=charge)[0]


def count_person(
    *, organization_id: int | None, user_id: int, mode: str, charge: credits.Charge | None = None
) -> Allowance:
    """Count one request of a logged-in person, within the organization that it names if it names one."""
    person = f"user-{user_id}"
    return _count(1, home=organization_id or person, caller=person, name="", mode=mode, charge=charge)[0]


def count_together(
    requests: int, *, home_id: int, key_id: int, mode: str, charge: credits.Charge | None = None
) -> list[Allowance]:
    """Count several requests of a key, each to be paid by ``charge``, in one round trip; what is left after each."""
    return _count(requests, home=home_id, caller=key_id, name=f"{home_id}:{key_id}", mode=mode, charge=charge)


def _count(
    requests: int, *, home: int | str, caller: int | str, name: str, mode: str, charge: credits.Charge | None
) -> list[Allowance]:
    now = clock.now()
    tenth, limits = _tenth(now), limits_of(mode)
    keys = [f"crane:rate:{home}:{caller}", f"crane:rate:{home}", LAST_USED, USAGE.format(month=f"{now:%Y-%m}")]
    keys.append(credits.key_of(charge))
    args = [tenth, requests, *limits, name, now.isoformat(), charge.price if charge else 0]
    try:
        found = script(COUNT)(keys=keys, args=args)
        if not found:
            credits.work_out(charge)
            found = script(COUNT)(keys=keys, args=args)
        granted, used, oldest, all_used, all_oldest, paid, _ = found
    except (redis.RedisError, ValueError) as problem:
        log.warning("rate_limit_unavailable", problem=type(problem).__name__)
        return [_unlimited(limits[0], tenth)] * requests
    if limits[1] - all_used < limits[0] - used:  # the organization's is nearer
        limits, used, oldest = limits[::-1], all_used, all_oldest
    reset = (oldest + WINDOW) / 10
    return [
        Allowance(
            limits[0],
            used + min(place, granted),
            reset,
            exceeded=place > granted,
            charge=charge if place <= paid else None,
            unpaid=paid < place <= granted,
        )
        for place in range(1, requests + 1)
    ]


def failed(address: str | None) -> Allowance:
    """Count a request whose key was no good, by where it came from; ``exceeded`` where that is too much."""
    tenth, limit = _tenth(clock.now()), settings.RATE_LIMIT_FAILED
    try:
        within, used, oldest = script(COUNT_ONE)(keys=[f"crane:failed:{address or 'socket'}"], args=[tenth, limit])
    except redis.RedisError as problem:
        log.warning("rate_limit_unavailable", problem=type(problem).__name__)
        return _unlimited(limit, tenth)
    return Allowance(limit, used + within, (oldest + WINDOW) / 10, exceeded=not within)


def _tenth(instant: datetime.datetime) -> int:
    return int(instant.timestamp() * 10)


def _unlimited(limit: int, tenth: int) -> Allowance:
    """What is said while nobody counts."""
    return Allowance(limit, 0, (tenth + WINDOW) / 10)


def activity(members: list[str]) -> dict[str, tuple[int, datetime.datetime | None]]:
    """This month's requests and the last use of keys, each named ``organization:key``; empty while Redis is away."""
    try:
        pipe = client().pipeline(transaction=False)
        pipe.hmget(USAGE.format(month=clock.now().strftime("%Y-%m")), members)
        pipe.hmget(LAST_USED, members)
        counts, instants = pipe.execute()
    except redis.RedisError:
        return {}
    return {
        member: (int(count or 0), datetime.datetime.fromisoformat(instant.decode()) if instant else None)
        for member, count, instant in zip(members, counts, instants, strict=True)
    }


def last_uses() -> dict[int, dict[int, datetime.datetime]]:
    """When every key that Redis knows was last used, by organization and key."""
    found: dict[int, dict[int, datetime.datetime]] = {}
    for member, instant in client().hgetall(LAST_USED).items():
        organization_id, key_id = map(int, member.split(b":"))
        found.setdefault(organization_id, {})[key_id] = datetime.datetime.fromisoformat(instant.decode())
    return found
