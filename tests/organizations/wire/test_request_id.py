"""Every request has an id, in the answer and in the log; the log holds no secrets."""

import re

import structlog
from django.http import HttpResponse
from django.test import RequestFactory
from structlog.testing import capture_logs

from organizations.wire.request_id import RequestIdMiddleware

requests = RequestFactory()


def test_the_answer_and_the_log_name_the_request():
    bound = {}

    def view(request):
        bound.update(structlog.contextvars.get_contextvars(), on_request=request.request_id)
        return HttpResponse(status=204)

    request = requests.post("/accounts?q=private", {"secret": 1}, headers={"authorization": "Bearer cl_live_key"})
    with capture_logs() as lines:
        response = RequestIdMiddleware(view)(request)
    assert re.fullmatch(r"REQ_[0-9a-f]{16}", response["X-Request-Id"])
    assert bound == {"request_id": response["X-Request-Id"], "on_request": response["X-Request-Id"]}
    [line] = lines
    assert {name: line[name] for name in ("event", "log_level", "method", "path", "status")} == {
        "event": "request",
        "log_level": "info",
        "method": "POST",
        "path": "/accounts",
        "status": 204,
    }
    assert line["ms"] >= 0
    assert not re.search("private|secret|cl_live", str(line))


def test_each_request_has_its_own():
    serve = RequestIdMiddleware(lambda request: HttpResponse())
    assert len({serve(requests.get("/"))["X-Request-Id"] for _ in range(50)}) == 50


def test_a_failure_is_an_error_line():
    with capture_logs() as lines:
        RequestIdMiddleware(lambda request: HttpResponse(status=500))(requests.get("/"))
    assert lines[0]["log_level"] == "error"


def test_a_chunked_body_is_refused_rather_than_taken_for_empty():
    request = requests.post("/transactions", headers={"transfer-encoding": "chunked"})
    del request.META["CONTENT_LENGTH"]
    response = RequestIdMiddleware(lambda request: HttpResponse())(request)
    assert response.status_code == 411
    assert b"length_required" in response.content
