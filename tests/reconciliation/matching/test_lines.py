"""What can be done with a line of the bank, and taken back again."""

from decimal import Decimal

import pytest

from tests.cast import open_books
from tests.reconciliation.banks import line

ZERO = Decimal("0.00")


def balance(books, code: str) -> Decimal:
    return books.api.get(f"/accounts/{books.account(code)}/balance")["balance"]["amount"]


def post(books, amount: str, *, debit: str = "1001", credit: str = "4001", date: str = "2026-02-01", **more) -> dict:
    entries = [books.entry(debit, "debit", amount), books.entry(credit, "credit", amount)]
    made = books.api.post("/transactions", {"entries": entries, "transaction_date": date, "auto_post": True, **more})
    assert made.status == 201, made.body
    return made.body


def events_of(books, public_id: str) -> list[str]:
    rows = books.api.get(f"/events?entity_id={public_id}&limit=100").data
    return [row["event_type"] for row in reversed(rows)]


def act(books, verb: str, row, body=None, status: int = 200):
    answer = books.api.post(f"/statement-lines/{row.public_id}/{verb}", body or {})
    assert answer.status == status, answer.body
    return answer


# --- matching ---


def test_a_line_is_matched_with_a_transaction_and_taken_back(books):
    row, sale = line(books, "100.00"), post(books, "100.00")
    matched = act(books, "match", row, {"transaction_id": sale["id"]})
    assert (matched["status"], matched["match"]["status"], matched["match"]["origin"]) == (
        "matched",
        "accepted",
        "manual",
    )
    entry = next(one for one in sale["entries"] if one["entry_type"] == "debit")
    assert matched["match"]["entry_ids"] == [entry["id"]]
    undone = act(books, "unmatch", row, {"reason": "The wrong sale"})
    assert (undone["status"], undone["match"]) == ("unmatched", None)
    assert books.api.get(f"/transactions/{sale['id']}")["status"] == "posted"
    assert events_of(books, row.public_id) == ["statement_line.matched", "statement_line.unmatched"]
    again = act(books, "match", row, {"entry_ids": [entry["id"]]})
    assert again["status"] == "matched"


def test_one_line_of_several_entries_and_several_lines_of_one(books):
    one, sales = line(books, "150.00"), [post(books, "100.00"), post(books, "50.00")]
    matched = act(books, "match", one, {"transaction_ids": [sale["id"] for sale in sales]})
    assert len(matched["match"]["entry_ids"]) == 2
    first, second, whole = line(books, "30.00"), line(books, "70.00"), post(books, "100.00")
    matched = act(books, "match", first, {"line_ids": [second.public_id], "transaction_id": whole["id"]})
    assert matched["match"]["line_ids"] == [first.public_id, second.public_id]
    act(books, "unmatch", second)
    assert books.api.get(f"/statement-lines/{first.public_id}")["status"] == "unmatched"


def test_what_does_not_add_up_is_refused_with_the_difference(books):
    row, sale = line(books, "97.00"), post(books, "100.00")
    refused = act(books, "match", row, {"transaction_id": sale["id"]}, 422)
    assert refused.error["code"] == "match_does_not_tie"
    assert refused.error["details"] == {
        "lines": Decimal("97.00"),
        "entries": Decimal("100.00"),
        "difference": Decimal("3.00"),
    }


def test_what_the_bank_kept_is_posted_as_a_fee_and_reversed_on_the_way_back(books):
    row, sale = line(books, "97.00"), post(books, "100.00")
    matched = act(books, "match", row, {"transaction_id": sale["id"], "fee_account_id": books.account("5201")})
    assert (matched["match"]["fee"], balance(books, "1001"), balance(books, "5201")) == (
        Decimal("3.00"),
        Decimal("97.00"),
        Decimal("3.00"),
    )
    fee = matched["match"]["transaction_id"]
    act(books, "unmatch", row)
    assert (balance(books, "1001"), balance(books, "5201")) == (Decimal("100.00"), ZERO)
    assert books.api.get(f"/transactions/{fee}")["status"] == "reversed"


def test_an_entry_is_in_one_match_only(books):
    first, second, sale = line(books, "100.00"), line(books, "100.00"), post(books, "100.00")
    act(books, "match", first, {"transaction_id": sale["id"]})
    refused = act(books, "match", second, {"transaction_id": sale["id"]}, 409)
    assert refused.error["code"] == "entry_matched_already"
    refused = act(books, "match", first, {"transaction_id": sale["id"]}, 409)
    assert refused.error["code"] == "statement_line_not_open"


def test_lines_and_entries_are_of_one_account(books):
    row, other, sale = line(books, "100.00"), line(books, "100.00", code="1101"), post(books, "100.00")
    credit = next(one for one in sale["entries"] if one["entry_type"] == "credit")
    refused = act(books, "match", row, {"entry_ids": [credit["id"]]}, 400)
    assert refused.error["code"] == "match_of_one_account"
    refused = act(books, "match", row, {"line_ids": [other.public_id], "transaction_id": sale["id"]}, 400)
    assert refused.error["code"] == "match_of_one_account"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"entry_ids": []},
        {"entry_ids": ["LED_00000000000000ff"]},
        {"transaction_id": "TXN_00000000000000ff"},
        {"transaction_id": "ACT_00000000000000ff"},
        {"entry_ids": "all"},
        {"fee_account_id": 5},
    ],
)
def test_bad_wishes_are_refused_and_change_nothing(books, body):
    row = line(books, "100.00")
    assert act(books, "match", row, body, 400).error["type"] == "validation_error"
    assert books.api.get(f"/statement-lines/{row.public_id}")["status"] == "unmatched"


# --- booking ---


def test_a_line_is_booked_and_the_booking_reversed(books):
    row = line(books, "-40.00", description="Office rent")
    booked = act(books, "create-transaction", row, {"account_id": books.account("5201")}, 201)
    assert (booked["status"], booked["match"]["origin"]) == ("created", "created")
    made = books.api.get(f"/transactions/{booked['match']['transaction_id']}")
    assert (made["type"], made["description"], made["transaction_date"], made["status"]) == (
        "expense",
        "Office rent",
        "2026-02-01",
        "posted",
    )
    assert (balance(books, "1001"), balance(books, "5201")) == (Decimal("-40.00"), Decimal("40.00"))
    act(books, "unmatch", row)
    assert (balance(books, "1001"), balance(books, "5201")) == (ZERO, ZERO)
    reversal = books.api.get(f"/transactions/{made['id']}")["reversed_by_ids"][0]
    assert books.api.get(f"/transactions/{reversal}")["transaction_date"] == "2026-02-01"
    assert events_of(books, row.public_id) == ["statement_line.created", "statement_line.unmatched"]


def test_a_booking_in_closed_books_is_reversed_today(books):
    row = line(books, "-40.00")
    made = act(books, "create-transaction", row, {"account_id": books.account("5201")}, 201)
    assert books.api.put("", {"books_closed_through": "2026-02-28"}).status == 200
    act(books, "unmatch", row)
    posted = books.api.get(f"/transactions/{made['match']['transaction_id']}")
    (reversal,) = posted["reversed_by_ids"]
    assert books.api.get(f"/transactions/{reversal}")["transaction_date"] > "2026-02-28"


def test_a_line_is_split_and_a_negative_share_goes_to_the_other_side(books):
    row = line(books, "97.10")
    splits = [
        {"account_id": books.account("4001"), "amount": "100.00", "description": "Gross"},
        {"account_id": books.account("5201"), "amount": "-2.90"},
    ]
    booked = act(books, "split", row, {"splits": splits, "description": "Card takings"}, 201)
    made = books.api.get(f"/transactions/{booked['match']['transaction_id']}")
    assert [(one["entry_type"], one["amount"]) for one in made["entries"]] == [
        ("debit", Decimal("97.10")),
        ("credit", Decimal("100.00")),
        ("debit", Decimal("2.90")),
    ]
    assert (made["type"], made["description"]) == ("income", "Card takings")


@pytest.mark.parametrize(
    ("splits", "status", "code"),
    [
        ([("4001", "50.00"), ("4001", "49.00")], 422, "splits_do_not_add_up"),
        ([("4001", "100.001")], 400, "invalid_request"),
        ([("4001", "0")], 400, "invalid_request"),
        ([("4001", "NaN")], 400, "invalid_request"),
        ([("1001", "100.00")], 400, "invalid_request"),
        ([], 400, "invalid_request"),
    ],
)
def test_splits_that_cannot_be(books, splits, status, code):
    row = line(books, "100.00")
    body = {"splits": [{"account_id": books.account(account), "amount": amount} for account, amount in splits]}
    assert act(books, "split", row, body, status).error["code"] == code
    assert books.api.get("/transactions").data == []


def test_booking_names_one_way(books):
    row = line(books, "100.00")
    for body in ({}, {"account_id": books.account("4001"), "splits": [{"account_id": books.account("4001")}]}):
        act(books, "create-transaction", row, body, 400)
    unknown = act(books, "create-transaction", row, {"account_id": "ACT_00000000000000ff"}, 400)
    assert unknown.error["code"] == "account_not_found"
    assert "account_id" in unknown.error["details"]["fields"]


def test_a_booked_line_stays_when_its_import_is_undone(books):
    row = line(books, "-40.00")
    act(books, "create-transaction", row, {"account_id": books.account("5201")}, 201)
    from organizations import ids

    books.api.post(f"/statements/{ids.encode('STM', row.statement_id)}/undo")
    assert books.api.get(f"/statement-lines/{row.public_id}")["status"] == "created"


# --- transfers ---


def test_a_transfer_pairs_both_sides_and_both_come_back(books):
    out = line(books, "-500.00", code="1001")
    into = line(books, "500.00", code="1101")
    moved = act(books, "transfer", out, {"account_id": books.account("1101")}, 201)
    other = books.api.get(f"/statement-lines/{into.public_id}")
    assert (moved["status"], other["status"]) == ("created", "created")
    assert other["match"]["transaction_id"] == moved["match"]["transaction_id"]
    made = books.api.get(f"/transactions/{moved['match']['transaction_id']}")
    assert (made["type"], made["amount"]) == ("transfer", Decimal("500.00"))
    act(books, "unmatch", into)
    assert books.api.get(f"/statement-lines/{out.public_id}")["status"] == "unmatched"
    assert balance(books, "1101") == ZERO
    assert events_of(books, out.public_id) == ["statement_line.transferred", "statement_line.unmatched"]


def test_a_transfer_without_the_other_bank_s_line_is_booked_all_the_same(books):
    out = line(books, "-500.00")
    moved = act(books, "transfer", out, {"account_id": books.account("1101"), "description": "To savings"}, 201)
    assert moved["status"] == "created"
    assert balance(books, "1101") == Decimal("500.00")


def test_of_two_possible_other_sides_none_is_taken(books):
    out, first, second = line(books, "-500.00"), line(books, "500.00", code="1101"), line(books, "500.00", code="1101")
    act(books, "transfer", out, {"account_id": books.account("1101")}, 201)
    assert {books.api.get(f"/statement-lines/{one.public_id}")["status"] for one in (first, second)} == {"unmatched"}


def test_transfers_that_cannot_be(books):
    out, wrong = line(books, "-500.00"), line(books, "499.00", code="1101")
    body = {"account_id": books.account("1101"), "line_id": wrong.public_id}
    assert act(books, "transfer", out, body, 422).error["code"] == "transfer_sides_differ"
    for code in ("1001", "4001"):
        act(books, "transfer", out, {"account_id": books.account(code)}, 400)


# --- ignoring ---


def test_a_line_is_ignored_for_a_reason_and_restored(books):
    row = line(books, "-9.00")
    assert act(books, "ignore", row, {}, 400).error["details"]["fields"].keys() == {"reason"}
    ignored = act(books, "ignore", row, {"reason": "Private"})
    assert (ignored["status"], ignored["ignore_reason"]) == ("ignored", "Private")
    assert act(books, "unmatch", row)["status"] == "unmatched"
    refused = act(books, "unmatch", row, status=409)
    assert refused.error["code"] == "statement_line_not_settled"
    assert events_of(books, row.public_id) == ["statement_line.ignored", "statement_line.restored"]


def test_dry_run_changes_nothing(books):
    row = line(books, "-9.00")
    answer = books.api.post(
        f"/statement-lines/{row.public_id}/create-transaction?dry_run=true", {"account_id": books.account("5201")}
    )
    assert (answer.status, answer["status"]) == (201, "created")
    assert books.api.get(f"/statement-lines/{row.public_id}")["status"] == "unmatched"
    assert balance(books, "5201") == ZERO


# --- matches ---


def test_matches_are_listed_and_undone_by_themselves(books):
    row, sale = line(books, "100.00"), post(books, "100.00")
    made = act(books, "match", row, {"transaction_id": sale["id"]})["match"]
    assert [one["id"] for one in books.api.get("/matches?status=accepted").data] == [made["id"]]
    assert books.api.get(f"/matches/{made['id']}")["line_ids"] == [row.public_id]
    for verb in ("accept", "reject"):
        refused = books.api.post(f"/matches/{made['id']}/{verb}", {})
        assert (refused.status, refused.error["code"]) == (409, "match_not_suggested")
    assert books.api.post(f"/matches/{made['id']}/undo", {})["status"] == "undone"
    refused = books.api.post(f"/matches/{made['id']}/undo", {})
    assert (refused.status, refused.error["code"]) == (409, "match_undone")


def test_a_foreign_account_is_booked_with_a_rate(books):
    euro = books.api.post("/accounts", {"code": "1002", "name": "Euro", "type": "asset", "currency_id": "EUR"})
    assert euro.status == 201
    books.refresh()
    row = line(books, "-100.00", code="1002")
    act(books, "create-transaction", row, {"account_id": books.account("5201")}, 400)
    act(books, "create-transaction", row, {"account_id": books.account("5201"), "currency_rate": "1.10"}, 201)
    assert (balance(books, "1002"), balance(books, "5201")) == (Decimal("-100.00"), Decimal("110.00"))


def test_strangers_and_narrow_keys_can_do_nothing(books):
    row = line(books, "100.00")
    stranger = open_books("Stranger Ltd").api
    for verb in ("match", "unmatch", "ignore", "transfer", "split", "create-transaction"):
        assert stranger.post(f"/statement-lines/{row.public_id}/{verb}", {}).status in (400, 404)
        reader = books.key_for({"statement-lines": ["read"]})
        assert reader.post(f"/statement-lines/{row.public_id}/{verb}", {}).status == 403
    assert books.api.get(f"/statement-lines/{row.public_id}")["status"] == "unmatched"
