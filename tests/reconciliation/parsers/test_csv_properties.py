"""For any statement in any dress: the lines come back. For any bytes whatever: items, or a refusal with a reason."""

import json
from decimal import Decimal

from hypothesis import example, given, settings
from hypothesis import strategies as st

from reconciliation.parsers.csv_guessing import guess
from reconciliation.parsers.csv_mapping import COLUMN_FIELDS, Mapping, MappingRefused
from reconciliation.parsers.csv_reading import read
from reconciliation.parsers.items import Balance, Item, Line, Problem, Section, Unreadable
from tests.reconciliation.parsers.csv_dresses import DRESSES, MOVEMENTS, statement, written
from tests.reconciliation.parsers.test_csv_layouts import BANK_OF_AMERICA, DKB, ING, NO_HEADER, REVOLUT, SEED, ZKB

STATEMENTS = [text.encode() for text in (SEED, ING, DKB, BANK_OF_AMERICA, REVOLUT, ZKB)] + [
    text.encode() for text, _ in NO_HEADER.values()
]
PIECES = st.one_of(
    st.sampled_from(
        [b",", b";", b'"', b"\n", b"\r", b"\0", b"-", b"9" * 30, b"\xff\xfe", b"\xef\xbb\xbf", b"2024-01-01"]
    ),
    st.sampled_from(
        [b"31/12/2024", b"EUR", b"Balance", b"(", b"\n\n", b",,,,,,", b"total", b"pending", b"\xc3", b"1,234"]
    ),
    st.binary(max_size=8),
)
LARGEST = Decimal(10) ** 19


def squeezed(text: str) -> str:
    return " ".join(text.replace("\r", " ").split())


@settings(max_examples=150, deadline=None)
@given(MOVEMENTS, DRESSES)
def test_the_lines_come_back_whatever_the_dress(movements, dress):
    rows = statement(movements)
    data = written(rows, dress)
    items = list(read(data))
    expected = [(date, amount, squeezed(text)) for date, amount, text in rows]
    found = [(item.date, item.amount, item.description) for item in items if isinstance(item, Line)]
    assert found == (expected[::-1] if dress.newest_first else expected)
    assert not [item for item in items if isinstance(item, Problem)]
    if dress.balance:
        stated = {item.kind: item.amount for item in items if isinstance(item, Balance)}
        assert stated == {"opening": 1000, "closing": 1000 + sum(amount for _, amount, _ in rows)}
    assert list(read(data, Mapping.from_json(json.loads(json.dumps(guess(data).to_json()))))) == items


@settings(max_examples=100, deadline=None)
@given(MOVEMENTS, DRESSES, st.data())
def test_a_row_left_out_is_found_by_the_balance(movements, dress, data):
    rows = statement(movements)
    whole = written(rows, dress).decode(dress.encoding)
    places = [item.place for item in read(whole.encode()) if isinstance(item, Line)]
    if not dress.balance or len(places) < 5 or '"' in whole:
        return
    lines = whole.split(dress.end)
    place = data.draw(st.sampled_from(places[1:-1]))
    broken = dress.end.join(lines[: place - 1] + lines[place:])
    problems = [item for item in read(broken.encode()) if isinstance(item, Problem)]
    assert [(item.place, item.code) for item in problems] == [(place, "balance_does_not_add_up")]


def check(items: list[Item]) -> None:
    """What every reader promises of its items."""
    assert isinstance(items[0], Section)
    for item in items:
        if isinstance(item, Line):
            assert item.place >= 1
            assert item.amount.is_finite() and abs(item.amount) < LARGEST
            assert item.amount.as_tuple().exponent >= -8
            assert "\0" not in item.description
        elif isinstance(item, Problem):
            assert item.place >= 1 and item.code and item.message.endswith(".")


def reads_or_refuses(data: bytes, mapping: Mapping | None = None, currency: str = "") -> None:
    try:
        items = list(read(data, mapping, currency))
    except Unreadable as problem:
        assert problem.code and problem.message.endswith(".")
        return
    check(items)
    assert list(read(data, guess(data, mapping, currency), currency)) == items


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
@example(b"\xef\xbb\xbf")
@example(b"\xff\xfe")
@example(b'"')
@example(b"\n" * 10)
@example(b"2024-01-01,1.50")
@example(b"Date,Amount\n2024-01-01,1.50,")
def test_any_bytes_are_read_or_refused(data):
    reads_or_refuses(data)


@st.composite
def spoiled(draw) -> bytes:
    """A statement with pieces cut out, put in or exchanged."""
    data = draw(st.sampled_from(STATEMENTS))
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(data)))
        data = data[:start] + draw(PIECES) + data[start + draw(st.integers(0, 20)) :]
    return data


@settings(max_examples=200, deadline=None)
@given(spoiled(), st.sampled_from(["", "EUR", "USD", "JPY"]))
def test_a_spoiled_statement_is_read_or_refused(data, currency):
    reads_or_refuses(data, currency=currency)


NUMBERS = st.integers(0, 12)
MAPPINGS = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(COLUMN_FIELDS, NUMBERS)
    | {
        "delimiter": st.sampled_from(",;\t|"),
        "encoding": st.sampled_from(["utf-8", "cp1252", "utf-16"]),
        "header": st.booleans(),
        "skip": NUMBERS,
        "description": st.lists(NUMBERS, max_size=4),
        "date_format": st.sampled_from(["DMY", "MDY", "YMD"]),
        "decimal": st.sampled_from([".", ","]),
        "negate": st.booleans(),
    },
)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.sampled_from(STATEMENTS), spoiled(), st.binary(max_size=60)), MAPPINGS)
def test_any_mapping_on_any_bytes_is_read_or_refused(data, value):
    try:
        mapping = Mapping.from_json(value)
    except MappingRefused as refused:
        assert refused.problems
        return
    assert Mapping.from_json(mapping.to_json()) == mapping
    try:
        check(list(read(data, mapping)))
    except Unreadable as problem:
        assert problem.code and problem.message.endswith(".")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(st.sampled_from([*COLUMN_FIELDS, "description", "skip", "decimal", "encoding", "x"]), JSON) | JSON
)
def test_any_json_is_a_mapping_or_refused(value):
    try:
        mapping = Mapping.from_json(value)
    except MappingRefused as refused:
        assert refused.problems
    else:
        assert Mapping.from_json(mapping.to_json()) == mapping
