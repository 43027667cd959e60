"""The fields of an MT940 file: a tag between colons at the beginning of a line, and the lines up to the next one."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from reconciliation.parsers.texts import decoded, printable

LONGEST_FIELD = 20_000  # characters; what comes after is not kept

_TAG = re.compile(r":(13[CD]?|20|21|25P?|28C?|34F|60[FM]?|61|62[FM]?|64|65|86|90[CD]|NS):")
_REST_OF_TAG = re.compile(r"[0-9]{2}[A-Z]?:")
_BLOCK = re.compile(r"\{[1-5]:")
_SECOND_LINE = re.compile(r":2[158]")
HEAD = frozenset({"13", "13C", "13D", "20", "21", "25", "25P", "28", "28C", "34F"})


@dataclass(slots=True)
class Field:
    """One field: ``place`` is its physical line from 1, ``lines`` what stands after the tag and below it."""

    place: int
    tag: str
    lines: list[str]


def fields(data: bytes) -> Iterator[Field | None]:
    """The fields of all messages in order, and None where a message ends (``-``, ``-}``, ``{1:``).

    Lines before the first tag of a message, such as ``ABNANL2A`` or ``:940:``, are skipped. A line of a text
    may look like a tag (``16``, wrapped, ``:20:37 h``): within the text of an entry, tags that only stand in the
    head of a message are text, except ``:20:`` where the next line continues such a head.
    """
    current: Field | None = None
    size, in_entry = 0, False
    for place, line, following in _lines(data):
        if line.startswith(("-", "{")) and (rest := _after_end(line)) is not None:
            if current:
                yield current
            yield None
            current, in_entry, line = None, False, rest
        match = _TAG.match(line)
        if match and in_entry and current and current.tag == "86" and match[1] in HEAD:
            match = match if match[1] == "20" and _SECOND_LINE.match(following) else None
        if match:
            if current:
                yield current
            current, size = Field(place, match[1], [line[match.end() :][:LONGEST_FIELD]]), 0
            in_entry = match[1] == "61" or (in_entry and match[1] in ("86", "NS"))
        elif current and size < LONGEST_FIELD:
            current.lines.append(line[:LONGEST_FIELD])
            size += len(line) + 1
    if current:
        yield current


def _after_end(line: str) -> str | None:
    """What follows the end of a message on its line; None where no message ends here."""
    if line.startswith("-"):
        return "" if line.rstrip() == "-" or line.startswith("-}") else None
    return line.partition("{4:")[2] if _BLOCK.match(line) else None


def _lines(data: bytes) -> Iterator[tuple[int, str, str]]:
    """Each line with its place and the line after it. A tag that was broken after its first colon is mended."""
    if b"\n" not in data:  # the line ends of old Macs
        data = data.replace(b"\r", b"\n")
    place, line = 0, ""
    for number, raw in enumerate(io.BytesIO(data.removeprefix(b"\xef\xbb\xbf")), start=1):
        following = printable(decoded(raw.rstrip(b"\r\n")))
        if line.rstrip() == ":" and _REST_OF_TAG.match(following):
            line = ":" + following
            continue
        if place:
            yield place, line, following
        place, line = number, following
    if place:
        yield place, line, ""
