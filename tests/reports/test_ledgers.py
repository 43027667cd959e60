"""The general ledger, statements of accounts and the tax summary, worked by hand."""

import io
import zipfile
from decimal import Decimal

import pytest

from reports.errors import ReportTooLong
from tests.cast import Books, open_books, open_child
from tests.ledger.trading import Trade, open_trade
from tests.reports.worked import open_shop


@pytest.fixture
def books(db) -> Books:
    return open_shop()


@pytest.fixture
def trade(db) -> Trade:
    return open_trade()


def of(books: Books, code: str) -> str:
    return f"/reports/account-statement?account_id={books.account(code)}"


def test_the_statement_of_an_account(books):
    statement = books.api.get(f"{of(books, '1001')}&start_date=2025-06-01&end_date=2026-02-28")
    assert (statement["opening_balance"], statement["closing_balance"]) == (15000, 12650)
    assert [(entry["debit"], entry["credit"], entry["running_balance"]) for entry in statement["entries"]] == [
        (0, 1200, 13800),
        (0, 1000, 12800),
        (0, 150, 12650),
    ]
    assert (statement["total_debits"], statement["total_credits"]) == (0, 2350)
    owed = books.api.get(f"{of(books, '2001')}&start_date=2026-01-01&end_date=2026-12-31")
    assert (owed["opening_balance"], owed["closing_balance"]) == (3000, 2000)  # credits count up


def test_the_general_ledger_has_every_account_and_ends_where_the_trial_balance_is(books):
    ledger = books.api.get("/reports/general-ledger?start_date=2026-01-01&end_date=2026-02-28")
    balances = {row["code"]: (row["opening_balance"], row["closing_balance"]) for row in ledger["accounts"]}
    assert balances["1001"] == (13800, 12650) and balances["2001"] == (-3000, -2000)
    assert balances["1101"] == (0, 800) and balances["3001"] == (-10000, -10000)
    assert ledger["total_debits"] == ledger["total_credits"] == 1950
    trial = books.api.get("/reports/trial-balance?as_of=2026-02-28")["accounts"]
    assert {row["code"]: row["debit_balance"] - row["credit_balance"] for row in trial} == {
        code: after for code, (_, after) in balances.items() if after
    }


def test_what_was_known_then(committed_db):
    books = open_shop()
    first = books.api.get("/reports/general-ledger?end_date=2026-02-28")
    one = books.api.get(f"{of(books, '1001')}&end_date=2026-02-28")
    books.api.post("/transactions", books.sale("5.00", transaction_date="2026-01-01"))
    assert books.api.get(f"/reports/general-ledger?known_at={first['receipt']}").body == first.body
    assert books.api.get(f"/reports/account-statement?known_at={one['receipt']}").body == one.body


def test_what_cannot_be_shown_says_why(books, monkeypatch):
    assert "account_id" in books.api.get("/reports/account-statement").error["details"]["fields"]
    kid, stranger = open_child(books, "Kid Ltd"), open_books("Stranger Ltd", email="stranger@example.com")
    for other in (kid, stranger):
        refused = books.api.get(f"/reports/account-statement?account_id={other.account('1001')}")
        assert (refused.status, "account_id" in refused.error["details"]["fields"]) == (400, True)
    monkeypatch.setattr("reports.ledgers.MOST_ENTRIES", 3)
    long = books.api.get("/reports/general-ledger?start_date=2025-01-01")
    assert (long.status, long.error["code"]) == (422, ReportTooLong.code)


def test_taxes_by_the_day_of_their_documents(trade):
    """Sold for 100 + 20, credited by half; bought for 60 + 12; 5 were posted on the tax account by hand."""
    invoice = trade.invoice("100.00", taxes=[trade.vat])
    trade.bill("60.00", taxes=[trade.vat], bill_number="R-1")
    credit = trade.post(f"/invoices/{invoice['id']}/credit", {"amount": "60.00", "date": "2026-02-05"})
    assert credit["tax_amount"] in (10, -10)
    entries = [trade.books.entry("2101", "debit", "5.00"), trade.books.entry("1001", "credit", "5.00")]
    paid = {"transaction_date": "2026-01-30", "entries": entries, "auto_post": True}
    assert trade.api.post("/transactions", paid).status == 201
    summary = trade.api.get("/reports/tax-summary?start_date=2026-01-01&end_date=2026-01-31")
    [sold], [bought] = summary["sales"], summary["purchases"]
    assert (sold["name"], sold["rate"], sold["base"], sold["tax"]) == ("VAT 20%", 20, 100, 20)
    assert (bought["base"], bought["tax"]) == (60, 12)
    assert (summary["total_sales_tax"], summary["total_purchase_tax"], summary["net_tax"]) == (20, 12, 8)
    [account] = summary["tax_accounts"]
    assert (account["code"], account["movement"], account["documents"], account["other"]) == ("2101", 3, 8, -5)
    both = trade.api.get("/reports/tax-summary?start_date=2026-01-01&end_date=2026-02-28")
    assert (both["sales"][0]["base"], both["net_tax"]) == (50, -2)


def test_taxes_as_far_as_they_were_paid_come_to_the_cent(trade):
    """120 are paid in three parts of 40: of 20 a third is 6.67, two thirds are 13.33: 6.67, 6.66, 6.67."""
    invoice = trade.invoice("100.00", taxes=[trade.vat])
    shares = []
    for month in ("02", "03", "04"):
        trade.pay(invoice, "40.00", payment_date=f"2026-{month}-10")
        query = f"start_date=2026-{month}-01&end_date=2026-{month}-28&basis=cash"
        shares.append(trade.api.get(f"/reports/tax-summary?{query}")["total_sales_tax"])
    assert [str(share) for share in shares] == ["6.67", "6.66", "6.67"]
    whole = trade.api.get("/reports/tax-summary?start_date=2026-01-01&end_date=2026-12-31&basis=cash")
    assert (whole["sales"][0]["base"], whole["total_sales_tax"], whole["tax_accounts"]) == (100, 20, None)
    nothing = trade.api.get("/reports/tax-summary?start_date=2026-01-01&end_date=2026-01-31&basis=cash")
    assert nothing["sales"] == [] and nothing["net_tax"] == 0


@pytest.mark.parametrize("name", ["general-ledger?", "tax-summary?", "account-statement?account_id={account}&"])
@pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf"])
def test_all_come_as_files(trade, name, kind):
    trade.invoice("100.00", taxes=[trade.vat])
    query = f"{name.format(account=trade.books.account('1101'))}start_date=2026-01-01&end_date=2026-12-31&format={kind}"
    key = {"authorization": f"Bearer {trade.books.key}"}
    answer = trade.api.client.get(f"{trade.api.base}/reports/{query}", headers=key)
    assert answer.status_code == 200 and answer.content[:2] in (b"PK", b"%P", b"ki")


REFERENCE = "INV-2026-000123-OF-THE-NORTHERN-BRANCH"


def cells_of(workbook: bytes) -> tuple[str, str]:
    """The texts and the styles of a workbook."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as book:
        return book.read("xl/sharedStrings.xml").decode(), book.read("xl/styles.xml").decode()


def test_files_have_references_whole(books):
    draft = books.sale("5.00", auto_post=False, transaction_date="2026-01-20", reference_number=REFERENCE)
    for body in (draft, draft | {"auto_post": True}):
        assert books.api.post("/transactions", body).status == 201
    period = "start_date=2026-01-01&end_date=2026-02-28"
    for report in (f"general-ledger?{period}", f"{of(books, '1001')[9:]}&{period}", "unposted?as_of=2026-02-28"):
        assert f",{REFERENCE}," in books.api.get(f"/reports/{report}&format=csv").content.decode()
        texts, _ = cells_of(books.api.get(f"/reports/{report}&format=xlsx").content)
        assert f">{REFERENCE}<" in texts
        assert books.api.get(f"/reports/{report}&format=pdf").content.startswith(b"%PDF")


@pytest.mark.parametrize(("currency", "amount", "look"), [("BHD", "10.125", "#,##0.000;"), ("JPY", "10", "#,##0;")])
def test_a_workbook_has_the_decimals_of_the_account(books, currency, amount, look):
    made = books.api.post("/accounts", {"code": "1019", "name": "Abroad", "type": "asset", "currency_id": currency})
    assert made.status == 201, made.body
    books.refresh()
    entries = [
        books.entry("1019", "debit", amount, currency_rate="2.00"),
        books.entry("4001", "credit", str(Decimal(amount) * 2)[:5]),
    ]
    posted = books.api.post("/transactions", {"transaction_date": "2026-01-05", "entries": entries, "auto_post": True})
    assert posted.status == 201, posted.body
    _, styles = cells_of(books.api.get(f"{of(books, '1019')}&end_date=2026-02-28&format=xlsx").content)
    assert f'formatCode="{look}' in styles and 'formatCode="#,##0.00;' not in styles
