"""Booking a line as a transfer between two accounts of the books, and matching both sides where both banks wrote it."""

import datetime

from django.db import transaction

from ledger.accounts.models import BALANCE_SHEET_TYPES, Account
from ledger.journal.drafts import Draft, Line
from ledger.journal.posting import create_transaction
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid
from organizations.events.recording import event
from organizations.money import exact
from organizations.tenants.models import Organization
from reconciliation.errors import LineNotOpen, NoOtherSide
from reconciliation.matching.booking import Origin, join
from reconciliation.matching.holding import OPEN, Trail, drop_suggestions, held_lines
from reconciliation.matching.models import Match
from reconciliation.statements.models import StatementLine

TRANSFERRED = event("statement_line.transferred")
#: A transfer arrives at most so many days after it left.
DAYS = datetime.timedelta(days=7)


@transaction.atomic
def transfer_line(
    *,
    actor: Actor,
    organization: Organization,
    line_id: int,
    account_id: int,
    other_line_id: int | None = None,
    description: str | None = None,
) -> list[Match]:
    """Post a transfer for a line, and match it with the line on the other account, too.

    Without ``other_line_id`` the other side is the one open line there with the opposite amount within a week,
    if there is just one. Gives the match of each side. Raises NotFound, LineNotOpen, NoOtherSide, Invalid
    and what posting raises.
    """
    mine = StatementLine.objects.of(organization).filter(pk=line_id).first()
    found = other_line_id or (_other_side(organization, mine, account_id) if mine else None)
    lines = held_lines(organization, [line_id, *([found] if found else [])])
    line = next(each for each in lines if each.pk == line_id)
    other = next((each for each in lines if each.pk == found and found != line_id), None)
    for each in lines:
        if each.status not in OPEN:
            raise LineNotOpen(details={"status": each.status, "line_id": each.public_id})
    account = Account.objects.of(organization).filter(pk=account_id).first()
    if account is None or account.type not in BALANCE_SHEET_TYPES or account.pk == line.account_id:
        raise Invalid(fields={"account_id": "Another balance-sheet account of these books."})
    if account.currency_id != line.account.currency_id:
        raise NoOtherSide("The accounts are in different currencies; book each side with a currency_rate")
    if other_line_id and (other is None or other.account_id != account.pk or other.amount != -line.amount):
        raise NoOtherSide()
    trail = Trail(lines)
    drop_suggestions(organization, lines)
    plan = create_transaction(
        actor=actor, organization=organization, draft=_draft(line, account, description), auto_post=True
    )
    origin = Origin("transfer")
    matches = [join(organization, line, plan, plan.entries[0].id, origin)]
    if other is not None:
        matches.append(join(organization, other, plan, plan.entries[1].id, origin))
    trail.record(TRANSFERRED, actor=actor, organization=organization)
    return matches


def _other_side(organization: Organization, line: StatementLine, account_id: int) -> int | None:
    """The one open line on the other account that is the same money, if just one can be."""
    rows = StatementLine.objects.of(organization).filter(
        account_id=account_id,
        status__in=OPEN,
        verdict="new",
        amount=-line.amount,
        date__range=(line.date - DAYS, line.date + DAYS),
    )
    found = list(rows.values_list("pk", flat=True)[:2])
    return found[0] if len(found) == 1 else None


def _draft(line: StatementLine, account: Account, description: str | None) -> Draft:
    incoming, amount = line.amount > 0, exact(abs(line.amount), decimals_of(account.currency_id))
    return Draft(
        lines=[
            Line(line.account_id, "debit" if incoming else "credit", amount),
            Line(account.pk, "credit" if incoming else "debit", amount),
        ],
        type="transfer",
        date=line.date,
        description=(description or line.description or line.counterparty or "Transfer")[:2000],
        reference_number=line.reference[:100],
        currency=account.currency_id,
        account_id=line.account_id,
    )
