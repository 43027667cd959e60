"""What goes into matching, and what comes out. Everything is of one bank account and in its currency."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

#: Why a proposal was accepted, or left to a person.
#: ``clear``: enough points, and nothing else comes near. ``held``: a line is in conflict with what was imported before.
#: ``few_points``: the threshold is not reached. ``close_call``: another match would be nearly as good.
#: ``far_apart``: too long after the entry, though hardly anything else has the amount or the number.
#: ``not_yet``: the entry is dated after the last line, so the line may be another one, still to come.
#: ``unusual_fee``: it would take a fee that the bank does not often keep; it may be a payment short of what is due.
#: ``crowded``: so many alike that not all ways to match them were compared.
Reason = Literal["clear", "held", "few_points", "far_apart", "not_yet", "unusual_fee", "close_call", "crowded"]


@dataclass(frozen=True, slots=True)
class BankLine:
    """One movement on the statement; ``amount`` is positive for money in.

    ``held`` lines are in doubt since their import (a conflict): they get proposals, but are never accepted.
    """

    id: int
    date: datetime.date
    amount: Decimal
    description: str
    counterparty: str = ""
    reference: str = ""
    held: bool = False


@dataclass(frozen=True, slots=True)
class BookEntry:
    """One open entry on the bank's account; ``amount`` is positive for a debit, which is money in.

    Entries with one ``transaction_id`` were posted together.
    """

    id: int
    transaction_id: int
    date: datetime.date
    amount: Decimal
    description: str
    reference: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class RunnerUp:
    """The best of the other matches that these lines or entries could have had; its points as in ``Proposal``."""

    line_ids: tuple[int, ...]
    entry_ids: tuple[int, ...]
    score: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """Lines and entries that seem to be the same: the lines add up to the entries less ``fee``, to the cent.

    ``features`` are the points by feature (see ``weights``); ``score`` is their sum, cut to 0 … 1000.
    ``margin`` is by how many points all matches together would be worse without this one,
    which takes into account what else its lines and entries could be matched with, and whether
    that is needed elsewhere. ``runner_up`` is None where there was no other candidate.
    """

    line_ids: tuple[int, ...]
    entry_ids: tuple[int, ...]
    fee: Decimal
    score: int
    features: dict[str, int]
    runner_up: RunnerUp | None
    margin: int
    accepted: bool
    reason: Reason
