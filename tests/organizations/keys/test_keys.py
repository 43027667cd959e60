"""API keys: shown once, hashed, narrow, rotated with overlap, revoked at once."""

import datetime

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from organizations import clock
from organizations.actors import ALL_ACTIONS, covers, granted
from organizations.roles import ROLES
from tests.cast import api, open_books


@pytest.fixture
def books(db):
    return open_books("Keys Ltd")


def test_only_a_hash_is_kept(books):
    secret = books.api.post("/api-keys", {"name": "Portal", "permissions": ["read"]})["key"]
    with books.acting(), connection.cursor() as cursor:
        cursor.execute("select row_to_json(s)::text from organizations_keysecret s")
        rows = " ".join(text for (text,) in cursor.fetchall())
    assert secret.split("_")[3] not in rows
    assert "key" not in books.api.get("/api-keys").data[0]


@pytest.mark.parametrize(
    "key",
    ["", "x", "cl_live_abc", "cl_live_AAAAAAAAAAAA_" + "b" * 43, "cl_dead_AAAAAAAAAAAA_x", "cl_live_ÄÄÄÄÄÄÄÄÄÄÄÄ_x"],
)
def test_what_is_no_key(books, key):
    answer = api(key or " ", books.api.base).get("")
    assert (answer.status, answer.error["type"]) == (401, "authentication_error")


def test_the_right_prefix_with_a_wrong_secret(books):
    forged = books.key[:-1] + ("A" if books.key[-1] != "A" else "B")
    assert api(forged, books.api.base).get("").error["code"] == "invalid_api_key"


def test_revoked_and_expired_keys_end_at_once(books):
    made = books.api.post("/api-keys", {"name": "Portal"})
    portal = api(made["key"], books.api.base)
    assert portal.get("").status == 200
    assert books.api.delete(f"/api-keys/{made['id']}").status == 204
    assert portal.get("").error["code"] == "api_key_revoked"
    assert books.api.get(f"/api-keys/{made['id']}")["status"] == "revoked"
    soon = (clock.now() + datetime.timedelta(seconds=60)).isoformat()
    short = books.api.post("/api-keys", {"name": "Short", "expires_at": soon})
    with books.acting(), connection.cursor() as cursor:
        cursor.execute("update organizations_apikey set expires_at = now() - interval '1 second' where name = 'Short'")
    assert api(short["key"], books.api.base).get("").error["code"] == "api_key_expired"


def test_rotation_overlaps_as_long_as_asked(books):
    made = books.api.post("/api-keys", {"name": "Portal"})
    rotated = books.api.post(f"/api-keys/{made['id']}/rotate", {"overlap_seconds": 60})
    assert rotated.status == 201
    assert rotated["id"] == made["id"]
    assert rotated["key"] != made["key"]
    assert [api(key, books.api.base).get("").status for key in (made["key"], rotated["key"])] == [200, 200]
    last = books.api.post(f"/api-keys/{made['id']}/rotate", {})
    statuses = [api(key, books.api.base).get("").status for key in (made["key"], rotated["key"], last["key"])]
    assert statuses == [401, 401, 200]


def test_a_key_makes_no_wider_key(books):
    narrow = books.key_for({"api-keys": ["read", "write"], "accounts": ["read"]})
    refused = narrow.post("/api-keys", {"name": "Wide", "permissions": ["read", "write"]})
    assert (refused.status, refused.error["code"]) == (403, "permissions_too_wide")
    assert narrow.post("/api-keys", {"name": "Same", "permissions": {"accounts": ["read"]}}).status == 201
    wide = books.api.get("/api-keys").data[-1]
    assert narrow.post(f"/api-keys/{wide['id']}/rotate", {}).status == 403


def test_a_key_may_read_and_write_unless_its_maker_may_less(books):
    assert books.api.post("/api-keys", {"name": "Portal"})["permissions"] == ["read", "write"]
    mine = ROLES["admin"]
    made = books.key_for(mine).post("/api-keys", {"name": "Portal"})
    assert (made.status, made["permissions"]) == (201, mine)
    wide = books.key_for(mine).post("/api-keys", {"name": "Wide", "permissions": ["read", "write"]})
    assert (wide.status, wide.error["code"]) == (403, "permissions_too_wide")


def test_a_map_grants_by_resource(books):
    reader = books.key_for({"transactions": ["read"]})
    assert reader.get("/transactions").status == 200
    assert reader.post("/transactions", books.sale()).status == 403
    assert reader.get("/accounts").error["type"] == "authorization_error"


def test_every_change_is_an_event(books):
    made = books.api.post("/api-keys", {"name": "Portal"})
    books.api.put(f"/api-keys/{made['id']}", {"name": "Door"})
    books.api.post(f"/api-keys/{made['id']}/rotate", {})
    books.api.delete(f"/api-keys/{made['id']}")
    events = books.api.get(f"/events?entity_id={made['id']}").data
    assert [event["event_type"] for event in events] == [
        "api_key.revoked",
        "api_key.rotated",
        "api_key.updated",
        "api_key.created",
    ]
    assert made["key"] not in str(events)
    assert events[2]["changes"]["name"] == {"from": "Portal", "to": "Door"}


actions = st.lists(st.sampled_from(ALL_ACTIONS), unique=True)
permissions = st.one_of(actions, st.dictionaries(st.sampled_from(["accounts", "events", "*", "x"]), actions))


@given(wide=permissions, narrow=permissions, resource=st.sampled_from(["accounts", "events", "x", "other"]))
def test_what_is_covered_grants_nothing_more(wide, narrow, resource):
    if covers(wide, narrow):
        assert granted(narrow, resource) <= granted(wide, resource)
    assert covers(wide, wide)
