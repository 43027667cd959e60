"""The security log: a line for each refusal of who is not known, may not, reaches too far, asks too often or guesses.

The logger is ``security``; its events are those of ``KINDS``, ``login_failed``, ``locked_out``, and ``logged_in``. A
line says who (the public part of a key, never its secret), from where, for what kind of address, and why; never what
was sent or asked for. How often each refusal happened is counted for ``/metrics``.
"""

import re
from collections.abc import Callable, Mapping

import redis
import structlog
from django.http import HttpRequest, HttpResponse

from organizations import ids
from organizations.requests.addresses import client_address
from organizations.requests.limits import client

log = structlog.get_logger("security")

KINDS = {401: "not_authenticated", 403: "not_permitted", 404: "out_of_reach", 429: "too_often"}
COUNTS = "crane:refusals"
LOGIN = "/admin/login/"
EVERYTHING_ELSE = "(?P<url>.*)$"  # where the back office looks up what it does not have
_KEY = re.compile(r"(?i:bearer)\s+cl_(?:live|test)_([A-Za-z0-9]{12})(?:_|$)")


class SecurityLogMiddleware:
    """Looks at every answer on its way out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        logging_in = request.method == "POST" and request.path.startswith(LOGIN)
        if logging_in and response.status_code == 302 and request.user.is_authenticated:
            log.info("logged_in", user=request.user.public_id, address=client_address(request))
            return response
        event = _event(request, response.status_code)
        if event is not None:
            code = structlog.contextvars.get_contextvars().get("error_code", event)
            log.warning(event, status=response.status_code, code=code, **_who(request), **_what(request))
            _count(code)
        return response


def _event(request: HttpRequest, status: int) -> str | None:
    """What kind of refusal it was; None for none of ours: an address that leads nowhere is a typing error."""
    logging_in = request.method == "POST" and request.path.startswith(LOGIN)
    if logging_in and status in (200, 429):  # the form again
        return "login_failed" if status == 200 else "locked_out"
    found = request.resolver_match
    if status == 404 and (found is None or found.route.endswith(EVERYTHING_ELSE) or not _known(request)):
        return None
    return KINDS.get(status)


def _known(request: HttpRequest) -> bool:
    return hasattr(request, "actor") or _user_id(request) is not None


def _user_id(request: HttpRequest) -> int | None:
    """Who is logged in, if anybody asked: the log does not read the database."""
    return getattr(getattr(request, "_cached_user", None), "pk", None)


def _who(request: HttpRequest) -> dict[str, str | None]:
    actor = getattr(request, "actor", None)
    user = (_user_id(request) or getattr(request, "login_of", None)) if actor is None else actor.user_id
    presented = _KEY.match(request.META.get("HTTP_AUTHORIZATION", ""))
    return {
        "user": user and ids.encode("USR", user),
        "api_key": actor and actor.api_key_id and ids.encode("KEY", actor.api_key_id),
        "key_prefix": presented and presented[1],
        "address": client_address(request),
    }


def _what(request: HttpRequest) -> dict[str, str | None]:
    found = request.resolver_match
    return {"method": request.method, "route": found and found.route}


def _count(code: str) -> None:
    """Count it, where the counter answers: a refusal waits for nothing."""
    try:
        client().hincrby(COUNTS, code, 1)
    except redis.RedisError as problem:
        log.warning("refusals_not_counted", problem=type(problem).__name__)


def refusals() -> Mapping[str, int]:
    """How often each code was answered since the counter was made; empty while it is away."""
    try:
        return {code.decode(): int(count) for code, count in sorted(client().hgetall(COUNTS).items())}
    except redis.RedisError:
        return {}
