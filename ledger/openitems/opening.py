"""Opening items for what was just posted."""

from collections.abc import Sequence

from django.db import connection

from ledger.openitems.models import ItemMovement, OpenItem
from organizations.rows import insert_rows


def open_items(items: Sequence[OpenItem], transactions: Sequence[int]) -> None:
    """Open items, each by the transaction that put its amount on the control account; two statements for all.

    The database holds the amounts to the entries of the transaction (``movements_tie_to_entries``).
    """
    with connection.cursor() as cursor:
        cursor.execute("select array(select crane_next_id() from generate_series(1, %s))", [len(items)])
        (numbers,) = cursor.fetchone()
    for item, number in zip(items, numbers, strict=True):
        item.pk = number
    insert_rows(items)
    movements = [
        ItemMovement(
            organization_id=item.organization_id,
            item=item,
            account_id=item.account_id,
            kind="opened",
            date=item.date,
            amount=item.amount,
            base_amount=item.base_amount,
            transaction_id=number,
        )
        for item, number in zip(items, transactions, strict=True)
    ]
    insert_rows(movements)
    for item in items:
        item.open_amount, item.open_base = item.amount, item.base_amount


def move_back(items: Sequence[OpenItem], transactions: Sequence[int], date) -> None:
    """Take back items of which everything is open, by the transactions that reverse what opened them."""
    movements = [
        ItemMovement(
            organization_id=item.organization_id,
            item=item,
            account_id=item.account_id,
            kind="reversed",
            date=date,
            amount=-item.open_amount,
            base_amount=-item.open_base,
            transaction_id=number,
        )
        for item, number in zip(items, transactions, strict=True)
    ]
    insert_rows(movements)
