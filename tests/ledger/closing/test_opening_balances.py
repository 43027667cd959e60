"""Opening balances over HTTP: one transaction, balanced, and tied out to the trial balance of the old books."""

from decimal import Decimal

import pytest

from ledger.accounts.opening import NewAccount, open_accounts
from tests.cast import Books, Cast

pytestmark = pytest.mark.django_db

LINES = [
    {"account_code": "1001", "debit": "12500.00"},
    {"account_code": "2001", "credit": 2500},
    {"account_code": "3001", "credit": "10000.00"},
]


@pytest.fixture
def books(cast: Cast) -> Books:
    return cast.alices


def record(books: Books, lines=LINES, query: str = "", **more):
    return books.api.post(f"/opening-balances{query}", {"as_of": "2025-12-31", "lines": lines} | more)


def nothing_is_recorded(books: Books) -> bool:
    return books.api.get("/transactions").data == [] and books.api.get("/reports/trial-balance")["accounts"] == []


def test_one_opening_transaction_holds_all_balances(books):
    answer = record(books)
    assert answer.status == 201, answer.body
    assert (answer["object"], answer["as_of"], answer["tied_out"]) == ("opening_balances", "2025-12-31", False)
    opening = answer["transaction"]
    assert (opening["type"], opening["status"], opening["transaction_date"]) == ("opening", "posted", "2025-12-31")
    assert opening["total_debits"] == Decimal("12500.00")
    assert [each["entry_type"] for each in opening["entries"]] == ["debit", "credit", "credit"]


def test_lines_of_zero_are_left_out(books):
    zero = [
        {"account_code": "1301", "debit": 0},
        {"account_id": books.account("2101"), "credit": "0.00", "debit": None},
    ]
    assert len(record(books, [*LINES, *zero])["transaction"]["entries"]) == 3
    assert record(books, zero).status == 400


def test_what_does_not_balance_is_refused_with_the_difference(books):
    answer = record(books, LINES[:2])
    assert (answer.status, answer.error["code"]) == (422, "opening_balances_differ")
    assert answer.error["details"]["difference"] == Decimal("10000.00")
    assert nothing_is_recorded(books)


def test_the_difference_stands_on_the_account_that_is_named_for_it(books):
    answer = record(books, LINES[:2], difference_account_id=books.account("3001"), expected_trial_balance=LINES[:2])
    assert answer.status == 201, answer.body
    last = answer["transaction"]["entries"][-1]
    assert (last["account_id"], last["entry_type"], last["amount"]) == (books.account("3001"), "credit", 10000)
    one = record(books, LINES[1:2], difference_account_id=books.account("3001"))
    assert [each["entry_type"] for each in one["transaction"]["entries"]] == ["credit", "debit"]


def test_the_books_are_tied_out_account_by_account(books):
    assert record(books, expected_trial_balance=LINES)["tied_out"]
    wrong = [{"account_code": "1001", "debit": "12499.99"}, {"account_code": "1201", "debit": "0.01"}, *LINES[1:]]
    again = record(books, [{"account_code": "1001", "debit": 1}, {"account_code": "3001", "credit": 1}],
                   expected_trial_balance=wrong)  # fmt: skip
    assert (again.status, again.error["code"]) == (422, "trial_balance_differs")
    assert again.error["details"]["accounts"] == [
        {
            "account_id": books.account("1001"),
            "account_code": "1001",
            "expected": Decimal("12499.99"),
            "actual": Decimal("12501.00"),
            "difference": Decimal("1.01"),
        },
        {
            "account_id": books.account("1201"),
            "account_code": "1201",
            "expected": Decimal("0.01"),
            "actual": Decimal("0.00"),
            "difference": Decimal("-0.01"),
        },
        {
            "account_id": books.account("3001"),
            "account_code": "3001",
            "expected": Decimal("-10000.00"),
            "actual": Decimal("-10001.00"),
            "difference": Decimal("-1.00"),
        },
    ]
    assert len(books.api.get("/transactions").data) == 1


def test_an_account_that_the_trial_balance_does_not_list_has_nothing(books):
    answer = record(books, expected_trial_balance=LINES[:2])
    assert [each["account_code"] for each in answer.error["details"]["accounts"]] == ["3001"]
    assert nothing_is_recorded(books)


def test_balances_in_a_foreign_currency_need_a_rate_and_tie_out_in_base_currency(books):
    with books.acting():
        new = NewAccount(code="1002", name="Euro cash", type="asset", currency="EUR")
        open_accounts(actor=books.actor, organization=books.organization, accounts=[new])
    lines = [{"account_code": "1002", "debit": "100.00", "currency_rate": "1.10"}]
    lines.append({"account_code": "3001", "credit": "110.00"})
    trial = [{"account_code": "1002", "debit": "110.00"}, {"account_code": "3001", "credit": "110.00"}]
    assert record(books, lines, expected_trial_balance=trial).status == 201
    del lines[0]["currency_rate"]
    assert record(books, lines).error["code"] == "exchange_rate_missing"
    lines[0]["currency_rate"] = "-1"
    assert "lines[0].currency_rate" in record(books, lines).error["details"]["fields"]
    foreign = books.refresh().account("1002")
    assert "difference_account_id" in record(books, LINES[:2], difference_account_id=foreign).error["details"]["fields"]


def test_dry_run_records_nothing(books):
    assert record(books, query="?dry_run=true", expected_trial_balance=LINES).status == 201
    assert nothing_is_recorded(books)


def test_closed_and_locked_periods_hold(books):
    books.api.put("/lock-dates", {"journal": "2025-12-31"})
    assert record(books).error["code"] == "period_locked"
    books.api.put("", {"books_closed_through": "2025-12-31"})
    assert record(books).error["code"] == "books_closed"


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"account_code": "7777", "debit": 1}, "lines[3].account_code"),
        ({"account_id": "ACT_0000000000000001", "debit": 1}, "lines[3].account_id"),
        ({"account_id": "TXN_0000000000000001", "debit": 1}, "lines[3].account_id"),
        ({"debit": 1}, "lines[3]"),
        ({"account_code": "1301"}, "lines[3]"),
        ({"account_code": "1301", "debit": 1, "credit": 1}, "lines[3]"),
        ({"account_code": "1301", "debit": "-1"}, "lines[3].debit"),
        ({"account_code": "1301", "credit": "1.001"}, "lines[3].credit"),
        ({"account_code": "1301", "credit": "1e3"}, "lines[3].credit"),
        ({"account_code": "1301", "credit": "NaN"}, "lines[3].credit"),
        ({"account_code": "1301", "credit": True}, "lines[3].credit"),
        ({"account_code": "1301", "credit": []}, "lines[3].credit"),
        ({"account_code": "1001", "debit": 1}, "lines[3]"),
        ({"account_code": 1301, "debit": 1}, "lines[3].account_code"),
    ],
)
def test_bad_lines_are_refused_by_their_place(books, line, field):
    for place, body in enumerate(({"lines": [*LINES, line]}, {"expected_trial_balance": [*LINES, line]})):
        answer = books.api.post("/opening-balances", {"as_of": "2025-12-31", "lines": LINES} | body)
        wanted = field if place == 0 else field.replace("lines", "expected_trial_balance")
        assert answer.status == 400, answer.body
        assert list(answer.error["details"]["fields"]) == [wanted]
    assert nothing_is_recorded(books)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"as_of": "2025-12-31"},
        {"as_of": "2025-12-31", "lines": []},
        {"as_of": "2025-12-31", "lines": "x"},
        {"as_of": "2025-12-31", "lines": [5]},
        {"as_of": "2025-13-31", "lines": LINES},
        {"as_of": "2025-12-31", "lines": LINES, "difference_account_id": "ACT_0000000000000001"},
        {"as_of": "2025-12-31", "lines": LINES, "description": ""},
        [],
    ],
)
def test_bad_bodies_are_refused(books, body):
    assert books.api.post("/opening-balances", body).status == 400
    assert nothing_is_recorded(books)


def test_what_posting_refuses_is_named_as_it_was_asked(books):
    with books.acting():
        new = NewAccount(code="1002", name="Euro cash", type="asset", currency="EUR")
        open_accounts(actor=books.actor, organization=books.organization, accounts=[new])
    books.api.put(f"/accounts/{books.account('2001')}", {"status": "archived"})
    books.api.put(f"/accounts/{books.account('3101')}", {"status": "archived"})

    def named(*lines, **more):
        return list(record(books, list(lines), **more).error["details"]["fields"])

    zero, cash, equity = {"account_code": "1301", "debit": 0}, LINES[0], {"account_code": "3001", "credit": 12500}
    assert named(zero, cash, {"account_code": "1002", "debit": 1}, equity) == ["lines[2].currency_rate"]
    assert named(zero, cash, {"account_code": "2001", "credit": 12500}) == ["lines[2].account_id"]
    assert named(zero, cash, difference_account_id=books.account("3101")) == ["difference_account_id"]
    most = "9999999999999999999.99"
    wide = [{"account_code": code, "debit": most} for code in ("1001", "1101")]
    assert named(*wide, difference_account_id=books.account("3001")) == ["difference_account_id"]
    books.api.put("", {"books_closed_through": "2025-12-31"})
    assert named(zero, cash, equity) == ["as_of"]
    assert nothing_is_recorded(books)
