"""Taking a backup, while the product goes on working.

Row-level security binds the schema's owner too. A policy of its own (`backup_read`) lets the owner read everything
where `app.backup` says so, which nothing but a backup does. Everything is read from one snapshot: the dump, the heads
of the chains of seals that the manifest names, and the list of files. A file is written before the row that names it
and is removed after it, so each file of the list is there, unless it was removed within these minutes; the manifest
says so.
"""

import hashlib
import hmac
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import psycopg
from django.conf import settings

from config.backups import archives, programs
from config.backups.archives import DUMP, FILES, BackupProblem
from ledger.attachments import storing
from organizations import clock, ids
from organizations.jobs.progress import Progress

READ_ALL = "-c app.backup=on"
TABLES = "select count(*) from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
NOT_OWNED = """
    select count(*) from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
       and not pg_has_role(c.relowner, 'usage')
"""
SHUT = """
    select c.relname::text from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relrowsecurity
       and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'backup_read'
                          and p.polcmd = 'r' and p.polpermissive
                          and exists (select from unnest(p.polroles) role where pg_has_role(role, 'usage')))
"""
HEADS = """
    select distinct on (organization_id) organization_id, seq, encode(hash, 'hex') from ledger_checkpoint
     order by organization_id, seq desc
"""
ATTACHMENTS = "select path, sha256 from ledger_attachment where removed_at is null order by path"
ROLES = """
    select distinct pg_get_userbyid(role)::text from (
        select relowner as role from pg_class where relnamespace = 'public'::regnamespace
        union select x.grantee from pg_class c, aclexplode(c.relacl) x where c.relnamespace = 'public'::regnamespace
        union select unnest(polroles) from pg_policy) named
     where role <> 0 order by 1
"""


def back_up(target: Path, *, progress: Callable[[str], Progress]) -> dict:
    """Write a backup to a folder that does not exist yet; its manifest.

    ``progress`` makes the bar of each step. Nothing stands under the name of the target until all of it is on disk.
    Raises BackupProblem.
    """
    if target.exists():
        raise BackupProblem(f"{target} exists already; a backup never replaces anything.")
    try:
        partial = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as problem:
        raise BackupProblem(f"{target.parent} cannot be written: {problem.strerror}.") from problem
    try:
        manifest = _fill(partial, progress)
        archives.rename(partial, target)
    except OSError as problem:
        raise BackupProblem(f"{target} cannot be written: {problem}.") from problem
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return manifest


def _fill(folder: Path, progress: Callable[[str], Progress]) -> dict:
    with programs.connect("owner") as connection:
        version = connection.info.server_version // 10_000
        program = programs.find("pg_dump", least=version)
        connection.execute("begin isolation level repeatable read, read only")
        connection.execute("set local app.backup = 'on'")
        _refuse_half_a_backup(connection)
        manifest = {"format": archives.FORMAT, "made_at": clock.now().isoformat(), "server": version}
        manifest |= _described(connection)
        files = connection.execute(ATTACHMENTS).fetchall()
        bar = progress("Dumping")
        bar.start(manifest["tables"])
        _dump(connection, program, folder / DUMP, bar)
    sums = {DUMP: archives.digest(folder / DUMP)}
    altered = _copy(files, folder, sums, progress("Copying files"))
    manifest["files"] = {"count": len(sums) - 1, "not_as_attached": altered}
    archives.finish(folder, manifest, sums)
    return manifest


def _refuse_half_a_backup(connection: psycopg.Connection) -> None:
    """Row security would leave rows out without a word."""
    user = connection.info.user
    if connection.execute(NOT_OWNED).fetchone()[0]:
        raise BackupProblem(f"The login {user} does not own the schema. Let DATABASE_OWNER_URL name crane_owner.")
    shut = [name for (name,) in connection.execute(SHUT)]
    if shut:
        raise BackupProblem(f"{user} may not read all of {', '.join(shut)}: the policy backup_read is not there.")


def _described(connection: psycopg.Connection) -> dict:
    """What the restoration will compare with."""
    applied = connection.execute("select app, name from django_migrations order by app, name").fetchall()
    heads = [
        {"organization_id": ids.encode("ORG", number), "seq": seq, "hash": digest}
        for number, seq, digest in connection.execute(HEADS)
    ]
    return {
        "tables": connection.execute(TABLES).fetchone()[0],
        "roles": [name for (name,) in connection.execute(ROLES)],
        "migrations": [f"{app}.{name}" for app, name in applied],
        "organizations": connection.execute("select count(*) from organizations_organization").fetchone()[0],
        "postings": connection.execute("select count(*) from ledger_transaction where status = 'posted'").fetchone()[0],
        "heads": heads,
        "keys": marks_of_keys(),
    }


def marks_of_keys() -> list[str]:
    """Tell whether another installation has the keys that sign and seal here, and nothing else about them."""
    keys = (*settings.SECRETS_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [hmac.new(key.encode(), b"backup", hashlib.sha256).hexdigest() for key in keys]


def _dump(connection: psycopg.Connection, program: Path, target: Path, bar: Progress) -> None:
    snapshot = connection.execute("select pg_export_snapshot()").fetchone()[0]
    command = [program, "--format=custom", "--verbose", "--enable-row-security", "--lock-wait-timeout=60s"]
    command += [f"--snapshot={snapshot}", f"--file={target}", "--no-password"]
    programs.run(
        command, "owner", options=READ_ALL, on_line=lambda line: "dumping contents of table" in line and bar.advance()
    )


def _copy(files: list[tuple[str, str]], folder: Path, sums: dict[str, str], bar: Progress) -> list[str]:
    """Copy the files of attachments; those that are not there, or are not what was attached, are returned."""
    bar.start(len(files))
    altered = []
    for path, expected in files:
        copy = folder / FILES / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        found = hashlib.sha256()
        try:
            with copy.open("wb") as written:
                for piece in storing.pieces(path):
                    written.write(piece)
                    found.update(piece)
        except FileNotFoundError:
            copy.unlink()
            altered.append(path)
        else:
            sums[f"{FILES}/{path}"] = found.hexdigest()
            if found.hexdigest() != expected:
                altered.append(path)
        bar.advance()
    return altered
