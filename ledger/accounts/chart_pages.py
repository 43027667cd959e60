"""The chart of accounts as the back office lists it: an indented tree, narrowed and cut into pages."""

from dataclasses import dataclass

from ledger.accounts.hierarchy import Node, tree, walk
from ledger.accounts.models import TYPES
from organizations.backoffice import showing
from organizations.money import add_up
from organizations.tenants.models import Organization

PER_PAGE = 250
HEADINGS = {
    "asset": "Assets",
    "liability": "Liabilities",
    "equity": "Equity",
    "revenue": "Revenue",
    "expense": "Expenses",
}


@dataclass(slots=True)
class ChartPage:
    """One page of the chart. ``rows`` are headings and accounts in the order of the chart."""

    rows: list[dict]
    number: int
    pages: int
    matching: int
    total: int


def chart_page(organization: Organization, *, search: str, kind: str, status: str, number: int) -> ChartPage:
    """Two queries at any size. Parents of what matches stay visible, so that the tree can be read."""
    nodes = sorted(walk(tree(organization.pk)), key=lambda node: TYPES.index(node.account.type))
    matching = {node.account.pk for node in nodes if _matches(node, search.lower(), kind, status)}
    shown = _with_parents(nodes, matching)
    pages = max(1, -(-len(shown) // PER_PAGE))
    number = min(max(number, 1), pages)
    cut = shown[(number - 1) * PER_PAGE : number * PER_PAGE]
    return ChartPage(
        rows=_rows(cut, nodes, matching, organization),
        number=number,
        pages=pages,
        matching=len(matching),
        total=len(nodes),
    )


def _matches(node: Node, search: str, kind: str, status: str) -> bool:
    account = node.account
    return (
        (not kind or account.type == kind)
        and (not status or account.status == status)
        and (not search or search in account.code.lower() or search in account.name.lower())
    )


def _with_parents(nodes: list[Node], matching: set[int]) -> list[Node]:
    if len(matching) == len(nodes):
        return nodes
    parents = {node.account.pk: node.account.parent_id for node in nodes}
    wanted: set[int] = set()
    for number in matching:
        while number is not None and number not in wanted:
            wanted.add(number)
            number = parents[number]
    return [node for node in nodes if node.account.pk in wanted]


def _rows(cut: list[Node], nodes: list[Node], matching: set[int], organization: Organization) -> list[dict]:
    base = organization.base_currency_id
    sums = {
        kind: add_up(
            node.rollup * node.account.normal_sign
            for node in nodes
            if node.account.type == kind and node.account.parent_id is None
        )
        for kind in TYPES
    }
    rows, last = [], None
    for node in cut:
        account = node.account
        if account.type != last:
            last = account.type
            rows.append({"heading": HEADINGS[last], "sum": showing.figure(sums[last], base)})
        own = node.total.balance * account.normal_sign
        rows.append(
            {
                "account": account,
                "indent": node.level,
                "matches": account.pk in matching,
                "own": showing.figure(own, account.currency_id, blank_zero=True),
                "foreign": account.currency_id if account.currency_id != base else "",
                "rollup": showing.figure(node.rollup * account.normal_sign, base, blank_zero=True)
                if node.children or account.currency_id != base
                else "",
                "badge": "" if account.status == "active" else showing.badge(account.status),
            }
        )
    return rows
