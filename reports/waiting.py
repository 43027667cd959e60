"""What is not done yet: transactions that are not posted, and what bank and books have not agreed on.

Of each list the first ``MOST`` are shown; counts and sums are of all.
"""

import datetime
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum

from ledger.accounts.models import Account
from ledger.journal.models import Entry, Transaction
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.money import exact
from organizations.tenants.models import Organization
from reconciliation.matching.models import MatchedEntry
from reconciliation.sessions.models import ReconciledEntry, Reconciliation
from reconciliation.sessions.standings import UNBOOKED
from reconciliation.statements.models import StatementLine
from reports.sheets import Line, Sheet

MOST = 1_000
WAITING = ("pending", "failed")


def unposted(organization: Organization, *, as_of: datetime.date) -> dict:
    """Drafts and failed transactions that are dated until then, the oldest first."""
    rows = Transaction.objects.of(organization).filter(status__in=WAITING, transaction_date__lte=as_of)
    counts = dict(rows.order_by().values_list("status").annotate(Count("pk")))
    found = rows.defer("lines").order_by("transaction_date", "pk")[:MOST]
    return {
        "object": "unposted",
        "title": "Not posted",
        "organization_id": organization.public_id,
        "as_of": as_of,
        "counts": {status: counts.get(status, 0) for status in WAITING},
        "transactions": [
            {
                "transaction_id": each.public_id,
                "transaction_date": each.transaction_date,
                "status": each.status,
                "description": each.description,
                "reference": each.reference_number,
                "currency": each.currency_id,
                "amount": exact(each.amount, decimals_of(each.currency_id)),
                "error_code": each.error_code,
                "error_message": each.error_message,
            }
            for each in found
        ],
    }


def unreconciled(organization: Organization, *, as_of: datetime.date) -> dict:
    """Accounts with bank statements or reconciliations: lines nobody booked, entries nobody found there."""
    lines = StatementLine.objects.of(organization).filter(status__in=UNBOOKED, date__lte=as_of)
    of_bank = StatementLine.objects.filter(organization_id=OuterRef("organization_id"), account_id=OuterRef("pk"))
    sessions = Reconciliation.objects.filter(organization_id=OuterRef("organization_id"), account_id=OuterRef("pk"))
    accounts = Account.objects.of(organization).filter(Exists(of_bank) | Exists(sessions)).order_by("code")
    found = [_of_account(account, lines.filter(account=account.pk), _entries(account, as_of)) for account in accounts]
    return {
        "object": "unreconciled",
        "title": "Not reconciled",
        "organization_id": organization.public_id,
        "as_of": as_of,
        "line_count": sum(each["line_count"] for each in found),
        "entry_count": sum(each["entry_count"] for each in found),
        "accounts": found,
    }


def _entries(account: Account, as_of: datetime.date) -> QuerySet[Entry]:
    own = {"organization_id": OuterRef("organization_id"), "entry_id": OuterRef("pk")}
    rows = Entry.objects.of(account.organization_id).filter(account=account.pk, transaction_date__lte=as_of)
    marked, matched = ReconciledEntry.objects.filter(**own), MatchedEntry.objects.filter(**own)
    return rows.exclude(amount=0).filter(~Exists(marked), ~Exists(matched))


def _of_account(account: Account, lines: QuerySet[StatementLine], entries: QuerySet[Entry]) -> dict:
    decimals, sign = decimals_of(account.currency_id), account.normal_sign
    of_lines = lines.aggregate(count=Count("pk"), sum=Sum("amount", default=Decimal(0)))
    of_entries = entries.aggregate(count=Count("pk"), sum=Sum("amount", default=Decimal(0)))
    return {
        "account_id": account.public_id,
        "code": account.code,
        "name": account.name,
        "currency": account.currency_id,
        "line_count": of_lines["count"],
        "line_total": exact(of_lines["sum"], decimals),
        "lines": [
            {
                "line_id": each.public_id,
                "date": each.date,
                "description": each.description,
                "amount": exact(each.amount, decimals),
                "status": each.status,
            }
            for each in lines.order_by("date", "pk")[:MOST]
        ],
        "entry_count": of_entries["count"],
        "entry_total": exact(of_entries["sum"] * sign, decimals),
        "entries": [
            {
                "entry_id": ids.encode("LED", each.pk),
                "transaction_id": each.transaction.public_id,
                "date": each.transaction_date,
                "description": each.description or each.transaction.description,
                "amount": exact(each.amount * sign, decimals),
            }
            for each in entries.select_related("transaction").order_by("transaction_date", "pk")[:MOST]
        ],
    }


def unposted_sheet(answer: dict, organization: str) -> Sheet:
    """The list as a sheet."""
    sheet = Sheet(answer["title"], organization, f"Until {answer['as_of']}", ["Amount"])
    sheet.lines = [
        Line("row", _said(each["transaction_date"], each["status"], each["description"], each["currency"]),
             each["reference"], amounts=(each["amount"],))
        for each in answer["transactions"]
    ]  # fmt: skip
    return sheet


def unreconciled_sheet(answer: dict, organization: str) -> Sheet:
    """The lists as a sheet, account by account."""
    sheet = Sheet(answer["title"], organization, f"Until {answer['as_of']}", ["Amount"])
    for account in answer["accounts"]:
        for title, name, kind in (("of the bank", "lines", "line"), ("of the books", "entries", "entry")):
            sheet.lines.append(
                Line("heading", f"{account['code']} {account['name']}, {title}, in {account['currency']}")
            )
            sheet.lines += [
                Line("row", _said(each["date"], each["description"]), amounts=(each["amount"],))
                for each in account[name]
            ]
            sheet.lines.append(
                Line("total", f"{account[f'{kind}_count']:,} in all", amounts=(account[f"{kind}_total"],))
            )
    return sheet


def _said(*parts: object) -> str:
    return " · ".join(str(part) for part in parts if part)
