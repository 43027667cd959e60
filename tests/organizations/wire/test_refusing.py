"""Every exception of a request becomes an answer in the one shape of the contract."""

import json
from types import SimpleNamespace

import django.db
import psycopg
import pytest
from django.core import exceptions as django_exceptions
from django.db import transaction
from django.db.utils import DatabaseError, IntegrityError, OperationalError
from django.http import Http404
from django.test import Client, RequestFactory
from rest_framework import exceptions as drf
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView
from structlog.testing import capture_logs

from organizations import errors
from organizations.wire import database_rules, refusing
from organizations.wire.parsing import JSONParser

requests = APIRequestFactory()


def answer_to(exception, method="get", **settings):
    """The answer of a view that raises this."""

    class View(APIView):
        def get(self, request):
            raise exception

        def post(self, request):
            return Response({"read": request.data}, status=201)

    return View.as_view(**settings)(getattr(requests, method)("/things")).render()


def error_in(response) -> dict:
    assert response.headers["Content-Type"] == "application/json"
    body = json.loads(response.content)
    assert list(body) == ["error"]
    error = body["error"]
    assert list(error) == ["type", "code", "message", "details", "status", "request_id"]
    assert error["status"] == response.status_code
    assert error["request_id"].startswith("REQ_")
    return error


class Frozen(errors.Unprocessable):
    code = "frozen"
    message = "The books are frozen"


@pytest.mark.parametrize(
    ("exception", "status", "kind", "code"),
    [
        (Frozen(), 422, "business_rule_error", "frozen"),
        (errors.Conflict(), 409, "conflict_error", "conflict"),
        (drf.ValidationError({"amount": ["Too large."]}), 400, "validation_error", "invalid_request"),
        (drf.ParseError(), 400, "validation_error", "invalid_request"),
        (drf.NotAcceptable(), 400, "validation_error", "invalid_request"),
        (drf.NotAuthenticated(), 401, "authentication_error", "not_authenticated"),
        (drf.AuthenticationFailed(), 401, "authentication_error", "not_authenticated"),
        (drf.PermissionDenied(), 403, "authorization_error", "not_authorized"),
        (django_exceptions.PermissionDenied(), 403, "authorization_error", "not_authorized"),
        (drf.NotFound(), 404, "not_found_error", "not_found"),
        (Http404("No Account matches"), 404, "not_found_error", "not_found"),
        (drf.MethodNotAllowed("PATCH"), 405, "validation_error", "method_not_allowed"),
        (django_exceptions.RequestDataTooBig(), 413, "validation_error", "payload_too_large"),
        (django_exceptions.TooManyFieldsSent(), 413, "validation_error", "payload_too_large"),
        (drf.UnsupportedMediaType("text/plain"), 415, "validation_error", "unsupported_media_type"),
        (drf.Throttled(wait=2.2), 429, "rate_limit_error", "rate_limit_exceeded"),
        (drf.Throttled(), 429, "rate_limit_error", "rate_limit_exceeded"),
        (django_exceptions.SuspiciousOperation("secret"), 400, "validation_error", "invalid_request"),
        (django_exceptions.ValidationError({"name": ["Taken."]}), 400, "validation_error", "invalid_request"),
        (drf.APIException("secret"), 500, "server_error", "internal_error"),
        (ZeroDivisionError("secret"), 500, "server_error", "internal_error"),
        (DatabaseError("secret"), 500, "server_error", "internal_error"),
    ],
)
def test_the_answer_to_an_exception(exception, status, kind, code):
    response = answer_to(exception)
    error = error_in(response)
    assert (response.status_code, error["type"], error["code"]) == (status, kind, code)
    assert b"secret" not in response.content
    assert b"Account" not in response.content


def test_headers_that_http_asks_for():
    assert answer_to(errors.Unauthenticated()).headers["WWW-Authenticate"] == "Bearer"
    limited = answer_to(errors.RateLimited(retry_after=7))
    assert limited.headers["Retry-After"] == "7"
    assert error_in(limited)["details"] == {"retry_after": 7}
    assert answer_to(drf.Throttled(wait=2.2)).headers["Retry-After"] == "3"
    assert "GET" in answer_to(None, method="put").headers["Allow"]


def test_fields_are_flat_and_the_first_problem_is_the_message():
    detail = {"entries": [{}, {"amount": ["Too large."]}], "type": ["Unknown."]}
    error = error_in(answer_to(drf.ValidationError(detail)))
    assert error["message"] == "entries[1].amount: Too large. (and 1 more)"
    assert error["details"] == {"fields": {"entries[1].amount": ["Too large."], "type": ["Unknown."]}}


def test_what_concerns_the_whole_body_is_said_without_a_path():
    error = error_in(answer_to(drf.ValidationError("Contradicts itself.")))
    assert error["message"] == "Contradicts itself."
    assert error["details"]["fields"] == {"non_field_errors": ["Contradicts itself."]}


def test_a_refusal_says_what_it_was_given():
    refusal = errors.Invalid("No.", details={"line": 3}, fields={"a": "b", "c": ["d", "e"]})
    error = error_in(answer_to(refusal))
    assert error["message"] == "No."
    assert error["details"] == {"line": 3, "fields": {"a": ["b"], "c": ["d", "e"]}}


def test_an_unexpected_exception_is_logged_and_an_expected_one_is_not():
    story = ZeroDivisionError("the whole story")
    with capture_logs() as lines:
        answer_to(story)
        answer_to(errors.NotFound())
    assert [(line["event"], line["exc_info"]) for line in lines] == [("request failed", story)]
    assert story.__traceback__


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        ("{", "application/json", 400, "malformed_json"),
        ('{"a": 1, "a": 2}', "application/json; charset=utf-8", 400, "duplicate_key"),
        ("a=1", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        ("a=1", "", 415, "unsupported_media_type"),
        ("x" * 50, "multipart/form-data; boundary=no", 400, "invalid_request"),
        ("x" * 50, "multipart/form-data", 400, "invalid_request"),
    ],
)
def test_a_body_that_cannot_be_read(body, content_type, status, code):
    class View(APIView):
        parser_classes = [JSONParser, MultiPartParser]

        def post(self, request):
            if not request.data:
                raise errors.Invalid()
            return Response({}, status=201)

    request = RequestFactory().generic("POST", "/things", body, content_type=content_type)
    response = View.as_view()(request).render()
    assert (response.status_code, error_in(response)["code"]) == (status, code)


def test_a_body_beyond_the_limit(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    request = RequestFactory().post("/", '{"amount": 1000}', content_type="application/json")

    class View(APIView):
        def post(self, request):
            return Response(request.data)

    response = View.as_view()(request).render()
    assert error_in(response)["code"] == "payload_too_large"
    assert response.status_code == 413


# --- What PostgreSQL says -------------------------------------------------------------------------


def caused_by(report: psycopg.Error, kind=django.db.Error):
    exception = kind("secret")
    exception.__cause__ = report
    return exception


@pytest.mark.parametrize("state", [psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected])
def test_what_may_succeed_when_tried_again_is_raised_again(state):
    with pytest.raises(OperationalError):
        answer_to(caused_by(state(), OperationalError))
    assert database_rules.is_retryable(state())
    assert isinstance(database_rules.refusal_of(state()), errors.Busy)


@pytest.mark.parametrize(
    ("report", "status", "code"),
    [
        (psycopg.errors.LockNotAvailable(), 409, "busy"),
        (psycopg.errors.NumericValueOutOfRange(), 400, "value_out_of_range"),
        (psycopg.errors.StringDataRightTruncation(), 400, "value_out_of_range"),
        (psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes"), 400, "value_out_of_range"),
        (psycopg.errors.DivisionByZero(), 500, "internal_error"),
        (psycopg.errors.UndefinedTable(), 500, "internal_error"),
        (psycopg.errors.UniqueViolation(), 500, "internal_error"),
        (psycopg.errors.AdminShutdown(), 503, "unavailable"),
        (psycopg.errors.QueryCanceled(), 503, "unavailable"),
        (psycopg.errors.TooManyConnections(), 503, "unavailable"),
        (psycopg.OperationalError("connection refused"), 503, "unavailable"),
    ],
)
def test_database_errors(report, status, code):
    response = answer_to(caused_by(report))
    assert (response.status_code, error_in(response)["code"]) == (status, code)
    assert ("Retry-After" in response.headers) == (code in ("busy", "unavailable"))
    assert b"secret" not in response.content


class Unbalanced(errors.Invalid):
    code = "unbalanced"


@pytest.fixture
def rules(monkeypatch):
    monkeypatch.setattr(database_rules, "database_rules", {})
    return database_rules.register_rules


def raised_by(statement: str) -> django.db.Error:
    with pytest.raises(django.db.Error) as caught, transaction.atomic(), django.db.connection.cursor() as cursor:
        cursor.execute(statement)
    return caught.value


def trigger(**options) -> str:
    using = ", ".join(f"{name} = '{value}'" for name, value in options.items())
    return f"do $$ begin raise exception 'secret' using {using}; end $$"


def test_a_named_rule_becomes_its_refusal(db, rules):
    rules({"crane_balanced": Unbalanced, "LG007": Frozen})
    named = raised_by(trigger(errcode="LG001", constraint="crane_balanced"))
    assert error_in(answer_to(named))["code"] == "unbalanced"
    by_state = raised_by(trigger(errcode="LG007"))
    assert error_in(answer_to(by_state))["code"] == "frozen"


def test_a_constraint_becomes_its_refusal(db, rules):
    rules({"crane_probe_name": lambda report: errors.Conflict(report.message_detail)})
    violated = raised_by(
        trigger(errcode="unique_violation", constraint="crane_probe_name", detail="Key (name)=(a) already exists.")
    )
    assert isinstance(violated, IntegrityError)
    error = error_in(answer_to(violated))
    assert (error["code"], error["message"]) == ("conflict", "Key (name)=(a) already exists.")


def test_a_rule_that_nobody_registered_is_our_fault(db, rules):
    unknown = raised_by(trigger(errcode="LG999", constraint="crane_new_rule"))
    with capture_logs() as lines:
        assert error_in(answer_to(unknown))["status"] == 500
    assert lines[0]["exc_info"] is unknown


def test_a_rule_has_one_meaning(rules):
    rules({"crane_balanced": Unbalanced})
    rules({"crane_balanced": Unbalanced})
    with pytest.raises(ValueError, match="crane_balanced is registered twice"):
        rules({"crane_balanced": Frozen})


# --- Paths that no view of the API serves ---------------------------------------------------------


@pytest.mark.parametrize(
    ("handler", "arguments", "status"),
    [
        (refusing.not_found, [Http404("/secret")], 404),
        (refusing.bad_request, [django_exceptions.DisallowedHost("secret")], 400),
        (refusing.bad_request, [django_exceptions.RequestDataTooBig("secret")], 413),
        (refusing.forbidden, [django_exceptions.PermissionDenied("secret")], 403),
        (refusing.server_error, [], 500),
    ],
)
def test_django_handlers_answer_in_the_same_shape(handler, arguments, status):
    response = handler(RequestFactory().get("/nowhere"), *arguments)
    assert response.status_code == status
    error_in(response)
    assert b"secret" not in response.content


def test_the_back_office_shows_pages():
    request = RequestFactory().get("/admin/nowhere/")
    request.user = SimpleNamespace(is_authenticated=False)
    response = refusing.not_found(request, Http404())
    assert response.status_code == 404
    assert response.headers["Content-Type"].startswith("text/html")


def test_a_change_without_csrf_token_is_refused_in_the_same_shape():
    refused = refusing.forbidden_by_csrf(RequestFactory().put("/nowhere"))
    assert refused.status_code == 403
    assert error_in(refused)["type"] == "authorization_error"
    page = Client(enforce_csrf_checks=True).post("/admin/login/")
    assert (page.status_code, page.headers["Content-Type"].split(";")[0]) == (403, "text/html")


@pytest.mark.parametrize(
    ("report", "status"), [(psycopg.errors.DeadlockDetected(), 409), (psycopg.OperationalError("refused"), 503)]
)
def test_the_last_handler_knows_the_database(report, status):
    try:
        raise caused_by(report)
    except django.db.Error:
        assert refusing.server_error(RequestFactory().get("/")).status_code == status
