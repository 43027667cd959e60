"""Public ids: one canonical form out, any case in, and never the id of something else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organizations import ids

keys = st.integers(min_value=0, max_value=ids.LARGEST)
prefixes = st.sampled_from(sorted(ids.PREFIXES.values()))


def test_a_key_is_written_as_sixteen_lower_case_digits():
    assert ids.encode("TXN", 255) == "TXN_00000000000000ff"
    assert ids.encode("ORG", ids.LARGEST) == "ORG_7fffffffffffffff"


def test_reading_ignores_case():
    assert ids.decode("TXN", "txn_00000000000000FF") == 255
    assert ids.decode("TXN", "TXN_1234567890abcdef") == 0x1234567890ABCDEF


def test_every_prefix_names_one_kind():
    assert len(ids.KINDS) == len(ids.PREFIXES)
    assert all(len(prefix) == 3 and prefix.isascii() and prefix.isupper() for prefix in ids.KINDS)


@given(prefixes, keys)
def test_what_is_written_is_read(prefix, key):
    text = ids.encode(prefix, key)
    assert ids.decode(prefix, text) == ids.decode(prefix, text.lower()) == ids.decode(prefix, text.upper()) == key


@given(prefixes, keys, keys)
def test_ids_sort_as_their_keys_do(prefix, one, other):
    assert (ids.encode(prefix, one) < ids.encode(prefix, other)) == (one < other)


@given(prefixes, prefixes, keys)
def test_an_id_of_another_kind_is_told_apart(wanted, given_prefix, key):
    text = ids.encode(given_prefix, key)
    if wanted == given_prefix:
        assert ids.decode(wanted, text) == key
    else:
        with pytest.raises(ids.WrongKind):
            ids.decode(wanted, text)


def test_the_refusal_says_what_is_expected():
    with pytest.raises(ids.WrongKind, match=r"the id of a transaction \(TXN_.*the id of an account \(ACT_"):
        ids.decode("ACT", "TXN_00000000000000ff")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "TXN",
        "TXN_",
        "TXN_123",  # too short
        "TXN_00000000000000fff",  # too long
        "TXN_00000000000000fg",  # no hexadecimal digit
        "TXN-00000000000000ff",
        " TXN_00000000000000ff",
        "TXN_00000000000000ff\n",
        "TXN_8000000000000000",  # beyond a signed 64-bit key
        "XYZ_00000000000000ff",  # no such prefix
        "TXN_00000000000000f\uff11",  # a full-width digit
        255,
        None,
        b"TXN_00000000000000ff",
    ],
)
def test_what_is_no_id_is_malformed(text):
    with pytest.raises(ids.MalformedId):
        ids.decode("TXN", text)


@given(st.text())
def test_any_text_is_an_id_or_refused(text):
    try:
        key = ids.decode("TXN", text)
    except (ids.MalformedId, ids.WrongKind):
        return
    assert ids.encode("TXN", key).lower() == text.lower()


@pytest.mark.parametrize(("prefix", "number"), [("XYZ", 1), ("txn", 1), ("TXN", -1), ("TXN", 2**63)])
def test_what_no_key_can_be_is_not_written(prefix, number):
    with pytest.raises(ValueError):
        ids.encode(prefix, number)
