"""Mappings as JSON: what is read, what is refused by which sentence, columns by name or number."""

import json

import pytest

from reconciliation.parsers.csv_guessing import guess
from reconciliation.parsers.csv_mapping import Mapping, MappingRefused
from tests.reconciliation.parsers.csv_cases import amounts, items, lines, money, refusal

FULL = {
    "delimiter": ";",
    "encoding": "cp1252",
    "header": True,
    "skip": 3,
    "date": "Buchungstag",
    "value_date": 2,
    "amount": "Betrag",
    "flag": "S/H",
    "balance": 0,
    "description": ["Text", 7],
    "counterparty": "Name",
    "counterparty_account": "IBAN",
    "reference": "Referenz",
    "bank_id": "Id",
    "kind": "Art",
    "currency": "Währung",
    "status": "Status",
    "account": "Konto",
    "date_format": "DMY",
    "decimal": ",",
    "negate": True,
}
STATEMENT = "Date,Text,Paid,Left\n2024-01-15,a,1.50,1.50\n2024-01-16,b,2.50,4.00\n"


def test_a_mapping_survives_json():
    assert Mapping.from_json(json.loads(json.dumps(FULL))).to_json() == FULL


def test_what_is_not_decided_is_left_out_of_json():
    assert Mapping().to_json() == {}
    assert Mapping.from_json({"debit": None, "credit": 4}) == Mapping(credit=4)
    assert Mapping(header=False, skip=0, negate=False).to_json() == {"header": False, "skip": 0, "negate": False}


def test_one_column_of_description_needs_no_list():
    assert Mapping.from_json({"description": "Text"}).description == ("Text",)


@pytest.mark.parametrize("name", ["UTF8", "utf_8", "utf-8-sig", "UTF-8"])
def test_encodings_go_by_their_usual_names(name):
    assert Mapping.from_json({"encoding": name}).encoding == "utf-8"


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        *(("delimiter", value) for value in ("", ",,", "a", '"', "\n", ".", "-", 5)),
        *(("encoding", value) for value in ("", "idna", "zip", "utf-7", 8)),
        *(("header", value) for value in (1, "yes")),
        *(("skip", value) for value in (-1, 1001, True, "3")),
        *((column, value) for column in ("date", "balance") for value in ("", "  ", -1, 201, True, 1.5, ["a"], {})),
        *(("description", value) for value in ([""], [["a"]], ["a"] * 31, 3.5)),
        *(("date_format", value) for value in ("", "dmy", "YDM", "%d.%m.%Y", 1)),
        *(("decimal", value) for value in ("", ";", "point", 0)),
        *(("negate", value) for value in ("true", 0)),
        ("date", 0),
        ("colour", "red"),
    ],
)
def test_a_wrong_field_is_named(field, wrong):
    with pytest.raises(MappingRefused) as refused:
        Mapping.from_json({field: wrong, "value_date": 2})
    assert list(refused.value.problems) == [field]
    assert refused.value.problems[field].endswith(".")
    assert field in str(refused.value)


@pytest.mark.parametrize("value", [None, [], "x", 3])
def test_a_mapping_is_an_object(value):
    with pytest.raises(MappingRefused) as refused:
        Mapping.from_json(value)
    assert list(refused.value.problems) == ["mapping"]


def test_every_problem_is_named_at_once():
    with pytest.raises(MappingRefused) as refused:
        Mapping.from_json({"decimal": "x", "skip": -1, "colour": 1})
    assert set(refused.value.problems) == {"decimal", "skip", "colour"}


@pytest.mark.parametrize(
    ("mapping", "field"),
    [
        ({"amount": 3, "debit": 4}, "amount"),
        ({"debit": 3, "flag": 4}, "flag"),
        ({"header": False, "date": "Date"}, "date"),
        ({"header": False, "description": [2, "Text"]}, "description"),
    ],
)
def test_what_cannot_be_true_together_is_refused(mapping, field):
    with pytest.raises(MappingRefused) as refused:
        Mapping.from_json(mapping)
    assert list(refused.value.problems) == [field]


@pytest.mark.parametrize("amount", ["Left", "left ", " LEFT", 4])
def test_a_column_is_given_by_its_heading_or_its_number(amount):
    assert amounts(STATEMENT, {"amount": amount, "balance": 0}) == money("1.50", "4.00")


def test_the_mapping_decides_field_by_field_and_the_file_the_rest():
    line = lines(STATEMENT, {"description": "Left", "amount": "Paid"})[0]
    assert (line.description, line.amount, line.date.isoformat()) == ("1.50", money("1.50")[0], "2024-01-15")


@pytest.mark.parametrize("mapping", [{"amount": "Sum"}, {"amount": 5}, {"description": ["Text", "Memo"]}])
def test_a_column_that_is_not_there_is_named(mapping):
    assert refusal(STATEMENT, mapping) == "column_not_found"


def test_a_column_can_be_said_not_to_be_there():
    statement = "Date,Text,Amount,Status\n2024-01-15,a,1.50,pending\n"
    assert amounts(statement) == []
    assert amounts(statement, {"status": 0}) == money("1.50")
    assert lines(statement, {"status": 0, "description": 0})[0].description == ""


def test_debit_and_credit_put_an_amount_aside_and_the_other_way_round():
    statement = "Date,Text,Amount,Debit,Credit\n2024-01-15,a,-1.00,2.00,\n2024-01-16,b,1.00,,3.00\n"
    assert amounts(statement, {"debit": "Debit"}) == money("-2.00", "3.00")
    assert amounts(statement, {"amount": "Amount"}) == money("-1.00", "1.00")


def test_skipped_lines_are_not_even_looked_at():
    statement = '"never closed\n2024-01-01,old,9.00\nDate,Text,Amount\n2024-01-15,a,1.50\n'
    assert amounts(statement, {"skip": 2}) == money("1.50")


def test_a_saved_mapping_finds_its_header_below_another_preamble():
    first = "Account,123\n\nDate,Text,Amount\n2024-01-15,a,1.50\n"
    saved = guess(first.encode()).to_json()
    assert amounts("Date,Text,Amount\n2024-02-15,b,2.50\n", saved) == money("2.50")
    assert amounts("A\nB\nC\n\nDate,Text,Amount\n2024-02-15,b,2.50\n", saved) == money("2.50")


def test_a_mapping_makes_a_file_with_a_strange_delimiter_and_strange_headings_readable():
    statement = "wann^was^wieviel^noch was\n240115^a^1,50^7\n240116^b^2,50^8\n"
    assert refusal(statement) == "no_statement"
    told = {"delimiter": "^", "date": "wann", "date_format": "YMD", "amount": "wieviel", "description": "was"}
    assert [(line.date.isoformat(), line.amount) for line in lines(statement, told)] == [
        ("2024-01-15", money("1.50")[0]),
        ("2024-01-16", money("2.50")[0]),
    ]


def test_headings_that_a_mapping_names_are_found_wherever_they_stand():
    statement = "wann,was,wieviel\nhier,nur,Text\n2024-01-15,a,1.50\n"
    assert amounts(statement, {"date": "wann", "amount": "wieviel"}) == money("1.50")


def test_guessing_names_what_it_decided():
    told = guess("Datum;Text;Betrag\n31.01.2024;ä;-1.234,50\n".encode("cp1252"))
    assert told.to_json() == {
        "delimiter": ";",
        "encoding": "cp1252",
        "header": True,
        "date": "Datum",
        "amount": "Betrag",
        "description": ["Text"],
        "date_format": "DMY",
        "decimal": ",",
    }


def test_a_heading_that_stands_twice_goes_by_its_number():
    assert guess(b"Date,Note,Note,Amount\n2024-01-31,a,b,1.50\n").description == (2, 3)


def test_a_column_of_dates_in_no_known_language_is_found_by_its_cells():
    assert items("Zzz,Yyy,Xxx\n2024-01-31,a,-1.50\n", {"amount": "Xxx"})[1].amount == money("-1.50")[0]
