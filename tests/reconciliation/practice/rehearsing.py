"""A practice year taken through matching: all at once, or statement by statement as it happens in life. Pure."""

import datetime
from collections import Counter

from reconciliation.practice.years import Year
from reconciliation.scoring.learning import history_of, lessons
from reconciliation.scoring.proposing import propose
from reconciliation.scoring.shapes import Proposal

#: Days after the end of a month until which entries are posted before its statement is matched.
POSTED_SINCE = datetime.timedelta(days=10)


def at_once(year: Year) -> list[Proposal]:
    """All statements against all entries, with nothing learnt before."""
    return propose(year.lines, year.entries)


def by_statement(year: Year) -> list[Proposal]:
    """What is accepted month by month. Each month knows what the months before it taught, and what they left open."""
    lines, entries = {}, {entry.id: entry for entry in year.entries}
    learnt = Counter[tuple[str, str]]()
    accepted: list[Proposal] = []
    for statement in year.statements:
        lines |= {line.id: line for line in statement.lines}
        posted = [entry for entry in entries.values() if entry.date <= statement.ends_on + POSTED_SINCE]
        history = history_of((word, name, count) for (word, name), count in learnt.items())
        for proposal in propose(lines.values(), posted, history=history):
            if proposal.accepted:
                accepted.append(proposal)
                matched = [lines.pop(number) for number in proposal.line_ids]
                learnt.update(lessons(matched, [entries.pop(number) for number in proposal.entry_ids]))
    return accepted
