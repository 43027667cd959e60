"""The examples of the documentation's chapter "Transactions & Entries" up to full reversals, through HTTP."""

from decimal import Decimal

import pytest

from tests.stories.seeds.examples import PENDING, SALE, balance, record, shows

# --- Components -------------------------------------------------------------------------------------------------------


def test_transaction_header(books):
    answer = record(books, SALE, auto_post=True)
    header = """{
      "id": "TXN_1234567890abcdef",
      "organization_id": "ORG_1234567890abcdef",
      "type": "income",
      "reference_number": "INV-001",
      "description": "Cash sale to customer",
      "transaction_date": "2024-01-15",
      "posting_date": "2024-01-15T10:30:00Z",
      "status": "posted",
      "total_debits": 100.00,
      "total_credits": 100.00,
      "currency_id": "CUR_USD",
      "amount": 100.00,
      "account_id": "ACT_1001",
      "contact_id": "CON_1234567890abcdef"
    }"""
    shows(answer, header, books)
    assert books.api.get(f"/transactions/{answer['id']}").body == answer


def test_journal_entries(books):
    answer = record(books, SALE, auto_post=True)
    entries = """{
      "entries": [
        {
          "id": "LED_1234567890abcdef",
          "transaction_id": "TXN_1234567890abcdef",
          "account_id": "ACT_1001",
          "entry_type": "debit",
          "amount": 100.00,
          "currency_id": "CUR_USD",
          "base_amount": 100.00,
          "description": "Cash received",
          "reference": "Check #1234"
        },
        {
          "id": "LED_2345678901bcdef0",
          "transaction_id": "TXN_1234567890abcdef",
          "account_id": "ACT_4001",
          "entry_type": "credit",
          "amount": 100.00,
          "currency_id": "CUR_USD",
          "base_amount": 100.00,
          "description": "Sales revenue",
          "reference": "Invoice #001"
        }
      ]
    }"""
    shows(answer, entries, books)
    assert {entry["transaction_id"] for entry in answer["entries"]} == {answer["id"]}


# --- Lifecycle --------------------------------------------------------------------------------------------------------


def test_draft_stage(books):
    draft = record(books, PENDING)
    shows(draft, PENDING, books)
    assert (draft["posting_date"], balance(books, "1001"), balance(books, "4001")) == (None, 0, 0)
    edited = books.api.put(f"/transactions/{draft['id']}", {"description": "Edited"})
    assert (edited.status, edited["description"], edited["status"]) == (200, "Edited", "pending")
    assert books.api.delete(f"/transactions/{draft['id']}").status == 204
    assert books.api.get(f"/transactions/{draft['id']}").status == 404


def test_posted_stage(books):
    posted = record(books, SALE, auto_post=True)
    shows(posted, '{"status": "posted", "posting_date": "2024-01-15T10:30:00Z"}', books)
    assert (balance(books, "1001"), balance(books, "4001")) == (100, 100)
    where = f"/transactions/{posted['id']}"
    for refusal in (books.api.put(where, {"description": "Edited"}), books.api.delete(where)):
        assert (refusal.status, refusal.error["code"]) == (422, "transaction_is_posted")
    assert books.api.get(where).body == posted
    report = books.api.get("/reports/trial-balance?as_of=2024-01-15")
    shown = {row["code"]: row["balance"] for row in report["accounts"]}
    assert (shown, report["is_balanced"]) == ({"1001": 100, "4001": 100}, True)


def test_failed_stage(books):
    gone = books.api.post("/accounts", {"code": "9999", "name": "Passing", "type": "asset"})["id"]
    entries = [books.entry("4001", "credit", 5), {"account_id": gone, "entry_type": "debit", "amount": 5}]
    draft = books.api.post("/transactions", {"entries": entries})["id"]
    assert books.api.delete(f"/accounts/{gone}").status == 204
    answer = books.api.post("/transactions/batch-post", {"transaction_ids": [draft]})
    assert (answer.status, answer["summary"]["failed"]) == (200, 1)
    failed = books.api.get(f"/transactions/{draft}").body
    assert failed["status"] == "failed"
    assert failed["error_code"] == "ACCOUNT_NOT_FOUND"
    assert failed["error_message"] == f"Account {gone} does not exist"
    assert balance(books, "4001") == 0
    corrected = {"entries": [books.entry("1001", "debit", 5), books.entry("4001", "credit", 5)]}
    assert books.api.put(f"/transactions/{draft}", corrected)["status"] == "pending"
    assert books.api.post(f"/transactions/{draft}/post")["status"] == "posted"
    history = books.api.get(f"/events?entity_type=transaction&entity_id={draft}&sort=seq").data
    assert [event["event_type"].partition(".")[2] for event in history] == ["created", "failed", "updated", "posted"]


def test_reversed_stage(books):
    posted = record(books, SALE, auto_post=True)
    wish = {"reason": "Customer returned goods", "reversal_date": "2024-01-20"}
    reversal = books.api.post(f"/transactions/{posted['id']}/reverse", wish)
    assert reversal.status == 201
    assert (reversal["status"], reversal["original_transaction_id"]) == ("posted", posted["id"])
    original = books.api.get(f"/transactions/{posted['id']}").body
    assert (original["status"], original["reversed_by_ids"]) == ("reversed", [reversal["id"]])
    for each in (original, reversal.body):
        assert (each["reversal_date"], each["reversal_reason"]) == ("2024-01-20", "Customer returned goods")


# --- Types ------------------------------------------------------------------------------------------------------------

TYPES = {
    "cash sales": (
        """{
      "type": "income",
      "description": "Product sale",
      "entries": [
        {"account_id": "ACT_1001", "entry_type": "debit", "amount": 250.00},  // Cash
        {"account_id": "ACT_4001", "entry_type": "credit", "amount": 250.00}  // Sales Revenue
      ]
    }""",
        {"1001": 250, "4001": 250},
    ),
    "credit sales": (
        """{
      "type": "income",
      "description": "Invoice payment",
      "entries": [
        {"account_id": "ACT_1101", "entry_type": "debit", "amount": 500.00},  // Accounts Receivable
        {"account_id": "ACT_4001", "entry_type": "credit", "amount": 500.00}  // Sales Revenue
      ]
    }""",
        {"1101": 500, "4001": 500},
    ),
    "cash payment": (
        """{
      "type": "expense",
      "description": "Office rent payment",
      "entries": [
        {"account_id": "ACT_5201", "entry_type": "debit", "amount": 1200.00}, // Rent Expense
        {"account_id": "ACT_1001", "entry_type": "credit", "amount": 1200.00} // Cash
      ]
    }""",
        {"5201": 1200, "1001": -1200},
    ),
    "accrued expense": (
        """{
      "type": "expense",
      "description": "Monthly utilities",
      "entries": [
        {"account_id": "ACT_5301", "entry_type": "debit", "amount": 350.00},  // Utilities Expense
        {"account_id": "ACT_2001", "entry_type": "credit", "amount": 350.00} // Accounts Payable
      ]
    }""",
        {"5301": 350, "2001": 350},
    ),
    "bank transfer": (
        """{
      "type": "transfer",
      "description": "Transfer to savings",
      "entries": [
        {"account_id": "ACT_1002", "entry_type": "debit", "amount": 5000.00}, // Savings Account
        {"account_id": "ACT_1001", "entry_type": "credit", "amount": 5000.00} // Checking Account
      ]
    }""",
        {"1002": 5000, "1001": -5000},
    ),
    "rent with its business context": (
        """{
      "description": "Paid rent for January",
      "reference_number": "Check #1234",
      "entries": [
        {
          "account_id": "ACT_5201", // Rent Expense
          "entry_type": "debit",
          "amount": 1200.00,
          "description": "January rent"
        },
        {
          "account_id": "ACT_1001", // Cash
          "entry_type": "credit",
          "amount": 1200.00,
          "description": "Check payment"
        }
      ]
    }""",
        {"5201": 1200, "1001": -1200},
    ),
}


@pytest.mark.parametrize(("text", "after"), TYPES.values(), ids=TYPES)
def test_transaction_types(books, text, after):
    answer = record(books, text, auto_post=True)
    assert answer["status"] == "posted"
    shows(answer, text, books)
    assert {code: balance(books, code) for code in after} == after


def test_ledger_entries_show_their_impact_on_the_balance(books):
    text, _ = TYPES["rent with its business context"]
    record(books, text, auto_post=True)
    for code, side, impact in (("5201", "debit", "1200.00"), ("1001", "credit", "-1200.00")):
        (entry,) = books.api.get(f"/accounts/{books.account(code)}/entries").data
        shown = {"entry_type": side, "amount": Decimal("1200.00"), "balance_impact": Decimal(impact)}
        assert {name: entry[name] for name in shown} == shown
        shows(entry, f'{{"id": "LED_456", "account_id": "ACT_{code}"}}', books)


@pytest.mark.parametrize(
    ("kind", "debit", "credit", "rule"),
    [
        ("income", "1001", "2001", "An income transaction credits a revenue account."),
        ("expense", "1101", "1001", "An expense transaction debits an expense account."),
        ("transfer", "1002", "4001", "A transfer touches only asset, liability and equity accounts."),
    ],
)
def test_business_rule_validation(books, kind, debit, credit, rule):
    entries = [books.entry(debit, "debit", 10), books.entry(credit, "credit", 10)]
    answer = books.api.post("/transactions", {"type": kind, "entries": entries, "auto_post": True})
    assert (answer.status, answer.error["message"]) == (422, "Transaction could not be posted")
    assert answer.error["details"]["reason"] == rule
    assert balance(books, debit) == 0


# --- Posting ----------------------------------------------------------------------------------------------------------


def test_manual_posting(books):
    draft = record(books, PENDING)
    answer = books.api.post(f"/transactions/{draft['id']}/post")
    assert (answer.status, answer["status"], balance(books, "1001")) == (200, "posted", 100)
    again = books.api.post(f"/transactions/{draft['id']}/post")
    assert (again.status, again.error["code"]) == (409, "transaction_already_posted")


def test_automatic_posting(books):
    answer = books.api.post("/transactions", books.sale(auto_post=True))
    assert (answer.status, answer["status"]) == (201, "posted")


def test_batch_posting(books):
    drafts = [record(books, PENDING)["id"] for _ in range(3)]
    answer = books.api.post("/transactions/batch-post", {"transaction_ids": drafts})
    assert (answer.status, answer["object"]) == (200, "batch")
    assert answer["summary"] == {"succeeded": 3, "failed": 0, "skipped": 0}
    assert [(result["transaction"]["id"], result["transaction"]["status"]) for result in answer["results"]] == [
        (draft, "posted") for draft in drafts
    ]
    assert balance(books, "1001") == 300


# --- Reversals --------------------------------------------------------------------------------------------------------


def test_full_reversal(books):
    posted = record(books, SALE, auto_post=True)
    text = """{
      "reason": "Customer returned merchandise",
      "reversal_date": "2024-01-20"
    }"""
    answer = books.api.post(f"/transactions/{posted['id']}/reverse", text)
    assert answer.status == 201
    assert (answer["original_transaction_id"], answer["transaction_date"]) == (posted["id"], "2024-01-20")
    sides = [(entry["account_id"], entry["entry_type"], entry["amount"]) for entry in answer["entries"]]
    assert sides == [(books.account("1001"), "credit", 100), (books.account("4001"), "debit", 100)]
    assert (balance(books, "1001"), balance(books, "4001")) == (0, 0)
    before = books.api.get(f"/accounts/{books.account('1001')}/balance?as_of=2024-01-19")
    assert before["balance"]["amount"] == 100
    again = books.api.post(f"/transactions/{posted['id']}/reverse", text)
    assert (again.status, again.error["code"]) == (409, "transaction_already_reversed")


def test_a_reversal_may_be_kept_as_a_draft(books):
    posted = record(books, SALE, auto_post=True)
    draft = books.api.post(f"/transactions/{posted['id']}/reverse", {"auto_post": False})
    assert (draft.status, draft["status"], balance(books, "1001")) == (201, "pending", 100)
    assert books.api.get(f"/transactions/{posted['id']}")["status"] == "posted"
    assert books.api.post(f"/transactions/{draft['id']}/post")["status"] == "posted"
    assert (books.api.get(f"/transactions/{posted['id']}")["status"], balance(books, "1001")) == ("reversed", 0)


def test_only_what_is_posted_can_be_reversed(books):
    answer = books.api.post(f"/transactions/{record(books, PENDING)['id']}/reverse", {})
    assert (answer.status, answer.error["code"]) == (422, "transaction_not_posted")


def test_adjustment_entries(books):
    supplies = """{
      "description": "Office supplies",
      "entries": [
        {"account_id": "ACT_5601", "entry_type": "debit", "amount": 100.00}, // Office Supplies Expense
        {"account_id": "ACT_1001", "entry_type": "credit", "amount": 100.00} // Cash
      ]
    }"""
    correction = """{
      "description": "Correct office supplies account",
      "entries": [
        {"account_id": "ACT_5601", "entry_type": "credit", "amount": 100.00}, // Reverse from wrong account
        {"account_id": "ACT_5602", "entry_type": "debit", "amount": 100.00}   // Correct account
      ]
    }"""
    for text in (supplies, correction):
        shows(record(books, text, auto_post=True), text, books)
    assert [balance(books, code) for code in ("5601", "5602", "1001")] == [0, 100, -100]
