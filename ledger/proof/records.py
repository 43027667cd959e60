"""How sealed records are written down and hashed. Pure, and final: what version 1 says is verified by it for ever.

A record is a value: nothing, a text, or a list of values.

    nothing   "n"
    text      "t", its length in bytes (4 bytes, most significant first), its UTF-8
    list      "l", the number of its values (4 bytes), the values one after the other

Every length stands before what it measures, so no two different records are written alike:
moving a character from the end of one field to the beginning of the next gives other bytes.

Hashes are SHA-256 with a first byte that says what is hashed, as in RFC 6962 §2.1: 0 for a
leaf, 1 for a node of the tree; and 2 for a checkpoint.
"""

import hashlib
from collections.abc import Sequence

Value = str | list | None

LEAF, NODE, CHECKPOINT = b"\x00", b"\x01", b"\x02"

#: What the first checkpoint of an organization names as the hash before it.
NOTHING_BEFORE = bytes(32)


def encode(value: Value) -> bytes:
    """The one form of a value in bytes."""
    if value is None:
        return b"n"
    if isinstance(value, str):
        text = value.encode()
        return b"t" + len(text).to_bytes(4, "big") + text
    return b"l" + len(value).to_bytes(4, "big") + b"".join(map(encode, value))


def leaf_hash(record: bytes) -> bytes:
    """The hash of one record, as it stands in the tree."""
    return hashlib.sha256(LEAF + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(NODE + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root of the Merkle tree over leaf hashes (RFC 6962 §2.1). The tree of nothing is the hash of nothing."""
    return _subtree(leaves, 0, len(leaves)) if leaves else hashlib.sha256(b"").digest()


def path_of(leaves: Sequence[bytes], place: int) -> list[tuple[str, bytes]]:
    """The way from the leaf at ``place`` to the root, from below: the other half's side and its hash (§2.1.1)."""
    path, start, end = [], 0, len(leaves)
    while end - start > 1:
        middle = start + _split(end - start)
        if place < middle:
            path.append(("right", _subtree(leaves, middle, end)))
            end = middle
        else:
            path.append(("left", _subtree(leaves, start, middle)))
            start = middle
    return path[::-1]


def root_by(leaf: bytes, path: Sequence[tuple[str, bytes]]) -> bytes:
    """The root to which a path leads from a leaf."""
    for side, other in path:
        leaf = node_hash(other, leaf) if side == "left" else node_hash(leaf, other)
    return leaf


def checkpoint_hash(fields: Sequence[str | None]) -> bytes:
    """The hash of a checkpoint; ``fields`` begin with the version, and the hash of the one before is among them."""
    return hashlib.sha256(CHECKPOINT + encode(list(fields))).digest()


def _split(count: int) -> int:
    """The largest power of two below ``count``."""
    return 1 << (count - 1).bit_length() - 1


def _subtree(leaves: Sequence[bytes], start: int, end: int) -> bytes:
    if end - start == 1:
        return leaves[start]
    middle = start + _split(end - start)
    return node_hash(_subtree(leaves, start, middle), _subtree(leaves, middle, end))
