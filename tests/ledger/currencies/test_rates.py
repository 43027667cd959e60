"""Which rate the books use for a day, and what becomes of an entry that names none."""

import datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.currencies.rates import rates_on
from ledger.journal.posting import PART
from tests.cast import Books

PATH = "/exchange-rates"
DAY = "2024-01-15"


@pytest.fixture
def books(cast) -> Books:
    """A bakery with receivables in euros and in pounds."""
    books = cast.alices
    for code, currency in (("1190", "EUR"), ("1191", "GBP")):
        body = {"code": code, "name": f"Receivable in {currency}", "type": "asset", "currency_id": f"CUR_{currency}"}
        assert books.api.post("/accounts", body).status == 201
    return books.refresh()


def rate(books: Books, pair: str, number, day: str = DAY, **more) -> dict:
    body = {"from_currency": pair[:3], "to_currency": f"CUR_{pair[3:]}", "rate": number, "effective_date": day}
    answer = books.api.post(PATH, body | more)
    assert answer.status == 201, answer.body
    return answer.body


def latest(books: Books, pair: str, day: str = DAY, more: str = ""):
    return books.api.get(f"{PATH}/latest?from_currency={pair[:3]}&to_currency={pair[3:]}&date={day}{more}")


def payment(books: Books, day: str = DAY, code: str = "1190", **more) -> dict:
    entries = [books.entry("1001", "debit", "110.00"), books.entry(code, "credit", "100.00")]
    return {"description": "EUR invoice payment", "transaction_date": day, "entries": entries, "auto_post": True} | more


def test_a_rate_is_recorded_once_listed_and_deleted(books):
    made = rate(books, "EURUSD", "1.10", metadata={"who": "bank"})
    assert (made["id"][:4], made["rate"], made["source"], made["from_currency"]) == (
        "EXR_",
        Decimal("1.1"),
        "manual",
        "EUR",
    )
    assert books.api.get(f"{PATH}/{made['id']}").body == made
    rate(books, "EURUSD", "1.0945", source="ecb")
    rate(books, "GBPUSD", "1.27", "2024-01-16")
    found = books.api.get(f"{PATH}?from_currency=CUR_EUR&to_currency=usd&source=manual&end_date={DAY}").data
    assert [each["id"] for each in found] == [made["id"]]
    body = {"from_currency": "EUR", "to_currency": "USD", "rate": "1.2", "effective_date": DAY}
    assert books.api.post(PATH, body).error["code"] == "exchange_rate_exists"
    for wrong in (
        {"rate": "0"},
        {"rate": "1.1234567890123"},
        {"to_currency": "EUR"},
        {"from_currency": "XYZ"},
        {"source": ""},
        {"effective_date": "2024-02-30"},
    ):
        refused = books.api.post(PATH, body | {"source": "bank"} | wrong)
        assert (refused.status, refused.error["details"]["fields"].keys()) == (400, wrong.keys()), wrong
    assert books.api.delete(f"{PATH}/{made['id']}").status == 204
    assert books.api.get(f"{PATH}/{made['id']}").status == books.api.delete(f"{PATH}/{made['id']}").status == 404
    deleted, *_ = books.api.get("/events").data
    assert (deleted["event_type"], deleted["before_state"]["rate"]) == ("exchange_rate.deleted", Decimal("1.1"))


def test_the_latest_rate_of_a_day_and_where_it_comes_from(books):
    old = rate(books, "EURUSD", "1.08", "2024-01-08")
    ecb = rate(books, "EURUSD", "1.0945", "2024-01-12", source="ecb")
    pound = rate(books, "EURGBP", "0.8605", "2024-01-11", source="ecb")
    table = [
        ("EURUSD", "2024-01-15", "1.0945", "direct", None, [ecb]),
        ("EURUSD", "2024-01-11", "1.08", "direct", None, [old]),
        ("USDEUR", "2024-01-12", "0.913659205116", "inverse", None, [ecb]),
        ("GBPUSD", "2024-01-12", "1.27193492156", "cross", "EUR", [pound, ecb]),
        ("GBPEUR", "2024-01-18", "1.16211504939", "inverse", None, [pound]),
    ]
    for pair, day, number, path, through, rows in table:
        found = latest(books, pair, day)
        assert (found["rate"], found["path"], found["through"]) == (Decimal(number), path, through), pair
        assert found["exchange_rate_ids"] == [row["id"] for row in rows]
        assert found["effective_date"] == min(row["effective_date"] for row in rows)
    manual = rate(books, "EURUSD", "1.10", "2024-01-12")
    assert latest(books, "EURUSD", "2024-01-14")["exchange_rate_ids"] == [manual["id"]]
    assert latest(books, "EURUSD", "2024-01-20").error["code"] == "exchange_rate_missing"
    assert latest(books, "EURUSD", "2024-01-20", "&max_age_days=8")["rate"] == Decimal("1.1")
    assert latest(books, "GBPUSD", "2024-01-19").status == 422  # one of the two is too old
    books.api.put("", {"exchange_rate_max_age_days": 0})
    assert latest(books, "EURUSD", "2024-01-13").status == 422
    for query in (
        "",
        "?from_currency=USD&to_currency=USD",
        "?from_currency=XYZ&to_currency=USD",
        "?from_currency=USD&to_currency=EUR&max_age_days=-1",
    ):
        assert books.api.get(f"{PATH}/latest{query}").status == 400
    with books.acting(), CaptureQueriesContext(connection) as asked:
        day = datetime.date(2024, 1, 12)
        found = rates_on(books.refresh().organization, [("EUR", "USD", day), ("GBP", "USD", day), ("USD", "USD", day)])
    assert {pair[:2] for pair in found} == {("EUR", "USD"), ("USD", "USD")}  # the pound of the 11th is too old
    assert sum("ledger_exchangerate" in query["sql"] for query in asked) == 1


def test_an_entry_without_a_rate_takes_the_one_of_its_day(books):
    send = books.api.post
    missing = send("/transactions", payment(books))
    assert (missing.status, missing.error["code"]) == (422, "exchange_rate_missing")
    draft = send("/transactions", payment(books, auto_post=False)).body
    assert (draft["entries"][1]["currency_rate"], draft["warnings"][0]["code"]) == (None, "exchange_rate_missing")
    rate(books, "EURUSD", "1.10")
    written = payment(books)
    written["entries"][0]["currency_rate"] = "1.10"  # says nothing: the account is in base currency
    posted = send("/transactions", written).body
    assert [entry["base_amount"] for entry in posted["entries"]] == [110, 110]
    assert [entry["currency_rate"] for entry in posted["entries"]] == [1, Decimal("1.1")]
    shown = books.api.get(f"/transactions/{draft['id']}").body
    assert (shown["entries"][1]["currency_rate"], shown["warnings"]) == (Decimal("1.1"), [])
    assert shown["total_credits"] == 110
    later = send("/transactions", payment(books, "2024-01-30", auto_post=False)).body
    done = send("/transactions/batch-post", {"transaction_ids": [draft["id"], later["id"]], "mode": "independent"})
    assert [each["status"] for each in done["results"]] == ["succeeded", "failed"]
    own = payment(books)
    own["entries"][1] |= {"amount": "88.00", "currency_rate": "1.25"}
    assert send("/transactions", own)["entries"][1]["base_amount"] == 110
    lines = [
        {"account_id": books.account("1190"), "debit": "100.00"},
        {"account_id": books.account("3001"), "credit": "110.00"},
    ]
    assert send("/opening-balances", {"as_of": "2024-01-16", "lines": lines}).status == 201
    adjusted = send(f"/transactions/{posted['id']}/adjust", payment(books))
    assert adjusted["entries"][1]["currency_rate"] == Decimal("1.1")
    books.api.delete(f"{PATH}/{books.api.get(PATH).data[0]['id']}")
    reversed = send(f"/transactions/{posted['id']}/reverse", {"reason": "Mistake"})
    assert reversed["entries"][1]["currency_rate"] == Decimal("1.1")


def test_an_imported_journal_takes_the_rates_of_its_days(books):
    rows = ("1,2024-01-15,Payment,,1001,110.00,,USD", "1,2024-01-15,Payment,,1190,,100.00,EUR")
    head = "transaction,date,description,reference,account_code,debit,credit,currency"
    journal = "\n".join((head, *rows, "")).encode()

    def take() -> dict:
        file = SimpleUploadedFile("journal.csv", journal, "text/csv")
        headers = {"Authorization": f"Bearer {books.key}"}
        return books.api.client.post(f"{books.api.base}/imports/journal", {"file": file}, headers=headers).json()

    assert take()["error"]["details"]["problems"][0]["code"] == "exchange_rate_missing"
    rate(books, "USDEUR", "0.5")
    assert take()["error"]["details"]["problems"][0]["code"] == "transaction_does_not_balance"
    rate(books, "EURUSD", "1.10")
    assert take()["transactions"] == 1
    (entry,) = books.api.get(f"/accounts/{books.account('1190')}/entries").data
    assert entry["base_amount"] == 110


@pytest.mark.parametrize("count", [3, PART + 1])
def test_a_batch_asks_once_for_all_its_rates(books, count):
    rate(books, "EURUSD", "1.10")
    rate(books, "EURGBP", "0.5", "2024-01-16")
    batch = [payment(books, DAY), payment(books, "2024-01-16"), payment(books, "2024-01-17", "1191")]
    batch[2]["entries"][0]["amount"] = "220.00"
    batch += [payment(books, f"2024-01-{17 + place % 5}") for place in range(count - 3)]
    with CaptureQueriesContext(connection) as asked:
        done = books.api.post("/transactions/batch", {"transactions": batch, "mode": "atomic", "auto_post": True})
    assert done.status == 200, done.body
    assert sum("ledger_exchangerate" in query["sql"] for query in asked) == 1
    pounds = books.api.get(f"/accounts/{books.account('1191')}/entries").data
    assert [(entry["currency_rate"], entry["base_amount"]) for entry in pounds] == [(Decimal("2.2"), 220)]
    plain = [books.sale(transaction_date=DAY) for _ in range(count)]
    with CaptureQueriesContext(connection) as asked:
        assert books.api.post("/transactions/batch", {"transactions": plain, "auto_post": True}).status == 200
    assert not any("ledger_exchangerate" in query["sql"] for query in asked)
