"""Statements of some entries only, on cash basis, and in another currency; figures worked by hand."""

from decimal import Decimal

import pytest

from tests.cast import Books, open_books
from tests.ledger.trading import open_trade
from tests.reports.worked import open_shop, rows, section

YEAR = "start_date=2026-01-01&end_date=2026-12-31"
INCOME = f"/reports/income-statement?{YEAR}"


@pytest.fixture
def books(db) -> Books:
    return open_shop()


@pytest.fixture
def trade(db):
    return open_trade()


def test_cash_basis_counts_a_document_as_far_as_it_was_paid(trade):
    """An invoice of 1,000 of which 250 are paid in March and the rest in May; a bill of 400 that nobody pays.

    On cash basis 250 are earned by the end of March, 1,000 by the end of May; the bill never counts. What is left on
    the balance sheet is cash and equity alone.
    """
    invoice = trade.invoice("1000.00", issued_at="2026-02-10", due_date="2026-03-10")
    trade.bill("400.00", billed_at="2026-02-11")
    trade.pay(invoice, "250.00", payment_date="2026-03-05")
    api = trade.api
    for end, accrued, paid in (("2026-02-28", 1000, 0), ("2026-03-31", 1000, 250)):
        asked = f"/reports/income-statement?start_date=2026-01-01&end_date={end}"
        assert api.get(asked)["total_revenue"] == accrued and api.get(asked)["total_expenses"] == 400
        cash = api.get(f"{asked}&basis=cash")
        assert (cash["basis"], cash["total_revenue"], cash["total_expenses"]) == ("cash", paid, 0)
        assert cash["known_at"] is None and cash["receipt"] is None
    trade.pay(invoice, "750.00", payment_date="2026-05-05")
    assert api.get(f"{INCOME}&basis=cash")["net_income"] == 1000
    quarters = api.get("/reports/income-statement?start_date=2026-04-01&end_date=2026-06-30&basis=cash&compare=1")
    assert section(quarters, "revenue")["totals"] == [750, 250]
    sheet = api.get("/reports/balance-sheet?as_of=2026-12-31&basis=cash&compare=9")
    assert sheet["is_balanced"] and (sheet["total_assets"], sheet["total_liabilities"]) == (1000, 0)
    assert set(rows(sheet, "assets")) == {"1001"}
    flow = api.get(f"/reports/cash-flow?{YEAR}&basis=cash")
    assert flow["is_tied"] and rows(flow, "operating") == {"Net income": [1000]}


def test_cash_basis_leaves_no_cent_behind(trade):
    """Three lines of 33.33 paid in three parts of 33.33: on no day is the balance sheet off by a cent."""
    lines = [{"description": "x", "quantity": 1, "unit_price": "33.33"} for _ in range(3)]
    invoice = trade.invoice(issued_at="2026-02-10", due_date="2026-03-10", items=lines)
    for month in (3, 4, 5):
        trade.pay(invoice, "33.33", payment_date=f"2026-0{month}-05")
        sheet = trade.api.get(f"/reports/balance-sheet?as_of=2026-0{month}-28&basis=cash")
        assert sheet["is_balanced"] and sheet["total_assets"] == section(sheet, "equity")["total"]
    assert str(sheet["total_assets"]) == "99.99"


def test_what_is_paid_of_two_lines_is_divided_to_the_cent(trade):
    """Two lines of 10.01 of which one half is paid: 5.00 and 5.01, and nothing is left on receivables."""
    accounts = [trade.books.account(code) for code in ("4001", "4101")]
    items = [{"description": "x", "unit_price": "10.01", "account_id": account} for account in accounts]
    invoice = trade.invoice(issued_at="2026-02-10", items=items)
    trade.pay(invoice, "10.01", payment_date="2026-03-05")
    income = trade.api.get(f"{INCOME}&basis=cash")
    assert sorted(map(str, (row["amount"] for row in section(income, "revenue")["rows"]))) == ["5.00", "5.01"]
    sheet = trade.api.get("/reports/balance-sheet?as_of=2026-12-31&basis=cash")
    assert sheet["is_balanced"] and rows(sheet, "assets") == {"1001": [Decimal("10.01")]}


def test_on_cash_basis_no_claim_gains_by_its_rate(trade):
    """100 euros at 1.10 are revalued to 104 while nobody has paid them, and paid at 1.05, so that 105 are earned.

    A foreign account of cash is worth what it is worth on either basis.
    """
    for day, rate in (("2026-02-10", "1.10"), ("2026-02-28", "1.04"), ("2026-03-05", "1.05")):
        trade.api.post("/exchange-rates", {"from_currency": "EUR", "to_currency": "USD", "effective_date": day,
                                           "rate": rate})  # fmt: skip
    invoice = trade.invoice("100.00", issued_at="2026-02-10", currency_id="CUR_EUR")
    assert trade.api.post("/revaluations", {"as_of": "2026-02-28"}).status == 201
    february = "start_date=2026-02-01&end_date=2026-02-28"
    accrued = trade.api.get(f"/reports/income-statement?{february}")
    assert (accrued["total_revenue"], accrued["net_income"]) == (110, 104)
    assert trade.api.get(f"/reports/income-statement?{february}&basis=cash")["net_income"] == 0
    sheet = trade.api.get("/reports/balance-sheet?as_of=2026-02-28&basis=cash")
    assert (sheet["is_balanced"], sheet["total_assets"], sheet["total_equity"]) == (True, 0, 0)
    trade.pay(invoice, "100.00", payment_date="2026-03-05")
    assert trade.api.get(f"{INCOME}&basis=cash")["net_income"] == 105
    sheet = trade.api.get("/reports/balance-sheet?as_of=2026-12-31&basis=cash")
    assert (sheet["is_balanced"], sheet["total_assets"]) == (True, 105)


def test_what_a_document_posts_to_cash_itself_was_paid(trade):
    """Coffee for 100 of which 40 were paid at the counter: 60 are due, 40 are cash and earned."""
    cash = {"description": "Paid in cash", "quantity": 1, "unit_price": "-40.00"}
    coffee = {"description": "Coffee", "quantity": 1, "unit_price": "100.00"}
    items = [coffee, cash | {"account_id": trade.books.account("1001")}]
    trade.invoice(issued_at="2026-02-10", items=items)
    sheet = trade.api.get("/reports/balance-sheet?as_of=2026-12-31&basis=cash")
    assert sheet["is_balanced"] and rows(sheet, "assets") == {"1001": [40]} and sheet["current_earnings"] == 40
    for method in ("direct", "indirect"):
        flow = trade.api.get(f"/reports/cash-flow?{YEAR}&basis=cash&method={method}")
        assert (flow["is_tied"], flow["closing_cash"]) == (True, 40), method


def test_a_cancelled_document_never_counted(trade):
    invoice = trade.invoice("100.00", issued_at="2026-02-10", due_date="2026-03-10")
    trade.post(f"/invoices/{invoice['id']}/cancel", {"date": "2026-03-01"}, status=200)
    assert trade.api.get(f"{INCOME}&basis=cash")["net_income"] == 0
    assert trade.api.get("/reports/balance-sheet?as_of=2026-02-20&basis=cash")["total_assets"] == 0


def test_a_past_moment_is_of_the_books_as_they_are_kept(books):
    for query in ("basis=cash", "currency=EUR"):
        refused = books.api.get(f"{INCOME}&{query}&known_at=2026-01-31T10:30:00Z")
        assert refused.status == 400
        assert "known_at" in str(refused.error)


def test_a_dimension_on_an_entry_or_on_its_transaction(books):
    """North earns 30 (on its entry) and spends 10 (on the transaction); south's 7 stay out of it."""
    north, south = {"department": "north"}, {"department": "south"}
    for debit, credit, amount, own, whole in (
        ("1001", "4001", "30.00", north, {}),
        ("5201", "1001", "10.00", {}, north),
        ("1001", "4001", "7.00", south, {}),
    ):
        entries = [books.entry(debit, "debit", amount), books.entry(credit, "credit", amount, metadata=own)]
        made = books.api.post(
            "/transactions",
            {"transaction_date": "2026-05-05", "entries": entries, "auto_post": True, "metadata": whole},
        )
        assert made.status == 201, made.body
    of_north = books.api.get(f"{INCOME}&dimension=department:north")
    assert (of_north["total_revenue"], of_north["total_expenses"]) == (30, 10)
    link = of_north["sections"][0]["rows"][0]["entries_query"].partition("&known_at")[0]
    found = books.api.get(link.removeprefix(books.api.base))
    assert [entry["amount"] for entry in found.data] == [30]
    assert books.api.get(f"{INCOME}&dimension=department:east")["net_income"] == 0
    assert books.api.get(f"{INCOME}&dimension=north").status == 400


def test_a_dimension_on_documents_and_their_lines(trade):
    """An invoice of 100 (north) and 50 (south) for a project; 60 of 150 are credited, in proportion 40 and 20.

    A bill of 30 for north is credited whole. Tax is posted for all lines together and belongs to the project.
    """
    lines = [
        {"description": "x", "unit_price": amount, "tax_ids": [trade.vat], "metadata": {"department": department}}
        for amount, department in (("100.00", "north"), ("50.00", "south"))
    ]
    project = {"project": "p"}
    invoice = trade.invoice(issued_at="2026-02-10", items=lines, metadata=project)
    for dimension, amount in (("project:p", 150), ("department:north", 100), ("department:south", 50)):
        assert trade.api.get(f"{INCOME}&dimension={dimension}")["total_revenue"] == amount, dimension
    sheet = trade.api.get("/reports/balance-sheet?as_of=2026-12-31&dimension=project:p")
    assert (sheet["total_assets"], sheet["total_liabilities"]) == (180, 30)
    trade.post(f"/invoices/{invoice['id']}/credit", {"amount": "72.00", "date": "2026-03-01"})
    for dimension, amount in (("project:p", 90), ("department:north", 60), ("department:south", 30)):
        assert trade.api.get(f"{INCOME}&dimension={dimension}")["total_revenue"] == amount, dimension
    line = {"description": "x", "unit_price": "30.00", "account_id": trade.books.account("5601")}
    bill = trade.bill(items=[line | {"metadata": {"department": "north"}}], metadata=project)
    assert trade.api.get(f"{INCOME}&dimension=department:north")["total_expenses"] == 30
    trade.post(f"/bills/{bill['id']}/credit", {})
    for dimension in ("department:north", "project:p"):
        assert trade.api.get(f"{INCOME}&dimension={dimension}")["total_expenses"] == 0


def test_what_is_reversed_counts_no_more_under_its_dimension(books):
    """A sale of 200 for a grant; 50 of it are reversed, an adjustment takes 30, and a reversal whatever is left."""
    entries = [books.entry("1001", "debit", "200.00"), books.entry("4001", "credit", "200.00")]
    body = {"transaction_date": "2026-05-05", "entries": entries, "auto_post": True, "metadata": {"grant": "g1"}}
    sale = f"/transactions/{books.api.post('/transactions', body)['id']}"
    granted = f"{INCOME}&dimension=grant:g1"
    part = [books.entry("4001", "debit", "50.00"), books.entry("1001", "credit", "50.00")]
    less = [books.entry("4001", "debit", "30.00"), books.entry("1001", "credit", "30.00")]
    day = {"reversal_date": "2026-05-06"}
    adjustment = {"transaction_date": "2026-05-06", "type": "journal", "entries": less}
    for path, sent, left in (
        ("reverse-partial", {"entries": part, **day}, 150),
        ("adjust", adjustment, 120),
        ("adjust", adjustment | {"metadata": {"grant": "g2"}}, 120),
        ("reverse", day, -30),
    ):
        made = books.api.post(f"{sale}/{path}", sent)
        assert made.status == 201, made.body
        assert books.api.get(granted)["total_revenue"] == left, path
    assert made["metadata"] == {"grant": "g1"}
    draft = books.api.post("/transactions", body)["id"]
    saved = books.api.post(f"/transactions/{draft}/reverse", {**day, "auto_post": False})
    assert books.api.post(f"/transactions/{saved['id']}/post").status == 200
    assert books.api.get(granted)["total_revenue"] == -30


def test_a_contact_a_category_and_an_account(trade):
    other = trade.post("/contacts", {"name": "Other", "type": "customer"})
    trade.invoice("100.00", issued_at="2026-02-10", due_date="2026-03-10")
    trade.invoice("40.00", issued_at="2026-02-10", due_date="2026-03-10", contact_id=other["id"])
    assert trade.api.get(f"{INCOME}&contact_id={other['id']}")["net_income"] == 40
    sheet = trade.api.get(f"/reports/balance-sheet?as_of=2026-12-31&contact_id={other['id']}")
    assert sheet["total_assets"] == 40 and sheet["is_balanced"] is None
    ledger = trade.api.get(f"/reports/general-ledger?{YEAR}&contact_id={other['id']}")
    assert ledger["total_debits"] == 40 and len(ledger["accounts"]) == 2
    cash = trade.api.get(f"{INCOME}&contact_id={other['id']}&basis=cash")
    assert cash["net_income"] == 0
    category = trade.post("/categories", {"name": "Fairs", "type": "income"})
    entries = [trade.books.entry("1001", "debit", "5.00"), trade.books.entry("4001", "credit", "5.00")]
    trade.post(
        "/transactions",
        {"transaction_date": "2026-03-03", "entries": entries, "auto_post": True, "category_id": category["id"]},
    )
    assert trade.api.get(f"{INCOME}&category_id={category['id']}")["total_revenue"] == 5
    account = trade.books.account("4001")
    alone = trade.api.get(f"{INCOME}&account_id={account}")
    assert list(rows(alone, "revenue")) == ["4001"] and rows(alone, "operating_expenses") == {}
    flow = trade.api.get(f"/reports/cash-flow?{YEAR}&account_id={account}")
    assert (flow.status, list(flow.error["details"]["fields"])) == (400, ["account_id"])
    for name, prefix in (("contact_id", "CON"), ("category_id", "CAT"), ("account_id", "ACT")):
        assert trade.api.get(f"{INCOME}&{name}={prefix}_00000000000000ff").status == 400


def test_an_account_is_what_it_is_in_the_whole_chart(books):
    """Freight below the cost of goods sold is cost of sales, also of the freight alone."""
    above = books.account("5001")
    made = books.api.post(
        "/accounts", {"code": "5003", "name": "Freight", "type": "expense", "parent_account_id": above}
    )
    books.refresh()
    entries = [books.entry("5003", "debit", "7.13"), books.entry("1001", "credit", "7.13")]
    body = {"transaction_date": "2026-02-10", "entries": entries, "auto_post": True}
    assert books.api.post("/transactions", body).status == 201
    for account in (above, made["id"]):
        alone = books.api.get(f"{INCOME}&account_id={account}")
        assert rows(alone, "cost_of_sales") == {
            **({"5001": [0]} if account == above else {}),
            "5003": [Decimal("7.13")],
        }
        assert rows(alone, "operating_expenses") == {}


def test_what_was_nothing_needs_no_rate(books):
    """Before the first year cash was nil: the cash flow of 2025 asks for the rates of its days, none before."""
    for day in ("2025-01-01", "2025-12-31"):
        rate = {"from_currency": "USD", "to_currency": "EUR", "effective_date": day, "rate": "0.90"}
        assert books.api.post("/exchange-rates", rate).status in (200, 201)
    flow = books.api.get("/reports/cash-flow?start_date=2025-01-01&end_date=2025-12-31&currency=EUR")
    assert flow.status == 200, flow.body
    assert (flow["opening_cash"], flow["closing_cash"]) == (0, 12420)


def test_another_currency_of_presentation(books):
    """One dollar is 0.90 euros at the end of January (good for seven days) and 0.80 on February 28.

    Balance sheet at the closing rate: assets 14,450 x 0.80 = 11,560. Income of February: utilities of 150 at the
    average of the eight days with a rate, (7 x 0.90 + 0.80) / 8. Cash: 13,800 x 0.90 = 12,420 before, and
    12,650 x 0.80 = 10,120 at the end.
    """
    for day, rate in (("2026-01-31", "0.90"), ("2026-02-28", "0.80")):
        made = books.api.post(
            "/exchange-rates", {"from_currency": "USD", "to_currency": "EUR", "effective_date": day, "rate": rate}
        )
        assert made.status in (200, 201), made.body
    sheet = books.api.get("/reports/balance-sheet?as_of=2026-02-28&currency=EUR")
    assert (sheet["currency"], sheet["total_assets"], sheet["is_balanced"]) == ("EUR", 11560, True)
    february = "start_date=2026-02-01&end_date=2026-02-28"
    income = books.api.get(f"/reports/income-statement?{february}&currency=EUR")
    assert str(income["total_expenses"]) == "133.13"
    flow = books.api.get(f"/reports/cash-flow?{february}&currency=EUR")
    assert (flow["opening_cash"], flow["closing_cash"], flow["is_tied"]) == (12420, 10120, True)
    assert section(flow, "exchange")["total"] == 10120 - 12420 - flow["net_change"]
    assert books.api.get("/reports/balance-sheet?as_of=2026-02-28&currency=JPY").status == 422
    assert books.api.get("/reports/balance-sheet?as_of=2026-02-28&currency=XXQ").status == 400
    file = books.api.get("/reports/balance-sheet?as_of=2026-02-28&currency=EUR&format=csv")
    assert file.status == 200


def rate(books: Books, currency: str, of: str, day: str = "2025-12-31") -> None:
    body = {"from_currency": "USD", "to_currency": currency, "effective_date": day, "rate": of}
    assert books.api.post("/exchange-rates", body).status == 201
    assert books.api.put("", {"exchange_rate_max_age_days": 366}).status == 200


@pytest.mark.parametrize(
    ("amount", "currency", "of", "worth"),
    [
        ("1000000000000.00", "IRR", "42000000", "42000000000000000000.00"),
        ("9999999999999999999.99", "BHD", "999999999999", "9999999999989999999990000000000.010"),
    ],
)
def test_amounts_of_any_size_are_told_to_the_last_digit(db, amount, currency, of, worth):
    """More digits than an amount of the books may have; in the second case more than Python's decimals keep."""
    books = open_books("Large Ltd")
    rate(books, currency, of)
    made = books.api.post("/transactions", books.sale(amount, transaction_date="2026-01-05"))
    assert made.status == 201, made.body
    sheet = books.api.get(f"/reports/balance-sheet?as_of=2026-12-31&currency={currency}")
    assert sheet.status == 200, sheet.body
    assert (str(sheet["total_assets"]), sheet["is_balanced"]) == (worth, True)
    trial = books.api.get(f"/reports/trial-balance?as_of=2026-12-31&currency={currency}")
    assert (str(trial["totals"]["total_credits"]), trial["is_balanced"]) == (worth, True)
    income = books.api.get(f"{INCOME}&currency={currency}")
    assert (str(income["net_income"]), income["margins"]["net"]) == (worth, 100)
    flow = books.api.get(f"/reports/cash-flow?{YEAR}&currency={currency}&method=direct")
    assert (str(flow["closing_cash"]), flow["is_tied"]) == (worth, True)
    for kind in ("csv", "xlsx", "pdf"):
        assert books.api.get(f"/reports/balance-sheet?currency={currency}&format={kind}").status == 200


def test_what_rounding_adds_up_to_stands_on_a_row_of_the_trial_balance(db):
    """A cent at 0.377 is 0.004, three times 0.012; the three cents against them are 0.011: 0.001 are left."""
    books = open_books("Rounded Ltd")
    rate(books, "BHD", "0.3770")
    for debit in ("1001", "5201", "5301"):
        entries = [books.entry(debit, "debit", "0.01"), books.entry("4001", "credit", "0.01")]
        body = {"transaction_date": "2026-01-05", "entries": entries, "auto_post": True}
        assert books.api.post("/transactions", body).status == 201
    trial = books.api.get("/reports/trial-balance?as_of=2026-01-31&currency=BHD&compare=1")
    totals = trial["totals"]
    assert [str(totals[name]) for name in ("total_debits", "total_credits")] == ["0.012", "0.012"]
    assert trial["is_balanced"] is True and str(totals["equity"]) == "0.001"
    rounding = trial["accounts"][-1]
    assert (rounding["id"], rounding["code"], rounding["name"]) == (None, "", "Rounding of the translation")
    assert [str(rounding[name]) for name in ("debit_balance", "credit_balance")] == ["0.000", "0.001"]
    assert [str(each) for each in rounding["balances"]] == ["0.001", "0.000"]
    sheet = books.api.get("/reports/balance-sheet?as_of=2026-01-31&currency=BHD")
    assert rows(sheet, "equity")["Rounding of the translation"] == [Decimal("0.001")]
    lines = books.api.get("/reports/trial-balance?as_of=2026-01-31&currency=BHD&format=csv").content.decode()
    assert "Rounding of the translation,equity,0,0.000,0.001" in lines
    base = books.api.get("/reports/trial-balance?as_of=2026-01-31")
    assert base["is_balanced"] and "Rounding" not in str(base.body)
