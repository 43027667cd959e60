"""What the bank kept: posted as a transaction of its own, whose entry on the account completes a match."""

from dataclasses import dataclass
from decimal import Decimal

from ledger.journal.drafts import Draft, Line
from ledger.journal.posting import create_transaction
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.money import exact
from organizations.tenants.models import Organization
from reconciliation.statements.models import StatementLine


@dataclass(frozen=True, slots=True)
class Booked:
    """A posted transaction, and its entry on the bank's account."""

    transaction_id: int
    entry_id: int


def book_fee(
    *, actor: Actor, organization: Organization, lines: list[StatementLine], fee: Decimal, account_id: int
) -> Booked:
    """Post a fee: what the entries exceed the lines by leaves the account. Below zero, it is what the bank added.

    ``account_id`` is of the same currency as the bank's account. Raises what posting raises.
    """
    account, first = lines[0].account, lines[0]
    mine, others = ("credit", "debit") if fee > 0 else ("debit", "credit")
    amount = exact(abs(fee), decimals_of(account.currency_id))
    draft = Draft(
        lines=[Line(account.pk, mine, amount), Line(account_id, others, amount)],
        type="journal",
        date=max(line.date for line in lines),
        description=f"Bank fee: {first.counterparty or first.description}"[:2000],
        reference_number=first.reference[:100],
    )
    plan = create_transaction(actor=actor, organization=organization, draft=draft, auto_post=True)
    return Booked(plan.transaction.pk, plan.entries[0].id)
