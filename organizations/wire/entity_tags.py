"""Entity tags: what names a state of an object (RFC 9110 §8.8.3), and the headers that carry them.

A tag has two parts, ``"<version>-<answer>"``: a hash of the object's own fields, and one of the
whole answer with what others move, such as a balance.
"""

import hashlib
import inspect
import re
from collections.abc import Collection

from organizations.errors import Invalid
from organizations.wire.rendering import dumps

#: Fields that others move: they belong to the answer, not to the version that a client edits.
MOVING = (
    "balance",
    "rollup_balance",
    "ledger_balance",
    "available_credit",
    "credits_remaining",
    "usage_this_month",
    "last_used_at",
    "warnings",
)

TAG = re.compile(r'\s*(W/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*')


def tag_of(answer: dict) -> str:
    """The entity tag of an object as the API shows it, without quotes."""
    own = {name: value for name, value in answer.items() if name not in MOVING}
    return f"{_hash(own)}-{_hash(answer)}"


def version_of(tag: str) -> str:
    """The part of a tag that stands for the object's own fields."""
    return tag.partition("-")[0]


def _hash(value: dict) -> str:
    return hashlib.sha256(dumps(value)).hexdigest()[:20]


def is_editable(view) -> bool:
    """Whether a view shows single objects that can be changed: only these have tags."""
    return hasattr(view, "retrieve") and (hasattr(view, "update") or hasattr(view, "destroy"))


def names_object(view, names: Collection[str]) -> bool:
    """Whether an address with variables of these names is that of one object, rather than of a collection."""
    wanted = list(inspect.signature(type(view).retrieve).parameters)[2:] if is_editable(view) else []
    return bool(wanted) and set(wanted) <= set(names)


def quoted(tag: str) -> str:
    """The tag as a header has it."""
    return f'"{tag}"'


def read_tags(request, header: str) -> str | list[tuple[bool, str]] | None:
    """The tags of a header, each with whether it is weak; ``*`` for any; None where there is none."""
    text = request.headers.get(header)
    if text is None:
        return None
    if text.strip() == "*":
        return "*"
    found, place = [], 0
    while place <= len(text):
        tag = TAG.match(text, place)
        if tag is None or text[tag.end() : tag.end() + 1] not in ("", ","):
            raise Invalid(fields={header: 'Entity tags in quotes, such as "0a1b-2c3d", or *.'})
        found.append((bool(tag[1]), tag[2]))
        place = tag.end() + 1
    return found
