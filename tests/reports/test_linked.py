"""A parent gets not one figure of a linked child, through any report, filter, export or drill-down.

The child's books have one amount that nothing else has. Every report is asked in every form with every parameter, also
with the child's own ids in it; the amount is in no answer.
"""

import io
import itertools
import zipfile

import pytest

from tests.cast import Books, open_books, open_child
from tests.contract.report_cases import ONLY_ASK
from tests.reports.kept import keep_reports

AMOUNT, MARKS = "7777.77", (b"7777.77", b"7,777.77", b"777777", b"Secret")
SPANS = ("", "start_date=2020-01-01&end_date=2100-12-31")
WAYS = ("", "compare=previous_year", "depth=1", "basis=cash", "method=direct", "currency=USD")
FORMATS = ("json", "csv", "xlsx")


@pytest.fixture
def firm(db) -> Books:
    return open_books("Firm LLP")


@pytest.fixture
def child(firm) -> Books:
    books = open_child(firm, "Client Ltd", relationship="linked")
    with books.acting():
        keep_reports(books, "Secret")
    entries = [books.entry("1001", "debit", AMOUNT), books.entry("4001", "credit", AMOUNT)]
    body = {"transaction_date": "2026-01-05", "description": "Secret sale", "entries": entries, "auto_post": True}
    assert books.api.post("/transactions", body).status == 201
    return books


def content_of(firm: Books, path: str) -> tuple[int, bytes]:
    """The status, and all that can be read: of a workbook what is within it."""
    answer = firm.api.client.get(path, headers={"authorization": f"Bearer {firm.key}"})
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as workbook:
            content = b"".join(workbook.read(name) for name in workbook.namelist())
    return answer.status_code, content


def ids_of(child: Books) -> dict[str, str]:
    """Ids of the child's own, by the parameter that would take them."""
    return {
        "account_id": child.account("1001"),
        "budget_id": child.api.get("/budgets").data[0]["id"],
        "investor_id": child.api.get("/investors").data[0]["id"],
        "contact_id": child.api.post("/contacts", {"name": "Secret"})["id"],
        "category_id": child.api.post("/categories", {"name": "Secret", "type": "other"})["id"],
    }


def test_no_report_of_the_parent_has_the_childs_amount(firm, child):
    names = [*ONLY_ASK, "account-statement", "investor-statements"]
    foreign = [f"{name}={value}" for name, value in ids_of(child).items()]
    asked = 0
    for name, span, way, form in itertools.product(names, SPANS, [*WAYS, *foreign], FORMATS):
        query = "&".join(filter(None, (span, way, f"format={form}" if form != "json" else "")))
        status, content = content_of(firm, f"{firm.api.base}/reports/{name}?{query}")
        assert status < 500 and not any(mark in content for mark in MARKS), (name, query)
        if way in foreign and status == 200:
            pytest.fail(f"{name}?{query} took an id of another organization")
        asked += 1
    assert asked > 700


def test_no_report_at_the_childs_address_is_the_parents(firm, child):
    random = "ORG_00000000000000ff"
    for name in (*ONLY_ASK, "account-statement", "investor-statements"):
        for form in ("", "?format=csv", "?format=pdf"):
            own = content_of(firm, f"{child.api.base}/reports/{name}{form}")
            none = content_of(firm, f"/organizations/{random}/reports/{name}{form}")
            assert own[0] == none[0] and own[0] in (400, 404)  # 400: a form that there is not
    for path in ("/budgets", "/investors", "/close-packages", "/saved-reports", "/entries", "/transactions"):
        assert content_of(firm, f"{child.api.base}{path}")[0] == 404


def test_a_group_has_no_linked_child_in_it(firm, child):
    answer = firm.api.post("/reports/consolidated", {"start_date": "2020-01-01", "end_date": "2100-12-31"})
    refused = firm.api.post("/reports/consolidated", {"organization_ids": [child.organization.public_id]})
    if answer.status == 200:
        assert AMOUNT not in str(answer.body) and child.organization.public_id not in str(answer.body)
    assert refused.status == 400 and AMOUNT not in str(refused.body)


def test_jobs_and_saved_reports_of_the_parent_take_no_id_of_the_child(firm, child):
    number = child.account("1001")
    body = {"name": "Theirs", "report": "account-statement", "parameters": {"account_id": number}}
    assert firm.api.post("/saved-reports", body).error["code"] == "report_refused"
    line = {"account_id": number, "month": "2026-01-01", "amount": 1}
    year = {"start_date": "2026-01-01", "end_date": "2026-12-31"}
    assert firm.api.post("/budgets", {"name": "Theirs", **year, "lines": [line]}).status == 400
    assert firm.api.post("/investors", {"name": "Theirs", "capital_account_id": number}).status == 400
