"""Field 86 of MT940, "information to the account owner": what the entry is about, in the dialects of the banks.

- German and neighbours: ``166?00GUTSCHRIFT?20EREF+4711?21SVWZ+Rent?31DE…?32Name``: a transaction code, then numbered
  subfields after a sign that differs (``?``, ``<``, ``~``, ``^`` …). 00 is the booking text, 20–29 and from 60 on the
  purpose, 31 the other account, 32 and 33 its holder (Annex 3 of the DFÜ agreement, 8.2.4). Within the purpose the
  identifiers of SEPA begin a subfield (``EREF+``, ``SVWZ+``; some banks write ``EREF: ``); a subfield of 27 characters
  goes on in the next.
- Dutch: ``/TRTP/…/IBAN/…/NAME/…/REMI/…/EREF/…``, code words between slashes.
- The old ``:NS:``: a two-digit number at the beginning of each line.
- Anything else is a text of lines; a full line (65 characters) goes on in the next without a blank.

What has no place of its own in a line stays in the description: booking text, mandate, creditor's identifier.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reconciliation.parsers.texts import named, tidy, together

LINE = 65  # characters of a line of field 86
SUBFIELD = 27  # characters of a subfield of the purpose

_NUMBERED = re.compile(r"([0-9]{3})?\s?([?<>~^|!@])(?=[0-7][0-9])")
_SEPA = re.compile(r"(?:^|\s)(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP|MTLG)[+:]")
_CODES = (
    "TRTP TRCD IBAN BIC NAME REMI EREF KREF PREF RTRN BENM ORDP CNTP CSID MARF ISDT PURP ULTD ULTC ULTB "
    "SVCL ADDR OCMT CHGS EXCH SUBID"
)
_CODED = re.compile("/(" + "|".join(_CODES.split()) + ")/")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}")
_ELSEWHERE = frozenset({"EREF", "KREF", "MARF", "PREF", "NREF", "REF"})  # in field 61: "see the code word in field 86"


@dataclass(frozen=True, slots=True)
class Information:
    """What fields 61 and 86 say about an entry besides amount and dates; "" where they say nothing."""

    description: str = ""
    counterparty: str = ""
    account: str = ""
    reference: str = ""
    kind: str = ""


def read_information(lines: Sequence[str], *, owner: str, details: str, old: Sequence[str] = ()) -> Information:
    """What is known from the lines of field 86, the owner's reference and supplementary details of 61, and ``:NS:``."""
    owner = "" if owner.rstrip("+") in _ELSEWHERE else named(owner)
    whole = "".join(line + " " if len(line) == LINE - 1 else line for line in lines).lstrip()  # a blank was cut off
    if numbered := _NUMBERED.match(whole):
        said = _from_subfields(numbered[1] or "", _divided(whole, numbered), owner)
    elif _CODED.match(whole):
        said = _from_code_words(whole, owner)
    elif old and not whole:
        said = _from_numbered_lines(old, owner)
    else:
        said = _from_text(lines, owner)
    details = tidy(details)
    if _IBAN.fullmatch(details):
        return said if said.account else _with(said, account=details)
    if details == said.counterparty:
        return said
    return _with(said, description=together(said.description, details))


def _with(said: Information, *, account: str = "", description: str = "") -> Information:
    return Information(
        description or said.description, said.counterparty, account or said.account, said.reference, said.kind
    )


def _divided(whole: str, start: re.Match) -> list[tuple[int, str]]:
    """The numbered subfields in order."""
    pieces = re.split(re.escape(start[2]) + "([0-7][0-9])", whole[start.end(2) - 1 :])
    return [(int(number), text) for number, text in zip(pieces[1::2], pieces[2::2], strict=True)]


def _continued(pieces: Iterable[str], full: int) -> str:
    """Pieces of a text: one that is full goes on in the next, except where that begins anew with an identifier."""
    text, last = "", full
    for piece in pieces:
        text += piece if last >= full and not _SEPA.match(piece) else " " + piece
        last = len(piece)
    return text


def _from_subfields(kind: str, subfields: list[tuple[int, str]], owner: str) -> Information:
    def of(*numbers: int) -> str:
        return _continued((text for number, text in subfields if number in numbers), SUBFIELD)

    purpose = _continued((text for number, text in subfields if 20 <= number < 30 or number >= 60), SUBFIELD)
    free, *tagged = _SEPA.split(purpose)
    said = {tag: tidy(text) for tag, text in zip(tagged[::2], tagged[1::2], strict=True)}
    reference = named(said.get("EREF")) or owner or named(said.get("KREF"))
    kept = [f"{tag}+{text}" for tag, text in said.items() if tag in ("MREF", "CRED", "DEBT", "OAMT", "COAM") and text]
    if reference != said.get("KREF") and named(said.get("KREF")):
        kept.append(f"KREF+{said['KREF']}")
    other = said.get("ABWA", "") or said.get("ABWE", "")
    counterparty = tidy(of(32, 33))
    return Information(
        description=together(
            tidy(of(0)), tidy(free), said.get("SVWZ", ""), said.get("MTLG", ""), other if counterparty else "", *kept
        ),
        counterparty=counterparty or other,
        account="".join(of(31).split()) or said.get("IBAN", ""),
        reference=reference,
        kind=kind,
    )


def _from_code_words(whole: str, owner: str) -> Information:
    _, *pieces = _CODED.split(whole)
    said: dict[str, str] = {}
    for code, text in zip(pieces[::2], pieces[1::2], strict=True):
        said.setdefault(code, tidy(text.strip("/ ")))
    account, _, name, *_ = [*said.get("CNTP", "").split("/"), "", "", ""]  # account/bank/name/city
    purpose = re.sub(r"^(?:USTD//|STRD/CUR/)", "", said.get("REMI", ""))
    reference = named(said.get("EREF")) or owner or named(said.get("PREF") or said.get("KREF"))
    kept = [f"{code} {said[code]}" for code in ("MARF", "CSID", "RTRN", "ULTD", "ULTC") if said.get(code)]
    return Information(
        description=together(said.get("TRTP", ""), purpose, *kept),
        counterparty=said.get("NAME", "") or name or said.get("BENM", "") or said.get("ORDP", ""),
        account=said.get("IBAN", "") or account,
        reference=reference,
    )


def _from_numbered_lines(lines: Sequence[str], owner: str) -> Information:
    numbered = [(line[:2], line[2:]) for line in lines]
    purpose = (text for number, text in numbered if "01" <= number <= "14")
    names = (text for number, text in numbered if number in ("15", "16"))
    booking = next((text for number, text in numbered if number == "17"), "")
    return Information(together(tidy(booking), tidy(" ".join(purpose))), tidy(" ".join(names)), "", owner)


def _from_text(lines: Sequence[str], owner: str) -> Information:
    """A plain text. Some begin it with the other account (an IBAN, or the number in field 61) and its holder."""
    first, _, name = tidy(lines[0] if lines else "").partition(" ")
    if first and (_IBAN.fullmatch(first) or first == owner):
        rest = tidy(_continued(lines[1:], LINE))
        return Information(rest or name, name, first, "" if first == owner else owner)
    if _IBAN.fullmatch(owner):
        return Information(tidy(_continued(lines, LINE)), "", owner)
    return Information(tidy(_continued(lines, LINE)), "", "", owner)
