"""The trial balance: every account's balance at the end of a day, debits on one side, credits on the other.

The first proof of the books: both sides are equal, because every transaction is. Figures
are in the base currency and read from totals, so a report over millions of entries costs
what one over thousands does.
"""

import datetime
from decimal import Decimal

from ledger.accounts.hierarchy import Node, tree, walk
from ledger.accounts.models import TYPES
from ledger.balances.moments import Moment
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.money import add_up, exact
from organizations.tenants.answers import public
from organizations.tenants.models import Organization

GROUPS = {
    "asset": "assets",
    "liability": "liabilities",
    "equity": "equity",
    "revenue": "revenue",
    "expense": "expenses",
}


def trial_balance(
    organization: Organization,
    *,
    as_of: datetime.date,
    depth: int | None = None,
    moment: Moment | None = None,
    then: str = "",
) -> dict:
    """The report. Rows stand in tree order with ``level``; accounts without any balance are left out.

    With a ``moment``, what was known then: figures, and names and places of the accounts.
    ``then`` ends every link and says of which moment the figures are.

    ``depth`` 1 shows the top accounts only, each with all that stands below it; 2 one
    level more, and so on. The totals do not depend on it.
    """
    nodes = list(walk(tree(organization.pk, as_of=as_of, moment=moment)))
    decimals = decimals_of(organization.base_currency_id)
    rows = [
        _row(node, balance, organization, f"end_date={as_of}{then}", decimals)
        for node, balance in _shown(nodes, depth)
        if balance or node.rollup
    ]
    totals = _totals(nodes, decimals)
    return {
        "object": "trial_balance",
        "organization_id": organization.public_id,
        "as_of": as_of,
        "currency": organization.base_currency_id,
        "accounts": rows,
        "totals": totals,
        "is_balanced": totals["total_debits"] == totals["total_credits"],
    }


def _shown(nodes: list[Node], depth: int | None):
    """The nodes to show, each with the balance of its own line."""
    for node in nodes:
        if depth is None or node.level < depth - 1:
            yield node, node.total.base_balance
        elif node.level == depth - 1:
            yield node, node.rollup


def _row(node: Node, balance: Decimal, organization: Organization, query: str, decimals: int) -> dict:
    account = node.account
    zero = Decimal(0)
    return {
        "id": account.public_id,
        "code": account.code,
        "name": account.name,
        "account_type": account.type,
        "parent_account_id": public("ACT", account.parent_id),
        "level": node.level,
        "debit_balance": exact(max(balance, zero), decimals),
        "credit_balance": exact(max(-balance, zero), decimals),
        "balance": exact(balance * account.normal_sign, decimals),
        "rollup_balance": exact(node.rollup * account.normal_sign, decimals),
        "entries_query": f"/organizations/{ids.encode('ORG', organization.pk)}/accounts/{account.public_id}"
        f"/entries?{query}",
    }


def _totals(nodes: list[Node], decimals: int) -> dict:
    balances = [node.total.base_balance for node in nodes]
    totals = {
        "total_debits": exact(add_up(balance for balance in balances if balance > 0), decimals),
        "total_credits": exact(-add_up(balance for balance in balances if balance < 0), decimals),
    }
    for kind in TYPES:
        signed = (node.total.base_balance * node.account.normal_sign for node in nodes if node.account.type == kind)
        totals[GROUPS[kind]] = exact(add_up(signed), decimals)
    return totals
