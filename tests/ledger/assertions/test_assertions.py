"""Balance assertions: an event names the one that breaks, a blocking one refuses, whichever way a posting takes."""

from decimal import Decimal

import pytest

from organizations import ids
from tests.cast import Books

PATH = "/balance-assertions"


@pytest.fixture
def books(cast) -> Books:
    """A bakery that sold for 100.00 on 10 January."""
    books = cast.alices
    assert books.api.post("/transactions", books.sale(transaction_date="2026-01-10")).status == 201
    return books


def assertion(books: Books, code: str = "1001", expected="100.00", date: str = "2026-01-31", **more) -> dict:
    body = {"account_id": books.account(code), "date": date, "expected": expected, **more}
    answer = books.api.post(PATH, body)
    assert answer.status == 201, answer.body
    return answer.body


def events(books: Books, kind: str = "balance_assertion.broken") -> list[dict]:
    return books.api.get(f"/events?event_type={kind}&sort=seq").data


def sell(books: Books, amount="5.00", day: str = "2026-01-20", **more):
    return books.api.post("/transactions", books.sale(amount, transaction_date=day, **more))


def test_an_assertion_says_whether_it_holds(books):
    cash, sales = assertion(books, description="Statement 1"), assertion(books, "4001", "99.00")
    assert cash["id"].startswith("AST_")
    assert (cash["status"], cash["expected"], cash["balance"], cash["blocking"]) == ("holds", 100, 100, False)
    assert (sales["status"], sales["difference"]) == ("broken", Decimal("1.00"))  # signed as the account is
    assert books.api.get(f"{PATH}/{cash['id']}").body == cash
    assert [each["id"] for each in books.api.get(f"{PATH}?status=broken").data] == [sales["id"]]
    assert [each["id"] for each in books.api.get(f"{PATH}?filters[status][ne]=broken").data] == [cash["id"]]
    assert len(books.api.get(f"{PATH}?filters[status][in]=holds,broken&account_id={cash['account_id']}").data) == 1
    assert len(books.api.get(f"{PATH}?start_date=2026-01-31&filters[expected][gte]=99.5&blocking=false").data) == 1
    assert events(books, "balance_assertion.created")[0]["after_state"]["expected"] == 100


def test_a_posting_that_breaks_one_is_named_by_an_event(books):
    told = assertion(books)
    assert sell(books, day="2026-02-01").status == 201  # after the day: does not touch it
    assert events(books) == []
    sale = sell(books)
    (event,) = events(books)
    assert event["entity_id"] == told["id"]
    assert event["before_state"]["status"] == "holds"
    assert event["after_state"]["transaction_id"] == sale["id"]
    assert event["changes"] == {
        "status": {"from": "holds", "to": "broken"},
        "balance": {"from": Decimal("100.00"), "to": Decimal("105.00")},
    }
    assert sell(books).status == 201  # broken already: said once
    assert len(events(books)) == 1
    assert books.api.get(f"{PATH}/{told['id']}")["status"] == "broken"


def test_reversals_drafts_and_batches_break_them_too(books):
    assertion(books, date="2026-01-31")
    sale = books.api.get("/transactions").data[0]
    back = books.api.post(f"/transactions/{sale['id']}/reverse", {"reversal_date": "2026-01-31"})
    assert events(books)[-1]["after_state"]["transaction_id"] == back["id"]
    again = books.api.post(f"/transactions/{back['id']}/reverse", {"reversal_date": "2026-01-31"})
    assert again.status == 201
    draft = sell(books, auto_post=False)
    assert len(events(books)) == 1
    assert books.api.post(f"/transactions/{draft['id']}/post").status == 200
    assert events(books)[-1]["after_state"]["transaction_id"] == draft["id"]
    books.api.post(f"/transactions/{draft['id']}/reverse", {"reversal_date": "2026-01-20"})
    bodies = [books.sale("1.00", transaction_date=day) for day in ("2026-02-05", "2026-01-05")]
    batch = books.api.post("/transactions/batch", {"transactions": bodies, "mode": "atomic"})
    assert events(books)[-1]["after_state"]["transaction_id"] == batch["results"][1]["transaction"]["id"]
    assert len(events(books)) == 3


def test_a_transaction_that_leaves_the_balance_breaks_nothing(books):
    assertion(books, blocking=True)
    entries = [
        books.entry(code, side, "7.00") for code, side in (("1001", "debit"), ("1001", "credit"), ("5001", "debit"),
                                                           ("4001", "credit"))
    ]  # fmt: skip
    body = {"entries": entries, "transaction_date": "2026-01-20", "auto_post": True}
    assert books.api.post("/transactions", body).status == 201
    assert events(books) == []


def test_a_blocking_assertion_refuses_and_says_which_it_is(books):
    told = assertion(books, blocking=True)
    refused = sell(books)
    assert (refused.status, refused.error["code"]) == (422, "balance_assertion_broken")
    details = refused.error["details"]
    assert details["assertion_id"] == told["id"]
    assert (details["account_id"], details["date"]) == (told["account_id"], "2026-01-31")
    assert (details["expected"], details["balance"]) == (Decimal("100.00"), Decimal("105.00"))
    sale = books.api.get("/transactions").data[0]
    assert books.api.post(f"/transactions/{sale['id']}/reverse", {"reversal_date": "2026-01-31"}).status == 422
    assert books.api.post(f"/transactions/{sale['id']}/reverse", {"reversal_date": "2026-02-01"}).status == 201
    draft = sell(books, auto_post=False)
    assert books.api.post(f"/transactions/{draft['id']}/post").error["code"] == "balance_assertion_broken"
    batch = books.api.post("/transactions/batch", {"transactions": [books.sale(transaction_date="2026-01-20")]})
    assert batch["results"][0]["error"]["code"] == "balance_assertion_broken"
    assert events(books) == []


def test_a_blocking_assertion_must_be_true(books):
    body = {"account_id": books.account("1001"), "date": "2026-01-31", "expected": "99.00", "blocking": True}
    refused = books.api.post(PATH, body)
    assert (refused.status, refused.error["code"]) == (422, "balance_assertion_not_true")
    assert (refused.error["details"]["expected"], refused.error["details"]["balance"]) == (99, 100)
    told = assertion(books, expected="99.00")
    assert books.api.put(f"{PATH}/{told['id']}", {"blocking": True}).error["code"] == "balance_assertion_not_true"
    changed = books.api.put(f"{PATH}/{told['id']}", {"blocking": True, "expected": 100, "metadata": {"by": "audit"}})
    assert (changed.status, changed["status"], changed["blocking"]) == (200, "holds", True)
    assert sell(books).status == 422
    (event,) = events(books, "balance_assertion.updated")
    assert event["changes"]["blocking"] == {"from": False, "to": True}


def test_what_an_assertion_is_about_stays_and_it_can_be_withdrawn(books):
    told = assertion(books, blocking=True)
    moved = books.api.put(f"{PATH}/{told['id']}", {"date": "2026-02-01", "account_id": books.account("4001")})
    assert (moved.status, moved.error["code"]) == (422, "balance_assertion_immutable")
    assert sorted(moved.error["details"]["fields"]) == ["account_id", "date"]
    assert books.api.put(f"{PATH}/{told['id']}", {"date": "2026-01-31"}).status == 200
    twice = books.api.post(PATH, {name: told[name] for name in ("account_id", "date", "expected")})
    assert (twice.status, twice.error["code"]) == (409, "balance_assertion_exists")
    assert books.api.delete(f"{PATH}/{told['id']}").status == 204
    assert books.api.get(f"{PATH}/{told['id']}").status == 404
    assert books.api.delete(f"{PATH}/{told['id']}").status == 404
    assert sell(books).status == 201
    assert events(books, "balance_assertion.withdrawn")[0]["before_state"]["blocking"] is True


def test_an_account_with_an_assertion_is_in_use(books):
    told = assertion(books, "1201", 0)
    assert books.api.delete(f"/accounts/{told['account_id']}").error["code"] == "account_in_use"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"expected": "1.001"}, "expected"),
        ({"expected": "1e3"}, "expected"),
        ({"expected": None}, "expected"),
        ({"expected": "9" * 20}, "expected"),
        ({"date": "2026-02-30"}, "date"),
        ({"date": "1899-12-31"}, "date"),
        ({"account_id": ids.encode("ACT", 1)}, "account_id"),
        ({"account_id": ids.encode("TXN", 1)}, "account_id"),
        ({"blocking": "yes"}, "blocking"),
        ({"description": 5}, "description"),
        ({"metadata": {"a": 1}}, "metadata"),
    ],
)
def test_bad_input_names_its_field(books, wrong, field):
    body = {"account_id": books.account("1001"), "date": "2026-01-31", "expected": 100} | wrong
    refused = books.api.post(PATH, body)
    assert refused.status == 400, refused.body
    assert field in refused.error["details"]["fields"]


def test_required_fields_and_unknown_filters(books):
    refused = books.api.post(PATH, {})
    assert sorted(refused.error["details"]["fields"]) == ["account_id", "date", "expected"]
    for query in ("status=open", "holds=true", "filters[date][contains]=2026", "sort=expected", "account_id=TXN_1"):
        assert books.api.get(f"{PATH}?{query}").status == 400, query
    assert books.api.get(f"{PATH}/{ids.encode('AST', 1)}").status == 404


def test_a_key_needs_the_permission(books):
    reader = books.key_for({"balance-assertions": ["read"]})
    body = {"account_id": books.account("1001"), "date": "2026-01-31", "expected": 100}
    assert reader.get(PATH).status == 200
    assert reader.post(PATH, body).status == 403


def test_a_dry_run_does_nothing_and_a_key_makes_it_once(books):
    body = {"account_id": books.account("1001"), "date": "2026-01-31", "expected": 100}
    assert books.api.post(f"{PATH}?dry_run=true", body).status == 201
    assert books.api.get(PATH).data == []
    first, second = (books.api.post(PATH, body, idempotency_key="one") for _ in range(2))
    assert first.body == second.body


def test_amounts_are_signed_and_counted_in_the_accounts_own_currency(books):
    yen = books.api.post("/accounts", {"code": "1050", "name": "Yen", "type": "asset", "currency_id": "JPY"})["id"]
    entries = [
        {"account_id": yen, "entry_type": "debit", "amount": 5000, "currency_rate": "0.01"},
        books.entry("4001", "credit", "50.00"),
    ]
    body = {"entries": entries, "transaction_date": "2026-01-20", "auto_post": True}
    assert books.api.post("/transactions", body).status == 201
    told = books.api.post(PATH, {"account_id": yen, "date": "2026-01-20", "expected": 5000})
    assert (told["status"], str(told["expected"]), told["currency_id"]) == ("holds", "5000", "CUR_JPY")
    assert books.api.post("/transactions", body).status == 201
    assert str(events(books)[0]["after_state"]["balance"]) == "10000"
