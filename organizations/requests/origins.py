"""Calls by web pages of other origins (CORS, Fetch standard §3.2): each organization lists the pages that may.

The organization is the one that the path names, with or without a key, so a preflight and the request after it are
answered alike, and so are refusals. Who is not listed gets the same answer wherever the path leads, and whether or not
there is such an organization: without the headers, at which a browser stops. Keys travel in a header that pages set
themselves, never in cookies, so credentials are not allowed.
"""

from collections.abc import Callable

import structlog
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from organizations import ids
from organizations.tenants.origins import lists
from organizations.wire.database_rules import DATABASE_ERRORS

log = structlog.get_logger(__name__)

PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match",
    "Access-Control-Max-Age": "600",  # seconds; so long a page may still ask that was taken off the list, in vain
}
EXPOSED = {
    "Access-Control-Expose-Headers": "Content-Disposition, Content-Location, ETag, Idempotent-Replayed, Retry-After, "
    "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id"
}


class CrossOriginMiddleware:
    """Answers preflights, and tells browsers that a listed page may read what it asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        steps = request.path_info.split("/")
        if steps[1] != "organizations" or len(steps) < 3:
            return self.get_response(request)
        origin = request.headers.get("Origin")
        asks_first = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        listed = origin is not None and lists(_origins_of(steps[2]), origin)
        response = HttpResponse(status=204) if asks_first and origin is not None else self.get_response(request)
        patch_vary_headers(response, ["Origin"])
        if listed:
            told = PREFLIGHT if asks_first else EXPOSED
            for name, value in {"Access-Control-Allow-Origin": origin, **told}.items():
                response.headers[name] = value
        return response


def _origins_of(organization: str) -> list[str]:
    """The list of the organization with this id; empty where there is none, or no database."""
    try:
        number = ids.decode("ORG", organization)
        with connection.cursor() as cursor:
            cursor.execute("select crane_cors_origins(%s)", [number])
            return cursor.fetchone()[0]
    except ValueError:
        return []
    except DATABASE_ERRORS as problem:
        log.warning("origins_unavailable", problem=type(problem).__name__)
        return []
