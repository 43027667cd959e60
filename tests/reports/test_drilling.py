"""Every figure leads to what adds up to it, whatever the depth, the columns, the part of the chart, the year."""

import html
import re
from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.backoffice.desks import Person
from tests.cast import Answer, Books
from tests.reports.worked import open_shop, section

#: In which sign debits stand in a section; in the cash flow statement all stand the other way round.
DEBITS = {"assets": 1, "cost_of_sales": 1, "operating_expenses": 1, "exchange": 1}
IN_2025, IN_2026 = ("start_date=2025-01-01&end_date=2025-12-31", "start_date=2026-01-01&end_date=2026-12-31")
LOOKS = ("", "&depth=1", "&depth=2", "&depth=1&compare=previous_year")
#: What narrows links to the entries that figures count, or leads to another report.
WAYS = (
    "include_children=true", "filters[account_id][in]=", "filters[transaction_type][ne]=closing",
    "filters[transaction_type][in]=depreciation", "moves_cash=true", "/income-statement?", "/trial-balance?",
)  # fmt: skip
#: A link to entries in the back office, and the figure that it stands on.
TO_ENTRIES = re.compile(r'(?s)<a[^>]*href="(/admin/ledger/entry/[^"]*)"[^>]*>(.*?)</a>')
#: Tills below cash, costs below costs, a machine that is written off.
FURTHER = (
    ("1002", "Till", "asset", "1001", {}),
    ("1003", "Second till", "asset", "1002", {}),
    ("5202", "Rent of the store", "expense", "5201", {}),
    ("5203", "Rent of machines", "expense", "5202", {}),
    ("5003", "Freight", "expense", "5001", {}),
    ("1510", "Machines", "asset", None, {}),
    ("1590", "Written off", "asset", "1510", {}),
    ("5901", "Depreciation", "expense", None, {}),
    ("5902", "Packaging", "expense", "5901", {}),
)
POSTINGS = (
    ("2025-02-03", "1002", "4001", "7.00", "journal"),
    ("2025-02-04", "1003", "4101", "3.00", "journal"),
    ("2025-02-05", "5202", "1003", "1.50", "journal"),
    ("2025-02-06", "5203", "1002", "2.25", "journal"),
    ("2025-02-07", "5003", "1001", "11.00", "journal"),
    ("2025-03-01", "1510", "1001", "500.00", "journal"),
    ("2025-12-30", "5901", "1590", "50.00", "depreciation"),
    ("2026-02-03", "1003", "1002", "4.00", "transfer"),
    ("2026-02-04", "5003", "1003", "7.13", "journal"),
    ("2026-02-05", "5902", "1001", "9.00", "journal"),
)


@pytest.fixture
def books(committed_db) -> Books:
    """The shop of the worked books with more accounts; what sold goods had cost stands below depreciation."""
    books = open_shop()
    for code, name, kind, above, more in FURTHER:
        body = {"code": code, "name": name, "type": kind, **more}
        made = books.api.post("/accounts", body | ({"parent_account_id": books.account(above)} if above else {}))
        assert made.status == 201, made.body
        books.refresh()
    for day, debit, credit, amount, kind in POSTINGS:
        entries = [books.entry(debit, "debit", amount), books.entry(credit, "credit", amount)]
        body = {"transaction_date": day, "type": kind, "entries": entries, "auto_post": True}
        made = books.api.post("/transactions", body)
        assert made.status == 201, made.body
    moved = books.api.put(f"/accounts/{books.account('5001')}", {"parent_account_id": books.account("5901")})
    assert moved.status == 200, moved.body
    return books


def led_to(books: Books, link: str) -> Decimal:
    """What a link comes to, debit positive: entries added up, or what is earned by a report."""
    link = link.removeprefix(books.api.base)
    answer = books.api.get(link)
    assert answer.status == 200, (link, answer.body)
    if "/reports/income-statement?" in link:
        return -answer["net_income"]
    if "/reports/trial-balance?" in link:
        return answer["totals"]["expenses"] - answer["totals"]["revenue"]
    found, page = Decimal(0), answer
    while True:
        found += sum(one["base_amount"] * (1 if one["entry_type"] == "debit" else -1) for one in page.data)
        if not page["has_more"]:
            return found
        page = books.api.get(f"{link}&cursor={page['next_cursor']}")


def figures(answer: Answer) -> Iterator[tuple[str, Decimal, str | None]]:
    """Of every row its name, its amount with debits positive, and its link."""
    if answer["object"] == "trial_balance":
        for row in answer["accounts"]:
            yield row["code"], row["debit_balance"] - row["credit_balance"], row["entries_query"]
        return
    for part in answer["sections"]:
        sign = -1 if answer["object"] == "cash_flow" else DEBITS.get(part["name"], -1)
        for row in part["rows"]:
            yield row["code"] or row["name"], row["amount"] * sign, row["entries_query"]


def statements(books: Books) -> Iterator[str]:
    parts = ["", *(f"&account_id={books.account(code)}" for code in ("1002", "5201", "5003"))]
    for look in (*LOOKS, *parts[1:], *(f"{part}&depth=1" for part in parts[1:])):
        for day in ("2025-12-31", "2026-12-31"):
            yield f"/reports/balance-sheet?as_of={day}{look}"
            yield f"/reports/trial-balance?as_of={day}{look}"
        for span in (IN_2025, IN_2026):
            yield f"/reports/income-statement?{span}{look}"
            if "account_id" not in look:
                yield f"/reports/cash-flow?{span}{look}"
                yield f"/reports/cash-flow?{span}{look}&method=direct"


def test_every_link_adds_up_to_its_figure(books):
    """Before the first year is closed, and after."""
    for closed in (False, True):
        if closed:
            assert books.api.post("/fiscal-years/2025/close").status in (200, 201)
        followed: dict[str, Decimal] = {}  # by links without their moments: nothing is posted meanwhile
        for query in statements(books):
            answer = books.api.get(query)
            assert answer.status == 200, (query, answer.body)
            for name, amount, link in figures(answer):
                assert link is not None, (query, name)
                key = link.partition("&known_at=")[0]
                if key not in followed:
                    followed[key] = led_to(books, link)
                assert followed[key] == amount, (query, name, link)
        assert len(followed) > 60, len(followed)
        assert [way for way in WAYS if not any(way in key for key in followed)] == []


def test_a_statement_leads_to_others_that_look_at_the_books_in_the_same_way(books):
    customer = books.api.post("/contacts", {"name": "Carla", "type": "customer"})["id"]
    for narrow in ("&dimension=department:north", f"&contact_id={customer}", f"&account_id={books.account('4001')}"):
        sheet = books.api.get(f"/reports/balance-sheet?as_of=2025-12-31{narrow}")
        link = section(sheet, "equity")["rows"][-1]["entries_query"]
        assert narrow.partition(":")[0] in link
        assert -led_to(books, link) == sheet["current_earnings"]
    line = {"description": "x", "unit_price": "100.00", "account_id": books.account("4001")}
    body = {"contact_id": customer, "issued_at": "2026-02-10", "items": [line], "issue": True}
    assert books.api.post("/invoices", body).status == 201
    for query in (f"cash-flow?{IN_2026}", "balance-sheet?as_of=2026-12-31"):
        found = {name: (link, amount) for name, amount, link in figures(books.api.get(f"/reports/{query}&basis=cash"))}
        link, amount = found["Net income" if "flow" in query else "Earnings of this fiscal year"]
        assert "basis=cash" in link and "known_at" not in link and led_to(books, link) == amount


def test_on_cash_basis_cash_leads_to_entries_and_nothing_else_does(books):
    for query in ("balance-sheet?as_of=2025-12-31&depth=1", "trial-balance?as_of=2025-12-31"):
        links = {name: (link, amount) for name, amount, link in figures(books.api.get(f"/reports/{query}&basis=cash"))}
        assert {name for name, (link, _) in links.items() if link and "/entries" in link} <= {"1001", "1002", "1003"}
        link, amount = links["1001"]
        assert led_to(books, link) == amount
        assert links["1201"][0] is None
    direct = f"/reports/cash-flow?{IN_2025}&method=direct"
    assert [row[:2] for row in figures(books.api.get(f"{direct}&basis=cash"))] == [
        row[:2] for row in figures(books.api.get(direct))
    ]
    for _, amount, link in figures(books.api.get(f"{direct}&basis=cash")):
        assert led_to(books, link) == amount


def test_figures_in_the_back_office_lead_to_their_entries(books):
    """On the pages of statements, in every column; of a trial balance the rows lead there."""
    assert books.api.post("/fiscal-years/2025/close").status in (200, 201)
    desk, followed = Person(books.owner, books), 0
    for name in ("income_statement", "balance_sheet", "cash_flow"):
        for look in ("", "&depth=1"):
            seen = desk.get(f"/admin/{name}/?start=2026-01-01&end=2026-12-31&compare=previous_year{look}")
            for where, shown in TO_ENTRIES.findall(seen.text):
                assert abs(come_to(desk, where)) == abs(number(shown)), (name, look, where)
                followed += 1
    assert followed > 50
    seen = desk.get("/admin/trial_balance/?as_of=2026-12-31&depth=1")
    where = re.search(rf'href="([^"]*account={books.accounts["1001"].pk}&[^"]*)"', seen.text)[1]
    trial = books.api.get("/reports/trial-balance?as_of=2026-12-31&depth=1")["accounts"]
    assert come_to(desk, where) == next(row["debit_balance"] for row in trial if row["code"] == "1001")
    for code in ("1001", "1003"):
        assert books.account(code) in desk.get(html.unescape(where)).text  # in the address of the file


def come_to(desk: Person, where: str) -> Decimal:
    """Debits less credits of a list of entries."""
    seen = desk.get(html.unescape(where))
    assert seen.status == 200, where
    sides = [re.findall(rf"(?s)field-shown_{side}[^>]*>(.*?)</t[dh]>", seen.text) for side in ("debit", "credit")]
    debits, credits = (sum((number(cell) for cell in cells), Decimal(0)) for cells in sides)
    return debits - credits


def number(cell: str) -> Decimal:
    """The amount in a cell; nothing is nought."""
    text = re.sub(r"<[^>]*>", "", html.unescape(cell))
    digits = re.sub(r"[^0-9.]", "", text)
    return Decimal(digits or 0)
