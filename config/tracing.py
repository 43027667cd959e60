"""Traces for OpenTelemetry: requests, SQL statements and background tasks, sent to OTEL_EXPORTER_OTLP_ENDPOINT.

Off unless that is set; it needs the extra `otel`. A span says what was asked of which organization, how it ended and
how long it took. It never says what was in it: no body, no query of an address, no parameter of a statement, no message
of an error, for amounts and names stand there. What else there is to be set (sampling, headers, the service's name) the
SDK reads itself from its own variables.
"""

import contextlib
import functools
import inspect
import os
import re
from collections.abc import Callable, Iterable, Iterator

import psycopg
from celery import signals
from django.conf import settings

from organizations import ids
from organizations.wire.request_id import PROBES

ID = re.compile(r"[A-Za-z]{3}_[0-9A-Fa-f]{16}")
ORGANIZATION = re.compile(r"/organizations/(ORG_[0-9a-f]{16})(?:/|$)", re.IGNORECASE)


def begin() -> "Tracing | None":
    """Have this process traced, once it has forked; None where traces are off."""
    if settings.TRACES_ENDPOINT is None:
        return None
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    os.environ.setdefault("OTEL_SERVICE_NAME", "crane-ledger")
    provider = TracerProvider(resource=Resource.create())
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return Tracing(provider.get_tracer("crane_ledger"))


class Tracing:
    """What is traced, each by itself."""

    def __init__(self, tracer):
        self.tracer = tracer
        self._tasks: dict[str, contextlib.AbstractContextManager] = {}

    @contextlib.contextmanager
    def span(self, name: str, kind: str, attributes: dict, carrier: dict | None = None) -> Iterator:
        """A span around something; an error is told by its kind alone. ``carrier`` holds what a caller began."""
        from opentelemetry import propagate, trace

        begun = {"context": propagate.extract(carrier)} if carrier is not None else {}
        named = {"kind": trace.SpanKind[kind], "attributes": attributes} | begun
        quiet = {"record_exception": False, "set_status_on_exception": False}
        with self.tracer.start_as_current_span(name, **named, **quiet) as span:
            try:
                yield span
            except Exception as problem:
                span.set_attribute("error.type", getattr(problem, "sqlstate", None) or type(problem).__name__)
                span.set_status(trace.StatusCode.ERROR)
                raise

    # --- Requests -------------------------------------------------------------------------------------------------

    def requests(self, application: Callable) -> Callable:
        """A WSGI application whose requests are traced."""

        def traced(environ: dict, start_response: Callable) -> Iterable[bytes]:
            path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
            if path in PROBES:
                return application(environ, start_response)
            route = ID.sub("{id}", path)
            attributes = {"http.request.method": method, "http.route": route} | _organization_in(path)
            carrier = {name.lower(): environ.get(f"HTTP_{name}", "") for name in ("TRACEPARENT", "TRACESTATE")}
            with contextlib.ExitStack() as until_here:
                span = until_here.enter_context(self.span(f"{method} {route}", "SERVER", attributes, carrier))
                body = application(environ, functools.partial(_answered, span, start_response))
                return _Body(body, until_here.pop_all())

        return traced

    # --- SQL ------------------------------------------------------------------------------------------------------

    def statements(self) -> None:
        """Trace what is sent to PostgreSQL within a request or task: the text as it is written, with placeholders."""
        for cursor in (psycopg.Cursor, psycopg.ServerCursor):
            for name in ("execute", "executemany"):
                if name in vars(cursor):
                    setattr(cursor, name, self._stating(getattr(cursor, name)))

    def _stating(self, send: Callable) -> Callable:
        from opentelemetry import trace

        @functools.wraps(send)
        def stating(cursor, query, *rest, **named):
            if not trace.get_current_span().is_recording():
                return send(cursor, query, *rest, **named)
            text = query.decode() if isinstance(query, bytes) else query if isinstance(query, str) else "composed"
            attributes = {"db.system.name": "postgresql", "db.query.text": text}
            with self.span(next(iter(text.split(None, 1)), "statement").upper(), "CLIENT", attributes):
                return send(cursor, query, *rest, **named)

        return stating

    # --- Tasks ----------------------------------------------------------------------------------------------------

    def messages(self) -> None:
        """Give tasks that are sent the trace of who sends them."""
        signals.before_task_publish.connect(_give_trace, weak=False)

    def tasks(self) -> None:
        """Trace tasks that this process works on, as part of the trace that sent them."""
        signals.task_prerun.connect(self._task_begins, weak=False)
        signals.task_postrun.connect(self._task_ends, weak=False)

    def _task_begins(self, task_id: str, task, args=(), **_) -> None:
        carrier = {name: getattr(task.request, name, None) or "" for name in ("traceparent", "tracestate")}
        attributes = {"messaging.system": "celery"}
        if args and next(iter(inspect.signature(task.run).parameters), "") == "organization_id":
            attributes["crane.organization_id"] = ids.encode("ORG", args[0])
        spanning = self.span(task.name, "CONSUMER", attributes, carrier)
        self._tasks[task_id] = spanning
        spanning.__enter__()

    def _task_ends(self, task_id: str, retval=None, **_) -> None:
        problem = retval if isinstance(retval, Exception) else None
        if spanning := self._tasks.pop(task_id, None):
            spanning.__exit__(type(problem) if problem else None, problem, None)


def _organization_in(path: str) -> dict[str, str]:
    found = ORGANIZATION.match(path)
    return {"crane.organization_id": found[1]} if found else {}


def _answered(span, start_response: Callable, status: str, headers: list, *rest):
    from opentelemetry import trace

    span.set_attribute("http.response.status_code", int(status[:3]))
    if status >= "5":
        span.set_status(trace.StatusCode.ERROR)
    return start_response(status, headers, *rest)


def _give_trace(headers: dict | None = None, **_) -> None:
    from opentelemetry import propagate

    if headers is not None:
        propagate.inject(headers)


class _Body:
    """An answer's body; its request's span ends with it, however it is sent."""

    def __init__(self, body: Iterable[bytes], spanning: contextlib.ExitStack):
        self._body, self._spanning = body, spanning

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._body)

    def close(self) -> None:
        with self._spanning:
            getattr(self._body, "close", lambda: None)()
