"""An account as the API shows it."""

import datetime
from decimal import Decimal

from ledger.accounts.models import Account
from ledger.accounts.numbering import warning_for
from ledger.balances.moments import Moment
from ledger.balances.totals import NOTHING, Total, totals
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.money import exact, format_money
from organizations.tenants.answers import public


def money_answer(amount: Decimal, currency: str) -> dict:
    """An amount with its currency, also written for people: ``{"amount", "currency", "formatted"}``."""
    decimals = decimals_of(currency)
    return {
        "amount": exact(amount, decimals),
        "currency": currency,
        "formatted": format_money(amount, currency, decimals),
    }


def _bound(amount: Decimal | None, currency: str) -> Decimal | None:
    return None if amount is None else exact(amount, decimals_of(currency))


def account_answer(account: Account, total: Total = NOTHING) -> dict:
    """An account with its balance, signed by the account's normal balance: what an asset holds is
    positive, and so is what a liability owes."""
    warning = warning_for(account.code, account.type)
    return {
        "object": "account",
        "id": account.public_id,
        "organization_id": ids.encode("ORG", account.organization_id),
        "code": account.code,
        "name": account.name,
        "type": account.type,
        "account_type": account.type,
        "currency_id": f"CUR_{account.currency_id}",
        "parent_account_id": public("ACT", account.parent_id),
        "description": account.description,
        "is_system": account.is_system,
        "status": account.status,
        "role": account.role,
        "normal_balance": "debit" if account.normal_sign == 1 else "credit",
        "balance": money_answer(total.balance * account.normal_sign, account.currency_id),
        "balance_floor": _bound(account.balance_floor, account.currency_id),
        "balance_ceiling": _bound(account.balance_ceiling, account.currency_id),
        "warnings": [{"code": "account_code_mismatch", "message": warning}] if warning else [],
        "metadata": account.metadata,
        "created_at": account.created_at,
        "updated_at": account.updated_at,
    }


def account_answers(accounts: list[Account]) -> list[dict]:
    """Several accounts of one organization, with one query for all balances."""
    if not accounts:
        return []
    found = totals(accounts[0].organization_id, account_ids=[account.pk for account in accounts])
    return [account_answer(account, found.get(account.pk, NOTHING)) for account in accounts]


def balance_answer(account: Account, as_of: datetime.date | None, moment: Moment | None = None) -> dict:
    """The balance of one account, now or at the end of a day; with a ``moment`` as it was known then."""
    asked = {"account_ids": [account.pk], "as_of": as_of, "moment": moment}
    found = totals(account.organization_id, **asked).get(account.pk, NOTHING)
    return {
        "object": "balance",
        "organization_id": ids.encode("ORG", account.organization_id),
        "account_id": account.public_id,
        "as_of": as_of,
        "balance": money_answer(found.balance * account.normal_sign, account.currency_id),
        "debits": exact(found.debit, decimals_of(account.currency_id)),
        "credits": exact(found.credit, decimals_of(account.currency_id)),
        "entries_count": found.entries,
    }
