"""The network between the product and its database is cut. Everything is posted once, and it goes on by itself.

`make netcut` puts web server and worker into network namespaces of their own and lets a switch drop everything for ten
seconds; it needs root. Here a wire is held, and torn.
"""

import os
import time
from urllib.parse import urlsplit

import psycopg
import pytest

from config import database_roles, env
from config.embedded import postgres, reset, starting, valkey
from ledger.health.examining import examine
from ledger.journal.models import Transaction
from organizations import scoping
from tests import databases, networks
from tests.concurrency.books import open_books
from tests.concurrency.http import Client
from tests.crashes.jobbing import queue_batch, statuses
from tests.crashes.selling import Shop
from tests.crashes.test_crashes import assert_each_sale_once
from tests.processes import WebServer, Worker

pytestmark = pytest.mark.slow

SECONDS = float(os.environ.get("NETCUT_SECONDS", "0"))  # without a link, and no money
RECOVERED_WITHIN = 10.0
ITEMS = 12_000
in_namespaces = pytest.mark.skipif(not SECONDS, reason="`make netcut` runs it")


@pytest.fixture(autouse=True)
def no_rate_limit(monkeypatch):
    monkeypatch.setenv("RATE_LIMIT_LIVE", "1000000")


def test_the_wire_to_the_database_is_held_and_torn(committed_db):
    address = urlsplit(database_roles.as_database(os.environ["DATABASE_URL"], committed_db))
    wire = networks.Wire(address.port).start()
    through = address._replace(netloc=f"{address.username}:{address.password}@127.0.0.1:{wire.port}").geturl()
    web = WebServer(through, workers=1)
    shop = Shop(web.base_url, open_books())
    try:
        web.start()
        shop.open()
        try:
            shop.wait_for(40)
            wire.hold()
            time.sleep(0.5)
            wire.go_on()
            shop.wait_for(40)
            assert shop.unanswered == [], "Who waited was answered."
            wire.hold()
            time.sleep(0.5)
            wire.tear()
            shop.wait_for(40, seconds=RECOVERED_WITHIN)
        finally:
            shop.close()
        assert shop.unanswered, "Nothing was under way when the wire was torn."
        assert_each_sale_once(shop)
    finally:
        web.stop()
        wire.stop()


@pytest.fixture
def switch():
    if reason := networks.why_not():
        pytest.skip(reason)
    with networks.switched() as made:
        yield made


@pytest.fixture
def behind_the_switch(switch, monkeypatch, django_test_environment, django_db_blocker):
    """PostgreSQL and Valkey that the namespaces reach; gives what the processes there need to know."""
    from django.core.management import call_command

    own, both = "'127.0.0.1'", f"'127.0.0.1, {networks.DATA}'"
    monkeypatch.setattr(postgres, "CONFIGURATION", postgres.CONFIGURATION.replace(own, both))
    monkeypatch.setattr(
        valkey, "CONFIGURATION", valkey.CONFIGURATION.replace("127.0.0.1", f"127.0.0.1 {networks.DATA}")
    )
    local = databases.ROOT / ".local" / f"netcut-{os.getpid()}"
    monkeypatch.setenv("CRANE_LOCAL_DIR", str(local))
    taken = starting.ensure(databases.ROOT)
    try:
        with (taken.postgres.data / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {networks.NETWORK} scram-sha-256\n")
        with psycopg.connect(taken.superuser_url) as superuser:
            superuser.execute("select pg_reload_conf()")
        places = [env.database(address) for address in (taken.database_url, taken.owner_url)]
        for place in places:
            del place["ENGINE"], place["OPTIONS"]
        with django_db_blocker.unblock(), databases.pointed_to(*places):
            call_command("migrate", database="owner", verbosity=0, interactive=False)
            known = {"DATABASE_URL": taken.database_url, "REDIS_URL": taken.redis_url}
            told = {name: url.replace("@127.0.0.1:", f"@{networks.DATA}:") for name, url in known.items()}
            yield told | {"ALLOWED_HOSTS": networks.WEB}, taken.superuser_url
    finally:
        taken.stop()
        reset.reset(databases.ROOT)


@in_namespaces
def test_the_link_is_cut_under_load(switch, behind_the_switch, tmp_path):
    told, superuser_url = behind_the_switch
    web = WebServer(told["DATABASE_URL"], environment=told, host=networks.WEB, within=switch.inside("web"))
    worker = Worker(told, within=switch.inside("worker"), schedule=tmp_path / "schedule")
    shop = Shop(web.base_url, open_books(), tills=10, per_second=50, stubborn=True)
    batches = open_books("Batches Ltd")
    client = Client(web.base_url, batches.secret)
    try:
        worker.start()
        web.start()
        queue_batch(client, batches, "before", ITEMS)
        shop.open()
        try:
            _until(lambda: "running" in statuses(batches))
            shop.wait_for(100)
            switch.turn(False)
            before = len(shop.answered)
            time.sleep(SECONDS)
            during = len(shop.answered) - before
            switch.turn(True)
            back = time.monotonic()
            shop.wait_for(1, seconds=RECOVERED_WITHIN)
            first = time.monotonic() - back
            shop.wait_for(int(SECONDS * shop.per_second))  # what waited meanwhile
            caught_up = time.monotonic() - back
            _until(lambda: _held_since_the_cut(superuser_url, SECONDS) == 0)
            queue_batch(client, batches, "after", ITEMS)
            _until(lambda: "succeeded" in statuses(batches))
            new = time.monotonic() - back
            _until(lambda: statuses(batches) == ["succeeded"] * 2)
            interrupted = time.monotonic() - back
        finally:
            shop.close()
        assert shop.unanswered == [] and shop.failed
        assert_each_sale_once(shop)
    finally:
        worker.stop()
        web.stop()
        client.close()
    with scoping.acting_in(batches.id):
        assert Transaction.objects.of(batches.id).filter(status="posted").count() == 2 * ITEMS
    for books in (shop.books, batches):
        assert [one.name for one in examine(books.id) if one.broken] == []
    print(f"{SECONDS:.0f} s without a link: {during} answered meanwhile, {shop.failed} attempts failed {shop.refused},")
    print(f"{len(shop.answered)} postings, each once; first answer {first:.1f} s after the link was back,", end=" ")
    print(f"all that waited {caught_up:.1f} s, a new job done {new:.1f} s, the interrupted one {interrupted:.1f} s")


def _until(holds, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _held_since_the_cut(superuser_url: str, seconds: float) -> int:
    """Sessions that hold a transaction open for longer than the cut: nobody is at their other end."""
    query = """select count(*) from pg_stat_activity where usename = 'crane_web' and state like 'idle in transaction%%'
                  and now() - state_change > make_interval(secs => %s)"""
    with psycopg.connect(superuser_url) as superuser:
        return superuser.execute(query, [seconds]).fetchone()[0]
