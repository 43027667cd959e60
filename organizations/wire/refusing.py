"""Every exception of a request becomes an answer in the one shape of the contract.

Our own refusals know what they are. Those of Django and DRF are translated here, those
of PostgreSQL in ``database_rules``. What nobody expected is a 500 that says nothing to
the client and everything to the log.
"""

import math
import sys

import structlog
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
    ValidationError,
)
from django.http import Http404, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.views import csrf, defaults
from rest_framework import exceptions as drf
from rest_framework.response import Response

from organizations import errors
from organizations.wire.answering import answer, describe, headers_of, note, request_id_of
from organizations.wire.database_rules import DATABASE_ERRORS, is_retryable, refusal_of
from organizations.wire.paths import EVERYWHERE, flatten

log = structlog.get_logger(__name__)


def handle(exception: Exception, context: dict) -> Response:
    """DRF's exception handler: the answer to a request that ended in an exception.

    Deadlocks and serialization failures are raised again: the layer that opened the
    database transaction tries the whole request once more.
    """
    if isinstance(exception, DATABASE_ERRORS) and is_retryable(exception):
        raise exception
    request = context.get("request")
    refusal = translate(exception)
    note(refusal)
    request_id = request_id_of(request) if request is not None else None
    return Response(describe(refusal, request_id), status=refusal.status, headers=headers_of(refusal))


def translate(exception: Exception) -> errors.Refusal:
    """The refusal that any exception stands for. Logs the traceback of what nobody expected."""
    if isinstance(exception, errors.Refusal):
        return exception
    if isinstance(exception, DATABASE_ERRORS):
        refusal = refusal_of(exception)
    elif isinstance(exception, drf.APIException):
        refusal = _from_drf(exception)
    else:
        refusal = _from_django(exception)
    if refusal is None or refusal.status >= 500:
        log.error("request failed", exc_info=exception)
    return refusal or errors.ServerError()


def invalid(detail) -> errors.Invalid:
    """Field errors in DRF's nesting (``serializer.errors``) as one refusal.

    Its message is the first problem, so that a person who sees only the message knows where to look.
    """
    fields = flatten(detail)
    if not fields:
        return errors.Invalid()
    path, messages = next(iter(fields.items()))
    message = messages[0] if path == EVERYWHERE else f"{path}: {messages[0]}"
    others = sum(map(len, fields.values())) - 1
    return errors.Invalid(f"{message} (and {others} more)" if others else message, fields=fields)


def _from_drf(exception: drf.APIException) -> errors.Refusal | None:
    match exception:
        case drf.ValidationError():
            return invalid(exception.detail)
        case drf.NotAuthenticated() | drf.AuthenticationFailed():
            return errors.Unauthenticated()
        case drf.PermissionDenied():
            return errors.NotAuthorized(_own_words(exception))
        case drf.NotFound():
            return errors.NotFound(_own_words(exception))
        case drf.MethodNotAllowed():
            return errors.MethodNotAllowed(str(exception.detail))
        case drf.UnsupportedMediaType():
            return errors.UnsupportedMediaType(str(exception.detail))
        case drf.Throttled():
            return errors.RateLimited(retry_after=math.ceil(exception.wait or 1))
        case drf.APIException() if exception.status_code < 500:  # ParseError, NotAcceptable, version errors
            return errors.Invalid(str(exception.detail))
    return None


def _own_words(exception: drf.APIException) -> str | None:
    """The message that was given where the exception was raised; None for DRF's default."""
    detail = str(exception.detail)
    return None if detail == str(exception.default_detail) else detail


def _from_django(exception: Exception) -> errors.Refusal | None:
    match exception:
        case Http404():  # its text may name a model or an id that is out of reach
            return errors.NotFound()
        case PermissionDenied():
            return errors.NotAuthorized()
        case ValidationError():
            return invalid(getattr(exception, "message_dict", None) or exception.messages)
        case RequestDataTooBig() | TooManyFieldsSent() | TooManyFilesSent():
            return errors.PayloadTooLarge()
        case SuspiciousOperation() | MultiPartParserError() | UnreadablePostError():
            return errors.Invalid("The request cannot be read")
    return None


# --- Django's own handlers: for paths that no view of the API serves ------------------------------


def not_found(request, exception):
    """handler404."""
    if _for_people(request):
        return defaults.page_not_found(request, exception)
    return answer(request, errors.NotFound())


def bad_request(request, exception):
    """handler400: what Django itself finds suspicious, also a body beyond the limit."""
    if _for_people(request):
        return defaults.bad_request(request, exception)
    return answer(request, _from_django(exception) or errors.Invalid())


def forbidden(request, exception):
    """handler403."""
    if _for_people(request):
        return defaults.permission_denied(request, exception)
    return answer(request, errors.NotAuthorized())


def forbidden_by_csrf(request, reason=""):
    """CSRF_FAILURE_VIEW: a change without the token of the page it should come from."""
    if _for_people(request):
        note(errors.CsrfFailed())
        return csrf.csrf_failure(request, reason)
    return answer(request, errors.CsrfFailed())


def server_error(request):
    """handler500: also for a deadlock that outlived its retries, and for middleware without a database.

    Django has logged the traceback already.
    """
    if _for_people(request):
        return defaults.server_error(request)
    exception = sys.exception()
    refusal = refusal_of(exception) if isinstance(exception, DATABASE_ERRORS) else None
    return answer(request, refusal or errors.ServerError())


def _for_people(request) -> bool:
    """The back office shows pages."""
    return request.path.startswith("/admin/")
