"""The express lane: a posting that is in order, without ceremony.

Most of what a busy installation does is ``POST …/transactions`` with ``auto_post``: well
formed, permitted, balanced. This layer before Django does exactly that, in two round trips
to PostgreSQL, by the same functions that the view calls: read, weigh, ``obstacles``,
``ledger_write``. It only ever says yes. Whatever it does not expect (another address, a
problem, a refusal, a replay, a limit) it undoes and hands on untouched to Django, whose
answer is the one that counts; tests hold both to the same bytes.
"""

import contextlib
import hmac
import io
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

import msgspec
import psycopg
import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware

from ledger.journal.drafts import Draft, read_draft
from ledger.journal.posting import POSTED, Plan, describe, document, give_ids
from ledger.journal.weighing import obstacles, weigh
from organizations import clock, ids
from organizations.actors import Actor
from organizations.errors import Refusal, Unavailable
from organizations.requests import claiming, limits, opening
from organizations.requests.addresses import client_address
from organizations.wire.answering import answer, request_id_of
from organizations.wire.database_rules import UNREACHABLE
from organizations.wire.parsing import read_json
from organizations.wire.rendering import dumps

log = structlog.get_logger("organizations.wire.request_id")

ADDRESS = re.compile(r"/organizations/(ORG_[0-9a-f]{16})/transactions", re.ASCII)
LARGEST = 64 * 1024

OPEN = """begin;
select opened.key_id, opened.home_id, opened.secret_hash, opened.secret_expires_at, opened.permissions::text,
       opened.expires_at, opened.revoked_at, opened.mode, opened.oversight, opened.opened_at, (opened.target).id,
       (opened.target).base_currency_id, (opened.target).books_closed_through, (opened.target).time_zone,
       (opened.target).status
  from crane_open_by_key(%s, %s) opened;
select id, code, type, currency_id, status from ledger_account
 where organization_id = (select crane_organization_id()) and id = any (%s);
select array(select crane_next_id() from generate_series(1, %s))
"""
# The claim and its answer are one row, last: a key that is there already refuses it, and Django replays.
KEEP = """;
insert into organizations_idempotencykey (organization_id, key, fingerprint, status, body) values (%s, %s, %s, 201, %s)
"""


class Declined(Exception):
    """Not for this lane. Nothing was written."""


class Lost(Exception):
    """The connection broke while the posting was being committed: it may or may not be in the books.

    Django must not do it again; the client learns that it has to ask, best with its Idempotency-Key.
    """


@dataclass(slots=True)
class Books:
    """As much of an organization as a posting needs."""

    pk: int
    base_currency_id: str
    books_closed_through: date | None
    time_zone: str

    @property
    def public_id(self) -> str:
        return ids.encode("ORG", self.pk)


@dataclass(slots=True)
class Account:
    """As much of an account as a posting needs."""

    pk: int
    code: str
    type: str
    currency_id: str
    status: str


@dataclass(slots=True)
class Asked:
    """A request that may take this lane."""

    secret: str
    organization_id: int
    draft: Draft
    key: str | None
    fingerprint: bytes
    request: HttpRequest


class ExpressLane:
    """WSGI before Django."""

    def __init__(self, application: Callable):
        self.application = application
        quiet = HttpRequest()
        quiet.META = {"SERVER_NAME": "localhost", "SERVER_PORT": "443", "wsgi.url_scheme": "https"}
        quiet._get_scheme = lambda: "https"
        guarded = XFrameOptionsMiddleware(SecurityMiddleware(lambda request: HttpResponse()))(quiet)
        #: What the middleware adds to every answer.
        self.headers = [(name, value) for name, value in guarded.items() if name != "Content-Type"]
        self.hosts: set[str] = set()

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "POST" or not ADDRESS.fullmatch(environ.get("PATH_INFO", "")):
            return self.application(environ, start_response)
        started = time.perf_counter()
        try:
            asked = self._read(environ)
            headers, body = _post(asked)
        except (Declined, Refusal):
            return self.application(environ, start_response)
        except Lost as problem:
            log.error("request failed", exc_info=problem)
            refused = answer(asked.request, Unavailable())
            start_response("503 Service Unavailable", [*self.headers, *refused.items()])
            return [refused.content]
        request_id = asked.request.request_id
        headers += [("X-Request-Id", request_id), ("Content-Length", str(len(body)))]
        start_response("201 Created", [("Content-Type", "application/json"), *self.headers, *headers])
        log.info(
            "request",
            request_id=request_id,
            method="POST",
            path=environ["PATH_INFO"],
            status=201,
            ms=round((time.perf_counter() - started) * 1000),
        )
        return [body]

    def _read(self, environ: dict) -> Asked:
        """Read the request as Django would, but for Django to read it again. Raises Declined, Refusal."""
        length = environ.get("CONTENT_LENGTH") or "0"
        plain = (
            not environ.get("QUERY_STRING")
            and environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() == "application/json"
            and "HTTP_TRANSFER_ENCODING" not in environ
            and length.isascii()
            and length.isdigit()
            and 0 < int(length) <= LARGEST
            and not environ.get("SCRIPT_NAME")
        )
        scheme, _, secret = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        if not plain or scheme.lower() != "bearer" or not self._welcome(environ):
            raise Declined()
        raw = environ["wsgi.input"].read(int(length))
        environ["wsgi.input"] = io.BytesIO(raw)
        if len(raw) != int(length):
            raise Declined()
        body = read_json(raw)
        fields, problems = read_draft(body)
        if problems or body.get("auto_post") is not True or any(line.condition for line in fields["lines"]):
            raise Declined()
        path, key = environ["PATH_INFO"], environ.get("HTTP_IDEMPOTENCY_KEY")
        request = HttpRequest()
        request.META = environ
        request_id_of(request)
        return Asked(
            secret=secret.strip(),
            organization_id=ids.decode("ORG", ADDRESS.fullmatch(path)[1]),
            draft=Draft(**fields),
            key=None if key is None else claiming.valid_key(key),
            fingerprint=b"" if key is None else claiming.fingerprint("POST", path, body, {}),
            request=request,
        )

    def _welcome(self, environ: dict) -> bool:
        """Whether the host is one that is served, over a connection that is allowed."""
        host = environ.get("HTTP_HOST", "")
        if host not in self.hosts:
            domain, _ = split_domain_port(host)
            if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
                return False
            if len(self.hosts) < 100:
                self.hosts.add(host)
        return not settings.SECURE_SSL_REDIRECT or _is_secure(environ)


def _is_secure(environ: dict) -> bool:
    header = getattr(settings, "SECURE_PROXY_SSL_HEADER", None)
    if header and header[0] in environ:
        return environ[header[0]].partition(",")[0].strip() == header[1]
    return environ.get("wsgi.url_scheme") == "https"


def _post(asked: Asked) -> tuple[list[tuple[str, str]], bytes]:
    """Open, check, write and commit; the headers and the body of the answer. Raises Declined, Refusal."""
    if connection.in_atomic_block:
        raise Declined()
    try:
        connection.ensure_connection()
        with connection.connection.cursor() as cursor:
            try:
                answered = _in_transaction(cursor, asked)
            except BaseException:
                with contextlib.suppress(psycopg.Error):  # the connection itself may be gone
                    cursor.execute("rollback")
                raise
        return answered
    except Exception as problem:
        if isinstance(problem, Declined | Refusal | Lost):
            raise
        if not isinstance(problem, psycopg.Error):  # a fault of this lane must not go unnoticed
            log.warning("express lane failed", exc_info=problem)
        raise Declined() from problem
    finally:
        connection.close()


def _in_transaction(cursor, asked: Asked) -> tuple[list[tuple[str, str]], bytes]:
    draft = asked.draft
    wanted = {line.account_id for line in draft.lines}
    if draft.account_id is not None:
        wanted.add(draft.account_id)
    prefix, digest = opening.split_key(asked.secret)
    cursor.execute(OPEN, [prefix, asked.organization_id, list(wanted), 1 + len(draft.lines)])
    cursor.nextset()
    books, actor, mode, now = _opened(cursor.fetchone(), digest, asked)
    cursor.nextset()
    accounts = {row[0]: Account(*row) for row in cursor.fetchall()}
    cursor.nextset()
    (numbers,) = cursor.fetchone()
    weighed = weigh(draft, accounts, books, clock.today(books.time_zone))
    if obstacles(weighed, books):
        raise Declined()
    allowance = limits.count(home_id=actor.home_id, key_id=actor.api_key_id, mode=mode)
    if allowance.exceeded:
        raise Declined()
    plan = Plan(weighed, True)
    give_ids(books, [plan], now, iter(numbers))
    describe(books, [plan])
    body = dumps(plan.answer)
    facts = [(POSTED, plan.answer["id"], None, msgspec.Raw(body))]
    sql, values = "select ledger_write(%s, %s)", [books.pk, dumps(document(actor, [plan], facts)).decode()]
    if asked.key is not None:
        sql += KEEP
        values += [books.pk, asked.key, asked.fingerprint, claiming.without_secret(body)]
    try:
        cursor.execute(f"{sql};\ncommit", values)
    except psycopg.Error as problem:
        if problem.sqlstate is None or problem.sqlstate.startswith(UNREACHABLE):
            raise Lost() from problem
        raise
    return list(allowance.headers().items()), body


def _opened(row: tuple | None, digest: bytes, asked: Asked) -> tuple[Books, Actor, str, datetime]:
    """Who asks, for which books. Raises Declined for everybody who may not post there."""
    if row is None:
        raise Declined()
    key_id, home_id, stored, secret_ends, permissions, key_ends, revoked_at, mode, oversight, now = row[:10]
    number, currency, closed_through, time_zone, status = row[10:]
    actor = Actor(
        api_key_id=key_id,
        home_id=home_id,
        permissions=msgspec.json.decode(permissions),
        ip_address=client_address(asked.request),
        request_id=asked.request.request_id,
    )
    welcome = (
        hmac.compare_digest(bytes(stored), digest)
        and revoked_at is None
        and not any(end is not None and end <= now for end in (secret_ends, key_ends))
        and number is not None
        and not oversight
        and status == "active"
        and actor.may("write", "transactions")
    )
    if not welcome:
        raise Declined()
    return Books(number, currency, closed_through, time_zone), actor, mode, now
