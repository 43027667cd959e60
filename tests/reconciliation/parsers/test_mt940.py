"""MT940 and MT942, rule by rule."""

import datetime
from decimal import Decimal

import pytest

from reconciliation.parsers.items import Balance, Line, Problem, Section, Unreadable
from reconciliation.parsers.mt940 import MOST_LINES, read

HEAD = ":20:STARTUMS\n:25:DE12500105170648489890\n:28C:7/1\n:60F:C240101EUR100,00\n"


def items(text: str | bytes) -> list:
    return list(read(text if isinstance(text, bytes) else text.encode()))


def entry(field: str, *below: str) -> Line:
    """The one line that a field 61 gives, with what stands below it."""
    (line,) = [item for item in items("\n".join((HEAD + ":61:" + field, *below))) if isinstance(item, Line)]
    return line


def problems(text: str | bytes) -> list[tuple[int, str]]:
    return [(item.place, item.code) for item in items(text) if isinstance(item, Problem)]


def test_a_statement():
    assert items(
        HEAD
        + ":61:2401030104D12,50NTRFINV-77//8000123456789\n:86:Office rent\n"
        + ":61:240105C3,NMSCNONREF\n"
        + ":62F:C240105EUR90,50\n-\n"
    ) == [
        Section("DE12500105170648489890", "EUR", "7/1"),
        Balance("opening", Decimal("100.00"), datetime.date(2024, 1, 1)),
        Line(
            place=5,
            date=datetime.date(2024, 1, 4),
            amount=Decimal("-12.50"),
            description="Office rent",
            reference="INV-77",
            bank_id="8000123456789",
            kind="NTRF",
            value_date=datetime.date(2024, 1, 3),
        ),
        Line(
            place=7,
            date=datetime.date(2024, 1, 5),
            amount=Decimal("3.00"),
            kind="NMSC",
            value_date=datetime.date(2024, 1, 5),
        ),
        Balance("closing", Decimal("90.50"), datetime.date(2024, 1, 5)),
    ]


@pytest.mark.parametrize(
    ("marks", "amount"),
    [("C", "5.00"), ("D", "-5.00"), ("RC", "-5.00"), ("RD", "5.00")],
    ids=["credit", "debit", "reversal of a credit", "reversal of a debit"],
)
@pytest.mark.parametrize("funds", ["", "R", "C", "D"], ids=["no funds code", "euro", "C as in XYC", "dollar"])
def test_signs(marks, amount, funds):
    assert entry(f"240105{marks}{funds}5,NTRFNONREF").amount == Decimal(amount)


@pytest.mark.parametrize(
    ("dates", "date", "value_date"),
    [
        ("240105", "2024-01-05", "2024-01-05"),
        ("2401050108", "2024-01-08", "2024-01-05"),
        ("2312310102", "2024-01-02", "2023-12-31"),
        ("2401021231", "2023-12-31", "2024-01-02"),
        ("9912310103", "2000-01-03", "1999-12-31"),
        ("7901020102", "2079-01-02", "2079-01-02"),
        ("8001020102", "1980-01-02", "1980-01-02"),
        ("1602300301", "2016-03-01", "2016-02-29"),
        ("1902300301", "2019-03-01", "2019-02-28"),
        ("1902290301", "2019-03-01", "2019-02-28"),
        ("2303010229", "2023-02-28", "2023-03-01"),
    ],
)
def test_the_entry_date_counts_in_the_year_nearest_to_the_value_date(dates, date, value_date):
    line = entry(f"{dates}D1,NTRFNONREF")
    assert (line.date.isoformat(), line.value_date.isoformat()) == (date, value_date)


@pytest.mark.parametrize("dates", ["240431", "240231", "241301", "240100", "2401051305", "2401050431", "000000"])
def test_a_day_that_does_not_exist_is_a_problem(dates):
    assert problems(HEAD + f":61:{dates}D1,NTRFNONREF\n:62F:C240131EUR100,") == [(5, "date_unreadable")]


@pytest.mark.parametrize(
    ("currency", "written", "amount"),
    [
        ("EUR", "9,", "9.00"),
        ("EUR", "0009,5", "9.50"),
        ("EUR", "9", "9.00"),
        ("EUR", "9.25", "9.25"),
        ("EUR", "9,250", "9.25"),
        ("JPY", "9,00", "9"),
        ("BHD", "9,125", "9.125"),
        ("DEM", "9,5", "9.5"),
        ("EUR", "9999999999999999999,99", "9999999999999999999.99"),
        ("EUR", "0,00", "0.00"),
    ],
)
def test_amounts_are_exact_in_the_decimals_of_their_currency(currency, written, amount):
    (line,) = [item for item in items(f":60F:C240101{currency}0,\n:61:240105C{written}NTRF") if isinstance(item, Line)]
    assert str(line.amount) == amount


@pytest.mark.parametrize(
    ("currency", "written", "code"),
    [
        ("EUR", "9,255", "amount_too_precise"),
        ("JPY", "9,5", "amount_too_precise"),
        ("EUR", "99999999999999999999,", "amount_out_of_range"),
        ("EUR", "9" * 200 + ",", "amount_unreadable"),
    ],
)
def test_amounts_that_the_currency_cannot_hold_are_problems(currency, written, code):
    assert (2, code) in problems(f":60F:C240101{currency}0,\n:61:240105C{written}NTRF\n:86:skipped as well")


@pytest.mark.parametrize(
    ("field", "reference", "bank_id"),
    [
        ("240105C5,NTRFNONREF", "", ""),
        ("240105C5,NTRFCHQ 100//0724710333343453", "CHQ 100", "0724710333343453"),
        ("240105C5,NTRFA/B//MB170119012058", "A/B", "MB170119012058"),
        ("240105C5,NTRFNONREF//NONREF", "", ""),
        ("240105C5,NTRFNONREF//4711", "4711", ""),
        ("240105C5,NTRFINV-1//4711", "INV-1", ""),
        ("240105C5,NTRFNONREF//20240105", "20240105", ""),
        ("240105C5,NTRFNONREF//00000000000", "", ""),
        ("240105C5,NTRFNONREF//11111111", "11111111", ""),
        ("240105C5,NTRFNONREF//SALARIES", "SALARIES", ""),
        ("240105C5,NTRF", "", ""),
        ("240105C5,", "", ""),
        ("240105C5,NOV NONREF", "", ""),
        ("240105C5,NGT TMG TANGO", "TMG TANGO", ""),
        ("240105D5,00 NRTIKREF+//2016021783252833", "", "2016021783252833"),
    ],
)
def test_references(field, reference, bank_id):
    line = entry(field)
    assert (line.reference, line.bank_id) == (reference, bank_id)


def test_a_bank_id_that_comes_twice_for_one_day_and_amount_is_none():
    """Two equal payments with one batch number are two lines: the second must not look like a copy of the first."""
    twice = ":61:240105C5,NTRFNONREF//8000123456789\n"
    other = ":61:240105C6,NTRFNONREF//8000123456789\n"
    lines = [item for item in items(HEAD + twice + twice + other) if isinstance(item, Line)]
    assert [(line.bank_id, line.reference) for line in lines] == [
        ("8000123456789", ""),
        ("", "8000123456789"),
        ("8000123456789", ""),
    ]


def test_what_the_balances_say_is_checked():
    text = HEAD + ":61:240105D5,NTRF\n:62F:C240105EUR{}\n-"
    assert problems(text.format("95,00")) == []
    assert problems(text.format("94,99")) == [(6, "balance_does_not_add_up")]
    (message,) = [item.message for item in items(text.format("94,99")) if isinstance(item, Problem)]
    assert "95.00" in message and "94.99" in message


def test_sums_keep_every_digit():
    """Python's decimals round at 28 digits unless told otherwise."""
    large = "9999999999999999999,99999999"
    text = f":60F:C240101XBT{large}\n:61:240105C{large}NTRF\n:61:240105D{large}NTRF\n:62F:C240105XBT{large}\n"
    assert problems(text) == []


def test_an_overdrawn_account():
    balances = [item.amount for item in items(":60F:D240101EUR5,\n:61:240105C5,NTRF\n:62F:D240105EUR0,\n")[1:4:2]]
    assert [str(balance) for balance in balances] == ["-5.00", "0.00"]


def test_the_closing_balance_must_be_in_the_currency_of_the_statement():
    assert problems(HEAD + ":62F:C240105USD100,\n-") == [(5, "other_currency")]


def test_old_banks_leave_out_the_currency():
    closing = items(":60F:C020315DEM0,00\n:61:020320C5,NTRF\n:62M:C0203155,00\n")[-1]
    assert closing == Balance("closing", Decimal("5.00"), datetime.date(2002, 3, 15))


@pytest.mark.parametrize("balance", ["X240101EUR1,", "C240431EUR1,", "C240101EUR", "", "C240101EUR1,2,3"])
def test_a_balance_that_cannot_be_read_is_a_problem(balance):
    assert problems(f":60F:{balance}\n:61:240105C5,NTRF\n-\n") == [(1, "balance_unreadable")]
    assert problems(f":60F:C240101EUR1,\n:62F:{balance}\n-\n") == [(2, "balance_unreadable")]


def test_a_balance_too_precise_for_its_currency_is_a_problem():
    assert problems(":60F:C240101EUR1,234\n-\n") == [(1, "amount_too_precise")]


@pytest.mark.parametrize("field", ["", "nonsense", "240105X5,NTRF", "240105C", "240105C,NTRF", "2401C5,NTRF"])
def test_an_entry_that_cannot_be_read_is_a_problem_and_takes_its_text_with_it(field):
    text = HEAD + f":61:{field}\n:86:text of it\n:61:240105C5,NTRF\n:86:next\n:62F:C240105EUR105,\n"
    assert problems(text) == [(5, "entry_unreadable")]
    assert [item.description for item in items(text) if isinstance(item, Line)] == ["next"]


def test_an_entry_broken_in_the_middle_is_mended():
    text = ":61:1811261126CR\n30,00N062NONREF\n:\n86:166?00GUTSCHR. UEBERWEISUNG?20SVWZ+Test\n"
    (line,) = items(text)[1:]
    assert (line.place, line.amount, line.kind) == (1, Decimal("30.00"), "166")
    assert line.description == "GUTSCHR. UEBERWEISUNG Test"


def test_expected_entries_of_mt942_are_not_booked():
    text = (
        ":20:A\n:25:1\n:28C:1\n:34F:PLND0,\n"
        ":61:240105EC5,NTRF\n:86:skipped\n:61:240105EDN5,NTRF\n:61:240105CN1,5NTRF\n-\n"
    )
    assert problems(text) == [(5, "not_booked"), (7, "not_booked")]
    assert items(text)[0] == Section("1", "PLN", "1")
    assert str(items(text)[-1].amount) == "1.50"


def test_each_page_is_a_section_with_its_own_balances():
    text = (
        HEAD
        + ":61:240105C5,NTRF\n:62M:C240105EUR105,\n-\n"
        + ":20:STARTUMS\n:25:DE12500105170648489890\n:28C:7/2\n:60M:C240105EUR105,\n"
        + ":62F:C240105EUR105,\n:64:C240105EUR99,\n-\n"
    )
    assert [item.number for item in items(text) if isinstance(item, Section)] == ["7/1", "7/2"]
    assert [(item.kind, str(item.amount)) for item in items(text) if isinstance(item, Balance)] == [
        ("opening", "100.00"),
        ("closing", "105.00"),
        ("opening", "105.00"),
        ("closing", "105.00"),
    ]


@pytest.mark.parametrize("end", ["-\n", "-}\n", "-}{5:}\n", "", "\x03\n-\x03\n"])
@pytest.mark.parametrize(
    "start", ["", "{1:F01BANKNL2AXXXX}{2:O940}{4:\n", "{1:F01}\n{2:I940}\n{4:\n", "ABNANL2A\n940\n", "\x01\n"]
)
def test_what_banks_put_around_messages(start, end):
    message = start + HEAD + ":61:240105C5,NTRF\n:86:text\n:62F:C240105EUR105,\n" + end
    found = items(message * 2)
    assert [type(item) for item in found] == [Section, Balance, Line, Balance] * 2
    assert [item.description for item in found if isinstance(item, Line)] == ["text"] * 2


def test_the_first_field_may_follow_the_header_on_its_line():
    assert items("{1:F01}{4::20:A\n:25:1\n:60F:C240101EUR0,\n:62F:C240101EUR0,\n-}")[0] == Section("1", "EUR")


def test_a_second_opening_balance_begins_a_page_without_a_head():
    found = items(HEAD + ":62M:C240101EUR100,\n:60M:C240101EUR100,\n:61:240105C5,NTRF\n:62F:C240105EUR105,\n")
    assert [item.number for item in found if isinstance(item, Section)] == ["7/1", "7/1"]
    assert problems(HEAD + ":60M:C240101EUR5,\n:62F:C240105EUR5,\n") == [(4, "closing_balance_missing")]


def test_a_statement_that_is_cut_off_says_so():
    assert problems(HEAD + ":61:240105C5,NTRF\n:86:text") == [(6, "closing_balance_missing")]
    assert problems(HEAD + HEAD + ":62F:C240105EUR100,\n") == [(4, "closing_balance_missing")]


def test_a_time_of_day_wrapped_to_the_beginning_of_a_line_is_text():
    line = entry("240105D6,N024", ":86:met at 16", ":26:37 and at 17", ":25:55 h, at 18", ":20:05 h")
    assert line.description == "met at 16 :26:37 and at 17 :25:55 h, at 18 :20:05 h"


def test_a_message_cut_off_in_a_text_ends_where_the_next_one_begins():
    text = HEAD + ":61:240105C5,NTRF\n:86:text\n" + HEAD + ":62F:C240101EUR100,\n"
    assert [item.description for item in items(text) if isinstance(item, Line)] == ["text"]
    assert problems(text) == [(6, "closing_balance_missing")]


def test_a_field_of_the_head_among_entries_is_a_problem():
    text = HEAD + ":61:240105C5,NTRF\n:25:166?00GUTSCHRIFT\n:62F:C240105EUR105,\n"
    assert problems(text) == [(6, "field_out_of_place")]
    assert [item.description for item in items(text) if isinstance(item, Line)] == [""]


def test_texts_about_the_statement_are_no_texts_of_an_entry():
    text = HEAD + ":86:about the account\n:61:240105C5,NTRF\n:62F:C240105EUR105,\n:86:D000004C000002D25,24C28,71\n-}"
    assert [item.description for item in items(text) if isinstance(item, Line)] == [""]


def test_a_statement_without_entries_and_balances_is_still_a_section():
    assert items(":20:A\n:25:NL71RABO0123456789\n:28C:3\n-") == [Section("NL71RABO0123456789", "", "3")]


@pytest.mark.parametrize(
    "data",
    ["Straße".encode(), "Straße".encode("cp1252")],
    ids=["UTF-8", "Windows-1252"],
)
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r", b"\r\r\n"])
def test_letters_and_line_ends(data, line_end):
    text = HEAD.encode() + b":61:240105C5,NTRF\n:86:" + data + b"\x02\x1b\n:62F:C240105EUR105,\n-"
    (line,) = [item for item in items(text.replace(b"\n", line_end)) if isinstance(item, Line)]
    assert (line.place, line.description) == (5, "Straße")


def test_a_byte_that_is_in_no_code_page():
    assert entry("240105C5,NTRF").description == ""
    (line,) = [item for item in items(HEAD.encode() + b":61:240105C5,NTRF\n:86:a\x81\xe9") if isinstance(item, Line)]
    assert line.description == "aé"


def test_a_byte_order_mark_is_no_letter():
    assert isinstance(items(b"\xef\xbb\xbf" + HEAD.encode())[0], Section)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b" \r\n\t", "file_empty"),
        (HEAD.encode("utf-16"), "wrong_encoding"),
        (HEAD.encode("utf-16-le"), "nul_character"),
        (HEAD.encode() + b"\0", "nul_character"),
        (b"Date,Amount\n2024-01-01,5\n", "not_mt940"),
        (b"-\n-\n:99:x\n", "not_mt940"),
        (b":20:A\n", "not_mt940"),
    ],
)
def test_files_that_are_refused(data, code):
    with pytest.raises(Unreadable) as refusal:
        items(data)
    assert refusal.value.code == code
    assert refusal.value.message.endswith(".")


def test_a_text_without_end_is_cut():
    line = entry("240105C5,NTRF", ":86:" + "word " * 100_000, *["more words"] * 10_000)
    assert 3_000 < len(line.description) <= 4_000
    line = entry("240105C5,NTRF", *[":86:a", ":NS:01b"] * 3_000)
    assert line.description == " ".join("a" * MOST_LINES)
