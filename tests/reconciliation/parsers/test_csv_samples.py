"""Real exports of banks, cards and shops that nobody here wrote. The table says what each must give."""

from decimal import Decimal

import pytest

from reconciliation.parsers.csv_guessing import guess
from reconciliation.parsers.csv_mapping import Mapping
from reconciliation.parsers.csv_reading import read
from reconciliation.parsers.items import Line, Problem, Section, Unreadable
from tests.reconciliation.parsers import sample_tables

TABLE = list(sample_tables.rows("csv_samples.txt"))


@pytest.mark.parametrize(("file", "expected"), TABLE, ids=[file for file, _ in TABLE])
def test_each_sample_reads_as_the_table_says(file, expected):
    assert sample_tables.found(read, sample_tables.sample("csv", file)) == expected


def test_the_table_leaves_no_sample_out():
    if not sample_tables.files("csv"):
        pytest.skip("The samples are not here.")
    assert sorted(file for file, _ in TABLE) == sample_tables.files("csv")


@pytest.mark.parametrize("file", [file for file, expected in TABLE if not expected.startswith("refused")])
def test_a_saved_mapping_reads_the_same_lines(file):
    data = sample_tables.sample("csv", file)
    saved = Mapping.from_json(guess(data).to_json())
    assert list(read(data, saved)) == list(read(data))


def test_a_refused_sample_is_read_when_a_person_says_what_is_unclear():
    data = sample_tables.sample("csv", "autosync_paypal.csv")
    lines = [item for item in read(data, Mapping(date_format="MDY")) if isinstance(item, Line)]
    assert [(line.date.isoformat(), line.amount) for line in lines] == [
        ("2016-06-04", Decimal("-20.00")),
        ("2016-06-04", Decimal("1120.00")),
    ]


def test_a_mapping_out_of_the_head_reads_the_same_as_guessing():
    data = sample_tables.sample("csv", "b2y_kta_ei.dat")
    by_hand = Mapping.from_json({"delimiter": "|", "header": False, "date": 3, "amount": 5, "description": [2, 4, 6]})
    assert list(read(data, by_hand)) == list(read(data))


def test_a_card_whose_purchases_are_positive_is_turned_round_when_told():
    data = sample_tables.sample("csv", "csv2ofx_pcmastercard.csv")
    lines = [item for item in read(data, Mapping(negate=True)) if isinstance(item, Line)]
    assert [line.amount for line in lines] == [Decimal("-36.33"), Decimal("-13.98")]


def test_rows_in_another_currency_are_problems_where_the_account_has_one():
    data = sample_tables.sample("csv", "oca_multi_currency.csv")
    items = list(read(data, currency="USD"))
    assert [item.amount for item in items if isinstance(item, Line)] == [Decimal("-33.50")]
    assert [item.code for item in items if isinstance(item, Problem)] == ["other_currency"]


def test_amounts_whose_heading_names_another_currency_are_refused():
    with pytest.raises(Unreadable) as refused:
        list(read(sample_tables.sample("csv", "b2y_20171001-20171106.csv"), currency="USD"))
    assert refused.value.code == "other_currency"


def test_a_column_of_accounts_makes_sections():
    sections = [item for item in read(sample_tables.sample("csv", "csv2ofx_xero.csv")) if isinstance(item, Section)]
    assert [section.account for section in sections][:3] == ["Income", "Cash", "Income"]
