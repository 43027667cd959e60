"""kill -9 in mid-load. What was answered is there exactly once; what was not can be sent again with its key."""

import os
import signal

import psycopg
import pytest
from django.db import connection

from ledger.journal.models import Transaction
from organizations import scoping
from tests.concurrency.books import assert_true_books, open_books
from tests.concurrency.http import Client
from tests.crashes.selling import Shop
from tests.processes import WebServer

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def no_rate_limit(monkeypatch):
    monkeypatch.setenv("RATE_LIMIT_LIVE", "1000000")


def a_session(superuser_url: str) -> int:
    """The process of one of the application's sessions; one that is in a transaction, if any is."""
    query = "select pid from pg_stat_activity where usename = 'crane_web' order by xact_start nulls last limit 1"
    with psycopg.connect(superuser_url) as superuser:
        return superuser.execute(query).fetchone()[0]


def assert_each_sale_once(shop: Shop) -> None:
    """Every sale that a till was told of, or told again of after the crash, is in the books once, under the id told."""
    assert shop.refused <= {503}, "A caller who may try again is told so, and not that we are at fault."
    connection.close()  # our own session may have died with the others
    retried = shop.retry()
    told = shop.answered | retried
    assert len(told) == len(shop.answered) + len(shop.unanswered)
    with scoping.acting_in(shop.books.id):
        posted = Transaction.objects.of(shop.books.id).filter(status="posted")
        assert {each.external_id: each.public_id for each in posted} == told
        assert posted.count() == len(told)
    assert_true_books(shop.books.id)
    client = Client(shop.base_url, shop.books.secret)
    for key in [*shop.answered][-3:] + shop.unanswered[:3]:
        again = shop.send(client, key)
        assert again.headers["Idempotent-Replayed"] == "true"
        assert again.body["id"] == told[key]
    client.close()


def test_a_web_worker_is_killed_twice(web_process):
    shop = Shop(web_process.base_url, open_books())
    shop.open()
    try:
        for _ in range(2):
            shop.wait_for(40)
            web_process.kill_a_worker()
        shop.wait_for(40)
    finally:
        shop.close()
    assert shop.unanswered, "Nothing was under way when the worker died."
    assert_each_sale_once(shop)


def test_a_session_of_the_database_is_killed(own_cluster):
    """PostgreSQL answers the loss of one backend by restarting all of them."""
    web = WebServer(own_cluster.database_url).start()
    shop = Shop(web.base_url, open_books())
    try:
        shop.open()
        try:
            shop.wait_for(40)
            os.kill(a_session(own_cluster.superuser_url), signal.SIGKILL)
            shop.wait_for(40)
        finally:
            shop.close()
        assert shop.unanswered
        assert_each_sale_once(shop)
    finally:
        web.stop()


def test_postgresql_is_killed(own_cluster):
    web = WebServer(own_cluster.database_url).start()
    shop = Shop(web.base_url, open_books())
    try:
        shop.open()
        try:
            shop.wait_for(40)
            own_cluster.kill()
            own_cluster.start()
            shop.wait_for(40)
        finally:
            shop.close()
        assert shop.unanswered
        assert_each_sale_once(shop)
    finally:
        web.stop()
