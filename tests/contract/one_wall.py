"""Row-level security as the only wall: no query narrows to an organization any more, neither the ORM's nor our SQL's.

Scoped querysets (`TenantQuerySet.of`) and hand-written statements alike end as a comparison with the organization that
Python names. Here each of these is made true for every row before it is sent.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

NARROWING = re.compile(
    r"""(?:"?\w+"?\.)?"?\borganization_id"?\s+(?:=\s+(?:%s|%\(\w+\)s)|(?:=\s*any|in)\s*\(%(?:\(\w+\))?s(?:,\s*%s)*\))""",
    re.IGNORECASE,
)


def widened(sql: str) -> str:
    """The statement without its first wall; what an UPDATE sets is no wall."""
    start = sql.upper().find("WHERE") if sql.lstrip()[:6].upper() == "UPDATE" else 0
    return sql[:start] + NARROWING.sub(r"(\g<0> or true)", sql[start:])


@contextmanager
def second_wall_alone() -> Iterator[list[str]]:
    """For a while, all statements of this thread are sent without their first wall; gives those that had one."""
    changed = []

    def widen(execute, sql, params, many, context):
        wide = widened(sql) if isinstance(sql, str) else sql
        if wide is not sql and wide != sql:
            changed.append(sql)
        return execute(wide, params, many, context)

    with connection.execute_wrapper(widen):
        yield changed
