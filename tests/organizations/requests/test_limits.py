"""Rate limits and last use, counted in Redis."""

import pytest
import redis

from organizations.keys.models import ApiKey
from organizations.keys.noting import note_last_use
from organizations.requests import limits
from tests.cast import open_books


@pytest.fixture
def books(db):
    return open_books("Limits Ltd")


def test_the_headers_count_down_and_the_limit_refuses(books, settings):
    settings.RATE_LIMIT_LIVE = 3
    left = [books.api.get("").headers["X-RateLimit-Remaining"] for _ in range(3)]
    refused = books.api.get("")
    if refused.status == 429:  # unless the minute turned just now
        assert left == ["2", "1", "0"]
        assert refused.error["type"] == "rate_limit_error"
        assert int(refused.headers["Retry-After"]) == refused.error["details"]["retry_after"] <= 60
        assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert refused.headers["X-RateLimit-Limit"] == "3"


def test_test_keys_have_a_limit_of_their_own(db, settings):
    settings.RATE_LIMIT_TEST = 7
    sandbox = open_books("Sandbox Ltd", mode="test")
    assert sandbox.key.startswith("cl_test_")
    assert sandbox.api.get("").headers["X-RateLimit-Limit"] == "7"


def test_without_redis_requests_go_through(books, monkeypatch):
    def down(*args, **kwargs):
        raise redis.ConnectionError("no Redis")

    monkeypatch.setattr(limits, "_script", lambda: down)
    assert books.api.get("").status == 200


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
