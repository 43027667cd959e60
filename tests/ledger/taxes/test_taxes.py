"""Taxes over HTTP: made, renamed, ended, deleted; what a tax is stays for life."""

import datetime
from decimal import Decimal

import pytest

from ledger.taxes.levying import effective_on, rate_of
from ledger.taxes.models import Tax
from tests.cast import Books, Cast

NOWHERE = "ACT_0190a1b2c3d4e5f6"


@pytest.fixture
def books(cast: Cast) -> Books:
    return cast.alices


def made(books: Books, **more) -> dict:
    answer = books.api.post("/taxes", {"name": "Sales tax", "rate": "8.25", **more})
    assert answer.status == 201, answer.body
    return answer.body


def test_a_tax_is_made_changed_and_deleted(books):
    account = books.account("2101")
    tax = made(books, name=" Sales   tax ", account_id=account, metadata={"state": "TX"})
    shown = {name: tax[name] for name in ("object", "name", "tax_type", "treatment", "is_recoverable", "is_active")}
    assert shown == {
        "object": "tax", "name": "Sales tax", "tax_type": "sales_tax", "treatment": "standard", "is_recoverable": True,
        "is_active": True,
    }  # fmt: skip
    assert (str(tax["rate"]), tax["account_id"], tax["purchase_account_id"]) == ("8.25", account, None)
    where = f"/taxes/{tax['id']}"
    assert books.api.get(where).body == tax
    whole = books.api.put(where, tax)  # what was shown may be sent back, and changes nothing
    assert (whole.status, whole.body) == (200, tax)
    changes = {"name": "Old sales tax", "account_id": None, "effective_to": "2026-12-31", "rate": Decimal("8.250")}
    changed = books.api.put(where, changes)
    assert (changed.status, changed["name"], changed["account_id"]) == (200, "Old sales tax", None)
    assert (changed["effective_to"], changed["metadata"]) == ("2026-12-31", {"state": "TX"})
    assert books.api.put(where, {"is_active": False})["is_active"] is False
    assert books.api.delete(where).status == 204
    assert books.api.get(where).status == books.api.delete(where).status == books.api.put(where, {}).status == 404
    events = books.api.get(f"/events?entity_id={tax['id']}&sort=seq").data
    assert [event["event_type"] for event in events] == ["tax.created", "tax.updated", "tax.updated", "tax.deleted"]
    assert events[2]["changes"] == {"is_active": {"from": True, "to": False}}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rate": 5}, "name"),
        ({"name": "Tax"}, "rate"),
        ({"name": "  ", "rate": 5}, "name"),
        ({"name": "x" * 101, "rate": 5}, "name"),
        *(({"name": "Tax", "rate": rate}, "rate") for rate in (-1, "1000.000001", "8.1234567", "8%", True, None, [])),
        ({"name": "Tax", "rate": 5, "tax_type": "levy"}, "tax_type"),
        ({"name": "Tax", "rate": 5, "treatment": "none"}, "treatment"),
        ({"name": "Tax", "rate": 5, "treatment": "exempt"}, "rate"),
        ({"name": "Tax", "rate": 5, "treatment": "zero_rated"}, "rate"),
        ({"name": "Tax", "rate": 5, "treatment": "reverse_charge", "is_inclusive": True}, "is_inclusive"),
        ({"name": "Tax", "rate": 5, "is_compound": 1}, "is_compound"),
        ({"name": "Tax", "rate": 5, "effective_from": "2026-13-01"}, "effective_from"),
        ({"name": "Tax", "rate": 5, "effective_from": "2026-02-01", "effective_to": "2026-01-31"}, "effective_to"),
        ({"name": "Tax", "rate": 5, "account_id": "ACT_1"}, "account_id"),
        ({"name": "Tax", "rate": 5, "account_id": NOWHERE}, "account_id"),
        ({"name": "Tax", "rate": 5, "purchase_account_id": NOWHERE}, "purchase_account_id"),
    ],
)
def test_what_cannot_be_a_tax_is_refused_with_the_field(books, body, field):
    answer = books.api.post("/taxes", body)
    assert (answer.status, list(answer.error["details"]["fields"])) == (400, [field])


def test_rates_reach_from_nothing_to_a_thousand_with_six_decimals(books):
    for written, shown in ((0, "0"), ("1000", "1000"), ("9.975", "9.975"), ("0.000001", "0.000001"), (7, "7")):
        assert str(made(books, rate=written)["rate"]) == shown


def test_accounts_are_own_active_in_base_currency_and_no_control_accounts(books, cast):
    euro = books.api.post("/accounts", {"code": "2190", "name": "VAT", "type": "liability", "currency_id": "EUR"})
    idle = books.api.post("/accounts", {"code": "2191", "name": "Old VAT", "type": "liability"})
    books.api.put(f"/accounts/{idle['id']}", {"status": "suspended"})
    tax = made(books)
    for account, expected in (
        (cast.charlies.account("2101"), (400, "account_not_found")),
        (idle["id"], (422, "account_inactive")),
        (euro["id"], (422, "account_unfit")),
        (books.account("2001"), (422, "account_unfit")),
    ):
        for answer in (
            books.api.post("/taxes", {"name": "Tax", "rate": 5, "purchase_account_id": account}),
            books.api.put(f"/taxes/{tax['id']}", {"purchase_account_id": account}),
        ):
            assert (answer.status, answer.error["code"]) == expected
            assert list(answer.error["details"]["fields"]) == ["purchase_account_id"]


@pytest.mark.parametrize(
    "change",
    [
        {"rate": "8.5"},
        {"tax_type": "vat"},
        {"treatment": "reverse_charge"},
        {"is_compound": True},
        {"is_inclusive": True},
        {"is_recoverable": False},
    ],
)
def test_what_a_tax_is_stays_for_life(books, change):
    answer = books.api.put(f"/taxes/{made(books)['id']}", {"name": "Other", **change})
    assert (answer.status, answer.error["code"]) == (422, "tax_rate_final")
    assert list(answer.error["details"]["fields"]) == list(change)


def test_the_list_filters_and_sorts(books):
    vat = made(books, name="VAT", rate=20, tax_type="vat", effective_from="2026-01-01")["id"]
    sales = made(books)["id"]
    old = made(books, name="Old", rate=8, effective_to="2025-12-31", is_active=False, metadata={"state": "TX"})["id"]

    def found(query: str) -> list[str]:
        return [row["id"] for row in books.api.get(f"/taxes{query}").data]

    assert found("") == [old, sales, vat]
    assert found("?sort=-rate") == [vat, sales, old]
    assert found("?tax_type=vat") == found("?filters[rate][gte]=20") == [vat]
    assert found("?is_active=false") == found("?filters[metadata.state]=TX") == [old]
    assert found("?filters[effective_to][isnull]=true&filters[name][contains]=sales") == [sales]


def test_a_tax_in_use_is_not_deleted(books):
    tax = made(books)["id"]
    item = books.api.post("/items", {"name": "Bread", "sales_tax_ids": [tax]})["id"]
    answer = books.api.delete(f"/taxes/{tax}")
    assert (answer.status, answer.error["code"]) == (422, "tax_in_use")
    assert books.api.get(f"/taxes/{tax}").status == 200
    books.api.delete(f"/items/{item}")
    assert books.api.delete(f"/taxes/{tax}").status == 204


def test_an_account_that_a_tax_names_is_not_deleted(books):
    account = books.api.post("/accounts", {"code": "2192", "name": "VAT", "type": "liability"})["id"]
    made(books, account_id=account)
    assert books.api.delete(f"/accounts/{account}").error["code"] == "account_in_use"


def test_a_tax_is_in_force_from_its_first_day_through_its_last():
    day = datetime.date(2026, 1, 31)
    before, after = day - datetime.timedelta(1), day + datetime.timedelta(1)
    ended, begun = Tax(effective_to=day), Tax(effective_from=day)
    assert [effective_on(ended, each) for each in (before, day, after)] == [True, True, False]
    assert [effective_on(begun, each) for each in (before, day, after)] == [False, True, True]
    assert effective_on(Tax(), day)


def test_the_arithmetic_reads_all_that_a_tax_is():
    tax = Tax(id=7, name="QST", rate=Decimal("9.5"), is_compound=True, is_inclusive=True, treatment="standard")
    found = rate_of(tax)
    assert (found.tax_id, found.name, found.rate, found.is_compound, found.is_inclusive) == (
        7,
        "QST",
        tax.rate,
        True,
        True,
    )
