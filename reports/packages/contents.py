"""What a close package holds: every statement of the period, its checklist and its reconciliations."""

from ledger.closing.answers import item_answer
from ledger.closing.checklists import YearFigures, checklist
from ledger.closing.years import FiscalYear
from organizations.tenants.models import Organization
from reconciliation.sessions.answers import reconciliation_answers, sessions_of
from reports.aged import aged_report, aged_sheet
from reports.balance_sheet import balance_sheet
from reports.cash_flow import cash_flow
from reports.income_statement import income_statement
from reports.periods import Period
from reports.sheets import Sheet, sheet_of
from reports.statements import Wish
from reports.tax_summary import tax_sheet, tax_summary
from reports.trial_balance import trial_balance, trial_balance_sheet

#: The statements of a package, in the order of its PDF, and how each becomes a sheet.
SHEETS = {
    "balance_sheet": sheet_of,
    "income_statement": sheet_of,
    "cash_flow": sheet_of,
    "trial_balance": trial_balance_sheet,
    "aged_receivables": aged_sheet,
    "aged_payables": aged_sheet,
    "tax_summary": tax_sheet,
}


def contents_of(organization: Organization, period: Period) -> dict:
    """The package. It is of one moment where all of it is read in one snapshot."""
    at_end, during = Wish(organization, [Period(None, period.end)]), Wish(organization, [period])
    year = FiscalYear(period.end.year, period.start, period.end)
    sessions = sessions_of(organization).filter(end_date__range=(period.start, period.end)).order_by("end_date", "pk")
    return {
        "organization": {"id": organization.public_id, "name": organization.name},
        "balance_sheet": balance_sheet(at_end),
        "income_statement": income_statement(during),
        "cash_flow": cash_flow(during),
        "trial_balance": trial_balance(at_end),
        "aged_receivables": aged_report(organization, "aged_receivables", as_of=period.end),
        "aged_payables": aged_report(organization, "aged_payables", as_of=period.end),
        "tax_summary": tax_summary(during),
        "checklist": [item_answer(item) for item in checklist(YearFigures.of(organization, year))],
        "reconciliations": reconciliation_answers(list(sessions)),
    }


def sheets_of(contents: dict) -> list[Sheet]:
    """The statements as sheets, under the name that the organization had then."""
    return [make(contents[name], contents["organization"]["name"]) for name, make in SHEETS.items()]
