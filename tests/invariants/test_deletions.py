"""An organization with something of everything goes as a whole, and nobody else with it."""

import hashlib

import pytest

from tests.invariants.test_walls import tenant_tables

DUE = """
    update ledger_deletion set created_at = now() - interval '31 days' where organization_id = %(alice)s;
    update organizations_organization set status = 'archived' where id = %(alice)s;
"""


@pytest.fixture
def due(battlefield, superuser):
    """Alice's organization is to be deleted, since long enough; all is rolled back in the end."""
    alice = battlefield.cast.alices.organization.pk
    superuser.execute(DUE % {"alice": alice})
    return superuser


def counts(connection, number: int) -> dict[str, int]:
    query = "select count(*) from {} where organization_id = %s"
    return {name: connection.execute(query.format(name), [number]).fetchone()[0] for name in tenant_tables(connection)}


def delete(connection, number: int):
    """By the application's role; then as the superuser again, to look."""
    connection.execute("set local role crane_web")
    made = connection.execute("select crane_delete_organization(%s)", [number]).fetchone()[0]
    connection.execute("reset role")
    return made


def test_every_row_goes_and_nobody_elses(battlefield, due):
    alice, charlie = (books.organization.pk for books in (battlefield.cast.alices, battlefield.cast.charlies))
    before, others = counts(due, alice), counts(due, charlie)
    assert min(before.values()) > 0
    number = delete(due, alice)
    assert set(counts(due, alice).values()) == {0} and counts(due, charlie) == others
    assert due.execute("select count(*) from organizations_organization where id = %s", [alice]).fetchone() == (0,)
    query = "select deleted_id, counts, head, statement, digest from ledger_deletioncertificate where id = %s"
    deleted, said, head, statement, digest = due.execute(query, [number]).fetchone()
    assert (deleted, said) == (alice, before) and len(head) == 64
    assert hashlib.sha256(statement.encode()).hexdigest() == digest and head in statement
    due.execute("set constraints all immediate")


def test_after_the_deletion_nothing_final_is_open(battlefield, due):
    """In the very transaction in which one organization leaves, another one's rows are as final as ever."""
    charlie = battlefield.cast.charlies.organization.pk
    delete(due, battlefield.cast.alices.organization.pk)
    due.execute("select set_config('app.organization_id', %s, true)", [str(charlie)])
    with pytest.raises(Exception, match="rows are final"):
        due.execute("delete from ledger_entry where organization_id = %s", [charlie])


def test_it_is_not_deleted_while_it_works(battlefield, due):
    alice = battlefield.cast.alices.organization.pk
    due.execute("delete from ledger_deletion where organization_id = %s", [alice])
    with pytest.raises(Exception, match="is not due"):
        delete(due, alice)


def test_it_is_not_deleted_unless_archived(battlefield, superuser):
    alice = battlefield.cast.alices.organization.pk
    superuser.execute(DUE.split(";")[0] % {"alice": alice})
    with pytest.raises(Exception, match="is not due"):
        delete(superuser, alice)
