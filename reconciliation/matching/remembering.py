"""What accepted matches have taught: the words of the bank's lines, and what the books called the other side.

Only what a person decided teaches, and only since the last reset of learning; a run never learns from itself.
"""

import datetime

from django.db.models import Q

from ledger.accounts.models import Account
from ledger.journal.models import Entry
from organizations.events.models import Event
from organizations.tenants.models import Organization
from reconciliation.matching.models import Match
from reconciliation.matching.open_items import as_bank_line, joined
from reconciliation.rules.learning import RESET
from reconciliation.scoring.learning import History, lessons
from reconciliation.scoring.learning import history_of as history_from
from reconciliation.scoring.shapes import BookEntry
from reconciliation.statements.models import StatementLine

#: So many of the latest matches are remembered.
LATEST = 2_000
#: Matched by hand, or suggested without being sure and then accepted by a person.
BY_A_PERSON = Q(origin="manual") | Q(origin="automatic") & ~Q(reason="clear")


def history_of(organization: Organization, account: Account) -> History:
    """For each word of lines, what the entries were that such lines were matched with, and how often."""
    rows = Match.objects.of(organization).filter(BY_A_PERSON, account=account, status="accepted")
    forgotten = _last_reset(organization, account)
    if forgotten is not None:
        rows = rows.filter(accepted_at__gt=forgotten)
    matches = list(rows.order_by("-pk").values_list("line_ids", "entry_ids")[:LATEST])
    lines = StatementLine.objects.of(organization).in_bulk({number for some, _ in matches for number in some})
    entries = Entry.objects.of(organization).select_related("transaction")
    entries = entries.in_bulk({number for _, some in matches for number in some})
    return history_from(
        (word, name, 1)
        for line_ids, entry_ids in matches
        for word, name in lessons(
            [as_bank_line(lines[number]) for number in line_ids], [_as_entry(entries[number]) for number in entry_ids]
        )
    )


def _last_reset(organization: Organization, account: Account) -> datetime.datetime | None:
    """When learning was last reset for the account, or for all."""
    rows = Event.objects.of(organization).filter(entity_type="bank_learning", event_type=RESET)
    rows = rows.filter(entity_id__in=[account.public_id, organization.public_id])
    return rows.order_by("-pk").values_list("timestamp", flat=True).first()


def _as_entry(entry: Entry) -> BookEntry:
    said = joined(entry.transaction.description, entry.description)
    return BookEntry(entry.pk, entry.transaction_id, entry.transaction_date, entry.amount, said)
