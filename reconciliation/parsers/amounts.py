"""Amounts as statements write them: `1,234.56`, `1.234,56`, `-530,86`, `+0001234.5600`.

A separator that occurs twice groups thousands; of two different ones the last marks the decimals; one that has
other than three digits after it marks the decimals as well. That leaves `1,234` and `1.234`, which only the rest
of the file, or a person, can decide: nothing is guessed.
"""

import re
from decimal import Decimal

WHOLE_DIGITS, DECIMALS = 19, 8  # what the columns hold: numeric(28,8) with one digit to spare

_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]{1,2})?")
_WRITTEN = re.compile(r"([+-]?)\s*([0-9.,'’ \u00a0\u202f]*[0-9])")
_WHOLE = re.compile(r"[0-9]*|[0-9]{1,3}(?:([.,'’ \u00a0\u202f])[0-9]{3})(?:\1[0-9]{3})*")
_UNCLEAR = "?"
_LONGEST = 60  # characters; whatever is longer is no amount, and is not worth a regular expression


class Misread(ValueError):
    """A field that cannot be read. ``code`` and ``message`` are those of the ``Problem`` to give."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code
        self.message = message


def decimal_sign(written: str) -> str:
    """What marks the decimals in files that write this amount: "." or ","; "" where the amount does not show it."""
    match = _matched(written.strip())
    if not match:
        return ""
    point = _point(match[2])
    if point == "" and (grouped := _WHOLE.fullmatch(match[2])) and grouped[1]:
        return {",": ".", ".": ","}.get(grouped[1], "")
    return "" if point == _UNCLEAR else point


def read_amount(written: str, sign: str = "") -> Decimal:
    """The amount, exactly. ``sign`` is what marks the decimals in this file where `1,234` occurs; "" if unknown.

    Raises Misread with code amount_missing, amount_unreadable, amount_unclear or amount_out_of_range.
    """
    written = written.strip()
    if _PLAIN.fullmatch(written) and len(written) <= WHOLE_DIGITS:
        return Decimal(written) + 0  # minus zero is zero
    if not written:
        raise Misread("amount_missing", "The record has no amount.")
    match = _matched(written)
    if not match:
        raise Misread("amount_unreadable", f"The amount {written[:40]!r} cannot be read.")
    point = _point(match[2])
    if point == _UNCLEAR:
        if not sign:
            raise Misread("amount_unclear", f"The amount {written[:40]!r} may have three decimals or be in thousands.")
        point = sign if sign in match[2] else ""
    whole, _, decimals = match[2].rpartition(point) if point else (match[2], "", "")
    if not _WHOLE.fullmatch(whole) or (point and (point in whole or not decimals.isdigit())):
        raise Misread("amount_unreadable", f"The amount {written[:40]!r} cannot be read.")
    whole = re.sub("[^0-9]", "", whole).lstrip("0")
    if len(decimals) > DECIMALS:
        decimals = decimals[:DECIMALS] + decimals[DECIMALS:].rstrip("0")
    if len(whole) > WHOLE_DIGITS or len(decimals) > DECIMALS:
        raise Misread(
            "amount_out_of_range",
            f"The amount {written[:40]!r} has more than {WHOLE_DIGITS} digits before or {DECIMALS} after the point.",
        )
    number = Decimal(f"{match[1]}{whole or '0'}.{decimals or '0'}" if point else f"{match[1]}{whole or '0'}")
    return number if number else abs(number)


def _matched(written: str) -> re.Match[str] | None:
    return _WRITTEN.fullmatch(written) if len(written) <= _LONGEST else None


def _point(body: str) -> str:
    """The separator that marks the decimals, "" where there are none, or "?" where only the file can tell."""
    dots, commas = body.count("."), body.count(",")
    if dots and commas:
        return "." if body.rfind(".") > body.rfind(",") else ","
    if dots + commas != 1:
        return ""
    point = "." if dots else ","
    before, _, after = body.partition(point)
    grouped = len(after) == 3 and 1 <= len(before) <= 3 and before.isdigit() and before[0] != "0"
    return _UNCLEAR if grouped else point
