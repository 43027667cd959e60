"""Lists as CSV files: the figures of the API, streamed outside of the request's transaction, within the walls."""

import csv
import datetime
import io
import tracemalloc
import urllib.request
from decimal import Decimal

import pytest

from ledger.accounts.opening import NewAccount, open_account
from ledger.journal.drafts import Draft, Line
from ledger.journal.posting import create_transactions
from organizations.requests import exporting
from tests.cast import Api, Books, open_books, open_child

EVIL = '=HYPERLINK("http://evil.example","Click")'


def file_of(api: Api, path: str, **headers: str):
    """The file at a path: Django's own response, which is not read yet."""
    headers = {"authorization": f"Bearer {api.key}"} | {name.replace("_", "-"): each for name, each in headers.items()}
    return api.client.get(api.base + path, headers=headers)


def rows_of(api: Api, path: str, **headers: str) -> list[dict]:
    """The rows of a file, by column."""
    answer = file_of(api, path, **headers)
    assert answer.status_code == 200, answer.content
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(answer.streaming_content).decode()
    assert text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def every(api: Api, path: str, limit: int = 3) -> list[dict]:
    """All rows of a list, page by page."""
    found, cursor = [], ""
    while True:
        page = api.get(f"{path}{'&' if '?' in path else '?'}limit={limit}{cursor}")
        assert page.status == 200, page.body
        found += page.data
        if not page["has_more"]:
            return found
        cursor = f"&cursor={page['next_cursor']}"


@pytest.fixture
def books(committed_cast) -> Books:
    """A few weeks of business: two currencies, back-dated sales, a reversal in part, a draft."""
    books = committed_cast.alices
    with books.acting():
        euro = NewAccount(code="1002", name="Euro, cash", type="asset", currency="EUR")
        open_account(actor=books.actor, organization=books.organization, new=euro)
    books.refresh()
    for day, amount, more in (
        (5, "30.00", {"description": EVIL, "reference_number": "@ref"}),
        (3, "10.00", {}),
        (3, "12.50", {"description": 'say "hi",\r\nthen go'}),
        (9, "40.00", {"metadata": {"shop": "north"}}),
        (9, "1000000000000000.01", {}),
    ):
        sale = books.sale(amount, transaction_date=f"2026-03-{day:02}", **more)
        for entry in sale["entries"]:
            entry["metadata"] = {"shop": "north" if day == 9 else "south"}
        assert books.api.post("/transactions", sale).status == 201
    entries = [
        books.entry("1002", "debit", "100.00", currency_rate="1.123456789"),
        books.entry("1001", "credit", "112.35"),
    ]
    foreign = {"description": "-Exchange", "transaction_date": "2026-03-04", "entries": entries, "auto_post": True}
    number = books.api.post("/transactions", foreign)["id"]
    assert books.api.post(f"/transactions/{number}/reverse", {"reversal_date": "2026-03-10"}).status == 201
    books.api.post("/transactions", books.sale("7.00", auto_post=False, transaction_date="2026-03-06"))
    return books


def same_sides(row: dict, shown: dict, debit: str = "debit", amount: str = "amount") -> bool:
    credit = debit.replace("debit", "credit")
    expected = (str(shown[amount]), "") if shown["entry_type"] == "debit" else ("", str(shown[amount]))
    return (row[debit], row[credit]) == expected


@pytest.mark.parametrize(
    "query",
    [
        "",
        "start_date=2026-03-04&end_date=2026-03-09",
        "filters[transaction_date][in]=2026-03-03,2026-03-09",
        "filters[metadata.shop]=north",
        "entry_type=debit",
        "filters[amount][gte]=30&filters[amount][lt]=112.35",
        "filters[amount][ne]=10",
        "sort=-transaction_date&filters[metadata.shop]=south",
        "start_date=2026-04-01",
    ],
)
def test_a_register_as_a_file_has_the_api_s_figures(books, query):
    for code in ("1001", "1002", "4001", "5001"):
        path = f"/accounts/{books.account(code)}/entries"
        rows = rows_of(books.api, f"{path}?format=csv&{query}")
        sort = "" if "sort" in query else "&sort=transaction_date"
        shown = every(books.api, f"{path}?{query}{sort}")
        assert [row["entry_id"] for row in rows] == [each["id"] for each in shown]
        for row, each in zip(rows, shown, strict=True):
            assert row["transaction_date"] == each["transaction_date"]
            assert row["running_balance"] == str(each["running_balance"])
            assert row["balance_impact"] == str(each["balance_impact"])
            assert abs(Decimal(row["base_amount"])) == each["base_amount"]
            assert row["currency_rate"] == str(each["currency_rate"])
            assert same_sides(row, each)


def test_a_register_s_balances_are_those_of_the_whole_account(books):
    """Whatever a filter leaves out counts: against balances added up by hand."""
    path, running, after = f"/accounts/{books.account('1001')}/entries", Decimal(0), {}
    for each in every(books.api, f"{path}?sort=transaction_date"):
        running += each["balance_impact"]
        after[each["id"]] = running
    balance = books.api.get(f"/accounts/{books.account('1001')}/balance")["balance"]["amount"]
    assert running == balance
    for query in ("", "filters[metadata.shop]=north", "filters[transaction_date][in]=2026-03-03,2026-03-09"):
        for limit in (1, 2, 100):
            for each in every(books.api, f"{path}?{query}", limit):
                assert each["running_balance"] == after[each["id"]], (query, limit)


def test_the_general_journal_as_a_file_balances_and_has_the_api_s_figures(books):
    rows = rows_of(books.api, "/entries?format=csv")
    shown = every(books.api, "/entries?sort=transaction_date")
    assert [row["entry_id"] for row in rows] == [each["id"] for each in shown]
    assert len(rows) == 14
    for row, each in zip(rows, shown, strict=True):
        assert (row["account_id"], row["account_code"]) == (each["account_id"], each["account_code"])
        assert row["account_name"] == each["account_name"]
        assert same_sides(row, each)
        assert same_sides(row, each, "base_debit", "base_amount")
    for side in ("base_debit", "base_credit"):
        assert sum(Decimal(row[side] or 0) for row in rows) == Decimal("1000000000000317.21")
    order = [(row["transaction_date"], row["transaction_id"]) for row in rows]
    assert order == sorted(order)
    assert rows_of(books.api, "/entries", accept="text/csv") == rows


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("account_code=1001", None),
        ("entry_type=credit", 7),
        ("start_date=2026-03-04&end_date=2026-03-05", 4),
        ("filters[transaction_date][in]=2026-03-04,2026-03-10", 4),
        ("filters[metadata.shop]=north", 4),
        ("currency_id=CUR_EUR", 2),
        ("search=hyperlink", 2),
        ("search=%40REF", 2),
        ("filters[amount][gt]=112.34&filters[amount][lt]=1000", 2),
        ("amount=10", 2),
    ],
)
def test_the_general_journal_is_filtered(books, query, count):
    answer = books.api.get(f"/entries?{query}")
    if count is None:
        assert answer.error["code"] == "unknown_parameter"
        return
    assert len(answer.data) == count
    assert len(rows_of(books.api, f"/entries?{query}&format=csv")) == count
    newest, oldest = (every(books.api, f"/entries?{query}&sort={sort}transaction_date", 1) for sort in ("-", ""))
    assert {each["id"] for each in newest} == {each["id"] for each in oldest} == {each["id"] for each in answer.data}
    days = [each["transaction_date"] for each in newest]
    assert days == sorted(days, reverse=True)


def test_one_account_and_one_transaction_of_the_journal(books):
    cash = books.account("1001")
    register = every(books.api, f"/accounts/{cash}/entries")
    assert {row["id"] for row in books.api.get(f"/entries?account_id={cash}").data} == {row["id"] for row in register}
    number = register[0]["transaction_id"]
    assert len(books.api.get(f"/entries?transaction_id={number}").data) == 2


def test_transactions_as_a_file(books):
    rows = rows_of(books.api, "/transactions?format=csv")
    shown = every(books.api, "/transactions?sort=transaction_date")
    assert [row["transaction_id"] for row in rows] == [each["id"] for each in shown]
    assert {row["status"] for row in rows} == {"posted", "pending", "reversed"}
    for row, each in zip(rows, shown, strict=True):
        for name in ("status", "type", "transaction_date", "amount", "total_debits", "total_credits", "created_at"):
            assert row[name] == str(each[name]), name
        assert row["posting_date"] == (each["posting_date"] or "")
    assert len(rows_of(books.api, "/transactions?format=csv&status=reversed")) == 1
    largest = rows_of(books.api, "/transactions?format=csv&sort=-amount,transaction_date")[0]
    assert largest["amount"] == "1000000000000000.01"
    cash = books.account("1001")
    assert len(rows_of(books.api, f"/accounts/{cash}/transactions?format=csv")) == 7


def test_texts_that_a_spreadsheet_would_run_are_guarded(books):
    for path in ("/transactions", "/entries", f"/accounts/{books.account('1001')}/entries"):
        text = b"".join(file_of(books.api, f"{path}?format=csv").streaming_content).decode()
        assert f'"\'{EVIL.replace(chr(34), chr(34) * 2)}"' in text
        assert "'@ref" in text
        assert "'-Exchange" in text
        for row in csv.reader(io.StringIO(text, newline="")):
            assert not any(each.startswith(("=", "+", "@", "\t", "\r")) for each in row)


def test_a_file_says_what_it_is_and_has_its_header_even_when_empty(books):
    answer = file_of(books.api, f"/accounts/{books.account('5001')}/entries?format=csv")
    assert answer.streaming
    assert answer.headers["Content-Disposition"] == 'attachment; filename="ledger-5001.csv"'
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "X-RateLimit-Remaining" in answer.headers
    assert b"".join(answer.streaming_content).startswith(b"transaction_date,transaction_id,entry_id,")
    headers = {"authorization": f"Bearer {books.api.key}"}
    head = books.api.client.head(f"{books.api.base}/entries?format=csv", headers=headers)
    assert (head.status_code, head.getvalue(), head.headers["Content-Type"]) == (200, b"", "text/csv; charset=utf-8")
    assert "Content-Length" not in head.headers


@pytest.mark.parametrize("name", ["limit=5", "offset=1", "cursor=x", "include=total_count"])
def test_a_file_has_no_pages(books, name):
    answer = books.api.get(f"/entries?format=csv&{name}")
    assert (answer.status, answer.error["code"]) == (400, "invalid_parameter")


@pytest.mark.parametrize("path", ["/entries", "/transactions", "/accounts/{cash}/entries"])
def test_what_cannot_be_exported_is_refused_in_json_before_the_first_line(books, committed_cast, path):
    path = path.format(cash=books.account("1001"))
    for query, code in (
        ("format=xlsx", "invalid_parameter"),
        ("format=csv&colour=red", "unknown_parameter"),
        ("format=csv&start_date=soon", "invalid_parameter"),
        ("format=csv&sort=colour", "unknown_parameter"),
        ("format=csv&format=csv", "invalid_parameter"),
    ):
        answer = books.api.get(f"{path}?{query}")
        assert (answer.status, answer.error["code"]) == (400, code), query
    stranger = Api(committed_cast.charlies.key, books.api.base)
    assert stranger.get(f"{path}?format=csv").error["code"] == "not_found"
    assert books.key_for({"jobs": ["read"]}).get(f"{path}?format=csv").error["code"] == "not_authorized"
    assert Api(None, books.api.base).get(f"{path}?format=csv").status == 401


def test_an_account_out_of_reach_is_not_found_before_a_line_is_sent(books, committed_cast):
    theirs = committed_cast.charlies.account("1001")
    assert books.api.get(f"/accounts/{theirs}/entries?format=csv").status == 404


def test_a_post_that_accepts_csv_is_answered_in_json(books):
    answer = books.api.post("/transactions", books.sale(), accept="text/csv")
    assert (answer.status, answer["object"]) == (201, "transaction")


def test_each_organization_gets_its_own_rows_also_when_bodies_are_read_in_turns(books, committed_cast):
    """Two streams of one process, each piece in the scope of its own organization."""
    charlies = committed_cast.charlies
    charlies.api.post("/transactions", charlies.sale("77.00"))
    child = open_child(books, "Kid")
    child.api.post("/transactions", child.sale("55.00"))
    assert [row["debit"] for row in rows_of(charlies.api, "/entries?format=csv")] == ["77.00", ""]
    assert len(rows_of(books.api, "/entries?format=csv")) == 14
    parents_view = Api(books.api.key, child.api.base)
    assert [row["debit"] for row in rows_of(parents_view, "/entries?format=csv")] == ["55.00", ""]


def test_over_real_http_the_file_is_whole(committed_cast, http_server):
    books = committed_cast.alices
    fill(books, 300)
    request = urllib.request.Request(
        f"{http_server}{books.api.base}/entries?format=csv", headers={"Authorization": f"Bearer {books.api.key}"}
    )
    with urllib.request.urlopen(request) as answer:
        text = answer.read().decode()
    assert text.count("\r\n") == 601


def fill(books: Books, count: int) -> None:
    """So many sales, with texts of some length."""
    cash, sales = books.accounts["1001"].pk, books.accounts["4001"].pk
    day = datetime.date(2026, 1, 1)
    drafts = [
        Draft(
            lines=[Line(cash, "debit", "1.00", description="x" * 200), Line(sales, "credit", "1.00")],
            date=day + datetime.timedelta(days=place % 90),
            description="Sale " + "y" * 200,
        )
        for place in range(count)
    ]
    with books.acting():
        create_transactions(actor=books.actor, organization=books.organization, drafts=drafts, auto_post=True)


def peak_of(books: Books, path: str) -> int:
    """The most memory that reading a file took, in bytes, its rows thrown away."""
    answer = file_of(books.api, path)
    pieces = iter(answer.streaming_content)
    next(pieces)
    tracemalloc.start()
    count = sum(piece.count(b"\r\n") for piece in pieces)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count > 0
    return peak


def test_a_file_four_times_as_long_takes_no_more_memory(committed_cast, monkeypatch):
    monkeypatch.setattr(exporting, "AT_ONCE", 100)  # of some thousand, so that short files show it
    books = committed_cast.alices
    paths = ("/entries?format=csv", "/transactions?format=csv", f"/accounts/{books.account('1001')}/entries?format=csv")
    fill(books, 500)
    before = {path: peak_of(books, path) for path in paths}
    fill(books, 1_500)
    for path in paths:
        assert peak_of(books, path) < before[path] + 150_000, path


@pytest.mark.slow
def test_clients_that_go_away_leave_nothing_behind(web_process, owner_connection):
    """More of them than the pool has connections, each gone after the first bytes of a long file."""
    books = open_books("Leavers Ltd")
    fill(books, 4_000)
    owner_connection.execute("analyze")  # as autovacuum will; without it each file begins with a plan for no rows
    request = urllib.request.Request(
        f"{web_process.base_url}{books.api.base}/entries?format=csv",
        headers={"Authorization": f"Bearer {books.key}"},
    )
    for _ in range(30):
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.read(2_000)
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.read().count(b"\r\n") == 8_001
