"""The trial balance: every account's balance at the end of a day, debits on one side, credits on the other.

The first proof of the books: both sides are equal, because every transaction is. Figures are read from totals, so a
report over millions of entries costs what one over thousands does. In another currency every account is rounded by
itself; what that adds up to stands on a row of its own, a part of equity as in the balance sheet.
"""

from collections.abc import Sequence
from decimal import Decimal

from ledger.accounts.models import DEBIT_TYPES, TYPES
from organizations.money import add_up, exact, wide
from organizations.tenants.answers import public
from reports.behind import ITS_OWN, behind_groups
from reports.figures import ZERO, Amounts, Place
from reports.sheets import Line, Sheet
from reports.statements import ROUNDING, Wish, links_of, nesting, rounded

GROUPS = {
    "asset": "assets",
    "liability": "liabilities",
    "equity": "equity",
    "revenue": "revenue",
    "expense": "expenses",
}


@wide()
def trial_balance(wish: Wish) -> dict:
    """The report. Rows stand in tree order with ``level``; accounts without any balance are left out.

    With a ``moment``, what was known then: figures, and names and places of the accounts. ``depth`` 1 shows the top
    accounts only, each with all that stands below it; 2 one level more, and so on. The totals do not depend on it.
    """
    chart, books = wish.books.chart(), wish.books
    found = books.balances([column.end for column in wish.columns])
    inside = {place.number for place in chart.places}
    in_base = [{number: found[column.end].get(number, ZERO) for number in inside} for column in wish.columns]
    amounts = wish.at_closing(in_base)
    off = [-each for each in rounded(wish, in_base, amounts)]
    parents, levels = nesting(chart, chart.places)
    own = {place.number: [each.get(place.number, ZERO) for each in amounts] for place in chart.places}
    rolled = {number: list(figures) for number, figures in own.items()}
    for place in reversed(chart.places):
        parent = parents[place.number]
        if parent is not None:
            rolled[parent] = [add_up(pair) for pair in zip(rolled[parent], rolled[place.number], strict=True)]
    groups = behind_groups(chart, chart.places, parents, own) if wish.depth is not None else {}
    told = links_of(wish, chart)
    rows = []
    for place in chart.places:
        level = levels[place.number]
        if wish.depth is not None and level >= wish.depth:
            continue
        carries = wish.depth is not None and level == wish.depth - 1
        shown = rolled[place.number] if carries else own[place.number]
        if any(shown) or any(rolled[place.number]):
            row = _row(wish, place, level, shown, rolled[place.number][0])
            rows.append(row | {"entries_query": told(place.number, groups[place.number] if carries else ITS_OWN)})
    if any(off):
        rows.append(_rounding_row(wish, off))
    return {
        "object": "trial_balance",
        "title": "Trial balance",
        "organization_id": wish.organization.public_id,
        "as_of": wish.columns[0].end,
        "currency": wish.shown_in,
        "basis": wish.basis,
        "columns": wish.head("", "")["columns"],
        "accounts": rows,
        "totals": _totals(wish, chart.places, amounts[0], off[0]),
        "is_balanced": not any(add_up([*own.values(), rest]) for own, rest in zip(amounts, off, strict=True)),
    }


@wide()
def trial_balance_sheet(answer: dict, organization: str) -> Sheet:
    """The report as a sheet; beside other days with one balance for each, debit positive."""
    subtitle = f"At the end of {answer['as_of']}, in {answer['currency']}"
    several = len(answer["columns"]) > 1
    names = [column["label"] for column in answer["columns"]] if several else ["Debit", "Credit"]
    sheet = Sheet(answer["title"], organization, subtitle, names)
    for row in answer["accounts"]:
        sign = 1 if row["account_type"] in DEBIT_TYPES else -1
        sides = [row["debit_balance"], row["credit_balance"]]
        figures = [each * sign for each in row["balances"]] if several else sides
        sheet.lines.append(Line("row", row["name"], row["code"], row["level"], tuple(figures), row["id"]))
    adds = tuple((1, place) for place in range(len(sheet.lines)))
    sums = [add_up(column) for column in zip(*(line.amounts for line in sheet.lines), strict=True)]
    nothing = abs(answer["totals"]["total_debits"] * 0)
    sheet.lines.append(Line("total", "Total", amounts=tuple(sums or [nothing] * len(names)), adds=adds))
    return sheet


def _row(wish: Wish, place: Place, level: int, balances: Sequence[Decimal], rollup: Decimal) -> dict:
    account, decimals = place.account, wish.decimals
    balance, sign = balances[0], account.normal_sign
    return {
        "id": account.public_id,
        "code": account.code,
        "name": account.name,
        "account_type": account.type,
        "parent_account_id": public("ACT", account.parent_id),
        "level": level,
        "debit_balance": exact(max(balance, ZERO), decimals),
        "credit_balance": exact(max(-balance, ZERO), decimals),
        "balance": exact(balance * sign, decimals),
        "balances": [exact(each * sign, decimals) for each in balances],
        "rollup_balance": exact(rollup * sign, decimals),
    }


def _rounding_row(wish: Wish, off: Sequence[Decimal]) -> dict:
    """The row that is no account's; as on all equity, credits count up."""
    figures = [exact(-each, wish.decimals) for each in off]
    return {
        "id": None,
        "code": "",
        "name": ROUNDING,
        "account_type": "equity",
        "parent_account_id": None,
        "level": 0,
        "debit_balance": exact(max(off[0], ZERO), wish.decimals),
        "credit_balance": exact(max(-off[0], ZERO), wish.decimals),
        "balance": figures[0],
        "balances": figures,
        "rollup_balance": figures[0],
        "entries_query": None,
    }


def _totals(wish: Wish, places: Sequence[Place], amounts: Amounts, off: Decimal) -> dict:
    balances = [(place, amounts.get(place.number, ZERO)) for place in places]
    decimals, shown = wish.decimals, [off, *(balance for _, balance in balances)]
    totals = {
        "total_debits": exact(add_up(balance for balance in shown if balance > 0), decimals),
        "total_credits": exact(-add_up(balance for balance in shown if balance < 0), decimals),
    }
    for kind in TYPES:
        signed = [balance * place.account.normal_sign for place, balance in balances if place.account.type == kind]
        totals[GROUPS[kind]] = exact(add_up([*signed, -off] if kind == "equity" else signed), decimals)
    return totals
