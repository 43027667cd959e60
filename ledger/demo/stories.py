"""What happened at the demonstration companies, told as an accountant would write it down. Pure.

Everything is drawn from a seed, so that two machines tell the same story; only the last
day differs. Amounts are counted in cents, and become decimals where they are written.
"""

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from organizations.money import to_base

MONTHS = 18
SALES_TAX = 825  # hundredths of a percent

#: Accounts of the roastery beyond the small-business chart: code, name, type, parent, currency. What it sells and buys
#: on account without an invoice has accounts of its own, so that ageing ties with the accounts of invoices and bills.
ROASTERY_ACCOUNTS = (
    ("1011", "Payroll Checking", "asset", "1001", "USD"),
    ("1012", "Reserve Savings", "asset", "1001", "USD"),
    ("1013", "Euro Account", "asset", "1001", "EUR"),
    ("1111", "Wholesale on Account", "asset", None, "USD"),
    ("1211", "Green Coffee", "asset", "1201", "USD"),
    ("1212", "Bags and Packaging", "asset", "1201", "USD"),
    ("1501", "Roasting Equipment", "asset", None, "USD"),
    ("1511", "Accumulated Depreciation", "asset", "1501", "USD"),
    ("2011", "Packaging and Repairs on Account", "liability", None, "USD"),
    ("2201", "Payroll Liabilities", "liability", None, "USD"),
    ("2301", "Equipment Loan", "liability", None, "USD"),
    ("3201", "Owner's Draws", "equity", None, "USD"),
    ("4011", "Café Sales", "revenue", "4001", "USD"),
    ("4012", "Wholesale", "revenue", "4001", "USD"),
    ("4013", "Online Shop", "revenue", "4001", "USD"),
    ("4111", "Barista Courses", "revenue", "4101", "USD"),
    ("5111", "Wages", "expense", "5101", "USD"),
    ("5112", "Payroll Taxes", "expense", "5101", "USD"),
    ("5701", "Depreciation", "expense", None, "USD"),
    ("5801", "Card and Bank Fees", "expense", None, "USD"),
    ("5901", "Interest", "expense", None, "USD"),
)
WHOLESALE = ("Northside Market", "Pier 9 Hotel", "Blue Door Bistro", "Campus Kitchen", "Lantern Books & Coffee")


@dataclass(frozen=True, slots=True)
class Leg:
    """One side on one account, by code. ``amount`` is in the account's currency."""

    code: str
    side: str
    amount: Decimal
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One transaction of the story. ``undone_because``: it was reversed later, for this reason."""

    date: datetime.date
    type: str
    description: str
    legs: tuple[Leg, ...]
    reference: str = ""
    is_draft: bool = False
    undone_because: str = ""


def money(cents: int) -> Decimal:
    """An amount of a currency with two decimals."""
    return Decimal(cents).scaleb(-2)


def legs(debits: dict[str, int], credits: dict[str, int]) -> tuple[Leg, ...]:
    """Legs in base currency from cents by account code; what is nothing is left out."""
    both = (("debit", debits), ("credit", credits))
    return tuple(Leg(code, side, money(cents)) for side, half in both for code, cents in half.items() if cents)


def months(today: datetime.date, count: int = MONTHS) -> list[datetime.date]:
    """The first days of the last ``count`` months, this one included."""
    place = today.year * 12 + today.month - 1
    return [datetime.date(number // 12, number % 12 + 1, 1) for number in range(place - count + 1, place + 1)]


def month_end(first: datetime.date) -> datetime.date:
    """The last day of the month that begins with ``first``."""
    return (first.replace(day=28) + datetime.timedelta(days=4)).replace(day=1) - datetime.timedelta(days=1)


def roastery(today: datetime.date, seed: int = 1886) -> list[Happening]:
    """Eighteen months of Harbor Coffee Roasters, up to and including ``today``."""
    chance = random.Random(seed)  # noqa: S311
    told: list[Happening] = []
    firsts = months(today)
    told.append(_opening(firsts[0]))
    for index, first in enumerate(firsts):
        sold = list(_takings(first, index, chance))
        sold += _wholesale(first, index, chance)
        sold += _online(first, chance)
        told += sold
        told += _payroll(first, index, chance)
        told += _bills(first, chance)
        told += _coffee(first, index, chance)
        told += _month_end(first, sold)
    told = [each for each in told if each.date <= today]
    told += _recent(today)
    return sorted(told, key=lambda each: each.date)


def _opening(first: datetime.date) -> Happening:
    debits = {"1001": 88_000_00, "1012": 25_000_00, "1211": 14_000_00, "1212": 2_400_00, "1501": 48_000_00}
    return Happening(
        date=first,
        type="opening",
        description="Opening balances",
        legs=legs(debits, {"2301": 30_000_00, "3001": 147_400_00}),
    )


def _takings(first: datetime.date, index: int, chance: random.Random) -> Iterator[Happening]:
    """The café's till, Monday to Saturday, with sales tax; the card company keeps its fee."""
    for offset in range(month_end(first).day):
        date = first + datetime.timedelta(days=offset)
        if date.weekday() == 6:
            continue
        busy = 140 if date.weekday() == 5 else 100
        festive = 118 if date.month == 12 else 100
        net = chance.randint(820_00, 1_260_00) * busy * festive * (100 + index) // 1_000_000
        tax = (net * SALES_TAX + 5_000) // 10_000
        fee = (net + tax) * 19 // 1_000
        debits = {"1001": net + tax - fee, "5801": fee}
        yield Happening(
            date=date, type="income", description="Café takings", legs=legs(debits, {"4011": net, "2101": tax})
        )


def _wholesale(first: datetime.date, index: int, chance: random.Random) -> Iterator[Happening]:
    """Deliveries on account, paid some weeks later."""
    for number in range(1, 14):
        customer = chance.choice(WHOLESALE)
        date = first.replace(day=min(2 * number, 28))
        cents = chance.randint(48, 142) * 10_00 + chance.choice((0, 50, 75))
        reference = f"W-{first:%y%m}-{number:02}"
        yield Happening(
            date=date,
            type="income",
            description=f"Beans delivered to {customer}",
            reference=reference,
            legs=legs({"1111": cents}, {"4012": cents}),
        )
        if chance.randint(1, 25) == 1:
            continue  # this one never pays
        yield Happening(
            date=date + datetime.timedelta(days=chance.randint(12, 45)),
            type="transfer",
            description=f"{customer} pays {reference}",
            reference=reference,
            legs=legs({"1001": cents}, {"1111": cents}),
        )


def _online(first: datetime.date, chance: random.Random) -> Iterator[Happening]:
    """The web shop's weekly pay-out, and now and then an order from Europe, paid in euros."""
    for day in (4, 11, 18, 25):
        gross = chance.randint(380_00, 910_00)
        fee = gross * 29 // 1_000 + 30
        yield Happening(
            date=first.replace(day=day),
            type="income",
            description="Web shop pay-out",
            legs=legs({"1001": gross - fee, "5801": fee}, {"4013": gross}),
        )
    if chance.randint(1, 3) == 1:
        euros, rate = money(chance.randint(150_00, 420_00)), euro_rate(first, chance)
        yield Happening(
            date=first.replace(day=21),
            type="income",
            description="Order from Rotterdam, paid in euros",
            legs=(Leg("1013", "debit", euros, rate), Leg("4013", "credit", to_base(euros, rate, 2))),
        )
    course = chance.randint(4, 9) * 95_00
    yield Happening(
        date=first.replace(day=16),
        type="income",
        description="Barista course",
        legs=legs({"1001": course}, {"4111": course}),
    )


def euro_rate(first: datetime.date, chance: random.Random) -> Decimal:
    """Dollars for a euro in that month: somewhere near 1.10."""
    return Decimal(10_650 + (first.month * 137 + first.year * 61) % 700 + chance.randint(-40, 40)).scaleb(-4)


def _payroll(first: datetime.date, index: int, chance: random.Random) -> Iterator[Happening]:
    """Twice a month: money moves to the payroll account, wages go out, and taxes are sent on the 20th."""
    owed = 0
    for day, label in ((14, "first half"), (28, "second half")):
        wages = chance.randint(6_100_00, 6_700_00) * (100 + index) // 100
        withheld, own_share = wages * 21 // 100, wages * 765 // 10_000
        owed += withheld + own_share
        net = wages - withheld
        date = first.replace(day=day)
        yield Happening(
            date=date, type="transfer", description="To the payroll account", legs=legs({"1011": net}, {"1001": net})
        )
        yield Happening(
            date=date,
            type="expense",
            description=f"Payroll, {label} of {first:%B}",
            legs=legs({"5111": wages, "5112": own_share}, {"1011": net, "2201": withheld + own_share}),
        )
    yield Happening(
        date=month_end(first) + datetime.timedelta(days=15),
        type="transfer",
        description=f"Payroll taxes of {first:%B}",
        legs=legs({"2201": owed}, {"1001": owed}),
    )


def _bills(first: datetime.date, chance: random.Random) -> Iterator[Happening]:
    """What every month brings."""
    month = f"{first:%B %Y}"
    regular = (
        (1, f"Rent for {month}", "5201", 4_800_00),
        (5, "Insurance premium", "5401", 645_00),
        (12, f"Electricity and water, {month}", "5301", chance.randint(890_00, 1_390_00)),
        (13, "Gas for the roaster", "5301", chance.randint(240_00, 410_00)),
        (15, "Neighbourhood magazine, half page", "5501", 380_00),
        (19, "Social media campaign", "5501", chance.randint(220_00, 560_00)),
        (22, "Printer paper, labels, till rolls", "5601", chance.randint(90_00, 260_00)),
        (27, "Bank fees", "5801", 38_50),
    )
    for day, description, code, cents in regular:
        yield Happening(
            date=first.replace(day=day),
            type="expense",
            description=description,
            legs=legs({code: cents}, {"1001": cents}),
        )
    yield Happening(
        date=first.replace(day=26),
        type="transfer",
        description="Owner's draw",
        legs=legs({"3201": 3_000_00}, {"1001": 3_000_00}),
    )
    yield Happening(
        date=first.replace(day=24),
        type="expense",
        description="Equipment loan, instalment and interest",
        legs=legs({"2301": 750_00, "5901": 112_00}, {"1001": 862_00}),
    )


def _coffee(first: datetime.date, index: int, chance: random.Random) -> Iterator[Happening]:
    """Green coffee from Hamburg, in euros; bags from around the corner, on account until the 23rd."""
    euros, rate = money(chance.randint(9_800_00, 11_600_00) * (100 + index) // 100), euro_rate(first, chance)
    dollars = to_base(euros, rate, 2)
    yield Happening(
        date=first.replace(day=8),
        type="transfer",
        description="Euros bought for green coffee",
        legs=(Leg("1013", "debit", euros, rate), Leg("1001", "credit", dollars)),
    )
    yield Happening(
        date=first.replace(day=10),
        type="transfer",
        description="Green coffee, Hamburg Kaffee-Import",
        reference=f"HKI-{first:%Y%m}",
        legs=(Leg("1211", "debit", dollars), Leg("1013", "credit", euros, rate)),
    )
    bags = chance.randint(820_00, 1_180_00)
    for day, description, halves in (
        (9, "Bags and labels from Bay Packaging", ({"1212": bags}, {"2011": bags})),
        (23, "Bay Packaging paid", ({"2011": bags}, {"1001": bags})),
    ):
        yield Happening(date=first.replace(day=day), type="transfer", description=description, legs=legs(*halves))


def _month_end(first: datetime.date, sold: list[Happening]) -> Iterator[Happening]:
    """Cost of what was sold, wear of the roaster; on the 20th of the next month the sales tax goes to the state."""
    end = month_end(first)
    beans = packaging = tax = 0
    share = {"4011": 23, "4012": 38, "4013": 32}
    for leg in (leg for each in sold for leg in each.legs if leg.side == "credit"):
        cents = int(leg.amount.scaleb(2))
        beans += cents * share.get(leg.code, 0) // 100
        packaging += cents * 2 // 100 if leg.code in share else 0
        tax += cents if leg.code == "2101" else 0
    yield Happening(
        date=end,
        type="expense",
        description=f"Cost of goods sold, {first:%B %Y}",
        legs=legs({"5001": beans + packaging}, {"1211": beans, "1212": packaging}),
    )
    yield Happening(
        date=end,
        type="depreciation",
        description="Depreciation of the roasting equipment",
        legs=legs({"5701": 400_00}, {"1511": 400_00}),
    )
    yield Happening(
        date=end + datetime.timedelta(days=20),
        type="transfer",
        description=f"Sales tax of {first:%B}",
        legs=legs({"2101": tax}, {"1001": tax}),
    )


def _recent(today: datetime.date) -> list[Happening]:
    """What a bookkeeper finds on the desk: drafts, one of them not balanced yet, and a mistake undone."""
    week, day = datetime.timedelta(days=7), datetime.timedelta(days=1)
    half = legs({"5601": 184_20}, {"1001": 148_20})
    return [
        Happening(
            date=today - 5 * week,
            type="expense",
            description="Water filter for the café",
            reference="WF-2207",
            legs=legs({"5601": 312_00}, {"1001": 312_00}),
            undone_because="Entered twice",
        ),
        Happening(
            date=today - 2 * day,
            type="expense",
            description="Grinder service, waiting for approval",
            legs=legs({"5601": 425_00}, {"2011": 425_00}),
            is_draft=True,
        ),
        Happening(
            date=today - day,
            type="income",
            description="Wholesale delivery, quantity to be confirmed",
            legs=legs({"1111": 960_00}, {"4012": 960_00}),
            is_draft=True,
        ),
        Happening(
            date=today, type="expense", description="Receipt to be checked: amounts differ", legs=half, is_draft=True
        ),
    ]


def small_shop(today: datetime.date, *, seed: int, trade: str, count: int = 6) -> list[Happening]:
    """A few months of a small shop on the plain small-business chart."""
    chance = random.Random(seed)  # noqa: S311
    firsts = months(today, count)
    capital = legs({"1001": 30_000_00}, {"3001": 30_000_00})
    told = [Happening(date=firsts[0], type="opening", description="Opening balances", legs=capital)]
    for first in firsts:
        for day in (3, 10, 17, 24):
            sales, cost = chance.randint(2_900_00, 3_900_00), chance.randint(900_00, 1_300_00)
            date = first.replace(day=day)
            rows = (
                ("income", f"{trade}, takings of the week", {"1001": sales}, {"4001": sales}),
                ("expense", "Goods sold", {"5001": cost}, {"1001": cost}),
            )
            told += [Happening(date=date, type=kind, description=said, legs=legs(*both)) for kind, said, *both in rows]
        for day, description, code, cents in (
            (1, "Rent", "5201", 1_900_00),
            (12, "Utilities", "5301", chance.randint(310_00, 480_00)),
            (28, "Wages", "5101", chance.randint(4_100_00, 4_500_00)),
        ):
            both = legs({code: cents}, {"1001": cents})
            told.append(Happening(date=first.replace(day=day), type="expense", description=description, legs=both))
    return sorted((each for each in told if each.date <= today), key=lambda each: each.date)
