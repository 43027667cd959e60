"""The part of an estate that trades: taxes, an item, a contact, documents in every state, payments."""

import datetime

from ledger.accounts.models import Account
from ledger.contacts.keeping import create_contact
from ledger.deletions.models import Deletion
from ledger.intake.connecting import connect
from ledger.intake.models import InboxEvent
from ledger.invoicing.applying import APPLIED_TO, Part, allocate_credit
from ledger.invoicing.drafting import create_document, new_document
from ledger.invoicing.issuing import held_document, issue_new
from ledger.invoicing.reading import LineDraft
from ledger.items.offering import create_item
from ledger.payments.paying import Allocation, NewPayment, record_payment
from ledger.recurring.executing import run_now
from ledger.recurring.scheduling import create_recurring, pause_recurring
from ledger.revaluations.revaluing import revalue
from ledger.taxes.enacting import create_tax
from ledger.transfers.transferring import NewTransfer, make_transfer
from organizations import ids
from organizations.invitations.inviting import invite
from tests.cast import Books

KINDS = {
    "invitation_id": "IVT",
    "contact_id": "CON",
    "duplicate_id": "CON",
    "tax_id": "TAX",
    "item_tax_id": "TAX",
    "item_id": "ITM",
    "trader": "CON",
    "revaluation_id": "RVL",
    "transfer_id": "TRF",
    "recurring_id": "RCR",
    "paused_recurring": "RCR",
    "failing_recurring": "RCR",
    "execution_id": "EXC",
    "inbox_event_id": "INB",
    "payment_id": "PAY",
    "allocated": "PAY",
    **{f"{state}{kind}": prefix for kind, prefix in (("invoice", "INV"), ("bill", "BIL")) for state in ("", "draft_")},
    **{
        f"{state}{kind}": prefix
        for kind, prefix in (("credit_note", "CRN"), ("vendor_credit", "VCR"))
        for state in ("", "draft_", "applied_")
    },
}
DAY = datetime.date(2026, 1, 15)


def mark(books: Books) -> str:
    """The word that the things of an organization bear: no other organization's answers may hold it."""
    return f"M{books.organization.pk:016x}"


def trade(books: Books) -> dict[str, str]:
    """Two contacts and a tax that nothing names; an item; open invoice and bill, something paid; somebody invited.

    Some day all of it is to be deleted.
    """
    Deletion(organization=books.organization, days=30, actor={}).save(force_insert=True)
    who = {"actor": books.actor, "organization": books.organization}
    free, named = (create_tax(**who, name=f"{name} {mark(books)}", rate="8.25") for name in ("Sales tax", "City tax"))
    item = create_item(**who, name=f"Bread {mark(books)}", sale_price="4.50", sales_tax_ids=[named.pk])
    contact, free_contact, duplicate = (
        create_contact(**who, name=f"{name} {mark(books)}", email="ann@example.com") for name in ("Ann", "Bea", "Beate")
    )
    found = {
        "contact_id": free_contact.public_id,
        "duplicate_id": duplicate.public_id,
        "tax_id": free.public_id,
        "item_tax_id": named.public_id,
        "item_id": item.public_id,
        "trader": contact.public_id,
    }
    accounts = {"invoice": "4001", "credit_note": "4001", "bill": "5201", "vendor_credit": "5201"}
    for kind, code in accounts.items():
        line = LineDraft(mark(books), 1, "50.00", account_id=books.accounts[code].pk)
        fields = {"contact_id": contact.pk, "lines": [line], "date": DAY}
        found[f"draft_{kind}"] = create_document(**who, kind=kind, fields=dict(fields)).public_id
        if kind in ("invoice", "bill"):
            issued = new_document(books.organization, kind, dict(fields))
            issue_new(**who, documents=[issued])
            found[kind] = issued.public_id
            if kind == "invoice":
                paid = NewPayment("9.00", date=DAY, allocations=[Allocation(issued.pk, "4.00")])
                paid.allow_overpayment = True
                paid.account_id = books.accounts["1301"].pk  # what is on cash is reconciled elsewhere
                found["allocated"] = record_payment(**who, new=paid).public_id
    for kind, code in (("credit_note", "4001"), ("vendor_credit", "5201")):
        line = LineDraft(mark(books), 1, "2.00", account_id=books.accounts[code].pk)
        for state in ("", "applied_"):
            credit = new_document(books.organization, kind, {"contact_id": contact.pk, "lines": [line], "date": DAY})
            issue_new(**who, documents=[credit])
            found[f"{state}{kind}"] = credit.public_id
        claim = found[APPLIED_TO[kind]]
        wanted = [Part(ids.decode(claim[:3], claim))]
        allocate_credit(**who, document=held_document(books.organization, kind, credit.pk), allocations=wanted)
    on_account = NewPayment("7.00", direction="in", contact_id=contact.pk, date=DAY)
    on_account.account_id = books.accounts["1301"].pk
    found["payment_id"] = record_payment(**who, new=on_account).public_id
    moved = NewTransfer(books.accounts["1301"].pk, books.accounts["1201"].pk, "3.00", date=DAY)
    found["transfer_id"] = make_transfer(**who, new=moved).public_id
    found["revaluation_id"] = revalue(**who, as_of=DAY).public_id
    invited = invite(**who, email="invited@example.com", role="viewer", base="http://localhost/")
    return found | _schedules(books, who) | {"invitation_id": invited.public_id}


def _intake(books: Books, who: dict) -> dict[str, str]:
    """A provider that is connected, and a message of its that could not be booked."""
    connect(**who, provider="stripe", changes={"webhook_secret": "whsec_1"})
    payload = {"id": "evt_1", "type": "customer.created", "data": {"object": {}}}
    row = InboxEvent(organization=books.organization, provider="stripe", event_id="evt_1", payload=payload)
    row.event_type, row.status, row.reason = "customer.created", "failed", "Odd"
    row.save(force_insert=True)
    row.refresh_from_db()
    return {"inbox_event_id": row.public_id}


def _schedules(books: Books, who: dict) -> dict[str, str]:
    """One that is active, one that is paused, and one with an occurrence that failed: its account was suspended."""
    account = books.accounts["5101"]
    entries = [books.entry(code, side, "3.00") for code, side in (("5101", "debit"), ("1301", "credit"))]
    wish = {"kind": "transaction", "template": {"description": f"Rent {{period}} {mark(books)}", "entries": entries}}
    fields = {"frequency": "monthly", "started_at": DAY.replace(year=2100)}
    active, paused, failing = (create_recurring(**who, **wish, fields=dict(fields)) for _ in range(3))
    pause_recurring(**who, recurring_id=paused.pk)
    Account.objects.of(books.organization).filter(pk=account.pk).update(status="suspended")
    (failed,) = run_now(**who, recurring_id=failing.pk)
    Account.objects.of(books.organization).filter(pk=account.pk).update(status="active")
    return _intake(books, who) | {
        "recurring_id": active.public_id,
        "paused_recurring": paused.public_id,
        "failing_recurring": failing.public_id,
        "execution_id": failed.public_id,
    }
