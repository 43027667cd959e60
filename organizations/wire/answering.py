"""The one shape of every error: ``{"error": {type, code, message, details, status, request_id}}``."""

import secrets

import structlog
from django.http import HttpResponse

from organizations import ids
from organizations.errors import Refusal
from organizations.wire.rendering import dumps


def request_id_of(request) -> str:
    """The id of a request, made when first asked for: ``REQ_`` and 16 hex digits.

    It is random, not a key of the database: it must exist before there is a connection.
    """
    django_request = getattr(request, "_request", request)
    if not hasattr(django_request, "request_id"):
        django_request.request_id = ids.encode(ids.PREFIXES["request"], secrets.randbits(63))
    return django_request.request_id


def describe(refusal: Refusal, request_id: str | None) -> dict:
    """The body of the answer to a refused request; also the ``error`` of one item of a batch."""
    return {
        "error": {
            "type": refusal.type,
            "code": refusal.code,
            "message": refusal.message,
            "details": refusal.details,
            "status": refusal.status,
            "request_id": request_id,
        }
    }


def headers_of(refusal: Refusal) -> dict[str, str]:
    """What HTTP asks for besides the body: RFC 9110 §11.6.1 and §10.2.3."""
    headers = {}
    if refusal.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if "retry_after" in refusal.details:
        headers["Retry-After"] = str(refusal.details["retry_after"])
    return headers


def answer(request, refusal: Refusal) -> HttpResponse:
    """The refusal as Django's response, for middleware and for paths that no view serves."""
    note(refusal)
    body = dumps(describe(refusal, request_id_of(request)))
    return HttpResponse(body, content_type="application/json", status=refusal.status, headers=headers_of(refusal))


def note(refusal: Refusal) -> None:
    """Let the request's line in the log say why it was refused."""
    structlog.contextvars.bind_contextvars(error_code=refusal.code)
