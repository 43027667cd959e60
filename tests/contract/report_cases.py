"""What the routes of reports are for: those that only ask, and what is kept for them."""

from tests.contract.declaring import ORGANIZATION, Case
from tests.contract.estate import Estate
from tests.contract.uploads import budget

ONLY_ASK = ("trial-balance", "balance-sheet", "income-statement", "cash-flow", "aged-receivables", "aged-payables",
            "general-ledger", "tax-summary", "budget-vs-actual", "unposted", "unreconciled", "beancount")  # fmt: skip
BUDGET = f"{ORGANIZATION}/budgets/<budget_id>"
INVESTORS = f"{ORGANIZATION}/investors"
PACKAGE = f"{ORGANIZATION}/close-packages/<package_id>"
SAVED = f"{ORGANIZATION}/saved-reports/<report_id>"
#: Who may not read reports does not have them sent, either.
NO_READERS = {"write key": "not_authorized"}
YEAR = {"start_date": "2020-01-01", "end_date": "2020-12-31"}


def _line(estate: Estate) -> dict:
    return {"lines": [{"account_id": estate["sales_id"], "month": "2020-01-01", "amount": "5.00"}]}


def _call(estate: Estate) -> dict:
    allocations = [{"investor_id": estate["investor_id"], "amount": "5.00"}]
    return {"account_id": estate["account_id"], "allocations": allocations, "date": "2026-01-31"}


REPORTS: dict[str, dict[str, Case]] = {
    **{f"{ORGANIZATION}/reports/{name}": {"GET": Case("reports")} for name in ONLY_ASK},
    f"{ORGANIZATION}/reports/account-statement": {"GET": Case("reports", query="account_id={account_id}")},
    f"{ORGANIZATION}/reports/consolidated": {"POST": Case("reports", body=lambda e: {}, reads=True)},
    f"{ORGANIZATION}/reports/investor-statements": {
        "GET": Case("reports"),
        "POST": Case("reports", 202, lambda e: YEAR),
    },
    f"{ORGANIZATION}/reports/jobs": {"POST": Case("reports", 202, lambda e: {"report": "cash-flow"})},
    f"{ORGANIZATION}/budgets": {
        "GET": Case("reports"),
        "POST": Case("reports", 201, lambda e: {"name": "Next", **YEAR} | _line(e)),
    },
    BUDGET: {"GET": Case("reports"), "PUT": Case("reports", body=_line), "DELETE": Case("reports", 204)},
    f"{BUDGET}/import": {"POST": Case("reports", body=budget)},
    INVESTORS: {
        "GET": Case("reports"),
        "POST": Case("reports", 201, lambda e: {"name": "Bert", "capital_account_id": e["capital_id"]}),
    },
    f"{INVESTORS}/capital-calls": {"POST": Case("transactions", 201, _call)},
    f"{INVESTORS}/distributions": {"POST": Case("transactions", 201, _call)},
    f"{INVESTORS}/<investor_id>": {
        "GET": Case("reports"),
        "PUT": Case("reports", body=lambda e: {"preferred_return_rate": "8"}),
    },
    f"{INVESTORS}/<investor_id>/holdings": {
        "POST": Case("reports", body=lambda e: {"effective_date": "2026-01-01", "percentage": "30"})
    },
    f"{ORGANIZATION}/close-packages": {"GET": Case("reports"), "POST": Case("reports", 201, lambda e: YEAR)},
    PACKAGE: {"GET": Case("reports")},
    f"{PACKAGE}/pdf": {"GET": Case("reports")},
    f"{PACKAGE}/diff": {"GET": Case("reports", query="against={package_id}")},
    f"{ORGANIZATION}/saved-reports": {
        "GET": Case("reports"),
        "POST": Case("reports", 201, lambda e: {"name": "Cash", "report": "cash-flow"}, refuses=NO_READERS),
    },
    SAVED: {
        "GET": Case("reports"),
        "PUT": Case("reports", body=lambda e: {"status": "paused"}, refuses=NO_READERS),
        "DELETE": Case("reports", 204),
    },
    f"{SAVED}/run": {"POST": Case("reports", 202)},
}
