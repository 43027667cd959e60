"""What the bank kept: posted as a transaction of its own, whose entry on the account completes a match."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ledger.accounts.models import Account
from ledger.journal.drafts import Draft, Line
from ledger.journal.posting import create_transactions
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.money import exact
from organizations.tenants.models import Organization
from reconciliation.statements.models import StatementLine


@dataclass(frozen=True, slots=True)
class Fee:
    """What the entries of some lines exceed the lines by. Below zero, it is what the bank added."""

    lines: Sequence[StatementLine]
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Booked:
    """A posted transaction, and its entry on the bank's account."""

    transaction_id: int
    entry_id: int


def account_for_fees(organization: Organization, account: Account) -> Account | None:
    """Where fees of a bank's account go by themselves: the account with the role ``bank_fees``, in its currency."""
    rows = Account.objects.of(organization).filter(role="bank_fees", status="active")
    return rows.filter(currency_id=account.currency_id).first()


def book_fees(
    *, actor: Actor, organization: Organization, account: Account, fees: Sequence[Fee], account_id: int
) -> list[Booked]:
    """Post fees, all or none; ``account_id`` takes them. Raises what posting raises."""
    drafts = [_draft(account, fee, account_id) for fee in fees]
    plans = create_transactions(actor=actor, organization=organization, drafts=drafts, auto_post=True)
    return [Booked(plan.transaction.pk, plan.entries[0].id) for plan in plans]


def _draft(account: Account, fee: Fee, account_id: int) -> Draft:
    first, amount = fee.lines[0], exact(abs(fee.amount), decimals_of(account.currency_id))
    mine, others = ("credit", "debit") if fee.amount > 0 else ("debit", "credit")
    return Draft(
        lines=[Line(account.pk, mine, amount), Line(account_id, others, amount)],
        type="journal",
        date=max(line.date for line in fee.lines),
        description=f"Bank fee: {first.counterparty or first.description}"[:2000],
        reference_number=first.reference[:100],
    )
