"""The cast is who it says it is."""

from decimal import Decimal

import pytest

from tests.cast import api, open_child, path_of


def test_alice_writes_with_her_key(cast):
    answer = cast.alices.api.post("/transactions", cast.alices.sale("100.00"))
    assert (answer.status, answer["status"], answer["total_debits"]) == (201, "posted", Decimal("100.00"))


@pytest.mark.parametrize(("name", "reads", "writes"), [("alice", 200, 201), ("bob", 200, 403), ("charlie", 404, 404)])
def test_who_may_do_what_in_alices_books(cast, name, reads, writes):
    person = cast.as_person(name)
    assert person.get("/accounts").status == reads
    assert person.post("/accounts", {"code": "1999", "name": "Till", "type": "asset"}).status == writes


def test_a_stranger_with_a_key_and_one_without(cast):
    base = cast.alices.api.base
    assert api(cast.charlies.key, base).get("/accounts").status == 404
    assert api(None, base).get("/accounts").status == 401


def test_a_committed_cast_is_seen_by_other_connections(committed_cast, superuser_connection):
    rows = superuser_connection.execute("select name from organizations_organization order by name").fetchall()
    assert rows == [("Alice's Bakery",), ("Charlie's Garage",)]


def test_a_child_has_books_and_a_key_of_its_own(cast):
    child = open_child(cast.alices, "Alice's Café")
    assert child.api.get("/accounts").status == cast.alices.api.get(f"/{path_of(child.organization)}").status == 200
    assert child.api.get(f"/{cast.alices.api.base}").status == 404
