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
permissions = st.one_of(
    actions, st.dictionaries(st.sampled_from(["accounts", "events", "deletion", "*", "x"]), actions)
)


@given(wide=permissions, narrow=permissions, resource=st.sampled_from(["accounts", "events", "deletion", "x", "other"]))
def test_what_is_covered_grants_nothing_more(wide, narrow, resource):
    if covers(wide, narrow):
        assert granted(narrow, resource) <= granted(wide, resource)
    assert covers(wide, wide)


def test_the_deletion_takes_a_word_of_its_own():
    """What is gone cannot be written again: to write everything is not to delete the organization."""
    for may_not in (["read", "write"], ["write", "approve"], {"*": ["read", "write"]}, {"deletion": ["read"]}, []):
        assert not granted(may_not, "deletion") & {"write", "delete"}, may_not
    for may in (["write", "delete"], {"*": ["write", "delete"]}, {"deletion": ["write"]}):
        assert "write" in granted(may, "deletion"), may
    assert not covers(["read", "write"], ["read", "write", "delete"])
    assert not covers(["read", "write"], {"deletion": ["write"]})


@pytest.mark.parametrize("part", [{}, {"account_ids": []}, {"contact_ids": []}])
def test_a_scope_that_names_only_a_part_is_whole_when_a_key_is_changed(books, part):
    made = books.api.post("/api-keys", {"name": "Portal", "permissions": ["read"]})
    changed = books.api.put(f"/api-keys/{made['id']}", {"scope": part})
    assert (changed.status, changed["scope"]) == (200, {"account_ids": [], "contact_ids": []})
    one = [books.account("1001")]
    changed = books.api.put(f"/api-keys/{made['id']}", {"scope": {"account_ids": one}})
    assert changed["scope"] == {"account_ids": one, "contact_ids": []}
    assert books.api.put(f"/api-keys/{made['id']}", {"scope": 5}).status == 400


def test_a_key_that_has_ended_is_not_rotated(books):
    revoked, expired = (books.api.post("/api-keys", {"name": name})["id"] for name in ("Revoked", "Expired"))
    assert books.api.delete(f"/api-keys/{revoked}").status == 204
    past = "update organizations_apikey set expires_at = now() - interval '1 second' where name = 'Expired'"
    with books.acting(), connection.cursor() as cursor:
        cursor.execute(past)
    for number, why in ((revoked, "revoked"), (expired, "expired")):
        refused = books.api.post(f"/api-keys/{number}/rotate", {})
        assert (refused.status, refused.error["code"]) == (409, "conflict") and why in refused.error["message"]
    refused = books.api.put(f"/api-keys/{revoked}", {"name": "Again"})
    assert (refused.status, refused.error["code"]) == (409, "conflict")
    assert books.api.delete(f"/api-keys/{revoked}").status == 204
    assert books.api.put(f"/api-keys/{expired}", {"expires_at": None}).status == 200
    assert api(books.api.post(f"/api-keys/{expired}/rotate", {})["key"], books.api.base).get("").status == 200


def test_a_key_takes_nothing_from_a_stronger_one(books):
    narrow = books.key_for({"api-keys": ["read", "write", "delete"], "accounts": ["read"]})
    first = books.api.get("/api-keys").data[-1]
    for refused in (
        narrow.put(f"/api-keys/{first['id']}", {"permissions": []}),
        narrow.put(f"/api-keys/{first['id']}", {"name": "Mine"}),
        narrow.post(f"/api-keys/{first['id']}/rotate", {}),
        narrow.delete(f"/api-keys/{first['id']}"),
    ):
        assert (refused.status, refused.error["code"]) == (403, "permissions_too_wide")
    kept = books.api.get(f"/api-keys/{first['id']}")
    assert all(kept[name] == first[name] for name in ("name", "permissions", "status", "updated_at"))
    own = narrow.post("/api-keys", {"name": "Own", "permissions": {"accounts": ["read"]}})["id"]
    assert narrow.put(f"/api-keys/{own}", {"name": "Renamed"}).status == 200
    assert narrow.delete(f"/api-keys/{own}").status == 204
