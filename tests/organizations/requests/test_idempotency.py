"""The same key and body get the first answer again and no second effect."""

import datetime

import psycopg
import pytest
from django.db import OperationalError, connection

from organizations import clock
from organizations.errors import Busy
from organizations.requests.addresses import client_address
from organizations.requests.claiming import fingerprint
from organizations.requests.forgetting import KEPT, forget_old_claims
from tests.cast import api, open_books


@pytest.fixture
def books(db):
    return open_books("Once Ltd")


def count(books) -> int:
    return books.api.get("/transactions?include=total_count")["total_count"]


def test_a_replay_is_the_first_answer_to_the_byte(books):
    first = books.api.post("/transactions", books.sale(), idempotency_key="k1")
    second = books.api.post("/transactions", books.sale(), idempotency_key="k1")
    assert (first.status, second.status) == (201, 201)
    assert first.body == second.body
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert count(books) == 1


def test_another_body_or_path_under_the_key_is_refused(books):
    books.api.post("/transactions", books.sale(), idempotency_key="k1")
    other = books.api.post("/transactions", books.sale("7.00"), idempotency_key="k1")
    assert (other.status, other.error["code"]) == (422, "idempotency_key_reused")
    elsewhere = books.api.post("/accounts", books.sale(), idempotency_key="k1")
    assert (elsewhere.status, elsewhere.error["code"]) == (422, "idempotency_key_reused")
    assert count(books) == 1


def test_a_refusal_by_the_state_of_the_books_is_kept(books):
    cash = books.account("1001")
    books.api.put(f"/accounts/{cash}", {"status": "suspended"})
    refused = books.api.post("/transactions", books.sale(), idempotency_key="k1")
    books.api.put(f"/accounts/{cash}", {"status": "active"})
    again = books.api.post("/transactions", books.sale(), idempotency_key="k1")
    assert refused.status == again.status == 422
    assert again.body == refused.body
    assert count(books) == 0


def test_a_malformed_request_may_be_mended_under_its_key(books):
    assert books.api.post("/transactions", {"entries": []}, idempotency_key="k1").status == 400
    assert books.api.post("/transactions", books.sale(), idempotency_key="k1").status == 201


def test_keys_of_two_organizations_do_not_meet(books):
    other = open_books("Twice Ltd")
    assert books.api.post("/transactions", books.sale(), idempotency_key="k1").status == 201
    assert other.api.post("/transactions", other.sale(), idempotency_key="k1").status == 201


def test_a_replay_does_not_show_a_secret_again(books):
    first = books.api.post("/api-keys", {"name": "Portal"}, idempotency_key="k1")
    second = books.api.post("/api-keys", {"name": "Portal"}, idempotency_key="k1")
    assert first["key"].startswith("cl_live_")
    assert "key" not in second.body
    assert second["id"] == first["id"]


def test_sign_up_is_keyed_by_address(db):
    body = {"organization_name": "New Ltd", "user_email": "new@example.com"}
    first = api().post("//organizations", body, idempotency_key="s1")
    second = api().post("//organizations", body, idempotency_key="s1")
    assert first["id"] == second["id"]
    assert "key" in first["api_key"]
    assert "key" not in second["api_key"]


@pytest.mark.parametrize("key", ["", "x" * 256, "näh"])
def test_a_key_that_is_none(books, key):
    answer = books.api.post("/transactions", books.sale(), idempotency_key=key)
    assert (answer.status, answer.error["code"]) == (400, "idempotency_key_invalid")


def test_dry_run_answers_and_changes_nothing(books):
    answer = books.api.post("/transactions?dry_run=true", books.sale(), idempotency_key="k1")
    assert (answer.status, answer["status"]) == (201, "posted")
    assert count(books) == 0
    assert books.api.post("/transactions", books.sale("1.00"), idempotency_key="k1").status == 201


def test_the_order_of_fields_does_not_matter():
    one = fingerprint("POST", "/x", {"a": 1, "b": {"c": 2, "d": 3}}, {})
    assert one == fingerprint("POST", "/x", {"b": {"d": 3, "c": 2}, "a": 1}, {})
    assert one != fingerprint("POST", "/x", {"a": 1, "b": {"c": 2, "d": 4}}, {})
    assert one != fingerprint("POST", "/x", {"a": 1, "b": {"c": 2, "d": 3}}, {"file": b""})


def test_old_claims_are_forgotten(books, monkeypatch):
    books.api.post("/transactions", books.sale(), idempotency_key="k1")
    assert forget_old_claims() == 0
    later = clock.now() + KEPT + datetime.timedelta(days=1)
    monkeypatch.setattr("organizations.clock.now", lambda: later)
    assert forget_old_claims() == 1
    with books.acting(), connection.cursor() as cursor:
        cursor.execute("select count(*) from organizations_idempotencykey")
        assert cursor.fetchone() == (0,)


def test_a_deadlock_is_tried_again_and_then_said(books, monkeypatch):
    tries = []

    def deadlock(*args, **kwargs):
        tries.append(1)
        with connection.cursor() as cursor:
            cursor.execute("do $$ begin raise exception 'deadlock' using errcode = '40P01'; end $$")

    monkeypatch.setattr("ledger.journal.api.create_transaction", deadlock)
    answer = books.api.post("/transactions", books.sale())
    assert (answer.status, answer.error["code"], len(tries)) == (409, "busy", 4)
    assert answer.headers["Retry-After"] == "1"


def test_without_a_database_the_service_is_unavailable(books, monkeypatch):
    def lost(*args, **kwargs):
        raise OperationalError("no connection") from psycopg.OperationalError("no connection")

    monkeypatch.setattr("organizations.requests.opening.open_by_key", lost)
    answer = books.api.get("/accounts")
    assert (answer.status, answer.error["code"]) == (503, "unavailable")


def test_a_refusal_that_passes_by_itself_is_not_kept(books, monkeypatch):
    with monkeypatch.context() as blocked:
        blocked.setattr("ledger.journal.api.create_transaction", raising(Busy()))
        assert books.api.post("/transactions", books.sale(), idempotency_key="k1").status == 409
    assert books.api.post("/transactions", books.sale(), idempotency_key="k1").status == 201


def raising(refusal):
    def refuse(*args, **kwargs):
        raise refusal

    return refuse


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9", "198.51.100.1"),
        (1, "no address", None),
    ],
)
def test_the_callers_address(rf, settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    assert client_address(rf.get("/", headers={"x-forwarded-for": forwarded})) == address
