"""Reading an archive into this installation: checked first, then whole or not at all.

Rows come in as they were: with their ids, their moments and the numbers of the database transactions that wrote them,
which seals and receipts name. So the triggers that stamp and refuse rest while they come, in this one database
transaction of the schema's owner; keys, checks and row security do not rest. What the triggers would have computed is
added up anew, and then everything is asked that can be asked of books: the trial balance, the chain of seals, the
rules of the doctor. One that fails undoes all.
"""

import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection, transaction

from ledger.archives.figures import trial_balance
from ledger.archives.manifests import Manifest, check, digest_of, lines_of, read_manifest
from ledger.archives.numbers import advance_numbers
from ledger.archives.rows import detached, load
from ledger.archives.tables import ORGANIZATIONS, USERS, Table, archived
from ledger.attachments import storing
from ledger.errors import ArchiveDiffers, ArchiveUnreadable, OrganizationExists
from ledger.health.examining import BOOKS, examine
from ledger.proof.answers import anchor_line
from ledger.proof.sealing import newest
from ledger.proof.verifying import verify
from organizations import ids, scoping
from organizations.actors import Actor
from organizations.events.recording import event, record
from organizations.jobs.progress import Progress
from organizations.wire.database_rules import DATABASE_ERRORS, reported_by

IMPORTED = event("organization.imported")

SELF_REFERENCES = """
    select conrelid::regclass::text, conname::text from pg_constraint
     where contype = 'f' and conrelid = confrelid and not condeferrable and conrelid::regclass::text = any (%s)
"""
TRIGGERS = """
    select tgrelid::regclass::text, tgname::text, tgenabled = 'A' from pg_trigger
     where not tgisinternal and tgrelid::regclass::text = any (%s)
"""
TOTALS = """
    insert into ledger_accounttotal (organization_id, account_id, grain, starts, slot, debit, credit, base_debit,
                                     base_credit, entries)
    select e.organization_id, e.account_id, g.grain,
           case g.grain when 'D' then e.transaction_date else date_trunc('month', e.transaction_date)::date end, 0,
           coalesce(sum(e.amount) filter (where e.amount > 0), 0),
           coalesce(-sum(e.amount) filter (where e.amount < 0), 0),
           coalesce(sum(e.base_amount) filter (where e.base_amount > 0), 0),
           coalesce(-sum(e.base_amount) filter (where e.base_amount < 0), 0), count(*)
      from ledger_entry e cross join (values ('D'), ('M')) g (grain)
     where e.organization_id = %s group by 1, 2, 3, 4
"""
#: Counters that go on after what came, so that nothing new takes a number of before.
COUNTERS = {
    "crane_event_seq": "select max(seq) from organizations_event where organization_id = %s",
    "ledger_account_tree_seq": "select max(tree_id) from ledger_account where organization_id = %s",
}
#: What was on its way when the archive was written, its own installation sends.
HELD = """
    update organizations_letter set status = 'failed', last_error = 'It was waiting when the organization moved.'
     where organization_id = %s and status = 'queued'
"""


@dataclass(slots=True)
class Imported:
    """What came of an import; ``parent_left`` where the organization stood below one that is not here."""

    organization_id: int
    name: str
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    parent_left: str | None = None
    head: str | None = None


def import_organization(
    *, actor: Actor, path: Path, sha256: str | None = None, progress: Progress | None = None
) -> Imported:
    """Read the archive at ``path``. Works as the owner of the schema, and opens its own database transactions.

    Raises ArchiveUnreadable, ArchiveDiffers, OrganizationExists.
    """
    progress = progress or Progress()
    try:
        with path.open("rb") as file:
            if sha256 is not None and digest_of(file) != sha256.lower():
                raise ArchiveUnreadable("The archive has another SHA-256 than the one given.")
        with zipfile.ZipFile(path) as archive, scoping.as_owner():
            return _import(actor, archive, progress)
    except (OSError, zipfile.BadZipFile) as problem:
        raise ArchiveUnreadable(f"The archive cannot be read: {problem}") from problem


def _import(actor: Actor, archive: zipfile.ZipFile, progress: Progress) -> Imported:
    manifest, tables = read_manifest(archive), archived()
    attached = [name for name in manifest.files if name.startswith("files/")]
    progress.start(2 * (len(tables) + len(attached)))
    check(archive, manifest, tables, progress)
    number = manifest.organization_id
    if number in scoping.every_organization():
        raise OrganizationExists(details={"organization_id": ids.encode("ORG", number)})
    advance_numbers(manifest.next_number)
    done = Imported(number, manifest.name)
    kept: list[str] = []
    try:
        for path in _keep_files(archive, attached, progress):
            kept.append(path)
        _load(actor, archive, manifest, tables, done, progress)
    except BaseException as problem:
        for path in kept:
            storing.discard(path)
        if isinstance(problem, DATABASE_ERRORS) and (report := reported_by(problem)) is not None:
            raise ArchiveDiffers(f"The database refuses the rows: {report.diag.message_primary}.") from problem
        raise
    done.files = len(attached)
    return done


def _keep_files(archive: zipfile.ZipFile, names: Iterable[str], progress: Progress) -> Iterator[str]:
    """Put the files where their rows name them; one that is there already is the same, by its random name."""
    for name in names:
        path = name.removeprefix("files/")
        if not storing.storage().exists(path):
            storing.keep(path, archive.read(name))
            yield path
        progress.advance()


@transaction.atomic
def _load(
    actor: Actor,
    archive: zipfile.ZipFile,
    manifest: Manifest,
    tables: list[Table],
    done: Imported,
    progress: Progress,
) -> None:
    number = manifest.organization_id
    first = next(lines_of(archive, tables[0]))
    own, parent_id = detached(first, scoping.every_organization())
    if own != first:
        done.parent_left = ids.encode("ORG", parent_id)
    with scoping.acting_in(number, reach=[parent_id] if parent_id and own == first else []):
        with _triggers_at_rest([table.name for table in tables if table.name not in (ORGANIZATIONS, USERS)]):
            for table in tables:
                lines = [own] if table.name == ORGANIZATIONS else lines_of(archive, table)
                done.rows[table.name] = load(table, lines)
                progress.advance()
        with connection.cursor() as cursor:
            cursor.execute(TOTALS, [number])
            cursor.execute(HELD, [number])
            for counter, newest_number in COUNTERS.items():
                cursor.execute(
                    f"select setval(%s, greatest(({newest_number}), (select last_value from {counter})))",
                    [counter, number],
                )
        done.head = _believe(manifest)
        after = {"object": "organization_archive", "exported_at": manifest.exported_at, "head": done.head}
        record(
            IMPORTED,
            actor=actor,
            organization_id=number,
            entity_id=ids.encode("ORG", number),
            after=after | {"rows": sum(done.rows.values()), "parent_left": done.parent_left},
        )


@contextmanager
def _triggers_at_rest(names: list[str]) -> Iterator[None]:
    """The triggers of the tables do nothing, and a row may point at a later one of its table, until all is in."""
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS, [names])
        triggers = cursor.fetchall()
        cursor.execute(SELF_REFERENCES, [names])
        references = cursor.fetchall()
        for name in names:
            cursor.execute(f"alter table {name} disable trigger user")
        for name, rule in references:
            cursor.execute(f"alter table {name} alter constraint {rule} deferrable initially deferred")
    yield
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        for name, rule in references:
            cursor.execute(f"alter table {name} alter constraint {rule} not deferrable")
        for name, trigger, always in triggers:
            cursor.execute(f"alter table {name} enable {'always ' if always else ''}trigger {trigger}")


def _believe(manifest: Manifest) -> str | None:
    """Ask the books whether they are those of the manifest, and in order. Raises ArchiveDiffers."""
    number = manifest.organization_id
    if trial_balance(number) != manifest.trial_balance:
        raise ArchiveDiffers("The entries do not add up to the trial balance of the manifest.")
    head = newest(number)
    if (anchor_line(head) if head else None) != manifest.head:
        raise ArchiveDiffers("The chain of seals does not end where the manifest says.")
    verdict = verify(number)
    if verdict.first_break is not None:
        raise ArchiveDiffers(verdict.first_break.message, details={"code": verdict.first_break.code})
    broken = [finding for finding in examine(number, rules=BOOKS) if finding.status == "broken"]
    if broken:
        raise ArchiveDiffers(
            f"{broken[0].meaning} This is broken.", details={"rules": [finding.name for finding in broken]}
        )
    return verdict.head
