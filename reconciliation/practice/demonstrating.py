"""What the bank says at the demonstration company: two months of its cash, most of it known to the books.

The lines are what the bank makes of the entries: a day or two later, in its own spelling. The last days have not
arrived yet, a few were never booked, and the bank took its fee; so there is something left to do.
"""

import csv
import datetime
import io
import random
from decimal import Decimal

from ledger.accounts.models import Account
from ledger.balances.totals import NOTHING, totals
from ledger.invoicing.models import Document
from ledger.journal.models import Entry
from ledger.openitems.models import OpenItem
from organizations import clock
from organizations.actors import Actor
from organizations.money import add_up, exact
from organizations.tenants.models import Organization
from reconciliation.matching.proposing import propose_matches
from reconciliation.practice.handwriting import banked_name
from reconciliation.rules.ruling import create_rule
from reconciliation.statements.importing import import_statement
from reconciliation.statements.reading import Upload

DAYS, UNDER_WAY = 60, 3
#: One entry in so many never comes to the bank's file.
MISSING = 25
ONLY_AT_THE_BANK = (
    (7, "MONTHLY SERVICE FEE", "-15.00"),
    (12, "INTEREST CREDIT", "2.17"),
    (19, "POS 4471 HARBOR HARDWARE", "-48.60"),
    (26, "ACH CREDIT UNKNOWN SENDER", "310.00"),
    (37, "MONTHLY SERVICE FEE", "-15.00"),
)


def bring_the_bank(actor: Actor, organization: Organization) -> None:
    """Import a statement of the operating cash, match it, and keep a rule for the bank's fees."""
    today = clock.today(organization.time_zone)
    cash = Account.objects.of(organization).get(code="1001")
    fees = Account.objects.of(organization).get(code="5801")
    create_rule(
        actor=actor,
        organization=organization,
        name="Bank fees",
        conditions=[{"field": "text", "operator": "contains", "value": "service fee"}],
        actions={"account_id": fees.public_id},
    )
    rows = _rows(organization, cash, today)
    upload = Upload(file_name="harbor-bank.csv", data=_file(rows))
    import_statement(actor=actor, organization=organization, account=cash, upload=upload)
    propose_matches(actor=actor, organization=organization, account=cash)


def _rows(organization: Organization, cash: Account, today: datetime.date) -> list[tuple]:
    chance = random.Random(17)  # noqa: S311
    first, last = today - datetime.timedelta(days=DAYS), today - datetime.timedelta(days=UNDER_WAY)
    entries = Entry.objects.of(organization).filter(account=cash, transaction_date__range=(first, last))
    rows = []
    for entry in entries.select_related("transaction").order_by("transaction_date", "pk"):
        if chance.randrange(MISSING):
            day = min(entry.transaction_date + datetime.timedelta(days=chance.choice((0, 0, 1, 1, 2))), today)
            said = banked_name(entry.transaction.description, chance)
            rows.append((day, said, entry.transaction.reference_number, exact(entry.amount, 2)))
    rows += _paid(organization, today)
    for ago, said, amount in ONLY_AT_THE_BANK:
        rows.append((today - datetime.timedelta(days=ago), said, "", amount))
    balance, told = _balance_before(organization, cash, first), []
    for day, said, reference, amount in sorted(rows, key=lambda row: row[0]):
        balance = add_up([balance, Decimal(amount)])
        told.append((day, said, reference, amount, exact(balance, 2)))
    return told


def _paid(organization: Organization, today: datetime.date) -> list[tuple]:
    """What customers have paid and nobody has booked: the first names the number, the second only who it is."""
    items = OpenItem.objects.of(organization).filter(kind="invoice", currency_id="USD", open_amount__gt=0)
    first, second = items.select_related("contact").order_by("-due_date", "pk")[:2]
    number = Document.objects.of(organization).get(pk=first.object_id).number
    return [
        (today - datetime.timedelta(days=4), f"ACH {first.contact.name} {number}", "", exact(first.open_amount, 2)),
        (today - datetime.timedelta(days=3), f"ACH {second.contact.name}", "", exact(second.open_amount, 2)),
    ]


def _balance_before(organization: Organization, cash: Account, first: datetime.date) -> Decimal:
    total = totals(organization.pk, account_ids=[cash.pk], as_of=first - datetime.timedelta(days=1)).get(
        cash.pk, NOTHING
    )
    return total.balance


def _file(rows: list[tuple]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["Date", "Description", "Reference", "Amount", "Balance"])
    writer.writerows(rows)
    return text.getvalue().encode()
