"""Importing rates from a reference file, set by set: what is known already stays as it is."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction

from ledger.currencies.ecb_files import Reference, Unreadable, read
from ledger.currencies.models import ECB
from ledger.currencies.rates import EURO
from ledger.errors import RateFileInvalid
from organizations import ids
from organizations.actors import Actor
from organizations.events.recording import event, record
from organizations.jobs.progress import Progress
from organizations.tenants.models import Organization

IMPORTED = event("exchange_rate.imported")

LARGEST = 20 * 1024 * 1024  # bytes
CHUNK = 20_000  # rates in one statement

INSERT = """
    insert into ledger_exchangerate
           (organization_id, from_currency_id, to_currency_id, rate, effective_date, source, metadata)
    select %s, %s, given.code, given.rate, given.day, %s, '{}'
      from unnest(%s::date[], %s::text[], %s::numeric[]) as given (day, code, rate)
        on conflict on constraint exchange_rate_once do nothing
"""


@dataclass(slots=True)
class Imported:
    """What an import did, or would do. ``skipped`` are quotes that are no rate or of a currency that is no more."""

    dry_run: bool = False
    new: int = 0
    duplicates: int = 0
    skipped: int = 0
    first_date: datetime.date | None = None
    last_date: datetime.date | None = None


def read_reference(data: bytes) -> Reference:
    """The rates of an uploaded file. Raises RateFileInvalid."""
    if len(data) > LARGEST:
        raise RateFileInvalid(fields={"file": f"At most {LARGEST // 1024**2} MiB."})
    try:
        return read(data)
    except Unreadable as problem:
        raise RateFileInvalid(fields={"file": str(problem)}) from problem


@transaction.atomic
def import_rates(
    *,
    actor: Actor,
    organization: Organization,
    reference: Reference,
    source: str = ECB,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Imported:
    """Record the rates of a file that are not known yet; one event for all of them, none where there is nothing new.

    ``dry_run`` says what would come of it. Safe to do again, and at the same time: each rate is there once.
    """
    days = [day for day, _, _ in reference.rates]
    done = Imported(dry_run=dry_run, skipped=reference.skipped, first_date=min(days), last_date=max(days))
    progress = progress or Progress()
    progress.start(len(reference.rates))
    rates = sorted(reference.rates)  # in one order, so that two imports at once wait for each other and nothing worse
    with transaction.atomic():
        for start in range(0, len(rates), CHUNK):
            part = rates[start : start + CHUNK]
            done.new += _insert(organization.pk, part, source)
            progress.advance(len(part))
        if dry_run:
            transaction.set_rollback(True)
    done.duplicates = len(rates) - done.new
    if done.new and not dry_run:
        record(
            IMPORTED,
            actor=actor,
            organization_id=organization.pk,
            entity_id=organization.public_id,
            after=import_answer(done, organization.pk) | {"source": source},
        )
    return done


def _insert(organization_id: int, part: Iterable[tuple], source: str) -> int:
    columns = [list(column) for column in zip(*part, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [organization_id, EURO, source, *columns])
        return cursor.rowcount


def import_answer(done: Imported, organization_id: int) -> dict:
    """An import as the API shows it."""
    return {
        "object": "exchange_rate_import",
        "organization_id": ids.encode("ORG", organization_id),
        "dry_run": done.dry_run,
        "new": done.new,
        "duplicates": done.duplicates,
        "skipped": done.skipped,
        "first_date": done.first_date,
        "last_date": done.last_date,
    }
