"""What the attacked books hold of trade: a contact, a tax, an item, documents, payments and what is open."""

import datetime
from decimal import Decimal

from ledger.contacts.models import Contact
from ledger.currencies.quoting import record_rate
from ledger.intake.connecting import connect
from ledger.intake.models import InboxEvent
from ledger.invoicing.crediting import Wish, credit_document
from ledger.invoicing.drafting import create_document
from ledger.invoicing.issuing import held_document, issue_document
from ledger.invoicing.overdue import tell
from ledger.invoicing.reading import LineDraft
from ledger.items.models import Item, ItemTax
from ledger.openitems.models import OpenItem
from ledger.payments.paying import Allocation, NewPayment, record_payment
from ledger.recurring.executing import run_now
from ledger.recurring.models import Recurring
from ledger.recurring.scheduling import create_recurring
from ledger.revaluations.revaluing import revalue
from ledger.settlements.models import Settlement
from ledger.taxes.models import Tax
from ledger.transfers.transferring import NewTransfer, make_transfer
from organizations.invitations.inviting import invite
from organizations.members.models import Membership
from organizations.notices.choosing import choose
from tests.cast import Books

DAY = datetime.date(2026, 5, 1)


def furnish_trade(books: Books) -> dict[str, int]:
    """An invoice of 100 with 20 of VAT, 50 paid and 12 credited; a draft; another contact; euros revalued."""
    who = {"actor": books.actor, "organization": books.organization}
    org = books.organization
    with books.acting():
        contact = Contact.objects.create(organization=org, name="Ann")
        other = Contact.objects.create(organization=org, name="Bert")
        merged = Contact.objects.create(organization=org, name="Anne", merged_into=contact, enabled=False)
        tax = Tax.objects.create(organization=org, name="VAT", rate=Decimal(20), tax_type="vat")
        item = Item.objects.create(organization=org, name="Cup", code="CUP", currency_id="USD")
        ItemTax.objects.create(organization=org, item=item, tax=tax, is_sale=True, place=0)
        line = LineDraft(description="Cup", quantity=1, unit_price="100.00", tax_ids=[tax.pk])
        fields = {"contact_id": contact.pk, "date": DAY, "lines": [line]}
        draft = create_document(**who, kind="invoice", fields=dict(fields))
        invoice = issue_document(**who, document=create_document(**who, kind="invoice", fields=dict(fields)))
        paid = NewPayment("50.00", date=DAY, allocations=[Allocation(invoice.pk)])
        paid.account_id = books.accounts["1201"].pk  # what is on cash is counted elsewhere
        payment = record_payment(**who, new=paid)
        invoice = held_document(org, "invoice", invoice.pk)
        credit = credit_document(**who, document=invoice, wish=Wish(amount="12.00", date=DAY))
        record_rate(**who, from_currency="EUR", to_currency="USD", rate="1.1", effective_date=DAY)
        euros = fields | {"currency": "EUR"}
        foreign = issue_document(**who, document=create_document(**who, kind="invoice", fields=euros))
        record_rate(
            **who, from_currency="EUR", to_currency="USD", rate="1.2", effective_date=DAY + datetime.timedelta(27)
        )
        revaluation = revalue(**who, as_of=DAY + datetime.timedelta(days=27))
        moved = NewTransfer(books.accounts["1201"].pk, books.accounts["3001"].pk, "3.00", date=DAY)
        transfer = make_transfer(**who, new=moved)
        schedule = _repeat_and_tell(books, who)
        tell(org.pk)
        member = Membership.objects.of(org).select_related("user").first()
        choose(actor=books.actor, membership=member, changes={"delivery": "daily", "kinds": ["overdue"]})
        invited = invite(**who, email="ivy@example.com", role="viewer", base="http://localhost/")
        items = {one.object_id: one.pk for one in OpenItem.objects.of(org)}
        settled = Settlement.objects.of(org).get(credit_item=items[payment.pk])
    books.refresh()
    return {
        "contact": contact.pk,
        "other contact": other.pk,
        "merged contact": merged.pk,
        "tax": tax.pk,
        "item": item.pk,
        "draft invoice": draft.pk,
        "invoice": invoice.pk,
        "invoice transaction": invoice.transaction_id,
        "invoice item": items[invoice.pk],
        "payment": payment.pk,
        "payment transaction": payment.transaction_id,
        "payment item": items[payment.pk],
        "credit": credit.pk,
        "credit item": items[credit.pk],
        "foreign item": items[foreign.pk],
        "settlement": settled.pk,
        "transfer": transfer.pk,
        "schedule": schedule.pk,
        "member": member.pk,
        "invitation": invited.pk,
        "revaluation": revaluation.pk,
    }


def _repeat_and_tell(books: Books, who: dict) -> Recurring:
    """A schedule that ran once, and a provider that told something."""
    entries = [books.entry(code, side, "4.00") for code, side in (("5201", "debit"), ("3001", "credit"))]
    wish = {"kind": "transaction", "template": {"entries": entries}}
    fields = {"frequency": "annually", "started_at": DAY.replace(year=2100)}
    schedule = create_recurring(**who, **wish, fields=fields)
    run_now(**who, recurring_id=schedule.pk)
    connect(**who, provider="stripe", changes={"webhook_secret": "whsec_1"})
    told = {"event_id": "evt_1", "event_type": "customer.created", "payload": {"id": "evt_1"}, "status": "ignored"}
    InboxEvent(organization=books.organization, provider="stripe", **told).save(force_insert=True)
    return schedule
