"""The one shape of financial statements: sections of accounts with their totals, and results between them.

A statement is the answer of the API; its files and its page are made from nothing else (``sheets.py``).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ledger.balances.moments import Moment
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.money import add_up, at_rate, exact, wide
from organizations.tenants.answers import public
from organizations.tenants.models import Organization
from reports.behind import ITS_OWN, Behind, behind_groups
from reports.books import BASES, Books
from reports.dimensions import EVERYTHING, Narrowing
from reports.figures import ZERO, Amounts, Chart, Place
from reports.periods import ONE_DAY, Period
from reports.rates import Rates

#: The row of what rounding every account by itself adds up to.
ROUNDING = "Rounding of the translation"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: the columns, the first of them the main one, and how the books are looked at.

    ``currency`` is the one of presentation, None for the base currency; ``then`` ends every link and says of which
    moment the figures are.
    """

    organization: Organization
    columns: list[Period]
    depth: int | None = None
    moment: Moment | None = None
    then: str = ""
    narrowing: Narrowing = EVERYTHING
    basis: str = BASES[0]
    currency: str | None = None

    @property
    def books(self) -> Books:
        """Where the figures come from."""
        return Books(self.organization, self.moment, self.narrowing, self.basis)

    @property
    def shown_in(self) -> str:
        """The currency of the report."""
        return self.currency or self.organization.base_currency_id

    @property
    def decimals(self) -> int:
        return decimals_of(self.shown_in)

    @property
    def translates(self) -> bool:
        """Whether the report is in another currency than the books."""
        return self.shown_in != self.organization.base_currency_id

    def at_closing(self, amounts: Sequence[Amounts]) -> list[Amounts]:
        """What stands at the columns' ends, in the currency of the report. Raises ExchangeRateMissing."""
        return self._into(amounts, lambda rates, column: rates.on(column.end))

    def at_opening(self, amounts: Sequence[Amounts]) -> list[Amounts]:
        """What stands before the columns begin. Raises ExchangeRateMissing."""
        return self._into(amounts, lambda rates, column: rates.on(column.start - ONE_DAY))

    def at_average(self, amounts: Sequence[Amounts]) -> list[Amounts]:
        """What moved in the columns, at the average rate of each. Raises ExchangeRateMissing."""
        return self._into(amounts, lambda rates, column: rates.average(column))

    def _into(self, amounts: Sequence[Amounts], rate: Callable[[Rates, Period], Decimal]) -> list[Amounts]:
        if not self.translates:
            return list(amounts)
        rates = Rates(self.organization, self.organization.base_currency_id, self.shown_in)
        found = []
        for own, column in zip(amounts, self.columns, strict=True):
            used = rate(rates, column) if any(own.values()) else ZERO  # nothing is nothing at any rate
            found.append({number: at_rate(amount, used, self.decimals) for number, amount in own.items()})
        return found

    def head(self, name: str, title: str) -> dict:
        """How every statement begins."""
        return {
            "object": name,
            "title": title,
            "organization_id": self.organization.public_id,
            "currency": self.shown_in,
            "basis": self.basis,
            "columns": [{"label": each.label, "start_date": each.start, "end_date": each.end} for each in self.columns],
        }

    @property
    def asked_alike(self) -> str:
        """``&basis=…`` for links to another report that looks at the books in the same way."""
        looked = "" if self.basis == BASES[0] else f"&basis={self.basis}"
        if self.translates:
            looked += f"&currency={self.currency}"
        looked += self.narrowing.in_reports()
        return looked if self.basis == "cash" or self.translates else looked + self.then

    def entries_query(self, account_id: int, period: Period, behind: Behind = ITS_OWN) -> str:
        """Where the entries behind a figure are."""
        dates = "" if period.start is None else f"start_date={period.start}&"
        where = f"/organizations/{self.organization.public_id}/accounts/{ids.encode('ACT', account_id)}/entries"
        return f"{where}?{dates}end_date={period.end}{behind.in_links()}{self.narrowing.in_links()}{self.then}"


def section(
    wish: Wish, chart: Chart, amounts: Sequence[Amounts], name: str, title: str, *,
    belongs: Callable[[Place], bool], sign: int, extra: Sequence[dict] = (), behind: Behind = ITS_OWN,
) -> dict:  # fmt: skip
    """A section of the accounts that belong to it, each with what stands on it alone, in every column.

    With a ``depth`` the accounts at the last level carry all that is below them. ``sign`` is -1 where credits count
    up. ``extra`` are rows that are no account's. ``behind`` says which of an account's entries its figure counts.
    """
    members = [place for place in chart.places if belongs(place)]
    parents, levels = nesting(chart, members)
    own = [[found.get(place.number, ZERO) * sign for found in amounts] for place in members]
    rolled = {place.number: list(figures) for place, figures in zip(members, own, strict=True)}
    for place in reversed(members):
        parent = parents[place.number]
        if parent is not None:
            rolled[parent] = [add_up(pair) for pair in zip(rolled[parent], rolled[place.number], strict=True)]
    of_members = {place.number: figures for place, figures in zip(members, own, strict=True)}
    groups = {} if wish.depth is None else behind_groups(chart, members, parents, of_members, behind)
    told = links_of(wish, chart, behind)
    rows = []
    for place, figures in zip(members, own, strict=True):
        level = levels[place.number]
        if wish.depth is not None and level > wish.depth - 1:
            continue
        carries = wish.depth is not None and level == wish.depth - 1
        shown = rolled[place.number] if carries else figures
        if any(rolled[place.number]) or any(shown):
            row = _row(wish, place, level, shown, rolled[place.number])
            rows.append(row | {"entries_query": told(place.number, groups[place.number] if carries else behind)})
    whole = [add_up(column) for column in zip(*own, strict=True)] if own else [ZERO] * len(amounts)
    for row in extra:
        whole = [add_up(pair) for pair in zip(whole, row["amounts"], strict=True)]
    exactly = _exactly(wish, whole)
    return {
        "kind": "section", "name": name, "title": title, "total": exactly[0], "totals": exactly,
        "rows": [*rows, *extra],
    }  # fmt: skip


def extra_row(wish: Wish, name: str, amounts: Sequence[Decimal], *, leads_to: str | None = None) -> dict:
    """A row that is worked out and no account's."""
    figures = _exactly(wish, amounts)
    return {
        "id": None, "code": "", "name": name, "account_type": None, "parent_account_id": None, "level": 0,
        "amount": figures[0], "amounts": figures, "rollup_amount": figures[0], "entries_query": leads_to,
    }  # fmt: skip


def result(name: str, title: str, parts: Sequence[tuple[int, dict]]) -> dict:
    """What sections or results come to, each counted up (1) or down (-1)."""
    sums = [add_up(sign * part["totals"][place] for sign, part in parts) for place in range(len(parts[0][1]["totals"]))]
    return {
        "kind": "result", "name": name, "title": title, "total": sums[0], "totals": sums, "rows": [],
        "of": [{"name": part["name"], "sign": sign} for sign, part in parts],
    }  # fmt: skip


def rounded(wish: Wish, in_base: Sequence[Amounts], amounts: Sequence[Amounts]) -> list[Decimal]:
    """What rounding every account of a balance by itself adds up to, in each column; debit positive."""
    sums = wish.at_closing([{0: add_up(own.values())} for own in in_base])
    return [add_up([*own.values(), -whole[0]]) for own, whole in zip(amounts, sums, strict=True)]


@wide()
def percentage(part: Decimal, whole: Decimal) -> Decimal | None:
    """``part`` of ``whole`` in percent with two decimals; None of nothing."""
    return None if not whole else (part * 100 / whole).quantize(Decimal("0.01"))


def nesting(chart: Chart, members: Sequence[Place]) -> tuple[dict[int, int | None], dict[int, int]]:
    """For each member the nearest member above it, and how many are above it."""
    above = {place.number: place.account.parent_id for place in chart.places}
    inside = {place.number for place in members}
    parents: dict[int, int | None] = {}
    levels: dict[int, int] = {}
    for place in members:
        parent = above[place.number]
        while parent is not None and parent not in inside:
            parent = above.get(parent)
        parents[place.number] = parent
        levels[place.number] = 0 if parent is None else levels[parent] + 1
    return parents, levels


def _row(wish: Wish, place: Place, level: int, amounts: list[Decimal], rolled: list[Decimal]) -> dict:
    account, figures = place.account, _exactly(wish, amounts)
    return {
        "id": account.public_id,
        "code": account.code,
        "name": account.name,
        "account_type": account.type,
        "parent_account_id": public("ACT", account.parent_id),
        "level": level,
        "amount": figures[0],
        "amounts": figures,
        "rollup_amount": exact(rolled[0], wish.decimals),
    }


def links_of(wish: Wish, chart: Chart, own: Behind = ITS_OWN) -> Callable[[int, Behind | None], str | None]:
    """What tells of an account where the entries behind its figure in the first column are.

    On cash basis no entries add up to a figure but to those of accounts of cash: what of a document was paid is none.
    """
    by_entries = wish.basis != "cash" or own.moves_cash
    cash = frozenset() if by_entries else chart.below(("cash",))

    def told(number: int, behind: Behind | None) -> str | None:
        if behind is None or not (by_entries or number in cash):
            return None
        return wish.entries_query(number, wish.columns[0], behind)

    return told


def _exactly(wish: Wish, amounts: Sequence[Decimal]) -> list[Decimal]:
    return [exact(amount, wish.decimals) for amount in amounts]
