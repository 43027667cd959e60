"""The form of records and the tree over them: one form for each record, and two implementations that agree."""

import json

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from ledger.proof import leaves, records, verifier
from ledger.proof.answers import checkpoint_fields
from ledger.proof.models import Checkpoint
from tests.ledger.proof.books import exported, sealed_books

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
values = st.recursive(st.none() | texts, lambda inner: st.lists(inner, max_size=4), max_leaves=12)
hashes = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40)


def decoded(data: bytes):
    """The value that an encoding stands for, and what is left: if this works, encoding loses nothing."""
    kind, rest = data[:1], data[1:]
    if kind == b"n":
        return None, rest
    count, rest = int.from_bytes(rest[:4], "big"), rest[4:]
    if kind == b"t":
        return rest[:count].decode(), rest[count:]
    assert kind == b"l"
    found = []
    for _ in range(count):
        value, rest = decoded(rest)
        found.append(value)
    return found, rest


@given(values)
def test_a_record_can_be_read_back_from_its_form(value):
    assert decoded(records.encode(value)) == (value, b"")


@given(values, values)
def test_two_records_have_two_forms(one, other):
    assert (records.encode(one) == records.encode(other)) == (one == other)


@given(st.lists(texts, min_size=2, max_size=5), st.integers(0, 10), st.integers(1, 3))
def test_moving_a_boundary_between_fields_gives_another_form(fields, place, by):
    place %= len(fields) - 1
    joined, cut = fields[place] + fields[place + 1], len(fields[place]) + by
    moved = [*fields[:place], joined[:cut], joined[cut:], *fields[place + 2 :]]
    assert (records.encode(moved) == records.encode(fields)) == (moved == fields)


@given(st.lists(st.none() | texts, max_size=6))
def test_the_verifier_writes_records_alike(fields):
    assert verifier.row([verifier.text(each) for each in fields]) == records.encode(fields)


@given(hashes)
def test_the_verifier_has_the_same_tree(found):
    assert records.root_of(found) == verifier.root_of(found)


@given(hashes, st.data())
def test_every_leaf_has_its_way_to_the_root_and_no_other(found, data):
    place = data.draw(st.integers(0, len(found) - 1))
    path = records.path_of(found, place)
    assert records.root_by(found[place], path) == records.root_of(found)
    assert records.root_by(bytes(32), path) != records.root_of(found) or found[place] == bytes(32)


def test_the_tree_is_that_of_the_standard():
    """Inputs and roots of the reference implementation of RFC 6962."""
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    found = [records.leaf_hash(bytes.fromhex(each)) for each in inputs]
    assert found[0].hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert records.root_of(found).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert records.root_of([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_leaf_is_no_node():
    left, right = records.leaf_hash(b"a"), records.leaf_hash(b"b")
    assert records.leaf_hash(left + right) != records.node_hash(left, right)


@pytest.mark.django_db
@given(st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), max_size=6))
def test_the_database_writes_records_alike(fields):
    with connection.cursor() as cursor:
        cursor.execute("select crane_framed(%s::text[])", [fields])
        assert bytes(cursor.fetchone()[0]) == records.encode(fields)


def test_all_three_agree_on_real_books(committed_db, tmp_path):
    books = sealed_books(batches=2)
    lines = [json.loads(line) for line in exported(books, tmp_path).read_text().splitlines()]
    with books.acting():
        chain = list(Checkpoint.objects.of(books.organization).order_by("seq"))
    shown = [line for line in lines if line["object"] == "checkpoint"]
    assert len(shown) == len(chain) > 1
    for line, checkpoint in zip(shown, chain, strict=True):
        assert records.checkpoint_hash(checkpoint_fields(checkpoint)) == bytes(checkpoint.hash)
        assert verifier.checkpoint_hash(line) == bytes(checkpoint.hash)
    hashed = [verifier.leaf_hash(verifier.encoded(line)) for line in lines if line["object"] == "record"]
    assert hashed == [leaf.hash for checkpoint in chain for leaf in leaves.unpacked(checkpoint.leaves)]


def test_the_fields_of_a_version_never_change():
    """A list that is changed here cannot verify what was sealed before: make a new version instead."""
    transaction, entry, event = leaves.FIELDS[1]
    assert [*transaction, "entries"] == verifier.TRANSACTION
    assert [*entry] == verifier.ENTRY
    assert [*event] == verifier.EVENT
    written = records.encode(["1", "transaction", "TXN_1", None, [["LED_1", "12.5"]]])
    assert records.leaf_hash(written).hex() == "8648953976408df7a5dad8ad7994a414d674555611ee548e9a3c52a57bd30080"
