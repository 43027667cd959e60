"""A JSON body is read exactly, or refused with the place of what is wrong."""

import io
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organizations import errors
from organizations.wire.parsing import DEEPEST, LONGEST_NUMBER, MOST_KEYS, JSONParser, read_json


def nested(levels: int) -> bytes:
    return b'{"a":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"


def keys(many: int) -> bytes:
    return json.dumps({str(number): number for number in range(many)}).encode()


def test_fractions_keep_every_digit():
    body = read_json(b'{"amount": 90071992547409.93, "small": 100.00, "whole": 100}')
    assert body == {"amount": Decimal("90071992547409.93"), "small": Decimal("100.00"), "whole": 100}
    assert str(body["small"]) == "100.00"
    assert type(body["whole"]) is int


@pytest.mark.parametrize("body", [b"", b"  \r\n\t "])
def test_an_empty_body_is_an_empty_object(body):
    assert read_json(body) == {}


@pytest.mark.parametrize(
    ("body", "refusal", "path"),
    [
        (b'{"amount": 1e5}', errors.UnreadableNumber, "amount"),
        (b'{"amount": 1E-2}', errors.UnreadableNumber, "amount"),
        (b'{"entries": [{"amount": 1}, {"amount": NaN}]}', errors.UnreadableNumber, "entries[1].amount"),
        (b'{"amount": -Infinity}', errors.UnreadableNumber, "amount"),
        (b'{"a": ' + b"9" * (LONGEST_NUMBER + 1) + b"}", errors.UnreadableNumber, "a"),
        (b'{"a": 0.' + b"9" * LONGEST_NUMBER + b"}", errors.UnreadableNumber, "a"),
        (b'{"a": 1, "a": 1}', errors.DuplicateKey, None),
        (b'{"entries": [{"amount": 1, "amount": 2}]}', errors.DuplicateKey, "entries[0]"),
        (b'{"a": {"x": 1, "x": 2}, "a": 3}', errors.DuplicateKey, None),
        (rb'{"metadata": {"note": "a\u0000b"}}', errors.ForbiddenCharacter, "metadata.note"),
        (rb'{"metadata": {"\u0000": "x"}}', errors.ForbiddenCharacter, "metadata"),
        (rb'{"tags": ["ok", "\ud83d"]}', errors.ForbiddenCharacter, "tags[1]"),
        (keys(MOST_KEYS + 1), errors.TooManyKeys, None),
        (b'{"metadata": ' + keys(MOST_KEYS + 1) + b"}", errors.TooManyKeys, "metadata"),
        (nested(DEEPEST + 1), errors.TooDeep, None),
        (b"[" * 200_000, errors.TooDeep, None),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(body, refusal, path):
    with pytest.raises(refusal) as refused:
        read_json(body)
    assert refused.value.status == 400
    assert list(refused.value.details.get("fields", {})) == ([path] if path else [])
    if path:
        assert refused.value.message.startswith(f"{path}: ")


@pytest.mark.parametrize(
    ("body", "details"),
    [
        (b'{"a": 1', {"line": 1, "column": 8}),
        (b'{\n"a": tru}', {"line": 2, "column": 6}),
        (b'{"a": "\x01"}', {"line": 1, "column": 8}),
        (b"\xef\xbb\xbf{}", {"line": 1, "column": 1}),
        (b'{"a": "\xff"}', {"byte": 7}),
        ('{"a": 1}'.encode("utf-16"), {"byte": 0}),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(body, details):
    with pytest.raises(errors.MalformedJson) as refused:
        read_json(body)
    assert refused.value.code == "malformed_json"
    assert refused.value.details == details


def test_the_deepest_body_and_the_longest_number_are_read():
    assert read_json(nested(DEEPEST))
    assert len(read_json(keys(MOST_KEYS))) == MOST_KEYS
    assert read_json(b'{"a": ' + b"9" * LONGEST_NUMBER + b"}") == {"a": int("9" * LONGEST_NUMBER)}


def test_escapes_that_are_fine_are_read():
    assert read_json(rb'{"a": "\\u0000 \u00e9 \ud83d\ude00"}') == {"a": "\\u0000 é 😀"}


@pytest.mark.parametrize("body", [b"[]", b"1", b'"text"', b"null", b"true"])
def test_the_body_is_an_object(body):
    with pytest.raises(errors.Invalid, match="must be a JSON object"):
        read_json(body)


def test_a_view_may_take_an_array():
    class View:
        json_top_level = (dict, list)

    assert JSONParser().parse(io.BytesIO(b"[1]"), parser_context={"view": View()}) == [1]
    with pytest.raises(errors.Invalid, match="JSON object or array"):
        JSONParser().parse(io.BytesIO(b"1"), parser_context={"view": View()})


@given(st.binary() | st.text(alphabet='{}[]":,0123456789.eE-+\\u ntrfals').map(str.encode))
def test_any_bytes_are_read_or_refused(body):
    try:
        assert isinstance(read_json(body), dict)
    except errors.Invalid as refusal:
        assert refusal.status == 400


plain_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**39) + 1, 10**39) | plain_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(plain_text, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(plain_text, values), st.booleans())
def test_what_is_written_is_read_again(value, ascii_only):
    assert read_json(json.dumps(value, ensure_ascii=ascii_only).encode()) == value
