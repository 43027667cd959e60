"""Investment statements in OFX: a movement of this account's cash is a line, all else a Problem, never silence."""

import datetime
from decimal import Decimal

import pytest

from reconciliation.parsers.items import Line, Problem, Section
from reconciliation.parsers.ofx import read

STATEMENT = """<OFX><INVSTMTMSGSRSV1><INVSTMTTRNRS><INVSTMTRS>
<DTASOF>20050827<CURDEF>USD
<INVACCTFROM><BROKERID>121099999<ACCTID>999988</INVACCTFROM>
<INVTRANLIST><DTSTART>20050824<DTEND>20050828
{records}
</INVTRANLIST>
<INVPOSLIST><POSSTOCK><INVPOS><UNITS>200<UNITPRICE>49.50<MKTVAL>9900.00<MEMO>Next dividend</INVPOS>
</POSSTOCK></INVPOSLIST>
<INVBAL><AVAILCASH>200.00<MARGINBALANCE>-50.00<SHORTBALANCE>0</INVBAL>
<INVOOLIST><OOBUYSTOCK><OO><FITID>1<UNITS>100</OO></OOBUYSTOCK></INVOOLIST>
</INVSTMTRS></INVSTMTTRNRS></INVSTMTMSGSRSV1></OFX>"""

BUY = """<BUYSTOCK><INVBUY>
<INVTRAN><FITID>23321<DTTRADE>20050825<DTSETTLE>20050828<MEMO>YOU BOUGHT</INVTRAN>
<SECID><UNIQUEID>123456789<UNIQUEIDTYPE>CUSIP</SECID>
<UNITS>100<UNITPRICE>50.00<COMMISSION>25.00<TOTAL>-5025.00<SUBACCTSEC>CASH<SUBACCTFUND>CASH</INVBUY>
<BUYTYPE>BUY</BUYSTOCK>"""


def items(records: str) -> list:
    section, *others = read(STATEMENT.format(records=records).encode())
    assert section == Section("999988", "USD")
    return others


def test_a_purchase_is_a_line_on_the_day_of_the_trade():
    assert items(BUY) == [
        Line(
            place=5,
            date=datetime.date(2005, 8, 25),
            amount=Decimal("-5025.00"),
            description="YOU BOUGHT 123456789",
            bank_id="23321",
            kind="BUYSTOCK",
            value_date=datetime.date(2005, 8, 28),
        )
    ]


def test_cash_of_the_account_is_read_like_a_banks():
    (line,) = items("""<INVBANKTRAN><STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20050825<TRNAMT>1000.00<FITID>12345
        <NAME>Customer deposit<MEMO>Your check #1034</STMTTRN><SUBACCTFUND>CASH</INVBANKTRAN>""")
    assert (line.amount, line.counterparty, line.kind) == (1000, "Customer deposit", "CREDIT")


@pytest.mark.parametrize(
    ("name", "total"), [("INCOME", "104.23"), ("INVEXPENSE", "-21.89"), ("MARGININTEREST", "-3"), ("RETOFCAP", "9")]
)
def test_income_and_expenses(name, total):
    (line,) = items(f"""<{name}><INVTRAN><FITID>1<DTTRADE>20050714170000<MEMO>DIV</INVTRAN><SECID><UNIQUEID>8740</SECID>
        <TOTAL>{total}<SUBACCTSEC>CASH<SUBACCTFUND>MARGIN</{name}>""")
    assert (line.amount, line.kind, line.date.day) == (Decimal(total), name, 14)


@pytest.mark.parametrize(
    "record",
    [
        BUY.replace("<SUBACCTFUND>CASH", "<SUBACCTFUND>OTHER"),  # paid from elsewhere, as in a pension plan
        BUY.replace("<SUBACCTFUND>CASH", ""),
        BUY.replace("<TOTAL>-5025.00", ""),
        BUY.replace("<TOTAL>-", "<TOTAL>"),  # shares come in, and cash too: one of the two signs is wrong
        "<REINVEST><INVTRAN><FITID>1<DTTRADE>20050825</INVTRAN><TOTAL>-7.15<SUBACCTSEC>CASH<UNITS>7.15</REINVEST>",
        "<TRANSFER><INVTRAN><FITID>1<DTTRADE>20050825</INVTRAN><UNITS>5<TFERACTION>IN</TRANSFER>",
        "<SPLIT><INVTRAN><FITID>1<DTTRADE>20050825</INVTRAN><NUMERATOR>2<DENOMINATOR>1</SPLIT>",
        "<JRNLFUND><INVTRAN><FITID>1<DTTRADE>20050825</INVTRAN><SUBACCTTO>CASH<SUBACCTFROM>MARGIN<TOTAL>5</JRNLFUND>",
    ],
)
def test_what_moves_no_cash_here_is_named(record):
    (problem,) = items(record)
    assert isinstance(problem, Problem)
    assert (problem.place, problem.code) == (5, "investment_not_read")


def test_a_cancelled_purchase_brings_the_cash_back():
    (line,) = items(BUY.replace("<TOTAL>-", "<TOTAL>").replace("<UNITS>", "<UNITS>-"))
    assert line.amount == 5025


def test_a_trade_without_a_date_is_a_problem():
    (problem,) = items(BUY.replace("<DTTRADE>20050825", ""))
    assert problem.code == "date_missing"
