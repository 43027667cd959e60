"""How often a key may ask, and when it last did: counted in Redis, one round trip, no row written.

The count is one atomic script per key and minute. Without Redis requests are let
through and logged: a ledger that stops because its counter is down serves nobody.
``last_used_at`` and this month's usage ride along and are written down by a task.
"""

import datetime
from functools import cache

import redis
import structlog
from django.conf import settings

from organizations import clock

log = structlog.get_logger(__name__)

#: Where a layer before Django leaves the allowance of a request that it counted already (no header can have this name).
COUNTED = "crane.allowance"
LAST_USED = "crane:keys:last_used"
USAGE = "crane:keys:usage:{month}"
COUNT = """
local used = redis.call('INCRBY', KEYS[1], ARGV[3])
if used == tonumber(ARGV[3]) then redis.call('EXPIRE', KEYS[1], 120) end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
local month = redis.call('HINCRBY', KEYS[3], ARGV[1], ARGV[3])
if month == tonumber(ARGV[3]) then redis.call('EXPIRE', KEYS[3], 5356800) end
return used
"""


@cache
def client() -> redis.Redis:
    """The process's connection pool; it gives up quickly, since nothing must wait for it."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5)


@cache
def _script():
    return client().register_script(COUNT)


class Allowance:
    """What is left of a key's minute, as the answer's headers say it."""

    __slots__ = ("limit", "reset", "used")

    def __init__(self, limit: int, used: int, reset: int):
        self.limit, self.used, self.reset = limit, used, reset

    @property
    def exceeded(self) -> bool:
        return self.used > self.limit

    def retry_after(self) -> int:
        return max(1, self.reset - int(clock.now().timestamp()))

    def headers(self) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(0, self.limit - self.used)),
            "X-RateLimit-Reset": str(self.reset),
        }


def count(*, home_id: int, key_id: int, mode: str) -> Allowance:
    """Count one request of a key and say what is left of its minute."""
    return count_together(1, home_id=home_id, key_id=key_id, mode=mode)[0]


def count_together(requests: int, *, home_id: int, key_id: int, mode: str) -> list[Allowance]:
    """Count several requests of a key, in one round trip; what is left of its minute after each."""
    now = clock.now()
    minute = int(now.timestamp()) // 60
    limit = settings.RATE_LIMIT_TEST if mode == "test" else settings.RATE_LIMIT_LIVE
    member = f"{home_id}:{key_id}"
    keys = [f"crane:rate:{home_id}:{key_id}:{minute}", LAST_USED, USAGE.format(month=now.strftime("%Y-%m"))]
    try:
        used = int(_script()(keys=keys, args=[member, now.isoformat(), requests]))
    except redis.RedisError as problem:
        log.warning("rate_limit_unavailable", problem=type(problem).__name__)
        used = 0
    reset = (minute + 1) * 60
    return [Allowance(limit, max(0, used - requests + place), reset) for place in range(1, requests + 1)]


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
