"""What books hold of trade, for pages that show it."""

import datetime

from django.utils.text import slugify

from ledger.contacts.models import Contact
from ledger.intake.connecting import connect
from ledger.intake.models import Connection, InboxEvent
from ledger.invoicing.drafting import new_document
from ledger.invoicing.issuing import issue_new
from ledger.invoicing.models import Bill, CreditNote, Invoice, VendorCredit
from ledger.invoicing.reading import LineDraft
from ledger.payments.models import Payment
from ledger.payments.paying import Allocation, NewPayment, record_payment
from ledger.recurring.executing import run_now
from ledger.recurring.models import Execution, Recurring
from ledger.recurring.scheduling import create_recurring
from ledger.revaluations.models import Revaluation
from ledger.revaluations.revaluing import revalue
from ledger.transfers.models import Transfer
from ledger.transfers.transferring import NewTransfer, make_transfer
from organizations.drafts.models import Draft
from organizations.invitations.inviting import invite
from organizations.invitations.models import Invitation
from organizations.keys.minting import create_key
from organizations.members.models import Membership
from organizations.notices.choosing import choose
from organizations.notices.models import NoticeSettings
from organizations.webhooks.models import Delivery, Webhook
from organizations.webhooks.subscribing import create_webhook, test_webhook
from tests.cast import Books
from tests.organizations.drafts.waiting import staged
from tests.reports.kept import keep_reports

DAY = datetime.date(2026, 1, 15)


def traded(books: Books, name: str = "Carla") -> dict[type, int]:
    """A contact with a document of each kind, a payment on account that pays a part, and a revaluation."""
    who = {"actor": books.actor, "organization": books.organization}
    with books.acting():
        contact = Contact.objects.create(organization=books.organization, name=name)
        found = {Contact: contact.pk}
        for model in (Invoice, CreditNote, Bill, VendorCredit):
            account = "4001" if model in (Invoice, CreditNote) else "5601"
            line = LineDraft("Bread", 1, "50.00", account_id=books.accounts[account].pk)
            fields = {"contact_id": contact.pk, "lines": [line], "date": DAY}
            document = new_document(books.organization, model.document_kind, fields)
            issue_new(**who, documents=[document])
            found[model] = document.pk
        part = [Allocation(found[Invoice], "10.00")]
        paid = NewPayment("20.00", date=DAY, allocations=part, allow_overpayment=True)
        found[Payment] = record_payment(**who, new=paid).pk
        moved = NewTransfer(books.accounts["1301"].pk, books.accounts["1201"].pk, "3.00", date=DAY)
        found[Transfer] = make_transfer(**who, new=moved).pk
        entries = [books.entry(code, side, "4.00") for code, side in (("5201", "debit"), ("1301", "credit"))]
        wish = {"kind": "transaction", "template": {"description": "Rent {period}", "entries": entries}}
        schedule = create_recurring(**who, **wish, fields={"frequency": "monthly", "name": f"Rent of {name}"})
        found[Recurring] = schedule.pk
        found[Execution] = run_now(**who, recurring_id=schedule.pk)[0].pk
        key, _ = create_key(
            actor=books.actor, organization_id=books.organization.pk, mode="live", name="Clerk", permissions=["read"]
        )
        found[Draft] = staged(books, key.pk, reference=name).pk
        member = Membership.objects.of(books.organization).select_related("user").order_by("pk").first()
        chosen = {"delivery": "daily", "kinds": ["overdue"]}
        found[NoticeSettings] = choose(actor=books.actor, membership=member, changes=chosen).pk
        offer = {"email": f"{slugify(name)}@example.net", "role": "viewer", "name": name, "base": "http://localhost/"}
        found[Invitation] = invite(**who, **offer).pk
        webhook, _ = create_webhook(**who, url="https://example.com/hook", description=f"Of {name}")
        found[Webhook] = webhook.pk
        found[Delivery] = test_webhook(**who, webhook_id=webhook.pk).pk
        found[Connection] = connect(**who, provider="stripe", changes={"webhook_secret": f"whsec_{name}"}).pk
        told = {"event_id": f"evt_{name}", "event_type": f"customer.{name}"[:100], "payload": {"name": name}}
        message = InboxEvent(organization=books.organization, provider="stripe", status="failed", **told)
        message.reason = f"There is no invoice of {name}."
        message.save(force_insert=True)
        message.refresh_from_db()
        found[InboxEvent] = message.pk
        kept = keep_reports(books, f"Plan of {name}")
        found |= {type(row): row.pk for row in kept.values()}
        found[Revaluation] = revalue(**who, as_of=DAY).pk
    return found
