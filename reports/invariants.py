"""Every rule that the database enforces on this app's tables, and the API error it becomes.

As ``ledger/invariants.py``: each has an attack in ``tests/invariants/``.
"""

from ledger.errors import AccountInUse
from organizations.errors import Conflict, Invalid, LedgerBroken, RecordsAreFinal
from organizations.wire.database_rules import register_rules
from reports import errors

RULES: dict[str, type[Exception]] = {
    "budget_name_once": errors.BudgetNameTaken,
    "budget_status": LedgerBroken,
    "budget_name": Invalid,
    "budget_months": Invalid,
    "budget_identity_final": RecordsAreFinal,
    "budget_line_once": Conflict,
    "budget_line_month": Invalid,
    "budget_line_amount": Invalid,
    "line_of_own_budget": Conflict,
    "budget_line_of_own_account": AccountInUse,
    "investor_account_once": errors.InvestorAccountTaken,
    "investor_status": LedgerBroken,
    "investor_name": Invalid,
    "investor_preferred": Invalid,
    "investor_of_own_account": AccountInUse,
    "holding_once": Conflict,
    "holding_date": Invalid,
    "holding_share": Invalid,
    "holding_of_own_investor": LedgerBroken,
    "holdings_within_whole": errors.HoldingsExceedWhole,
    "close_package_version_once": Conflict,
    "close_package_days": Invalid,
    "close_package_version": LedgerBroken,
    "close_package_digest": LedgerBroken,
    "close_packages_are_final": RecordsAreFinal,
    "saved_report_words": LedgerBroken,
    "saved_report_due_day": LedgerBroken,
    "saved_report_recipients": Invalid,
    "report_record_identity_final": RecordsAreFinal,
}


def register() -> None:
    """Tell the wire; called once when the app is ready."""
    register_rules({name: refusal for name, refusal in RULES.items() if refusal is not LedgerBroken})
