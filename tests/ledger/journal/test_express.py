"""The express lane says yes to what Django would have said yes to, in the same words, and nothing else."""

import io
import json
import re
import sys
import threading
import time
from decimal import Decimal

import psycopg
import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from psycopg import sql

from ledger.health.examining import examine
from ledger.journal.express import ExpressLane
from organizations.errors import ApprovalRequired
from tests.cast import open_books, open_child


class Lane:
    """The lane in front of Django, counting what it hands on; and Django alone."""

    def __init__(self):
        self.django = get_wsgi_application()
        self.handed_on = 0
        self.lane = ExpressLane(self._behind)

    def _behind(self, environ, start_response):
        self.handed_on += 1
        return self.django(environ, start_response)

    def ask(self, books, body, *, express: bool = True, path: str = "/transactions", method="POST", **headers):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": f"{books.api.base}{path}",
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost",
            "HTTP_AUTHORIZATION": f"Bearer {books.key}",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(raw)),
            "wsgi.input": io.BytesIO(raw),
            "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "http",
            **headers,
        }
        seen = {}

        def start_response(status, found, *rest):
            seen["status"], seen["headers"] = int(status.split()[0]), dict(found)

        answer = (self.lane if express else self.django)(environ, start_response)
        content = b"".join(answer)
        getattr(answer, "close", lambda: None)()
        return seen["status"], json.loads(content, parse_float=Decimal), seen["headers"]


@pytest.fixture
def books(committed_db):
    return open_books("Express Ltd")


@pytest.fixture
def lane():
    return Lane()


def without_names(text) -> str:
    """An answer without what differs from one posting to the next: ids, instants, what is left of the minute."""
    text = json.dumps(text, default=str, sort_keys=True)
    text = re.sub(r"(TXN|LED|REQ)_[0-9a-f]{16}", r"\1", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "INSTANT", text)
    return re.sub(r'"X-RateLimit-(Remaining|Reset)": "\d+"', "", text)


def full(books) -> dict:
    return books.sale(
        "12.34",
        transaction_date="2024-05-06",
        reference_number="R-1",
        metadata={"till": "7", "näme": "Ünïcode “quotes”"},
    )


@pytest.mark.parametrize("key", [None, "k1"])
def test_both_give_the_same_answer_and_write_the_same(books, lane, key):
    headers = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
    fast = lane.ask(books, full(books), **headers)
    assert lane.handed_on == 0
    headers = {"HTTP_IDEMPOTENCY_KEY": f"{key}-2"} if key else {}
    slow = lane.ask(books, full(books), express=False, **headers)
    assert fast[0] == slow[0] == 201
    assert without_names(fast[1]) == without_names(slow[1])
    ignored = {"Allow", "Vary", "Content-Length"}
    assert without_names({n: v for n, v in fast[2].items() if n not in ignored}) == without_names(
        {n: v for n, v in slow[2].items() if n not in ignored}
    )
    shown = [books.api.get(f"/transactions/{each[1]['id']}").body for each in (fast, slow)]
    assert without_names(shown[0]) == without_names(shown[1])
    events = [books.api.get(f"/events?entity_id={each[1]['id']}").data for each in (fast, slow)]
    assert [without_names(event["after_state"]) for event in events[0]] == [
        without_names(event["after_state"]) for event in events[1]
    ]
    assert events[0][0]["api_key_id"] == events[1][0]["api_key_id"] is not None
    assert fast[1]["id"] in json.dumps(events[0][0]["after_state"], default=str)


def test_a_replay_is_djangos_and_the_same_to_the_byte(books, lane):
    first = lane.ask(books, full(books), HTTP_IDEMPOTENCY_KEY="k1")
    again = lane.ask(books, full(books), HTTP_IDEMPOTENCY_KEY="k1")
    assert (lane.handed_on, again[0], again[1]) == (1, 201, first[1])
    assert again[2]["Idempotent-Replayed"] == "true"
    other = lane.ask(books, books.sale("7.00"), HTTP_IDEMPOTENCY_KEY="k1")
    assert (other[0], other[1]["error"]["code"]) == (422, "idempotency_key_reused")
    assert len(books.api.get("/transactions").data) == 1


def bodies(books) -> dict:
    unbalanced = books.sale("10.00")
    unbalanced["entries"][1]["amount"] = "9.00"
    stranger = books.sale()
    stranger["entries"][0]["account_id"] = "ACT_" + "0" * 16
    return {
        "a draft": books.sale(auto_post=False),
        "unbalanced": unbalanced,
        "an unknown account": stranger,
        "no entries": {"auto_post": True},
        "a bad amount": books.sale("1.001"),
        "a bad date": books.sale(transaction_date="2024-13-01"),
        "closed books": books.sale(transaction_date="2020-01-01"),
        "no object": [],
        "no JSON": b"{",
        "a key twice": b'{"auto_post": true, "auto_post": true}',
        "text": b'"x"',
        "not true": {**books.sale(), "auto_post": "yes"},
    }


def test_whatever_is_not_in_order_is_djangos(books, lane):
    books.api.put("", {"books_closed_through": "2020-12-31"})
    for name, body in bodies(books).items():
        before = lane.handed_on
        fast, slow = lane.ask(books, body), lane.ask(books, body, express=False)
        assert lane.handed_on == before + 1, name
        assert (fast[0], without_names(fast[1])) == (slow[0], without_names(slow[1])), name
        assert fast[0] != 201 or fast[1]["status"] == "pending"


@pytest.mark.parametrize(
    "headers",
    [
        {"QUERY_STRING": "dry_run=true"},
        {"HTTP_AUTHORIZATION": "Bearer cl_live_AAAAAAAAAAAA_" + "b" * 43},
        {"HTTP_AUTHORIZATION": "Basic x"},
        {"CONTENT_TYPE": "text/plain"},
        {"HTTP_HOST": "evil.example"},
        {"HTTP_IDEMPOTENCY_KEY": "x" * 256},
        {"HTTP_IF_MATCH": '"0-0"'},
        {"HTTP_IF_MATCH": "nonsense"},
        {"HTTP_IF_NONE_MATCH": "nonsense"},
        {"HTTP_ORIGIN": "https://portal.example.com", "HTTP_IF_MATCH": "nonsense"},
        {"CONTENT_LENGTH": ""},
    ],
)
def test_odd_requests_are_djangos(books, lane, headers):
    status, _, _ = lane.ask(books, books.sale(), **headers)
    assert lane.handed_on == 1
    assert status in (201, 400, 401, 412, 415)
    assert books.api.get("/transactions").data == []


def test_who_may_not_post_is_refused_by_django(books, lane):
    reader, stranger = books.key_for(["read"]), open_books("Stranger Ltd")
    child = open_child(books, "Linked Ltd", relationship="linked")
    for key, base, status in (
        (reader.key, books.api.base, 403),
        (stranger.key, books.api.base, 404),
        (books.key, child.api.base, 404),
    ):
        books.key, books.api.base = key, base
        assert lane.ask(books, books.sale())[0] == status
    assert lane.handed_on == 3


def test_where_writes_wait_only_a_key_that_approves_is_fast(books, lane):
    assert books.api.put("", {"require_draft_approval": True}).status == 200
    assert lane.ask(books, books.sale())[0] == 201 and lane.handed_on == 0
    books.key = books.key_for(["read", "write"]).key
    status, answer, _ = lane.ask(books, books.sale())
    assert (status, answer["error"]["code"], lane.handed_on) == (403, ApprovalRequired.code, 1)
    assert books.api.put("", {"require_draft_approval": False}).status == 200
    assert lane.ask(books, books.sale())[0] == 201 and lane.handed_on == 1


def test_a_key_that_works_from_some_addresses_only_is_checked_by_django(books, lane):
    assert lane.ask(books, books.sale())[0] == 201 and lane.handed_on == 0
    (key,) = books.api.get("/api-keys").data
    assert books.api.put(f"/api-keys/{key['id']}", {"allowed_addresses": ["127.0.0.1"]}).status == 200
    assert lane.ask(books, books.sale())[0] == 201 and lane.handed_on == 1
    status, answer, _ = lane.ask(books, books.sale(), REMOTE_ADDR="192.0.2.9")
    assert (status, answer["error"]["code"]) == (403, "address_not_allowed")


def test_an_archived_organization_and_a_full_minute_are_djangos(books, lane, settings):
    books.api.put("", {"status": "archived"})
    assert lane.ask(books, books.sale())[0] == 422
    books.api.put("", {"status": "active"})
    settings.RATE_LIMIT_LIVE = 1
    assert lane.ask(books, books.sale())[0] == 429
    assert lane.handed_on == 2


def test_a_refusal_by_the_database_alone_is_djangos(books, lane):
    books.api.put(f"/accounts/{books.account('1001')}", {"balance_ceiling": "5.00"})
    status, answer, _ = lane.ask(books, books.sale("6.00"))
    assert (status, answer["error"]["code"], lane.handed_on) == (422, "balance_out_of_bounds", 1)


def test_parents_post_for_owned_children(books, lane):
    child = open_child(books, "Owned Ltd")
    child.key = books.key
    assert lane.ask(child, child.sale())[0] == 201
    assert lane.handed_on == 0


def test_one_key_in_many_threads_has_one_effect(books, lane):
    answers = []

    def ask():
        answers.append(lane.ask(books, full(books), HTTP_IDEMPOTENCY_KEY="once"))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 12
    assert {status for status, _, _ in answers} <= {201, 409}
    assert len({answer["id"] for status, answer, _ in answers if status == 201}) == 1
    assert len(books.api.get("/transactions").data) == 1
    with books.acting():
        assert not [finding.name for finding in examine(books.organization.pk) if finding.broken]


@pytest.mark.parametrize("key", [None, "k1"])
def test_an_answer_lost_at_the_commit_is_never_a_second_posting(books, lane, monkeypatch, key):
    real = psycopg.Cursor.execute

    def lose(cursor, query, *rest, **more):
        done = real(cursor, query, *rest, **more)
        if "ledger_post_at_once" in str(query):
            raise psycopg.OperationalError("the connection is lost")
        return done

    headers = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
    with monkeypatch.context() as broken:
        broken.setattr(psycopg.Cursor, "execute", lose)
        status, answer, found = lane.ask(books, full(books), **headers)
    assert (status, answer["error"]["code"], lane.handed_on) == (503, "unavailable", 0)
    assert found["Retry-After"] == "2"
    assert len(books.api.get("/transactions").data) == 1
    if key:
        assert lane.ask(books, full(books), **headers)[2]["Idempotent-Replayed"] == "true"
        assert len(books.api.get("/transactions").data) == 1


def test_a_locked_period_is_djangos_and_a_lift_is_not(books, lane):
    books.api.put("/lock-dates", {"sales": "2026-01-31"})
    late = books.sale("10.00", transaction_date="2026-01-20")
    status, refused, _ = lane.ask(books, late)
    assert (status, refused["error"]["code"], lane.handed_on) == (422, "period_locked", 1)
    key = books.api.get("/api-keys").data[0]["id"]
    wish = {"area": "sales", "api_key_id": key, "reason": "Late", "expires_at": "2100-01-01T00:00:00Z"}
    lift = books.api.post("/lock-dates/lifts", wish)
    assert lane.ask(books, late)[0] == 201
    assert lane.handed_on == 1
    assert len(books.api.get(f"/lock-dates/lifts/{lift['id']}/changes").data) == 1


def test_categories_are_refused_as_django_does(books, lane):
    old = books.api.post("/categories", {"name": "Old", "type": "expense"})["id"]
    travel = books.api.post("/categories", {"name": "Travel", "type": "expense"})["id"]
    books.api.put(f"/categories/{old}", {"status": "archived"})
    status, answer, _ = lane.ask(books, books.sale(category_id=travel))
    assert (status, answer["category_id"], lane.handed_on) == (201, travel, 0)
    for category, code in (("CAT_0190a1b2c3d4e5f6", "category_not_found"), (old, "category_archived")):
        status, answer, _ = lane.ask(books, books.sale(category_id=category))
        assert (status, answer["error"]["code"]) == (400 if code == "category_not_found" else 422, code)
        assert list(answer["error"]["details"]["fields"]) == ["category_id"]
    assert lane.handed_on == 2


@pytest.mark.skipif(settings.PGBOUNCER, reason="a pgbouncer keeps the sessions, which are to say what they scanned")
def test_no_key_is_looked_for_from_end_to_end(books, lane, committed_db, superuser_connection):
    """A session keeps the plans of its first postings, when there are hardly any keys."""
    ask = superuser_connection.execute

    def scans() -> int:
        connection.close()
        while ask("select from pg_stat_activity where datname = current_database() and usename = 'crane_web'").rowcount:
            time.sleep(0.01)  # a session says what it has scanned when it ends
        ask("select pg_stat_clear_snapshot()")
        row = ask("select seq_scan from pg_stat_user_tables where relname = 'organizations_idempotencykey'").fetchone()
        return row[0]

    ask(sql.SQL("alter database {} set plan_cache_mode = force_generic_plan").format(sql.Identifier(committed_db)))
    before = scans()
    for number in range(3):
        assert lane.ask(books, books.sale("1.00"), HTTP_IDEMPOTENCY_KEY=f"key {number}")[0] == 201
    assert (lane.handed_on, scans()) == (0, before)
