"""The credits of a request, where its pool must have them: taken before the work, given back if it is refused.

What is left of a pool is one number in Redis, so that of a hundred calls on the last credit one gets it. It is below
zero where more was used than paid for: what comes then pays the debt first. The truth is in the books of credits
(``organizations/metering``), from which the number is worked out whenever Redis does not have it: after that Redis was
emptied, calls that were under way in that moment may have been free. Without Redis nobody is refused; what was used is
still counted, and spent from the books.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import redis
import structlog
from django.conf import settings

from organizations.requests.counters import CHANGE, client, script

log = structlog.get_logger(__name__)

OTHERWISE = "*"
#: What a call is counted as whose answer was kept for its Idempotency-Key: it had its effect, and its price, before.
REPLAYED = "idempotent_replay"
REMEMBERED = 10  # seconds for which a process goes on as before when a pool's switch is turned
KEPT = 6 * 3600  # seconds after which what is left is worked out anew
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Charge:
    """What one call costs, and the organization whose pool pays."""

    pool: int
    price: int


@dataclass(frozen=True, slots=True)
class Books:
    """The books of credits: whose pool pays for an organization (None: it need not have the credits), and what is left
    of a pool with all that was counted so far."""

    pool_of: Callable[[int], int | None]
    left_of: Callable[[int], int]


_books: list[Books] = []
_pools: dict[int, tuple[float, int | None]] = {}


def ask(books: Books) -> None:
    """Say where the books of credits are kept; called once when the app is ready."""
    _books[:] = [books]


def price_of(operation: str) -> int:
    """What one call costs, in credits."""
    prices = settings.CREDIT_PRICES
    return prices.get(operation, prices[OTHERWISE])


def known(organization_id: int) -> bool:
    """Whether this process remembers whose pool pays: ``charge_for`` asks the database where it does not."""
    return _pools.get(organization_id, (0.0, None))[0] > time.monotonic()


def charge_for(organization_id: int, operation: str) -> Charge | None:
    """What a call must pay, and who pays; None where it is free or nobody has to have the credits."""
    price = price_of(operation)
    if not price:
        return None
    if not known(organization_id):
        if len(_pools) > MOST:
            _pools.clear()
        _pools[organization_id] = time.monotonic() + REMEMBERED, _books[0].pool_of(organization_id)
    pool = _pools[organization_id][1]
    return None if pool is None else Charge(pool, price)


def forget(pool: int | None = None) -> None:
    """Look again at who pays, at once in this process and within seconds in others: a switch was turned.

    What is left of the pool is worked out anew: while nobody had to have the credits, they were used uncounted here.
    """
    _pools.clear()
    if pool is None:
        return
    try:
        client().delete(key_of(Charge(pool, 0)))
    except redis.RedisError as problem:
        log.warning("credits_unavailable", problem=type(problem).__name__)


def key_of(charge: Charge | None) -> str:
    """The name of a pool in Redis."""
    return f"crane:credits:{charge.pool if charge else 0}"


def work_out(charge: Charge) -> None:
    """Write down what is left of a pool by the books, unless somebody just did."""
    client().set(key_of(charge), _books[0].left_of(charge.pool), nx=True, ex=KEPT)


def give_back(charge: Charge) -> None:
    """A call was refused: it costs nothing."""
    change(charge.pool, charge.price)


def change(pool: int, credits: int) -> None:
    """Credits came, or were taken, by the books."""
    try:
        script(CHANGE)(keys=[key_of(Charge(pool, 0))], args=[credits])
    except redis.RedisError as problem:
        log.warning("credits_unavailable", problem=type(problem).__name__)
