"""Account codes: which are well formed, and what their first digit promises.

By convention 1XXX are assets, 2XXX liabilities, 3XXX equity, 4XXX revenue and 5XXX
expenses. 6 to 9 (other revenue and expenses, special, system and closing accounts) fit
any type, and so do codes that do not begin with a digit. Breaking the convention is a
warning, not an error, unless the organization wants it strict.
"""

import re

ACCOUNT_TYPES = ("asset", "liability", "equity", "revenue", "expense")
LONGEST_CODE = 32

_CODE = re.compile(rf"[A-Za-z0-9.\-_/]{{1,{LONGEST_CODE}}}")


def valid_code(code: str) -> bool:
    """Whether a text may be an account code: 1 to 32 of ASCII letters, digits and ``. - _ /``.

    Such a text is in Unicode's normal form C already. Letters that only look alike
    (Cyrillic А, the Kelvin sign) are refused, so no two codes can be mistaken for each other.
    """
    return _CODE.fullmatch(code) is not None


def expected_type(code: str) -> str | None:
    """The type that the code's first digit stands for; None where it stands for none."""
    first = code[:1]
    return ACCOUNT_TYPES[int(first) - 1] if first and first in "12345" else None


def warning_for(code: str, type: str) -> str | None:
    """What to tell the user if an account's code and type disagree; None if they agree."""
    expected = expected_type(code)
    if expected in (None, type):
        return None
    return f"Codes beginning with {code[0]} are for {expected} accounts; {code} is of type {type}."
