"""Writing down when keys were last used: a task's work, so that no request has to."""

from django.db import connection, transaction

from organizations import scoping
from organizations.requests import limits


def note_last_use() -> int:
    """Copy the last uses from Redis to the keys' rows, one organization at a time; how many keys were noted.

    Safe to run twice: a row only ever moves forward.
    """
    noted = 0
    for organization_id, uses in limits.last_uses().items():
        with scoping.acting_in(organization_id), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                """
                update organizations_apikey k set last_used_at = u.used
                  from unnest(%s::bigint[], %s::timestamptz[]) u (id, used)
                 where k.organization_id = %s and k.id = u.id and (k.last_used_at is null or k.last_used_at < u.used)
                """,
                [list(uses), list(uses.values()), organization_id],
            )
            noted += cursor.rowcount
    return noted
