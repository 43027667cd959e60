"""Budgets as a resource, from files, and beside what came of them; figures worked by hand."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.backoffice.desks import Person
from tests.cast import Books
from tests.reports.worked import open_shop, rows, section

YEAR = {"start_date": "2025-01-01", "end_date": "2025-12-31"}


@pytest.fixture
def books(db) -> Books:
    return open_shop()


def plan(books: Books, *lines: tuple[str, str, str], **more) -> dict:
    body = {
        "name": "Plan",
        **YEAR,
        "lines": [
            {"account_id": books.account(code), "month": month, "amount": amount} for code, month, amount in lines
        ],
    }
    made = books.api.post("/budgets", body | more)
    assert made.status == 201, made.body
    return made.body


def upload(books: Books, budget: dict, text: str):
    where = f"{books.api.base}/budgets/{budget['id']}/import"
    file = SimpleUploadedFile("plan.csv", text.encode(), "text/csv")
    return books.api.client.post(where, {"file": file}, headers={"authorization": f"Bearer {books.key}"})


def test_budget_against_actual_of_the_worked_year(books):
    """Sales of 4,000 were meant and 5,000 came; cost of 2,500 and 2,000 came; rent of 1,200 as meant; utilities of 100
    that nobody spent. Meant: 4,000 - 2,500 - 1,300 = 200; came: 1,800.
    """
    budget = plan(
        books, ("4001", "2025-03-01", "4000.00"), ("5001", "2025-03-31", "2500"), ("5201", "2025-06-01", "1200.00"),
        ("5301", "2025-07-01", "100.00"),
    )  # fmt: skip
    assert {line["month"] for line in budget["lines"]} == {"2025-03-01", "2025-06-01", "2025-07-01"}
    report = books.api.get("/reports/budget-vs-actual")
    assert (report["budget_id"], report["start_date"], report["end_date"]) == (budget["id"], *YEAR.values())
    assert [column["label"] for column in report["columns"]] == ["Actual", "Budget", "Variance"]
    assert rows(report, "revenue") == {"4001": [5000, 4000, 1000]}
    assert rows(report, "cost_of_sales") == {"5001": [2000, 2500, -500]}
    assert rows(report, "operating_expenses") == {"5201": [1200, 1200, 0], "5301": [0, 100, -100]}
    assert section(report, "net_income")["totals"] == [1800, 200, 1600]
    assert (report["net_income"], report["budgeted_net_income"], report["variance"]) == (1800, 200, 1600)
    assert section(report, "revenue")["rows"][0]["variance_percentage"] == 25
    for kind in ("csv", "xlsx", "pdf"):
        where = f"{books.api.base}/reports/budget-vs-actual?budget_id={budget['id']}&format={kind}"
        assert books.api.client.get(where, headers={"authorization": f"Bearer {books.key}"}).status_code == 200


def test_the_income_statement_beside_a_budget(books):
    """Sales of 4,000 and rent of 1,200 were meant: 2,800. Sales of 5,000, cost of 2,000 and rent of 1,200 came: 1,800.
    Until the end of June 181 of 365 days would be a half, but months count: all of the sales of March, 15 of 30 days of
    the rent of June.
    """
    budget = plan(books, ("4001", "2025-03-01", "4000.00"), ("5201", "2025-06-01", "1200.00"))
    of = "/reports/income-statement?start_date=2025-01-01"
    report = books.api.get(f"{of}&end_date=2025-12-31&compare=budget")
    assert report["budget_id"] == budget["id"]
    assert [column["label"] for column in report["columns"]] == ["2025", "Plan"]
    assert rows(report, "revenue") == {"4001": [5000, 4000]}
    assert rows(report, "cost_of_sales") == {"5001": [2000, 0]}
    assert rows(report, "operating_expenses") == {"5201": [1200, 1200]}
    assert section(report, "net_income")["totals"] == [1800, 2800]
    assert (report["net_income"], report["known_at"], report["receipt"]) == (1800, None, None)
    part = books.api.get(f"{of}&end_date=2025-06-15&compare=budget&budget_id={budget['id']}")
    assert rows(part, "operating_expenses")["5201"][1] == 600
    for kind in ("csv", "xlsx", "pdf"):
        where = f"{books.api.base}{of}&compare=budget&format={kind}"
        answer = books.api.client.get(where, headers={"authorization": f"Bearer {books.key}"})
        assert answer.status_code == 200 and (kind != "csv" or b"Plan" in answer.content)


def test_the_back_office_sets_a_budget_beside_the_income_statement(books):
    """In the list of comparisons by its name; its figures lead to no entries."""
    budget = plan(books, ("4001", "2025-03-01", "4321.00"), ("5201", "2025-06-01", "1200.00"))
    kept = plan(books, name="Archived")
    assert books.api.put(f"/budgets/{kept['id']}", {"status": "archived"}).status == 200
    desk, where = Person(books.owner, books), "/admin/income_statement/?start=2025-01-01&end=2025-12-31"
    assert "Budget: Plan" in desk.get(where) and "Budget: Archived" not in desk.get(where)
    shown = desk.get(f"{where}&compare={budget['id']}")
    assert "5,000.00</span></a>" in shown.text
    assert "4,321.00</span>" in shown.text and "4,321.00</span></a>" not in shown.text
    assert f"compare=budget&amp;budget_id={budget['id']}" in shown.text
    assert "Budget: Plan" not in desk.get("/admin/balance_sheet/")


def test_where_a_budget_is_no_column(books):
    plan(books)
    receipt = books.api.get("/reports/income-statement")["receipt"]
    for query, field in (
        ("balance-sheet?compare=budget", "compare"),
        ("cash-flow?compare=budget", "compare"),
        (f"income-statement?budget_id={plan(books, name='Other')['id']}", "budget_id"),
        ("income-statement?compare=budget", "budget_id"),  # of two active ones
        ("income-statement?compare=budget&budget_id=BUD_0000000000000001", "budget_id"),
        (f"income-statement?compare=budget&known_at={receipt}", "known_at"),
    ):
        refused = books.api.get(f"/reports/{query}")
        assert refused.status == 400 and field in refused.error["details"]["fields"], (query, refused.body)


def test_a_month_in_part_counts_by_its_days(books):
    """31 meant in March: of its first ten days 10 count."""
    plan(books, ("4001", "2025-03-01", "31.00"))
    report = books.api.get("/reports/budget-vs-actual?start_date=2025-03-01&end_date=2025-03-10")
    assert section(report, "revenue")["totals"] == [5000, 10, 4990]


def test_which_budget_is_said_where_there_are_several(books):
    assert "budget_id" in books.api.get("/reports/budget-vs-actual").error["details"]["fields"]
    one, other = plan(books), plan(books, name="Cautious")
    assert books.api.get("/reports/budget-vs-actual").status == 400
    assert books.api.get(f"/reports/budget-vs-actual?budget_id={other['id']}")["title"].startswith("Cautious")
    assert books.api.put(f"/budgets/{one['id']}", {"status": "archived"}).status == 200
    assert books.api.get("/reports/budget-vs-actual")["budget_id"] == other["id"]
    for name in ("compare=1", "currency=EUR", "known_at=2026-01-01T00:00:00Z"):
        assert books.api.get(f"/reports/budget-vs-actual?{name}").status == 400


def test_what_is_wrong_with_a_budget_is_said_and_nothing_is_kept(books):
    account, cash = books.account("4001"), books.account("1001")
    line = {"account_id": account, "month": "2025-03-01", "amount": "1.00"}
    for change, field in (
        ({"start_date": "2025-01-02"}, "start_date"),
        ({"end_date": "2025-12-30"}, "end_date"),
        ({"end_date": "2024-12-31"}, "end_date"),
        ({"end_date": "2050-12-31"}, "end_date"),
        ({"name": "  "}, "name"),
        ({"lines": [line | {"account_id": cash}]}, "lines[0].account_id"),
        ({"lines": [line | {"month": "2026-01-01"}]}, "lines[0].month"),
        ({"lines": [line, line | {"month": "2025-03-09"}]}, "lines[1].month"),
        ({"lines": [line | {"amount": "1.001"}]}, "lines[0].amount"),
    ):
        refused = books.api.post("/budgets", {"name": "Plan", **YEAR} | change)
        assert refused.status == 400 and field in refused.error["details"]["fields"], (change, refused.body)
    assert books.api.get("/budgets").data == []
    plan(books)
    taken = books.api.post("/budgets", {"name": "PLAN", **YEAR})
    assert (taken.status, taken.error["code"]) == (409, "budget_name_taken")


def test_changes_and_deletion_are_in_the_trail(books):
    budget = plan(books, ("4001", "2025-03-01", "1.00"))
    line = {"account_id": books.account("5201"), "month": "2025-04-01", "amount": "-7.00"}
    changed = books.api.put(f"/budgets/{budget['id']}", {"name": "Plan B", "lines": [line]})
    assert (changed["name"], [each["amount"] for each in changed["lines"]]) == ("Plan B", [-7])
    assert books.api.get(f"/budgets/{budget['id']}")["lines"] == changed["lines"]
    assert books.api.delete(f"/budgets/{budget['id']}").status == 204
    assert books.api.get(f"/budgets/{budget['id']}").status == 404
    types = [event["event_type"] for event in books.api.get(f"/events?entity_id={budget['id']}").data]
    assert sorted(types) == ["budget.created", "budget.deleted", "budget.updated"]


def test_a_file_of_months_as_rows_or_as_columns(books):
    budget = plan(books)
    long = upload(
        books, budget, "account_code,month,amount\n4001,2025-01,100.00\n4001,2025-02-01,50\n5201,2025-01,-3.5\n"
    )
    assert long.status_code == 200 and long.json()["lines"] == 3, long.content
    wide = upload(books, budget, "account_code,name,2025-01,2025-12\n4001,Sales,1,2\n5201,Rent,,9.99\n")
    assert wide.json()["lines"] == 3
    lines = books.api.get(f"/budgets/{budget['id']}")["lines"]
    assert [str(line["amount"]) for line in lines] == ["1.00", "2.00", "9.99"]


def test_every_problem_of_a_file_is_told_with_its_line(books):
    budget = plan(books, ("4001", "2025-03-01", "1.00"))
    text = "account_code,month,amount\n1001,2025-01,1\n4001,2026-01,1\n4001,2025-01,x\n4001,2025-02,1\n4001,2025-02,2\n"
    refused = upload(books, budget, text)
    told = refused.json()["error"]
    assert (refused.status_code, told["code"]) == (400, "budget_file_invalid")
    assert [problem.partition(":")[0] for problem in told["details"]["fields"]["file"]] == [
        "Line 2", "Line 3", "Line 4", "Line 6"]  # fmt: skip
    assert len(books.api.get(f"/budgets/{budget['id']}")["lines"]) == 1
    assert upload(books, budget, "account_code,2024-01\n4001,1\n").status_code == 400
    assert upload(books, budget, "").status_code == 400


def test_what_has_no_budget_is_refused_and_an_account_has_one(books):
    plan(books, ("4001", "2025-03-01", "4000.00"), ("5201", "2025-06-01", "1200.00"))
    contact = books.api.post("/contacts", {"name": "Carla", "contact_type": "customer"})["id"]
    category = books.api.post("/categories", {"name": "Fairs", "type": "income"})["id"]
    beside = "income-statement?start_date=2025-01-01&end_date=2025-12-31&compare=budget&"
    for report in ("budget-vs-actual?", beside):
        for query in ("dimension=department:north", f"contact_id={contact}", f"category_id={category}"):
            refused = books.api.get(f"/reports/{report}{query}")
            name = query.partition("=")[0]
            assert (refused.status, refused.error["details"]["parameter"]) == (400, name)
            assert "Budgets know accounts only" in refused.error["message"]
        alone = books.api.get(f"/reports/{report}account_id={books.account('4001')}")
        assert section(alone, "net_income")["totals"][:2] == [5000, 4000]
    for query, instead in (("compare=1", "ask once for each period"), ("currency=EUR", "compare=budget")):
        assert instead in books.api.get(f"/reports/budget-vs-actual?{query}").error["message"]
    assert books.api.get("/reports/budget-vs-actual?depth=1").status == 200
