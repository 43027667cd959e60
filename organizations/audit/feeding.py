"""The change feed: every event once, in an order that nothing can slip into.

A number (``seq``) is given before its transaction commits, so who asks for "all above the last number" may miss one
that commits late. The feed goes by database transactions instead, and only as far as all of them have ended.
"""

from django.db import connection

from organizations.errors import Invalid
from organizations.events.models import Event

BEGINNING = 0
PLACE = "select recorded_xid::text from organizations_event where organization_id = %s and seq = %s"
NEXT = """
    select id from organizations_event
     where organization_id = %(organization)s and recorded_xid >= %(xid)s::xid8
       and (recorded_xid > %(xid)s::xid8 or seq > %(after)s)
       and recorded_xid < pg_snapshot_xmin(pg_current_snapshot())
     order by recorded_xid, seq limit %(limit)s
"""


def settled_after(organization_id: int, after: int, limit: int) -> list[Event]:
    """Events after the one with this ``seq``, the oldest first. Raises Invalid where there is no such event."""
    with connection.cursor() as cursor:
        xid = "0"
        if after != BEGINNING:
            cursor.execute(PLACE, [organization_id, after])
            found = cursor.fetchone()
            if found is None:
                raise Invalid(fields={"after": "The seq of an event of this organization, or 0 for the beginning."})
            (xid,) = found
        cursor.execute(NEXT, {"organization": organization_id, "xid": xid, "after": after, "limit": limit})
        numbers = [number for (number,) in cursor.fetchall()]
    rows = Event.objects.of(organization_id).in_bulk(numbers)
    return [rows[number] for number in numbers]
