"""Numbers of documents and cheques in texts, in a form in which both sides agree.

INV-2041, ``inv 2041`` and ``INV2041`` are one number; so are 002041 and 2041. A number
counts from three digits on. Dates such as 24/01 are no numbers.
"""

import re

_TOKEN = re.compile(r"[^\s,;:#()]*\d[^\s,;:#()]*")
_DATE = re.compile(r"\d{1,2}[./]\d{1,2}(?:[./](?:\d{2}|\d{4}))?\.?|\d{4}-\d{2}-\d{2}")
_NO_DIGIT = re.compile(r"\D+")
FEWEST_DIGITS = 3
MOST_NUMBERS = 24


def numbers_in(*texts: str) -> frozenset[str]:
    """The numbers in some texts, by their digits without leading zeros. Neighbours count as one number as well.

    Only the first of each text are read: who lists more than ``MOST_NUMBERS`` lists something else.
    """
    found: set[str] = set()
    for text in texts:
        before = ""
        for token in _TOKEN.findall(text)[:MOST_NUMBERS]:
            if _DATE.fullmatch(token):
                before = ""
                continue
            digits = _NO_DIGIT.sub("", token)
            found.add(digits.lstrip("0"))
            if before and len(before) + len(digits) < 12:
                found.add((before + digits).lstrip("0"))
            before = digits
    return frozenset(number for number in found if len(number) >= FEWEST_DIGITS)


def digits_apart(one: str, other: str) -> int:
    """In how many places two numbers of the same length differ."""
    return sum(a != b for a, b in zip(one, other, strict=True))
