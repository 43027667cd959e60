"""The words of a bank's line that learning counts. Pure: no database, no Django."""

import re

from reconciliation.rules.conditions import fold

LONGEST_TEXT = 1000
MOST_TOKENS = 20
LONGEST_TOKEN = 30

#: Letters only: numbers of invoices and dates differ from line to line and would say nothing.
_WORD = re.compile(r"[^\W\d_]{3,}")


def tokens_of(text: str) -> list[str]:
    """The first words of a text that have at least three letters, each once, without case and accents."""
    words = (word[0][:LONGEST_TOKEN] for word in _WORD.finditer(fold(text[:LONGEST_TEXT])))
    return list(dict.fromkeys(words))[:MOST_TOKENS]
