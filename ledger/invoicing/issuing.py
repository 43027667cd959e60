"""Issuing documents: number, posting and open item in one act, alone or by the thousand.

Either everything of it is in the books or nothing: the number is given last, so whoever fails leaves no gap.
"""

import datetime
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

import msgspec
from django.db import transaction

from ledger.accounts.finding import account_of_role
from ledger.accounts.models import Account
from ledger.contacts.usable import refuse_unusable
from ledger.currencies.rates import rates_on
from ledger.errors import DocumentEmpty, DocumentIsIssued, ExchangeRateMissing, TaxNotEffective
from ledger.invoicing.answers import fresh_answers
from ledger.invoicing.composing import TYPES, Charged, Means, plan_of
from ledger.invoicing.drafting import give_keys
from ledger.invoicing.figuring import NO_ACCOUNT, NO_TAX
from ledger.invoicing.models import PREFIXES, Document, DocumentTax
from ledger.invoicing.numbering import give_numbers
from ledger.invoicing.reading import NAMES
from ledger.journal.delivering import parts, sender
from ledger.journal.posting import Plan, deliver_part, refuse_obstacles
from ledger.journal.saved import new_ids
from ledger.locks.barriers import barriers
from ledger.openitems.models import OpenItem
from ledger.openitems.opening import opening
from ledger.stationery.answers import stationery_of
from ledger.stationery.models import Stationery
from ledger.taxes.levying import effective_on
from ledger.taxes.models import Tax
from organizations import clock, ids
from organizations.actors import Actor
from organizations.errors import Invalid, NotFound, Refusal
from organizations.events import recording
from organizations.rows import Statement, insertion, update
from organizations.tenants.models import Organization
from organizations.wire.rendering import encode

ISSUED = {
    "invoice": recording.event("invoice.issued"),
    "credit_note": recording.event("credit_note.issued"),
    "bill": recording.event("bill.received"),
    "vendor_credit": recording.event("vendor_credit.received"),
}
ONE = Decimal(1)
PART = 250  # documents: PostgreSQL begins to write when so many are composed
WRITTEN = (
    *("status", "number", "series", "series_year", "series_no", "account", "currency_rate", "date", "due_date"),
    *("base_total", "transaction", "version"),
)


def held_document(organization: Organization, kind: str, number: int) -> Document:
    """A document of a kind, locked until the end. Raises NotFound."""
    rows = Document.objects.of(organization).filter(kind=kind, pk=number).select_for_update(of=("self",), no_key=True)
    found = rows.first()
    if found is None:
        raise NotFound()
    found.organization = organization
    return found


@transaction.atomic
def issue_document(*, actor: Actor, organization: Organization, document: Document) -> Document:
    """Issue one draft that is held. Raises what ``refuse_unissuable`` does, ExchangeRateMissing, and obstacles."""
    issue_documents(actor=actor, organization=organization, documents=[document])
    return document


class Unfit(Exception):
    """Some of many documents cannot be issued: ``refusals`` says which, and why. Nothing was written."""

    def __init__(self, refusals: list[tuple[Document, Refusal]]):
        super().__init__(f"{len(refusals)} documents cannot be issued")
        self.refusals = refusals


@transaction.atomic
def issue_new(
    *, actor: Actor, organization: Organization, documents: Sequence[Document], gather: bool = False
) -> list[msgspec.Raw]:
    """Write new documents (``new_document``) as issued, all or none: one act, one event each.

    Raises DocumentNumberTaken, and what issuing raises; to ``gather``, Unfit with what is wrong with each.
    """
    give_keys(organization, documents)
    return _issue(actor, organization, documents, [None] * len(documents), gather)


@transaction.atomic
def issue_documents(
    *, actor: Actor, organization: Organization, documents: Sequence[Document], gather: bool = False
) -> None:
    """Issue drafts that are held, all or none, in a fixed number of queries.

    A draft without a date is of today; one without a due date is due after its contact's terms. ``gather`` as above.
    """
    _issue(actor, organization, documents, fresh_answers(documents, organization), gather)


def _issue(
    actor: Actor,
    organization: Organization,
    documents: Sequence[Document],
    before: Sequence[dict | None],
    gather: bool,
) -> list[dict] | list[msgspec.Raw]:
    stationery = stationery_of(organization)
    taxes = taxes_named(organization, documents)
    today = clock.today(organization.time_zone)
    for document in documents:
        document.organization = organization
        date_document(document, today, stationery)
        refuse_unissuable(document, taxes)
    _find_rates(organization, documents)
    means = Means(
        accounts=_accounts(actor, organization, documents, taxes),
        taxes=taxes,
        tax_account=_tax_account(actor, organization, documents, taxes),
        charged=_charged(organization, documents),
    )
    locks = barriers(organization, [(TYPES[document.kind], document.date) for document in documents], actor=actor)
    give_numbers(organization, documents, stationery)
    now, numbers = new_ids(sum(_most_ids(document) for document in documents))
    numbers, answers, unfit, new = iter(numbers), [], [], before[0] is None
    with sender(len(documents)) as post:
        for some in parts(range(len(documents)), PART):
            composed = []
            for place in some:
                try:
                    composed.append(_composed(organization, documents[place], means, locks[place]))
                except Refusal as refusal:
                    if not gather:
                        raise
                    unfit.append((documents[place], refusal))
            if unfit:
                continue  # nothing more is written; what else is wrong is still looked for
            part = documents[some.start : some.stop]
            plans, rows = [plan for plan, _ in composed], [row for _, rows in composed for row in rows]
            deliver_part(post, actor, organization, plans, now, numbers)
            post.send(_rows(organization, part, plans, rows, numbers, new=new))
            after = fresh_answers(part, organization)
            if new:  # nothing is compared with it: it is written once for the trail and for the answer
                after = [msgspec.Raw(encode(each)) for each in after]
            facts = [
                (ISSUED[documents[place].kind], documents[place].public_id, before[place], state)
                for place, state in zip(some, after, strict=True)
            ]
            post.send([recording.statement(actor=actor, organization_id=organization.pk, facts=facts)])
            answers += after
    if unfit:
        raise Unfit(unfit)
    return answers


def _composed(
    organization: Organization, document: Document, means: Means, lock: Refusal | None
) -> tuple[Plan, list[DocumentTax]]:
    """What a document posts, and its taxes. Raises what stands in the way, by the names that documents have."""
    try:
        if document.currency_rate is None:
            raise _rate_missing(organization, document)
        _refuse_missing(document, means.accounts)
        plan, taxes = plan_of(organization, document, means)
        refuse_obstacles(plan, organization)
        if lock is not None:
            raise lock
    except Refusal as refusal:
        fields = refusal.details.get("fields", {})
        if fields:
            refusal.details["fields"] = {_ours(document, name): reasons for name, reasons in fields.items()}
        raise
    return plan, taxes


def _ours(document: Document, name: str) -> str:
    """A field of the transaction as the field of the document that it came from: entries are contact, lines, taxes."""
    if name == "transaction_date":
        return NAMES[PREFIXES[document.kind]][1]
    entry = re.fullmatch(r"entries\[(\d+)\]\.(\w+)", name)
    if entry is None:
        return name
    line = int(entry[1]) - 1
    if line < 0:
        return "contact_id"
    return f"items[{line}].{entry[2]}" if line < len(document.lines) else "items"


def _most_ids(document: Document) -> int:
    """As many ids as issuing it takes at most: of its transaction and item, and an entry or two for each amount."""
    return 3 + len(document.lines) + 2 * len({number for line in document.lines for number in line["tax_ids"]})


def date_document(document: Document, today: datetime.date, stationery: Stationery) -> None:
    """Give a document the dates that it has not been given."""
    document.date = document.date or today
    if document.due_date is None:
        terms = document.contact.payment_terms_days
        terms = stationery.payment_terms_days if terms is None else terms
        document.due_date = document.date + datetime.timedelta(days=0 if document.is_credit else terms)


def refuse_unissuable(document: Document, taxes: dict[int, Tax]) -> None:
    """Raises DocumentIsIssued, what a contact that cannot be used raises, DocumentEmpty, Invalid, TaxNotEffective."""
    if document.status != "draft":
        raise DocumentIsIssued()
    takes_back = document.is_credit and document.original_id is not None
    if not takes_back:
        refuse_unusable(document.contact)
    if not document.lines or document.total <= 0:
        raise DocumentEmpty(fields={"items": DocumentEmpty.message})
    if takes_back:
        return  # what was charged, to whom it was charged, whatever became of contact and tax
    for place, line in enumerate(document.lines):
        for tax_id in line["tax_ids"]:
            tax = taxes.get(ids.decode("TAX", tax_id))
            if tax is None:  # deleted since the draft was saved
                raise Invalid(fields={f"items[{place}].tax_ids": NO_TAX})
            if not tax.is_active or not effective_on(tax, document.date):
                reason = f"{tax.name} is not in force on {document.date}."
                raise TaxNotEffective(details={"reason": reason}, fields={f"items[{place}].tax_ids": reason})


def taxes_named(organization: Organization, documents: Sequence[Document]) -> dict[int, Tax]:
    """The taxes of these documents' lines, by key."""
    named = {
        ids.decode("TAX", number) for document in documents for line in document.lines for number in line["tax_ids"]
    }
    return Tax.objects.of(organization).in_bulk(named) if named else {}


def _find_rates(organization: Organization, documents: Sequence[Document]) -> None:
    """Give documents their rates; those for which there is none are left without."""
    base = organization.base_currency_id
    wanted = set()
    for document in documents:
        if document.currency_id == base:
            document.currency_rate = ONE
        elif document.currency_rate is None:
            wanted.add((document.currency_id, base, document.date))
    found = rates_on(organization, sorted(wanted)) if wanted else {}
    for document in documents:
        rate = found.get((document.currency_id, base, document.date))
        if document.currency_rate is None and rate is not None:
            document.currency_rate = rate.rate


def _rate_missing(organization: Organization, document: Document) -> ExchangeRateMissing:
    reason = f"A rate from {document.currency_id} on {document.date} is needed."
    return ExchangeRateMissing(details={"reason": reason}, fields={"currency_rate": reason})


def _accounts(actor, organization, documents, taxes) -> dict[int, Account]:
    """Every account that these documents post to, by key; control accounts are found, or opened, for each."""
    controls: dict[tuple[str, str], Account] = {}
    for document in documents:
        role = "receivable" if document.is_sale else "payable"
        own = getattr(document.contact, f"{role}_account")
        if document.account_id is not None:
            continue
        if own is not None and own.currency_id == document.currency_id and own.status == "active":
            document.account = own
            continue
        key = (role, document.currency_id)
        if key not in controls:
            controls[key] = account_of_role(actor=actor, organization=organization, role=role, currency=key[1])
        document.account = controls[key]
    numbers = {ids.decode("ACT", line["account_id"]) for document in documents for line in document.lines}
    numbers |= {document.account_id for document in documents}
    numbers |= {number for tax in taxes.values() for number in (tax.account_id, tax.purchase_account_id)} - {None}
    return Account.objects.of(organization).in_bulk(numbers)


def _refuse_missing(document: Document, accounts: dict[int, Account]) -> None:
    """Raises Invalid for lines whose account was deleted since the draft was saved."""
    missing = [
        place for place, line in enumerate(document.lines) if ids.decode("ACT", line["account_id"]) not in accounts
    ]
    if missing:
        raise Invalid(fields={f"items[{place}].account_id": NO_ACCOUNT for place in missing})


def _charged(organization: Organization, documents: Sequence[Document]) -> Charged:
    """The accounts that the taxes of credited documents went to: a credit takes a tax back from where it is."""
    originals = {document.original_id for document in documents} - {None}
    if not originals:
        return {}
    rows = DocumentTax.objects.of(organization).filter(document__in=originals).exclude(account=None)
    return {(row.document_id, row.tax_id, row.is_input): row.account for row in rows.select_related("account")}


def _tax_account(actor, organization, documents, taxes: dict[int, Tax]) -> Account | None:
    if all(tax.account_id is not None for tax in taxes.values()):
        return None
    return account_of_role(actor=actor, organization=organization, role="tax_payable", field="items")


def _rows(
    organization: Organization,
    documents: Sequence[Document],
    plans: Sequence[Plan],
    taxes: Sequence[DocumentTax],
    numbers: Iterator[int],
    *,
    new: bool,
) -> list[Statement]:
    """What writes documents, their taxes and open items, once their transactions are written."""
    for document, plan in zip(documents, plans, strict=True):
        document.status = "issued"
        document.version += not new
        document.transaction_id = plan.number
    items = [
        OpenItem(
            pk=next(numbers),
            organization=organization,
            kind=document.kind,
            object_id=document.pk,
            contact_id=document.contact_id,
            account_id=document.account_id,
            currency_id=document.currency_id,
            date=document.date,
            due_date=document.due_date,
            amount=document.sign * document.total,
            base_amount=document.sign * document.base_total,
        )
        for document in documents
    ]
    written = insertion(documents) if new else update(documents, WRITTEN)
    return [*written, *insertion(taxes), *opening(items, [document.transaction_id for document in documents])]
