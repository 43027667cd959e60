"""Workers, beats, the broker and the database are killed while years of schedules fall due: each day is posted once.

`make chaos` lets it rage for three minutes and kills all of them; here workers and beats alone, for some seconds.
"""

import datetime
import os
import random
import shutil
import signal

import pytest
from django.db import Error, connection, connections

from config import env
from config.embedded import processes, reset, starting
from ledger.health.examining import examine
from ledger.journal.models import Transaction
from ledger.recurring.models import Execution, Recurring
from ledger.recurring.scheduling import create_recurring
from organizations import ids, scoping
from tests import databases
from tests.chaos.storm import Storm, TestClock
from tests.clusters import Cluster
from tests.concurrency.books import ACTOR, open_books

pytestmark = pytest.mark.slow

SECONDS = float(os.environ.get("CHAOS_SECONDS", "6"))  # of a run, and no money
FULL = "CHAOS_SECONDS" in os.environ
START = datetime.datetime(2024, 2, 29, 12, tzinfo=datetime.UTC)
END = datetime.datetime(2026, 2, 28, 12, tzinfo=datetime.UTC) if FULL else START + datetime.timedelta(days=120)
SCHEDULES = {
    "daily": {"frequency": "daily"},
    "weekly": {"frequency": "weekly"},
    "the 31st": {"frequency": "monthly", "started_at": datetime.date(2024, 3, 31)},
    "29 February": {"frequency": "annually"},
    "half-monthly": {"frequency": "semimonthly", "started_at": datetime.date(2024, 3, 15)},
}


@pytest.fixture
def servers_to_kill(monkeypatch, django_test_environment, django_db_blocker):
    """PostgreSQL and a broker of their own; gives what the processes need to know, and the strikes against the two."""
    from django.core.management import call_command

    local = databases.ROOT / ".local" / f"chaos-{os.getpid()}"
    monkeypatch.setenv("CRANE_LOCAL_DIR", str(local))
    taken = starting.ensure(databases.ROOT)
    cluster = Cluster(taken)

    def kill_the_database():
        cluster.kill()
        cluster.start()

    def kill_the_broker():
        broker = taken.valkey
        pid = broker.pid()
        os.kill(pid, signal.SIGKILL)
        processes.wait_gone(pid, str(broker.configuration), 10)
        shutil.rmtree(broker.data / "appendonlydir", ignore_errors=True)  # all that waited is lost
        # By its configuration of before: `start` might give it another port, which the processes do not know.
        for _ in range(50):
            (broker.data / "valkey.pid").unlink(missing_ok=True)
            broker.where.account.run(broker.program, broker.configuration)
            if broker._answers(seconds=1):
                return
        raise AssertionError("The broker does not come back.")

    try:
        places = [env.database(address) for address in (taken.database_url, taken.owner_url)]
        for place in places:
            del place["ENGINE"], place["OPTIONS"]
        with django_db_blocker.unblock(), databases.pointed_to(*places):
            call_command("migrate", database="owner", verbosity=0, interactive=False)
            told = {"DATABASE_URL": taken.database_url, "REDIS_URL": taken.redis_url}
            yield told, {"PostgreSQL": kill_the_database, "Valkey": kill_the_broker}
    finally:
        taken.stop()
        reset.reset(databases.ROOT)


@pytest.fixture
def servers_that_stay(committed_db):
    """The suite's own servers, with a database and a queue of this test."""
    from config import database_roles

    address = database_roles.as_database(os.environ["DATABASE_URL"], committed_db)
    broker = os.environ["REDIS_URL"].rpartition("/")[0] + f"/{7 + os.getpid() % 8}"
    return {"DATABASE_URL": address, "REDIS_URL": broker}, {}


def due_days(row: Recurring) -> list[datetime.date]:
    """Every day until the end on which a schedule is due."""
    found = []
    for day in row.rhythm.dates():
        if day > END.date():
            return found
        found.append(day)
    return found


def test_every_day_is_posted_once_whatever_is_killed(request, tmp_path):
    told, strikes = request.getfixturevalue("servers_to_kill" if FULL else "servers_that_stay")
    several = [open_books(f"Stormy {number}") for number in range(3 if FULL else 1)]
    wanted = {}
    for books in several:
        with scoping.acting_in(books.id):
            for name, rule in SCHEDULES.items():
                sides = (("1001", "debit"), ("4001", "credit"))
                entries = [
                    {"account_id": ids.encode("ACT", books.accounts[code]), "entry_type": side, "amount": "1.00"}
                    for code, side in sides
                ]
                row = create_recurring(
                    actor=ACTOR,
                    organization=books.organization,
                    kind="transaction",
                    template={"description": f"{name} {{n}}", "entries": entries},
                    fields={"started_at": START.date(), "catch_up_limit": 10_000, **rule},
                )
                wanted[books.id, row.pk] = due_days(row)
    clock = TestClock(tmp_path, START)
    storm = Storm(told, clock, workers=3 if FULL else 2, beats=2 if FULL else 1, strikes=strikes)
    storm.begin()
    try:
        storm.rage(START, END, SECONDS, random.Random(20_240_229))
        assert storm.wait_for(lambda: sum(map(executed, several)) == sum(map(len, wanted.values())))
    finally:
        storm.end()
    connections.close_all()
    assert len(storm.killed) >= (60 if FULL else 2), storm.killed
    for books in several:
        with scoping.acting_in(books.id):
            posted = Transaction.objects.of(books.id).filter(status="posted")
            found = {}
            for day, mark in posted.order_by("transaction_date").values_list("transaction_date", "metadata"):
                found.setdefault(ids.decode("RCR", mark["recurring_id"]), []).append(day)
            assert found == {number: days for (owner, number), days in wanted.items() if owner == books.id}
            assert {one.status for one in Execution.objects.of(books.id)} == {"succeeded"}
            assert [one.name for one in examine(books.id) if one.broken] == []
    print(f"{len(storm.killed)} kills: {sorted(set(storm.killed))}; {sum(map(len, wanted.values()))} days posted once")


def executed(books) -> int:
    """How many occurrences have been worked off; None can be told while the database comes up again."""
    try:
        with scoping.acting_in(books.id):
            return Execution.objects.of(books.id).count()
    except Error:  # it is asked again
        connection.close()
        return -1
