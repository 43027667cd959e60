"""Heavy work: so much at a time for each organization and each process, longer than the rest, and never in the way."""

import threading
from functools import partial

import pytest
from django.db import connection

from organizations import scoping
from organizations.requests import slots
from organizations.requests.errors import TooManyAtOnce
from tests.cast import open_books
from tests.concurrency.together import together


@pytest.fixture(autouse=True)
def impatient(settings):
    settings.HEAVY_PATIENCE, settings.HEAVY_AT_ONCE = 0, 2


def test_an_organization_has_so_many_slots_and_others_have_their_own(committed_db):
    """Over all processes: the slots are the database's."""
    full, over = threading.Barrier(4), threading.Event()

    def hold(organization_id: int) -> None:
        with scoping.acting_in(organization_id):
            slots.take(organization_id)
            full.wait(20)
            over.wait(20)

    def ask() -> list[type | None]:
        full.wait(20)
        found = []
        try:
            for number in (1, 3):
                with scoping.acting_in(number):
                    try:
                        slots.take(number)
                        found.append(None)
                    except TooManyAtOnce as refusal:
                        found.append(type(refusal))
        finally:
            over.set()
        return found

    *_, found = together([partial(hold, 1), partial(hold, 1), partial(hold, 2), ask], threads=4)
    assert found == [TooManyAtOnce, None]
    with scoping.acting_in(1):
        slots.take(1)  # all was let go with the transactions


def test_heavy_work_may_take_longer_and_the_next_request_may_not(committed_db, settings):
    settings.HEAVY_SECONDS = 77
    with scoping.acting_in(1), connection.cursor() as cursor:
        slots.take(1)
        cursor.execute("show statement_timeout")
        assert cursor.fetchone() == ("77s",)
    with connection.cursor() as cursor:
        cursor.execute("show statement_timeout")
        assert cursor.fetchone() == ("30s",)


def test_a_report_too_many_is_told_to_come_again(db, monkeypatch):
    books = open_books("Shop")
    assert books.api.get("/reports/trial-balance").status == 200

    def full(organization_id):
        raise TooManyAtOnce(retry_after=1)

    monkeypatch.setattr(slots, "take", full)
    refused = books.api.get("/reports/trial-balance")
    assert refused.status == 429 and refused.error["code"] == "too_many_at_once"
    assert refused.headers["Retry-After"] == "1"
    assert books.api.post("/transactions", books.sale()).status == 201  # the rest goes on


def test_a_process_makes_one_at_a_time_and_few_wait(db, monkeypatch, settings):
    books, gate = open_books("Shop"), slots.Gate(at_once=1, places=3)
    monkeypatch.setattr(slots, "gate", lambda: gate)
    gate.enter(1)
    assert books.api.get("/reports/trial-balance").status == 429  # nobody's patience is longer than nought here
    gate.leave(1)
    assert [books.api.get("/reports/trial-balance").status for _ in range(2)] == [200, 200]
    assert books.api.get("/reports/trial-balance?as_of=nonsense").status == 400
    assert gate.inside.total() == 0, "a refusal gave its place back"


def test_one_organization_never_has_all_places(settings):
    settings.HEAVY_PATIENCE = 20
    gate, done = slots.Gate(at_once=1, places=3), []

    def work(organization_id: int) -> None:
        gate.enter(organization_id)
        done.append(organization_id)
        gate.leave(organization_id)

    gate.enter(1)
    waiting = threading.Thread(target=work, args=(1,))
    waiting.start()
    while gate.inside[1] < 2:
        waiting.join(0.01)
    with pytest.raises(TooManyAtOnce):
        gate.enter(1)
    other = threading.Thread(target=work, args=(2,))
    other.start()
    while not gate.inside[2]:
        other.join(0.01)
    with pytest.raises(TooManyAtOnce):
        gate.enter(3)  # all places are taken
    gate.leave(1)
    waiting.join()
    other.join()
    assert sorted(done) == [1, 2] and not gate.inside
