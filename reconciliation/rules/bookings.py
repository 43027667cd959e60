"""What a rule would book for a line: the transaction as a draft, and what would keep it from being posted."""

import datetime
from collections.abc import Mapping

from ledger.accounts.models import BALANCE_SHEET_TYPES, Account
from ledger.journal.drafts import LONGEST, Draft, Line
from ledger.journal.rating import rates_for
from ledger.journal.weighing import obstacles, weigh
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.errors import Refusal
from organizations.money import exact
from organizations.tenants.models import Organization
from reconciliation.rules.actions import Actions, filled
from reconciliation.rules.splitting import split
from reconciliation.rules.taxing import Share, Taxing
from reconciliation.statements.models import StatementLine


def booking_of(
    actions: Actions, line: StatementLine, accounts: Mapping[int, Account], taxing: Taxing | None = None
) -> Draft:
    """The draft of what is booked: first the entry on the bank account, then one for each split that gets something.

    ``accounts`` are those that the actions name and the line's own, by id; one that is missing has
    no say in the type. Taxes are in what the bank moved. Raises SplitError where the line cannot be divided,
    TaxNotEffective, AccountOfRoleMissing.
    """
    taxing = taxing or Taxing()
    bank = accounts[line.account_id]
    decimals = decimals_of(bank.currency_id)
    money_in = line.amount > 0
    own, other = ("debit", "credit") if money_in else ("credit", "debit")
    amount = exact(line.amount, decimals).copy_abs()
    lines = [Line(bank.pk, own, amount)]
    shares = split(line.amount, decimals, actions.parts)
    for part, (account_id, share) in zip(actions.parts, shares, strict=True):
        if not share:
            continue
        taxing.refuse(part.tax_ids, line.date)
        words = filled(part.description, line)
        divided = taxing.shares(account_id, share.copy_abs(), part.tax_ids, decimals, money_in=money_in, words=words)
        lines += [entry_of(each, own=own, other=other) for each in divided]
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


def entry_of(share: Share, *, own: str, other: str) -> Line:
    """The line of a share: opposite the bank's side unless it is what a buyer owes under reverse charge."""
    said = {} if share.tax_id is None else {"tax_id": ids.encode("TAX", share.tax_id)}
    side = own if share.own_side else other
    return Line(share.account_id, side, share.amount, description=share.description, metadata=said)


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
