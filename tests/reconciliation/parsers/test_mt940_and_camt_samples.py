"""Real MT940 and CAMT files against their tables."""

import pytest

from reconciliation.parsers import camt, mt940
from reconciliation.parsers.items import Line
from tests.reconciliation.parsers import sample_tables

READERS = {"mt940": mt940.read, "camt": camt.read}
ROWS = [(folder, *row) for folder in READERS for row in sample_tables.rows(f"{folder}_samples.txt")]


@pytest.mark.parametrize(("folder", "name", "expected"), ROWS, ids=[row[1] for row in ROWS])
def test_each_sample_gives_what_its_table_says(folder, name, expected):
    assert sample_tables.found(READERS[folder], sample_tables.sample(folder, name)) == expected


@pytest.mark.parametrize("folder", READERS)
def test_no_sample_is_left_out(folder):
    names = sorted(row[1] for row in ROWS if row[0] == folder)
    if sample_tables.SAMPLES.is_dir():
        assert names == sample_tables.files(folder)
    assert len(names) == len(set(names)) > 10


def lines(folder: str, name: str) -> list[Line]:
    return [item for item in READERS[folder](sample_tables.sample(folder, name)) if isinstance(item, Line)]


def test_details_of_a_dutch_bank():
    first = lines("mt940", "wolph_0708271685_09022020_164516.940.txt")[0]
    assert (first.counterparty, first.counterparty_account) == ("hr gjlm paulissen", "NL47INGB9999999999")
    assert (first.description, first.kind) == ("Betaling sieraden", "NOVB")


def test_details_of_german_banks():
    line = lines("mt940", "jejik_sparkasse.txt")[0]
    assert (line.counterparty, line.counterparty_account) == ("ARAL AG", "DE95430800830802029200")
    assert line.description.endswith("Aral Tankstelle Chemnitz Leipziger Straße 257//Chemnitz/DE")
    line = lines("mt940", "jejik_commerzbank.txt")[0]
    assert (line.reference, line.bank_id) == ("A1.200080779.400143254.4961336", "2016021783252833")
    (line,) = lines("mt940", "wolph_february_30.sta")
    assert (line.date.isoformat(), line.value_date.isoformat()) == ("2016-03-01", "2016-02-29")
    (line,) = lines("mt940", "wolph_wrapped_timestamp.sta")
    assert "T16:26:37" in line.description
    reversed_credit = next(line for line in lines("mt940", "wolph_sepa_mt9401.sta") if line.kind == "116")
    assert str(reversed_credit.amount) == "-204.88"


def test_details_of_a_swiss_batch():
    found = lines("camt", "oca_test-camt053-txdtls")
    assert [(str(line.amount), line.counterparty_account) for line in found] == [
        ("2187.00", "CH2222000000123456789"),
        ("1296.00", "CH3333000000123456789"),
    ]
    assert len({line.bank_id for line in found}) == 2
    assert found[0].description.startswith("302388292000011111111111111")
