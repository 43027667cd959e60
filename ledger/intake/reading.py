"""What messages say: taken from their text once, and read by the adapter of their provider as it was kept."""

import json
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from ledger.errors import MessageUnreadable
from ledger.intake.adapters import square_days, stripe_events
from ledger.intake.adapters.effects import Effect, Unreadable
from ledger.intake.models import InboxEvent

#: Provider → its adapter: what it must have is said in ``adapters/effects.py``.
ADAPTERS: Mapping[str, ModuleType] = {each.NAME: each for each in (stripe_events, square_days)}
DEEPEST = 64  # levels of objects and arrays
LONGEST_NUMBER = 18  # digits; a longer number is no amount, and stays the text that it was, as a fraction does


def payload_of(body: bytes) -> Any:
    """A message as it is kept: without the characters that no text of the database holds. Raises Unreadable."""
    try:
        message = json.loads(body.decode(), parse_int=_whole, parse_float=str, parse_constant=_no_number)
    except RecursionError:
        raise Unreadable("It is nested too deeply") from None
    except ValueError as problem:
        raise Unreadable(f"{type(problem).__name__}: {problem}"[:200]) from problem
    return _kept(message, DEEPEST)


def effect_of(row: InboxEvent) -> Effect:
    """What a message that was kept means. Raises MessageUnreadable."""
    try:
        return ADAPTERS[row.provider].read(row.payload).effect
    except Unreadable as problem:
        raise MessageUnreadable(details={"reason": str(problem)}) from problem


def _kept(value: Any, levels: int) -> Any:
    if isinstance(value, str):  # NUL goes, half a surrogate pair becomes a question mark
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if not isinstance(value, dict | list):
        return value
    if not levels:
        raise Unreadable("It is nested too deeply")
    if isinstance(value, list):
        return [_kept(each, levels - 1) for each in value]
    return {_kept(name, levels): _kept(each, levels - 1) for name, each in value.items()}


def _whole(text: str) -> int | str:
    return int(text) if len(text) <= LONGEST_NUMBER else text


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number")
