"""What happens at the bakery's bank in one month, each time with the lines and the entries that it leaves. Pure.

A happening says the truth: its lines are its entries, less a fee. Where one side is
missing, the other has nothing to match. How the bank prints a line is decided later.
"""

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from reconciliation.practice.handwriting import written_number
from reconciliation.practice.parties import Cast, Party

ONE_DAY = datetime.timedelta(days=1)
MONTHS = ("January", "February", "March", "April", "May", "June", "July")
MONTHS = (*MONTHS, "August", "September", "October", "November", "December")


@dataclass(slots=True)
class Slip:
    """A line before it is printed: what kind of movement, whose, what for, and the number that it bears."""

    date: datetime.date
    cents: int
    kind: str
    name: str = ""
    note: str = ""
    number: str = ""


@dataclass(slots=True)
class Note:
    """An entry of the books; those with one ``voucher`` belong to one transaction."""

    date: datetime.date
    cents: int
    description: str
    contact: str = ""
    reference: str = ""
    voucher: int = 0


@dataclass(slots=True)
class Happening:
    """Lines and entries that are one and the same; ``fee`` is what the bank kept, in cents."""

    lines: list[Slip] = field(default_factory=list)
    entries: list[Note] = field(default_factory=list)
    fee: int = 0


@dataclass(slots=True)
class Month:
    """One month being told. ``chance`` is the only source of luck; numbers run on from month to month."""

    first: datetime.date
    chance: random.Random
    cast: Cast
    numbers: Iterator[int]

    def day(self, number: int) -> datetime.date:
        """A day of the month, the last one where it is shorter."""
        end = (self.first.replace(day=28) + 4 * ONE_DAY).replace(day=1) - ONE_DAY
        return min(self.first + (number - 1) * ONE_DAY, end)

    def any_day(self) -> datetime.date:
        return self.day(self.chance.randint(1, 31))

    def at_bank(self, date: datetime.date, *lags: int) -> datetime.date:
        """The bank's day for something of ``date``: some days on (one of ``lags``), never at a weekend."""
        date += self.chance.choice(lags) * ONE_DAY
        while date.weekday() > 4:
            date += ONE_DAY
        return date

    def is_so(self, percent: int) -> bool:
        return self.chance.randint(1, 100) <= percent

    def cents(self, low: int, high: int) -> int:
        """An amount: small ones are more frequent, and every fourth is round."""
        amount = min(self.chance.randint(low, high), self.chance.randint(low, high), self.chance.randint(low, high))
        step = self.chance.choice(
            (1, 1, 1, 1, 1, 1, 5, 50, 100, 500 if high > 50_00 else 10, 1000 if high > 500_00 else 1)
        )
        return max(amount // step, 1) * step

    def invoice(self) -> str:
        return f"INV-{next(self.numbers)}"

    def named(self, party: Party, text: str, percent: int = 75) -> dict[str, str]:
        """How the bookkeeper wrote it: mostly with a contact, else the name in the text, else the text alone."""
        if self.is_so(percent):
            return {"contact": party.name, "description": text}
        return {"description": f"{text} {party.name}" if self.is_so(70) else text}


def dues(month: Month) -> Iterator[Happening]:
    """The bread club: the same few amounts from every member, collected between the first and the fifth."""
    for party in month.cast.members:
        date = month.day(month.chance.choice((1, 1, 1, 2, 3, 5)))
        text = f"Club dues {MONTHS[date.month - 1]}"
        number = party.number if month.is_so(50) else ""
        line = Slip(
            month.at_bank(date, 0, 0, 1, 1, 2), party.cents, "DD COLLECTION", party.banked, "BREAD CLUB", number
        )
        reference = party.number if month.is_so(60) else ""
        yield Happening([line], [Note(date, party.cents, reference=reference, **month.named(party, text))])


def paid_invoices(month: Month, count: int) -> Iterator[Happening]:
    """Customers pay one invoice each, with or without its number, which they may get wrong."""
    for _ in range(count):
        party, number, cents = month.chance.choice(month.cast.customers), month.invoice(), month.cents(60_00, 2_800_00)
        date = month.any_day()
        written = written_number(number, month.chance) if month.is_so(62) else ""
        line = Slip(month.at_bank(date, 0, 0, 0, 1, 1, 2, -1), cents, "SEPA CREDIT", party.banked, "", written)
        text = month.chance.choice(("Payment received", "Receipt", f"Payment of {number}"))
        reference = number if month.is_so(88) else ""
        yield Happening([line], [Note(date, cents, reference=reference, **month.named(party, text))])


def wages(month: Month) -> Iterator[Happening]:
    """Every Friday, mostly the same amounts for mostly the same people."""
    for number in range(1, month.day(31).day + 1):
        date = month.day(number)
        if date.weekday() != 4:
            continue
        for party in month.cast.workers:
            cents = party.cents if month.is_so(80) else month.cents(200_00, 700_00)
            line = Slip(month.at_bank(date, 0, 0, 0, 3), -cents, "TRANSFER", party.banked, "WAGES")
            text = f"Wages week {date.isocalendar().week}"
            yield Happening([line], [Note(date, -cents, **month.named(party, text, 60))])


def standing(month: Month) -> Iterator[Happening]:
    """Rents, subscriptions, and what is due every month."""
    for party in month.cast.landlords:
        line = Slip(month.at_bank(month.day(1), 0, 0, 1), -party.cents, "STANDING ORDER", party.banked, "RENT")
        yield Happening([line], [Note(month.day(1), -party.cents, **month.named(party, "Rent"))])
    for place, party in enumerate(month.cast.subscriptions):
        date = month.day(2 * place + 1)
        line = Slip(month.at_bank(date, 0, 1, 2), -party.cents, "CARD", party.banked, f"{next(month.numbers) * 7919}")
        yield Happening([line], [Note(date, -party.cents, **month.named(party, "Subscription"))])
    for day, name, text, low, high in (
        (5, "CITY WATER WORKS", "Water", 80_00, 240_00),
        (7, "STADTWERKE ENERGY", "Electricity and gas", 600_00, 1_900_00),
        (10, "REVENUE TAX PMT", "Payroll taxes", 2_000_00, 4_000_00),
        (20, "REVENUE TAX PMT", "Sales tax", 1_500_00, 5_000_00),
        (15, "FIRST LENDING LOAN 88123", "Equipment loan instalment", 862_00, 862_00),
        (24, "GUARDIAN MUTUAL INS PREM", "Insurance premium", 645_00, 645_00),
        (26, "OWNER DRAW", "Owner's draw", 3_000_00, 3_000_00),
    ):
        cents = month.chance.randint(low, high)
        line = Slip(month.at_bank(month.day(day), 0, 0, 1, 3), -cents, "ACH DEBIT", name)
        yield Happening([line], [Note(month.day(day), -cents, text)])


def suppliers(month: Month, count: int) -> Iterator[Happening]:
    """Bills paid by transfer or collected; the supplier's number is in the books, now and then at the bank."""
    for _ in range(count):
        party, number, cents = (
            month.chance.choice(month.cast.suppliers),
            f"{next(month.numbers) * 3}",
            month.cents(40_00, 2_200_00),
        )
        date = month.any_day()
        line = Slip(
            month.at_bank(date, 0, 1, 1, 2, 3), -cents, month.chance.choice(("TRANSFER", "SEPA DD")), party.banked
        )
        line.number = written_number(number, month.chance) if month.is_so(40) else ""
        text = month.chance.choice(("Supplier payment", "Bill paid", "Ingredients", "Repairs"))
        yield Happening(
            [line], [Note(date, -cents, reference=number if month.is_so(70) else "", **month.named(party, text))]
        )


def card_purchases(month: Month, count: int) -> Iterator[Happening]:
    """Small amounts by card; half of them are booked without saying where."""
    for _ in range(count):
        party, cents, date = month.chance.choice(month.cast.merchants), month.cents(2_50, 140_00), month.any_day()
        line = Slip(month.at_bank(date, 0, 1, 1, 2, 2, 3), -cents, f"POS {date:%d/%m} CARD 4512", party.banked)
        text = month.chance.choice(("Fuel", "Office supplies", "Travel", "Parking", "Small tools", "Card purchase"))
        yield Happening([line], [Note(date, -cents, **month.named(party, text, 40))])


def cheques(month: Month, count: int) -> Iterator[Happening]:
    """Cheques written; they come back to the bank when it pleases whoever holds them, and bear a number only."""
    for _ in range(count):
        party, number, cents = (
            month.chance.choice(month.cast.suppliers),
            str(next(month.numbers)),
            month.cents(30_00, 1_500_00),
        )
        date = month.any_day()
        line = Slip(month.at_bank(date, 2, 3, 4, 6, 8, 12, 18, 33, 51), -cents, "CHECK", number=number)
        reference = month.chance.choice((number, number, number, f"CHK {number}", ""))
        yield Happening([line], [Note(date, -cents, "Cheque", contact=party.name, reference=reference)])


def round_sums(month: Month, count: int) -> Iterator[Happening]:
    """Cash in, cash out, and transfers between own accounts: round amounts that say little."""
    for _ in range(count):
        kind, text, sign = month.chance.choice(
            (
                ("CASH DEPOSIT", "Cash paid in", 1),
                ("ATM WITHDRAWAL", "Petty cash", -1),
                ("TRANSFER TO SAVINGS", "To reserve", -1),
            )
        )
        cents, date = (
            sign * month.chance.choice((200_00, 300_00, 500_00, 500_00, 800_00, 1_000_00, 2_000_00)),
            month.any_day(),
        )
        yield Happening([Slip(month.at_bank(date, 0, 0, 1), cents, kind, note="BR 0012")], [Note(date, cents, text)])


def refunds(month: Month, count: int) -> Iterator[Happening]:
    """Money back, to customers and from merchants."""
    for _ in range(count):
        to_customer, cents, date = month.is_so(50), month.cents(8_00, 200_00), month.any_day()
        party = month.chance.choice(month.cast.customers if to_customer else month.cast.merchants)
        cents = -cents if to_customer else cents
        line = Slip(month.at_bank(date, 1, 2, 4), cents, "REFUND", party.banked)
        yield Happening([line], [Note(date, cents, **month.named(party, "Refund"))])
