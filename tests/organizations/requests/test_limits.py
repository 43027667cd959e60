"""Rate limits and last use, counted in Redis."""

import datetime
from functools import partial

import pytest
import redis

from organizations import clock
from organizations.keys.models import ApiKey
from organizations.keys.noting import note_last_use
from organizations.requests import limits
from tests.cast import api, api_of, open_books
from tests.concurrency.http import Client
from tests.concurrency.together import failures, together


@pytest.fixture
def books(db):
    return open_books("Limits Ltd")


def test_the_headers_count_down_and_the_limit_refuses(books, settings):
    settings.RATE_LIMIT_LIVE = 3
    left = [books.api.get("").headers["X-RateLimit-Remaining"] for _ in range(3)]
    refused = books.api.get("")
    assert refused.status == 429 and left == ["2", "1", "0"]
    assert refused.error["type"] == "rate_limit_error" and refused.error["code"] == "rate_limit_exceeded"
    assert 0 < int(refused.headers["Retry-After"]) == refused.error["details"]["retry_after"] <= 60
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert refused.headers["X-RateLimit-Limit"] == "3"


@pytest.fixture
def pass_time(monkeypatch):
    """Moves the clock to so many seconds after an instant."""
    noon = clock.now().replace(microsecond=0)
    return lambda seconds: monkeypatch.setattr(clock, "now", lambda: noon + datetime.timedelta(seconds=seconds))


def test_the_minute_slides(books, settings, pass_time):
    settings.RATE_LIMIT_LIVE = 4
    seen = []
    for second in (0, 0, 30, 50, 59.8, 60.1, 60.1, 60.1, 89.9, 90.1, 90.2):
        pass_time(second)
        seen.append(books.api.get("").status)
    assert seen == [200, 200, 200, 200, 429, 200, 200, 429, 429, 200, 429]


def test_who_waits_as_told_is_let_through_whatever_was_refused_meanwhile(books, settings, pass_time):
    settings.RATE_LIMIT_LIVE = 2
    for second in (0, 20, 30, 40):
        pass_time(second)
        answer = books.api.get("")
    assert answer.status == 429
    wait = int(answer.headers["Retry-After"])
    assert wait == 20
    pass_time(40 + wait - 0.5)
    assert books.api.get("").status == 429
    pass_time(40 + wait)
    assert books.api.get("").status == 200


def test_all_keys_of_an_organization_have_a_limit_together(books, settings):
    settings.RATE_LIMIT_LIVE_ORGANIZATION = 3
    other = books.key_for(["read"])
    answers = [each.get("") for each in (books.api, other, books.api, other)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["X-RateLimit-Limit"] for answer in answers] == ["3"] * 4
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]


def test_a_session_is_counted_within_its_organization(books, settings):
    settings.RATE_LIMIT_LIVE, settings.RATE_LIMIT_LIVE_ORGANIZATION = 3, 5
    person, another = api_of(books.owner, books.api.base), open_books("Others Ltd")
    assert [person.get("").status for _ in range(4)] == [200, 200, 200, 429]
    refused = person.get("")
    assert refused.error["code"] == "rate_limit_exceeded" and 0 < int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["X-RateLimit-Limit"] == "3"
    assert [books.api.get("").status for _ in range(3)] == [200, 200, 429]
    assert another.api.get("").status == 200
    assert [person.get("//organizations").status for _ in range(4)] == [200, 200, 200, 429]  # where none is named


def test_the_use_of_a_session_is_that_of_no_key(books):
    before = limits.last_uses().get(books.organization.pk)
    assert api_of(books.owner, books.api.base).get("").status == 200
    assert limits.last_uses().get(books.organization.pk) == before


def test_five_hundred_at_once_over_a_limit_of_a_hundred(books, settings):
    """Not one more than a hundred, and each of these is told another number."""
    settings.RATE_LIMIT_LIVE = 100
    count = partial(limits.count, home_id=books.organization.pk, key_id=1, mode="live")
    counted = together([count] * 500, threads=25)
    assert failures(counted) == []
    served = [allowance for allowance in counted if not allowance.exceeded]
    assert sorted(allowance.used for allowance in served) == list(range(1, 101))


def test_the_same_over_http(http_server, settings):
    settings.RATE_LIMIT_LIVE = 30
    books = open_books("Crowd Ltd")
    call = partial(one_call, http_server, books.key, f"/organizations/{books.organization.public_id}")
    answers = together([call] * 90, threads=16)
    assert failures(answers) == [] and {answer.status for answer in answers} == {200, 429}
    told = [int(answer.headers["X-RateLimit-Remaining"]) for answer in answers if answer.status == 200]
    assert sorted(told) == list(range(30))


def one_call(base_url, key, path):
    client = Client(base_url, key)
    try:
        return client.get(path)
    finally:
        client.close()


def test_an_address_that_guesses_is_told_to_wait_and_a_good_key_still_opens(books, settings):
    settings.RATE_LIMIT_FAILED = 3
    limits.client().delete("crane:failed:127.0.0.1")
    guess = api("cl_live_abcdefghijkl_" + "x" * 43, base=books.api.base)
    assert [guess.get("").status for _ in range(4)] == [401, 401, 401, 429]
    refused = guess.get("")
    assert refused.error["code"] == "rate_limit_exceeded" and 0 < int(refused.headers["Retry-After"]) <= 60
    assert books.api.get("").status == 200
    limits.client().delete("crane:failed:127.0.0.1")


def test_test_keys_have_a_limit_of_their_own(db, settings):
    settings.RATE_LIMIT_TEST = 7
    sandbox = open_books("Sandbox Ltd", mode="test")
    assert sandbox.key.startswith("cl_test_")
    assert sandbox.api.get("").headers["X-RateLimit-Limit"] == "7"


def test_without_redis_requests_go_through(books, monkeypatch):
    def down(*args, **kwargs):
        raise redis.ConnectionError("no Redis")

    monkeypatch.setattr(limits, "script", lambda text: down)
    assert books.api.get("").status == 200
    assert api("cl_live_abcdefghijkl_" + "x" * 43, base=books.api.base).get("").status == 401


def test_last_use_is_shown_at_once_and_written_down_by_the_task(books, monkeypatch):
    number, all_uses = books.organization.pk, limits.last_uses
    monkeypatch.setattr(limits, "last_uses", lambda: {number: all_uses()[number]})  # not those of all other tests
    key = books.api.get("/api-keys").data[0]
    assert key["last_used_at"] is not None
    assert key["usage_this_month"] >= 1
    with books.acting():
        assert ApiKey.objects.of(books.organization).get().last_used_at is None
    note_last_use()
    with books.acting():
        noted = ApiKey.objects.of(books.organization).get().last_used_at
    assert noted is not None
    note_last_use()  # a second delivery never moves it back
    with books.acting():
        assert ApiKey.objects.of(books.organization).get().last_used_at >= noted
