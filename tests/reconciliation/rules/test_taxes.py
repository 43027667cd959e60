"""Taxes in what a bank moved: rules and bookings take them out, to the cent, and hand them to their accounts."""

from decimal import Decimal

import pytest

from organizations import ids
from reconciliation.rules.models import BankRule
from tests.backoffice.desks import Person, address
from tests.cast import Books, Cast
from tests.reconciliation import banks
from tests.reconciliation.rules.lines import made, rule


@pytest.fixture
def books(cast: Cast) -> Books:
    return cast.alices


def tax(books: Books, rate: str = "20", **more) -> str:
    answer = books.api.post("/taxes", {"name": f"VAT {rate}%", "rate": rate, "tax_type": "vat", **more})
    assert answer.status == 201, answer.body
    return answer["id"]


def booked(books: Books, line, body: dict) -> dict[str, Decimal]:
    """What booking a line puts on accounts, debit positive, by code."""
    answer = books.api.post(f"/statement-lines/{line.public_id}/create-transaction", body)
    assert answer.status == 201, answer.body
    return entries_of(books, answer.body)


def entries_of(books: Books, line: dict) -> dict[str, Decimal]:
    match = line["match"]
    books.refresh()
    codes = {account.public_id: code for code, account in books.accounts.items()}
    found: dict[str, Decimal] = {}
    for entry in books.api.get(f"/transactions/{match['transaction_id']}").body["entries"]:
        sign = 1 if entry["entry_type"] == "debit" else -1
        code = codes[entry["account_id"]]
        found[code] = found.get(code, Decimal(0)) + sign * entry["amount"]
    return found


def test_tax_is_taken_out_of_what_came_in_and_went_out(books):
    vat = [tax(books)]
    sale = booked(books, banks.line(books, "120.00"), {"account_id": books.account("4001"), "tax_ids": vat})
    assert sale == {"1001": 120, "4001": -100, "2101": -20}
    cost = booked(books, banks.line(books, "-11.99"), {"account_id": books.account("5601"), "tax_ids": vat})
    assert cost == {"1001": Decimal("-11.99"), "5601": Decimal("9.99"), "2101": Decimal("2.00")}
    kept = [tax(books, "10", is_recoverable=False)]
    cost = booked(books, banks.line(books, "-11.00"), {"account_id": books.account("5601"), "tax_ids": kept})
    assert cost == {"1001": -11, "5601": 11}
    reverse = [tax(books, "19", treatment="reverse_charge")]
    cost = booked(books, banks.line(books, "-100.00"), {"account_id": books.account("5601"), "tax_ids": reverse})
    assert cost == {"1001": -100, "5601": 100, "2101": 0}
    splits = [
        {"account_id": books.account("5601"), "amount": "60.00", "tax_ids": vat},
        {"account_id": books.account("5201"), "amount": "40.00"},
    ]
    assert booked(books, banks.line(books, "-100.00"), {"splits": splits}) == {
        "1001": -100,
        "5601": 50,
        "2101": 10,
        "5201": 40,
    }


def test_a_rule_books_with_tax_and_shows_it_before(books):
    vat = tax(books)
    actions = {"account_id": books.account("5601"), "tax_ids": [vat]}
    wanted = made(books, actions=actions, automatic=True, account_id=books.account("1001"))
    assert wanted["actions"]["tax_ids"] == [vat]
    line = banks.line(books, "-12.00", description="Card fee")
    trial = books.api.post(f"/bank-rules/{wanted['id']}/test", {})
    assert trial.status == 200, trial.body
    shown = trial["lines"][0]["booking"]["entries"]
    assert [each["amount"] for each in shown] == [12, 10, 2]
    done = books.api.post(f"/accounts/{books.account('1001')}/match", {})
    assert done.status in (200, 202), done.body
    found = books.api.get(f"/statement-lines/{line.public_id}").body
    if found["status"] == "created":
        assert entries_of(books, found) == {"1001": -12, "5601": 10, "2101": 2}


def test_taxes_that_cannot_be(books):
    nowhere = "TAX_0190a1b2c3d4e5f6"
    body = rule(books, actions={"account_id": books.account("5601"), "tax_ids": [nowhere]})
    error = books.api.post("/bank-rules", body).error
    assert list(error["details"]["fields"]) == ["actions.tax_ids[0]"]
    old = tax(books, "7", effective_to="2020-12-31")
    line = banks.line(books, "-12.00")
    path = f"/statement-lines/{line.public_id}/create-transaction"
    answer = books.api.post(path, {"account_id": books.account("5601"), "tax_ids": [old]})
    assert (answer.status, answer.error["code"]) == (422, "tax_not_effective")
    answer = books.api.post(path, {"account_id": books.account("5601"), "tax_ids": [nowhere]})
    assert (answer.status, list(answer.error["details"]["fields"])) == (400, ["tax_ids"])
    splits = [{"account_id": books.account("5601"), "rest": True}]
    body = rule(books, actions={"splits": splits, "tax_ids": [old]})
    assert books.api.post("/bank-rules", body).status == 400


def test_the_page_of_a_rule_keeps_and_changes_its_taxes(books, cast):
    one, other = tax(books), tax(books, "10")
    wanted = made(books, actions={"account_id": books.account("5601"), "tax_ids": [one, other]})
    person = Person(cast.alice, cast.alices)
    number = ids.decode("RUL", wanted["id"])
    page = person.get(address(BankRule, "change", number))
    assert "VAT 20% + VAT 10%" in page.text.replace("&#x2B;", "+")
    fields = {"splits-0-tax": str(ids.decode("TAX", other)), "splits-0-account": books.accounts["5601"].pk}
    fields |= {"splits-0-share": "rest", "name": "Fees", "priority": 1, "match": "all", "is_active": "on"}
    fields |= {"conditions-0-field": "text", "conditions-0-operator": "contains", "conditions-0-value": "fee"}
    person.post(address(BankRule, "change", number), **fields)
    assert books.api.get(f"/bank-rules/{wanted['id']}")["actions"]["tax_ids"] == [other]
