"""Reports are read from a streaming replica, and say what the primary would say, whatever befalls the replica."""

import contextlib
import threading
import time
from types import SimpleNamespace

import psycopg
import pytest
from django.db import connection, connections

from organizations import scoping
from organizations.requests import replicas
from reports import views
from tests import clusters, databases
from tests.cast import api, api_of, gather
from tests.contract.report_cases import ONLY_ASK

pytestmark = pytest.mark.xdist_group("replica")  # two clusters are made once

TRIAL = "/reports/trial-balance"


@pytest.fixture(scope="module")
def pair(django_test_environment, django_db_blocker, admin_url):
    """A primary with the cast's books, its replica, and Django's connections leading to both."""
    with clusters.cluster() as primary, django_db_blocker.unblock(), databases.pointed_to(*primary.places()):
        clusters.fill(primary, admin_url)
        with clusters.replica_of(primary) as replica:
            connections.settings["reports"] = connections.settings["default"] | replica.place()
            try:
                cast = gather()
                cast.alices.api.post("/transactions", cast.alices.sale("100.00"))
                yield SimpleNamespace(cast=cast, books=cast.alices, primary=primary, replica=replica)
            finally:
                connections["reports"].close()
                del connections.settings["reports"], connections["reports"]


@pytest.fixture(autouse=True)
def at_once(pair, monkeypatch):
    """What a test before found wrong with the replica is forgotten; a machine that is busy has time."""
    monkeypatch.setattr(replicas, "_until", 0.0)
    monkeypatch.setattr("django.conf.settings.REPORTS_WAIT_MS", 5000)


def by_replica(answer) -> bool:
    return answer.headers.get(replicas.HEADER) == "replica"


@contextlib.contextmanager
def without_replica():
    """As if REPORTS_DATABASE_URL were not set."""
    kept = connections.settings.pop("reports")
    try:
        yield
    finally:
        connections.settings["reports"] = kept


def figures(value):
    """An answer without its moment: receipts, and links that carry one."""
    if isinstance(value, dict):
        return {name: figures(part) for name, part in value.items() if name not in MOMENTS}
    return [figures(part) for part in value] if isinstance(value, list) else value


MOMENTS = ("known_at", "receipt", "entries_query", "query", "last_activity_at")


def cash(answer) -> str:
    """What the trial balance has on Alice's cash account."""
    return next(row["debit_balance"] for row in answer.body["accounts"] if row["code"] == "1001")


def refused_by(superuser_url: str, statement: str) -> None:
    with psycopg.connect(superuser_url, autocommit=True) as superuser:
        superuser.execute(statement)


def test_every_report_is_read_from_the_replica_and_is_the_primary_s(pair):
    with pair.books.acting():
        account = pair.books.account("1001")
    asked = [f"/reports/{name}" for name in ONLY_ASK if name != "budget-vs-actual"]  # there is no budget
    asked += [f"/reports/account-statement?account_id={account}"]
    asked += [f"{TRIAL}?format=csv", f"{TRIAL}?format=xlsx", f"{TRIAL}?format=pdf", "/overview"]
    asked += [f"/accounts/{account}/entries?format=csv", "/transactions?format=csv", "/entries?format=csv"]
    for question in asked:
        found = pair.books.api.get(question)
        assert found.status == 200 and by_replica(found), (question, found.status, found.body)
        with without_replica():
            there = pair.books.api.get(question)
        assert not by_replica(there) and figures(found.body) == figures(there.body), question


def test_what_is_no_report_is_read_from_the_primary(pair):
    for question in ("/accounts", "/transactions", f"/accounts/{pair.books.account('1001')}/balance"):
        found = pair.books.api.get(question)
        assert found.status == 200 and not by_replica(found), question
    assert not by_replica(pair.books.api.post("/reports/consolidated", {}))


def test_who_has_just_posted_finds_it_in_the_report(pair):
    before = cash(pair.books.api.get(TRIAL))
    for number in range(1, 6):
        pair.books.api.post("/transactions", pair.books.sale("1.00"))
        report = pair.books.api.get(TRIAL)
        assert by_replica(report) and cash(report) == before + number


def test_a_person_reads_there_too_and_a_stranger_nothing(pair):
    bob = api_of(pair.cast.bob, pair.books.api.base)
    report = bob.get(TRIAL)
    assert by_replica(report) and figures(report.body) == figures(pair.books.api.get(TRIAL).body)
    stranger = pair.cast.charlies.api
    foreign = stranger.get(f"/{pair.books.api.base}{TRIAL}")
    assert foreign.status == 404 and not by_replica(foreign)
    assert by_replica(stranger.get(TRIAL))


def test_a_key_that_sees_a_part_sees_it_on_the_primary(pair):
    account = pair.books.account("1001")
    fields = {"name": "Portal", "permissions": {"reports": ["read"]}, "scope": {"account_ids": [account]}}
    key = pair.books.api.post("/api-keys", fields).body["key"]
    report = api(key, pair.books.api.base).get(f"/reports/account-statement?account_id={account}")
    assert report.status == 200 and not by_replica(report) and report.body["entries"], report.body


def test_the_walls_stand_on_the_replica(pair, monkeypatch):
    pair.books.api.get(TRIAL)
    with replicas.in_place(), connection.cursor() as cursor:
        cursor.execute("select pg_is_in_recovery(), current_setting('app.reach', true)")
        assert cursor.fetchone() in [(True, ""), (True, None)]  # what was set has ended with its transaction
        cursor.execute("select count(*) from ledger_account")
        assert cursor.fetchone() == (0,)
    monkeypatch.setattr(scoping, "bind", lambda **settings: None)
    unbound = pair.books.api.get(TRIAL)
    assert by_replica(unbound) and unbound.body["accounts"] == []


def posting_at_work(pair, amount: str):
    """A posting of the same books that is written and not committed yet; the replica has heard of it."""
    begun, end = threading.Event(), threading.Event()

    def post():
        try:
            with pair.books.acting():
                answer = pair.books.api.post("/transactions", pair.books.sale(amount))
                assert answer.status == 201
                begun.set()
                assert end.wait(30)
        finally:
            connections.close_all()

    thread = threading.Thread(target=post)
    thread.start()
    assert begun.wait(30)
    return SimpleNamespace(commit=lambda: (end.set(), thread.join()))


def naive(cursor_of=connection) -> str:
    """What PostgreSQL says on a replica."""
    with cursor_of.cursor() as cursor:
        cursor.execute("select pg_current_snapshot()::text")
        return cursor.fetchone()[0]


@pytest.mark.parametrize("snapshot", [replicas._snapshot, naive])
def test_a_receipt_of_the_replica_gives_the_same_answer_again(pair, monkeypatch, snapshot):
    """Of two postings at work the later is committed first. PostgreSQL's own word on a replica is not enough."""
    monkeypatch.setattr(replicas, "_snapshot", snapshot)
    slow = posting_at_work(pair, "1000.00")
    pair.books.api.post("/transactions", pair.books.sale("7.00"))
    first = pair.books.api.get(TRIAL)
    slow.commit()
    again = pair.books.api.get(f"{TRIAL}?known_at={first.body['receipt']}")
    with without_replica():
        there = pair.books.api.get(f"{TRIAL}?known_at={first.body['receipt']}")
    assert by_replica(first) and by_replica(again) and again.body == there.body
    assert (again.body == first.body) is (snapshot is not naive)
    assert cash(pair.books.api.get(TRIAL)) == cash(first) + 1000


def test_a_snapshot_that_is_too_long_to_be_named_is_the_primary_s(pair, monkeypatch):
    monkeypatch.setattr(replicas, "MOST_UNSEEN", 0)
    slow = posting_at_work(pair, "1.00")
    pair.books.api.post("/transactions", pair.books.sale("2.00"))
    report = pair.books.api.get(TRIAL)
    slow.commit()
    assert report.status == 200 and not by_replica(report)
    assert pair.books.api.get(f"{TRIAL}?known_at={report.body['receipt']}").body == report.body


def test_whether_an_instant_is_settled_only_the_primary_knows(pair):
    known_at = pair.books.api.get(TRIAL).body["known_at"]
    report = pair.books.api.get(f"{TRIAL}?known_at={known_at}")
    assert report.status == 200 and not by_replica(report)


def test_a_replica_that_lags_is_waited_for_and_then_left_alone(pair, monkeypatch):
    monkeypatch.setattr("django.conf.settings.REPORTS_WAIT_MS", 50)
    before = cash(pair.books.api.get(TRIAL))
    refused_by(pair.replica.superuser_url, "select pg_wal_replay_pause()")
    try:
        pair.books.api.post("/transactions", pair.books.sale("3.00"))
        report = pair.books.api.get(TRIAL)
        assert not by_replica(report) and cash(report) == before + 3
        assert not replicas.is_used()
    finally:
        refused_by(pair.replica.superuser_url, "select pg_wal_replay_resume()")
    monkeypatch.setattr("django.conf.settings.REPORTS_WAIT_MS", 5000)
    replicas._until = time.monotonic()
    assert replicas.is_used() and not replicas.is_used()  # one tries for all
    replicas._until = time.monotonic()
    report = pair.books.api.get(TRIAL)
    assert by_replica(report) and cash(report) == before + 3 and replicas.is_used() and replicas.is_used()


def test_a_report_that_writes_is_an_error_on_the_replica(pair, monkeypatch):
    def careless(wish):
        with connection.cursor() as cursor:
            cursor.execute("update organizations_organization set name = 'Another'")

    monkeypatch.setattr(views, "trial_balance", careless)
    report = pair.books.api.get(TRIAL)
    assert (report.status, report.error["code"]) == (500, "internal_error")
    assert pair.books.api.get().body["name"] == "Alice's Bakery"


def test_a_report_whose_connection_breaks_is_the_primary_s(pair, monkeypatch):
    real, places = views.trial_balance, []

    def broken_once(wish):
        places.append(connection.alias)
        if connection.alias == "reports":
            with connection.cursor() as cursor:
                cursor.execute("select pg_backend_pid()")
                refused_by(pair.replica.superuser_url, f"select pg_terminate_backend({cursor.fetchone()[0]})")
        return real(wish)

    monkeypatch.setattr(views, "trial_balance", broken_once)
    report = pair.books.api.get(TRIAL)
    assert report.status == 200 and not by_replica(report) and places == ["reports", "default"]
    assert not replicas.is_used()


def test_another_server_is_no_replica(pair, admin_url):
    kept = connections.settings["reports"]
    connections["reports"].close()
    try:
        connections.settings["reports"] = kept | pair.primary.places()[0]  # the primary itself
        del connections["reports"]
        report = pair.books.api.get(TRIAL)
        assert report.status == 200 and not by_replica(report) and not replicas.is_used()
    finally:
        connections.settings["reports"] = kept
        connections["reports"].close()
        del connections["reports"]


def test_a_body_is_streamed_from_the_replica(pair):
    asked = []

    def note(execute, sql, params, many, context):
        asked.append(sql)
        return execute(sql, params, many, context)

    headers = {"authorization": f"Bearer {pair.books.key}"}
    response = pair.books.api.client.get(f"{pair.books.api.base}/entries?format=csv", headers=headers)
    with connections["reports"].execute_wrapper(note):
        lines = b"".join(response.streaming_content).splitlines()
    assert len(lines) > 4 and any("ledger_entry" in sql for sql in asked)
    assert connection.alias == "default"


def test_a_replica_that_is_gone_is_no_loss(pair):
    pair.replica.postgres.stop()
    report = pair.books.api.get(TRIAL)
    assert report.status == 200 and not by_replica(report) and not replicas.is_used()
