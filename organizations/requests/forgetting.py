"""Forgetting idempotency keys that are old enough."""

import datetime

from django.db import connection

from organizations import clock, scoping

#: The contract promises a day; a month covers a client that was down over a long weekend.
KEPT = datetime.timedelta(days=30)


def forget_old_claims() -> int:
    """Delete claims older than ``KEPT``, one organization at a time; how many went."""
    before = clock.now() - KEPT
    gone = 0
    with connection.cursor() as cursor:
        cursor.execute("delete from organizations_signupkey where created_at < %s", [before])
        gone += cursor.rowcount
    for organization_id in scoping.every_organization():
        with scoping.acting_in(organization_id), connection.cursor() as cursor:
            cursor.execute(
                "delete from organizations_idempotencykey where organization_id = %s and created_at < %s",
                [organization_id, before],
            )
            gone += cursor.rowcount
    return gone
