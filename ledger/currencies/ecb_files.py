"""The daily reference file of the European Central Bank, and its histories of 90 days and of all days. Pure.

``<Cube time="2024-01-15"><Cube currency="USD" rate="1.0945"/>…</Cube>``: one euro is so much in the currency. Days on
which the bank is closed are not in the file. Document type definitions are refused, and with them bombs of entities.
"""

import datetime
import io
from dataclasses import dataclass, field
from decimal import Decimal

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from organizations.clock import FIRST_DAY, LAST_DAY
from organizations.currencies.iso import decimals_of
from organizations.money import MoneyError, read_rate


class Unreadable(ValueError):
    """The file is no reference file; the message says why, to whoever uploaded it."""


@dataclass(slots=True)
class Reference:
    """What a file says: (day, currency, rate) each. ``skipped`` are quotes without a rate or of a lost currency."""

    rates: list[tuple[datetime.date, str, Decimal]] = field(default_factory=list)
    skipped: int = 0


def read(data: bytes) -> Reference:
    """The rates of a file. Raises Unreadable."""
    found = Reference()
    day = None
    try:
        for event, element in iterparse(io.BytesIO(data.strip()), events=("start", "end"), forbid_dtd=True):
            if element.tag.rpartition("}")[2] != "Cube":
                continue
            if event == "start" and "time" in element.attrib:
                day = _day(element.attrib["time"])
            elif event == "start" and "currency" in element.attrib:
                _take(found, day, element.attrib)
            elif event == "end":
                element.clear()
    except DefusedXmlException:
        raise Unreadable("The file defines a document type or entities, which a reference file never does.") from None
    except (ParseError, LookupError):
        raise Unreadable("The file is broken XML; download it again.") from None
    if not found.rates:
        raise Unreadable("There are no rates in the file; is it the bank's eurofxref XML?")
    return found


def _day(text: str) -> datetime.date:
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not FIRST_DAY <= day <= LAST_DAY:
        raise Unreadable(f"{text[:40]} is no day.")
    return day


def _take(found: Reference, day: datetime.date | None, said: dict[str, str]) -> None:
    if day is None:
        raise Unreadable("A rate stands outside any day.")
    code = said["currency"].strip()
    try:
        rate = read_rate(said.get("rate", "").strip())
    except MoneyError:  # "N/A"
        rate = None
    if rate is None or code == "EUR" or decimals_of(code) is None:
        found.skipped += 1
    else:
        found.rates.append((day, code, rate))
