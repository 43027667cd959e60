"""Restoring a backup into an empty database: all of it or nothing, and then the proof that it is what it was.

A dump brings along the numbers of database transactions (xid) by which postings and events are ordered, receipts
answered and seals made. A cluster that has counted less far would give such numbers again, and take what has them for
unknown yet; so it is made to count on past the highest one first. Nothing else of the books depends on the cluster.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from django.core.files.base import File
from django.core.management import call_command
from django.db import connection as application
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from config.backups import archives, programs
from config.backups.archives import DUMP, FILES, BackupProblem
from config.backups.taking import READ_ALL, marks_of_keys
from ledger.attachments import storing
from ledger.health.examining import examine_and_keep
from ledger.proof.verifying import verify
from organizations import ids, scoping
from organizations.actors import system
from organizations.jobs.progress import Progress

WHERE = "select current_database()::text, system_identifier from pg_control_system()"
OBJECTS = "select count(*) from pg_class where relnamespace = 'public'::regnamespace"
NUMBERED = """
    select c.relname::text, a.attname::text from pg_attribute a join pg_class c on c.oid = a.attrelid
     where a.atttypid = 'xid8'::regtype and c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1, 2
"""
NEXT_NUMBER = "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
#: Numbers are used up so many at once: half a second (measured).
AT_ONCE = 200_000


@dataclass(slots=True)
class Restored:
    """What a restoration came to. ``problems`` is empty where all is as it was."""

    organizations: int = 0
    postings: int = 0
    checkpoints: int = 0
    files: int = 0
    skipped_numbers: int = 0
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def restore(folder: Path, *, progress: Callable[[str], Progress]) -> Restored:
    """Restore and verify. Raises BackupProblem before anything is written, or where PostgreSQL refuses the whole."""
    manifest, files = archives.checked(folder, progress("Checking"))
    _refuse_the_future(manifest)
    done = Restored()
    with programs.connect("owner") as owner:
        program = _prepared(owner, manifest)
        _refuse_other_files(folder, files, progress("Looking at files"))
        bar = progress("Restoring")
        bar.start(manifest["tables"])
        _load(program, folder / DUMP, bar)
        owner.execute(READ_ALL.replace("-c ", "set "))
        done.skipped_numbers = _count_on(owner, progress("Counting on"))
    done.files = _put_back(folder, files, progress("Copying files"))
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    with connections["owner"].cursor() as cursor:
        cursor.execute("analyze")
    connections["owner"].close()
    _prove(manifest, done, progress)
    return done


# -- Before anything is written ------------------------------------------------------------------------


def _refuse_the_future(manifest: dict) -> None:
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    unknown = sorted(set(manifest["migrations"]) - known)
    if unknown:
        raise BackupProblem(f"The backup is of a newer version of the product: this one does not know {unknown[0]}.")


def _prepared(owner: psycopg.Connection, manifest: dict) -> Path:
    """The program that restores, once the server, the roles and the database are as they must be."""
    version = owner.info.server_version // 10_000
    if version < manifest["server"]:
        raise BackupProblem(f"The backup is of PostgreSQL {manifest['server']}; the server here is {version}.")
    program = programs.find("pg_restore", least=manifest["server"])
    with programs.connect("default") as web:
        if web.execute(WHERE).fetchone() != owner.execute(WHERE).fetchone():
            raise BackupProblem("DATABASE_URL and DATABASE_OWNER_URL name two databases; a restoration needs one.")
    if owner.execute(OBJECTS).fetchone()[0]:
        raise BackupProblem(f"The database {owner.info.dbname} is not empty. Make a new one: nothing is ever replaced.")
    there = {name for (name,) in owner.execute("select rolname::text from pg_roles")}
    missing = sorted(set(manifest["roles"]) - there)
    if missing:
        raise BackupProblem(f"The server lacks the roles {', '.join(missing)}: make them first, as the README says.")
    return program


def _refuse_other_files(folder: Path, files: list[str], bar: Progress) -> None:
    """A file that stands in the place of one of the backup's must be the same file."""
    bar.start(len(files))
    for path in files:
        if storing.storage().exists(path) and not _same(folder / FILES / path, path):
            raise BackupProblem(f"The storage of attachments has another file {path}; nothing is ever replaced.")
        bar.advance()


def _same(copy: Path, path: str) -> bool:
    with copy.open("rb") as file:
        return all(file.read(len(piece)) == piece for piece in storing.pieces(path)) and not file.read(1)


# -- Writing -------------------------------------------------------------------------------------------


def _load(program: Path, dump: Path, bar: Progress) -> None:
    """The whole dump in one database transaction. Tables are filled before their rules and walls are put up."""
    command = [program, "--verbose", "--exit-on-error", "--single-transaction", "--no-owner", "--no-password", dump]
    programs.run(command, "owner", on_line=lambda line: "processing data for table" in line and bar.advance())


def _count_on(owner: psycopg.Connection, bar: Progress) -> int:
    """Use up the numbers of database transactions below the highest one that the dump has; how many those were."""
    columns = [(sql.Identifier(column), sql.Identifier(table)) for table, column in owner.execute(NUMBERED).fetchall()]
    query = sql.SQL("select max({}::text::bigint) from {}")
    highest = max((owner.execute(query.format(*each)).fetchone()[0] or 0 for each in columns), default=0)
    first = owner.execute(NEXT_NUMBER).fetchone()[0]
    missing = max(0, highest + 1 - first)
    bar.start(missing)
    owner.execute("set synchronous_commit = off")
    for start in range(0, missing, AT_ONCE):
        some = min(AT_ONCE, missing - start)
        owner.execute(f"do $$ begin for i in 1..{some} loop perform pg_current_xact_id(); commit; end loop; end $$")
        bar.advance(some)
    return missing


def _put_back(folder: Path, files: list[str], bar: Progress) -> int:
    bar.start(len(files))
    for path in files:
        if not storing.storage().exists(path):
            with (folder / FILES / path).open("rb") as copy:
                storing.storage().save(path, File(copy))
        bar.advance()
    return len(files)


# -- The proof -----------------------------------------------------------------------------------------


def _prove(manifest: dict, done: Restored, progress: Callable[[str], Progress]) -> None:
    """Every chain of seals leads to the head that the manifest names, and every rule of the books holds."""
    numbers = scoping.every_organization()
    if len(numbers) != manifest["organizations"]:
        done.problems.append(f"{len(numbers)} organizations of {manifest['organizations']} are there.")
    bar = progress("Verifying")
    bar.start(len(numbers))
    heads: dict[str, list[dict]] = {}
    for head in manifest["heads"]:
        heads.setdefault(head["organization_id"], []).append(head)
    for number in numbers:
        name = ids.encode("ORG", number)
        with scoping.acting_in(number):
            done.postings += _postings(number)
            verdict = verify(number, anchors=heads.pop(name, []))
        done.checkpoints += verdict.checkpoints
        if verdict.first_break is not None:
            done.problems.append(f"{name}: {verdict.first_break.message} ({verdict.first_break.code})")
        done.problems += [f"{name}: {problem}" for problem in _examined(number)]
        done.organizations += 1
        bar.advance()
    done.problems += [f"{name} has seals in the manifest and is not there." for name in heads]
    if done.postings != manifest["postings"]:
        done.problems.append(f"{done.postings} postings of {manifest['postings']} are there.")
    if set(manifest["keys"]) - set(marks_of_keys()):
        done.remarks.append(
            "A key of when the backup was made is not here: what it signed (receipts, cursors) or sealed (secrets of "
            "webhooks and payment providers) cannot be read. Set SECRET_KEY, SECRET_KEY_FALLBACKS, SECRETS_KEYS."
        )
    for path in manifest["files"]["not_as_attached"]:
        done.remarks.append(f"When the backup was made, the file {path} was missing or altered already.")


def _postings(number: int) -> int:
    with application.cursor() as cursor:
        query = "select count(*) from ledger_transaction where organization_id = %s and status = 'posted'"
        cursor.execute(query, [number])
        return cursor.fetchone()[0]


def _examined(number: int) -> Iterator[str]:
    """What the doctor finds."""
    kept = examine_and_keep(actor=system("restore"), organization_id=number, occasion="doctor")
    for finding in kept.findings:
        if finding["status"] in ("broken", "unknown"):
            yield f"{finding['name']} is {finding['status']}. {finding['meaning']} {finding['hint']}"
