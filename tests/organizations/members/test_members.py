"""Members: roles decide, the last owner stays, removal works at once."""

from tests.cast import api_of


def member_id(books, email: str) -> str:
    return next(one["id"] for one in books.api.get("/members").data if one["email"] == email)


def test_roles_over_http(cast):
    assert cast.as_person("alice").post("/accounts", {"code": "1002", "name": "Till", "type": "asset"}).status == 201
    bob = cast.as_person("bob")
    assert bob.get("/accounts").status == 200
    assert bob.post("/accounts", {"code": "1003", "name": "Till", "type": "asset"}).status == 403
    assert bob.get("/api-keys").status == 403
    assert cast.as_person("charlie").get("/accounts").status == 404


def test_a_person_sees_the_organizations_of_their_memberships(cast):
    seen = [one["name"] for one in api_of(cast.bob).get("//organizations").data]
    assert seen == ["Alice's Bakery"]


def test_changing_roles_and_leaving(cast):
    books = cast.alices
    bob = member_id(books, "bob@example.com")
    assert books.api.put(f"/members/{bob}", {"role": "accountant"})["role"] == "accountant"
    assert cast.as_person("bob").post("/transactions", books.sale()).status == 201
    assert cast.as_person("bob").put(f"/members/{bob}", {"role": "owner"}).status == 403
    assert books.api.delete(f"/members/{bob}").status == 204
    assert cast.as_person("bob").get("/accounts").status == 404


def test_the_last_owner_stays(cast):
    books = cast.alices
    alice = member_id(books, "alice@example.com")
    assert books.api.put(f"/members/{alice}", {"role": "viewer"}).error["code"] == "last_owner"
    assert books.api.delete(f"/members/{alice}").error["code"] == "last_owner"
    books.api.post("/members", {"email": "dana@example.com", "role": "owner"})
    assert books.api.delete(f"/members/{alice}").status == 204


def test_nobody_gives_more_than_they_have(cast):
    books = cast.alices
    narrow = books.key_for({"members": ["read", "write"], "accounts": ["read"]})
    refused = narrow.post("/members", {"email": "eve@example.com", "role": "owner"})
    assert (refused.status, refused.error["code"]) == (403, "permissions_too_wide")


def test_twice_is_a_conflict(cast):
    books = cast.alices
    assert books.api.post("/members", {"email": "bob@example.com", "role": "viewer"}).status == 409
