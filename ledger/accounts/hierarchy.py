"""The chart as a tree, with balances rolled up to the parents.

Two queries at any size: the accounts in tree order and their totals. Rolled-up balances
are in the base currency, because children may be in several.
"""

import datetime
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from ledger.accounts.answers import account_answer, money_answer
from ledger.accounts.models import Account
from ledger.accounts.versions import accounts_then
from ledger.balances.moments import Moment
from ledger.balances.totals import NOTHING, Total, totals
from organizations.money import add_up
from organizations.tenants.models import Organization


@dataclass(slots=True)
class Node:
    """An account in the tree; ``rollup`` is its own and all descendants' base balance, debit positive."""

    account: Account
    total: Total
    children: list["Node"] = field(default_factory=list)
    rollup: Decimal = Decimal(0)
    level: int = 0


def tree(organization_id: int, *, as_of: datetime.date | None = None, moment: Moment | None = None) -> list[Node]:
    """The roots of an organization's chart, children ordered by code; with a ``moment`` as it was known then.

    Built from ``parent`` alone, so a broken cache of the tree cannot show a wrong balance.
    """
    roots = _forest(organization_id, moment, totals(organization_id, as_of=as_of, moment=moment))
    ordered = list(walk(roots))
    for node in reversed(ordered):
        node.rollup = add_up([node.total.base_balance, *(child.rollup for child in node.children)])
    return roots


def in_order(organization_id: int, moment: Moment | None = None) -> list[Account]:
    """The accounts as the tree has them, parents before children, without their balances."""
    return [node.account for node in walk(_forest(organization_id, moment, {}))]


def branches(accounts: Iterable[Account], tops: Container[int]) -> list[Account]:
    """Of accounts in tree order those that are named, and all that stand below them."""
    found: dict[int, Account] = {}
    for account in accounts:
        if account.pk in tops or account.parent_id in found:
            found[account.pk] = account
    return list(found.values())


def _forest(organization_id: int, moment: Moment | None, found: dict[int, Total]) -> list[Node]:
    if moment is None:
        accounts = list(Account.objects.of(organization_id).order_by("code"))
    else:
        accounts = accounts_then(organization_id, moment)
    nodes = {account.pk: Node(account, found.get(account.pk, NOTHING)) for account in accounts}
    roots: list[Node] = []
    for node in nodes.values():  # the parent may have become known a moment later, or be out of a key's scope
        above = nodes.get(node.account.parent_id)
        if above is None:
            node.account.parent_id = None
        (roots if above is None else above.children).append(node)
    return roots


def walk(roots: list[Node]):
    """All nodes, parents before children, without recursion: a chart may be deep."""
    waiting = [(node, 0) for node in reversed(roots)]
    while waiting:
        node, level = waiting.pop()
        node.level = level
        yield node
        waiting.extend((child, level + 1) for child in reversed(node.children))


def hierarchy_answer(organization: Organization) -> list[dict]:
    """The chart nested by ``children``, each account with its ``rollup_balance``."""
    roots = tree(organization.pk)
    answers: dict[int, dict] = {}
    for node in walk(roots):
        rollup = node.rollup * node.account.normal_sign
        answer = account_answer(node.account, node.total) | {
            "rollup_balance": money_answer(rollup, organization.base_currency_id),
            "children": [],
        }
        answers[node.account.pk] = answer
        if node.account.parent_id is not None:
            answers[node.account.parent_id]["children"].append(answer)
    return [answers[root.account.pk] for root in roots]
