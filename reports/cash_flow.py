"""The cash flow statement: how cash came to change in a period (IAS 7), indirectly or directly.

Indirectly: from net income, by what did not move cash. It is read from totals. Directly: what stands against cash in
every transaction that moved any. Both end at the change of the accounts with the role ``cash`` and what stands below.

Equity is financing; so are liabilities with codes from 25 to 29. Assets with codes from 15 to 19 are investing.
Whatever else is operating. An account's metadata ``cash_flow`` (operating, investing or financing) says otherwise, for
what stands below it, too.

On cash basis the direct statement is what it is on accrual: no cash moves by a document that nobody pays.
"""

from collections.abc import Sequence
from decimal import Decimal

from ledger.accounts.models import RESULT_TYPES
from ledger.journal.drafts import TYPES
from organizations.money import add_up, wide
from reports.behind import UNCLOSED, Behind
from reports.figures import ZERO, Amounts, Chart, Place
from reports.periods import ONE_DAY
from reports.statements import Wish, extra_row, result, section

NET_INCOME, WRITTEN = "Net income", "Depreciation"
METHODS = ("indirect", "direct")
CLASSES = {
    "operating": "Operating activities",
    "investing": "Investing activities",
    "financing": "Financing activities",
}
#: Roles whose accounts are operating, whatever their codes are.
OPERATING = frozenset({"receivable", "inventory", "clearing", "suspense", "payable", "tax_payable"})
DEPRECIATION = "depreciation"
#: What stands behind figures: directly what stood against cash; indirectly all but what closed a year, and of what
#: lasts not what was written off, which has a row of its own.
AGAINST_CASH = Behind(moves_cash=True)
INVESTED = Behind(without=("closing", DEPRECIATION))
WRITTEN_OFF = Behind(without=tuple(kind for kind in TYPES if kind != DEPRECIATION))


@wide()
def cash_flow(wish: Wish, *, method: str = "indirect") -> dict:
    """The statement, with ``opening_cash``, ``net_change`` and ``closing_cash``; ``is_tied`` proves it."""
    chart = wish.books.chart()
    cash, classes = chart.below(("cash",)), classified(chart)
    opening, closing = _cash(wish, cash)
    extra: dict[str, list[Amounts]] = {}
    if method == "direct":
        amounts = [wish.books.against_cash(cash, column) for column in wish.columns]
        inside = [place.number for place in chart.places if place.number not in cash]
    else:
        amounts, extra = _indirectly(wish, chart, classes)
        inside = [
            place.number
            for place in chart.places
            if place.number not in cash and place.account.type not in RESULT_TYPES
        ]
    shown = frozenset(inside)

    def belongs(name: str):
        return lambda place: place.number in shown and classes[place.number] == name

    averaged = wish.at_average(amounts)
    rows = [
        extra_row(wish, name, _sums(wish.at_average(own)), leads_to=_leads_to(wish, name, own))
        for name, own in extra.items()
        if any(_sums(own))
    ]
    behind = {name: INVESTED if name == "investing" else UNCLOSED for name in CLASSES}
    parts = [
        section(wish, chart, averaged, name, title, belongs=belongs(name), sign=1,
                extra=rows if name == "operating" else (),
                behind=AGAINST_CASH if method == "direct" else behind[name])
        for name, title in CLASSES.items()
    ]  # fmt: skip
    change = result("net_change", "Change in cash", [(1, part) for part in parts])
    begin = _standing("opening_cash", "Cash at the beginning", _sums(wish.at_opening(opening)), wish)
    ways, stands = [(1, begin), (1, change)], _sums(wish.at_closing(closing))
    between = []
    if wish.translates:
        made = [
            add_up([end, -old, -new]) for end, old, new in zip(stands, begin["totals"], change["totals"], strict=True)
        ]
        between = [_standing("exchange", "What exchange rates made of it", made, wish)]
        ways.append((1, between[0]))
    end = result("closing_cash", "Cash at the end", ways)
    moved = [add_up(amount for number, amount in own.items() if number in shown) for own in amounts]
    for own in extra.values():
        moved = [add_up(pair) for pair in zip(moved, _sums(own), strict=True)]
    ends = [add_up(pair) for pair in zip(_sums(opening), moved, strict=True)]
    first = wish.columns[0]
    return wish.head("cash_flow", "Cash flow statement") | {
        "method": method,
        "start_date": first.start,
        "end_date": first.end,
        "sections": [*parts, change, begin, *between, end],
        "opening_cash": begin["total"],
        "net_change": change["total"],
        "closing_cash": end["total"],
        "is_tied": ends == _sums(closing) if wish.narrowing.is_open else None,
    }


def classified(chart: Chart) -> dict[int, str]:
    """The class of every account."""
    said: dict[int, str] = {}
    found: dict[int, str] = {}
    for place in chart.places:
        own = place.metadata.get("cash_flow")
        above = said.get(place.account.parent_id or 0)
        if own in CLASSES:
            said[place.number] = own
        elif above is not None:
            said[place.number] = above
        found[place.number] = said.get(place.number) or _usual(place)
    return found


def _usual(place: Place) -> str:
    kind, code = place.account.type, place.account.code
    if kind == "equity":
        return "financing"
    is_long = len(code) >= 4 and code[:2].isdigit() and "5" <= code[1] <= "9"
    if kind in ("asset", "liability") and is_long and place.role not in OPERATING and code[0] in "12":
        return "investing" if kind == "asset" else "financing"
    return "operating"


def _indirectly(wish: Wish, chart: Chart, classes: dict[int, str]) -> tuple[list[Amounts], dict[str, list[Amounts]]]:
    """What every account of the balance sheet gave to cash; and the rows of net income and depreciation."""
    moved = wish.books.results(wish.columns)
    written_off = wish.books.of_type(DEPRECIATION, wish.columns)
    earning = [place.number for place in chart.places if place.account.type in RESULT_TYPES]
    lasting = [place.number for place in chart.places if classes[place.number] == "investing"]
    income = [_given(amounts, earning) for amounts in moved]
    back = [_given(amounts, lasting) for amounts in written_off]
    given = []
    for amounts, written in zip(moved, back, strict=True):
        given.append({number: add_up([-amount, -written.get(number, ZERO)]) for number, amount in amounts.items()})
    return given, {NET_INCOME: income, WRITTEN: back}


def _leads_to(wish: Wish, name: str, given: Sequence[Amounts]) -> str | None:
    """What the row of net income or depreciation comes from; of the latter the entries if they are on one account."""
    first = wish.columns[0]
    if name == NET_INCOME:
        dates = f"start_date={first.start}&end_date={first.end}"
        return f"/organizations/{wish.organization.public_id}/reports/income-statement?{dates}{wish.asked_alike}"
    moved = {number for amounts in given for number, amount in amounts.items() if amount}
    return wish.entries_query(min(moved), first, WRITTEN_OFF) if len(moved) == 1 else None


def _given(amounts: Amounts, numbers: Sequence[int]) -> Amounts:
    return {number: -amounts[number] for number in numbers if number in amounts}


def _cash(wish: Wish, cash: frozenset[int]) -> tuple[list[Amounts], list[Amounts]]:
    """What stood on the accounts of cash before each column, and what stands at its end, in base currency."""
    days = [day for column in wish.columns for day in (column.start - ONE_DAY, column.end)]
    found = wish.books.balances(days)
    held = {day: {number: amounts[number] for number in cash & amounts.keys()} for day, amounts in found.items()}
    return [held[column.start - ONE_DAY] for column in wish.columns], [held[column.end] for column in wish.columns]


def _sums(amounts: Sequence[Amounts]) -> list[Decimal]:
    return [add_up(own.values()) for own in amounts]


def _standing(name: str, title: str, amounts: Sequence, wish: Wish) -> dict:
    """A result that comes from nothing on this sheet."""
    row = extra_row(wish, title, amounts)
    return {"kind": "result", "name": name, "title": title, "total": row["amount"], "totals": row["amounts"],
            "rows": [], "of": []}  # fmt: skip
