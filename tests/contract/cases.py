"""What every route is for: one declared case for each route and method. A route without one fails the suite.

A case says which resource a permission must name, what an allowed call answers, and how to
build a body from an estate's ids. Whatever a route refuses follows from that.
"""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, get_resolver

from tests.contract.background_cases import BACKGROUND
from tests.contract.declaring import ORGANIZATION, Case
from tests.contract.estate import Estate
from tests.contract.report_cases import REPORTS
from tests.contract.trade_cases import TRADE
from tests.contract.uploads import logo, receipt, statement, upload

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ACCOUNT = f"{ORGANIZATION}/accounts/<account_id>"
TRANSACTION = f"{ORGANIZATION}/transactions/<transaction_id>"
LIFT = f"{ORGANIZATION}/lock-dates/lifts/<lift_id>"
YEAR = f"{ORGANIZATION}/fiscal-years/<year>"
CATEGORY = f"{ORGANIZATION}/categories/<category_id>"
ATTACHMENT = f"{ORGANIZATION}/attachments/<attachment_id>"
KEY = f"{ORGANIZATION}/api-keys/<api_key_id>"
ASSERTION = f"{ORGANIZATION}/balance-assertions/<assertion_id>"
BANK_RULE = f"{ORGANIZATION}/bank-rules/<bank_rule_id>"
STATEMENT = f"{ORGANIZATION}/statements/<statement_id>"
LINE = f"{ORGANIZATION}/statement-lines/<line_id>"
MATCH = f"{ORGANIZATION}/matches/<match_id>"
RECONCILIATION = f"{ORGANIZATION}/reconciliations/<reconciliation_id>"
MEMBER = f"{ORGANIZATION}/members/<membership_id>"


def _entries(estate: Estate) -> list[dict]:
    return [
        {"account_id": estate["other_account_id"], "entry_type": "debit", "amount": 5},
        {"account_id": estate["account_id"], "entry_type": "credit", "amount": 5},
    ]


def _back(estate: Estate) -> list[dict]:
    """A part of the posted transaction, on the other side."""
    return [
        {"account_id": estate["other_account_id"], "entry_type": "credit", "amount": 2},
        {"account_id": estate["sales_id"], "entry_type": "debit", "amount": 2},
    ]


def _account(estate: Estate, code: str = "1998") -> dict:
    return {"code": code, "name": "Till", "type": "asset", "parent_account_id": estate["other_account_id"]}


def _lift(estate: Estate) -> dict:
    return {
        "area": "bank",
        "api_key_id": estate["api_key_id"],
        "reason": "A late statement",
        "expires_at": "2100-01-01T00:00:00Z",
    }


def _opening(estate: Estate) -> dict:
    lines = [
        {"account_id": estate["other_account_id"], "debit": 5},
        {"account_id": estate["account_id"], "credit": 5},
    ]
    return {"as_of": "2025-12-31", "lines": lines}


def _assertion(estate: Estate) -> dict:
    return {"account_id": estate["other_account_id"], "date": "2026-02-28", "expected": "12.00"}


def _bank_rule(estate: Estate) -> dict:
    return {
        "name": "Fees",
        "account_id": estate["other_account_id"],
        "conditions": [{"field": "text", "operator": "contains", "value": "fee"}],
        "actions": {"splits": [{"account_id": estate["sales_id"], "rest": True}]},
    }


def _splits(estate: Estate) -> dict:
    return {"splits": [{"account_id": estate["sales_id"], "amount": "12.00"}]}


def _reconciliation(estate: Estate) -> dict:
    return {
        "account_id": estate["account_id"],
        "start_date": "2026-01-01",
        "end_date": "2026-01-31",
        "closing_balance": "0.00",
    }


def _marks(estate: Estate) -> dict:
    return {"transaction_ids": [estate["posted"]]}


PUBLIC = {"GET": Case("", public=True)}
OPEN_YEAR, CLOSED_YEAR = {"year": "open_year"}, {"year": "closed_year"}
BANK = {"account_id": "other_account_id"}
SETTLED, SUGGESTED = {"line_id": "settled_line"}, {"match_id": "suggestion"}
DRAFT, POSTED = {"transaction_id": "draft"}, {"transaction_id": "posted"}

CASES: dict[str, dict[str, Case]] = {
    "": PUBLIC,
    "health": PUBLIC,
    "health/live": PUBLIC,
    "health/ready": PUBLIC,
    "docs": PUBLIC,
    "openapi.json": PUBLIC,
    "llms.txt": PUBLIC,
    "system": {"GET": Case("system")},
    "currencies": {"GET": Case("currencies")},
    "chart-templates": {"GET": Case("chart-templates")},
    "organizations/batch": {
        "POST": Case(
            "organizations",
            200,
            lambda e: {
                "organizations": [{"organization_name": "Client"}],
                "parent_organization_id": e["organization_id"],
            },
        )
    },
    f"{ORGANIZATION}/archive": {"POST": Case("organizations", 200, lambda e: {"reason": "Gone"})},
    f"{ORGANIZATION}/restore": {"POST": Case("organizations", 200, lambda e: {"reason": "Back"})},
    f"{ORGANIZATION}/clone": {
        "POST": Case(
            "organizations", 201, lambda e: {"organization_name": "Twin"}, refuses={"write key": "not_authorized"}
        )
    },
    "organizations": {
        "GET": Case("organizations"),
        "POST": Case(
            "organizations",
            201,
            lambda e: {"organization_name": "Twig", "parent_organization_id": e["organization_id"]},
        ),
    },
    "organizations/can-share-data/<one_id>/<other_id>": {
        "GET": Case("organizations", path={"one_id": "organization_id", "other_id": "organization_id"})
    },
    ORGANIZATION: {
        "GET": Case("organizations", overseen=True),
        "PUT": Case("organizations", body=lambda e: {"tax_number": "12"}),
    },
    f"{ORGANIZATION}/members": {
        "GET": Case("members"),
        "POST": Case("members", 201, lambda e: {"email": "new@example.com", "role": "viewer"}, hands_out=True),
    },
    MEMBER: {
        "GET": Case("members"),
        "PUT": Case("members", body=lambda e: {"role": "viewer"}, hands_out=True),
        "DELETE": Case("members", 204, hands_out=True),
    },
    f"{MEMBER}/notifications": {
        "GET": Case("members"),
        "PUT": Case("members", body=lambda e: {"delivery": "daily", "kinds": ["overdue"]}),
    },
    f"{ORGANIZATION}/api-keys": {
        "GET": Case("api-keys", overseen=True),
        "POST": Case("api-keys", 201, lambda e: {"name": "Portal", "permissions": []}, overseen=True),
    },
    KEY: {
        "GET": Case("api-keys", overseen=True),
        "PUT": Case("api-keys", body=lambda e: {"name": "Renamed"}, overseen=True),
        "DELETE": Case("api-keys", 204, overseen=True),
    },
    f"{KEY}/rotate": {"POST": Case("api-keys", 201, lambda e: {"overlap_seconds": 60}, overseen=True)},
    f"{ORGANIZATION}/events": {"GET": Case("events")},
    f"{ORGANIZATION}/events/<event_id>": {"GET": Case("events")},
    **BACKGROUND,
    # No key opens it: the provider's signature does, and this is none.
    "integrations/<provider>/<organization_id>/webhook": {"POST": Case("", 400, body=lambda e: {}, public=True)},
    "metrics": {"GET": Case("", 401, public=True)},  # no key opens it: it is the installation's
    f"{ORGANIZATION}/health/ledger": {"GET": Case("health"), "POST": Case("health", 202)},
    f"{ORGANIZATION}/accounts": {"GET": Case("accounts"), "POST": Case("accounts", 201, _account)},
    f"{ORGANIZATION}/accounts/batch": {
        "POST": Case("accounts", body=lambda e: {"accounts": [_account(e), _account(e, "1997")]})
    },
    f"{ORGANIZATION}/accounts/from-template": {
        "POST": Case("accounts", 201, lambda e: {"template": "professional_services"})
    },
    ACCOUNT: {
        "GET": Case("accounts"),
        "PUT": Case("accounts", body=lambda e: {"parent_account_id": e["other_account_id"]}),
        "DELETE": Case("accounts", 204),
    },
    f"{ACCOUNT}/balance": {"GET": Case("accounts")},
    f"{ACCOUNT}/balance/explain": {"GET": Case("accounts")},
    f"{ACCOUNT}/transactions": {"GET": Case("transactions")},
    f"{ACCOUNT}/entries": {"GET": Case("accounts")},
    f"{ORGANIZATION}/entries": {"GET": Case("transactions")},
    f"{ORGANIZATION}/categories": {
        "GET": Case("categories"),
        "POST": Case("categories", 201, lambda e: {"name": "Meals", "type": "expense"}),
    },
    CATEGORY: {
        "GET": Case("categories"),
        "PUT": Case("categories", body=lambda e: {"status": "archived"}),
        "DELETE": Case("categories", 204),
    },
    f"{TRANSACTION}/attachments": {
        "GET": Case("transactions", path=POSTED),
        "POST": Case("transactions", 201, receipt, path=POSTED),
    },
    ATTACHMENT: {"GET": Case("transactions"), "DELETE": Case("transactions", 204)},
    f"{ATTACHMENT}/content": {"GET": Case("transactions")},
    f"{ORGANIZATION}/contacts/<contact_id>/transactions": {"GET": Case("transactions")},
    f"{ORGANIZATION}/transactions": {
        "GET": Case("transactions"),
        "POST": Case("transactions", 201, lambda e: {"entries": _entries(e), "category_id": e["category_id"]}),
    },
    f"{ORGANIZATION}/transactions/batch": {
        "POST": Case("transactions", body=lambda e: {"transactions": [{"entries": _entries(e)}]})
    },
    f"{ORGANIZATION}/transactions/batch-post": {
        "POST": Case("transactions", body=lambda e: {"transaction_ids": [e["draft"]]})
    },
    TRANSACTION: {
        "GET": Case("transactions", path=POSTED),
        "PUT": Case("transactions", body=lambda e: {"entries": _entries(e)}, path=DRAFT),
        "DELETE": Case("transactions", 204, path=DRAFT),
    },
    f"{ORGANIZATION}/branding": {
        "GET": Case("branding"),
        "PUT": Case("branding", body=lambda e: {"color": "#0f766e"}),
    },
    f"{ORGANIZATION}/branding/logo": {"GET": Case("branding")},
    f"{ORGANIZATION}/stationery": {
        "GET": Case("stationery"),
        "PUT": Case("stationery", body=lambda e: {"locale": "de_DE"}),
    },
    f"{ORGANIZATION}/stationery/logo": {
        "GET": Case("stationery"),
        "PUT": Case("stationery", body=logo),
        "DELETE": Case("stationery", 204),
    },
    f"{ORGANIZATION}/lock-dates": {
        "GET": Case("lock-dates"),
        "PUT": Case("lock-dates", body=lambda e: {"sales": "2020-12-31"}),
    },
    f"{ORGANIZATION}/lock-dates/lifts": {"GET": Case("lock-dates"), "POST": Case("lock-dates", 201, _lift)},
    LIFT: {"GET": Case("lock-dates"), "DELETE": Case("lock-dates", 204)},
    f"{LIFT}/changes": {"GET": Case("transactions")},
    f"{ORGANIZATION}/fiscal-years": {"GET": Case("fiscal-years")},
    YEAR: {"GET": Case("fiscal-years", path=OPEN_YEAR)},
    f"{YEAR}/checklist": {"GET": Case("fiscal-years", path=OPEN_YEAR)},
    f"{YEAR}/close": {"POST": Case("fiscal-years", body=lambda e: {"accept": ["drafts"]}, path=OPEN_YEAR)},
    f"{YEAR}/reopen": {"POST": Case("fiscal-years", body=lambda e: {"reason": "Mistake"}, path=CLOSED_YEAR)},
    f"{ORGANIZATION}/opening-balances": {"POST": Case("opening-balances", 201, _opening)},
    f"{ORGANIZATION}/balance-assertions": {
        "GET": Case("balance-assertions"),
        "POST": Case("balance-assertions", 201, _assertion),
    },
    ASSERTION: {
        "GET": Case("balance-assertions"),
        "PUT": Case("balance-assertions", body=lambda e: {"expected": "12.00", "blocking": False}),
        "DELETE": Case("balance-assertions", 204),
    },
    f"{ORGANIZATION}/reconciliations": {
        "GET": Case("reconciliations"),
        "POST": Case("reconciliations", 201, _reconciliation),
    },
    RECONCILIATION: {
        "GET": Case("reconciliations"),
        "PUT": Case("reconciliations", body=lambda e: {"closing_balance": "13.00"}),
    },
    f"{RECONCILIATION}/reconcile": {"POST": Case("reconciliations", body=_marks)},
    f"{RECONCILIATION}/unreconcile": {"POST": Case("reconciliations", body=_marks)},
    f"{RECONCILIATION}/complete": {"POST": Case("reconciliations", body=_marks)},
    f"{RECONCILIATION}/reopen": {
        "POST": Case("reconciliations", body=lambda e: {"cascade": True}, path={"reconciliation_id": "reconciled"})
    },
    f"{RECONCILIATION}/cancel": {"POST": Case("reconciliations")},
    f"{RECONCILIATION}/entries": {"GET": Case("reconciliations")},
    f"{RECONCILIATION}/report": {"GET": Case("reconciliations")},
    f"{RECONCILIATION}/discrepancies": {"GET": Case("reconciliations")},
    f"{ACCOUNT}/reconciliation-status": {"GET": Case("reconciliations")},
    f"{ORGANIZATION}/imports/journal": {"POST": Case("imports", 201, upload)},
    f"{TRANSACTION}/post": {"POST": Case("transactions", path=DRAFT)},
    f"{TRANSACTION}/reverse": {"POST": Case("transactions", 201, lambda e: {"reason": "Mistake"}, path=POSTED)},
    f"{TRANSACTION}/reverse-partial": {
        "POST": Case("transactions", 201, lambda e: {"entries": _back(e)}, path=POSTED),
    },
    f"{TRANSACTION}/adjust": {"POST": Case("transactions", 201, lambda e: {"entries": _entries(e)}, path=POSTED)},
    f"{TRANSACTION}/proof": {"GET": Case("transactions", path=POSTED)},
    f"{ORGANIZATION}/events/<event_id>/proof": {"GET": Case("events")},
    f"{ORGANIZATION}/checkpoints": {"GET": Case("checkpoints"), "POST": Case("checkpoints", 201)},
    f"{ORGANIZATION}/checkpoints/<seq>": {"GET": Case("checkpoints")},
    f"{ORGANIZATION}/proof": {"GET": Case("proof")},
    f"{ORGANIZATION}/proof/export": {"GET": Case("proof")},
    f"{ORGANIZATION}/proof/verify": {"POST": Case("proof", 202)},
    f"{ORGANIZATION}/anchor": {
        "GET": Case("anchor"),
        "PUT": Case("anchor", body=lambda e: {"url": "https://other.example.com/"}),
        "DELETE": Case("anchor", 204),
    },
    f"{ACCOUNT}/import-statement": {"POST": Case("statements", 202, statement)},
    f"{ACCOUNT}/statement-mapping": {
        "GET": Case("statements", path=BANK),
        "PUT": Case("statements", body=lambda e: {"mapping": {"date_format": "DMY"}}, path=BANK),
        "DELETE": Case("statements", 204, path=BANK),
    },
    f"{ORGANIZATION}/statements": {"GET": Case("statements")},
    STATEMENT: {"GET": Case("statements")},
    f"{STATEMENT}/undo": {"POST": Case("statements")},
    f"{STATEMENT}/remarks": {"GET": Case("statements")},
    f"{ACCOUNT}/match": {"POST": Case("matches", 202)},
    f"{ORGANIZATION}/statement-lines": {"GET": Case("statement-lines")},
    LINE: {"GET": Case("statement-lines")},
    f"{LINE}/candidates": {"GET": Case("statement-lines")},
    f"{LINE}/match": {"POST": Case("statement-lines", body=lambda e: {"transaction_id": e["posted"]})},
    f"{LINE}/unmatch": {"POST": Case("statement-lines", body=lambda e: {"reason": "Mistake"}, path=SETTLED)},
    f"{LINE}/create-transaction": {"POST": Case("statement-lines", 201, lambda e: {"account_id": e["sales_id"]})},
    f"{LINE}/split": {"POST": Case("statement-lines", 201, _splits)},
    f"{LINE}/transfer": {"POST": Case("statement-lines", 201, lambda e: {"account_id": e["account_id"]})},
    f"{LINE}/ignore": {"POST": Case("statement-lines", body=lambda e: {"reason": "Private"})},
    f"{ORGANIZATION}/matches": {"GET": Case("matches")},
    f"{ORGANIZATION}/matches/batch-accept": {"POST": Case("matches", body=lambda e: {"match_ids": [e["suggestion"]]})},
    MATCH: {"GET": Case("matches")},
    f"{MATCH}/explain": {"GET": Case("matches")},
    f"{MATCH}/accept": {"POST": Case("matches", path=SUGGESTED)},
    f"{MATCH}/reject": {"POST": Case("matches", path=SUGGESTED)},
    f"{MATCH}/undo": {"POST": Case("matches")},
    f"{ORGANIZATION}/bank-rules": {"GET": Case("bank-rules"), "POST": Case("bank-rules", 201, _bank_rule)},
    f"{ORGANIZATION}/bank-rules/test": {"POST": Case("bank-rules", body=lambda e: {"rule": _bank_rule(e)})},
    BANK_RULE: {
        "GET": Case("bank-rules"),
        "PUT": Case("bank-rules", body=lambda e: {"actions": {"account_id": e["sales_id"]}}),
        "DELETE": Case("bank-rules", 204),
    },
    f"{BANK_RULE}/test": {"POST": Case("bank-rules", body=lambda e: {"account_id": e["other_account_id"]})},
    f"{ORGANIZATION}/bank-learning": {"GET": Case("bank-learning"), "DELETE": Case("bank-learning", 204)},
    f"{ORGANIZATION}/bank-learning/<account_id>/suggestion": {"GET": Case("bank-learning")},
    f"{ORGANIZATION}/overview": {"GET": Case("reports", overseen=True)},
    **REPORTS,
    **TRADE,
}


def every() -> Iterator[tuple[str, str, Case]]:
    """Every declared case: route, method, case."""
    for route, methods in CASES.items():
        for method, case in methods.items():
            yield route, method, case


def name_in(route: str) -> str | None:
    """What the last step of a route's path names."""
    step = route.rpartition("/")[2]
    return step[1:-1] if step.startswith("<") else None


def name_of(parameter: Any) -> str:
    """How a test is named after a part of a case."""
    return parameter if isinstance(parameter, str) else ""


def routes() -> dict[str, Any]:
    """The product's own routes (the back office apart) and their views, as the URL patterns have them."""
    found = {}
    for pattern in _flat(get_resolver().url_patterns, ""):
        route, view = pattern
        if not route.startswith("admin/"):
            found[route.replace("<str:", "<")] = view
    return found


def _flat(patterns, prefix: str) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route, pattern.callback
        else:
            yield from _flat(pattern.url_patterns, route)


def back_office() -> list[str]:
    """The routes of the back office."""
    return [route for route, _ in _flat(get_resolver().url_patterns, "") if route.startswith("admin/")]


def address(route: str, case: Case, organization: Estate, objects: Estate) -> str:
    """The path of a route within ``organization``, naming objects of ``objects``."""
    parts = []
    for step in route.split("/"):
        name = step[1:-1] if step.startswith("<") else None
        owner = organization if name == "organization_id" else objects
        parts.append(owner[case.path.get(name, name)] if name else step)
    return "/" + "/".join(parts)
