"""Opening items for what was just posted."""

from collections.abc import Sequence

from django.db import connection

from ledger.openitems.models import ItemMovement, OpenItem
from organizations.rows import Statement, insert_rows, insertion


def open_items(items: Sequence[OpenItem], transactions: Sequence[int]) -> None:
    """Open items, each by the transaction that put its amount on the control account; two statements for all."""
    with connection.cursor() as cursor:
        cursor.execute("select array(select crane_next_id() from generate_series(1, %s))", [len(items)])
        (numbers,) = cursor.fetchone()
        for item, number in zip(items, numbers, strict=True):
            item.pk = number
        for sql, values in opening(items, transactions):
            cursor.execute(sql, values)
    for item in items:
        item.open_amount, item.open_base = item.amount, item.base_amount


def opening(items: Sequence[OpenItem], transactions: Sequence[int]) -> list[Statement]:
    """What opens items that have their ids.

    The database holds the amounts to the entries of the transaction (``movements_tie_to_entries``).
    """
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
    return [*insertion(items), *insertion(movements)]


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
