"""Statements as the API shows them."""

from ledger.accounts.models import Account
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.money import InexactAmount, exact
from reconciliation.statements.models import Remark, Statement


def _money(amount, decimals: int):
    """An amount of the bank's; what it wrote with more decimals than the currency has stays as it wrote it."""
    try:
        return None if amount is None else exact(amount, decimals)
    except InexactAmount:
        return amount.normalize()


def statement_answer(statement: Statement, account: Account) -> dict:
    """An import, with what became of its lines."""
    decimals = decimals_of(account.currency_id)
    return {
        "object": "statement",
        "id": statement.public_id,
        "organization_id": ids.encode("ORG", statement.organization_id),
        "account_id": ids.encode("ACT", statement.account_id),
        "file_name": statement.file_name,
        "format": statement.format,
        "sha256": statement.file_hash,
        "account_number": statement.account_number,
        "currency_id": f"CUR_{account.currency_id}",
        "start_date": statement.start_date,
        "end_date": statement.end_date,
        "opening_balance": _money(statement.opening_balance, decimals),
        "closing_balance": _money(statement.closing_balance, decimals),
        "new": statement.new,
        "duplicates": statement.duplicates,
        "conflicts": statement.conflicts,
        "errors": statement.errors,
        "status": "undone" if statement.undone_at else "imported",
        "undone_at": statement.undone_at,
        "metadata": statement.metadata,
        "created_at": statement.created_at,
        "updated_at": statement.updated_at,
    }


def remark_answer(remark: Remark, decimals: int) -> dict:
    """What was not simply taken, and why."""
    return {
        "object": "statement_remark",
        "place": remark.place,
        "verdict": remark.verdict,
        "code": remark.code,
        "reason": remark.reason,
        "known_line_id": ids.encode("LIN", remark.line_id) if remark.line_id else None,
        "date": remark.date,
        "amount": _money(remark.amount, decimals),
        "description": remark.description,
    }
