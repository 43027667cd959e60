"""OFX: one rule after another, on statements short enough to check by eye."""

import datetime
from decimal import Decimal

import pytest

from reconciliation.parsers.items import Balance, Line, Problem, Section, Unreadable
from reconciliation.parsers.ofx import read

D = Decimal
SGML = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
ENCODING:USASCII
CHARSET:1252

<OFX>
<BANKMSGSRSV1><STMTTRNRS><STMTRS>
<CURDEF>USD
<BANKACCTFROM><BANKID>121099999<ACCTID>999988<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20240101<DTEND>20240131
{records}
</BANKTRANLIST>
<LEDGERBAL><BALAMT>200.29<DTASOF>20240131112000</LEDGERBAL>
<AVAILBAL><BALAMT>999.99<DTASOF>20240131</AVAILBAL>
</STMTRS></STMTTRNRS></BANKMSGSRSV1>
</OFX>
"""


def items(text: str | bytes) -> list:
    return list(read(text if isinstance(text, bytes) else text.encode()))


def records(text: str) -> list:
    """What a statement with these records gives, without its section and balance."""
    return [item for item in items(SGML.format(records=text)) if isinstance(item, Line | Problem)]


def record(**fields: str) -> Line | Problem:
    """What one record of a statement gives; a field given as None is left out."""
    known = {"TRNTYPE": "DEBIT", "DTPOSTED": "20240115", "TRNAMT": "-5.00", "FITID": "F1", "NAME": "Shop"} | fields
    text = "".join(f"<{name}>{value}\n" for name, value in known.items() if value is not None)
    (item,) = records(f"<STMTTRN>{text}</STMTTRN>")
    return item


def problem(**fields: str) -> str:
    item = record(**fields)
    assert isinstance(item, Problem)
    return item.code


class TestTheStatement:
    def test_section_lines_and_closing_balance(self):
        text = """<STMTTRN>
            <TRNTYPE>CHECK<DTPOSTED>20240104<TRNAMT>-200.00<FITID>00002<CHECKNUM>1000
            <NAME>J. Smith<MEMO>Rent for January
            </STMTTRN>"""
        assert items(SGML.format(records=text)) == [
            Section(account="999988", currency="USD"),
            Line(
                place=12,
                date=datetime.date(2024, 1, 4),
                amount=D("-200.00"),
                description="Rent for January",
                counterparty="J. Smith",
                reference="1000",
                bank_id="00002",
                kind="CHECK",
            ),
            Balance("closing", D("200.29"), datetime.date(2024, 1, 31)),
        ]

    def test_xml_reads_like_sgml(self):
        text = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
            <?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE"?>
            <OFX xmlns="http://ofx.net/types/2003/04"><STMTRS><CURDEF>EUR</CURDEF>
            <BANKACCTFROM><ACCTID>DE02120300000000202051</ACCTID></BANKACCTFROM>
            <BANKTRANLIST><STMTTRN><TRNTYPE>CREDIT</TRNTYPE><DTPOSTED>20240105</DTPOSTED>
            <TRNAMT>7</TRNAMT><FITID></FITID><NAME/><MEMO><![CDATA[Fish & Chips <Ltd>]]></MEMO></STMTTRN>
            </BANKTRANLIST></STMTRS></OFX>"""
        section, line = items(text)
        assert section == Section("DE02120300000000202051", "EUR")
        assert (line.amount, line.description, line.counterparty, line.bank_id) == (7, "Fish & Chips <Ltd>", "", "")
        assert line.place == 5

    def test_several_accounts_are_several_sections(self):
        bank = "<STMTRS><CURDEF>USD<BANKACCTFROM><ACCTID>1</BANKACCTFROM><LEDGERBAL><BALAMT>10</LEDGERBAL></STMTRS>"
        card = """<CCSTMTRS><CURDEF>CAD<CCACCTFROM><ACCTID>2</CCACCTFROM><BANKTRANLIST><STMTTRN><DTPOSTED>20240105
            <TRNAMT>-3<NAME>Cafe</STMTTRN></BANKTRANLIST><LEDGERBAL><BALAMT>-3<DTASOF>20240106</LEDGERBAL></CCSTMTRS>"""
        empty = "<STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>3</BANKACCTFROM></STMTRS>"
        assert [item for item in items(f"<OFX>{bank}{card}{empty}</OFX>") if not isinstance(item, Line)] == [
            Section("1", "USD"),
            Balance("closing", D("10"), None),
            Section("2", "CAD"),
            Balance("closing", D("-3"), datetime.date(2024, 1, 6)),
            Section("3", "EUR"),
        ]

    def test_a_statement_without_end_tag_is_ended_by_the_next(self):
        text = "<OFX><STMTRS><CURDEF>USD<STMTRS><CURDEF>EUR</OFX>"
        assert items(text) == [Section("", "USD"), Section("", "EUR")]

    def test_what_a_statement_does_not_say_is_empty(self):
        assert items("<OFX><STMTRS><CURDEF></CURDEF></STMTRS></OFX>") == [Section()]

    def test_a_statement_of_one_line_of_text(self):
        text = SGML.format(records="<STMTTRN><DTPOSTED>20240115<TRNAMT>-5<NAME>Shop</STMTTRN>").replace("\n", "")
        assert [type(item) for item in items(text)] == [Section, Line, Balance]

    def test_tags_in_small_letters(self):
        text = SGML.format(records="<stmttrn><dtposted>20240115<trnamt>-5<name>Shop no. <5</stmttrn>")
        _, line, _ = items(text.replace("<OFX>", "<ofx>").replace("</OFX>", "</ofx>"))
        assert (line.amount, line.counterparty) == (-5, "Shop no. <5")

    def test_a_record_outside_any_statement(self):
        section, line = items("<OFX><STMTTRN><DTPOSTED>20240115<TRNAMT>1</STMTTRN></OFX>")
        assert (section, line.amount) == (Section(), 1)

    def test_records_that_are_not_closed(self):
        first, second = records("<STMTTRN><DTPOSTED>20240115<TRNAMT>1<STMTTRN><DTPOSTED>20240116<TRNAMT>2")
        assert (first.amount, second.amount) == (1, 2)

    def test_comments_are_no_content_and_keep_the_lines(self):
        first, second = records("""<STMTTRN><DTPOSTED>20240115 <!-- posted
            on the 15th --><TRNAMT>1<!-- <TRNAMT>2 --></STMTTRN>
            <!-- <STMTTRN><DTPOSTED>20240116<TRNAMT>9</STMTTRN> -->
            <STMTTRN><DTPOSTED>20240116<TRNAMT>2</STMTTRN> <!-- never closed""")
        assert (first.place, first.amount) == (12, 1)
        assert (second.place, second.amount) == (15, 2)

    def test_lines_are_counted_in_files_of_old_macs_too(self):
        text = SGML.format(records="<STMTTRN><DTPOSTED>20240115<TRNAMT>1</STMTTRN>").replace("\n", "\r")
        assert [item.place for item in items(text) if isinstance(item, Line)] == [12]


class TestFields:
    @pytest.mark.parametrize(
        ("written", "day"),
        [
            ("20240131", 31),
            ("20240131230000[-5:EST]", 31),  # 1 February in UTC
            ("20240101003000[+9:JST]", 1),  # 31 December in UTC
            ("20240115120000.000[0:GMT]", 15),
            (" 20240115", 15),
            ("2024-01-15", 15),
        ],
    )
    def test_the_written_day_counts(self, written, day):
        assert record(DTPOSTED=written).date == datetime.date(2024, 1, day)

    @pytest.mark.parametrize(
        ("written", "amount"),
        [("-530,86", "-530.86"), ("            -11,76", "-11.76"), ("+75.6000", "75.6"), ("1.234,56", "1234.56"),
         ("-1,234.50", "-1234.50"), ("12.345", "12.345")],
    )  # fmt: skip
    def test_amounts(self, written, amount):
        assert record(TRNAMT=written).amount == D(amount)

    def test_words(self):
        assert (record(MEMO="Lunch").counterparty, record(MEMO="Lunch").description) == ("Shop", "Lunch")
        assert (record(MEMO="").counterparty, record(MEMO="").description) == ("Shop", "Shop")
        assert (record(NAME=None, MEMO="Lunch").counterparty, record(NAME=None, MEMO="Lunch").description) == (
            "",
            "Lunch",
        )
        assert record(NAME=None, PAYEE="Cafe").counterparty == "Cafe"
        assert record(EXTDNAME="The shop at the corner").description == "The shop at the corner"

    def test_a_payee_in_parts(self):
        line = record(NAME=None, PAYEE="<NAME>Cafe<ADDR1>Main St 1<CITY>Bath</PAYEE>")
        assert (line.counterparty, line.description) == ("Cafe", "Cafe")

    def test_entities_and_loose_signs(self):
        line = record(NAME="Fish &amp; Chips&nbsp;&lt;Ltd&gt;", MEMO="3 < 4 & 5 > 2, A<B")
        assert (line.counterparty, line.description) == ("Fish & Chips <Ltd>", "3 < 4 & 5 > 2, A<B")

    @pytest.mark.parametrize(
        ("fields", "reference"),
        [
            ({"CHECKNUM": "1025", "REFNUM": "77"}, "1025"),
            ({"REFNUM": "101.901"}, "101.901"),
            ({"CHECKNUM": "0", "REFNUM": "77"}, "77"),
            ({"CHECKNUM": "000"}, ""),
            ({"CHECKNUM": "00190944"}, "00190944"),
        ],
    )
    def test_reference(self, fields, reference):
        assert record(**fields).reference == reference

    def test_a_bank_id_of_zeros_is_none(self):
        assert record(FITID="0").bank_id == ""

    @pytest.mark.parametrize("aggregate", ["BANKACCTTO", "CCACCTTO"])
    def test_the_other_account(self, aggregate):
        line = record(**{aggregate: f"<BANKID>1<ACCTID>DE99 1234<ACCTTYPE>CHECKING</{aggregate}>"})
        assert line.counterparty_account == "DE99 1234"

    def test_kind_and_value_date(self):
        line = record(TRNTYPE="Credit", DTUSER="20240112", DTAVAIL="20240117120000")
        assert (line.kind, line.value_date) == ("CREDIT", datetime.date(2024, 1, 17))
        assert record(DTAVAIL="soon").value_date is None

    def test_a_converted_amount_is_the_accounts(self):
        line = record(TRNAMT="-107.00", ORIGCURRENCY="<CURRATE>1.07<CURSYM>EUR</ORIGCURRENCY>")
        assert line.amount == D("-107.00")

    @pytest.mark.parametrize(("rate", "symbol"), [("1.07", "USD"), ("1.00", "EUR"), ("1", "EUR"), ("", "")])
    def test_a_currency_that_is_the_accounts(self, rate, symbol):
        assert record(CURRENCY=f"<CURRATE>{rate}<CURSYM>{symbol}</CURRENCY>").amount == -5


class TestBalances:
    def balance(self, text: str) -> list:
        return items(f"<OFX><STMTRS>{text}</STMTRS></OFX>")[1:]

    def test_undated_where_the_date_is_broken(self):
        assert self.balance("<LEDGERBAL><BALAMT>0,10<DTASOF>00000000</LEDGERBAL>") == [Balance("closing", D("0.10"))]

    @pytest.mark.parametrize("text", ["<BALAMT><DTASOF>", "<BALAMT>0,00<DTASOF>00000000", "<DTASOF>20240101", ""])
    def test_banks_that_know_none(self, text):
        assert self.balance(f"<LEDGERBAL>{text}</LEDGERBAL>") == []

    def test_what_is_available_is_not_the_balance(self):
        text = "<LEDGERBAL><BALAMT>1<DTASOF>20240131<AVAILBAL><BALAMT>9<DTASOF>20240201"
        assert self.balance(text) == [Balance("closing", D(1), datetime.date(2024, 1, 31))]

    def test_zero_is_a_balance_on_a_day(self):
        text = "<LEDGERBAL><BALAMT>0.00<DTASOF>20240131</LEDGERBAL>"
        assert self.balance(text) == [Balance("closing", D(0), datetime.date(2024, 1, 31))]

    def test_one_that_cannot_be_read_is_a_problem(self):
        (found,) = self.balance("<LEDGERBAL>\n<BALAMT>lots<DTASOF>20240131</LEDGERBAL>")
        assert (found.code, found.place) == ("balance_unreadable", 1)


class TestProblems:
    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"DTPOSTED": None}, "date_missing"),
            ({"DTPOSTED": " "}, "date_missing"),
            ({"DTPOSTED": "20120231"}, "date_unreadable"),
            ({"DTPOSTED": "201120000000"}, "date_unreadable"),
            ({"DTPOSTED": "yesterday"}, "date_unreadable"),
            ({"TRNAMT": None}, "amount_missing"),
            ({"TRNAMT": "   .  "}, "amount_unreadable"),
            ({"TRNAMT": "$120"}, "amount_unreadable"),
            ({"TRNAMT": "-1,234"}, "amount_unclear"),
            ({"TRNAMT": "995.4190396554627"}, "amount_out_of_range"),
            ({"CURRENCY": "<CURRATE>1.07<CURSYM>EUR</CURRENCY>"}, "other_currency"),
        ],
    )
    def test_a_record_that_cannot_be_read(self, fields, code):
        assert problem(**fields) == code

    def test_the_stream_goes_on(self):
        text = """<STMTTRN><DTPOSTED>20240115<TRNAMT>1</STMTTRN>
            <STMTTRN><TRNAMT>2</STMTTRN>
            <STMTTRN><DTPOSTED>20240117<TRNAMT>3</STMTTRN>"""
        first, broken, third = records(text)
        assert (first.amount, third.amount) == (1, 3)
        assert broken == Problem(13, "date_missing", "The record has no date.")

    def test_announced_movements_and_loans_are_named(self):
        text = """<STMTTRNP><DTTRAN>20240115<TRNAMT>-5</STMTTRNP>
            <LOANSTMTTRN><DTPOSTED>20240115<LOANTRNAMT>-5</LOANSTMTTRN>"""
        assert [item.code for item in records(text)] == ["not_booked", "loan_not_read"]


class TestTruncation:
    WHOLE = SGML.format(records="<STMTTRN><DTPOSTED>20240115<TRNAMT>-123.45\n<NAME>Shop</STMTTRN>")

    def cut(self, before: str) -> list:
        return items(self.WHOLE[: self.WHOLE.index(before)])

    def test_between_records(self):
        section, line, cut = self.cut("</BANKTRANLIST>")
        assert (section.account, line.amount, cut.code, cut.place) == ("999988", D("-123.45"), "file_truncated", 13)

    def test_within_an_amount(self):
        """-1 would be a wrong amount that looks right."""
        section, cut = self.cut("23.45")
        assert (section.account, cut.code, cut.place) == ("999988", "file_truncated", 12)

    def test_within_a_balance(self):
        assert [type(item) for item in self.cut("0.29")] == [Section, Line, Problem]

    def test_nowhere(self):
        assert not [item for item in items(self.WHOLE) if isinstance(item, Problem)]


class TestUnreadable:
    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"", "file_empty"),
            (b" \r\n", "file_empty"),
            (b"\x00\x00", "not_ofx"),
            (b"date,amount\n2024-01-01,5\n", "not_ofx"),
            (b"OFXHEADER:100\n", "not_ofx"),
            (b"<OFC><STMTRS></STMTRS></OFC>", "not_ofx"),
            (b"<!-- <OFX><STMTRS></STMTRS></OFX> -->", "not_ofx"),
            (b"<OFX><SIGNONMSGSRSV1><STATUS><CODE>15500</STATUS></SIGNONMSGSRSV1></OFX>", "no_statement"),
        ],
    )
    def test_refused_with_a_reason(self, data, code):
        with pytest.raises(Unreadable) as refused:
            items(data)
        assert refused.value.code == code


class TestEncodings:
    @pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
    def test_whatever_is_declared(self, codec):
        text = SGML.format(records="<STMTTRN><DTPOSTED>20240115<TRNAMT>-5<NAME>Café Zürich</STMTTRN>")
        assert items(text.encode(codec))[1].counterparty == "Café Zürich"

    def test_no_nul_reaches_the_database(self):
        (_, line, _) = items(SGML.format(records="<STMTTRN><DTPOSTED>20240115<TRNAMT>-5<NAME>A\x00B</STMTTRN>"))
        assert line.counterparty == "AB"

    def test_entities_of_a_document_type_never_expand(self):
        bomb = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 20))
        text = f"""<?xml version="1.0"?><!DOCTYPE OFX [<!ENTITY a0 "ha"><!ENTITY x SYSTEM "file:///etc/passwd">{bomb}]>
            <OFX><STMTRS><STMTTRN><DTPOSTED>20240115<TRNAMT>1<NAME>&a19; &x;</STMTTRN></STMTRS></OFX>"""
        assert items(text)[1].counterparty == "&a19; &x;"
