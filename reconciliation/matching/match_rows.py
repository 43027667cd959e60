"""What lists say of matches: the day, the words, the contact and the amount of their lines, in few queries."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q

from ledger.contacts.models import Contact
from ledger.invoicing.models import Document
from ledger.journal.models import Transaction
from organizations import ids
from organizations.money import add_up
from organizations.tenants.models import Organization
from reconciliation.matching.lines_admin import lines_that_say
from reconciliation.matching.models import Match
from reconciliation.statements.models import StatementLine


@dataclass(frozen=True, slots=True)
class Said:
    """A match in words. ``amount`` is the sum of its lines; None where their import was undone."""

    date: datetime.date | None
    text: str
    contact: str
    amount: Decimal | None


class AmongLines(Func):
    """Whether a line is one of a match's."""

    template = "%(expressions)s)"
    arg_joiner = " = any("
    output_field = BooleanField()


def matches_that_say(text: str) -> Q:
    """Matches of which a line of the bank says a text, or is of that amount."""
    among = AmongLines(F("pk"), OuterRef("line_ids"))
    lines = StatementLine.objects.filter(among, lines_that_say(text), organization_id=OuterRef("organization_id"))
    return Q(Exists(lines))


def said_of(organization: Organization | int, matches: Sequence[Match]) -> dict[int, Said]:
    """What each match says, by its key: lines, documents, transactions and contacts in a query each."""
    lines = StatementLine.objects.of(organization).in_bulk({number for each in matches for number in each.line_ids})
    contacts = _contacts(organization, matches)
    found = {}
    for match in matches:
        own = sorted((lines[number] for number in match.line_ids if number in lines), key=lambda line: line.date)
        words = next((line.description for line in own if line.description), "")
        party = next((line.counterparty for line in own if line.counterparty), "")
        found[match.pk] = Said(
            own[0].date if own else None,
            f"{words or party or '(no words)'}{f' and {len(own) - 1} more' if len(own) > 1 else ''}" if own else "",
            ", ".join(contacts[match.pk]) or party,
            add_up(line.amount for line in own) if own else None,
        )
    return found


def _contacts(organization: Organization | int, matches: Sequence[Match]) -> dict[int, list[str]]:
    """The names of the contacts of what each match is matched with: its documents, or else its entries."""
    paid = {each.pk: [ids.decode(text[:3], text) for text in each.document_ids] for each in matches}
    documents = _of_documents(organization, {number for numbers in paid.values() for number in numbers})
    booked = {number for each in matches if not paid[each.pk] for number in each.entry_ids}
    entries = _of_entries(organization, booked)
    wanted = {*documents.values(), *entries.values()} - {None}
    names = dict(Contact.objects.of(organization).filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}
    found = {}
    for match in matches:
        numbers = [documents.get(one) for one in paid[match.pk]] or [entries.get(one) for one in match.entry_ids]
        found[match.pk] = list(dict.fromkeys(names[number] for number in numbers if number in names))
    return found


def _of_documents(organization: Organization | int, numbers: set[int]) -> dict[int, int]:
    rows = Document.objects.of(organization).filter(pk__in=numbers)
    return dict(rows.values_list("pk", "contact_id")) if numbers else {}


def _of_entries(organization: Organization | int, numbers: set[int]) -> dict[int, int | None]:
    rows = Transaction.objects.of(organization).filter(entries__pk__in=numbers)
    return dict(rows.values_list("entries__pk", "contact_id")) if numbers else {}
