"""The drill: books of the suite are backed up, restored into another PostgreSQL, proved and kept on with."""

import contextlib
import datetime
import fcntl
import io
import json
import os
import re
import shutil

import psycopg
import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings
from psycopg import sql

from config import database_roles, tasks
from config.backups import archives
from config.backups.archives import BackupProblem
from config.embedded import places
from organizations import clock
from tests import databases
from tests.cast import open_books
from tests.ledger.attachments.uploads import PDF, attach
from tests.ledger.proof.books import by_command, seal_everything, sealed_books

QUESTIONS = ("/reports/trial-balance?as_of=2026-12-31", "/checkpoints?limit=100", "/accounts?limit=100")


@contextlib.contextmanager
def files_in(folder):
    """Attachments are kept there for a while."""
    folder.mkdir(exist_ok=True)
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder}}
    with override_settings(STORAGES=storages.backends | {"attachments": backend}):
        yield folder


def run(*command, **options) -> str:
    out = io.StringIO()
    call_command(*map(str, command), stdout=out, stderr=out, **options)
    return out.getvalue()


def refused(*command) -> str:
    with pytest.raises(CommandError) as problem:
        run(*command)
    return str(problem.value)


def counts(address: str, database: str) -> dict[str, int]:
    """How many rows each table has, as nobody's walls hide any."""
    with psycopg.connect(address, dbname=database) as superuser:
        query = "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
        names = [name for (name,) in superuser.execute(query).fetchall()]
        rows = sql.SQL("select count(*) from {}")
        return {name: superuser.execute(rows.format(sql.Identifier(name))).fetchone()[0] for name in names}


def schema(address: str, database: str) -> dict[str, list]:
    """Walls, rules and grants, as the catalogue has them."""
    queries = {
        "walls": "select relname, relrowsecurity, relforcerowsecurity, relacl::text from pg_class"
        " where relnamespace = 'public'::regnamespace order by 1",
        "policies": "select tablename, policyname, roles::text, cmd, qual, with_check from pg_policies order by 1, 2",
        "rules": "select conrelid::regclass::text, conname, contype, convalidated from pg_constraint"
        " where connamespace = 'public'::regnamespace order by 1, 2",
        "triggers": "select tgrelid::regclass::text, tgname, tgenabled, tgtype, tgdeferrable from pg_trigger"
        " where not tgisinternal order by 1, 2",
        "functions": "select proname, prosrc, proacl::text, proconfig, prosecdef from pg_proc"
        " where pronamespace = 'public'::regnamespace order by 1, 2",
    }
    with psycopg.connect(address, dbname=database) as superuser:
        return {name: superuser.execute(query).fetchall() for name, query in queries.items()}


def test_the_drill(committed_db, empty_cluster, admin_url, tmp_path):
    with files_in(tmp_path / "before"):
        books = sealed_books(batches=2, each=2)
        sale = books.api.get("/transactions?limit=1").data[0]["id"]
        receipt = attach(books.api, sale).body
        seal_everything(books)
        before = [books.api.get(question).body for question in QUESTIONS]
        proof = books.api.get(f"/transactions/{sale}/proof").body
        rows = counts(admin_url, committed_db)
        said = run("backup", tmp_path / "taken")
        assert "1 organizations with 4 postings, 1 files" in said
    with files_in(tmp_path / "after"), databases.pointed_to(*empty_cluster.places()):
        said = run("restore", tmp_path / "taken")
        assert "every rule of the books holds" in said and " 0 numbers" not in said
        there = counts(empty_cluster.superuser_url, "crane")
        more = {name for name, number in there.items() if number != rows[name]}
        assert more == {"organizations_event", "ledger_examination"}  # the doctor's, after the restoration
        assert schema(empty_cluster.superuser_url, "crane") == schema(admin_url, committed_db)

        assert [books.api.get(question).body for question in QUESTIONS[1:]] == before[1:]
        again = books.api.get(f"/reports/trial-balance?known_at={before[0]['receipt']}").body
        assert again == before[0]
        assert books.api.get(f"/transactions/{sale}/proof").body == proof
        asked = f"{books.api.base}/attachments/{receipt['id']}/content"
        response = books.api.client.get(asked, headers={"authorization": f"Bearer {books.key}"})
        assert b"".join(response.streaming_content) == PDF

        late = books.api.post("/transactions", books.sale("77.00"))
        assert late.status == 201
        kept = books.api.get("/reports/trial-balance").body
        books.api.post("/transactions", books.sale("5.00"))
        assert books.api.get(f"/reports/trial-balance?known_at={kept['receipt']}").body == kept
        seal_everything(books)
        assert by_command(books) is None
        assert books.api.get(f"/transactions/{late['id']}/proof").body["checkpoint"]["epoch"] == 1


# -- What is no whole backup ---------------------------------------------------------------------------


def change_a_byte(folder):
    content = bytearray((folder / "database.dump").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "database.dump").write_bytes(content)


def cut(name):
    def damage(folder):
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[: len(content) * 9 // 10])

    return damage


def drop(name):
    return lambda folder: (folder / name).unlink()


def forget(name):
    def damage(folder):
        lines = (folder / "SHA256SUMS").read_text().splitlines(keepends=True)
        (folder / "SHA256SUMS").write_text("".join(line for line in lines if name not in line))

    return damage


def rewrite(**changes):
    """A manifest that says something else, with its checksum in order."""

    def change(folder):
        manifest = json.loads((folder / "manifest.json").read_text()) | changes
        sums = dict(reversed(line.split("  ")) for line in (folder / "SHA256SUMS").read_text().splitlines())
        archives.finish(folder, manifest, sums)

    return change


DAMAGES = [
    (change_a_byte, "database.dump is not what was written"),
    (cut("database.dump"), "database.dump is not what was written"),
    (cut("manifest.json"), "manifest.json is not what was written"),
    (cut("SHA256SUMS"), "SHA256SUMS has a line that is no checksum|SHA256SUMS has lost lines"),
    (drop("database.dump"), "database.dump cannot be read"),
    (drop("SHA256SUMS"), "is no backup, or an unfinished one"),
    (forget("manifest.json"), "SHA256SUMS has lost lines"),
    (forget("files/"), "SHA256SUMS has lost lines"),
    (
        lambda folder: (folder / "SHA256SUMS").write_text("0" * 64 + "  ../../etc/passwd\n"),
        "a line that is no checksum",
    ),
    (rewrite(format=2), "has format 2; this version reads format 1"),
    (rewrite(migrations=["ledger.9999_next_year"]), "newer version of the product: .* ledger.9999_next_year"),
    (rewrite(server=99), "The backup is of PostgreSQL 99; the server here is 1"),
    (rewrite(), "is not empty. Make a new one"),
]


@pytest.fixture
def taken(committed_db, tmp_path):
    """A backup of books with one posting and one file."""
    with files_in(tmp_path / "files"):
        books = open_books("Archive Ltd")
        sale = books.api.post("/transactions", books.sale("10.00")).body["id"]
        attach(books.api, sale)
        seal_everything(books)
        run("backup", tmp_path / "taken")
        yield tmp_path / "taken"


def test_what_is_damaged_or_does_not_fit_is_not_restored(taken, tmp_path):
    for number, (damage, expected) in enumerate(DAMAGES):
        copy = tmp_path / f"copy-{number}"
        shutil.copytree(taken, copy)
        damage(copy)
        said = refused("restore", copy)
        assert said.startswith("Nothing was restored.") and re.search(expected, said), said


@pytest.fixture
def empty_database(admin_url):
    """Connections lead to an empty database of the suite's own server."""
    name = f"{databases.PREFIX}_{os.getpid()}_empty"
    with databases.admin(admin_url) as admin:
        databases.drop(admin, name)
        database_roles.make_database(admin, name)
        try:
            with databases.pointed_to({"NAME": name}, {"NAME": name}):
                yield name
        finally:
            databases.drop(admin, name)


def test_books_that_are_not_those_of_the_manifest_are_told(taken, empty_database, admin_url):
    head = json.loads((taken / "manifest.json").read_text())["heads"][0]
    foreign = {"organization_id": "ORG_0000000000000001", "seq": 1, "hash": head["hash"]}
    rewrite(heads=[head | {"hash": "0" * 64}, foreign], postings=2, organizations=3, keys=["another"])(taken)
    missing = ["ORG_x/2026-01/gone"]
    rewrite(files={"count": 1, "not_as_attached": missing})(taken)
    out = io.StringIO()
    with pytest.raises(CommandError, match="4 things are not as they were"):
        call_command("restore", str(taken), stdout=out, stderr=out)
    said = out.getvalue()
    assert " 0 numbers of database transactions were skipped" in said  # the same server has counted as far
    for line in (
        "1 organizations of 3",
        "1 postings of 2",
        "anchor",
        "A key of when the backup was made is not here",
        *missing,
    ):
        assert line in said, said
    assert "ORG_0000000000000001 has seals in the manifest and is not there." in said


def test_a_dump_that_postgresql_refuses_leaves_the_database_empty(taken, empty_database, admin_url, monkeypatch):
    with databases.admin(admin_url) as admin:
        admin.execute("select 1")
    rewrite(roles=["nobody_here"])(taken)
    assert "lacks the roles nobody_here" in refused("restore", taken)
    rewrite(roles=["crane_owner"])(taken)
    other = taken / "database.dump"
    content = other.read_bytes()
    other.write_bytes(content[: len(content) // 2])
    manifest = json.loads((taken / "manifest.json").read_text())
    sums = dict(reversed(line.split("  ")) for line in (taken / "SHA256SUMS").read_text().splitlines())
    archives.finish(taken, manifest, sums | {"database.dump": archives.digest(other)})
    assert "pg_restore failed" in refused("restore", taken)
    assert counts(admin_url, empty_database) == {}
    stored = next(path for path in taken.parent.glob("files/*/*/*") if path.is_file())
    stored.write_bytes(b"another")
    assert "has another file" in refused("restore", taken)


# -- What keeps a backup from being taken --------------------------------------------------------------


def program(folder, version: int, *, fails: bool = False) -> None:
    """A `pg_dump` that says it is of this version."""
    folder.mkdir(exist_ok=True)
    ending = 'echo "half" >&2; exit 1' if fails else "exit 0"
    path = folder / "pg_dump"
    path.write_text(
        f'#!/bin/sh\ntest "$1" = --version && echo "pg_dump (PostgreSQL) {version}.4" && exit 0\n{ending}\n'
    )
    path.chmod(0o755)


def test_no_backup_is_half_a_backup(committed_db, superuser_connection, tmp_path, monkeypatch):
    target = tmp_path / "out" / "taken"
    assert "cannot be written" in refused("backup", target)
    target.mkdir(parents=True)
    assert "exists already" in refused("backup", target)
    target.rmdir()
    with databases.pointed_to({}, {"PASSWORD": "wrong"}):
        said = refused("backup", target)
        assert said.startswith("DATABASE_OWNER_URL: ") and "password authentication failed" in said
        assert "wrong" not in said
    web = {name: settings.DATABASES["default"][name] for name in ("USER", "PASSWORD")}
    with databases.pointed_to({}, web):
        assert "crane_web does not own the schema" in refused("backup", target)
    superuser_connection.execute("alter policy backup_read on ledger_entry rename to another")
    assert "may not read all of ledger_entry" in refused("backup", target)
    superuser_connection.execute("alter policy another on ledger_entry rename to backup_read")
    program(tmp_path / "broken", 99, fails=True)
    monkeypatch.setenv("PATH", str(tmp_path / "broken"), prepend=os.pathsep)
    assert "pg_dump failed:\nhalf" in refused("backup", target)
    program(tmp_path / "old", 14)
    monkeypatch.setenv("PATH", str(tmp_path / "old"), prepend=os.pathsep)
    run("backup", target)  # the embedded server's own program is found behind the old one
    monkeypatch.setattr(places, "postgresql_programs", lambda where: tmp_path)
    said = refused("backup", tmp_path / "out" / "more")
    assert "No pg_dump of PostgreSQL 18 or later" in said and "is of PostgreSQL 14" in said
    assert [path.name for path in target.parent.iterdir()] == ["taken"]
    assert "Say where to" in refused("backup")


# -- By themselves -------------------------------------------------------------------------------------


def test_one_a_day_of_which_the_newest_are_kept(committed_db, tmp_path, monkeypatch):
    assert tasks.take_backup() is None
    with (
        override_settings(BACKUP_DIRECTORY=str(tmp_path / "nowhere")),
        pytest.raises(BackupProblem, match="BACKUP_DIR"),
    ):
        tasks.take_backup()
    (tmp_path / ".crane-2026-05-31-killed").mkdir()
    (tmp_path / "crane-2026-05-01T120000Z").mkdir()
    with override_settings(BACKUP_DIRECTORY=str(tmp_path), BACKUP_KEEP=1):
        for day in (1, 2):
            monkeypatch.setattr(clock, "now", lambda day=day: datetime.datetime(2026, 6, day, 3, tzinfo=datetime.UTC))
            assert tasks.take_backup() == str(tmp_path / f"crane-2026-06-0{day}")
            assert tasks.take_backup() is None
        (tmp_path / "crane-2026-06-02").rename(tmp_path / "kept")
        with (tmp_path / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            assert tasks.take_backup() is None
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "crane-2026-05-01T120000Z", "kept"]


def test_what_opens_everything_for_a_backup_opens_nothing_to_the_application(committed_cast):
    with connection.cursor() as cursor:
        cursor.execute("set app.backup = 'on'")
        cursor.execute("select count(*) from organizations_organization")
        assert cursor.fetchone() == (0,)
        cursor.execute("reset app.backup")
