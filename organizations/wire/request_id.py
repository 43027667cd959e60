"""The outermost layer: every request gets an id, and leaves one line in the log."""

import time

import structlog

from organizations import errors
from organizations.wire.answering import answer, request_id_of

log = structlog.get_logger(__name__)


class RequestIdMiddleware:
    """Names the request in the log, in the answer's ``X-Request-Id`` and in every error.

    The line holds method, path, status and duration; never the query (a search may be
    private), the body, or a header (one of them is the key).
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        started = time.perf_counter()
        request_id = request_id_of(request)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = _refused(request) or self.get_response(request)
        response.headers["X-Request-Id"] = request_id
        write = log.error if response.status_code >= 500 else log.info
        write(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            ms=round((time.perf_counter() - started) * 1000),
        )
        return response


def _refused(request):
    """Django reads no body without a length; taking a chunked one for empty would do something not asked for."""
    if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
        return answer(request, errors.LengthRequired())
    return None
