"""Reversals, whole and in part, of what they reverse and of themselves; adjustments."""

import threading
import time
from decimal import Decimal

import pytest
from django.db import connection

from ledger.health.examining import examine
from ledger.journal.models import Transaction
from tests.cast import api, open_books


@pytest.fixture
def books(db):
    return open_books("Undo Ltd")


def posted(books, amount="100.00", **more):
    return books.api.post("/transactions", books.sale(amount, transaction_date="2024-05-01", **more))


def part(books, sale, amount, **more):
    body = {"entries": [books.entry("1001", "credit", amount), books.entry("4001", "debit", amount)], **more}
    return books.api.post(f"/transactions/{sale['id']}/reverse-partial", body)


def shown(books, transaction) -> tuple:
    """Status, what is left of each entry, and the cash account's balance."""
    now = books.api.get(f"/transactions/{transaction['id']}")
    cash = books.api.get(f"/accounts/{books.account('1001')}")["balance"]["amount"]
    return now["status"], [entry["remaining"] for entry in now["entries"]], cash


def test_parts_add_up_to_the_whole_and_never_more(books):
    sale = posted(books)
    first = part(books, sale, "30.00", reason="Partial refund", reversal_date="2024-05-20")
    assert (first.status, first["status"], first["original_transaction_id"]) == (201, "posted", sale["id"])
    assert (first["reversal_date"], first["reversal_reason"]) == ("2024-05-20", "Partial refund")
    assert first["entries"][0]["reverses_entry_id"] == sale["entries"][0]["id"]
    assert shown(books, sale) == ("posted", [70, 70], 70)
    too_much = part(books, sale, "70.01")
    assert (too_much.status, too_much.error["code"]) == (422, "reversal_exceeds_remaining")
    assert too_much.error["details"]["remaining"][0] == {"index": 0, "remaining": Decimal("70.00")}
    part(books, sale, "70.00")
    assert shown(books, sale) == ("reversed", [0, 0], 0)
    assert part(books, sale, "0.01").error["code"] == "transaction_already_reversed"
    assert len(books.api.get(f"/transactions/{sale['id']}")["reversed_by_ids"]) == 2
    assert [each["id"] for each in books.api.get("/transactions?status=reversed").data] == [sale["id"]]


def before_original(answer, field: str) -> bool:
    """Whether a reversal was refused because it is dated before what it reverses."""
    assert answer.status == 422, answer.body
    assert list(answer.error["details"]["fields"]) == [field]
    return (answer.error["code"], answer.error["details"]["original_date"]) == (
        "reversal_before_original",
        "2024-05-01",
    )


def test_nothing_is_undone_before_it_was_done(books):
    sale = posted(books)
    path = f"/transactions/{sale['id']}/reverse"
    early = {"reversal_date": "2024-04-30"}
    assert before_original(books.api.post(path, early), "reversal_date")
    assert before_original(books.api.post(path, {**early, "auto_post": False}), "reversal_date")
    assert before_original(part(books, sale, "30.00", **early), "reversal_date")
    draft = books.api.post(path, {"reversal_date": "2024-05-01", "auto_post": False})
    moved = books.api.put(f"/transactions/{draft['id']}", {"transaction_date": "2024-04-30"})
    assert before_original(moved, "transaction_date")
    assert books.api.put(f"/transactions/{draft['id']}", {"transaction_date": "2024-05-02"}).status == 200
    back = books.api.post(f"/transactions/{draft['id']}/post")
    again = books.api.post(f"/transactions/{back['id']}/reverse", {"reversal_date": "2024-05-01"})
    assert (again.status, again.error["details"]["original_date"]) == (422, "2024-05-02")


def test_what_is_still_to_come_is_reversed_on_its_own_day_unless_told(books):
    rent = books.api.post("/transactions", books.sale(transaction_date="2199-12-31"))
    assert part(books, rent, "30.00")["transaction_date"] == "2199-12-31"
    assert books.api.post(f"/transactions/{rent['id']}/reverse", {})["transaction_date"] == "2199-12-31"


def test_a_draft_reversal_of_before_this_rule_is_refused_when_it_is_posted(books):
    sale = posted(books)
    draft = books.api.post(f"/transactions/{sale['id']}/reverse", {"auto_post": False})
    with books.acting():
        Transaction.objects.of(books.organization).filter(status="pending").update(transaction_date="2024-04-30")
    assert before_original(books.api.post(f"/transactions/{draft['id']}/post"), "reversal_date")
    batch = books.api.post("/transactions/batch-post", {"transaction_ids": [draft["id"]]})
    assert batch["results"][0]["error"]["code"] == "reversal_before_original"


def test_the_whole_after_a_part_takes_what_is_left(books):
    sale = posted(books)
    part(books, sale, "30.00")
    rest = books.api.post(f"/transactions/{sale['id']}/reverse", {})
    assert [entry["amount"] for entry in rest["entries"]] == [70, 70]
    assert rest["amount"] == 70
    assert shown(books, sale) == ("reversed", [0, 0], 0)


def test_a_reversal_can_be_reversed_and_the_original_again(books):
    sale = posted(books)
    undone = books.api.post(f"/transactions/{sale['id']}/reverse", {})
    redone = books.api.post(f"/transactions/{undone['id']}/reverse", {})
    assert redone["original_transaction_id"] == undone["id"]
    assert shown(books, sale) == ("posted", [100, 100], 100)
    assert books.api.get("/transactions?status=reversed").data[0]["id"] == undone["id"]
    deeper = books.api.post(f"/transactions/{redone['id']}/reverse", {})
    assert (deeper.status, deeper.error["code"]) == (422, "reversal_too_deep")
    again = books.api.post(f"/transactions/{sale['id']}/reverse", {})
    assert again.status == 201
    assert shown(books, sale) == ("reversed", [0, 0], 0)


def test_giving_back_a_part_of_a_reversal(books):
    sale = posted(books)
    undone = books.api.post(f"/transactions/{sale['id']}/reverse", {})
    back = {"entries": [books.entry("1001", "debit", 40), books.entry("4001", "credit", 40)]}
    assert books.api.post(f"/transactions/{undone['id']}/reverse-partial", back).status == 201
    assert shown(books, sale) == ("posted", [40, 40], 40)
    assert part(books, sale, "40.01").status == 422
    assert part(books, sale, "40.00").status == 201
    assert shown(books, sale)[0] == "reversed"
    back["entries"] = [books.entry("1001", "debit", 60), books.entry("4001", "credit", 60)]
    greedy = books.api.post(f"/transactions/{undone['id']}/reverse-partial", back)
    assert greedy.status == 201
    assert shown(books, sale) == ("posted", [60, 60], 60)


def test_several_entries_on_one_account_are_taken_in_their_order(books):
    body = {
        "entries": [
            books.entry("1001", "debit", 30),
            books.entry("1001", "debit", 50),
            books.entry("4001", "credit", 80),
        ],
        "auto_post": True,
    }
    sale = books.api.post("/transactions", body)
    part(books, sale, 40)
    assert shown(books, sale) == ("posted", [0, 40, 40], 40)


def test_foreign_entries_go_back_at_their_own_rate_and_leave_no_residue(books):
    books.api.post("/accounts", {"code": "1102", "name": "EUR Receivable", "type": "asset", "currency_id": "EUR"})
    books.refresh()
    body = {
        "entries": [
            books.entry("1102", "debit", "10.00", currency_rate="1.3333"),
            books.entry("4001", "credit", "13.33"),
        ],
        "auto_post": True,
    }
    sale = books.api.post("/transactions", body)
    for euros, dollars in (("3.33", "4.44"), ("3.33", "4.44"), ("3.34", "4.45")):
        entries = [books.entry("1102", "credit", euros), books.entry("4001", "debit", dollars)]
        done = books.api.post(f"/transactions/{sale['id']}/reverse-partial", {"entries": entries})
        assert done.status == 201, done.body
    assert shown(books, sale)[:2] == ("reversed", [0, 0])


def test_a_reversal_kept_as_a_draft_is_checked_when_it_is_posted(books):
    sale = posted(books)
    draft = part(books, sale, "60.00", auto_post=False)
    assert (draft["status"], shown(books, sale)) == ("pending", ("posted", [100, 100], 100))
    refused = books.api.put(f"/transactions/{draft['id']}", {"entries": books.sale()["entries"]})
    assert refused.error["code"] == "reversal_lines_fixed"
    part(books, sale, "50.00")
    late = books.api.post(f"/transactions/{draft['id']}/post")
    assert (late.status, late.error["code"]) == (422, "reversal_exceeds_remaining")
    batch = books.api.post("/transactions/batch-post", {"transaction_ids": [draft["id"]]})
    assert batch["results"][0]["transaction"]["error_code"] == "REVERSAL_EXCEEDS_REMAINING"
    small = part(books, sale, "50.00", auto_post=False)
    assert books.api.post(f"/transactions/{small['id']}/post").status == 200
    assert shown(books, sale) == ("reversed", [0, 0], 0)


@pytest.mark.parametrize("in_a_batch", [False, True])
def test_a_reversal_posted_later_is_in_the_trail_of_what_it_reverses(books, in_a_batch):
    sale = posted(books)
    drafts = [part(books, sale, amount, auto_post=False)["id"] for amount in ("60.00", "40.00")]
    if in_a_batch:
        done = books.api.post("/transactions/batch-post", {"transaction_ids": drafts})
        assert done["summary"]["succeeded"] == 2, done.body
    else:
        for draft in drafts:
            assert books.api.post(f"/transactions/{draft}/post").status == 200
    events = books.api.get(f"/events?entity_id={sale['id']}&sort=seq").data
    assert [event["event_type"] for event in events[1:]] == ["transaction.reversed"] * 2
    assert events[-1]["changes"]["status"] == {"from": "posted", "to": "reversed"}
    assert events[-1]["after_state"]["reversed_by_ids"] == drafts


def test_reversals_of_one_sale_in_one_batch_take_no_more_than_there_is(books):
    sale = posted(books)
    drafts = [part(books, sale, "60.00", auto_post=False)["id"] for _ in range(2)]
    all_or_none = {"transaction_ids": drafts, "mode": "atomic"}
    refused = books.api.post("/transactions/batch-post", all_or_none)
    assert (refused.status, refused.error["code"]) == (422, "reversal_exceeds_remaining")
    assert shown(books, sale) == ("posted", [100, 100], 100)
    done = books.api.post("/transactions/batch-post", {"transaction_ids": drafts})
    assert [each["status"] for each in done["results"]] == ["succeeded", "failed"]
    assert done["results"][1]["transaction"]["error_code"] == "REVERSAL_EXCEEDS_REMAINING"
    assert shown(books, sale) == ("posted", [40, 40], 40)


@pytest.mark.parametrize(
    ("entries", "named"),
    [
        ([("1001", "debit", 10), ("4001", "debit", 10)], "entries[0].account_id"),
        ([("5001", "credit", 10), ("4001", "debit", 10)], "entries[0].account_id"),
        ([("1001", "credit", "1.001"), ("4001", "debit", 10)], "entries[0].amount"),
        ([("1001", "credit", -5), ("4001", "debit", 10)], "entries[0].amount"),
        ([("1001", "credit", 10)], "entries"),
    ],
)
def test_bad_parts_are_named(books, entries, named):
    sale = posted(books)
    body = {"entries": [books.entry(*each) for each in entries]}
    answer = books.api.post(f"/transactions/{sale['id']}/reverse-partial", body)
    assert (answer.status, list(answer.error["details"]["fields"])) == (400, [named])


def test_a_part_must_balance(books):
    sale = posted(books)
    body = {"entries": [books.entry("1001", "credit", 10), books.entry("4001", "debit", 9)]}
    answer = books.api.post(f"/transactions/{sale['id']}/reverse-partial", body)
    assert answer.error["code"] == "transaction_does_not_balance"


def test_an_adjustment_is_linked_and_the_original_stays(books):
    books.api.post("/accounts", {"code": "5602", "name": "Software", "type": "expense"})
    books.refresh()
    body = {"entries": [books.entry("5601", "debit", 100), books.entry("1001", "credit", 100)], "auto_post": True}
    supplies = books.api.post("/transactions", {"description": "Office supplies", **body})
    correction = {
        "description": "Correct office supplies account",
        "entries": [books.entry("5601", "credit", 100), books.entry("5602", "debit", 100)],
    }
    done = books.api.post(f"/transactions/{supplies['id']}/adjust", correction)
    assert (done.status, done["status"], done["original_transaction_id"]) == (201, "posted", supplies["id"])
    original = books.api.get(f"/transactions/{supplies['id']}")
    assert (original["status"], original["adjusted_by_ids"], original["reversed_by_ids"]) == (
        "posted",
        [done["id"]],
        [],
    )
    draft = books.api.post("/transactions", books.sale(auto_post=False))
    refused = books.api.post(f"/transactions/{draft['id']}/adjust", correction)
    assert (refused.status, refused.error["code"]) == (422, "adjustment_of_unposted")


def test_fifty_parallel_tenths_of_a_hundred_reverse_ten(committed_db):
    books = open_books("Parallel Ltd")
    sale = posted(books)
    statuses = []

    def tenth():
        body = {"entries": [books.entry("1001", "credit", 10), books.entry("4001", "debit", 10)]}
        answer = api(books.key, books.api.base).post(f"/transactions/{sale['id']}/reverse-partial", body)
        statuses.append(answer.status)
        connection.close()

    threads = [threading.Thread(target=tenth) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses.count(201) == 10, statuses
    assert shown(books, sale) == ("reversed", [0, 0], 0)
    with books.acting():
        assert not [finding.name for finding in examine(books.organization.pk) if finding.broken]


def listed(books, status) -> list:
    """The ids of a list by status, which shows that status on every row."""
    rows = books.api.get(f"/transactions?status={status}").data
    assert {each["status"] for each in rows} <= {status}
    others = books.api.get(f"/transactions?filters[status][ne]={status}").data
    assert status not in {each["status"] for each in others}
    return [each["id"] for each in rows]


def test_lists_by_status_say_what_each_transaction_says(books):
    sale = posted(books)
    first = part(books, sale, "40.00")
    rest = books.api.post(f"/transactions/{sale['id']}/reverse", {})
    assert listed(books, "reversed") == [sale["id"]]
    back = books.api.post(f"/transactions/{first['id']}/reverse", {})
    assert shown(books, sale)[:2] == ("posted", [40, 40]), "the rest stays reversed, the first part does not"
    assert sale["id"] in listed(books, "posted")
    assert listed(books, "reversed") == [first["id"]]
    books.api.post(f"/transactions/{sale['id']}/reverse", {})
    assert set(listed(books, "reversed")) == {sale["id"], first["id"]}
    given = {"entries": [books.entry("1001", "debit", 5), books.entry("4001", "credit", 5)]}
    assert books.api.post(f"/transactions/{rest['id']}/reverse-partial", given).status == 201
    assert listed(books, "reversed") == [first["id"]]
    assert {sale["id"], rest["id"], back["id"]} <= set(listed(books, "posted"))


def test_parts_of_a_few_cents_leave_the_last_its_share_of_base_currency(books):
    """0.03 EUR at 0.5 are 0.02 USD; parts of 0.01 that each round up to 0.01 USD would be one too many."""
    accounts = []
    for code, kind in (("1901", "asset"), ("2901", "liability")):
        body = {"code": code, "name": f"Euro {kind}", "type": kind, "currency_id": "CUR_EUR"}
        accounts.append(books.api.post("/accounts", body)["id"])

    def lines(sides, amount, **more):
        return [
            {"account_id": account, "entry_type": side, "amount": amount, **more}
            for account, side in zip(accounts, sides, strict=True)
        ]

    body = {"entries": lines(("debit", "credit"), "0.03", currency_rate="0.5"), "auto_post": True}
    swap = books.api.post("/transactions", body)
    undo = {"entries": lines(("credit", "debit"), "0.01")}
    parts = [books.api.post(f"/transactions/{swap['id']}/reverse-partial", undo) for _ in range(3)]
    assert [each.status for each in parts] == [201, 201, 201]
    assert sum(each["entries"][0]["base_amount"] for each in parts) == swap["entries"][0]["base_amount"]
    assert books.api.get(f"/transactions/{swap['id']}")["status"] == "reversed"
    assert books.api.get("/reports/trial-balance")["totals"]["total_debits"] == 0


def test_reversing_a_long_transaction_takes_no_longer_for_each_line(books):
    """Before the planner has statistics, too: eight times the lines take eight times as long, not sixty-four."""

    def seconds(lines: int) -> float:
        pair = [books.entry("1001", "debit", 1), books.entry("4001", "credit", 1)]
        long = books.api.post("/transactions", {"entries": pair * (lines // 2), "auto_post": True})
        started = time.perf_counter()
        assert books.api.post(f"/transactions/{long['id']}/reverse", {}).status == 201
        return time.perf_counter() - started

    short = min(seconds(500) for _ in range(2))
    assert seconds(4000) < 30 * short
