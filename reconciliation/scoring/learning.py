"""What accepted matches teach: lines with this word went to that contact. Counted, so that it can be shown and reset.

Whoever keeps the counts adds one for each lesson of a match that was accepted, takes one
away when it is undone, and forgets all by deleting them.
"""

from collections.abc import Iterable, Iterator

from reconciliation.scoring.reading import known_as, words_of_line
from reconciliation.scoring.shapes import BankLine, BookEntry

#: For each word of bank lines, what the entries were known as that such lines were matched with, and how often.
History = dict[str, dict[str, int]]


def lessons(lines: Iterable[BankLine], entries: Iterable[BookEntry]) -> Iterator[tuple[str, str]]:
    """What one match teaches, each once: a word of the lines, and what an entry is known as."""
    words = dict.fromkeys(word for line in lines for word in words_of_line(line))
    names = dict.fromkeys(name for entry in entries if (name := known_as(entry)))
    yield from ((word, name) for word in words for name in names)


def history_of(counts: Iterable[tuple[str, str, int]]) -> History:
    """The history from counted lessons; counts of nothing or less are left out."""
    history: History = {}
    for word, name, count in counts:
        if count > 0:
            names = history.setdefault(word, {})
            names[name] = names.get(name, 0) + count
    return history
