"""A year of practice: twelve statements, the books beside them, and the truth. Pure, and drawn from a seed.

The truth is known because it comes first: happenings are told, and lines and entries
are what they leave. Then follows what goes wrong in real books and at real banks: dates
with day and month exchanged, amounts mistyped, entries posted twice, payments of one
amount by two customers in one week (of which one may be missing on either side), names
cut off and misspelt. Nothing here knows how matching works.
"""

import datetime
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from reconciliation.practice import bundles, happenings
from reconciliation.practice.handwriting import mistyped
from reconciliation.practice.happenings import ONE_DAY, Happening, Month, Slip
from reconciliation.practice.parties import cast
from reconciliation.scoring.shapes import BankLine, BookEntry

#: How a bank's file has what a movement is about: all in one text, in columns of their own, or something of both.
PRINTS = ("one_text", "columns", "both")

#: Days that are other days, in every month, when their digits change places.
TURNED_DAYS = {12: 21, 21: 12, 10: 1, 20: 2, 30: 3, 31: 13}


@dataclass(frozen=True, slots=True)
class Statement:
    """One month at the bank."""

    number: int
    starts_on: datetime.date
    ends_on: datetime.date
    opening: Decimal
    closing: Decimal
    lines: tuple[BankLine, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """These lines are these entries, less the fee."""

    line_ids: tuple[int, ...]
    entry_ids: tuple[int, ...]
    fee: Decimal


@dataclass(frozen=True, slots=True)
class Year:
    """Everything about one year; ``entries`` are on the bank's account, in the order of posting."""

    statements: tuple[Statement, ...]
    entries: tuple[BookEntry, ...]
    truths: tuple[Truth, ...]

    @property
    def lines(self) -> tuple[BankLine, ...]:
        """All lines, by date."""
        return tuple(line for statement in self.statements for line in statement.lines)


def practice_year(seed: int, *, lines: int = 6_000, entries: int = 8_000, year: int = 2025) -> Year:
    """A year with exactly so many lines and entries. The same seed tells the same year on every machine."""
    chance = random.Random(seed)  # noqa: S311
    numbers = itertools.count(chance.randint(20_000, 40_000))
    people = cast(chance, max(lines * 100 // 6_000, 20))
    months = [Month(datetime.date(year, month, 1), chance, people, numbers) for month in range(1, 13)]
    told = [each for month in months for each in _told(month, lines)]
    _near_duplicates(told, chance)
    told += _mistyped_amounts(told, chance)
    _keep_to_the_year(told, year)
    _fill_lines(told, lines, months)
    _fill_entries(told, entries, months)
    _wrong_dates(told, chance)
    return _numbered(told, chance, year)


def _told(month: Month, lines: int) -> Iterator[Happening]:
    """One month; counts are for 6,000 lines a year, without the card purchases that fill it up."""

    def share(count: int) -> int:
        return max(count * lines // 6_000, 1)

    yield from happenings.dues(month)
    yield from happenings.paid_invoices(month, share(88))
    yield from happenings.wages(month)
    yield from happenings.standing(month)
    yield from happenings.suppliers(month, share(70))
    yield from happenings.cheques(month, share(14))
    yield from happenings.round_sums(month, share(12))
    yield from happenings.refunds(month, share(5))
    yield from bundles.takings(month, share(26))
    yield from bundles.net_payouts(month, share(20))
    yield from bundles.charged_wires(month, share(5))
    yield from bundles.deposits(month, share(10))
    yield from bundles.several_invoices(month, share(16))
    yield from bundles.several_lines(month, share(8))
    yield from bundles.only_at_the_bank(month, share(14))


def _simple(told: list[Happening]) -> list[Happening]:
    return [each for each in told if len(each.lines) == len(each.entries) == 1 and not each.fee]


def _near_duplicates(told: list[Happening], chance: random.Random) -> None:
    """Some happenings take the amount of another of their kind and move near it; some of these lose a side."""
    kinds: dict[str, list[Happening]] = {}
    for each in _simple(told):
        kinds.setdefault(each.lines[0].kind, []).append(each)
    for kind in ("SEPA CREDIT", "TRANSFER", "SEPA DD", "CHECK"):
        alike = kinds.get(kind, [])
        for _ in range(len(alike) // 25):
            model, other = chance.sample(alike, 2)
            if not (len(model.lines) == len(model.entries) == len(other.lines) == len(other.entries) == 1):
                continue
            shift = (model.entries[0].date - other.entries[0].date) + chance.randint(-4, 4) * ONE_DAY
            for slip in (*other.lines, *other.entries):
                slip.date, slip.cents = slip.date + shift, model.lines[0].cents
            while other.lines[0].date.weekday() > 4:
                other.lines[0].date += ONE_DAY
            way = chance.randint(1, 12)
            if way in (1, 2):
                model.entries.clear()
            elif way in (3, 4):
                other.lines.clear()
            elif way == 5:
                model.entries.clear()
                other.lines.clear()


def _mistyped_amounts(told: list[Happening], chance: random.Random) -> Iterator[Happening]:
    """Two digits exchanged when the entry was typed: its line has no entry then, and it has no line."""
    for each in chance.sample(_simple(told), len(told) // 90):
        digits = list(str(abs(each.entries[0].cents)))
        at = chance.randint(0, max(len(digits) - 2, 0))
        digits[at : at + 2] = reversed(digits[at : at + 2])
        cents = int("".join(digits))
        if cents and cents != abs(each.entries[0].cents):
            wrong = each.entries.pop()
            wrong.cents = cents if wrong.cents > 0 else -cents
            yield Happening(entries=[wrong])


def _keep_to_the_year(told: list[Happening], year: int) -> None:
    """What the bank books after December is on no statement yet; what lies before January moves into it."""
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    for each in told:
        for slip in (*each.lines, *each.entries):
            slip.date = max(slip.date, first)
        for note in each.entries:
            note.date = min(note.date, last)
        if any(slip.date > last for slip in each.lines):
            each.lines.clear()
            each.fee = 0


def _fill_lines(told: list[Happening], lines: int, months: list[Month]) -> None:
    missing = lines - sum(len(each.lines) for each in told)
    if missing < 0:
        raise ValueError(f"A year of this seed has at least {lines - missing} lines.")
    while missing > 0:
        month = months[missing % 12]
        extra = list(happenings.card_purchases(month, 1))
        _keep_to_the_year(extra, month.first.year)
        told += extra
        missing -= sum(len(each.lines) for each in extra)


def _fill_entries(told: list[Happening], entries: int, months: list[Month]) -> None:
    """Up to the number wanted: some entries are posted twice, the rest have no line."""
    missing = entries - sum(len(each.entries) for each in told)
    if missing < 0:
        raise ValueError(f"A year of this seed has at least {entries - missing} entries.")
    chance, first = months[0].chance, months[0].first
    last = first.replace(month=12, day=31)
    for twice in chance.sample(_simple(told), min(len(told) // 60, missing)):
        note = replace(twice.entries[0])
        note.date = min(note.date + chance.choice((0, 0, 0, 1, 2, 3)) * ONE_DAY, last)
        told.append(Happening(entries=[note]))
        missing -= 1
    for number in range(missing):
        told += bundles.only_in_the_books(months[number % 12], 1)


def _wrong_dates(told: list[Happening], chance: random.Random) -> None:
    """Entries with day and month exchanged, with the digits of the day exchanged, or some days off."""
    for note in (note for each in told if each.lines for note in each.entries if not note.voucher):
        date, way = note.date, chance.randint(1, 1000)
        if way <= 15 and date.day <= 12:
            note.date = date.replace(day=date.month, month=date.day)
        elif way <= 20 and date.day in TURNED_DAYS:
            note.date = date.replace(day=TURNED_DAYS[date.day])
        elif way <= 45:
            moved = date + chance.choice((-7, -5, -3, -2, -1, 1, 2, 3, 5, 7)) * ONE_DAY
            note.date = moved if moved.year == date.year else date


def _printed(slip: Slip, style: str, chance: random.Random) -> dict[str, str]:
    """The texts of a line as this bank's file has them; one in twenty-five with a slip of the fingers."""
    name = mistyped(slip.name, chance) if slip.name and chance.randint(1, 25) == 1 else slip.name
    if style == "columns":
        return {"description": f"{slip.kind} {slip.note}".strip(), "counterparty": name, "reference": slip.number}
    if style == "both":
        counterparty = name if slip.kind in ("SEPA CREDIT", "SEPA DD", "TRANSFER", "INTL WIRE IN") else ""
        reference = slip.number if slip.kind == "CHECK" else ""
        told = [slip.kind, name, slip.note, "" if reference else slip.number]
        return {"description": " ".join(filter(None, told)), "counterparty": counterparty, "reference": reference}
    told = " ".join(filter(None, (slip.kind, name, slip.note, slip.number)))
    return {"description": told[:60], "counterparty": "", "reference": ""}


def _numbered(told: list[Happening], chance: random.Random, year: int) -> Year:
    """Ids in the order of the bank and of posting, which is by and large that of the dates."""
    style = chance.choice(PRINTS)
    slips = [(slip, each) for each in told for slip in each.lines]
    chance.shuffle(slips)
    slips.sort(key=lambda pair: pair[0].date)
    notes = [(note, each) for each in told for note in each.entries]
    chance.shuffle(notes)
    notes.sort(key=lambda pair: pair[0].date.toordinal() + chance.randint(0, 9))
    vouchers: dict[int, int] = {}
    lines: list[BankLine] = []
    entries: list[BookEntry] = []
    sides: dict[int, tuple[list[int], list[int]]] = {id(each): ([], []) for each in told}
    for number, (slip, each) in enumerate(slips, 1):
        lines.append(BankLine(number, slip.date, _money(slip.cents), **_printed(slip, style, chance)))
        sides[id(each)][0].append(number)
    for number, (note, each) in enumerate(notes, 1):
        transaction = vouchers.setdefault(note.voucher, number) if note.voucher else number
        amount = _money(note.cents)
        entries.append(
            BookEntry(number, transaction, note.date, amount, note.description, note.reference, note.contact)
        )
        sides[id(each)][1].append(number)
    truths = [
        Truth(tuple(sides[id(each)][0]), tuple(sides[id(each)][1]), _money(each.fee))
        for each in told
        if each.lines and each.entries
    ]
    return Year(tuple(_statements(lines, year)), tuple(entries), tuple(truths))


def _money(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def _statements(lines: list[BankLine], year: int) -> Iterator[Statement]:
    """Month by month; each opens with what the one before it closed with."""
    balance = Decimal("25000.00")
    for month in range(1, 13):
        here = tuple(line for line in lines if line.date.month == month)
        opening, balance = balance, balance + sum(line.amount for line in here)
        starts_on = datetime.date(year, month, 1)
        ends_on = datetime.date(year + month // 12, month % 12 + 1, 1) - ONE_DAY
        yield Statement(month, starts_on, ends_on, opening, balance, here)
