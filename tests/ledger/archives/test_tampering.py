"""Archives that somebody has changed on the way are refused, and leave nothing behind."""

import zipfile
from decimal import Decimal

import pytest

from ledger.archives.manifests import check, read_manifest
from ledger.archives.tables import archived
from ledger.errors import ArchiveDiffers, ArchiveUnreadable, ArchiveUserTaken
from organizations import scoping
from organizations.jobs.progress import Progress
from tests import databases
from tests.cast import open_books
from tests.ledger.archives.archives import bring_in, contents, each_row, export, forged, write
from tests.ledger.proof.books import sealed_books

pytestmark = pytest.mark.xdist_group("archives")  # the archive is written once

SHOWN = "manifest.json"


@pytest.fixture(scope="module")
def archive(django_test_environment, django_db_blocker, admin_url, tmp_path_factory):
    """An archive of sealed books, and an installation without any, where it is brought."""
    file = tmp_path_factory.mktemp("archives") / "books.zip"
    with django_db_blocker.unblock():
        with databases.copy_in_use(admin_url, "departure"):
            books = sealed_books(batches=2)
            books.api.post("/contacts", {"name": "Ann"})
            export(books, file)
        with databases.copy_in_use(admin_url, "target"):
            yield file
            assert scoping.every_organization() == []


def looked_at(file) -> None:
    """Check an archive as an import does before it writes."""
    with zipfile.ZipFile(file) as opened:
        check(opened, read_manifest(opened), archived(), Progress())


def refused(file, code: str, said: str = ".") -> None:
    kind = {"archive_unreadable": ArchiveUnreadable, "archive_differs": ArchiveDiffers}[code]
    with pytest.raises(kind, match=said) as found:
        bring_in(file)
    assert found.value.code == code and scoping.every_organization() == []


def test_a_changed_byte_in_any_file(archive, tmp_path):
    files = contents(archive)
    looked_at(archive)
    filled = [name for name, content in files.items() if content]
    assert len(filled) > 8
    for name in filled:
        content = bytearray(files[name])
        place = len(content) // 2
        content[place] ^= 1
        with pytest.raises((ArchiveUnreadable, ArchiveDiffers)):
            looked_at(write(tmp_path / "changed.zip", files | {name: bytes(content)}))


def test_a_missing_a_new_and_a_doubled_file(archive, tmp_path):
    files = contents(archive)
    for name in [*files][::9]:
        with pytest.raises(ArchiveUnreadable):
            looked_at(write(tmp_path / "less.zip", {other: files[other] for other in files if other != name}))
    refused(write(tmp_path / "more.zip", files | {"tables/more.jsonl": b""}), "archive_unreadable", "lists")
    twice = write(tmp_path / "twice.zip", files)
    with zipfile.ZipFile(twice, "a") as opened, pytest.warns(UserWarning, match="Duplicate"):
        opened.writestr("tables/ledger_entry.jsonl", b"")
    refused(twice, "archive_unreadable", "lists")


def test_a_file_that_is_cut_or_none_at_all(archive, tmp_path):
    whole = archive.read_bytes()
    for length in (0, 100, len(whole) // 2, len(whole) - 1):
        cut = tmp_path / "cut.zip"
        cut.write_bytes(whole[:length])
        refused(cut, "archive_unreadable")
    refused(tmp_path / "nothing.zip", "archive_unreadable")
    for said in (b"", b"[]", b"{}", b'{"object": "organization_archive"}', b"\xff"):
        refused(write(tmp_path / "odd.zip", {SHOWN: said}), "archive_unreadable")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": 2}, "format 2"),
        ({"format": None}, "format None"),
        ({"schema": {"ledger": "0001_core"}}, "another release"),
        ({"organization_id": "TXN_0000000000000001"}, "not whole"),
        ({"next_number": "many"}, "not whole"),
        ({"files": []}, "not whole"),
    ],
)
def test_a_manifest_that_is_not_known_here(archive, tmp_path, change, said):
    refused(forged(archive, tmp_path / "odd.zip", manifest=lambda old: old.update(change)), "archive_unreadable", said)


def lighter(by: str):
    """A manifest whose trial balance fits books where so much of the first sale is not."""

    def change(said: dict) -> None:
        for line in said["trial_balance"]:
            for name in ("debit", "credit", "base_debit", "base_credit"):
                if line[name] != "0":
                    line[name] = str((Decimal(line[name]) - Decimal(by)).normalize())

    return change


def without_first_sale(number: int, row: dict) -> dict | None:
    return None if number < 2 else row


def halved(number: int, row: dict) -> dict:
    return row | {"amount": row["amount"] / 2, "base_amount": row["base_amount"] / 2} if number < 2 else row


def test_an_entry_that_is_gone_although_the_checksums_fit(archive, tmp_path):
    one = each_row(lambda number, row: None if number == 1 else row)
    refused(forged(archive, tmp_path / "one.zip", ledger_entry=one), "archive_differs", "trial balance")
    # Whoever makes the trial balance fit, too, meets a rule of the database: a posted transaction has its entries.
    fit = forged(archive, tmp_path / "fit.zip", manifest=lighter("10.50"), ledger_entry=each_row(without_first_sale))
    refused(fit, "archive_differs", "transaction_has_entries")


def test_amounts_that_are_others_although_everything_fits(archive, tmp_path):
    file = forged(archive, tmp_path / "half.zip", manifest=lighter("5.25"), ledger_entry=each_row(halved))
    refused(file, "archive_differs", "TXN_[0-9a-f]{16} was changed")


def test_seals_that_are_cut_or_made_anew(archive, tmp_path):
    cut = each_row(lambda number, row: None if number == 1 else row)
    refused(forged(archive, tmp_path / "cut.zip", ledger_checkpoint=cut), "archive_differs", "chain of seals")
    none = forged(archive, tmp_path / "none.zip", ledger_checkpoint=lambda rows: b"")
    refused(none, "archive_differs", "chain of seals")
    event = each_row(lambda number, row: row | {"system": "somebody"} if number == 3 else row)
    refused(forged(archive, tmp_path / "event.zip", organizations_event=event), "archive_differs", "EVT_")


def test_a_row_of_another_organization(archive, tmp_path):
    smuggled = each_row(lambda number, row: row | {"organization_id": row["organization_id"] + 1})
    for table in ("ledger_contact", "organizations_event", "ledger_account"):
        refused(
            forged(archive, tmp_path / "foreign.zip", **{table: smuggled}), "archive_differs", "another organization"
        )
    renamed = each_row(lambda number, row: row | {"id": row["id"] + 1})
    foreign = forged(archive, tmp_path / "foreign.zip", organizations_organization=renamed)
    refused(foreign, "archive_differs", "another organization")
    wider = each_row(lambda number, row: row | {"more": 1})
    refused(forged(archive, tmp_path / "wider.zip", ledger_contact=wider), "archive_unreadable", "columns")


def test_row_security_holds_while_triggers_rest(archive, tmp_path, monkeypatch):
    """Whoever gets a foreign row past the look at the lines meets the wall of the database itself."""
    monkeypatch.setattr("ledger.archives.importing.check", lambda *said: None)
    smuggled = each_row(lambda number, row: row | {"organization_id": row["organization_id"] + 1})
    refused(forged(archive, tmp_path / "foreign.zip", ledger_contact=smuggled), "archive_differs", "row-level security")


def test_people_keep_their_ids_and_nobody_else_s(committed_db, admin_url, tmp_path):
    books, file = open_books("Mover"), tmp_path / "books.zip"
    export(books, file)
    with databases.copy_in_use(admin_url, "taken"):
        open_books("Other", email="mover@example.com")
        with pytest.raises(ArchiveUserTaken) as found:
            bring_in(file)
        assert (found.value.code, found.value.details) == ("archive_user_taken", {"email": "mover@example.com"})
        assert len(scoping.every_organization()) == 1
    with databases.copy_in_use(admin_url, "raised"):
        raised = each_row(lambda number, row: row | {"is_superuser": True})
        with pytest.raises(ArchiveUnreadable):
            bring_in(forged(file, tmp_path / "raised.zip", organizations_user=raised))
