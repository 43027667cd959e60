"""Importing contacts from a file: each line is created, a duplicate, or an error; the good ones go in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models.functions import Lower

from ledger.contacts.csv_files import Unreadable, read_contacts
from ledger.contacts.keeping import built
from ledger.contacts.models import Contact
from ledger.errors import ContactFileInvalid
from organizations import ids
from organizations.actors import Actor
from organizations.errors import Invalid
from organizations.events.recording import event, record
from organizations.jobs.progress import Progress
from organizations.rows import insert_rows
from organizations.tenants.models import Organization

IMPORTED = event("contact.imported")

LARGEST = 20 * 1024 * 1024  # bytes
CHUNK = 1000
#: Words of other programs for the types.
TYPES = {"": "customer", "supplier": "vendor", "client": "customer", "staff": "employee"}


@dataclass(slots=True)
class Verdict:
    """What came of a line. ``fields`` says what is wrong, by field."""

    line: int
    verdict: str
    name: str = ""
    contact_id: int | None = None
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class ImportedContacts:
    """What an import did, or would do."""

    dry_run: bool = False
    ignored: list[str] = field(default_factory=list)
    lines: list[Verdict] = field(default_factory=list)

    def count(self, verdict: str) -> int:
        return sum(line.verdict == verdict for line in self.lines)


class _Known:
    """Who is there already: by reference, else by e-mail and name."""

    def __init__(self, organization: Organization):
        rows = Contact.objects.of(organization).order_by("pk")
        self._found: dict[tuple, int] = {}
        for number, *said in rows.values_list("pk", "reference", Lower("email"), Lower("name")):
            self._add(number, *said)

    def _add(self, number: int, reference: str, email: str, name: str) -> None:
        if reference:
            self._found.setdefault(("reference", reference), number)
        if email:
            self._found.setdefault(("email", email, name), number)

    def find(self, contact: Contact) -> int | None:
        by_mail = ("email", contact.email.lower(), contact.name.lower()) if contact.email else None
        return self._found.get(("reference", contact.reference)) or self._found.get(by_mail)

    def add(self, contact: Contact) -> None:
        self._add(contact.pk, contact.reference, contact.email.lower(), contact.name.lower())


@transaction.atomic
def import_contacts(
    *,
    actor: Actor,
    organization: Organization,
    data: bytes,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportedContacts:
    """Make the contacts of a file that are not there yet; one event for all of them, none where nobody is new.

    ``dry_run`` says what would come of it. Raises ContactFileInvalid.
    """
    if len(data) > LARGEST:
        raise ContactFileInvalid(fields={"file": f"At most {LARGEST // 1024**2} MiB."})
    try:
        file = read_contacts(data)
    except Unreadable as problem:
        raise ContactFileInvalid(fields={"file": str(problem)}) from problem
    done = ImportedContacts(dry_run=dry_run, ignored=file.ignored)
    progress = progress or Progress()
    progress.start(len(file.rows))
    known = _Known(organization)
    new: list[Contact] = []
    numbers = iter(_new_ids(len(file.rows)))
    for line, row in file.rows:
        verdict, contact = _judged(organization, line, row, known)
        if contact is not None:
            contact.pk = verdict.contact_id = next(numbers)
            known.add(contact)
            new.append(contact)
        done.lines.append(verdict)
    if dry_run:
        for verdict in done.lines:
            verdict.contact_id = verdict.contact_id if verdict.verdict == "duplicate" else None
        return done
    for start in range(0, len(new), CHUNK):
        insert_rows(new[start : start + CHUNK])
        progress.advance(len(new[start : start + CHUNK]))
    if new:
        summary = import_answer(done, organization.pk)
        del summary["lines"]
        made = [each.public_id for each in new]
        record(
            IMPORTED,
            actor=actor,
            organization_id=organization.pk,
            entity_id=organization.public_id,
            after=summary | {"contact_ids": made},
        )
    return done


def _judged(
    organization: Organization, line: int, row: Mapping[str, str] | None, known: _Known
) -> tuple[Verdict, Contact | None]:
    """The verdict on a line, and the contact if it is new."""
    if row is None:
        return Verdict(line, "error", fields={"file": "The row has more cells than there are headings."}), None
    name = row.get("name", "")
    try:
        contact = built(organization, _fields(row))
    except Invalid as refusal:
        problems = {path: said[0] for path, said in refusal.details["fields"].items()}
        return Verdict(line, "error", name[:200], fields=problems), None
    there = known.find(contact)
    if there is not None:
        return Verdict(line, "duplicate", contact.name, there), None
    return Verdict(line, "created", contact.name), contact


def _fields(row: Mapping[str, str]) -> dict:
    """A row's cells as a contact has them. Raises Invalid."""
    found: dict = {"name": "", **row}
    written = found.pop("contact_type", "").lower()
    found["contact_type"] = TYPES.get(written, written)
    terms, currency = found.pop("payment_terms_days", ""), found.pop("currency", "")
    if terms:
        if not (terms.isascii() and terms.isdigit() and len(terms) < 4):
            raise Invalid(fields={"payment_terms_days": "A number of days."})
        found["payment_terms_days"] = int(terms)
    if currency:
        found["currency"] = currency.upper().removeprefix("CUR_")
    return found


def _new_ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("select array(select crane_next_id() from generate_series(1, %s))", [count])
        return cursor.fetchone()[0]


def import_answer(done: ImportedContacts, organization_id: int) -> dict:
    """An import as the API shows it."""
    return {
        "object": "contact_import",
        "organization_id": ids.encode("ORG", organization_id),
        "dry_run": done.dry_run,
        "created": done.count("created"),
        "duplicates": done.count("duplicate"),
        "errors": done.count("error"),
        "ignored_columns": done.ignored,
        "lines": [
            {
                "line": each.line,
                "verdict": each.verdict,
                "contact_id": None if each.contact_id is None else ids.encode("CON", each.contact_id),
                "name": each.name,
                "fields": each.fields,
            }
            for each in done.lines
        ],
    }
