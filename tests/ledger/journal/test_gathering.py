"""Postings that are written together are as if each had come alone."""

import threading
from collections import Counter

import pytest
from django.db import connection

from ledger.health.examining import examine
from ledger.journal import gathering
from tests.cast import open_books
from tests.ledger.journal.test_express import Lane, full


@pytest.fixture
def books(committed_db):
    return open_books("Gathering Ltd")


@pytest.fixture
def lane(books):
    lane = Lane()
    lane.ask(books, books.sale())  # who is familiar may gather
    return lane


@pytest.fixture
def calls(monkeypatch):
    """How many postings each call to the database had."""
    sizes = []
    real = gathering.Desk._write

    def write(desk, together):
        sizes.append(len(together))
        return real(desk, together)

    monkeypatch.setattr(gathering.Desk, "_write", write)
    return sizes


def at_once(lane, books, bodies, **headers) -> list[tuple]:
    """All answers; the first is held up in the database until all others wait."""
    answers: dict[int, tuple] = {}
    start = threading.Barrier(len(bodies))

    def ask(place):
        start.wait(30)
        answers[place] = lane.ask(
            books, bodies[place], **{name: value.format(place) for name, value in headers.items()}
        )
        connection.close()

    team = [threading.Thread(target=ask, args=(place,)) for place in range(len(bodies))]
    for thread in team:
        thread.start()
    for thread in team:
        thread.join()
    return [answers[place] for place in range(len(bodies))]


def test_what_gathers_is_written_by_fewer_calls_and_each_gets_its_own_answer(books, lane, calls):
    bodies = [{**full(books), "description": f"Sale {place}", "external_id": f"x-{place}"} for place in range(24)]
    answers = at_once(lane, books, bodies, HTTP_IDEMPOTENCY_KEY="gathered-{}")
    assert {status for status, _, _ in answers} == {201}
    assert lane.handed_on == 0
    assert sum(calls) == 24
    assert len(calls) < 24
    assert [answer["description"] for _, answer, _ in answers] == [body["description"] for body in bodies]
    for place, (_, answer, headers) in enumerate(answers):
        assert books.api.get(f"/transactions/{answer['id']}").body == answer
        (event,) = books.api.get(f"/events?entity_id={answer['id']}").data
        assert (event["request_id"], event["after_state"]) == (headers["X-Request-Id"], answer)
        again = lane.ask(books, bodies[place], HTTP_IDEMPOTENCY_KEY=f"gathered-{place}")
        assert (again[1], again[2]["Idempotent-Replayed"]) == (answer, "true")
    ids = [entry["id"] for _, answer, _ in answers for entry in [answer, *answer["entries"]]]
    assert len(set(ids)) == 24 * 3
    with books.acting():
        assert not [finding.name for finding in examine(books.organization.pk) if finding.broken]


def test_one_that_is_refused_takes_nobody_with_it(books, lane):
    till = books.account("1001")
    books.api.put(f"/accounts/{till}", {"balance_ceiling": "1000.00"})
    bodies = [books.sale("1.00") for _ in range(12)]
    bodies[5] = books.sale("5000.00")
    answers = at_once(lane, books, bodies)
    assert [place for place, (status, _, _) in enumerate(answers) if status != 201] == [5]
    assert answers[5][1]["error"]["code"] == "balance_out_of_bounds"


def test_the_minute_counts_each_of_them_once(books, lane, settings):
    left = int(lane.ask(books, books.sale())[2]["X-RateLimit-Remaining"])
    settings.RATE_LIMIT_LIVE -= left - 10
    answers = at_once(lane, books, [books.sale() for _ in range(16)])
    statuses = Counter(status for status, _, _ in answers)
    assert statuses == {201: 10, 429: 6}


def test_a_replay_counts_once_for_the_minute(books, lane):
    first = lane.ask(books, books.sale(), HTTP_IDEMPOTENCY_KEY="k")
    again = lane.ask(books, books.sale(), HTTP_IDEMPOTENCY_KEY="k")
    remaining = [int(answer[2]["X-RateLimit-Remaining"]) for answer in (first, again)]
    assert remaining[0] - remaining[1] == 1


def test_what_may_change_is_asked_each_time(books, lane):
    assert lane.ask(books, books.sale())[0] == 201
    books.api.put("", {"time_zone": "Pacific/Auckland"})
    assert [lane.ask(books, books.sale())[0] for _ in range(2)] == [201, 201]
    assert lane.handed_on == 1  # noticed, learned again
    account = books.account("1001")
    books.api.put(f"/accounts/{account}", {"status": "suspended"})
    assert lane.ask(books, books.sale())[1]["error"]["code"] == "account_inactive"
    books.api.put(f"/accounts/{account}", {"status": "active"})
    books.api.put("", {"books_closed_through": "2025-12-31"})
    assert lane.ask(books, books.sale(transaction_date="2025-12-31"))[1]["error"]["code"] == "books_closed"


def test_a_revoked_key_posts_no_more_however_familiar(books, lane):
    spare = books.api.post("/api-keys", {"name": "Till", "permissions": ["read", "write"]})
    books.key = spare["key"]
    assert [lane.ask(books, books.sale())[0] for _ in range(2)] == [201, 201]
    assert lane.handed_on == 0
    assert books.api.delete(f"/api-keys/{spare['id']}").status == 204
    assert lane.ask(books, books.sale())[0] == 401


def test_numbers_in_words_stay_what_they_are(books, lane):
    words = "1234567890123456789 0123456789abcdef 2300-01-01T00:00:00.000001Z"
    answer = lane.ask(books, books.sale(description=words, metadata={"a": words}))[1]
    assert (answer["description"], answer["metadata"]) == (words, {"a": words})


def test_provisional_names_are_in_no_answer(books, lane, monkeypatch):
    monkeypatch.setattr("ledger.journal.express.provisional_ids", lambda: 10**18)
    answer = lane.ask(books, books.sale())[1]
    assert lane.handed_on == 0
    assert f"{10**18:016x}"[:12] not in str(answer)
    assert answer["posting_date"][:4] < "2300"


def test_memory_is_bounded(books, lane, monkeypatch):
    monkeypatch.setattr("ledger.journal.familiar.MOST", 4)
    for code in ("1201", "1301", "2001"):
        sale = books.sale()
        sale["entries"][0]["account_id"] = books.account(code)
        assert lane.ask(books, sale)[0] == 201
    assert sum(len(each.books.accounts) for each in lane.lane.memory.known.values()) <= 4
    assert lane.handed_on == 0
