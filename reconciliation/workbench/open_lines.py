"""The open lines of an account, page by page, each with what is suggested for it: all that the workbench shows of them.

A page begins after the last line of the one before, so the 5,000th line costs what the first does.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q
from django.db.models.fields.tuple_lookups import TupleGreaterThan

from ledger.accounts.models import Account
from ledger.invoicing.models import Document
from ledger.journal.models import Entry
from ledger.openitems.models import OpenItem
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.money import MoneyError, exact, read_amount
from reconciliation.matching.answers import line_answers
from reconciliation.matching.holding import OPEN
from reconciliation.statements.models import StatementLine

PAGE = 100


@dataclass(frozen=True, slots=True)
class PageStart:
    """Where a page begins: after the line with this day and key."""

    date: datetime.date
    number: int

    @classmethod
    def read(cls, text: str) -> "PageStart | None":
        """A place as ``written`` gave it; None for anything else."""
        day, _, line = text.partition(" ")
        try:
            return cls(datetime.date.fromisoformat(day), ids.decode("LIN", line))
        except ValueError:
            return None

    @classmethod
    def of(cls, line: StatementLine) -> "PageStart":
        return cls(line.date, line.pk)

    def written(self) -> str:
        return f"{self.date} {ids.encode('LIN', self.number)}"


def open_lines(account: Account, *, search: str = "", after: PageStart | None = None) -> dict[str, Any]:
    """A page of open lines, the oldest first, and what is suggested for them by id: entries, and documents to pay."""
    rows = StatementLine.objects.of(account.organization_id).filter(account=account, status__in=OPEN)
    if search:
        rows = rows.filter(_says(search, account))
    if after is not None:
        rows = rows.filter(TupleGreaterThan((F("date"), F("pk")), (after.date, after.number)))
    found = list(rows.order_by("date", "pk")[: PAGE + 1])
    lines = found[:PAGE]
    for line in lines:
        line.account = account
    answers = line_answers(lines)
    return {
        "lines": answers,
        "entries": _entries(account, answers) | _documents(account, answers),
        "next": PageStart.of(lines[-1]).written() if len(found) > PAGE else None,
    }


def _says(text: str, account: Account) -> Q:
    """Lines that say a text, or are of this amount in either direction."""
    said = Q(description__icontains=text) | Q(counterparty__icontains=text) | Q(reference__icontains=text)
    try:
        amount = read_amount(text.replace(",", ""), decimals=decimals_of(account.currency_id), signed=True)
    except MoneyError:
        return said
    return said | Q(amount__in=[amount, -amount])


ENTRY = (
    "pk",
    "transaction_id",
    "transaction_date",
    "amount",
    "description",
    "transaction__description",
    "reference",
    "transaction__reference_number",
)


def _entries(account: Account, answers: Sequence[dict]) -> dict[str, dict]:
    wanted = {text for each in answers if each["match"] for text in each["match"]["entry_ids"]}
    rows = Entry.objects.of(account.organization_id).filter(pk__in=[ids.decode("LED", text) for text in wanted])
    decimals = decimals_of(account.currency_id)
    return {
        ids.encode("LED", number): {
            "transaction_id": ids.encode("TXN", transaction_id),
            "date": day,
            "description": own_words or words,
            "reference": own_reference or reference,
            "amount": exact(amount, decimals),
        }
        for number, transaction_id, day, amount, own_words, words, own_reference, reference in rows.values_list(*ENTRY)
    }


def _documents(account: Account, answers: Sequence[dict]) -> dict[str, dict]:
    """What is suggested to be paid, with what is open of it."""
    wanted = {text for each in answers if each["match"] for text in each["match"]["document_ids"]}
    if not wanted:
        return {}
    numbers = [ids.decode(text[:3], text) for text in wanted]
    documents = Document.objects.of(account.organization_id).select_related("contact").in_bulk(numbers)
    items = OpenItem.objects.of(account.organization_id).filter(object_id__in=numbers)
    return {
        documents[item.object_id].public_id: {
            "transaction_id": None,
            "document_id": documents[item.object_id].public_id,
            "date": item.date,
            "description": documents[item.object_id].contact.name,
            "reference": documents[item.object_id].number,
            "amount": exact(item.open_amount, decimals_of(item.currency_id)),
        }
        for item in items
    }
