"""Lines and entries as matching sees them: whole units instead of decimals, words and numbers instead of texts.

Read once, compared often.
"""

from collections.abc import Iterable
from decimal import Context, Decimal
from functools import lru_cache

from reconciliation.scoring.days import business_day, exchanged
from reconciliation.scoring.references import numbers_in
from reconciliation.scoring.shapes import BankLine, BookEntry
from reconciliation.scoring.words import telling_words

_WIDE = Context(prec=100)


class ReadLine:
    """A bank line, read; ``expected`` is the contact that a bank rule names for it, "" for none."""

    __slots__ = ("date", "day", "expected", "line", "numbers", "units", "words")

    def __init__(self, line: BankLine, places: int, expected: str = ""):
        self.line = line
        self.expected = known_as(expected)
        self.units = units_of(line.amount, places)
        self.date = line.date.toordinal()
        self.day = business_day(line.date)
        self.words = telling_words(f"{line.description} {line.counterparty}")
        self.numbers = numbers_in(line.reference, line.description)

    @property
    def looks(self) -> tuple:
        """Equal for lines of one amount that nobody can tell apart."""
        line = self.line
        return (line.date, line.description, line.counterparty, line.reference, self.expected)


class ReadEntry:
    """An entry, read. ``turned_day`` is its day with day and month exchanged, None where that is the same."""

    __slots__ = ("contact_words", "date", "day", "entry", "numbers", "turned_day", "units", "words")

    def __init__(self, entry: BookEntry, places: int):
        self.entry = entry
        self.units = units_of(entry.amount, places)
        self.date = entry.date.toordinal()
        self.day = business_day(entry.date)
        turned = exchanged(entry.date)
        self.turned_day = turned and business_day(turned)
        self.contact_words = frozenset(_words(entry.contact))
        self.words = _words(f"{entry.contact} {entry.description}")
        self.numbers = numbers_in(entry.reference, entry.description)

    @property
    def looks(self) -> tuple:
        """Equal for entries of one amount that nobody can tell apart."""
        entry = self.entry
        return (entry.date, entry.description, entry.reference, entry.contact)

    @property
    def known_as(self) -> str:
        """By what accepted matches remember it: its contact, else its text without numbers."""
        return known_as(self.entry.contact) or " ".join(_words(self.entry.description))


@lru_cache(maxsize=50_000)
def _words(text: str) -> tuple[str, ...]:
    return telling_words(text)


def known_as(contact: str) -> str:
    """A contact's name, without regard to case and spaces."""
    return " ".join(contact.casefold().split())


def places_of(amounts: Iterable[Decimal], decimals: int) -> int:
    """How many decimals hold all the amounts exactly; at least those of the currency."""
    return max([decimals, *(-amount.normalize(_WIDE).as_tuple().exponent for amount in amounts)])


def units_of(amount: Decimal, places: int) -> int:
    return int(amount.scaleb(places, _WIDE))


def amount_of(units: int, places: int) -> Decimal:
    """The amount of a number of smallest units."""
    return Decimal(units).scaleb(-places, _WIDE)
