"""Books that were restored from a dump of another cluster, whose numbers of database transactions count anew."""

import io

import pytest
from django.core.management import CommandError, call_command

from ledger.proof.models import Checkpoint
from ledger.proof.tasks import seal_one
from tests.cast import open_books
from tests.ledger.proof.books import by_command, by_program, exported, seal_everything

TABLES = ("ledger_transaction", "organizations_event")


@pytest.fixture
def restored(committed_db, superuser_connection):
    """Alice's books with numbers from a cluster that had counted a million million further."""
    books = open_books("Moved Ltd")
    books.api.post("/transactions", books.sale("10.00"))
    for table, column in zip(TABLES, ("posted_xid", "recorded_xid"), strict=True):
        superuser_connection.execute(f"alter table {table} disable trigger all")
        superuser_connection.execute(
            f"update {table} set {column} = ({column}::text::bigint + 1000000000000)::text::xid8"
            f" where {column} is not null"
        )
        superuser_connection.execute(f"alter table {table} enable trigger all")
    return books


def chain(books) -> list[tuple]:
    with books.acting():
        rows = Checkpoint.objects.of(books.organization).order_by("seq")
        return list(rows.values_list("seq", "epoch", "count"))


def test_sealing_stops_until_the_restore_is_confirmed(restored):
    answer = restored.api.post("/checkpoints")
    assert (answer.status, answer.error["code"]) == (422, "books_from_elsewhere")
    assert seal_one(restored.organization.pk) == 0
    with pytest.raises(CommandError, match="restored from another"):
        call_command("seal_ledger", organization=restored.organization.public_id)
    assert chain(restored) == []


def test_a_new_epoch_begins_where_the_dump_ends(restored, superuser_connection, tmp_path):
    # Written after the restore and before anybody noticed: it belongs to the new epoch.
    early = restored.api.post("/transactions", restored.sale("20.00")).body["id"]
    out = io.StringIO()
    call_command("seal_ledger", organization=restored.organization.public_id, after_restore=True, stdout=out)
    seal_everything(restored)
    late = restored.api.post("/transactions", restored.sale("30.00")).body["id"]
    seal_everything(restored)

    assert [(seq, epoch, count > 0) for seq, epoch, count in chain(restored)][:3] == [
        (1, 1, True),
        (2, 2, False),
        (3, 2, True),
    ]
    assert by_command(restored) is None
    assert by_program(exported(restored, tmp_path)) is None
    for each in (early, late):
        proof = restored.api.get(f"/transactions/{each}/proof").body
        assert (proof["status"], proof["is_intact"], proof["checkpoint"]["epoch"]) == ("sealed", True, 2)
    assert restored.api.get("/proof").body["unsealed_since"] is None
    assert restored.api.post("/checkpoints").status == 200


def test_nothing_is_added_to_an_epoch_that_has_ended(restored, superuser_connection, tmp_path):
    call_command("seal_ledger", organization=restored.organization.public_id, after_restore=True, stdout=io.StringIO())
    seal_everything(restored)
    superuser_connection.execute("alter table organizations_event disable trigger all")
    superuser_connection.execute(
        "insert into organizations_event select (jsonb_populate_record(e, jsonb_build_object('id', e.id + 524288,"
        " 'recorded_xid', (e.recorded_xid::text::bigint + 5000)::text))).* from organizations_event e"
        " where e.event_type = 'transaction.posted'"
    )
    found = by_command(restored)
    assert "was slipped in: checkpoint 2" in found
    assert "was slipped in" in by_program(exported(restored, tmp_path))
