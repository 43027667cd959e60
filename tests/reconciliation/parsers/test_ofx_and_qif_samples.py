"""Real OFX and QIF files against their tables, and both readers against everything else that bytes can be."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciliation.parsers import ofx, qif
from reconciliation.parsers.items import Balance, Line, Problem, Section, Unreadable
from tests.reconciliation.parsers import sample_tables

READERS = {"ofx": ofx.read, "qif": qif.read}
ROWS = [(kind, *row) for kind in READERS for row in sample_tables.rows(f"{kind}_samples.txt")]
WORDS = {
    "ofx": """<OFX> </OFX> <STMTRS> </STMTRS> <CCSTMTRS> <INVSTMTRS> <CURDEF> USD <BANKACCTFROM> <ACCTID> <STMTTRN>
        </STMTTRN> <DTPOSTED> 20240115 20240231 <TRNAMT> -5.00 1,234 <NAME> <MEMO> &amp; <LEDGERBAL> <BALAMT> <DTASOF>
        <BUYSTOCK> <TOTAL> <SUBACCTFUND> CASH <UNITS> <DTTRADE> <!-- --> <![CDATA[ ]]> < > / <CURRENCY> <CURSYM> EUR""",
    "qif": """!Type:Bank !Type:Invst !Type:Cat !Account !Option:AutoSwitch !Clear:AutoSwitch ^ ^^ D6/17/97 D8/31'
        D02/08/2024 D13/01/2024 D01/13/2024 D2024-03-25 D T T5 T-5.00 T1,234 T1.234,50 U5 POpening MFood SFood EMemo
        $5.00 $ %50 N101 L[Bank] NBank A""",
}


def check(kind: str, data: bytes) -> None:
    """Items that the database can hold, or a reason: nothing else."""
    try:
        items = list(READERS[kind](data))
    except Unreadable as problem:
        assert problem.code and problem.message
        return
    for item in items:
        assert isinstance(item, Section | Line | Balance | Problem)
        assert "\x00" not in repr(item)
        if isinstance(item, Line | Problem):
            assert item.place >= 1
        if isinstance(item, Line | Balance):
            assert item.amount.is_finite() and item.amount.adjusted() < 19 and item.amount.as_tuple().exponent >= -8


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The file with a few bytes changed, taken out, doubled, moved or cut off."""
    for _ in range(chance.randint(1, 5)):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.choice((0, 1, 2, 10, 200)))
        other = chance.randrange(len(data) + 1)
        put = chance.choice((b"", bytes([chance.randrange(256)]), data[start:end] * 2, data[other : other + 50]))
        data = data[:start] + put + data[end:] if chance.random() > 0.05 else data[:start]
    return data


@pytest.mark.parametrize(("kind", "name", "expected"), ROWS, ids=lambda value: str(value)[:40])
def test_each_sample_gives_what_its_table_says(kind, name, expected):
    assert sample_tables.found(READERS[kind], sample_tables.sample(kind, name)) == expected


@pytest.mark.parametrize("kind", READERS)
def test_no_sample_is_left_out(kind):
    names = sorted(name for row_kind, name, _ in ROWS if row_kind == kind)
    if sample_tables.SAMPLES.is_dir():
        assert names == sample_tables.files(kind)
    assert len(names) == len(set(names)) > 10


@pytest.mark.parametrize("kind", READERS)
def test_mutated_samples(kind):
    chance = random.Random(4)
    samples = [sample_tables.sample(kind, name) for name in sample_tables.files(kind)]
    if not samples:
        pytest.skip("The samples are not here.")
    for _ in range(1000):
        check(kind, mutated(chance.choice(samples), chance))


@pytest.mark.parametrize("kind", READERS)
@given(data=st.binary(max_size=300))
def test_any_bytes(kind, data):
    check(kind, data)


@pytest.mark.parametrize("kind", READERS)
@given(data=st.data())
def test_any_order_of_the_formats_own_words(kind, data):
    words = data.draw(st.lists(st.sampled_from(WORDS[kind].split()), max_size=40))
    start = "<OFX><STMTRS>" if kind == "ofx" else "!Type:Bank\n"
    check(kind, (start + data.draw(st.sampled_from(["\n", "\r\n", " ", ""])).join(words)).encode())


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("ofx", "<OFX><STMTRS>" + "<!--" * 200_000),
        ("ofx", "<OFX><STMTRS>" + "<![CDATA[" * 100_000),
        ("ofx", "<OFX><STMTRS>" + "<STMTTRN>" * 50_000),
        ("ofx", "<OFX><STMTRS><STMTTRN><NAME>" + "<A" * 400_000 + "</STMTTRN>"),
        ("ofx", "<OFX><STMTRS><STMTTRN><NAME>" + "<" + "A" * 800_000 + "</STMTTRN>"),
        ("ofx", "<OFX><STMTRS><STMTTRN><NAME>" + "<A " + " " * 800_000 + "</STMTTRN>"),
        ("ofx", "<OFX><STMTRS><STMTTRN><DTPOSTED>20240115<TRNAMT>-" + " " * 800_000 + "x</STMTTRN>"),
        ("ofx", "<OFX><STMTRS><STMTTRN><DTPOSTED>20240115<TRNAMT>1<NAME>" + "&" * 800_000 + "</STMTTRN>"),
        ("ofx", "<ofx><stmtrs>" + "<a" * 400_000),
        ("qif", "!Type:Bank\nD1/" + " " * 800_000 + "\nT5\n^\n"),
        ("qif", "!Type:Bank\nD2024-03-25\nT" + "1,234," * 150_000 + "\n^\n"),
        ("qif", "!Type:Bank\nD2024-03-25\nT5\n" + "SFood\n" * 150_000 + "^\n"),
        ("qif", "!Type:Bank\n" * 80_000),
    ],
    ids=range(13),
)
def test_hostile_files_take_no_longer_than_others(kind, text):
    """Each is below 1 MB, and read in about a second; were any rule quadratic, it would be hours."""
    began = time.process_time()
    check(kind, text.encode())
    assert time.process_time() - began < 20
