"""Fiscal years over HTTP: the checklist, closing into retained earnings, reopening."""

from decimal import Decimal

import pytest

from ledger.accounts.opening import NewAccount, open_accounts
from tests.cast import Books, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def books(cast: Cast) -> Books:
    """A sale of 100 and a rent of 30 in 2023, a sale of 7 in 2024."""
    books = cast.alices
    post(books, books.sale("100.00", transaction_date="2023-03-01"))
    post(books, rent(books, "30.00", "2023-12-31"))
    post(books, books.sale("7.00", transaction_date="2024-01-01"))
    return books


def rent(books: Books, amount: str, day: str) -> dict:
    entries = [books.entry("5201", "debit", amount), books.entry("1001", "credit", amount)]
    return {"type": "expense", "description": "Rent", "transaction_date": day, "entries": entries, "auto_post": True}


def post(books: Books, body: dict) -> str:
    answer = books.api.post("/transactions", body)
    assert answer.status == 201, answer.body
    return answer["id"]


def told(books: Books, event_type: str) -> list[dict]:
    return books.api.get(f"/events?event_type={event_type}").data


def close(books: Books, year: int = 2023, **body):
    return books.api.post(f"/fiscal-years/{year}/close", body)


def reopen(books: Books, year: int = 2023, reason: str = "Audit adjustment"):
    return books.api.post(f"/fiscal-years/{year}/reopen", {"reason": reason})


def balance(books: Books, code: str, as_of: str = "2100-12-31") -> Decimal:
    return books.api.get(f"/accounts/{books.account(code)}/balance?as_of={as_of}")["balance"]["amount"]


def failing(answer) -> list[str]:
    assert answer.status == 422, answer.body
    assert answer.error["code"] == "fiscal_year_not_ready"
    return [item["name"] for item in answer.error["details"]["checklist"]]


# --- Looking ----------------------------------------------------------------------------------------------------------


def test_years_come_in_pages(books):
    whole, first = books.api.get("/fiscal-years"), books.api.get("/fiscal-years?limit=2")
    assert (whole["has_more"], whole["next_cursor"], first["has_more"]) == (False, None, True)
    rest = books.api.get(f"/fiscal-years?limit=100&cursor={first['next_cursor']}")
    assert first.data + rest.data == whole.data and len(first.data) == 2 and not rest["has_more"]
    for asked in ("limit=0", "limit=101", "limit=x", "cursor=x", "sort=year"):
        assert books.api.get(f"/fiscal-years?{asked}").status == 400, asked


def test_years_are_derived_from_the_first_month(books):
    years = books.api.get("/fiscal-years").data
    assert [each["year"] for each in years][-2:] == [2024, 2023]
    assert years[0]["is_current"]
    first = years[-1]
    assert (first["start_date"], first["end_date"], first["status"]) == ("2023-01-01", "2023-12-31", "open")
    assert len(first["periods"]) == 12
    books.api.put("", {"fiscal_year_start": 7})
    year = books.api.get("/fiscal-years/2024").body
    assert (year["start_date"], year["end_date"]) == ("2023-07-01", "2024-06-30")
    assert year["periods"][0] == {
        "period": 1,
        "start_date": "2023-07-01",
        "end_date": "2023-07-31",
        "status": "open",
        "soft_locked_areas": [],
    }


def test_periods_say_how_far_they_are_shut(books):
    books.api.put("", {"books_closed_through": "2023-01-31"})
    books.api.put("/lock-dates", {"sales": "2023-03-31", "bank": "2023-02-28"})
    periods = books.api.get("/fiscal-years/2023")["periods"]
    assert [each["status"] for each in periods[:4]] == ["locked", "soft_locked", "soft_locked", "open"]
    assert periods[1]["soft_locked_areas"] == ["sales", "bank"]
    assert periods[2]["soft_locked_areas"] == ["sales"]


@pytest.mark.parametrize("year", ["1850", "2300", "20x3", "0", "٢٠٢٣", "-2023", "99999"])
def test_what_is_no_year_is_not_found(books, year):
    assert books.api.get(f"/fiscal-years/{year}").status == 404
    assert books.api.get(f"/fiscal-years/{year}/checklist").status == 404
    assert books.api.post(f"/fiscal-years/{year}/close", {}).status == 404
    assert books.api.post(f"/fiscal-years/{year}/reopen", {"reason": "x"}).status == 404


def test_the_checklist_says_what_is_missing_and_where_it_is(books):
    books.api.post("/transactions", books.sale(auto_post=False, transaction_date="2023-05-05"))
    found = books.api.get("/fiscal-years/2023/checklist").body
    items = {item["name"]: item for item in found["items"]}
    assert not found["ready"]
    assert [name for name, item in items.items() if not item["ok"]] == ["drafts"]
    assert items["drafts"]["count"] == 1
    leads = items["drafts"]["leads_to"].removeprefix(books.api.base)
    assert len(books.api.get(leads).data) == 1
    for item in items.values():
        assert books.api.get(item["leads_to"].removeprefix(books.api.base)).status == 200, item


# --- Closing ----------------------------------------------------------------------------------------------------------


def test_closing_brings_revenue_and_expenses_into_retained_earnings(books):
    answer = close(books)
    assert answer.status == 200, answer.body
    assert answer["status"] == "closed"
    (number,) = answer["closing"]["transaction_ids"]
    closing = books.api.get(f"/transactions/{number}").body
    assert (closing["type"], closing["transaction_date"], closing["status"]) == ("closing", "2023-12-31", "posted")
    shown = {(each["account_id"], each["entry_type"]): each["amount"] for each in closing["entries"]}
    assert shown == {
        (books.account("4001"), "debit"): Decimal("100.00"),
        (books.account("5201"), "credit"): Decimal("30.00"),
        (books.account("3101"), "credit"): Decimal("70.00"),
    }
    assert [balance(books, code, "2023-12-31") for code in ("4001", "5201", "3101")] == [0, 0, 70]
    assert balance(books, "4001") == 7
    assert books.api.get("")["books_closed_through"] == "2023-12-31"
    assert books.api.get("/reports/trial-balance")["is_balanced"]
    refused = books.api.post("/transactions", books.sale(transaction_date="2023-12-31"))
    assert refused.error["code"] == "books_closed"
    assert [each["after_state"]["transaction_ids"] for each in told(books, "fiscal_year.closed")] == [[number]]
    assert told(books, "organization.updated")[0]["changes"]["books_closed_through"]


def test_closing_twice_is_a_conflict(books):
    close(books)
    again = close(books)
    assert (again.status, again.error["code"]) == (409, "fiscal_year_already_closed")


def test_a_year_closes_once_by_an_idempotency_key(books):
    one, two = (books.api.post("/fiscal-years/2023/close", {}, idempotency_key="close-23") for _ in range(2))
    assert (one.status, two.status, two.body) == (200, 200, one.body)


def test_dry_run_closes_nothing(books):
    answer = books.api.post("/fiscal-years/2023/close?dry_run=true", {})
    assert (answer.status, answer["status"]) == (200, "closed")
    assert books.api.get("/fiscal-years/2023")["status"] == "open"
    assert balance(books, "4001", "2023-12-31") == 100


def test_years_are_closed_in_order(books):
    assert failing(close(books, 2024)) == ["previous_year_closed"]
    assert close(books, 2023).status == 200
    assert close(books, 2024).status == 200
    assert balance(books, "3101") == 77
    assert balance(books, "4001") == 0
    earlier = close(books, 2022)
    assert (earlier.status, earlier.error["code"]) == (422, "fiscal_year_order")


def test_a_year_that_is_not_over_stays_open(books):
    year = books.api.get("/fiscal-years").data[0]["year"]
    assert "year_ended" in failing(close(books, year))


def test_drafts_and_failed_transactions_stand_in_the_way_until_they_are_accepted(books):
    books.api.post("/transactions", books.sale(auto_post=False, transaction_date="2023-05-05"))
    books.api.put("/lock-dates", {"sales": "2023-05-05"})
    batch = {"transactions": [books.sale(transaction_date="2023-05-05")]}
    assert books.api.post("/transactions/batch", batch)["summary"]["failed"] == 1
    assert failing(close(books)) == ["drafts", "failed_transactions"]
    assert failing(close(books, accept=["drafts"])) == ["failed_transactions"]
    assert close(books, accept=["drafts", "failed_transactions"]).status == 200


def test_suspense_is_settled_first(books):
    new = NewAccount(code="9001", name="Suspense", type="asset", currency="USD", role="suspense")
    with books.acting():
        open_accounts(actor=books.actor, organization=books.organization, accounts=[new])
    books.refresh()
    entries = [books.entry("9001", "debit", "5.00"), books.entry("1001", "credit", "5.00")]
    post(books, {"transaction_date": "2023-06-01", "entries": entries, "auto_post": True})
    assert failing(close(books)) == ["suspense_settled"]
    assert close(books, accept=["suspense_settled"]).status == 200


def test_retained_earnings_is_named_or_has_the_role(books):
    books.api.put(f"/accounts/{books.account('3101')}", {"role": None})
    assert failing(close(books)) == ["retained_earnings_account"]
    for wrong in (books.account("1001"), "ACT_0000000000000001"):
        assert failing(close(books, retained_earnings_account_id=wrong)) == ["retained_earnings_account"]
    assert close(books, retained_earnings_account_id="TXN_0000000000000001").status == 400
    assert close(books, retained_earnings_account_id=books.account("3001")).status == 200
    assert balance(books, "3001") == 70


@pytest.mark.parametrize("body", [{"accept": "drafts"}, {"accept": [1]}, {"accept": ["nonsense"]}, [], "x"])
def test_bad_bodies_are_refused(books, body):
    assert books.api.post("/fiscal-years/2023/close", body).status == 400
    assert books.api.get("/fiscal-years/2023")["status"] == "open"


def test_a_year_without_revenue_and_expenses_closes_without_a_transaction(cast):
    books = cast.charlies
    answer = close(books, 2020)
    assert answer["closing"]["transaction_ids"] == []
    assert books.api.get("")["books_closed_through"] == "2020-12-31"
    assert reopen(books, 2020).status == 200
    assert books.api.get("")["books_closed_through"] is None


def test_a_year_is_closed_although_its_period_is_locked(books):
    books.api.put("/lock-dates", dict.fromkeys(("journal", "sales", "purchases", "bank"), "2023-12-31"))
    books.api.put("", {"books_closed_through": "2024-03-31"})
    assert close(books).status == 200
    assert books.api.get("")["books_closed_through"] == "2024-03-31"
    assert balance(books, "3101", "2023-12-31") == 70
    assert reopen(books).status == 200
    assert books.api.get("")["books_closed_through"] == "2022-12-31"


def test_a_closing_by_hand_is_not_above_the_lock(books):
    books.api.put("/lock-dates", {"journal": "2023-12-31"})
    entries = [books.entry("4001", "debit", "100.00"), books.entry("3101", "credit", "100.00")]
    body = {"type": "closing", "transaction_date": "2023-12-31", "entries": entries, "auto_post": True}
    assert books.api.post("/transactions", body).error["code"] == "period_locked"
    books.api.put("/lock-dates", {"journal": None})
    assert books.api.post("/transactions", body).status == 201
    assert close(books).status == 200
    assert balance(books, "3101") == 70


# --- Several currencies -----------------------------------------------------------------------------------------------


@pytest.fixture
def abroad(books: Books) -> Books:
    """Revenue and expenses in euros and yen, whose figures in dollars have minds of their own."""
    new = [
        NewAccount(code="4901", name="Sales in euros", type="revenue", currency="EUR"),
        NewAccount(code="5901", name="Costs in euros", type="expense", currency="EUR"),
        NewAccount(code="5902", name="Costs in yen", type="expense", currency="JPY"),
    ]
    with books.acting():
        open_accounts(actor=books.actor, organization=books.organization, accounts=new)
    return books.refresh()


def foreign(books: Books, code: str, side: str, amount: str, rate: str, worth: str) -> None:
    other = "credit" if side == "debit" else "debit"
    entries = [books.entry(code, side, amount, currency_rate=rate), books.entry("1001", other, worth)]
    post(books, {"transaction_date": "2023-06-01", "entries": entries, "auto_post": True})


def test_every_currency_is_closed_by_itself_to_zero_in_both_figures(abroad):
    foreign(abroad, "4901", "credit", "300.00", "1.10", "330.00")
    foreign(abroad, "4901", "credit", "0.07", "1.13", "0.08")
    foreign(abroad, "5901", "debit", "100.00", "1.20", "120.00")
    foreign(abroad, "5902", "debit", "10000", "0.0091", "91.00")
    answer = close(abroad)
    closings = [abroad.api.get(f"/transactions/{number}").body for number in answer["closing"]["transaction_ids"]]
    assert [each["currency_id"] for each in closings] == ["CUR_USD", "CUR_EUR", "CUR_JPY"]
    assert balance(abroad, "3101") == Decimal("70.00") + Decimal("330.08") - 120 - 91
    trial = abroad.api.get("/reports/trial-balance?as_of=2023-12-31").body
    assert {row["code"] for row in trial["accounts"]} == {"1001", "3101"}
    assert [balance(abroad, code) for code in ("4901", "5901", "5902")] == [0, 0, 0]
    assert reopen(abroad).status == 200
    assert [balance(abroad, code) for code in ("4901", "5901", "5902")] == [Decimal("300.07"), 100, 10000]


def test_figures_of_different_signs_take_two_entries(abroad):
    foreign(abroad, "4901", "credit", "100.00", "1.00", "100.00")
    foreign(abroad, "4901", "debit", "90.00", "1.50", "135.00")
    (_, number) = close(abroad)["closing"]["transaction_ids"]
    shown = [
        (each["entry_type"], each["amount"], each["base_amount"])
        for each in abroad.api.get(f"/transactions/{number}")["entries"]
    ]
    assert shown == [("debit", 10, 0), ("credit", 0, 35), ("debit", 35, 35)]
    assert reopen(abroad).status == 200
    assert balance(abroad, "4901") == 10


def test_an_amount_that_is_nothing_in_base_currency_is_closed_too(abroad):
    foreign(abroad, "4901", "credit", "100.00", "1.20", "120.00")
    foreign(abroad, "4901", "debit", "80.00", "1.50", "120.00")
    assert close(abroad).status == 200
    assert balance(abroad, "4901") == 0
    assert balance(abroad, "3101") == 70
    assert reopen(abroad).status == 200
    assert balance(abroad, "4901") == 20


def test_retained_earnings_in_the_same_currency_take_their_own(abroad):
    new = NewAccount(code="3102", name="Earnings in euros", type="equity", currency="EUR", role="retained_earnings")
    with abroad.acting():
        open_accounts(actor=abroad.actor, organization=abroad.organization, accounts=[new])
    abroad.refresh()
    foreign(abroad, "4901", "credit", "300.00", "1.10", "330.00")
    assert close(abroad).status == 200
    assert (balance(abroad, "3101"), balance(abroad, "3102")) == (70, 300)


# --- Reopening --------------------------------------------------------------------------------------------------------


def test_reopening_reverses_the_closing_on_the_same_day(books):
    (number,) = close(books)["closing"]["transaction_ids"]
    answer = reopen(books)
    assert (answer.status, answer["status"], answer["closing"]) == (200, "open", None)
    closing = books.api.get(f"/transactions/{number}").body
    assert (closing["status"], closing["reversal_date"]) == ("reversed", "2023-12-31")
    assert closing["reversal_reason"] == "Audit adjustment"
    assert [balance(books, code, "2023-12-31") for code in ("4001", "5201", "3101")] == [100, 30, 0]
    assert books.api.get("")["books_closed_through"] is None
    post(books, rent(books, "10.00", "2023-12-31"))
    assert close(books).status == 200
    assert balance(books, "3101") == 60
    assert len(told(books, "fiscal_year.reopened")) == 1


def test_reopening_gives_back_the_hard_lock_of_before(books):
    books.api.put("", {"books_closed_through": "2023-11-30"})
    close(books)
    reopen(books)
    assert books.api.get("")["books_closed_through"] == "2023-11-30"


def test_only_the_year_that_was_closed_last_is_reopened(books):
    assert (reopen(books).status, reopen(books).error["code"]) == (409, "fiscal_year_not_closed")
    close(books, 2023)
    close(books, 2024)
    assert (reopen(books, 2023).status, reopen(books, 2023).error["code"]) == (422, "fiscal_year_order")
    assert reopen(books, 2024).status == 200
    assert reopen(books, 2023).status == 200
    assert balance(books, "3101") == 0


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": None}, {"reason": 5}])
def test_reopening_needs_a_reason(books, body):
    close(books)
    answer = books.api.post("/fiscal-years/2023/reopen", body)
    assert answer.status == 400
    assert list(answer.error["details"]["fields"]) == ["reason"]


def test_a_closed_year_is_opened_by_reopening_and_not_otherwise(books):
    (number,) = close(books)["closing"]["transaction_ids"]
    for through in (None, "2023-12-30"):
        refused = books.api.put("", {"books_closed_through": through})
        assert (refused.status, refused.error["code"]) == (422, "fiscal_year_stays_closed")
    assert books.api.put("", {"books_closed_through": "2024-02-29"}).status == 200
    refused = books.api.post(f"/transactions/{number}/reverse", {"reversal_date": "2024-05-01"})
    assert (refused.status, refused.error["code"]) == (422, "closing_transaction_stands")


def test_who_may_not_write_fiscal_years_closes_none(books):
    narrow = books.key_for({"fiscal-years": ["read"], "*": ["read", "write"]})
    assert narrow.get("/fiscal-years").status == 200
    assert narrow.post("/fiscal-years/2023/close", {}).status == 403


# --- The types --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "debit", "credit", "status"),
    [
        ("depreciation", "5501", "1301", 201),
        ("depreciation", "5501", "2001", 422),
        ("depreciation", "1301", "1201", 422),
        ("opening", "1001", "3001", 201),
        ("opening", "5201", "4001", 422),
        ("closing", "4001", "3101", 201),
        ("closing", "3101", "5201", 201),
        ("closing", "4001", "1001", 422),
    ],
)
def test_types_have_their_rules(cast, kind, debit, credit, status):
    books = cast.charlies
    entries = [books.entry(debit, "debit", "5.00"), books.entry(credit, "credit", "5.00")]
    answer = books.api.post("/transactions", {"type": kind, "entries": entries, "auto_post": True})
    assert answer.status == status, answer.body
    if status == 422:
        assert answer.error["code"] == "transaction_type_rule"
