"""What a bank makes of a name: capitals, abbreviations, cut-off ends, prefixes, and what somebody mistyped. Pure."""

import random
import unicodedata

SHORT = {
    "market": "MKT", "company": "CO", "services": "SVCS", "service": "SVC", "international": "INTL", "and": "&",
    "brothers": "BROS", "supply": "SUPL", "supplies": "SUPPL", "kitchen": "KTCHN", "street": "ST", "house": "HSE",
    "insurance": "INS", "management": "MGMT", "property": "PROP", "associates": "ASSOC", "department": "DEPT",
    "packaging": "PKG", "electric": "ELEC", "equipment": "EQUIP", "restaurant": "REST", "wholesale": "WHSL",
    "logistics": "LOGIST", "telecom": "TELCO", "hospital": "HOSP", "school": "SCH", "hardware": "HDWE",
}  # fmt: skip
LEGAL = ("LTD", "LLC", "INC", "GMBH", "B.V.", "PLC", "CO")
TOWNS = ("PORTLAND", "LEEDS", "UTRECHT", "BERLIN", "AUSTIN TX", "DUBLIN", "OAKLAND CA", "GENT")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def plain(text: str) -> str:
    """Capitals without accents, which is all that many banks can print."""
    decomposed = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).upper()


def banked_name(name: str, chance: random.Random) -> str:
    """A company's name as one bank writes it, month after month."""
    words = name.replace(".", "").split()
    way = chance.randint(1, 100)
    if way <= 18:
        words = [SHORT.get(word.lower(), word) for word in words]
    elif way <= 28:
        words = [
            word if len(word) < 6 else word[0] + "".join(c for c in word[1:] if c not in "aeiou") for word in words
        ]
    elif way <= 34:
        words = [word[: chance.randint(4, 6)] for word in words]
    text = plain(" ".join(words))
    if chance.randint(1, 100) <= 25:
        text = f"{text} {chance.choice(LEGAL)}"
    if chance.randint(1, 100) <= 20:
        text = f"{text} {chance.choice(TOWNS)}"
    return text[: chance.choice((14, 18, 22, 40, 40))].strip()


def banked_person(first: str, last: str, chance: random.Random) -> str:
    """A person's name as a bank writes it."""
    ways = (f"{first} {last}", f"{first[0]} {last}", f"{last} {first}", f"{last}, {first[0]}", f"MS {first[0]} {last}")
    return plain(chance.choice(ways))


def mistyped(text: str, chance: random.Random) -> str:
    """One slip of the fingers in a word of letters."""
    places = [n for n in range(1, len(text) - 1) if text[n].isalpha() and text[n - 1].isalpha()]
    if not places:
        return text
    at, slip = chance.choice(places), chance.randint(1, 4)
    if slip == 1:
        return text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]
    if slip == 2:
        return text[:at] + text[at + 1 :]
    if slip == 3:
        return text[:at] + text[at] + text[at:]
    letter = chance.choice(LETTERS)
    return text[:at] + (letter.upper() if text[at].isupper() else letter) + text[at + 1 :]


def written_number(number: str, chance: random.Random) -> str:
    """A document number as payers type it: as printed, run together, spaced, or with a wrong digit."""
    way = chance.randint(1, 100)
    if way <= 55:
        return number
    if way <= 72:
        return number.replace("-", "")
    if way <= 82:
        return number.replace("-", " ")
    if way <= 90:
        return number.rpartition("-")[2]
    digits = [n for n, letter in enumerate(number) if letter.isdigit()]
    at = chance.choice(digits)
    return number[:at] + chance.choice("0123456789") + number[at + 1 :]
