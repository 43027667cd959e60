"""Whatever bytes come, a reader gives items that the database can hold, or a reason, within two seconds.

Samples and the seeds below are changed at random: bits flipped, parts cut out, moved, doubled or taken from another
file, numbers blown up, texts recoded. The n-th input of a format is always the same; a failure shows it, and
`CRANE_FUZZ=20000` runs as many inputs in all instead of a few hundred per format.
"""

import datetime
import gzip
import os
import random
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciliation.parsers import formats
from reconciliation.parsers.items import Balance, Line, Problem, Section, Unreadable
from tests.reconciliation.parsers import sample_tables

INPUTS = int(os.environ.get("CRANE_FUZZ", "1500")) // len(formats.FORMATS)
LONGEST = 100_000  # bytes of an input; a longer one is cut
SECONDS = 30  # of this process; far above what a busy machine needs, far below what looking back would take

SEEDS = {
    "mt940": [
        b":20:A\r\n:25:DE12500105170648489890\r\n:28C:1/1\r\n:60F:C231230EUR1000,00\r\n"
        b":61:2312310102RCR12,5NTRFINV-1//8000123456789\r\nIBAN\r\n"
        b":86:166?00GUTSCHRIFT?20EREF+E-1?21SVWZ+Text?31DE42?32Anna\r\n:62F:C240102EUR987,50\r\n-\r\n",
        b"{1:F01A}{2:O942}{3:}{4:\n:20:B\n:25:1\n:28C:1\n:34F:PLND0,\n:13D:2401021815+0100\n"
        b":61:240230EDN5,NTRF\n:90D:0PLN0,\n-}",
        b":61:240102C5,NMSC//\n:86:/EREF/E-1/CNTP/NL1/B/Anna/REMI/USTD//x/\n:NS:01a\n15b\n"
        b":61:240102D5,NMSC\n:86:NL12INGB0001234567 Anna\nand more\n",
    ],
    "camt": [
        b'<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
        b"<Stmt><Id>1</Id><Acct><Id><IBAN>DE1</IBAN></Id><Ccy>EUR</Ccy></Acct><Bal><Tp><CdOrPrtry><Cd>OPBD</Cd>"
        b'</CdOrPrtry></Tp><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Dt><Dt>2024-01-01</Dt></Dt></Bal>'
        b'<Ntry><Amt Ccy="EUR">5</Amt><CdtDbtInd>CRDT</CdtDbtInd><RvslInd>true</RvslInd><Sts><Cd>BOOK</Cd></Sts>'
        b"<BookgDt><DtTm>2024-01-05T23:00:00Z</DtTm></BookgDt><NtryDtls>"
        b'<TxDtls><Amt Ccy="EUR">2</Amt></TxDtls><TxDtls><Amt Ccy="EUR">3</Amt><RmtInf><Ustrd>&#233;</Ustrd></RmtInf>'
        b"</TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>",
        b"<!DOCTYPE a [<!ENTITY x 'y'><!ENTITY z '&x;&x;'>]><Document><BkToCstmrAcctRpt><Rpt>&z;</Rpt>"
        b"</BkToCstmrAcctRpt></Document>",
    ],
    "ofx": [
        b"OFXHEADER:100\r\nDATA:OFXSGML\r\nCHARSET:1252\r\n\r\n<OFX><STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>1"
        b"</BANKACCTFROM><STMTTRN><DTPOSTED>20240131230000[-5:EST]<TRNAMT>-1,234.50<FITID>A<NAME>Tom &amp; Co<MEMO>x"
        b"</STMTTRN><LEDGERBAL><BALAMT>5<DTASOF>20240131</LEDGERBAL></STMTRS></OFX>",
    ],
    "qif": [
        b"!Account\nNBank\nTBank\n^\n!Type:Bank\nD6/17'24\nT-1,234.50\nN101\nPShop\nMx\nLFood\nSFood\n$-1\n^\n"
        b"D31/12/23\nU5\n^\n",
    ],
    "csv": [
        b'Date;Value date;Description;Debit;Credit;Balance\r\n31.01.2024;01.02.2024;"Shop; new";1.234,50;;10,00\r\n'
        b"01.02.2024;;Wage;;2.000,00;2010,00\r\n",
        b"date,amount,flag,description\n2024-01-31,5.00,D,=cmd|'/c calc'!A1\n2024-02-01,(7.25),C,\"a\nb\"\n",
    ],
}
NUMBERS = (b"9" * 400, b"0" * 400, b"-1", b"1e999999999", b"NaN", b"0,00000000000001", b"1.234.567,89", b"\xd9\xa3")
INSERTED = (b"\0", b"\x1a", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"\r", b"\n\n", b'"', b"<", b"&", b"?", b":", b"/")
DAYS = (b"2024-02-30", b"0000-00-00", b"9999-12-31T23:59:59Z", b"\xc2\xa02024-01-05")
RUNS = (b"\n", b" ", b"a", b"9", b":61:", b"<a>", b"?20", b'"', b",", b"/NAME/", b"-\n", b"\xe9")
WORDS = re.compile(rb"<(\w+)([^<>/]*)>([^<]*)</\1>")
PARTS = re.compile(rb"<(Bal|Ntry|NtryDtls|TxDtls|RltdPties|BookgDt)()>(.*?)</\1>", re.DOTALL)
CODES = ("utf-8", "utf-16", "utf-16-be", "utf-32", "cp037")


def flip(data: bytearray, chance: random.Random, _: bytes) -> None:
    for _ in range(chance.randint(1, 8)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def cut_out(data: bytearray, chance: random.Random, _: bytes) -> None:
    start = chance.randrange(len(data))
    del data[start : start + chance.choice((1, 2, 10, 100, 5000))]


def cut_off(data: bytearray, chance: random.Random, _: bytes) -> None:
    del data[chance.randrange(len(data)) :]


def insert(data: bytearray, chance: random.Random, _: bytes) -> None:
    place = chance.randrange(len(data))
    data[place:place] = chance.choice(INSERTED) * chance.choice((1, 1, 2, 500))


def double(data: bytearray, chance: random.Random, _: bytes) -> None:
    start = chance.randrange(len(data))
    part = data[start : start + chance.choice((1, 20, 300, 3000))]
    data[start:start] = part * chance.choice((1, 1, 3, 50))


def splice(data: bytearray, chance: random.Random, other: bytes) -> None:
    start, place = chance.randrange(len(other)), chance.randrange(len(data))
    data[place : place + chance.choice((0, 50))] = other[start : start + chance.choice((20, 300, 5000))]


def blow_up(data: bytearray, chance: random.Random, _: bytes) -> None:
    numbers = list(re.finditer(rb"[0-9]+", data))
    for number in sorted(chance.sample(numbers, min(len(numbers), 3)), key=re.Match.start, reverse=True):
        data[number.start() : number.end()] = chance.choice(NUMBERS)


def recode(data: bytearray, chance: random.Random, _: bytes) -> None:
    data[:] = data.decode("latin-1").encode(chance.choice(CODES), "replace")


def exchange(data: bytearray, chance: random.Random, _: bytes) -> None:
    """Takes out, doubles, renames or refills whole XML elements, so that the file remains well-formed."""
    elements = list(chance.choice((WORDS, WORDS, PARTS)).finditer(bytes(data)))
    for element in sorted(chance.sample(elements, min(len(elements), 4)), key=re.Match.start, reverse=True):
        other = chance.choice(elements)
        (name, attributes, text), (others_name, _, others_text) = element.groups(), other.groups()
        renamed = b"<%b%b>%b</%b>" % (others_name, attributes, text, others_name)
        refilled = b"<%b%b>%b</%b>" % (name, attributes, chance.choice((others_text, *NUMBERS, *DAYS)), name)
        put = chance.choice((b"", element[0] * 2, other[0], renamed, refilled, refilled))
        data[element.start() : element.end()] = put


CHANGES = (flip, cut_out, cut_off, insert, double, splice, blow_up, blow_up, recode)
WELL_FORMED = (exchange,)
XML = 0.8  # of the changed CAMT files are to be well-formed: the others are all refused at their first fault


def seeds(format: str) -> list[bytes]:
    return SEEDS[format] + [sample_tables.sample(format, name) for name in sample_tables.files(format)]


def changed(material: list[bytes], others: list[bytes], chance: random.Random) -> bytes:
    """A seed after one to five changes."""
    data = bytearray(chance.choice(material)[:LONGEST])
    changes = WELL_FORMED if b"BkToCstmr" in data and chance.random() < XML else CHANGES
    for _ in range(chance.randint(1, 5)):
        if data:
            chance.choice(changes)(data, chance, chance.choice(others))
        del data[LONGEST:]
    return bytes(data) if chance.random() > 0.02 else gzip.compress(data)[: chance.choice((None, 50))]


def check(data: bytes, format: str) -> None:
    """Fails where reading raises anything but Unreadable, takes too long, or gives what no column can hold."""
    began = time.process_time()
    try:
        _, found = formats.read(data, format=format, currency="EUR")
        items = list(found)
    except Unreadable as refusal:
        assert refusal.code and refusal.message.endswith(".")
        items = []
    assert time.process_time() - began < SECONDS
    for item in items:
        assert isinstance(item, Section | Line | Balance | Problem)
        for name in item.__slots__:
            value = getattr(item, name)
            if isinstance(value, str):
                assert "\0" not in value and len(value) <= LONGEST
                value.encode()  # half a surrogate would not go into the database
        if isinstance(item, Line | Problem):
            assert item.place >= 1
        if isinstance(item, Line):
            assert isinstance(item.date, datetime.date)
        if isinstance(item, Line | Balance):
            assert item.amount.is_finite() and item.amount.adjusted() < 19 and item.amount.as_tuple().exponent >= -8


@pytest.mark.parametrize("format", formats.FORMATS)
def test_changed_files(format):
    material = seeds(format)
    others = [seed for name in formats.FORMATS for seed in seeds(name)]
    for number in range(INPUTS):
        data = changed(material, others, random.Random(f"{format} {number}"))
        try:
            check(data, format if number % 2 else "")
        except Exception as failure:
            raise AssertionError(f"Input {number} of {format}: {data[:2000]!r}") from failure


@pytest.mark.parametrize("format", formats.FORMATS)
@given(data=st.binary(max_size=300))
def test_any_bytes(format, data):
    check(data, format)
    check(data, "")


@pytest.mark.parametrize("format", formats.FORMATS)
@given(data=st.data())
def test_any_order_of_the_formats_own_words(format, data):
    words = re.findall(rb"[\w.,+]+|[^\w]", b" ".join(SEEDS[format]))
    check(b"".join(data.draw(st.lists(st.sampled_from(words), max_size=60))), format)


@pytest.mark.parametrize("format", formats.FORMATS)
@pytest.mark.parametrize("fill", RUNS)
def test_long_runs_of_one_thing(format, fill):
    """A rule that looks back at every step would take hours here."""
    seed, run = SEEDS[format][0], fill * (LONGEST // len(fill))
    for data in (
        seed + run,
        run + seed,
        seed.replace(b"1", run, 1),
        seed.replace(b"5", run, 1),
        seed.replace(b"a", run, 2),
    ):
        check(data, format)
        check(data, "")
