"""Keeping the tree's cache true: ``lft``, ``rght``, ``level`` and ``tree_id`` from ``parent``.

``parent_id`` is the truth. The cache is django-mptt's; it is renumbered here for whole
trees at once, in one read and one write, when many accounts come together or when
``manage.py doctor`` finds it wrong. Writers of one organization's chart wait for each
other on an advisory lock: without it two of them corrupt the cache or deadlock.
"""

from django.db import connection

from ledger.accounts.models import Account

Place = tuple[int, int, int, int]  # tree_id, lft, rght, level


def hold_chart(organization_id: int) -> None:
    """Take the right to change an organization's tree, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(crane_chart_key(%s))", [organization_id])


def places(rows: list[tuple[int, int | None]], tree_ids: dict[int, int]) -> dict[int, Place]:
    """Where each account stands, from ``(id, parent_id)`` in sibling order. ``tree_ids`` is by root."""
    children: dict[int | None, list[int]] = {}
    for number, parent in rows:
        children.setdefault(parent, []).append(number)
    found: dict[int, Place] = {}
    for root in children.get(None, []):
        count = 0
        entered: dict[int, tuple[int, int]] = {}
        waiting = [(root, 0, False)]
        while waiting:
            number, level, leaving = waiting.pop()
            count += 1
            if leaving:
                found[number] = (tree_ids[root], entered[number][0], count, level)
                continue
            entered[number] = (count, level)
            waiting.append((number, level, True))
            waiting.extend((child, level + 1, False) for child in reversed(children.get(number, [])))
    return found


def wrong_places(organization_id: int) -> dict[int, Place]:
    """Accounts whose cached place differs from what their parents say, with the right one."""
    rows = list(
        Account.objects.of(organization_id)
        .order_by("tree_id", "lft", "pk")
        .values_list("pk", "parent_id", "tree_id", "lft", "rght", "level")
    )
    tree_ids = {number: tree_id for number, parent, tree_id, *_ in rows if parent is None}
    if len(set(tree_ids.values())) != len(tree_ids):  # two roots in one tree: every root gets its own
        tree_ids = {root: Account.objects._get_next_tree_id() for root in tree_ids}
    right = places([(number, parent) for number, parent, *_ in rows], tree_ids)
    return {number: right[number] for number, _, *place in rows if tuple(place) != right[number]}


def renumber(organization_id: int) -> int:
    """Put every account where its parent says; how many were elsewhere. Call with the chart held."""
    wrong = wrong_places(organization_id)
    if wrong:
        columns = [list(wrong), *(list(column) for column in zip(*wrong.values(), strict=True))]
        with connection.cursor() as cursor:
            cursor.execute(
                """
                update ledger_account a set tree_id = p.tree_id, lft = p.lft, rght = p.rght, level = p.level
                  from unnest(%s::bigint[], %s::bigint[], %s::int[], %s::int[], %s::int[])
                       p (id, tree_id, lft, rght, level)
                 where a.organization_id = %s and a.id = p.id
                """,
                [*columns, organization_id],
            )
    return len(wrong)
