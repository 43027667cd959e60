"""Investors, calls, distributions and statements; figures worked by hand."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organizations.jobs.running import run
from reports.investors.models import Holding
from reports.investors.returns import rate_of_return
from reports.investors.shares import share_out, stretches, weights
from tests.cast import Books, number_of, open_books

Q1 = "start_date=2026-01-01&end_date=2026-03-31"
JAN, FEB = datetime.date(2026, 1, 1), datetime.date(2026, 2, 1)


@pytest.fixture
def books(db) -> Books:
    return open_books("Harbour LLC")


def investor(books: Books, code: str, name: str, **holding) -> dict:
    account = books.api.post("/accounts", {"code": code, "name": f"Capital {name}", "account_type": "equity"})
    assert account.status == 201, account.body
    body = {"name": name, "capital_account_id": account["id"], "email": f"{name.lower()}@example.com"}
    if holding:
        body["holding"] = {"effective_date": "2026-01-01", **holding}
    made = books.api.post("/investors", body)
    assert made.status == 201, made.body
    return made.body


def capital(books: Books, kind: str, status: int = 201, **body):
    made = books.api.post(f"/investors/{kind}", {"account_id": books.account("1001"), **body})
    assert made.status == status, made.body
    return made


def earn(books: Books, amount: str, day: str) -> None:
    entries = [books.entry("1001", "debit", amount), books.entry("4001", "credit", amount)]
    made = books.api.post("/transactions", {"transaction_date": day, "entries": entries, "auto_post": True})
    assert made.status == 201, made.body


def test_a_quarter_worked_by_hand(books):
    """Ann has 60 and Bert 40 percent; from March on Bert sells 15 to Ann.

    10,000 are called on January 1: 6,000 and 4,000. January earns 1,000 (600 and 400), March earns 200.01: 75 percent
    of it are 150.01, 25 percent 50.00. On March 31 400 are given back: 300 and 100. So Ann ends with 6,000 + 750.01 -
    300 = 6,450.01 and Bert with 4,000 + 450.00 - 100 = 4,350.00; together the equity, 10,800.01.
    """
    ann = investor(books, "3501", "Ann", percentage="60")
    bert = investor(books, "3502", "Bert", percentage="40")
    called = capital(books, "capital-calls", amount="10000.00", date="2026-01-01")
    assert [each["amount"] for each in called["allocations"]] == [6000, 4000]
    earn(books, "1000.00", "2026-01-15")
    for each, part in ((bert, "25"), (ann, "75")):
        changed = books.api.post(
            f"/investors/{each['id']}/holdings", {"effective_date": "2026-03-01", "percentage": part}
        )
        assert changed.status == 200, changed.body
    earn(books, "200.01", "2026-03-10")
    capital(books, "distributions", amount="400.00", date="2026-03-31")
    report = books.api.get(f"/reports/investor-statements?{Q1}")
    names = ("opening_balance", "contributions", "share_of_result", "distributions", "closing_balance")
    assert [[str(row[name]) for name in names] for row in report["statements"]] == [
        ["0.00", "6000.00", "750.01", "300.00", "6450.01"],
        ["0.00", "4000.00", "450.00", "100.00", "4350.00"],
    ]
    assert str(report["equity_of_books"]) == "10800.01" and report["not_of_investors"] == 0
    first = report["statements"][0]
    assert [(each["start_date"], str(each["share"])) for each in first["results"]] == [
        ("2026-01-01", "600.00"), ("2026-03-01", "150.01")]  # fmt: skip
    assert [flow["kind"] for flow in first["flows"]] == ["contribution", "distribution"]
    later = books.api.get("/reports/investor-statements?start_date=2026-04-01&end_date=2026-06-30")
    assert [str(row["opening_balance"]) for row in later["statements"]] == ["6450.01", "4350.00"]
    one = books.api.get(f"/reports/investor-statements?{Q1}&investor_id={bert['id']}")
    assert [row["name"] for row in one["statements"]] == ["Bert"] and one["equity_of_books"] is None
    for kind in ("pdf", "xlsx", "csv"):
        for who in ("", f"&investor_id={ann['id']}"):
            where = f"{books.api.base}/reports/investor-statements?{Q1}{who}&format={kind}"
            file = books.api.client.get(where, headers={"authorization": f"Bearer {books.key}"})
            assert file.status_code == 200 and file.content


def test_a_reversed_call_was_none_and_closing_a_year_gives_nothing_twice(books):
    investor(books, "3501", "Ann", percentage="100", effective_date="2025-01-01")
    called = capital(books, "capital-calls", amount="500.00", date="2025-01-05")
    assert books.api.post(f"/transactions/{called['transaction_id']}/reverse", {"reason": "Wrong"}).status in (200, 201)
    capital(books, "capital-calls", amount="100.00", date="2025-01-06")
    earn(books, "50.00", "2025-06-01")
    assert books.api.post("/fiscal-years/2025/close").status in (200, 201)
    books.refresh()
    moved = [books.entry("3101", "debit", "50.00"), books.entry("3501", "credit", "50.00")]
    body = {"transaction_date": "2026-01-31", "entries": moved, "auto_post": True}
    made = books.api.post("/transactions", body | {"metadata": {"capital": "allocation"}})
    assert made.status == 201, made.body
    asked = "/reports/investor-statements?start_date=2026-01-01&end_date=2100-12-31"
    (row,) = books.api.get(asked)["statements"]
    # The reversal is dated today, in the period: it takes the 500 back.
    assert (row["opening_balance"], row["contributions"], row["closing_balance"]) == (650, -500, 150)
    assert books.api.get(asked)["not_of_investors"] == 0


def test_a_closing_balance_is_the_next_opening_to_the_cent(books):
    """Three thirds of 100.01 a month: rounding follows the sum, so no cent moves between periods."""
    for number in range(3):
        investor(books, f"350{number + 1}", f"Ann{number}", units="1")
    months = ("2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30")
    closing = None
    for end in months:
        earn(books, "100.01", f"{end[:8]}15")
    for end in months:
        found = books.api.get(f"/reports/investor-statements?start_date={end[:8]}01&end_date={end}")
        opening = [row["opening_balance"] for row in found["statements"]]
        assert closing in (None, opening)
        closing = [row["closing_balance"] for row in found["statements"]]
        assert sum(row["share_of_result"] for row in found["statements"]) == sum(closing) - sum(opening)
        assert found["not_of_investors"] == 0
    year = books.api.get("/reports/investor-statements?start_date=2026-01-01&end_date=2026-04-30")
    assert [row["closing_balance"] for row in year["statements"]] == closing


def test_calls_follow_commitments_and_never_go_beyond(books):
    """Ann has committed 300 and Bert 100: a call of 200 takes 150 and 50, and the rest is 150 and 50."""
    ann = investor(books, "3501", "Ann", units="1", commitment="300.00")
    investor(books, "3502", "Bert", units="1", commitment="100.00")
    called = capital(books, "capital-calls", amount="200.00", date="2026-01-10")
    assert [each["amount"] for each in called["allocations"]] == [150, 50]
    beyond = capital(books, "capital-calls", 422, amount="200.01", date="2026-01-11")
    assert beyond.error["code"] == "commitment_exceeded"
    named = {"allocations": [{"investor_id": ann["id"], "amount": "150.01"}]}
    assert capital(books, "capital-calls", 422, **named).error["code"] == "commitment_exceeded"
    row = books.api.get(f"/reports/investor-statements?{Q1}")["statements"][0]
    assert (row["commitment"], row["called"], row["uncalled"]) == (300, 150, 150)


def test_what_cannot_be_shared_is_refused(books):
    ann = investor(books, "3501", "Ann", percentage="60")
    assert capital(books, "distributions", 422, amount="1.00").error["code"] == "nothing_to_share_by"
    both = {"amount": "1.00", "allocations": [{"investor_id": ann["id"], "amount": "1.00"}]}
    assert "amount" in capital(books, "distributions", 400, **both).error["details"]["fields"]
    assert capital(books, "distributions", 400).status == 400
    twice = [{"investor_id": ann["id"], "amount": "1.00"}] * 2
    assert capital(books, "distributions", 400, allocations=twice).status == 400
    for amount in ("0", "-1", "1.001", "x"):
        assert capital(books, "distributions", 400, amount=amount).status == 400


def test_nobody_has_more_than_the_whole(books):
    investor(books, "3501", "Ann", percentage="60")
    body = {"name": "Bert", "capital_account_id": books.account("3001")}
    more = books.api.post("/investors", body | {"holding": {"effective_date": "2026-02-01", "percentage": "40.000001"}})
    assert (more.status, more.error["code"]) == (422, "holdings_exceed_whole")
    assert len(books.api.get("/investors").data) == 1
    taken = books.api.post(
        "/investors", {"name": "Carl", "capital_account_id": books.api.get("/investors").data[0]["capital_account_id"]}
    )
    assert (taken.status, taken.error["code"]) == (409, "investor_account_taken")
    assert books.api.post("/investors", body | {"capital_account_id": books.account("1001")}).status == 400
    mixed = {"effective_date": "2026-02-01", "percentage": "4", "units": "4"}
    assert books.api.post("/investors", body | {"holding": mixed}).status == 400


def test_all_statements_of_a_quarter_are_one_job(books, django_capture_on_commit_callbacks):
    investor(books, "3501", "Ann", percentage="60")
    investor(books, "3502", "Bert", percentage="40")
    capital(books, "capital-calls", amount="100.00", date="2026-01-01")
    wish = {"start_date": "2026-01-01", "end_date": "2026-03-31", "send": True}
    queued = books.api.post("/reports/investor-statements", wish)
    assert queued.status == 202, queued.body
    assert run(books.organization.pk, number_of("REQ", queued["id"])) == "succeeded"
    job = books.api.get(f"/jobs/{queued['id']}")
    assert [row["name"] for row in job["result"]["statements"]] == ["Ann", "Bert"] and job["result"]["sent"] == 2
    letters = books.api.get("/letters").data
    assert sorted(letter["to"][0] for letter in letters) == ["ann@example.com", "bert@example.com"]
    assert books.api.post("/reports/investor-statements", wish | {"end_date": "2025-01-01"}).status == 400


def test_a_period_may_be_named_instead_of_its_days(books):
    investor(books, "3501", "Ann", percentage="100")
    capital(books, "capital-calls", amount="100.00", date="2026-02-01")
    path = "/reports/investor-statements"
    for name, days in (
        ("Q1-2026", "start_date=2026-01-01&end_date=2026-03-31"),
        ("2026-02", "start_date=2026-02-01&end_date=2026-02-28"),
        ("2026", "start_date=2026-01-01&end_date=2026-12-31"),
    ):
        assert books.api.get(f"{path}?period={name}").body == books.api.get(f"{path}?{days}").body
    queued = books.api.post(path, {"period": "Q1-2026", "partnership_id": books.organization.public_id})
    assert queued.status == 202 and [each["field"] for each in queued["warnings"]] == ["partnership_id"], queued.body
    assert run(books.organization.pk, number_of("REQ", queued["id"])) == "succeeded"
    result = books.api.get(f"/jobs/{queued['id']}")["result"]
    assert (result["start_date"], result["end_date"]) == ("2026-01-01", "2026-03-31")
    both = {"period": "Q1-2026", "end_date": "2026-03-31"}
    for body in ({}, {"end_date": "2026-03-31"}, both, {"period": "Q5-2026"}, {"period": 2026}, {"period": "Q1-1000"}):
        assert books.api.post(path, body).status == 400, body
    for asked in ("period=Q5-2026", "period=2026-13", "period=Q1-2026&end_date=2026-03-31"):
        assert books.api.get(f"{path}?{asked}").status == 400, asked


def test_preferred_return_is_simple_interest_on_what_is_left(books):
    """8 percent of 36,500 for 90 days (January 1 to April 1) is 720; half is given back then: 360 for the next 90."""
    made = investor(books, "3501", "Ann", percentage="100")
    books.api.put(f"/investors/{made['id']}", {"preferred_return_rate": "8"})
    capital(books, "capital-calls", amount="36500.00", date="2026-01-01")
    capital(books, "distributions", amount="18250.00", date="2026-04-01")
    books.api.post(f"/investors/{made['id']}/holdings", {"effective_date": "2100-01-01", "percentage": "50"})
    types = sorted(event["event_type"] for event in books.api.get(f"/events?entity_id={made['id']}").data)
    assert types == ["investor.created", "investor.holding_changed", "investor.updated"]
    report = books.api.get("/reports/investor-statements?start_date=2026-04-02&end_date=2026-06-30")
    found = report["statements"][0]["preferred_return"]
    assert (found["accrued"], found["accrued_to_date"], found["distributed_to_date"]) == (360, 1080, 18250)


def test_rates_of_return_as_spreadsheets_count_them():
    """The example of Microsoft's XIRR: 37.3362535 percent."""
    days = ("2008-01-01", "2008-03-01", "2008-10-30", "2009-02-15", "2009-04-01")
    amounts = (-10000, 2750, 4250, 3250, 2750)
    flows = [(datetime.date.fromisoformat(day), Decimal(amount)) for day, amount in zip(days, amounts, strict=True)]
    assert str(rate_of_return(flows)) == "37.3363"
    assert rate_of_return([]) is None and rate_of_return([(JAN, Decimal(5)), (FEB, Decimal(5))]) is None
    assert rate_of_return([(JAN, Decimal(-100)), (datetime.date(2027, 1, 1), Decimal(110))]) == 10


@given(
    amount=st.decimals(-(10**6), 10**6, places=2),
    fixed=st.lists(st.integers(0, 25), max_size=4),
    units=st.lists(st.integers(0, 1000), max_size=4),
)
def test_shares_are_the_amount_to_the_cent(amount, fixed, units):
    holdings = [
        Holding(investor_id=place + 1, effective_date=JAN, percentage=Decimal(each)) for place, each in enumerate(fixed)
    ]
    holdings += [
        Holding(investor_id=place + 50, effective_date=JAN, units=Decimal(each)) for place, each in enumerate(units)
    ]
    assert sum(share_out(amount, holdings, JAN, 2).values()) == amount
    assert round(sum(weights(holdings, JAN).values()), 9) == 100


def test_stretches_cover_the_period():
    holdings = [Holding(investor_id=1, effective_date=day, percentage=Decimal(5)) for day in (JAN, FEB)]
    found = stretches(holdings, datetime.date(2026, 1, 10), datetime.date(2026, 2, 10))
    assert [(each.start.day, each.end.day) for each in found] == [(10, 31), (1, 10)]


def test_the_account_of_an_investor_stays_once_something_was_put_in(books):
    ann = investor(books, "3501", "Ann", percentage="100")
    numbers = []
    for code in ("3502", "3503"):
        made = books.api.post("/accounts", {"code": code, "name": f"Other {code}", "account_type": "equity"})
        numbers.append(made["id"])
    assert books.api.put(f"/investors/{ann['id']}", {"capital_account_id": numbers[0]}).status == 200
    capital(books, "capital-calls", amount="100.00", date="2026-01-10")
    refused = books.api.put(f"/investors/{ann['id']}", {"capital_account_id": numbers[1]})
    assert (refused.status, refused.error["code"]) == (409, "investor_has_flows")
    assert "capital_account_id" in refused.error["details"]["fields"]
    same = books.api.put(f"/investors/{ann['id']}", {"capital_account_id": numbers[0], "name": "Anne"})
    assert (same.status, same["name"]) == (200, "Anne")
    assert books.api.get(f"/reports/investor-statements?{Q1}")["statements"][0]["contributions"] == 100


def test_money_arrives_and_leaves_on_an_account_of_assets_alone(books):
    ann = investor(books, "3501", "Ann", percentage="100")
    for account in (ann["capital_account_id"], books.account("5201"), books.account("2001"), books.account("3001")):
        for kind in ("capital-calls", "distributions"):
            refused = capital(books, kind, 400, amount="10.00", account_id=account)
            assert "account_id" in refused.error["details"]["fields"]


def test_what_is_committed_stays_where_nothing_is_said_of_it(books):
    ann = investor(books, "3501", "Ann", percentage="60", commitment="300.00")
    where = f"/investors/{ann['id']}/holdings"
    for day, said, committed in (
        ("2026-02-01", {"percentage": "70"}, "300.00"),
        ("2026-02-01", {"percentage": "75", "commitment": None}, "300.00"),
        ("2026-03-01", {"percentage": "75", "commitment": "400.00"}, "400.00"),
        ("2026-03-01", {"percentage": "80"}, "400.00"),
        ("2026-04-01", {"percentage": "80", "commitment": "0"}, "0.00"),
    ):
        changed = books.api.post(where, {"effective_date": day, **said})
        assert changed.status == 200, changed.body
        assert str(changed["holdings"][-1]["commitment"]) == committed
    assert [str(each["commitment"]) for each in changed["holdings"]] == ["300.00", "300.00", "400.00", "0.00"]


def test_refusals_say_how_much_is_left(books):
    investor(books, "3501", "Ann", percentage="60", commitment="100.00")
    beyond = capital(books, "capital-calls", 422, amount="100.01", date="2026-01-10")
    assert [str(beyond.error["details"][name]) for name in ("uncalled", "amount")] == ["100.00", "100.01"]
    holding = {"effective_date": "2026-02-01", "percentage": "40.5"}
    body = {"name": "Bert", "capital_account_id": books.account("3001"), "holding": holding}
    details = books.api.post("/investors", body).error["details"]
    assert (details["effective_date"], str(details["percentage"])) == ("2026-02-01", "100.5")
