"""The format of a file, told by its content first and by its name second."""

import gzip
import io
import zipfile

import pytest

from reconciliation.parsers import formats
from reconciliation.parsers.csv_mapping import Mapping
from reconciliation.parsers.items import Line, Section, Unreadable
from tests.reconciliation.parsers import sample_tables

MT940 = b":20:A\n:25:1\n:28C:1\n:60F:C240101EUR0,\n:61:240105C5,NTRF\n:62F:C240105EUR5,\n-\n"
CAMT = (
    b'<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
    b'<Ntry><Amt Ccy="EUR">5</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2024-01-05</Dt></BookgDt></Ntry>'
    b"</Stmt></BkToCstmrStmt></Document>"
)
QIF = b"!Type:Bank\nD2024-03-25\nT-5.00\nPShop\n^\n"
OFX = b"OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><STMTTRN><DTPOSTED>20240105<TRNAMT>5</STMTTRN></OFX>"
CSV = b"Date,Description,Amount\n2024-01-05,Shop,-5.00\n2024-01-06,Shop,-6.00\n"


@pytest.mark.parametrize(
    ("data", "name", "format"),
    [
        (MT940, "", "mt940"),
        (MT940, "a.csv", "mt940"),
        (b"\x01\r\n" + MT940, "", "mt940"),
        (b"ABNANL2A\n940\nABNANL2A\n" + MT940, "", "mt940"),
        (b"{1:F01ASNBNL21XXXX0000000000}{2:O940ASNBNL21XXXXN}{3:}{4:\n" + MT940, "", "mt940"),
        (MT940.replace(b"\n", b"\r"), "", "mt940"),
        (MT940.decode().encode("utf-16"), "", "mt940"),
        (b":61:240105C5,NTRF\n", "", "mt940"),
        (b"nothing of the kind", "may.STA", "mt940"),
        (b"nothing of the kind", "may.940", "mt940"),
        (CAMT, "a.txt", "camt"),
        (b"\xef\xbb\xbf\n " + CAMT, "", "camt"),
        (CAMT.decode().encode("utf-16"), "", "camt"),
        (CAMT.decode().encode("utf-16-le"), "", "camt"),
        (b"<!-- from the bank -->" + CAMT[21:], "", "camt"),
        (b"<pain/>", "a.csv", "camt"),
        (QIF, "a.txt", "qif"),
        (b"\n!type:CCard\n", "", "qif"),
        (b"!Option:AutoSwitch\r\n!Account\r\n", "", "qif"),
        (b"D1/2/24\nT5\n^\n", "a.QIF", "qif"),
        (OFX, "a.txt", "ofx"),
        (b"<?xml version='1.0'?><?OFX OFXHEADER='200'?><OFX></OFX>", "a.xml", "ofx"),
        (b"<ofx>", "", "ofx"),
        (b"nothing of the kind", "a.qfx", "ofx"),
        (b"nothing of the kind", "a.QBO", "ofx"),
        (CSV, "", "csv"),
        (CSV, "statement", "csv"),
        (CSV, "a.txt", "csv"),
        (CSV.decode().encode("utf-16"), "", "csv"),
        (b'Date,Note\n2024-01-05,"see <OF>"\n', "", "csv"),
    ],
)
def test_which_format(data, name, format):
    assert formats.detect(data, name) == format


@pytest.mark.parametrize("folder", ["csv", "ofx", "qif", "mt940", "camt"])
def test_each_sample_is_told_by_its_content_alone(folder):
    """The name says nothing here. `<OFC>` is the format before OFX; its reader says what is wrong with it."""
    for name in sample_tables.files(folder):
        assert formats.detect(sample_tables.sample(folder, name), "") == folder, name


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"\n \n", "file_empty"),
        (b"%PDF-1.7\n", "pdf_not_readable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "spreadsheet_not_readable"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "spreadsheet_not_readable"),
        (b"\x89PNG\r\n\x1a\n", "picture_not_readable"),
        (b"\xff\xd8\xff\xe0", "picture_not_readable"),
        (b"GIF89a", "picture_not_readable"),
        (b"II*\0", "picture_not_readable"),
        (b"<!DOCTYPE html><html>", "web_page_not_readable"),
        (b"\xef\xbb\xbf\r\n<HTML><body><table>", "web_page_not_readable"),
        (b"<table><tr><td>1", "web_page_not_readable"),
        (b"Rar!\x1a\x07", "archive_not_readable"),
        (b"7z\xbc\xaf\x27\x1c", "archive_not_readable"),
    ],
)
def test_what_is_known_to_be_no_statement_is_refused_by_name(data, code):
    with pytest.raises(Unreadable) as refusal:
        formats.read(data, file_name="statement.csv")
    assert refusal.value.code == code
    assert refusal.value.message.endswith(".")


@pytest.mark.parametrize(("data", "format"), [(MT940, "mt940"), (CAMT, "camt"), (OFX, "ofx")])
def test_reading(data, format):
    name, found = formats.read(data)
    assert name == format
    found = list(found)
    assert isinstance(found[0], Section)
    assert [item.amount for item in found if isinstance(item, Line)] == [5]


def amounts_and_days(data: bytes, **options) -> list[tuple[str, str]]:
    return [(str(item.amount), str(item.date)) for item in formats.read(data, **options)[1] if isinstance(item, Line)]


def test_mapping_and_currency_reach_the_readers_that_need_them():
    qif = b"!Type:Bank\nD1/2/2024\nT-1,234\n^\nD3/1/2024\nT5.00\n^\n"
    assert amounts_and_days(qif, mapping=Mapping(date_format="DMY"))[0] == ("-1234", "2024-02-01")
    assert amounts_and_days(qif, mapping=Mapping(date_format="MDY"))[0] == ("-1234", "2024-01-02")
    assert amounts_and_days(qif, mapping=Mapping(date_format="DMY", decimal=","))[0] == ("-1.234", "2024-02-01")
    rows = b"Date,Amount,Currency\n2024-01-05,5.00,EUR\n2024-01-06,6.00,USD\n"
    assert [day for _, day in amounts_and_days(rows, currency="EUR")] == ["2024-01-05"]
    assert [day for _, day in amounts_and_days(rows, currency="USD")] == ["2024-01-06"]
    turned = amounts_and_days(CSV, mapping=Mapping(negate=True))
    assert [amount for amount, _ in turned] == ["5.00", "6.00"]


def test_reading_out_of_archives():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("may.sta", MT940)
    assert formats.read(content.getvalue())[0] == "mt940"
    assert formats.read(gzip.compress(CAMT))[0] == "camt"
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("may.xlsx", b"%PDF-")
    with pytest.raises(Unreadable) as refusal:
        formats.read(content.getvalue())
    assert refusal.value.code == "pdf_not_readable"


@pytest.mark.parametrize("format", ["mt940", "MT940", "sta", "mt942"])
def test_the_given_format_decides(format):
    name, found = formats.read(CAMT, file_name="a.xml", format=format)
    assert name == "mt940"
    with pytest.raises(Unreadable) as refusal:
        list(found)
    assert refusal.value.code == "not_mt940"


@pytest.mark.parametrize("format", ["camt.053", "CAMT.052", "camt"])
def test_formats_by_the_names_that_people_know(format):
    assert formats.read(CAMT, format=format)[0] == "camt"


def test_an_unknown_format_is_refused_with_those_that_there_are():
    with pytest.raises(Unreadable, match=", ".join(formats.FORMATS)) as refusal:
        formats.read(CAMT, format="bai2")
    assert refusal.value.code == "format_unknown"


def test_a_file_that_is_too_large():
    with pytest.raises(Unreadable) as refusal:
        formats.read(MT940, max_bytes=len(MT940) - 1)
    assert refusal.value.code == "file_too_large"
    with pytest.raises(Unreadable) as refusal:
        formats.read(gzip.compress(MT940 * 100), max_bytes=len(MT940) * 99)
    assert refusal.value.code == "file_too_large"
    assert formats.read(MT940, max_bytes=len(MT940))[0] == "mt940"
