"""Reading a JSON body: exactly, or not at all.

Python's reader and DRF's are generous in ways that cost money: a fraction becomes a
binary float (90071992547409.93 turns into …09.94), the last of two equal keys wins in
silence, NaN is a number, NUL and half surrogates pass and break the database later.
Here each of these is refused, with the path of the value at fault. RFC 8259 leaves all
of it to the reader; I-JSON (RFC 7493) asks for most of it.
"""

import json
from collections.abc import Iterator
from decimal import Decimal

from rest_framework import parsers

from organizations import errors
from organizations.wire.paths import join

DEEPEST = 20  # levels of objects and arrays; the deepest request of the API has five
MOST_KEYS = 1_000  # of one object; the largest of the API has some forty, and metadata fifty
LONGEST_NUMBER = 40  # characters; the largest amount has 19 + 8 digits

_NAMES = {dict: "object", list: "array"}


class JSONParser(parsers.JSONParser):
    """The parser of every JSON request.

    An empty body is an empty object. The body must be an object, except where the view
    says otherwise by ``json_top_level`` (a type or a tuple of types).
    """

    def parse(self, stream, media_type=None, parser_context=None):
        view = (parser_context or {}).get("view")
        return read_json(stream.read(), top_level=getattr(view, "json_top_level", dict))


def read_json(body: bytes, *, top_level: type | tuple[type, ...] = dict):
    """The value that a JSON body stands for: fractions as Decimal, everything else as usual.

    Raises a subclass of ``errors.Invalid`` for anything that could be read in two ways.
    """
    if not body.strip(b" \t\r\n"):
        return {}
    value, faults = _parse(_decode(body))
    if faults or b"\\u" in body:  # an escape is the only way in for NUL and half surrogates
        _refuse_faults(value, faults)
    _refuse_depth(value)
    if not isinstance(value, top_level):
        kinds = top_level if isinstance(top_level, tuple) else (top_level,)
        raise errors.Invalid(f"The body must be a JSON {' or '.join(_NAMES[kind] for kind in kinds)}")
    return value


def _decode(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise errors.MalformedJson(
            f"The body is not UTF-8: byte {problem.start} cannot be read", details={"byte": problem.start}
        ) from None


def _parse(text: str) -> tuple[object, dict]:
    """The tree, and its faults by the identity of the value that has them.

    The reader does not say where it is; so a fault marks its value, and is found again by walking the tree.
    """
    faults = {}

    def fraction(digits: str):
        if "e" in digits or "E" in digits:
            return unreadable(f"Write {digits[:LONGEST_NUMBER]} without an exponent")
        return Decimal(digits) if len(digits) <= LONGEST_NUMBER else too_long()

    def whole(digits: str):
        return int(digits) if len(digits) <= LONGEST_NUMBER else too_long()

    def constant(name: str):
        return unreadable(f"{name} is not a number in JSON")

    def too_long():
        return unreadable(f"A number has at most {LONGEST_NUMBER} digits")

    def unreadable(message: str):
        stand_in = object()
        faults[id(stand_in)] = stand_in, errors.UnreadableNumber, message
        return stand_in

    def object_of(pairs: list):
        members = dict(pairs)
        if len(pairs) > MOST_KEYS:
            faults[id(members)] = members, errors.TooManyKeys, f"An object has at most {MOST_KEYS} keys"
        elif len(members) != len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for place, name in enumerate(names) if name in names[:place])
            faults[id(members)] = members, errors.DuplicateKey, f"The key {json.dumps(twice[:60])} appears twice"
        return members

    try:
        value = json.loads(
            text, parse_float=fraction, parse_int=whole, parse_constant=constant, object_pairs_hook=object_of
        )
    except json.JSONDecodeError as problem:
        what, where = problem.msg.removesuffix(" at"), {"line": problem.lineno, "column": problem.colno}
        raise errors.MalformedJson(
            f"The body is not valid JSON: {what} at line {where['line']}, column {where['column']}", details=where
        ) from None
    except RecursionError:
        raise errors.TooDeep(_too_deep()) from None
    return value, faults


def _refuse_faults(value, faults: dict) -> None:
    """Raise the first fault in the order of the document, with its path."""
    for path, found in _walk(value):
        refusal, message = None, None
        if id(found) in faults:
            _, refusal, message = faults[id(found)]
        elif isinstance(found, str) and (message := unfit(found)):
            refusal = errors.ForbiddenCharacter
        if refusal:
            raise refusal(f"{path}: {message}" if path else message, fields={path: message} if path else None)


def unfit(text: str) -> str | None:
    """Why no PostgreSQL text can hold this string; None if it can."""
    if "\x00" in text:
        return "The character NUL is not allowed"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "Half of a surrogate pair is not a character"
    return None


def _walk(value) -> Iterator[tuple[str, object]]:
    """Every value with its path, in the order of the document; the keys of an object come before its members.

    Uses a stack of its own: the tree may be deeper than Python's.
    """
    waiting = [("", value)]
    while waiting:
        path, value = waiting.pop()
        yield path, value
        if isinstance(value, dict):
            yield from ((path, name) for name in value)
            waiting.extend(reversed([(join(path, name), member) for name, member in value.items()]))
        elif isinstance(value, list):
            waiting.extend(reversed([(join(path, place), item) for place, item in enumerate(value)]))


def _refuse_depth(value) -> None:
    """Level by level, which costs a fraction of what a recursion does."""
    level = [value] if type(value) in _NAMES else []
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if type(outer) is dict else outer)
            if type(inner) in _NAMES
        ]
    if level:
        raise errors.TooDeep(_too_deep())


def _too_deep() -> str:
    return f"The body is nested more than {DEEPEST} levels deep"
