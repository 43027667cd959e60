"""Items over HTTP: made, changed, deleted, with their prices, accounts and taxes."""

from decimal import Decimal

import pytest

from tests.cast import Books, Cast

NOWHERE = {"account": "ACT_0190a1b2c3d4e5f6", "tax": "TAX_0190a1b2c3d4e5f6"}


@pytest.fixture
def books(cast: Cast) -> Books:
    return cast.alices


def made(books: Books, **more) -> dict:
    answer = books.api.post("/items", {"name": "Bread", **more})
    assert answer.status == 201, answer.body
    return answer.body


def tax(books: Books, name: str = "VAT", **more) -> str:
    return books.api.post("/taxes", {"name": name, "rate": 20, **more})["id"]


def test_an_item_is_made_changed_and_deleted(books):
    gst, qst = tax(books, "GST"), tax(books, "QST", is_compound=True)
    sales, costs = books.account("4001"), books.account("5201")
    item = made(
        books, name=" Rye  bread ", code=" RYE-1 ", description="Baked daily", unit="loaf", sale_price="4.5",
        purchase_price=Decimal("1.0375"), revenue_account_id=sales, expense_account_id=costs, sales_tax_ids=[qst, gst],
        purchase_tax_ids=[gst], metadata={"shelf": "2"},
    )  # fmt: skip
    assert (item["object"], item["name"], item["code"], item["currency_id"]) == (
        "item",
        "Rye bread",
        "RYE-1",
        "CUR_USD",
    )
    assert (str(item["sale_price"]), str(item["purchase_price"])) == ("4.50", "1.0375")
    assert (item["revenue_account_id"], item["expense_account_id"]) == (sales, costs)
    assert (item["sales_tax_ids"], item["purchase_tax_ids"]) == ([qst, gst], [gst])
    where = f"/items/{item['id']}"
    assert books.api.get(where).body == item == books.api.get("/items?code=RYE-1").data[0]
    whole = books.api.put(where, item)  # what was shown may be sent back, and changes nothing
    assert (whole.status, whole.body) == (200, item)
    changed = books.api.put(where, {"sales_tax_ids": [gst, qst]})  # only the order: it is what compound taxes see
    assert (changed["sales_tax_ids"], changed["purchase_tax_ids"]) == ([gst, qst], [gst])
    assert changed["updated_at"] != item["updated_at"]
    changed = books.api.put(where, {"code": "", "sale_price": None, "currency_id": "EUR", "revenue_account_id": None})
    assert (changed["code"], changed["sale_price"], changed["currency_id"]) == ("", None, "CUR_EUR")
    assert (changed["revenue_account_id"], changed["expense_account_id"]) == (None, costs)
    assert books.api.put(where, {"is_active": False})["is_active"] is False
    assert books.api.delete(where).status == 204
    assert books.api.get(where).status == books.api.delete(where).status == books.api.put(where, {}).status == 404
    events = books.api.get(f"/events?entity_id={item['id']}&sort=seq").data
    kinds = ["item.created", "item.updated", "item.updated", "item.updated", "item.deleted"]
    assert [event["event_type"] for event in events] == kinds
    assert events[1]["changes"] == {"sales_tax_ids": {"from": [qst, gst], "to": [gst, qst]}}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "Bread", "code": "x" * 51}, "code"),
        ({"name": "Bread", "unit": "x" * 21}, "unit"),
        *(
            ({"name": "Bread", "sale_price": price}, "sale_price")
            for price in ("1.000000001", 10**19, "a", True, "1e3")
        ),
        ({"name": "Bread", "purchase_price": []}, "purchase_price"),
        ({"name": "Bread", "currency_id": "XXQ"}, "currency_id"),
        ({"name": "Bread", "revenue_account_id": NOWHERE["account"]}, "revenue_account_id"),
        ({"name": "Bread", "expense_account_id": "x"}, "expense_account_id"),
        ({"name": "Bread", "sales_tax_ids": [NOWHERE["tax"]]}, "sales_tax_ids"),
        ({"name": "Bread", "purchase_tax_ids": [NOWHERE["tax"]] * 2}, "purchase_tax_ids"),
        ({"name": "Bread", "sales_tax_ids": NOWHERE["tax"]}, "sales_tax_ids"),
        ({"name": "Bread", "is_active": "yes"}, "is_active"),
    ],
)
def test_what_cannot_be_an_item_is_refused_with_the_field(books, body, field):
    answer = books.api.post("/items", body)
    assert answer.status == 400
    assert next(iter(answer.error["details"]["fields"])).partition(".")[0] == field


def test_a_price_may_be_below_zero_and_has_as_many_decimals_as_it_needs(books):
    for price, currency, shown in (
        ("-5", "USD", "-5.00"), ("0", "USD", "0.00"), ("0.12345678", "USD", "0.12345678"), ("120", "JPY", "120"),
        ("100.5", "JPY", "100.5"), ("1.5", "BHD", "1.500"),
    ):  # fmt: skip
        assert str(made(books, sale_price=price, currency_id=currency)["sale_price"]) == shown


def test_codes_are_unique_where_given(books, cast):
    made(books, code="A")
    made(cast.charlies, code="A")
    other = made(books)
    made(books)
    for answer in (
        books.api.post("/items", {"name": "Bread", "code": "A"}),
        books.api.put(f"/items/{other['id']}", {"code": "A"}),
    ):
        assert (answer.status, answer.error["code"]) == (409, "item_code_taken")
        assert list(answer.error["details"]["fields"]) == ["code"]


def test_accounts_are_own_active_and_in_a_currency_that_lines_may_have(books, cast):
    euro = books.api.post("/accounts", {"code": "4190", "name": "Exports", "type": "revenue", "currency_id": "EUR"})
    idle = books.api.post("/accounts", {"code": "4191", "name": "Old", "type": "revenue"})
    books.api.put(f"/accounts/{idle['id']}", {"status": "suspended"})
    item = made(books, currency_id="EUR", revenue_account_id=euro["id"])
    for account, expected in (
        (cast.charlies.account("4001"), (400, "account_not_found")),
        (idle["id"], (422, "account_inactive")),
        (euro["id"], (422, "account_unfit")),
        (books.account("1101"), (422, "account_unfit")),
    ):
        answer = books.api.post("/items", {"name": "Bread", "revenue_account_id": account})
        assert (answer.status, answer.error["code"]) == expected
    answer = books.api.put(f"/items/{item['id']}", {"currency_id": "USD"})  # its account would no longer fit
    assert (answer.status, answer.error["code"]) == (422, "account_unfit")


def test_an_inactive_tax_stays_where_it_is_and_is_put_on_nothing_new(books, cast):
    old, strangers = tax(books), tax(cast.charlies)
    item = made(books, sales_tax_ids=[old])
    books.api.put(f"/taxes/{old}", {"is_active": False})
    for answer in (
        books.api.post("/items", {"name": "Bread", "sales_tax_ids": [old]}),
        books.api.put(f"/items/{item['id']}", {"purchase_tax_ids": [old]}),
    ):
        assert (answer.status, answer.error["code"]) == (422, "tax_inactive")
    new = tax(books, "New")
    assert books.api.put(f"/items/{item['id']}", {"sales_tax_ids": [new, old]})["sales_tax_ids"] == [new, old]
    assert books.api.post("/items", {"name": "Bread", "sales_tax_ids": [strangers]}).status == 400


def test_the_list_filters_sorts_and_asks_once_for_all_taxes(books, django_assert_max_num_queries):
    vat = tax(books)
    rye = made(books, name="Rye", code="B", sale_price=4, sales_tax_ids=[vat])["id"]
    oat = made(books, name="Oat bread", code="A", is_active=False)["id"]
    more = [
        made(books, name=f"Z{n}", code=f"Z{n}", sales_tax_ids=[vat], purchase_tax_ids=[vat])["id"] for n in range(5)
    ]

    def found(query: str) -> list[str]:
        return [row["id"] for row in books.api.get(f"/items{query}").data]

    with django_assert_max_num_queries(20):
        assert found("") == [oat, rye, *more]
    assert found("?sort=code&filters[code][in]=A,B") == [oat, rye]
    assert found("?filters[name][contains]=BREAD") == found("?is_active=false") == [oat]
    assert found("?filters[sale_price][gte]=4") == [rye]
