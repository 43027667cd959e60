"""Whether the statements of one file follow each other: each opens with what the one before it closed with. Pure."""

from collections.abc import Iterator

from reconciliation.parsers.items import Balance, Item, Line, Problem

GAP = "statements_do_not_follow"


def followed(items: Iterator[Item]) -> Iterator[Item]:
    """The items of an account, and a ``Problem`` where a statement does not open with the closing balance before it.

    Its place is that of the line before the gap. Where the later statement comes first, as some banks order them, it
    tells nothing of what is between them.
    """
    place, closed = 1, None
    for item in items:
        yield item
        match item:
            case Line() | Problem():
                place = item.place
            case Balance(kind="closing"):
                closed = item
            case Balance(kind="opening") if closed is not None:
                if closed.amount != item.amount and not _is_earlier(item, closed):
                    yield Problem(place, GAP, _told(closed, item))
                closed = None


def _is_earlier(opening: Balance, closing: Balance) -> bool:
    return bool(opening.date and closing.date and opening.date < closing.date)


def _told(closing: Balance, opening: Balance) -> str:
    return (
        f"A statement closes with {closing.amount:f}{_on(closing)} and the next in the file opens with "
        f"{opening.amount:f}{_on(opening)}: what lies between them is missing."
    )


def _on(balance: Balance) -> str:
    return f" on {balance.date}" if balance.date else ""
