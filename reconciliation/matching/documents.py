"""Lines of the bank that pay documents: what is open, and the verb that books the payment and matches the two."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from ledger.accounts.models import Account
from ledger.invoicing.models import Document
from ledger.journal.models import Entry
from ledger.openitems.models import OpenItem
from ledger.payments.paying import Allocation, NewPayment, record_payment
from organizations import clock, ids
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid, Refusal
from organizations.events.recording import event
from organizations.money import add_up, exact
from organizations.tenants.models import Organization
from reconciliation.matching.holding import Trail, drop_suggestions, open_lines, settle, tie
from reconciliation.matching.models import Match, MatchedEntry
from reconciliation.matching.open_items import as_bank_line
from reconciliation.matching.remembering import history_of
from reconciliation.scoring.learning import History
from reconciliation.scoring.payments import PaymentProposal, likely_payments, propose_payments
from reconciliation.scoring.proposing import Terms
from reconciliation.scoring.shapes import BookEntry
from reconciliation.statements.models import StatementLine

BOOKED = event("statement_line.payment_booked")
#: So many open documents are looked at, the oldest due first.
MOST = 50_000
#: So many are shown to a person who looks at a line.
SHOWN = 12
#: How payments are called that the bank told of.
METHOD = "bank"


def open_documents_of(organization: Organization, account: Account) -> list[BookEntry]:
    """What is open in the account's currency, as matching weighs it: claims are money in, debts are money out."""
    controls = Account.objects.of(organization).filter(
        role__in=("receivable", "payable"), currency_id=account.currency_id
    )
    items = OpenItem.objects.of(organization).filter(account__in=list(controls.values_list("pk", flat=True)))
    items = items.exclude(open_amount=0).exclude(kind="payment").order_by("due_date", "pk")[:MOST]
    rows = list(items.values_list("object_id", "date", "open_amount", "contact_id", "contact__name"))
    documents = Document.objects.of(organization).filter(pk__in=[row[0] for row in rows])
    said = {number: texts for number, *texts in documents.values_list("pk", "number", "order_number")}
    return [
        BookEntry(number, contact, day, amount, said[number][1], said[number][0], name)
        for number, day, amount, contact, name in rows
    ]


def proposed_payments(
    organization: Organization, account: Account, lines: Sequence[StatementLine], history: History, terms: Terms
) -> list[tuple[PaymentProposal, list[str]]]:
    """What lines seem to pay, each with the public ids of the documents."""
    documents = open_documents_of(organization, account) if lines else []
    found = propose_payments(map(as_bank_line, lines), documents, history=history, terms=terms)
    names = public_ids(organization, [number for each in found for number in each.document_ids])
    return [(each, [names[number] for number in each.document_ids]) for each in found]


@dataclass(frozen=True, slots=True)
class Payable:
    """Documents that a line could pay, and what speaks for it."""

    documents: list[BookEntry]
    document_ids: list[str]
    score: int
    features: dict[str, int]


def likely_documents(organization: Organization, account: Account, line: StatementLine) -> list[Payable]:
    """What a person may want to pay with a line, the most likely first."""
    known = {document.id: document for document in open_documents_of(organization, account)}
    terms = Terms(decimals=decimals_of(account.currency_id))
    history = history_of(organization, account)
    found = likely_payments(as_bank_line(line), known.values(), history=history, terms=terms)[:SHOWN]
    names = public_ids(organization, [number for each in found for number in each.document_ids])
    return [
        Payable(
            [known[number] for number in each.document_ids],
            [names[number] for number in each.document_ids],
            each.score,
            each.features,
        )
        for each in found
    ]


def payment_candidate(found: Payable, account: Account) -> dict:
    """Documents that a line could pay, as the API shows a candidate."""
    first = found.documents[0]
    return {
        "object": "candidate",
        "entry_ids": [],
        "document_ids": found.document_ids,
        "transaction_id": None,
        "date": first.date,
        "description": first.contact,
        "reference": ", ".join(document.reference for document in found.documents),
        "amount": exact(add_up(document.amount for document in found.documents), decimals_of(account.currency_id)),
        "score": found.score,
        "features": found.features,
    }


def public_ids(organization: Organization, numbers: Sequence[int]) -> dict[int, str]:
    """The public ids of documents, by their keys: the kind is in them."""
    return {number: row.public_id for number, row in Document.objects.of(organization).in_bulk(numbers).items()}


@transaction.atomic
def pay_documents(
    *,
    actor: Actor,
    organization: Organization,
    line_id: int,
    document_ids: Sequence[int],
    fee_account_id: int | None = None,
) -> Match:
    """Book a line as the payment of documents, in this order as far as it reaches, and match the two.

    What is more than is open stays the contact's credit. With ``fee_account_id``, what the line lacks was kept on the
    way. Documents in another currency than the bank's are paid in full by the line. Raises NotFound, LineNotOpen,
    Invalid, and what recording a payment raises.
    """
    lines = open_lines(organization, [line_id])
    match = Match(organization=organization, account=lines[0].account, origin="document")
    return _pay(actor, organization, lines, match, list(document_ids), fee_account_id)


def pay_suggested(
    *, actor: Actor, organization: Organization, match: Match, fee_account_id: int | None = None
) -> Match:
    """Accept a suggestion to pay documents; its line is held. Raises as ``pay_documents``."""
    numbers = [ids.decode(text[:3], text) for text in match.document_ids]
    return _pay(actor, organization, open_lines(organization, match.line_ids), match, numbers, fee_account_id)


def book_sure(*, actor: Actor, organization: Organization, matches: Sequence[Match]) -> list[Match]:
    """Accept what a run is sure of, each by itself; gives those that the books refused, which stay suggestions."""
    left = []
    saved = Match.objects.of(organization).filter(pk__in=[match.pk for match in matches]).order_by("pk")
    for match in saved.select_related("account"):
        try:
            with transaction.atomic():
                pay_suggested(actor=actor, organization=organization, match=match)
        except Refusal as refusal:  # closed books, a lock, somebody paid it meanwhile: a person sees why
            rows = Match.objects.of(organization).filter(pk=match.pk)
            rows.update(reason=f"The payment could not be booked: {refusal.message}.")
            left.append(match)
    return left


def _pay(
    actor: Actor,
    organization: Organization,
    lines: list[StatementLine],
    match: Match,
    numbers: list[int],
    fee_account_id: int | None,
) -> Match:
    (line,) = lines
    trail = Trail(lines)
    drop_suggestions(organization, [one for one in lines if one.match_id != match.pk])
    new = _wished(organization, line, numbers, fee_account_id)
    try:
        payment = record_payment(actor=actor, organization=organization, new=new)
    except Refusal as refusal:
        fields = refusal.details.get("fields", {})
        refusal.details["fields"] = {_ours(path): reasons for path, reasons in fields.items()}
        raise
    entries = Entry.objects.of(organization).filter(transaction_id=payment.transaction_id, account=line.account)
    match.payment_id, match.transaction_id = payment.pk, payment.transaction_id
    names = public_ids(organization, numbers)
    match.document_ids = [names[number] for number in numbers]
    match.entry_ids = [entry.pk for entry in entries]
    match.line_ids = [line.pk]
    match.status, match.accepted_at = "accepted", clock.now()
    if match.pk is None:
        match.save()
    else:
        match.save(update_fields=["status", "entry_ids", "transaction_id", "payment_id", "accepted_at"])
    MatchedEntry.objects.bulk_create(
        MatchedEntry(organization=organization, match=match, entry_id=number) for number in match.entry_ids
    )
    settle(lines, match, "matched")
    tie()
    match.refresh_from_db()
    trail.record(BOOKED, actor=actor, organization=organization)
    return match


def _wished(
    organization: Organization, line: StatementLine, numbers: list[int], fee_account_id: int | None
) -> NewPayment:
    """The payment that the line is."""
    items = OpenItem.objects.of(organization).filter(object_id__in=numbers)
    open_amounts = {item.object_id: (item.currency_id, abs(item.open_amount)) for item in items}
    currencies = {currency for currency, _ in open_amounts.values()} or {line.account.currency_id}
    if len(currencies) > 1:
        raise Invalid(fields={"document_ids": "Documents of one currency."})
    (currency,) = currencies
    size = exact(abs(line.amount), decimals_of(line.account.currency_id))
    owed = exact(add_up(amount for _, amount in open_amounts.values()), decimals_of(currency))
    new = NewPayment(
        amount=size,
        direction="in" if line.amount > 0 else "out",
        account_id=line.account_id,
        currency=currency,
        date=line.date,
        method=METHOD,
        reference=line.reference[:100],
        notes=line.description[:2000],
        allocations=[Allocation(number) for number in numbers],
        allow_overpayment=True,
    )
    if currency != line.account.currency_id:
        new.amount, new.account_amount = owed, size
    elif fee_account_id is not None and line.amount > 0 and owed > size:
        new.amount, new.fee_amount, new.fee_account_id = owed, add_up([owed, -size]), fee_account_id
    elif fee_account_id is not None and line.amount < 0 and owed < size:
        new.amount, new.fee_amount, new.fee_account_id = owed, add_up([size, -owed]), fee_account_id
    return new


def _ours(path: str) -> str:
    """A place in the payment as a place in what this verb was told."""
    found = re.fullmatch(r"allocations(\[\d+\])\.\w+", path)
    if found:
        return f"document_ids{found[1]}"
    return path if path in ("fee_account_id", "document_ids") else "document_ids"
