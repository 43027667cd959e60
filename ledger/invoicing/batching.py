"""Many documents in one request, by the contract of every batch (``organizations/wire/batches.py``).

What can be known of an item alone is known before anything is written. The rest is written together, and in halves
where the database or a closed period refuses, until each is known. An item that cannot be issued is not saved.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from ledger.errors import BatchFailed
from ledger.invoicing.answers import fresh_answers
from ledger.invoicing.drafting import drafted, save_new
from ledger.invoicing.figuring import Named
from ledger.invoicing.issuing import (
    Unfit,
    date_document,
    issue_documents,
    issue_new,
    refuse_unissuable,
    taxes_named,
)
from ledger.invoicing.models import PREFIXES, Document
from ledger.invoicing.reading import read_document
from ledger.stationery.answers import stationery_of
from organizations import clock, ids
from organizations.actors import Actor
from organizations.errors import Busy, Invalid, NotFound, Refusal
from organizations.tenants.models import Organization
from organizations.wire import batches
from organizations.wire.batches import client_ref_of, problem_with_reference
from organizations.wire.database_rules import DATABASE_ERRORS, is_retryable, refusal_of

#: Kind → how a batch of its documents calls the list of them.
LISTS = {"invoice": "invoices", "bill": "bills", "credit_note": "credit_notes", "vendor_credit": "vendor_credits"}
PART = 2_000  # documents that are written together


@dataclass(slots=True)
class Item(batches.Item):
    """A document of a batch; ``path`` is its place in the request."""

    path: str = ""
    document: Document | None = None
    issue: bool = False

    def refuse(self, refusal: Refusal) -> None:
        """Note why it failed."""
        self.refusal = batches.within(refusal, self.path)


Write = Callable[[list[Item]], None]


def create_batch(
    *,
    actor: Actor,
    organization: Organization,
    kind: str,
    bodies: list[Any],
    mode: str,
    dry_run: bool,
    issue: bool = False,
    start: int = 0,
) -> dict:
    """Create (and with ``issue``, of the batch or of an item, issue) documents. Raises BatchFailed if atomic."""
    name = LISTS[kind]
    items = [Item(index, client_ref_of(body), path=f"{name}[{index}].") for index, body in enumerate(bodies, start)]
    fields = [_read(kind, body, item, issue) for body, item in zip(bodies, items, strict=True)]
    known = [each for each in fields if each is not None]
    named = Named.by(
        organization, [each["contact_id"] for each in known], [line for each in known for line in each["lines"]]
    )
    stationery, today = stationery_of(organization), clock.today(organization.time_zone)
    for item, each in zip(items, fields, strict=True):
        if each is None:
            continue
        try:
            item.document = drafted(organization, kind, each, named, stationery)
            if item.issue:
                date_document(item.document, today, stationery)
                refuse_unissuable(item.document, named.taxes)
        except Refusal as refusal:
            item.refuse(refusal)

    def write(part: list[Item]) -> None:
        drafts = [item for item in part if not item.issue]
        issued = [item for item in part if item.issue]
        if drafts:
            save_new(actor=actor, organization=organization, documents=[item.document for item in drafts])
            answers = fresh_answers([item.document for item in drafts], organization)
            _note(drafts, answers)
        if issued:
            documents = [item.document for item in issued]
            _note(issued, issue_new(actor=actor, organization=organization, documents=documents, gather=True))

    return _carry_out(organization, items, mode, dry_run, kind, write)


def issue_batch(
    *,
    actor: Actor,
    organization: Organization,
    kind: str,
    wanted: list[Any],
    mode: str,
    dry_run: bool,
    start: int = 0,
) -> dict:
    """Issue drafts, named by id or by an object with an id and a ``client_ref``. Raises BatchFailed if atomic."""
    field = f"{kind}_id"
    items = [Item(index, client_ref_of(each), path=f"{field}s[{index}].") for index, each in enumerate(wanted, start)]
    numbers = [_number(kind, field, each, item) for each, item in zip(wanted, items, strict=True)]
    with transaction.atomic():
        rows = Document.objects.of(organization).filter(kind=kind, pk__in={*numbers} - {None})
        rows = rows.select_related("contact").order_by("pk").select_for_update(of=("self",), no_key=True)
        saved = {document.pk: document for document in rows}
        taxes = taxes_named(organization, list(saved.values()))
        stationery, today = stationery_of(organization), clock.today(organization.time_zone)
        for item, number in zip(items, numbers, strict=True):
            if number is None:
                continue
            document = saved.pop(number, None)
            if document is None:
                item.refuse(
                    NotFound("There is no such draft", fields={field: "There is no such draft, or it came twice."})
                )
                continue
            document.organization = organization
            item.document, item.issue = document, True
            try:
                date_document(document, today, stationery)
                refuse_unissuable(document, taxes)
            except Refusal as refusal:
                item.refuse(refusal)

        def write(part: list[Item]) -> None:
            documents = [item.document for item in part]
            issue_documents(actor=actor, organization=organization, documents=documents, gather=True)
            _note(part, fresh_answers(documents, organization))

        return _carry_out(organization, items, mode, dry_run, kind, write)


# --- Reading ----------------------------------------------------------------------------------------------------------


def _read(kind: str, body: Any, item: Item, issue: bool) -> dict | None:
    """The fields of an item; None, and its refusal noted, where they cannot be read."""
    if not isinstance(body, dict):
        item.path = item.path.removesuffix(".")
        item.refuse(Invalid(fields={"": "An object."}))
        return None
    found, problems, _ = read_document(PREFIXES[kind], body)
    item.issue = body.get("issue", issue)
    if not isinstance(item.issue, bool):
        problems["issue"] = "true or false."
    problems |= problem_with_reference(body)
    if problems:
        item.refuse(Invalid(fields=problems))
        return None
    return found


def _number(kind: str, field: str, wanted: Any, item: Item) -> int | None:
    """The key of a draft to issue; None, and its refusal noted, where the item does not name one."""
    text = wanted.get(field) if isinstance(wanted, dict) else wanted
    try:
        number = ids.decode(PREFIXES[kind], text)
        problems = problem_with_reference(wanted) if isinstance(wanted, dict) else {}
    except (ValueError, TypeError) as problem:
        number, problems = None, {field: str(problem)}
    if not problems:
        return number
    item.refuse(Invalid(fields=problems))
    return None


# --- Writing ----------------------------------------------------------------------------------------------------------


def _carry_out(
    organization: Organization, items: list[Item], mode: str, dry_run: bool, kind: str, write: Write
) -> dict:
    with transaction.atomic():
        if mode == "stop_on_error":
            batches.skip_after_failure(items)
        fit = [item for item in items if item.refusal is None and not item.skipped]
        if mode != "atomic" or len(fit) == len(items):
            _write_in_parts(organization, fit, write, stop=mode != "independent")
        if mode == "stop_on_error":
            batches.skip_after_failure(items)
        failed = [item for item in items if item.refusal is not None]
        if failed and mode == "atomic":
            batches.skip_all_but_failed(items)
            results = batches.batch_answer(items, noun=kind, mode=mode, dry_run=dry_run)["results"]
            raise BatchFailed(failed[0].refusal, results=results)
        answer = batches.batch_answer(items, noun=kind, mode=mode, dry_run=dry_run)
        if dry_run:
            transaction.set_rollback(True)
    return answer


def _write_in_parts(organization: Organization, items: list[Item], write: Write, *, stop: bool) -> None:
    """Write items part by part: what a part took of memory is free for the next."""
    for start in range(0, len(items), PART):
        part = items[start : start + PART]
        if not _write_in_halves(organization, part, write, stop=stop):
            return
        for item in part:
            item.document = None


def _write_in_halves(organization: Organization, items: list[Item], write: Write, *, stop: bool) -> bool:
    """Write items in their order; False if one failed and the rest is not to be tried.

    Whatever is known to be unfit is left out at the next try; only what the database refuses is looked for in halves.
    """
    if not items:
        return True
    problem = _try(organization, items, write)
    if problem is None:
        return True
    if isinstance(problem, Unfit):
        refusals = {id(document): refusal for document, refusal in problem.refusals}
        bad = [item for item in items if id(item.document) in refusals]
        if stop:
            before = items[: items.index(bad[0])]
            if _write_in_halves(organization, before, write, stop=True):
                bad[0].refuse(refusals[id(bad[0].document)])
            return False
        for item in bad:
            item.refuse(refusals[id(item.document)])
        return _write_in_halves(organization, [item for item in items if item.refusal is None], write, stop=False)
    if len(items) == 1:
        items[0].refuse(problem)
        return not stop
    half = len(items) // 2
    first = _write_in_halves(organization, items[:half], write, stop=stop)
    return first and _write_in_halves(organization, items[half:], write, stop=stop)


def _note(items: list[Item], answers: list) -> None:
    for item, answer in zip(items, answers, strict=True):
        item.made = answer


def _try(organization: Organization, items: list[Item], write: Write) -> Refusal | Unfit | None:
    """Write under a savepoint; what is wrong if anything is, with the documents as they were before."""
    before = [dict(item.document.__dict__) for item in items]
    try:
        with transaction.atomic():
            write(items)
    except (Refusal, Unfit) as problem:
        found = problem
    except DATABASE_ERRORS as problem:
        found = None if is_retryable(problem) else refusal_of(problem)
        if found is None or found.status >= 500:
            raise
    else:
        return None
    if isinstance(found, Busy) or (isinstance(found, Refusal) and found.status >= 500):
        raise found
    for item, was in zip(items, before, strict=True):
        item.document.__dict__.clear()
        item.document.__dict__.update(was)
    return found
