"""Trying a rule on past lines before it is saved: whom it catches, the sums, and what would be booked."""

import datetime
from decimal import Decimal

import pytest

from organizations import ids
from reconciliation.rules.catches import RuleBook
from reconciliation.statements.models import StatementLine
from tests.cast import Books, Cast, open_books
from tests.reconciliation.rules.lines import made, put_lines, rule

TEST = "/bank-rules/test"


@pytest.fixture
def books(cast: Cast) -> Books:
    return cast.alices


@pytest.fixture
def lines(books: Books) -> list[StatementLine]:
    return put_lines(
        books,
        {"amount": "-12.50", "description": "Card fee", "counterparty": "First Bank", "reference": "F-1"},
        {"amount": "-800.00", "description": "Rent", "counterparty": "Müller"},
        {"amount": "3.00", "description": "Card fee returned"},
        {"amount": "-4.00", "description": "FEE", "status": "ignored", "ignore_reason": "Private"},
    )


def test_a_rule_is_tried_before_it_is_saved(books, lines):
    tried = rule(books, actions={"account_id": books.account("5201"), "description": "{counterparty}: {description}"})
    del tried["name"]
    answer = books.api.post(TEST, {"rule": tried})
    assert answer.status == 200, answer.body
    fee, _, back, ignored = lines
    assert (answer["object"], answer["rule_id"]) == ("bank_rule_trial", None)
    assert (answer["lines_tried"], answer["lines_caught"], answer["lines_taken_before"]) == (4, 3, 0)
    assert answer["line_ids"] == [ignored.public_id, back.public_id, fee.public_id]
    assert answer["sums"] == [
        {
            "account_id": books.account("1001"),
            "currency_id": "CUR_USD",
            "count": 3,
            "money_in": Decimal("3.00"),
            "money_out": Decimal("-16.50"),
        }
    ]
    shown = answer["lines"][2]
    assert (shown["line_id"], shown["amount"], shown["status"]) == (fee.public_id, Decimal("-12.50"), "unmatched")
    assert shown["hits"] == [{"field": "text", "operator": "contains", "value": "fee", "found": "Card fee"}]
    assert (shown["problems"], shown["taken_by_rule_id"]) == ([], None)
    booking = shown["booking"]
    assert (booking["type"], booking["transaction_date"]) == ("expense", "2026-01-05")
    assert (booking["description"], booking["reference_number"]) == ("First Bank: Card fee", "F-1")
    assert [(each["account_id"], each["entry_type"], each["amount"]) for each in booking["entries"]] == [
        (books.account("1001"), "credit", Decimal("12.50")),
        (books.account("5201"), "debit", Decimal("12.50")),
    ]
    assert answer["lines"][1]["booking"]["type"] == "journal"  # money in, but not to a revenue account
    assert [row["status"] for row in answer["lines"]] == ["ignored", "unmatched", "unmatched"]
    assert books.api.get("/bank-rules").data == []
    assert books.api.get("/transactions").data == []
    assert books.api.get("/events?event_type=bank_rule.created").data == []


def test_what_would_be_booked_can_be_posted(books, lines):
    """The booking of a trial is the body of a transaction."""
    splits = [
        {"account_id": books.account("5201"), "amount": "2.00", "description": "Fixed for {counterparty}"},
        {"account_id": books.account("5001"), "percent": 50},
        {"account_id": books.account("2001"), "rest": True},
    ]
    answer = books.api.post(TEST, {"rule": rule(books, actions={"splits": splits}), "limit": 4})
    booking = answer["lines"][-1]["booking"]
    assert [str(entry["amount"]) for entry in booking["entries"]] == ["12.50", "2.00", "5.25", "5.25"]
    assert booking["entries"][1]["description"] == "Fixed for First Bank"
    posted = books.api.post("/transactions", {**booking, "auto_post": True})
    assert (posted.status, posted["status"], posted["amount"]) == (201, "posted", Decimal("12.50"))


@pytest.mark.parametrize(
    ("code", "amount", "expected"),
    [
        ("4001", "5.00", "income"),
        ("4001", "-5.00", "journal"),
        ("5201", "-5.00", "expense"),
        ("5201", "5.00", "journal"),
        ("1101", "5.00", "transfer"),
        ("2001", "-5.00", "transfer"),
    ],
)
def test_the_type_follows_from_direction_and_account(books, code, amount, expected):
    put_lines(books, {"amount": amount, "description": "A fee"})
    tried = rule(books, actions={"account_id": books.account(code)})
    (line,) = books.api.post(TEST, {"rule": tried})["lines"]
    assert (line["booking"]["type"], line["problems"]) == (expected, [])


def test_a_span_narrows_which_lines_are_looked_at(books, lines):
    put_lines(books, {"amount": "-1.00", "description": "Fee of another account"}, code="1101")
    cash, other = books.account("1001"), books.account("1101")

    def caught(**span) -> int:
        answer = books.api.post(TEST, {"rule": rule(books), **span})
        assert answer.status == 200, answer.body
        return answer["lines_caught"]

    assert caught() == 4
    assert caught(account_id=cash) == 3
    assert caught(account_id=other, start_date=None) == 1
    assert caught(start_date="2026-01-06", account_id=cash) == 2
    assert caught(end_date="2026-01-05") == 2
    assert caught(start_date="2026-01-06", end_date="2026-01-07") == 1
    assert caught(limit=1) == 1
    limited = books.api.post(TEST, {"rule": rule(books, account_id=other)})
    assert (limited["lines_tried"], limited["lines_caught"]) == (1, 1)


def test_a_saved_rule_is_tried_with_changes(books, lines):
    saved = made(books, is_active=False)
    where = f"/bank-rules/{saved['id']}/test"
    answer = books.api.post(where, {})
    assert (answer.status, answer["rule_id"], answer["lines_caught"]) == (200, saved["id"], 3)
    narrower = [{"field": "text", "operator": "equals", "value": "fee"}]
    changed = books.api.post(where, {"rule": {"conditions": narrower}, "account_id": books.account("1001")})
    assert (changed["lines_caught"], changed["line_ids"]) == (1, [lines[3].public_id])
    assert books.api.get(f"/bank-rules/{saved['id']}").body == saved


def test_a_rule_that_is_asked_earlier_takes_the_line(books, lines):
    card = [{"field": "description", "operator": "starts_with", "value": "card"}]
    first = made(books, name="Card", conditions=card, priority=1)
    made(books, name="Asleep", priority=0, is_active=False)
    made(books, name="Other account", priority=0, account_id=books.account("1101"))
    second = made(books, priority=50)
    answer = books.api.post(f"/bank-rules/{second['id']}/test", {})
    assert (answer["lines_caught"], answer["lines_taken_before"]) == (3, 2)
    assert [row["taken_by_rule_id"] for row in answer["lines"]] == [None, first["id"], first["id"]]
    assert books.api.post(f"/bank-rules/{first['id']}/test", {})["lines_taken_before"] == 0
    new = books.api.post(TEST, {"rule": rule(books, priority=50)})
    assert [row["taken_by_rule_id"] for row in new["lines"]] == [second["id"], first["id"], first["id"]]


def test_the_first_rule_by_priority_then_age_takes_a_line_and_says_why(books, lines):
    older, _ = made(books, name="Older"), made(books, name="Younger")
    made(books, name="Rent", conditions=[{"field": "counterparty", "operator": "equals", "value": "MULLER"}])
    with books.acting():
        book = RuleBook.of(books.organization)
        catches = book.rules_for(lines)
        rent = book.rule_for(lines[1])
    assert [catch.rule.row.name for catch in catches] == ["Older", "Rent", "Older", "Older"]
    assert catches[0].rule.row.public_id == older["id"]
    assert [(hit.condition.value, hit.found) for hit in rent.hits] == [("MULLER", "Müller")]
    assert RuleBook([]).rule_for(lines[0]) is None


def test_a_rule_leaves_lines_of_the_account_alone_that_it_books_to(books, lines):
    put_lines(books, {"amount": "12.50", "description": "Card fee"}, code="1101")
    tried = rule(books, actions={"account_id": books.account("1101")})
    answer = books.api.post(TEST, {"rule": tried})
    assert (answer["lines_tried"], answer["lines_caught"]) == (5, 3)


def problems_of(books: Books, **more) -> list[str]:
    answer = books.api.post(TEST, {"rule": rule(books, **more), "limit": 1})
    assert answer["lines_caught"] == 1, answer.body
    return [problem["code"] for problem in answer["lines"][0]["problems"]]


def test_what_would_keep_a_line_from_being_booked_is_named(books):
    put_lines(books, {"amount": "-4.00", "description": "fee"})
    new = books.api.post("/accounts", {"code": "1999", "name": "Euros", "type": "asset", "currency_id": "EUR"})
    fixed = [{"account_id": books.account("5201"), "amount": 5}, {"account_id": books.account("5001"), "rest": True}]
    assert problems_of(books, actions={"splits": fixed}) == ["split_exceeds_line"]
    assert problems_of(books, actions={"account_id": new["id"]}) == ["exchange_rate_missing"]
    income = {"account_id": books.account("5201"), "type": "income"}
    assert problems_of(books, actions=income) == ["transaction_type_rule"]
    tiny = [
        {"account_id": books.account("5201"), "amount": "0.001"},
        {"account_id": books.account("5001"), "rest": True},
    ]
    assert problems_of(books, actions={"splits": tiny}) == ["split_too_precise"]
    assert books.api.put(f"/accounts/{books.account('5201')}", {"status": "suspended"}).status == 200
    assert problems_of(books) == ["account_inactive"]
    assert books.api.put("", {"books_closed_through": "2026-01-31"}).status == 200
    assert problems_of(books) == ["account_inactive", "books_closed"]
    put_lines(books, {"amount": "0.00", "description": "fee", "date": datetime.date(2026, 5, 1)})
    assert problems_of(books) == ["split_of_nothing"]


def test_yen_have_no_decimals(db):
    books = open_books("Tokyo Ltd", currency="JPY")
    put_lines(books, {"amount": "-1001", "description": "fee"})
    splits = [{"account_id": books.account("5201"), "percent": 50}, {"account_id": books.account("5001"), "rest": True}]
    answer = books.api.post(TEST, {"rule": rule(books, actions={"splits": splits})})
    (line,) = answer["lines"]
    assert [str(entry["amount"]) for entry in line["booking"]["entries"]] == ["1001", "501", "500"]
    assert (str(line["amount"]), str(answer["sums"][0]["money_out"])) == ("-1001", "-1001")


def test_only_the_first_twenty_are_shown_and_at_most_a_thousand_looked_at(books):
    day = datetime.date(2026, 3, 1)
    put_lines(books, *({"amount": "-1.00", "description": f"fee {n}", "date": day} for n in range(1010)))
    answer = books.api.post(TEST, {"rule": rule(books)})
    assert (answer["lines_tried"], answer["lines_caught"]) == (1000, 1000)
    assert (len(answer["line_ids"]), len(answer["lines"])) == (1000, 20)
    assert answer["lines"][0]["description"] == "fee 1009"


def test_without_lines_nothing_is_caught(books):
    answer = books.api.post(TEST, {"rule": rule(books)})
    assert (answer.status, answer["lines_tried"], answer["lines"], answer["sums"]) == (200, 0, [], [])


def test_another_organizations_lines_are_not_looked_at(books, cast, lines):
    answer = cast.charlies.api.post(TEST, {"rule": rule(cast.charlies)})
    assert (answer["lines_tried"], answer["lines_caught"]) == (0, 0)
    strangers = cast.charlies.api.post(TEST, {"rule": rule(cast.charlies), "account_id": books.account("1001")})
    assert (strangers.status, strangers.error["code"]) == (400, "account_not_found")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"rule": None}, "rule"),
        ({"rule": "fee"}, "rule"),
        ({"rule": {"conditions": [], "actions": {}}}, "rule.conditions"),
        ({"rule": {"conditions": []}}, "rule.actions"),
        ({"rule": {"priority": "1"}}, "rule.priority"),
        ({"account_id": ids.encode("ACT", 1)}, "account_id"),
        ({"account_id": "1001"}, "account_id"),
        ({"start_date": "1.1.2026"}, "start_date"),
        ({"end_date": "2026-02-30"}, "end_date"),
        ({"limit": 0}, "limit"),
        ({"limit": 1001}, "limit"),
        ({"limit": "5"}, "limit"),
    ],
)
def test_bad_input_names_its_field(books, wrong, field):
    answer = books.api.post(TEST, {"rule": rule(books), **wrong})
    assert answer.status == 400, answer.body
    assert next(iter(answer.error["details"]["fields"])) == field


def test_the_wrong_names_of_rules(books):
    assert books.api.post(f"/bank-rules/{ids.encode('RUL', 1)}/test", {}).status == 404
    assert books.api.post(f"/bank-rules/{books.account('1001')}/test", {}).error["code"] == "wrong_id_kind"
