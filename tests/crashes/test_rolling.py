"""Web servers are replaced under load, one after the other: no request fails, and nobody tries one twice.

`make drain` does it for a minute, every five seconds, replaces the worker of long jobs beside it, and reloads a web
server on its one socket; here one of two is replaced.
"""

import os
import signal
import threading
import time

import pytest
from django.db import connection

from config import database_roles
from ledger.journal.models import Transaction
from organizations import scoping
from tests.balancing import Balancer
from tests.concurrency.books import Books, open_books
from tests.concurrency.http import Client
from tests.concurrency.together import failures, together
from tests.crashes.jobbing import queue_batch, statuses
from tests.crashes.selling import Shop
from tests.crashes.test_crashes import assert_each_sale_once
from tests.processes import WebServer, Worker

pytestmark = pytest.mark.slow

SECONDS = float(os.environ.get("ROLLING_SECONDS", "0"))  # of a run, and no money
EVERY = 5.0
PER_SECOND = 50
ITEMS = 12_000  # of a job: more than a request takes, some seconds of work
minute_long = pytest.mark.skipif(not SECONDS, reason="`make drain` runs it")


@pytest.fixture
def address(committed_db, monkeypatch):
    monkeypatch.setenv("RATE_LIMIT_LIVE", "1000000")
    return database_roles.as_database(os.environ["DATABASE_URL"], committed_db)


@pytest.fixture
def instances(address):
    """Two web servers."""
    pair = [WebServer(address, workers=1, environment={"DRAIN_SECONDS": "1"}) for _ in range(2)]
    try:
        assert failures(together([one.start for one in pair], threads=2)) == []
        yield pair
    finally:
        for instance in pair:
            instance.stop()


def test_servers_are_replaced_and_no_request_fails(instances):
    balancer = Balancer([instance.port for instance in instances]).start()
    shop = Shop(balancer.base_url, open_books(), tills=10, per_second=PER_SECOND)
    restarts, began = 0, time.monotonic()
    try:
        balancer.wait_for(True, True)
        shop.open()
        try:
            shop.wait_for(20)
            while restarts == 0 or time.monotonic() - began < SECONDS:
                one = restarts % 2
                if instances[one].process.poll() is not None:
                    instances[one].start()
                    balancer.wait_for(True, True)
                instances[one].process.send_signal(signal.SIGTERM)
                balancer.wait_for(one == 1, one == 0)
                shop.wait_for(20)
                assert instances[one].process.wait(10) == 0
                restarts += 1
                if SECONDS:
                    instances[one].start()
                    balancer.wait_for(True, True)
                    time.sleep(max(0.0, began + restarts * EVERY - time.monotonic()))
        finally:
            shop.close()
        assert (shop.unanswered, shop.refused) == ([], set())
        assert_each_sale_once(shop)
    finally:
        balancer.stop()
    print(f"{restarts} restarts, {len(shop.answered)} postings, 0 failed")


@minute_long
def test_a_server_is_reloaded_on_its_socket_and_no_request_fails(address):
    """SIGHUP: new processes on the same socket. Their clients wait while they load, and see nothing else."""
    web = WebServer(address, workers=1).start()
    shop = Shop(web.base_url, open_books(), tills=10, per_second=PER_SECOND)
    reloads, began = 0, time.monotonic()
    try:
        shop.open()
        try:
            while time.monotonic() - began < SECONDS:
                before = web.worker_pids()
                web.process.send_signal(signal.SIGHUP)
                reloads += 1
                time.sleep(EVERY)
                assert not set(before) & set(web.worker_pids())
                shop.wait_for(20)
        finally:
            shop.close()
        assert (shop.unanswered, shop.refused) == ([], set())
        assert_each_sale_once(shop)
    finally:
        web.stop()
    print(f"{reloads} reloads, {len(shop.answered)} postings, 0 failed")


@minute_long
def test_workers_are_replaced_and_no_job_is_lost_or_done_twice(address):
    """Jobs of several steps, while the worker is told to end every five seconds and another one takes over."""
    broker = os.environ["REDIS_URL"].rpartition("/")[0] + f"/{7 + os.getpid() % 8}"
    told = {"DATABASE_URL": address, "REDIS_URL": broker, "STOP_SECONDS": "3"}
    web = WebServer(address, workers=1, environment={"REDIS_URL": broker}).start()
    books = open_books()
    enough = threading.Event()
    jobs: list[str] = []
    feeding = threading.Thread(target=_feed, args=(web.base_url, books, jobs, enough))
    feeding.start()
    worker, longest, restarts, interrupted, began = Worker(told).start(), 0.0, 0, 0, time.monotonic()
    try:
        while time.monotonic() - began < SECONDS:
            time.sleep(EVERY)
            following, asked = Worker(told).start(), time.monotonic()
            interrupted += "running" in statuses(books)
            worker.process.terminate()
            worker.process.wait(30)
            longest = max(longest, time.monotonic() - asked)
            worker, restarts = following, restarts + 1
        enough.set()
        feeding.join()
        deadline = time.monotonic() + 120
        while set(statuses(books)) != {"succeeded"}:
            assert time.monotonic() < deadline, statuses(books)
            time.sleep(0.2)
    finally:
        enough.set()
        feeding.join()
        worker.stop()
        web.stop()
    assert interrupted, "No job was at work when its worker was told to end."
    with scoping.acting_in(books.id):
        assert Transaction.objects.of(books.id).filter(status="posted").count() == len(jobs) * ITEMS
    print(f"{restarts} workers ended, {interrupted} in the middle of a job, within {longest:.1f} s;", end=" ")
    print(f"{len(jobs)} jobs of {ITEMS:,} postings, each posted once")


def _feed(base_url: str, books: Books, jobs: list[str], enough: threading.Event) -> None:
    """Queue a job, and another when it is done."""
    client = Client(base_url, books.secret)
    while not enough.is_set():
        jobs.append(queue_batch(client, books, f"{len(jobs)}", ITEMS))
        while set(statuses(books)) != {"succeeded"} and not enough.wait(0.2):
            pass
    client.close()
    connection.close()
