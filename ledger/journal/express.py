"""The express lane: a posting that is in order, without ceremony.

Most of what a busy installation does is ``POST …/transactions`` with ``auto_post``: well
formed, permitted, balanced. This layer before Django does exactly that, in one round trip
to PostgreSQL, by the same functions that the view calls: read, weigh, ``obstacles``,
``ledger_write_rows``. It only ever says yes. Whatever it does not expect (another address, a
problem, a refusal, a replay, a limit) it hands on untouched to Django, whose answer is the
one that counts; tests hold both to the same bytes.
"""

import io
import itertools
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware

from ledger.journal.answers import amount_warnings
from ledger.journal.drafts import Draft, read_draft
from ledger.journal.familiar import Books, Familiar, Memory
from ledger.journal.gathering import Declined, Lost, Posting, provisional_ids, provisional_instant
from ledger.journal.posting import POSTED, Plan, describe, give_ids
from ledger.journal.weighing import Weighed, obstacles, weigh
from organizations import clock, ids
from organizations.errors import Refusal, Unavailable
from organizations.events import recording
from organizations.requests import claiming, limits, opening
from organizations.requests.addresses import client_address
from organizations.wire.answering import answer, request_id_of
from organizations.wire.guarding import HeadersMiddleware
from organizations.wire.parsing import read_json
from organizations.wire.rendering import encode
from organizations.wire.sizing import refusal_of

log = structlog.get_logger("organizations.wire.request_id")

ADDRESS = re.compile(r"/organizations/(ORG_[0-9a-f]{16})/transactions", re.ASCII)
LARGEST = 64 * 1024  # bytes
LONGEST = 20  # entries; what is longer spends its time elsewhere
#: Of these Django knows more: conditions, and pages of other origins.
DJANGOS = {"HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_ORIGIN"}


class Caller:
    """As much of a request as those need who name it and say where it comes from."""

    def __init__(self, environ: dict):
        self.META = environ


@dataclass(slots=True)
class Asked:
    """A request that may take this lane."""

    prefix: str
    digest: bytes
    organization_id: int
    path: str
    key: str | None
    caller: Caller


class ExpressLane:
    """WSGI before Django."""

    def __init__(self, application: Callable):
        self.application = application
        quiet = HttpRequest()
        quiet.META = {"SERVER_NAME": "localhost", "SERVER_PORT": "443", "wsgi.url_scheme": "https"}
        quiet._get_scheme = lambda: "https"
        guarded = HeadersMiddleware(XFrameOptionsMiddleware(SecurityMiddleware(lambda request: HttpResponse())))(quiet)
        #: What the middleware adds to every answer.
        self.headers = [(name, value) for name, value in guarded.items() if name != "Content-Type"]
        self.hosts: set[str] = set()
        self.memory = Memory()

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        address = ADDRESS.fullmatch(environ.get("PATH_INFO", "")) if environ["REQUEST_METHOD"] == "POST" else None
        if address is None:
            return self.application(environ, start_response)
        started, caller = time.perf_counter(), Caller(environ)
        structlog.contextvars.clear_contextvars()  # of the request before on this thread
        try:
            posting = self._post(environ, self._asked(environ, address[1], caller))
        except (Declined, Refusal):
            return self.application(environ, start_response)
        except Lost as problem:
            log.error("request failed", exc_info=problem)
            refused = answer(caller, Unavailable())
            start_response("503 Service Unavailable", [*self.headers, *refused.items()])
            return [refused.content]
        except Exception as problem:  # nothing was sent yet, so Django may do it
            log.warning("express lane failed", exc_info=problem)
            return self.application(environ, start_response)
        body, request_id = posting.answer.encode(), request_id_of(caller)
        headers = [("Content-Type", "application/json"), *self.headers, *posting.allowance.headers().items()]
        start_response("201 Created", [*headers, ("X-Request-Id", request_id), ("Content-Length", str(len(body)))])
        took = round((time.perf_counter() - started) * 1000)
        log.info("request", request_id=request_id, method="POST", path=environ["PATH_INFO"], status=201, ms=took)
        return [body]

    def _asked(self, environ: dict, organization: str, caller: Caller) -> Asked:
        """What the head of the request says. Raises Declined, Refusal."""
        length = environ.get("CONTENT_LENGTH") or "0"
        plain = (
            refusal_of(environ) is None
            and not environ.get("QUERY_STRING")
            and environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() == "application/json"
            and "HTTP_TRANSFER_ENCODING" not in environ
            and not DJANGOS & environ.keys()
            and length.isascii()
            and length.isdigit()
            and 0 < int(length) <= LARGEST
            and not environ.get("SCRIPT_NAME")
        )
        scheme, _, secret = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        if not plain or scheme.lower() != "bearer" or not self._welcome(environ) or connection.in_atomic_block:
            raise Declined()
        key = environ.get("HTTP_IDEMPOTENCY_KEY")
        return Asked(
            *opening.split_key(secret.strip()),
            organization_id=ids.decode("ORG", organization),
            path=environ["PATH_INFO"],
            key=None if key is None else claiming.valid_key(key),
            caller=caller,
        )

    def _post(self, environ: dict, asked: Asked) -> Posting:
        """Read, weigh and write; the posting with its answer. Raises Declined, Lost, Refusal."""
        body, draft = _read(environ)
        familiar = _reaching(self.memory, asked, draft)
        posting = _prepared(asked, body, _weighed(draft, familiar.books), familiar.books)
        try:
            familiar.desk.post(posting)
        except Declined:
            self.memory.forget(familiar)
            environ[limits.COUNTED] = posting.allowance
            raise
        return posting

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


def _read(environ: dict) -> tuple[dict, Draft]:
    """The body as it was sent and as a draft, left for Django to read again. Raises Declined, Refusal."""
    length = int(environ["CONTENT_LENGTH"])
    raw = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = io.BytesIO(raw)
    if len(raw) != length or b'"cl_' in raw:  # what looks like a key's secret is not kept with an answer
        raise Declined()
    body = read_json(raw)
    fields, problems = read_draft(body)
    lines = fields["lines"]
    plain = len(lines) <= LONGEST and not any(line.condition for line in lines) and "unknown" not in fields
    if problems or body.get("auto_post") is not True or not plain:
        raise Declined()
    return body, Draft(**fields)


def _reaching(memory: Memory, asked: Asked, draft: Draft) -> Familiar:
    """The key with the books and all accounts of the draft. Raises Declined where it does not reach them."""
    familiar = memory.recall(asked.digest, asked.organization_id)
    wanted = {line.account_id for line in draft.lines}
    if draft.account_id is not None:
        wanted.add(draft.account_id)
    if familiar is None or not wanted <= familiar.books.accounts.keys():
        familiar = memory.learn(asked.prefix, asked.digest, asked.organization_id, wanted)
    if familiar is None:
        raise Declined()
    return familiar


def _weighed(draft: Draft, books: Books) -> Weighed:
    weighed = weigh(draft, books.accounts, books, clock.today(books.time_zone))
    if obstacles(weighed, books) or amount_warnings(weighed, books.base_currency_id):
        raise Declined()
    return weighed


def _prepared(asked: Asked, body: dict, weighed: Weighed, books: Books) -> Posting:
    """What ``ledger_post_at_once`` reads of a posting, with ids and an instant that it will replace."""
    plan = Plan(weighed, True)
    first, instant = provisional_ids(), provisional_instant()
    give_ids(books, [plan], instant, itertools.count(first))
    describe(books, [plan])
    (fact,) = recording.described([(POSTED, plan.answer["id"], None, plan.answer)])
    fact |= {"ip_address": client_address(asked.caller), "request_id": request_id_of(asked.caller)}
    fingerprint = None if asked.key is None else claiming.fingerprint("POST", asked.path, body, {}).hex()
    return Posting(
        (
            encode(plan.transaction).decode(),
            encode(plan.entries).decode()[1:-1],
            encode(fact).decode(),
            str(first),
            str(1 + len(plan.entries)),
            encode(instant).decode()[1:-1],
            asked.key,
            fingerprint,
        )
    )
