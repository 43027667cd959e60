"""The words of bank lines and entries, and how much alike two words are.

Banks cut words off, drop their vowels, and people mistype them. Two words are alike if
they are equal, if one begins with the other, if their consonants agree, if one is an
abbreviation of the other that keeps the first letter and the order, or if one slip of the
fingers lies between them.
"""

import re
import unicodedata
from functools import lru_cache

#: Words that say how money moves, or what sort of company somebody is, and not who.
NOISE = frozenset(
    {
        "sepa", "pos", "dd", "ach", "atm", "eft", "bacs", "chaps", "swift", "card", "debit", "credit", "direct",
        "transfer", "payment", "payments", "pmt", "paid", "purchase", "visa", "mastercard", "maestro", "standing",
        "order", "ref", "reference", "invoice", "inv", "bill", "check", "cheque", "chk", "received", "receipt",
        "from", "to", "the", "of", "for", "and", "by", "via", "ms", "mr", "mrs",
        "ltd", "limited", "llc", "inc", "gmbh", "ag", "bv", "nv", "plc", "sarl", "sa", "co", "corp", "company", "pty",
        "srl", "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
        "november", "december",
    }
)  # fmt: skip
MOST_WORDS = 16
_WORD = re.compile(r"[^\W\d_]+(?![^\W_])")
_VOWELS = str.maketrans("", "", "aeiouy")


def telling_words(text: str) -> tuple[str, ...]:
    """The words of a text that may say who: lower case, no accents, each once, none with digits. Initials are words.

    No more than ``MOST_WORDS``; what comes later in so long a text is about something else.
    """
    folded = text.casefold().replace("'", "").replace("’", "")
    if not folded.isascii():
        decomposed = unicodedata.normalize("NFKD", folded)
        folded = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    found = dict.fromkeys(_WORD.findall(folded))
    return tuple(word for word in found if word not in NOISE)[:MOST_WORDS]


@lru_cache(maxsize=50_000)
def likeness(one: str, other: str) -> int:
    """How much alike two words are, in percent; 0 where nothing speaks for it."""
    if one == other:
        return 100
    short, long = sorted((one, other), key=len)
    if short[0] != long[0] or len(short) == 2:
        return 0
    if len(short) == 1:
        return 30
    if long.startswith(short):
        return 85 if len(short) > 3 else 70
    if _consonants(short) == _consonants(long) and len(_consonants(short)) > 2:
        return 85
    if _one_slip(short, long):
        return 80 if len(short) > 4 else 50
    return 60 if _abbreviates(short, long) else 0


def _consonants(word: str) -> str:
    return word[0] + word[1:].translate(_VOWELS)


def _abbreviates(short: str, long: str) -> bool:
    """mkt for market: letters of the long word in their order, not much less than half of them."""
    letters = iter(long)
    return 2 * len(short) >= len(long) and all(letter in letters for letter in short)


def _one_slip(short: str, long: str) -> bool:
    """One letter more, another letter, or two neighbours exchanged."""
    if len(short) < 4 or len(long) - len(short) > 1:
        return False
    at = next((n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    swapped = short[at + 1 : at + 2] + short[at : at + 1]
    return short[at + 1 :] == long[at + 1 :] or swapped + short[at + 2 :] == long[at:]
