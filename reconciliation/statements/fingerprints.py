"""What makes a line of a statement one and the same, whichever file it comes in. Pure.

Two fingerprints, 16 bytes each. ``content`` is of date, amount and text. ``identity`` is of the
bank's own id with date and amount, for banks use their ids again (OFX 2.2 §3.2.1 asks for
uniqueness within an account; in the wild the same FITID names several movements); without an id it
is the content. The n-th line with the same identity within one file is its occurrence n: two equal
coffees are two lines, in every file that has both.
"""

import hashlib
import unicodedata
from collections import Counter
from dataclasses import dataclass, field

from reconciliation.parsers.items import Line

#: Vowels that many scripts write as marks, and pictures: two texts may differ in nothing else.
MEANING = ("Mc", "Mn", "So")


def plain(text: str) -> str:
    """Only letters and digits, without case and accents: what survives how a bank spells blanks and signs."""
    if text.isascii():
        return "".join(filter(str.isalnum, text.casefold()))
    text = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return "".join(sign for sign in text.casefold() if sign.isalnum() or unicodedata.category(sign) in MEANING)


def _said(line: Line) -> str:
    """All that a line says, once: one export has in its text what another has in columns of their own."""
    said = plain(line.description)
    for part in (plain(line.counterparty), plain(line.reference)):
        if part not in said:
            said += part
    return said


def _digest(*parts: str) -> bytes:
    # Parts with their lengths: text cannot pretend to be two parts.
    written = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.blake2b(written.encode("utf-8", "surrogatepass"), digest_size=16).digest()


@dataclass(slots=True)
class Marked:
    """A line with its marks. ``again`` tells that the file had the same bank id, date and amount before."""

    line: Line
    identity: bytes
    content: bytes
    occurrence: int
    content_occurrence: int
    again: bool


@dataclass(slots=True)
class Marker:
    """Marks the lines of one file, in their order."""

    identities: Counter[bytes] = field(default_factory=Counter)
    contents: Counter[bytes] = field(default_factory=Counter)

    def mark(self, line: Line) -> Marked:
        day, amount = line.date.isoformat(), f"{line.amount.normalize():f}"
        content = _digest("text", day, amount, _said(line))
        identity = _digest("id", day, amount, line.bank_id) if line.bank_id else content
        self.contents[content] += 1
        self.identities[identity] += 1
        occurrence = self.identities[identity]
        return Marked(
            line, identity, content, occurrence, self.contents[content], again=bool(line.bank_id) and occurrence > 1
        )
