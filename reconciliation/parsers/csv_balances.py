"""The running balance of a statement: which way it runs, whether amounts are signed as it says, where it breaks."""

from collections.abc import Iterable, Sequence
from decimal import Context, Decimal
from typing import NamedTuple

_EXACT = Context(prec=60)
_add, _subtract = _EXACT.add, _EXACT.subtract

# The amount, None for a row that is no line; and the balance after it, None where none is stated.
Movement = tuple[Decimal | None, Decimal | None]


class RunningBalance:
    """Follows amounts and stated balances through the rows, in the order of the file.

    Rows without a stated balance are added up until the next that has one, as where only the last row of a day has it.
    ``opening`` and ``closing`` are what the account held before the first and after the last row seen, by date;
    None until some row states a balance.
    """

    __slots__ = ("_known", "_unplaced", "closing", "newest_first", "opening")

    def __init__(self, newest_first: bool):
        self.newest_first = newest_first
        self._known: Decimal | None = None  # before the next row: the balance there, by time or against it
        self._unplaced = Decimal(0)  # the amounts of rows before any balance was stated
        self.opening: Decimal | None = None
        self.closing: Decimal | None = None

    def take(self, amount: Decimal, balance: Decimal | None) -> bool | None:
        """Whether the stated balance adds up with what went before; None where there is nothing to compare."""
        known = self._known
        if self.newest_first:
            agrees = None if known is None or balance is None else known == balance
            here = known if balance is None else balance
            if here is None:
                self._unplaced = _add(self._unplaced, amount)
                return None
            if self.closing is None:
                self.closing = _add(here, self._unplaced)
            self._known = self.opening = _subtract(here, amount)
            return agrees
        if known is None:
            self._unplaced = _add(self._unplaced, amount)
            if balance is not None and self.opening is None:
                self.opening = _subtract(balance, self._unplaced)
            agrees, here = None, balance
        else:
            here = _add(known, amount)
            agrees = None if balance is None else here == balance
            here = here if balance is None else balance
        self._known = here
        if here is not None:
            self.closing = here
        return agrees

    def expected(self, amount: Decimal) -> Decimal | None:
        """The balance that the next row ought to state, if it moves this amount."""
        if self._known is None or self.newest_first:
            return self._known
        return _add(self._known, amount)

    def interrupt(self, balance: Decimal | None) -> None:
        """A row comes between that is no line. What it states is where counting goes on."""
        if balance is not None and not self.newest_first:
            self.closing = balance
            self.opening = balance if self.opening is None else self.opening
        elif balance is not None and self.closing is None:
            self.closing = balance
        self._known = None if self.newest_first else balance


class Course(NamedTuple):
    """How the balances of a file run. ``newest_first`` is None where they are no running balance."""

    newest_first: bool | None
    negate: bool = False


class _Score(NamedTuple):
    agreeing: int
    checked: int


def course(movements: Sequence[Movement], *, descending: bool, may_negate: bool) -> Course:
    """The way in which the balances add up, if they do at least as often as not.

    ``descending`` are the dates of the file, and decides where both ways fit, or where a single balance leaves
    nothing to check. Signs are turned round only on proof: at least three rows that all fit so, and not otherwise.
    """
    plain = {newest: _score(movements, newest) for newest in (descending, not descending)}
    best = max(plain, key=lambda newest: plain[newest].agreeing)
    if plain[best].agreeing and plain[best].agreeing * 2 >= plain[best].checked:
        return Course(best)
    if may_negate:
        turned = [(amount and amount.copy_negate(), balance) for amount, balance in movements]
        for newest in (descending, not descending):
            score = _score(turned, newest)
            if score.agreeing >= 3 and score.agreeing == score.checked:
                return Course(newest, negate=True)
    stated = any(balance is not None for _, balance in movements)
    return Course(descending if stated and not plain[descending].checked else None)


def proves(movements: Sequence[Movement]) -> bool:
    """Whether the balances add up at every row, in one direction, at least twice."""
    scores = [_score(movements, newest) for newest in (False, True)]
    return any(score.agreeing >= 2 and score.agreeing == score.checked for score in scores)


def _score(movements: Iterable[Movement], newest_first: bool) -> _Score:
    """How often the balances add up; rows that move nothing prove nothing."""
    balance, agreeing, checked = RunningBalance(newest_first), 0, 0
    moved = False
    for amount, stated in movements:
        if amount is None:
            balance.interrupt(stated)
            moved = False
            continue
        moved_before, moved = moved, bool(amount) or (moved and stated is None)
        agrees = balance.take(amount, stated)
        if agrees is not None and (moved_before if newest_first else moved):
            agreeing += agrees
            checked += 1
    return _Score(agreeing, checked)
