"""What a rule would book for a line: the transaction as a draft, and what would keep it from being posted."""

import datetime
from collections.abc import Mapping

from ledger.accounts.models import BALANCE_SHEET_TYPES, Account
from ledger.journal.drafts import LONGEST, Draft, Line
from ledger.journal.rating import rates_for
from ledger.journal.weighing import obstacles, weigh
from organizations.currencies.iso import decimals_of
from organizations.errors import Refusal
from organizations.money import exact
from organizations.tenants.models import Organization
from reconciliation.rules.actions import Actions, filled
from reconciliation.rules.splitting import split
from reconciliation.statements.models import StatementLine


def booking_of(actions: Actions, line: StatementLine, accounts: Mapping[int, Account]) -> Draft:
    """The draft of what is booked: first the entry on the bank account, then one for each split that gets something.

    ``accounts`` are those that the actions name and the line's own, by id; one that is missing has
    no say in the type. Raises SplitError where the line cannot be divided.
    """
    bank = accounts[line.account_id]
    decimals = decimals_of(bank.currency_id)
    money_in = line.amount > 0
    own, other = ("debit", "credit") if money_in else ("credit", "debit")
    amount = exact(line.amount, decimals).copy_abs()
    lines = [Line(bank.pk, own, amount)]
    shares = split(line.amount, decimals, actions.parts)
    for part, (account_id, share) in zip(actions.parts, shares, strict=True):
        if share:
            lines.append(Line(account_id, other, share.copy_abs(), description=filled(part.description, line)))
    types = {accounts[each.account_id].type for each in lines[1:] if each.account_id in accounts}
    said = next((text for text in (line.description, line.counterparty, line.reference) if text), "")
    return Draft(
        lines=lines,
        type=actions.type or type_of(money_in, types),
        date=line.date,
        description=filled(actions.description, line) or " ".join(said.split())[: LONGEST["description"]],
        reference_number=line.reference.strip()[: LONGEST["reference_number"]],
        currency=bank.currency_id,
        amount=amount,
        account_id=bank.pk,
        contact_id=actions.contact_id,
    )


def type_of(money_in: bool, types: set[str]) -> str:
    """The type of a transaction by its direction and the types of the accounts opposite the bank's."""
    if money_in and "revenue" in types:
        return "income"
    if not money_in and "expense" in types:
        return "expense"
    return "transfer" if types <= BALANCE_SHEET_TYPES else "journal"


def objections(
    draft: Draft, accounts: Mapping[int, Account], organization: Organization, today: datetime.date
) -> list[Refusal]:
    """What posting the draft would refuse, as far as accounts, currencies and closed books say."""
    try:
        rates = rates_for(organization, [draft], accounts, today)
        return obstacles(weigh(draft, dict(accounts), organization, today, rates=rates), organization)
    except Refusal as refusal:
        return [refusal]
