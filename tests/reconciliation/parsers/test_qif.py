"""QIF: one rule after another, on files short enough to check by eye."""

import datetime
from decimal import Decimal

import pytest

from reconciliation.parsers.items import Balance, Line, Problem, Section, Unreadable
from reconciliation.parsers.qif import read

D = Decimal


def items(text: str | bytes, **decided: str) -> list:
    return list(read(text if isinstance(text, bytes) else text.encode(), **decided))


def bank(*records: str, **decided: str) -> list:
    """What one bank section with these records gives, without the section itself."""
    section, *others = items("!Type:Bank\n" + "".join(f"{record}\n^\n" for record in records), **decided)
    assert section == Section()
    return others


class TestTheFile:
    def test_section_opening_balance_and_lines(self):
        text = """!Account
NChecking
TBank
^
!Type:Bank
D03/24/2024
T1,000.00
CX
POpening Balance
L[Checking]
^
D03/25/2024
T-12.50
N101
PShop
MLunch
LFood:Out
AMain St 1
^
"""
        assert items(text) == [
            Section(account="Checking"),
            Balance("opening", D("1000.00"), datetime.date(2024, 3, 24)),
            Line(
                place=12,
                date=datetime.date(2024, 3, 25),
                amount=D("-12.50"),
                description="Lunch",
                counterparty="Shop",
                reference="101",
                kind="Food:Out",
            ),
        ]

    @pytest.mark.parametrize("kind", ["Bank", "Cash", "CCard", "Oth A", "Oth L", "Bank ", "bank"])
    def test_sections_with_movements(self, kind):
        assert [type(item) for item in items(f"!Type:{kind}\nD2024-03-25\nT5\n^\n")] == [Section, Line]

    def test_several_accounts_are_several_sections(self):
        text = """!Option:AutoSwitch
!Account
NBank
TBank
^
NCard
TCCard
^
!Clear:AutoSwitch
!Account
NBank
^
!Type:Bank
D2024-03-25
T5
^
!Account
NCard
^
!Type:CCard
D2024-03-26
T-7
^
"""
        assert [item.account if isinstance(item, Section) else item.amount for item in items(text)] == [
            "Bank", 5, "Card", -7
        ]  # fmt: skip

    def test_a_list_of_accounts_names_none(self):
        text = "!Account\nNBank\n^\nNCard\n^\n!Type:Bank\nD2024-03-25\nT5\n^\n"
        assert items(text)[0] == Section()
        assert items(text.replace("NCard\n^\n", "").replace("!Type", "!Clear:AutoSwitch\n!Type"))[0] == Section()

    @pytest.mark.parametrize("name", ["Cat", "Class", "Memorized", "Security", "Prices", "Budget", "Tag"])
    def test_lists_are_passed_over(self, name):
        text = f"!Type:{name}\nNFood\nDFood and drink\nT5.00\n^\n!Type:Bank\nD2024-03-25\nT5\n^\n"
        assert [type(item) for item in items(text)] == [Section, Line]

    def test_an_unknown_section_is_named(self):
        text = "!Type:Bank\nD2024-03-25\nT5\n^\n!Type:Pottery\nD2024-03-25\nT7\n^\nT8\n^\n"
        problem = items(text)[-1]
        assert (problem.place, problem.code) == (5, "section_unknown")
        assert len(items(text)) == 3

    def test_what_stands_before_the_first_header_is_named(self):
        first, *_ = items("D2024-03-25\nT7\n^\n!Type:Bank\nD2024-03-25\nT5\n^\n")
        assert (first.place, first.code) == (1, "section_unknown")

    @pytest.mark.parametrize("end", ["^", "^^", "^ \t", " ^"])
    def test_ends_of_records(self, end):
        text = f"!Type:Bank\nD2024-03-25\nT5\n{end}\n\nD2024-03-26\nT6\n{end}\n{end}\n"
        assert [line.amount for line in items(text)[1:]] == [5, 6]

    @pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
    def test_ends_of_lines(self, newline):
        text = "!Type:Bank\nD2024-03-25\nT5\n^\n".replace("\n", newline)
        assert [item.place for item in items(text)[1:]] == [2]

    @pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
    def test_encodings(self, codec):
        data = "!Type:Bank\nD2024-03-25\nT5\nPCafé Zürich\n^\n".encode(codec)
        assert items(data)[1].counterparty == "Café Zürich"


class TestEnds:
    def test_a_missing_last_end_of_record(self):
        assert [type(item) for item in items("!Type:Bank\nD2024-03-25\nT5.00\nPShop")] == [Section, Line]
        assert [type(item) for item in items("!Type:Bank\nPShop\nD2024-03-25\nT5.00\n")] == [Section, Line]

    def test_a_header_ends_a_record(self):
        text = "!Type:Bank\nD2024-03-25\nT5\n!Type:Cash\nD2024-03-26\nT6\n^\n"
        assert [item.amount for item in items(text) if isinstance(item, Line)] == [5, 6]

    def test_an_amount_that_may_have_lost_digits_is_not_believed(self):
        _, cut = items("!Type:Bank\nD2024-03-25\nT-12")
        assert (cut.place, cut.code) == (2, "file_truncated")


class TestDates:
    def dates(self, *written: str, **decided: str) -> list:
        """The day of each date, in a file that has these."""
        return [getattr(item, "date", item) for item in bank(*(f"D{date}\nT1" for date in written), **decided)]

    @pytest.mark.parametrize(
        ("written", "date"),
        [
            ("6/17/97", (1997, 6, 17)),
            ("8/31' 0", (2000, 8, 31)),
            ("8/31'24", (2024, 8, 31)),
            ("12/31'2001", (2001, 12, 31)),
            ("03/25/099", (1999, 3, 25)),
            ("03/25/124", (2024, 3, 25)),
            ("03/25/099Share Withdrawal", (1999, 3, 25)),
            ("12/ 31/89", (1989, 12, 31)),
            ("03/25/24", (2024, 3, 25)),
            ("03/25/68", (2068, 3, 25)),
            ("03/25/69", (1969, 3, 25)),
            ("03/25/2024 10:15", (2024, 3, 25)),
            ("25.03.2024", (2024, 3, 25)),
            ("25-3-24", (2024, 3, 25)),
            ("2024-03-05", (2024, 3, 5)),
            ("2024/3/5", (2024, 3, 5)),
            ("20240305", (2024, 3, 5)),
            ("97/6/17", (1997, 6, 17)),
        ],
    )
    def test_each_way_of_writing(self, written, date):
        assert self.dates(written) == [datetime.date(*date)]

    def test_a_part_above_12_decides_for_the_file(self):
        assert [date.month for date in self.dates("01/02/2024", "13/02/2024", "05/03/2024")] == [2, 2, 3]
        assert [date.month for date in self.dates("01/02/2024", "02/13/2024", "05/03/2024")] == [1, 2, 5]

    def test_years_behind_an_apostrophe_are_american(self):
        assert self.dates("1/ 2' 5") == [datetime.date(2005, 1, 2)]

    def test_but_a_part_above_12_is_stronger(self):
        assert self.dates("31/1' 5", "1/ 2' 5") == [datetime.date(2005, 1, 31), datetime.date(2005, 2, 1)]

    def test_the_order_that_goes_up_or_down(self):
        assert [date.month for date in self.dates("05/01/2024", "06/01/2024", "01/02/2024")] == [1, 1, 2]
        assert [date.month for date in self.dates("03/02/2024", "02/05/2024", "02/01/2024")] == [3, 2, 2]

    def test_each_section_goes_its_own_way(self):
        up = "!Type:Bank\nD05/01/2024\nT1\n^\nD06/01/2024\nT1\n^\nD01/02/2024\nT1\n^\n"
        earlier = "!Type:Cash\nD02/01/2024\nT1\n^\n"
        assert [item.date.month for item in items(up + earlier) if isinstance(item, Line)] == [1, 1, 2, 1]

    def test_an_order_that_makes_no_difference(self):
        assert self.dates("02/02/2024", "2024-01-05") == [datetime.date(2024, 2, 2), datetime.date(2024, 1, 5)]

    @pytest.mark.parametrize(
        "written",
        [
            ["02/08/2024"],
            ["01/02/2024", "03/04/2024"],  # up either way
            ["01/02/2024", "05/01/2024", "03/04/2024"],  # neither
            ["13/01/2024", "01/13/2024"],  # one of the two is wrong
            ["13/1' 5", "1/13' 5"],
            ["02/08/2024", "02/45/2024", "45/02/2024", "99/99/24"],  # what is no date decides nothing
        ],
    )
    def test_what_stays_open_is_asked(self, written):
        with pytest.raises(Unreadable) as refused:
            self.dates(*written)
        assert refused.value.code == "date_order_unclear"

    def test_and_answered(self):
        assert self.dates("02/08/2024", date_format="MDY") == [datetime.date(2024, 2, 8)]
        assert self.dates("02/08/2024", date_format="DMY") == [datetime.date(2024, 8, 2)]
        assert self.dates("02/08/04", date_format="YMD") == [datetime.date(2002, 8, 4)]
        assert self.dates("2024-02-08", date_format="DMY") == [datetime.date(2024, 2, 8)]
        good, bad = self.dates("13/01/2024", "01/13/2024", date_format="DMY")
        assert (good.day, bad.code) == (13, "date_unreadable")

    def test_investments_help_to_decide(self):
        text = "!Type:Bank\nD02/08/2024\nT1\n^\n!Type:Invst\nD02/13/2024\nNBuy\nT5\n^\n"
        assert items(text)[1].date == datetime.date(2024, 2, 8)

    def test_an_answer_of_another_kind_is_a_fault_of_the_caller(self):
        with pytest.raises(ValueError, match="date_format"):
            items("!Type:Bank\n", date_format="mdy")
        with pytest.raises(ValueError, match="decimal_sign"):
            items("!Type:Bank\n", decimal_sign=";")


class TestAmounts:
    def amounts(self, *written: str, **decided: str) -> list:
        return [
            item.amount if isinstance(item, Line) else item.code
            for item in bank(*(f"D2024-03-25\n{amount}" for amount in written), **decided)
        ]

    def test_the_file_decides_what_three_digits_are(self):
        assert self.amounts("T1,234", "T5.00") == [1234, 5]
        assert self.amounts("T1.234", "T5,00") == [1234, 5]
        assert self.amounts("T1,234", "T5,00") == [D("1.234"), 5]
        assert self.amounts("T1,234", "T1,234,567") == [1234, 1234567]

    def test_what_stays_open_is_a_problem_of_its_record(self):
        assert self.amounts("T1,234", "T7") == ["amount_unclear", 7]
        assert self.amounts("T1,234", "T5,00", "T5.00") == ["amount_unclear", 5, 5]

    def test_and_a_person_can_answer(self):
        assert self.amounts("T1,234", "T7", decimal_sign=".") == [1234, 7]
        assert self.amounts("T1,234", "T7", decimal_sign=",") == [D("1.234"), 7]

    def test_u_stands_in_for_t(self):
        assert self.amounts("U-5.25\nT-5.25", "U-5.25", "T\nU7") == [D("-5.25"), D("-5.25"), 7]

    @pytest.mark.parametrize(
        ("written", "code"),
        [
            ("PShop", "amount_missing"),
            ("T", "amount_missing"),
            ("T$5", "amount_unreadable"),
            ("T" + "9" * 25, "amount_out_of_range"),
        ],
    )
    def test_broken(self, written, code):
        assert self.amounts(written) == [code]


class TestRecords:
    @pytest.mark.parametrize(
        ("record", "code"),
        [
            ("T5\nPShop", "date_missing"),
            ("D\nT5", "date_missing"),
            ("Dyesterday\nT5", "date_unreadable"),
            ("D02/31/2024\nT5", "date_unreadable"),
            ("D2024-03-250\nT5", "date_unreadable"),
        ],
    )
    def test_a_record_that_cannot_be_read_does_not_end_the_stream(self, record, code):
        broken, line = bank(record, "D2024-03-25\nT5")
        assert (broken.place, broken.code) == (2, code)
        assert line.amount == 5

    def test_words(self):
        first, second, third = bank(
            "D2024-03-25\nT5\nPShop\nM  Lunch  &amp; tea", "D2024-03-25\nT5\nPShop", "D2024-03-25\nT5"
        )
        assert (first.description, first.counterparty) == ("Lunch & tea", "Shop")
        assert (second.description, second.counterparty) == ("Shop", "Shop")
        assert (third.description, third.counterparty) == ("", "")

    def test_a_memo_over_several_lines_changes_nothing_else(self):
        (line,) = bank("D2024-03-25\nT5\nMLunch with\nTom and\nDora")
        assert (line.amount, line.date.day, line.description) == (5, 25, "Lunch with")

    def test_no_nul_reaches_the_database(self):
        (line,) = bank("D2024-03-25\nT5\nPA\x00B")
        assert line.counterparty == "AB"


class TestSplits:
    RECORD = "D2024-03-25\nT-30.00\nPShop\nMWeek\nSFood\nEBread\n$-10.00\nSHome\n$-20.00"

    def test_told_in_the_description(self):
        (line,) = bank(self.RECORD)
        assert line.amount == -30
        assert line.description == "Week; Food Bread -10.00; Home -20.00"

    def test_many_are_cut_short(self):
        (line,) = bank("D2024-03-25\nT0\n" + "SFood\nEBread\n" * 1000)
        assert len(line.description) == 4000

    def test_must_add_up(self):
        (problem,) = bank(self.RECORD.replace("-20.00", "-19.99"))
        assert (problem.place, problem.code) == (2, "splits_do_not_add_up")
        assert "-29.99" in problem.message

    def test_the_whole_record_is_named_where_a_split_cannot_be_read(self):
        (problem,) = bank(self.RECORD.replace("-20.00", "lots"))
        assert problem.code == "amount_unreadable"

    def test_shares_in_per_cent_are_not_added(self):
        (line,) = bank("D2024-03-25\nT-30.00\nSFood\n%40\nSHome\n%60")
        assert (line.amount, line.description) == (-30, "Food; Home")


class TestOpeningBalance:
    def test_only_as_the_first_record(self):
        first, second = bank("D2024-03-25\nT5\nPOPENING balance", "D2024-03-26\nT6\nPOpening Balance")
        assert first == Balance("opening", D(5), datetime.date(2024, 3, 25))
        assert isinstance(second, Line)

    def test_in_any_language_by_the_account_itself(self):
        text = "!Account\nNGiro\n^\n!Type:Bank\nD2024-03-25\nT5\nPAnfangsbestand\nL[Giro]\n^\n"
        assert items(text)[1] == Balance("opening", D(5), datetime.date(2024, 3, 25))
        assert isinstance(items(text.replace("[Giro]", "[Sparbuch]"))[1], Line)

    def test_not_by_an_account_without_a_name(self):
        assert isinstance(bank("D2024-03-25\nT5\nL[]")[0], Line)

    def test_of_each_section(self):
        text = "!Type:Bank\nD2024-03-25\nT5\nPOpening Balance\n^\n" * 2
        assert [type(item) for item in items(text)] == [Section, Balance] * 2


def test_investments_are_named_one_by_one():
    text = "!Account\nNBroker\n^\n!Type:Invst\nD8/25/93\nNBuyX\nYibm4\nT100.00\n^\nD8/26/93\nNDiv\nT5\n^\n"
    section, *problems = items(text)
    assert section == Section("Broker")
    assert all(isinstance(problem, Problem) for problem in problems)
    assert [(problem.place, problem.code) for problem in problems] == [
        (5, "investment_not_read"),
        (10, "investment_not_read"),
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b" \r\n", "file_empty"),
        (b"date,amount\n2024-01-01,5\n", "not_qif"),
        (b"\x00\xff\x00", "not_qif"),
        (b"!important\nD2024-03-25\nT5\n^\n", "not_qif"),
        (b"!Type:Cat\nNFood\n^\n", "no_statement"),
        (b"!Option:AutoSwitch\n!Account\nNBank\n^\n", "no_statement"),
    ],
)
def test_refused_with_a_reason(data, code):
    with pytest.raises(Unreadable) as refused:
        items(data)
    assert refused.value.code == code
