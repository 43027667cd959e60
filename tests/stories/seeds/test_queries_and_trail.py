"""The documentation's transaction queries and its audit trail, through HTTP."""

import pytest

CONTACT = "CON_1234567890abcdef"


@pytest.fixture
def told(books):
    """Four transactions of January and February 2024, by name."""
    rent = {
        "type": "expense",
        "transaction_date": "2024-01-31",
        "entries": [books.entry("5201", "debit", "1200.00"), books.entry("1001", "credit", "1200.00")],
        "auto_post": True,
    }
    bodies = {
        "small sale": books.sale("99.99", transaction_date="2024-01-01"),
        "sale": books.sale("250.00", transaction_date="2024-01-15", contact_id=CONTACT),
        "rent": rent,
        "draft": books.sale("400.00", transaction_date="2024-02-01", auto_post=False),
    }
    return {name: books.api.post("/transactions", body)["id"] for name, body in bodies.items()}


def names(books, told, path: str) -> list[str]:
    answer = books.api.get(path)
    assert (answer.status, answer["object"], answer["has_more"]) == (200, "list", False), answer.body
    known = {number: name for name, number in told.items()}
    return [known[each["id"]] for each in answer.data]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("start_date=2024-01-01&end_date=2024-01-31", ["rent", "sale", "small sale"]),
        ("start_date=2024-01-15&end_date=2024-01-15", ["sale"]),
        ("status=posted", ["rent", "sale", "small sale"]),
        ("status=pending", ["draft"]),
        ("filters[type]=income&filters[amount][gte]=100&sort=-transaction_date", ["draft", "sale"]),
        ("filters[type]=income&filters[amount][lt]=100", ["small sale"]),
        ("sort=-transaction_date,amount&limit=100", ["draft", "rent", "sale", "small sale"]),
    ],
)
def test_find_by_date_range_by_status_and_by_advanced_filters(books, told, query, found):
    assert names(books, told, f"/transactions?{query}") == found


def test_find_by_account(books, told):
    assert names(books, told, f"/accounts/{books.account('5201')}/transactions") == ["rent"]
    assert names(books, told, f"/accounts/{books.account('1001')}/transactions") == ["rent", "sale", "small sale"]


def test_find_by_contact(books, told):
    assert names(books, told, f"/contacts/{CONTACT}/transactions") == ["sale"]


def test_an_unknown_filter_is_refused_and_the_known_ones_are_listed(books, told):
    answer = books.api.get("/transactions?filters[colour]=red")
    assert (answer.status, answer.error["code"]) == (400, "unknown_parameter")
    assert "amount" in str(answer.error["details"])


def test_event_logging(books):
    draft = books.api.post("/transactions", books.sale(auto_post=False))["id"]
    posted = books.api.post(f"/transactions/{draft}/post").body
    (event,) = books.api.get("/events?event_type=transaction.posted").data
    assert (event["event_type"], event["entity_type"], event["entity_id"]) == (
        "transaction.posted",
        "transaction",
        draft,
    )
    assert event["before_state"]["status"] == "pending"
    assert event["after_state"] == posted
    assert event["changes"]["status"] == {"from": "pending", "to": "posted"}
    assert event["api_key_id"].startswith("KEY_")
    assert event["timestamp"].endswith("Z")


def test_the_event_of_what_is_new_has_no_state_before(books):
    made = books.api.post("/transactions", books.sale(auto_post=True)).body
    (event,) = books.api.get("/events?event_type=transaction.posted").data
    assert (event["before_state"], event["after_state"]) == (None, made)


def test_change_tracking(books):
    number = books.api.post("/transactions", books.sale(auto_post=False))["id"]
    books.api.put(f"/transactions/{number}", {"description": "Cash sale, corrected"})
    books.api.post(f"/transactions/{number}/post")
    books.api.post(f"/transactions/{number}/reverse", {"reason": "Returned"})
    answer = books.api.get(f"/events?entity_type=transaction&entity_id={number}")
    assert [event["event_type"] for event in answer.data] == [
        "transaction.reversed",
        "transaction.posted",
        "transaction.updated",
        "transaction.created",
    ]
    edit = answer.data[2]["changes"]["description"]
    assert edit == {"from": "Cash sale", "to": "Cash sale, corrected"}
