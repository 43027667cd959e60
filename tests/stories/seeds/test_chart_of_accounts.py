"""The examples of the documentation's chapter "Chart of Accounts", through HTTP."""

import re
from decimal import Decimal

import pytest

from tests.stories.seeds.examples import balance, example, record, shows

# --- Creating accounts ------------------------------------------------------------------------------------------------


def test_basic_account_creation(bare_books):
    text = """{
      "code": "1001",
      "name": "Operating Cash Account",
      "type": "asset",
      "currency_id": "CUR_USD",
      "description": "Primary checking account"
    }"""
    answer = bare_books.api.post("/accounts", text)
    assert answer.status == 201
    shows(answer.body, text, bare_books)
    assert (answer["is_system"], answer["status"], answer["parent_account_id"]) == (False, "active", None)
    assert answer["balance"] == {"amount": Decimal("0.00"), "currency": "USD", "formatted": "$0.00"}


def test_hierarchical_account_creation(bare_books):
    assert bare_books.api.post("/accounts", {"code": "1000", "name": "ASSETS", "type": "asset"}).status == 201
    text = """{
      "code": "1100",
      "name": "Current Assets",
      "type": "asset",
      "parent_account_id": "ACT_1000",
      "description": "Summary account for current assets"
    }"""
    answer = bare_books.api.post("/accounts", example(text, bare_books.refresh()))
    assert answer.status == 201
    shows(answer.body, text, bare_books)
    assert answer["currency_id"] == "CUR_USD"


@pytest.mark.parametrize("missing", ["code", "name", "type"])
def test_required_properties(bare_books, missing):
    body = {"code": "1001", "name": "Cash", "type": "asset"}
    del body[missing]
    answer = bare_books.api.post("/accounts", body)
    assert (answer.status, answer.error["type"]) == (400, "validation_error")
    assert list(answer.error["details"]["fields"]) == [missing]


def test_an_account_code_is_unique_within_the_organization(books):
    answer = books.api.post("/accounts", {"code": "1001", "name": "Again", "type": "asset"})
    assert (answer.status, answer.error["code"]) == (409, "account_code_taken")


def test_system_accounts_cannot_be_deleted(books):
    new = {"code": "8001", "name": "Suspense", "type": "asset", "is_system": True}
    number = books.api.post("/accounts", new)["id"]
    answer = books.api.delete(f"/accounts/{number}")
    assert (answer.status, answer.error["message"]) == (422, "System accounts cannot be deleted")


# --- Hierarchy and codes ----------------------------------------------------------------------------------------------

HIERARCHY = """
1000 ASSETS
├── 1100 Current Assets
│   ├── 1101 Cash and Cash Equivalents
│   │   ├── 1101-001 Petty Cash
│   │   └── 1101-002 Operating Account
│   ├── 1201 Accounts Receivable
│   └── 1301 Inventory
└── 1600 Fixed Assets
    ├── 1611 Buildings
    └── 1621 Equipment
"""


def lines_of(tree: str) -> list[tuple[int, str, str]]:
    """A drawn tree as (level, code, name)."""
    found = [re.fullmatch(r"([│├└─ ]*)(\S+) (.+)", line) for line in tree.strip().splitlines()]
    return [(len(each[1]) // 4, each[2], each[3]) for each in found]


def with_parents(tree: str) -> list[dict]:
    above: dict[int, str] = {}
    accounts = []
    for level, code, name in lines_of(tree):
        above[level] = code
        parent = {"parent_code": above[level - 1]} if level else {}
        accounts.append({"code": code, "name": name, "type": "asset", **parent})
    return accounts


def drawn(accounts: list[dict], level: int = 0) -> list[tuple[int, str, str]]:
    """What the API nests by `children`, as (level, code, name)."""
    found = []
    for account in accounts:
        found.append((level, account["code"], account["name"]))
        found += drawn(account["children"], level + 1)
    return found


def test_parent_child_relationships_roll_up(bare_books):
    books = bare_books
    wanted = [*with_parents(HIERARCHY), {"code": "3001", "name": "Owner's Capital", "type": "equity"}]
    assert books.api.post("/accounts/batch", {"accounts": wanted}).status == 200
    books.refresh()
    for code, amount in {"1101-001": "50.00", "1101-002": "200.00", "1611": "1000.00"}.items():
        entries = [books.entry(code, "debit", amount), books.entry("3001", "credit", amount)]
        assert books.api.post("/transactions", {"entries": entries, "auto_post": True}).status == 201
    answer = books.api.get("/accounts?include_hierarchy=true")
    assert answer.status == 200
    assert drawn(answer.data)[:-1] == lines_of(HIERARCHY)
    assets = answer.data[0]
    current, fixed = assets["children"]
    assert assets["rollup_balance"] == {"amount": Decimal("1250.00"), "currency": "USD", "formatted": "$1,250.00"}
    assert (current["rollup_balance"]["amount"], fixed["rollup_balance"]["amount"]) == (250, 1000)
    assert assets["balance"]["amount"] == 0


def test_child_accounts_of_a_parent(bare_books):
    bare_books.api.post("/accounts/batch", {"accounts": with_parents(HIERARCHY)})
    parent = bare_books.refresh().account("1100")
    answer = bare_books.api.get(f"/accounts?parent_id={parent}")
    assert [account["code"] for account in answer.data] == ["1101", "1201", "1301"]


@pytest.mark.parametrize(
    ("code", "kind"),
    [("1001", "asset"), ("2001", "liability"), ("3001", "equity"), ("4101", "revenue"), ("5101", "expense")],
)
def test_the_first_digit_of_a_code_names_its_type(bare_books, code, kind):
    answer = bare_books.api.post("/accounts", {"code": code, "name": "By the rule", "type": kind})
    assert (answer.status, answer["warnings"]) == (201, [])


@pytest.mark.parametrize("code", ["6001", "7001", "8001", "9001"])
@pytest.mark.parametrize("kind", ["revenue", "expense"])
def test_codes_from_6000_fit_any_type(bare_books, code, kind):
    assert bare_books.api.post("/accounts", {"code": code, "name": "Special", "type": kind})["warnings"] == []


def test_a_code_of_another_type_is_a_warning_or_an_error_where_wished(bare_books):
    wrong = {"code": "5001", "name": "Office Supplies Expense", "type": "asset"}
    answer = bare_books.api.post("/accounts", wrong)
    assert (answer.status, answer["warnings"][0]["code"]) == (201, "account_code_mismatch")
    assert bare_books.api.put("", {"strict_account_codes": True}).status == 200
    answer = bare_books.api.post("/accounts", wrong | {"code": "5002"})
    assert (answer.status, answer.error["code"]) == (422, "account_code_mismatch")


def test_a_child_has_its_parent_s_type(books):
    body = {"code": "5901", "name": "Misplaced", "type": "expense", "parent_account_id": books.account("1001")}
    answer = books.api.post("/accounts", body)
    assert (answer.status, answer.error["code"]) == (422, "account_parent_mismatch")


# --- Standard charts --------------------------------------------------------------------------------------------------

CHARTS = {
    "small_business": """
ASSETS: 1001 Cash - Operating, 1101 Accounts Receivable, 1201 Inventory, 1301 Prepaid Expenses
LIABILITIES: 2001 Accounts Payable, 2101 Sales Tax Payable
EQUITY: 3001 Owner's Capital, 3101 Retained Earnings
REVENUE: 4001 Sales Revenue, 4101 Service Revenue
EXPENSES: 5001 Cost of Goods Sold, 5101 Salaries & Wages, 5201 Rent Expense, 5301 Utilities, 5401 Insurance,
 5501 Advertising, 5601 Office Supplies
""",
    "professional_services": """
ASSETS: 1001 Cash - Operating, 1101 Accounts Receivable, 1201 Work in Progress, 1301 Prepaid Insurance
LIABILITIES: 2001 Accounts Payable, 2101 Accrued Salaries
EQUITY: 3001 Partner Capital, 3101 Retained Earnings
REVENUE: 4001 Professional Fees, 4101 Consulting Revenue, 4201 Training Revenue
EXPENSES: 5001 Salaries & Benefits, 5101 Rent & Occupancy, 5201 Professional Development,
 5301 Marketing & Business Development, 5401 Technology & Software, 5501 Office Expenses, 5601 Travel & Entertainment
""",
    "real_estate": """
ASSETS: 1001 Cash - Operating, 1101 Accounts Receivable, 1201 Prepaid Property Taxes, 1301 Security Deposits,
 1600 Fixed Assets, 1600>1611 Buildings, 1600>1621 Improvements, 1700 Investment Properties, 1700>1711 Property A,
 1700>1721 Property B
LIABILITIES: 2001 Mortgage Payable - Property A, 2101 Mortgage Payable - Property B, 2201 Accounts Payable,
 2301 Property Tax Payable
EQUITY: 3001 Owner's Capital, 3101 Retained Earnings
REVENUE: 4001 Rental Income, 4101 Parking Income, 4201 Laundry Income, 4301 Other Income
EXPENSES: 5001 Property Management, 5101 Maintenance & Repairs, 5201 Property Taxes, 5301 Insurance, 5401 Utilities,
 5501 Legal & Professional, 5601 Marketing, 5701 Depreciation
""",
}
KINDS = {"ASSETS": "asset", "LIABILITIES": "liability", "EQUITY": "equity", "REVENUE": "revenue", "EXPENSES": "expense"}


def listed(chart: str) -> list[tuple[str, str, str, str | None]]:
    """The accounts of a chart as (code, name, type, code of the parent)."""
    found = []
    for line in chart.strip().replace("\n ", " ").splitlines():
        heading, _, accounts = line.partition(": ")
        for account in re.split(r",\s+", accounts):
            place, _, name = account.partition(" ")
            parent, _, code = place.rpartition(">")
            found.append((code, name, KINDS[heading], parent or None))
    return found


@pytest.mark.parametrize("template", CHARTS)
def test_standard_charts(bare_books, template):
    answer = bare_books.api.post("/accounts/from-template", {"template": template})
    assert answer.status == 201
    codes = {account["id"]: account["code"] for account in answer.data}
    found = [(each["code"], each["name"], each["type"], codes.get(each["parent_account_id"])) for each in answer.data]
    assert sorted(found) == sorted(listed(CHARTS[template]))


# --- Management, balances, rules --------------------------------------------------------------------------------------


def test_updating_accounts(books):
    text = """{
      "name": "Updated Account Name",
      "description": "Updated description"
    }"""
    answer = books.api.put(f"/accounts/{books.account('1001')}", text)
    assert (answer.status, answer["code"]) == (200, "1001")
    shows(answer.body, text, books)


@pytest.mark.parametrize("change", [{"code": "1009"}, {"type": "expense"}, {"currency_id": "CUR_EUR"}])
def test_codes_and_types_cannot_be_changed_after_creation(books, change):
    answer = books.api.put(f"/accounts/{books.account('1001')}", change)
    assert (answer.status, answer.error["type"]) == (422, "business_rule_error")
    assert answer.error["message"] == "Account codes and types cannot be changed after creation"
    assert list(answer.error["details"]["fields"]) == list(change)


def test_account_balances(books):
    books.api.put(f"/accounts/{books.account('1001')}", {"name": "Operating Cash"})
    books.api.post("/transactions", books.sale("15750.00"))
    answer = books.api.get(f"/accounts/{books.account('1001')}")
    assert answer.status == 200
    text = """{
      "id": "ACT_1001",
      "code": "1001",
      "name": "Operating Cash",
      "type": "asset",
      "balance": {
        "amount": 15750.00,
        "currency": "USD",
        "formatted": "$15,750.00"
      }
    }"""
    shows(answer.body, text, books)


@pytest.mark.parametrize(
    ("code", "side", "change"),
    [
        ("1001", "debit", 10), ("1001", "credit", -10),
        ("2001", "credit", 10), ("2001", "debit", -10),
        ("3001", "credit", 10), ("3001", "debit", -10),
        ("4001", "credit", 10), ("4001", "debit", -10),
        ("5201", "debit", 10), ("5201", "credit", -10),
    ],
)  # fmt: skip
def test_debit_and_credit_rules_by_account_type(books, code, side, change):
    other = "credit" if side == "debit" else "debit"
    entries = [books.entry(code, side, "10.00"), books.entry("1101", other, "10.00")]
    assert books.api.post("/transactions", {"entries": entries, "auto_post": True}).status == 201
    assert balance(books, code) == change
    register = books.api.get(f"/accounts/{books.account(code)}/entries").data
    assert [entry["balance_impact"] for entry in register] == [change]


@pytest.mark.parametrize(
    ("debit", "credit", "amount", "after"),
    [
        ("1001", "4001", "100.00", {"1001": 100, "4001": 100}),
        ("5201", "1001", "500.00", {"5201": 500, "1001": -500}),
        ("1001", "1101", "250.00", {"1001": 250, "1101": -250}),
    ],
    ids=["recording cash sales", "paying rent", "receiving invoice payment"],
)
def test_transaction_examples(books, debit, credit, amount, after):
    entries = [books.entry(debit, "debit", amount), books.entry(credit, "credit", amount)]
    assert books.api.post("/transactions", {"entries": entries, "auto_post": True}).status == 201
    assert {code: balance(books, code) for code in after} == after


def test_a_valid_transaction(books):
    text = """{
      "description": "Cash sale",
      "entries": [
        { "account_id": "ACT_1001", "entry_type": "debit", "amount": 100 },
        { "account_id": "ACT_4001", "entry_type": "credit", "amount": 100 }
      ]
    }"""
    answer = record(books, text, auto_post=True)
    assert answer["total_debits"] == answer["total_credits"] == Decimal("100.00")
    assert answer["type"] == "journal"


def test_old_accounts_are_archived_and_refuse_entries(books):
    books.api.post("/transactions", books.sale())
    used = f"/accounts/{books.account('4001')}"
    assert books.api.delete(used).error["code"] == "account_in_use"
    assert books.api.put(used, {"status": "archived"})["status"] == "archived"
    answer = books.api.post("/transactions", books.sale())
    assert (answer.status, answer.error["message"]) == (422, "One or more accounts are invalid")
