"""The outermost layer: every request gets an id, and leaves one line in the log."""

import time

import structlog

from organizations.wire.answering import answer, request_id_of
from organizations.wire.sizing import refusal_of

log = structlog.get_logger(__name__)

#: What balancers and supervisors ask, every second: of these no line is left.
PROBES = frozenset({"/health", "/health/live", "/health/ready"})


class RequestIdMiddleware:
    """Names the request in the log, in the answer's ``X-Request-Id`` and in every error.

    The line holds method, path, status and duration; never the query (a search may be
    private), the body, a header (one of them is the key), or the token of a link.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        started = time.perf_counter()
        request_id = request_id_of(request)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        refusal = refusal_of(request.META)
        response = self.get_response(request) if refusal is None else answer(request, refusal)
        response.headers["X-Request-Id"] = request_id
        if request.path in PROBES:
            return response
        write = log.error if response.status_code >= 500 else log.info
        write(
            "request",
            method=request.method,
            path=_told(request),
            status=response.status_code,
            ms=round((time.perf_counter() - started) * 1000),
        )
        return response


def _told(request) -> str:
    """The path, without what opens something."""
    found = getattr(request, "resolver_match", None)
    token = found and found.kwargs.get("token")
    return request.path.replace(token, "…") if token else request.path
