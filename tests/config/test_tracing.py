"""Traces: what they say, and what they never say. OpenTelemetry is an extra, so its few calls are acted out here."""

import contextlib
import enum
import json
import sys
import types

import psycopg
import pytest
from celery import signals

from config import tracing
from ledger.journal.express import ExpressLane
from organizations.jobs.tasks import run_job
from tests.cast import open_books


class Span:
    def __init__(self, name, kind, attributes, parent):
        self.name, self.kind, self.attributes, self.parent = name, kind.name, dict(attributes), parent
        self.failed = self.ended = False

    def is_recording(self):
        return True

    def set_attribute(self, name, value):
        self.attributes[name] = value

    def set_status(self, status):
        self.failed = status is StatusCode.ERROR


class Nothing:
    def is_recording(self):
        return False


class SpanKind(enum.Enum):
    SERVER, CLIENT, CONSUMER = range(3)


class StatusCode(enum.Enum):
    ERROR = 1


class Collector:
    """The tracer: the spans that were begun, and the one that is current."""

    def __init__(self):
        self.spans, self.open = [], []

    @contextlib.contextmanager
    def start_as_current_span(self, name, *, kind, attributes, record_exception, set_status_on_exception, context=None):
        assert not record_exception and not set_status_on_exception, "An error's message may hold amounts."
        span = Span(name, kind, attributes, self.open[-1].name if self.open else context)
        self.spans.append(span)
        self.open.append(span)
        try:
            yield span
        finally:
            self.open.remove(span)
            span.ended = True


@pytest.fixture
def collector(monkeypatch, settings):
    """Stands for the installed extra; gives what was traced."""
    found = Collector()
    provider = types.SimpleNamespace(add_span_processor=lambda processor: None, get_tracer=lambda name: found)
    packages = {
        "opentelemetry": {},
        "opentelemetry.trace": {
            "SpanKind": SpanKind,
            "StatusCode": StatusCode,
            "set_tracer_provider": lambda provider: None,
            "get_current_span": lambda: found.open[-1] if found.open else Nothing(),
        },
        "opentelemetry.propagate": {
            "extract": lambda carrier: carrier["traceparent"] or None,
            "inject": lambda carrier: carrier.update(traceparent=found.open[-1].name if found.open else ""),
        },
        "opentelemetry.sdk": {},
        "opentelemetry.sdk.resources": {"Resource": types.SimpleNamespace(create=lambda: None)},
        "opentelemetry.sdk.trace": {"TracerProvider": lambda resource: provider},
        "opentelemetry.sdk.trace.export": {"BatchSpanProcessor": lambda exporter: None},
        "opentelemetry.exporter": {},
        "opentelemetry.exporter.otlp": {},
        "opentelemetry.exporter.otlp.proto": {},
        "opentelemetry.exporter.otlp.proto.http": {},
        "opentelemetry.exporter.otlp.proto.http.trace_exporter": {"OTLPSpanExporter": lambda: None},
    }
    for name, members in packages.items():
        module = types.ModuleType(name)
        module.__dict__.update(members)
        monkeypatch.setitem(sys.modules, name, module)
        if "." in name:
            above, _, own = name.rpartition(".")
            setattr(sys.modules[above], own, module)
    settings.TRACES_ENDPOINT = "http://collector.example:4318"
    return found


@pytest.fixture
def traces(collector, monkeypatch):
    for cursor in (psycopg.Cursor, psycopg.ServerCursor):
        for name in {"execute", "executemany"} & vars(cursor).keys():
            monkeypatch.setattr(cursor, name, getattr(cursor, name))  # put back afterwards
    begun = tracing.begin()
    begun.statements()
    begun.messages()
    begun.tasks()
    yield begun
    signals.before_task_publish.disconnect(tracing._give_trace)
    signals.task_prerun.disconnect(begun._task_begins)
    signals.task_postrun.disconnect(begun._task_ends)


def ask(books, traces, method, path, body=None):
    """One request through all layers of the web server but gunicorn."""
    from django.core.wsgi import get_wsgi_application
    from django.test import RequestFactory

    headers = {
        "HTTP_AUTHORIZATION": f"Bearer {books.key}",
        "HTTP_TRACEPARENT": "from outside",
        "HTTP_HOST": "localhost",
    }
    request = RequestFactory().generic(method, path, body or b"", content_type="application/json", **headers)
    statuses = []
    application = traces.requests(ExpressLane(get_wsgi_application()))
    with contextlib.closing(application(request.environ, lambda status, *rest: statuses.append(status))) as answer:
        text = b"".join(answer)
    return statuses[0], text


def test_without_an_address_nothing_is_traced(settings):
    assert settings.TRACES_ENDPOINT is None and tracing.begin() is None


def test_a_request_and_its_statements(committed_db, traces, collector):
    books = open_books("Traced Ltd")
    public = books.organization.public_id
    status, text = ask(books, traces, "GET", f"/organizations/{public}/accounts?code=1001")
    assert status == "200 OK" and b"1001" in text
    request, *statements = collector.spans
    assert (request.name, request.kind, request.parent) == (
        "GET /organizations/{id}/accounts",
        "SERVER",
        "from outside",
    )
    assert request.attributes == {
        "http.request.method": "GET",
        "http.route": "/organizations/{id}/accounts",
        "crane.organization_id": public,
        "http.response.status_code": 200,
    }
    assert statements and {span.parent for span in statements} == {request.name}
    assert all(span.ended for span in collector.spans) and not any(span.failed for span in collector.spans)


def test_probes_leave_no_trace(committed_db, traces, collector):
    assert ask(open_books("Probed Ltd"), traces, "GET", "/health/live")[0] == "200 OK"
    assert collector.spans == []


def test_nothing_of_a_posting_is_told(committed_db, traces, collector):
    books = open_books("Discreet Ltd")
    body = books.sale("7654.32", description="Nobody's business", auto_post=True)
    path = f"/organizations/{books.organization.public_id}/transactions"
    for _ in range(2):
        assert ask(books, traces, "POST", path, json.dumps(body).encode())[0] == "201 Created"
    told = " ".join(f"{span.name} {span.attributes}" for span in collector.spans)
    assert "ledger_post_at_once(%s" in told, "The express lane is traced as well."
    for secret in ("7654", "Nobody", books.key, "Discreet"):
        assert secret not in told


def test_a_statement_that_fails_tells_its_state_alone(committed_db, traces, collector):
    from django.db import Error, connection

    with pytest.raises(Error), traces.span("outer", "SERVER", {}), connection.cursor() as cursor:
        cursor.execute("select %s::int", ["7654.32 dollars"])
    failed = collector.spans[-1]
    assert failed.failed and failed.attributes["error.type"] == "22P02" and "7654" not in str(failed.attributes)


def test_a_task_goes_on_with_the_trace_that_sent_it(committed_db, traces, collector):
    books = open_books("Busy Ltd")
    message = {}
    with traces.span("POST /jobs", "SERVER", {}):
        signals.before_task_publish.send(sender=run_job.name, headers=message)
    assert message == {"traceparent": "POST /jobs"}
    run_job.push_request(id="a", traceparent=message["traceparent"])
    told = {"sender": run_job, "task_id": "a", "task": run_job}
    signals.task_prerun.send(**told, args=(books.organization.pk, 1), kwargs={})
    signals.task_postrun.send(**told, args=(), kwargs={}, retval=ValueError("7654"), state="FAILURE")
    run_job.pop_request()
    span = collector.spans[-1]
    assert (span.name, span.kind, span.parent) == ("organizations.jobs.tasks.run_job", "CONSUMER", "POST /jobs")
    assert span.attributes["crane.organization_id"] == books.organization.public_id
    assert span.failed and span.ended and span.attributes["error.type"] == "ValueError"
