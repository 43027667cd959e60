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
    """A bank line, read. ``expected`` is the contact that a bank rule names for it, "" for none."""

    __slots__ = ("date", "day", "expected", "line", "numbers", "units", "words")

    def __init__(self, line: BankLine, places: int, expected: str = ""):
        self.line = line
        self.expected = plain_name(expected)
        self.units = units_of(line.amount, places)
        self.date = line.date.toordinal()
        self.day = business_day(line.date)
        self.words = words_of_line(line)
        self.numbers = numbers_in(line.reference, line.description)

    @property
    def looks(self) -> tuple:
        """Equal for lines of one amount that nobody can tell apart."""
        line = self.line
        return (line.date, line.description, line.counterparty, line.reference, self.expected)


class ReadEntry:
    """An entry, read. ``turned_day`` is its day with day and month exchanged, None where that is no other date."""

    __slots__ = ("contact_words", "date", "day", "entry", "numbers", "turned_day", "units", "words")

    def __init__(self, entry: BookEntry, places: int):
        self.entry = entry
        self.units = units_of(entry.amount, places)
        self.date = entry.date.toordinal()
        self.day = business_day(entry.date)
        turned = exchanged(entry.date)
        self.turned_day = None if turned is None else business_day(turned)
        self.contact_words = frozenset(_words(entry.contact))
        self.words = _words(f"{entry.contact} {entry.description}")
        self.numbers = numbers_in(entry.reference, entry.description)

    @property
    def looks(self) -> tuple:
        """Equal for entries of one amount that nobody can tell apart."""
        entry = self.entry
        return (entry.date, entry.description, entry.reference, entry.contact)


@lru_cache(maxsize=20_000)
def _words(text: str) -> tuple[str, ...]:
    return telling_words(text)


def words_of_line(line: BankLine) -> tuple[str, ...]:
    """The words of a line that may say whose it is."""
    return telling_words(f"{line.counterparty} {line.description}")


def known_as(entry: BookEntry) -> str:
    """By what accepted matches remember an entry: its contact, else the words of its text."""
    return plain_name(entry.contact) or " ".join(_words(entry.description))


def plain_name(contact: str) -> str:
    """A contact's name without regard to case and spaces."""
    return " ".join(contact.casefold().split())


def places_of(amounts: Iterable[Decimal], decimals: int) -> int:
    """How many decimals hold all the amounts exactly; at least those of the currency."""
    return max([decimals, *(-amount.normalize(_WIDE).as_tuple().exponent for amount in amounts)])


def units_of(amount: Decimal, places: int) -> int:
    """An amount as a number of its smallest units."""
    return int(amount.scaleb(places, _WIDE))


def amount_of(units: int, places: int) -> Decimal:
    """The amount of a number of smallest units."""
    return Decimal(units).scaleb(-places, _WIDE)
