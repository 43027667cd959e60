"""Whom the bakery of the practice year deals with. Pure.

It supplies shops and restaurants, keeps three shops of its own and a club of bread
subscribers, and pays wages by the week: many equal amounts, many names that look alike.
"""

import random
from dataclasses import dataclass

from reconciliation.practice.handwriting import banked_name, banked_person

FIRST_NAMES = (
    "Alice", "Amir", "Anna", "Beatriz", "Ben", "Carla", "Chidi", "Clara", "Daniel", "Elif", "Emma", "Farah", "Georg",
    "Hanna", "Ines", "Jakob", "Jan", "Julia", "Karim", "Lena", "Liam", "Luca", "Maria", "Mia", "Mohammed", "Nina",
    "Noah", "Olga", "Paul", "Priya", "Rosa", "Samuel", "Sofia", "Tomás", "Uma", "Victor", "Wei", "Xenia", "Yusuf",
    "Zoë",
)  # fmt: skip
LAST_NAMES = (
    "Adams", "Bakker", "Baumann", "Becker", "Brown", "Chen", "Cohen", "Costa", "Dubois", "Evans", "Fischer", "Fisher",
    "Garcia", "Gruber", "Haddad", "Hansen", "Hoffmann", "Ivanova", "Jansen", "Jensen", "Johnson", "Keller", "Khan",
    "Kowalski", "Lambert", "Larsen", "Lopez", "Martin", "Martinez", "Meier", "Meyer", "Miller", "Moreau", "Müller",
    "Nguyen", "Novak", "O'Brien", "Okafor", "Olsen", "Patel", "Pereira", "Petersen", "Rossi", "Santos", "Schmidt",
    "Schneider", "Silva", "Singh", "Smit", "Smith", "Smyth", "Suzuki", "Taylor", "Thomas", "Vogel", "Wagner", "Walker",
    "Weber", "Williams", "Wilson", "Wright", "Yilmaz", "Young", "Zimmermann",
)  # fmt: skip
PLACES = (
    "Northside", "Southgate", "Harbor", "Riverside", "Pier 9", "Old Town", "Lakeview", "Hilltop", "Blue Door",
    "Green Lantern", "Golden Crust", "Red Barn", "Corner", "Campus", "Station", "Market Hall", "St. James",
    "Kaiserhof", "Belle Époque", "Three Bridges", "Orchard", "Maple", "Elm Street", "Union", "Central",
)  # fmt: skip
OUTLETS = (
    "Market", "Hotel", "Bistro", "Kitchen", "Café", "Restaurant", "Deli", "Grocery", "Catering Services", "Food Hall",
    "School", "Hospital", "Canteen", "Wine House", "Books and Coffee",
)  # fmt: skip
MAKERS = (
    "Flour Mill", "Packaging", "Dairy", "Oven Service", "Cleaning Services", "Logistics", "Hardware", "Wholesale",
    "Printing Company", "Electric", "Refrigeration", "Insurance", "Legal Associates", "Eggs and Poultry",
    "Yeast Supply",
)  # fmt: skip
MERCHANTS = (
    "Shell Station", "City Parking", "Yellow Cab", "Rail Tickets", "Office Depot", "Paper Planet", "Amazing Books",
    "Hardware Barn", "Garden World", "Fuel Express", "Night Owl Hotel", "Corner Pharmacy", "Post Office", "Ikos Chairs",
    "Metro Cash and Carry", "Cloud Nine Hosting", "Pixel Prints", "Uniform Direct", "Tool Rental", "Airport Parking",
)  # fmt: skip
SUBSCRIPTIONS = (
    ("Cloud Drive", 999), ("Music for Shops", 999), ("Till Software", 4900), ("Design Suite", 5999),
    ("Phone Plan", 2500), ("Video Calls", 1499), ("Password Vault", 999), ("Web Hosting", 1499),
    ("Newsletter Tool", 2900), ("Maps Listing", 999), ("Alarm Watch", 3900), ("Waste Pick-up", 12000),
    ("Accounting App", 3900), ("Weather Feed", 499),
)  # fmt: skip
DUES = (999, 999, 999, 1999, 1999, 2900)
WAGES = (41250, 41250, 41250, 38000, 38000, 52000)
BARE_MARKS = ("SQ *", "PAYPAL *", "SUMUP *", "", "", "", "")


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who pays or is paid: ``name`` in the books, ``banked`` at the bank, ``cents`` where it is customary."""

    name: str
    banked: str
    cents: int = 0
    number: str = ""


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody, by what they are to the bakery."""

    members: list[Party]
    customers: list[Party]
    workers: list[Party]
    suppliers: list[Party]
    merchants: list[Party]
    landlords: list[Party]
    subscriptions: list[Party]


def cast(chance: random.Random, size: int = 100) -> Cast:
    """The people of one practice year; ``size`` in percent of the customary number."""
    return Cast(
        members=[_person(chance, cents=chance.choice(DUES), number=f"M{n}") for n in range(1001, 1001 + size // 2)],
        customers=[_company(chance, OUTLETS) for _ in range(70 * size // 100)],
        workers=[_person(chance, cents=chance.choice(WAGES)) for _ in range(9 * size // 100)],
        suppliers=[_company(chance, MAKERS) for _ in range(45 * size // 100)],
        merchants=[Party(name, chance.choice(BARE_MARKS) + banked_name(name, chance)) for name in MERCHANTS],
        landlords=[_company(chance, ("Property Management",), cents) for cents in (120000, 120000, 95000, 120000)],
        subscriptions=[Party(name, banked_name(name, chance), cents) for name, cents in SUBSCRIPTIONS],
    )


def _person(chance: random.Random, cents: int = 0, number: str = "") -> Party:
    first, last = chance.choice(FIRST_NAMES), chance.choice(LAST_NAMES)
    return Party(f"{first} {last}", banked_person(first, last, chance), cents, number)


def _company(chance: random.Random, trades: tuple[str, ...], cents: int = 0) -> Party:
    """One in sixteen banks under its owner's name, which the books do not know."""
    name = f"{chance.choice(PLACES)} {chance.choice(trades)}"
    if chance.randint(1, 16) == 1:
        return Party(name, _person(chance).banked, cents)
    return Party(name, banked_name(name, chance), cents)
