"""For statements that write thousands of rows: no plans from when the tables were empty."""

from django.db import connection

#: While a table has fewer pages, every index looks equally good to the planner, and a plan that is kept may be any.
SMALL_PAGES = 32

MODE = """
    select set_config('plan_cache_mode', case when pg_relation_size(%s::regclass) < %s
                                              then 'force_custom_plan' else 'auto' end, true)
"""


def plan_anew_while_small(table: str) -> None:
    """Until this transaction ends, plan anew each time if the table is nearly empty (like ``ledger_write_rows``)."""
    with connection.cursor() as cursor:
        cursor.execute(MODE, [table, SMALL_PAGES * 8192])
