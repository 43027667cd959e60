"""Amounts: every dress a bank gives them, nothing that only looks like one, the decimal sign of a column."""

from decimal import Decimal

import pytest

from reconciliation.parsers.csv_amounts import Unusable, amount_reader, is_amount
from reconciliation.parsers.csv_guessing import guess
from tests.reconciliation.parsers.csv_cases import amounts, column, money, problems, refusal

POINT = [
    ("1234.56", "1234.56"),
    ("-1234.56", "-1234.56"),
    ("+1234.56", "1234.56"),
    ("1,234.56", "1234.56"),
    ("1,234,567.89", "1234567.89"),
    ("12,34,567.89", "1234567.89"),  # India
    ("1'234.56", "1234.56"),
    ("1’234.56", "1234.56"),
    ("1 234.56", "1234.56"),
    ("1\u00a0234.56", "1234.56"),
    ("1\u202f234.56", "1234.56"),
    ("$500.00", "500.00"),
    ("-$250.00", "-250.00"),
    ("$-250.00", "-250.00"),
    ("+ $73.01", "73.01"),
    ("- $12.01", "-12.01"),
    ("(1,234.56)", "-1234.56"),
    ("($1,234.56)", "-1234.56"),
    ("12.50-", "-12.50"),
    ("12.50+", "12.50"),
    ("\u221212.50", "-12.50"),
    ("\u201312.50", "-12.50"),
    ("12.50 CR", "12.50"),
    ("12.50DR", "-12.50"),
    ("12.50 Dr.", "-12.50"),
    ("12.50 D", "-12.50"),
    ("EUR 12.50", "12.50"),
    ("12.50 EUR", "12.50"),
    ("-12.50 eur", "-12.50"),
    ("US$12.50", "12.50"),
    ("R$ 12.50", "12.50"),
    ("12.50 kr", "12.50"),
    ("Rs. 12.50", "12.50"),
    (".50", "0.50"),
    ("-.50", "-0.50"),
    ("100", "100"),
    ("0.00", "0.00"),
    ("-0.00", "0.00"),
    ("00012.50", "12.50"),
    (" 12.50 ", "12.50"),
    ("9999999999999999999.99999999", "9999999999999999999.99999999"),
    ("0.1234567800", "0.12345678"),
]
COMMA = [
    ("1234,56", "1234.56"),
    ("1.234,56", "1234.56"),
    ("-1.234.567,89", "-1234567.89"),
    ("€ 12,50", "12.50"),
    ("-12,50 €", "-12.50"),
    ("€-12,50", "-12.50"),
    ("1 234,56", "1234.56"),
    ("1\u00a0234,56 zł", "1234.56"),
    ("12,50-", "-12.50"),
    ("12,50 S", "-12.50"),
    ("12,50 H", "12.50"),
    ("(12,50)", "-12.50"),
    ("Kč 12,50", "12.50"),
    (",50", "0.50"),
    ("100", "100"),
]


@pytest.mark.parametrize(
    ("decimal", "cell", "amount"), [*((".", *case) for case in POINT), *((",", *case) for case in COMMA)]
)
def test_an_amount_in_any_dress(decimal, cell, amount):
    read = amount_reader(decimal)(cell)
    assert read == Decimal(amount)
    assert not read.is_signed() or read < 0, "Zero has no sign."
    assert is_amount(cell)


@pytest.mark.parametrize(
    "cell",
    [
        *("1e5", "1E+5", "1_000", "１２.50", "٣.50", "NaN", "Infinity", "--5.00", "-5.00-", "(-5.00)", "-(5.00)"),
        *("(5.00", "5.00)", "5.00 CR-", "1,23", "1,2345.00", "1.2.3", "12.50.", "5.", "abc", "12.50 abc", "$$5"),
        *("USD 5 USD", "0x10", "1,234'567.00", "ABC 12.50", "INV-1", "TXN0012", "12.50 Euro", "1 2 3", "5%", "9" * 100),
    ],
)
def test_what_only_looks_like_an_amount_is_not_one(cell):
    with pytest.raises(Unusable) as refused:
        amount_reader(".")(cell)
    assert refused.value.code == "amount_unreadable"


@pytest.mark.parametrize("cell", ["", "  ", "-", "--", "\u2013"])
def test_an_empty_cell_is_no_amount(cell):
    with pytest.raises(Unusable) as refused:
        amount_reader(".")(cell)
    assert refused.value.code == "amount_missing"


@pytest.mark.parametrize(
    "cell", ["10000000000000000000", "-10,000,000,000,000,000,000.00", "0.123456789", "$1.123456789"]
)
def test_an_amount_that_no_column_can_hold_is_a_problem(cell):
    with pytest.raises(Unusable) as refused:
        amount_reader(".")(cell)
    assert refused.value.code == "amount_out_of_range"


@pytest.mark.parametrize(("cell", "currency"), [("USD 5.00", "EUR"), ("€5.00", "USD"), ("5.00 £", "EUR")])
def test_an_amount_that_says_another_currency_is_a_problem(cell, currency):
    with pytest.raises(Unusable) as refused:
        amount_reader(".", currency)(cell)
    assert refused.value.code == "other_currency"
    assert amount_reader(".")(cell) == 5


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (("1.50", "1,234"), ("1.50", "1234")),
        (("1,50", "1.234"), ("1.50", "1234")),
        (("1,234.50", "12"), ("1234.50", "12")),
        (("1.234,50", "12"), ("1234.50", "12")),
        (("1,234,567", "1,234"), ("1234567", "1234")),
        (("1.234.567", "1.234"), ("1234567", "1234")),
        (("0,125", "1,250"), ("0.125", "1.250")),
        (("1234,567", "1,250"), ("1234.567", "1.250")),
        (("1 234,500", "1,250"), ("1234.500", "1.250")),
        (("1'234", "1'234.5"), ("1234", "1234.5")),
        (("500", "1,234"), ("500", "1234")),  # nobody writes 500 without and 1,234 with three decimals
        (("Rs. 500", "Rs. 1,23,456"), ("500", "123456")),
        (("12", "1234"), ("12", "1234")),
    ],
)
def test_the_whole_column_decides_the_decimal_sign(cells, read):
    assert amounts(column(*cells)) == money(*read)


@pytest.mark.parametrize(
    ("cells", "currency", "read"),
    [
        (("1,234", "2,500"), "USD", ("1234", "2500")),
        (("1.234", "2.500"), "EUR", ("1234", "2500")),
        (("1,234", "25000"), "JPY", ("1234", "25000")),
        (("1.234", "2.500"), "BHD", ("1.234", "2.500")),
        (("1,234", "2,500"), "KWD", ("1.234", "2.500")),
    ],
)
def test_the_decimals_of_the_currency_decide_where_the_column_does_not(cells, currency, read):
    assert amounts(column(*cells), currency=currency) == money(*read)
    in_heading = column(*cells, heading=f"Amount ({currency})")
    assert amounts(in_heading) == money(*read)


@pytest.mark.parametrize(
    ("cells", "currency"),
    [
        (("1,234", "2,500"), ""),
        (("1.234", "25000"), ""),
        (("1.234", "2,500"), ""),
        (("1,234", "500"), "BHD"),
        (("1.50", "2,50"), ""),
    ],
)
def test_what_the_column_leaves_open_is_refused_and_a_person_decides(cells, currency):
    assert refusal(column(*cells), currency=currency) == "decimal_sign_unclear"
    assert refusal(column(*cells), {"decimal": "."}, currency) == ""


def test_whole_numbers_leave_the_decimal_sign_open_for_the_next_file():
    assert guess(column("12", "1234").encode()).decimal == ""


def test_the_last_row_of_a_long_column_can_decide():
    assert amounts(column(*["1,234"] * 28).replace("2024-01-28;row 28;1,234", "2024-01-28;row 28;1,50"))[0] == Decimal(
        "1.234"
    )


def test_one_strange_amount_among_many_is_a_problem_of_its_row():
    rows = "".join(f"2024-01-{day:02d};x;1.50\n" for day in range(1, 29)) * 2
    assert problems(f"Date;Text;Amount\n{rows}2024-01-31;x;1,5\n") == [(58, "amount_unreadable")]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", "amount_missing"),
        ("n/a", "amount_unreadable"),
        ("1e5", "amount_unreadable"),
        ("12345678901234567890", "amount_out_of_range"),
    ],
)
def test_a_row_without_a_usable_amount_is_a_problem(cell, code):
    assert problems(column("1.50", cell, "2.50")) == [(3, code)]
