"""What waits: records that are not sealed yet, checkpoints that are not pushed yet, and for how long."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from ledger.proof import orders
from ledger.proof.models import AnchorPush
from ledger.proof.sealing import SEALED, newest
from ledger.proof.verifying import verify
from organizations import clock, scoping

#: Organizations asked about in one query.
TOGETHER = 500

# Ordered and limited, so that the index of the order answers and not a look through all that is sealed.
UNSEALED = """
    select o.id from organizations_organization o
      left join lateral (
           select c.last_xid, c.last_kind, c.last_id, c.epoch_began_at from ledger_checkpoint c
            where c.organization_id = o.id order by c.seq desc limit 1) c on true
      left join lateral (
           select true as found from ledger_transaction t
            where t.organization_id = o.id and t.posted_xid is not null and t.status = 'posted'
              and (t.posted_xid, t.id) > (coalesce(c.last_xid, 0)::text::xid8,
                                          case c.last_kind when 1 then c.last_id else 9223372036854775807 end)
              and t.posting_date >= coalesce(c.epoch_began_at, '-infinity')
              and t.posted_xid < pg_snapshot_xmin(pg_current_snapshot())
            order by t.posted_xid, t.id limit 1) posting on true
      left join lateral (
           select true as found from organizations_event e
            where e.organization_id = o.id
              and (e.recorded_xid, e.id) > (coalesce(c.last_xid, 0)::text::xid8,
                                            case c.last_kind when 2 then c.last_id else -1 end)
              and e.timestamp >= coalesce(c.epoch_began_at, '-infinity')
              and e.recorded_xid < pg_snapshot_xmin(pg_current_snapshot()) and e.event_type <> %(own)s
            order by e.recorded_xid, e.id limit 1) event on true
     where o.id = any (%(organizations)s) and (posting.found or event.found)
     order by o.id
"""
OLDEST = """
    select min(moment) from (
        (select posting_date as moment from ledger_transaction
          where organization_id = %(organization)s and posted_xid is not null and status = 'posted'
            and (posted_xid, id) > (%(xid)s::text::xid8, %(transaction)s) and posting_date >= %(since)s
          order by posted_xid, id limit 1)
        union all
        (select timestamp from organizations_event
          where organization_id = %(organization)s and event_type <> %(own)s
            and (recorded_xid, id) > (%(xid)s::text::xid8, %(event)s) and timestamp >= %(since)s
          order by recorded_xid, id limit 1)) waiting
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Since when the oldest record waits to be sealed, and the oldest checkpoint to be pushed; None for nothing."""

    unsealed_since: datetime.datetime | None
    unpushed_since: datetime.datetime | None

    @property
    def unsealed_age(self) -> datetime.timedelta:
        return clock.now() - self.unsealed_since if self.unsealed_since else datetime.timedelta()


def waiting(organization_id: int) -> Waiting:
    """What waits in one organization."""
    head = newest(organization_id)
    xid, kind, number = orders.position(head) if head else orders.BEGINNING
    values = {
        "organization": organization_id,
        "own": SEALED,
        "xid": xid,
        "transaction": number if kind == 1 else orders.LAST_ID,
        "event": number if kind == 2 else orders.FIRST_ID,
        "since": head.epoch_began_at if head and head.epoch_began_at else "-infinity",
    }
    with connection.cursor() as cursor:
        cursor.execute(OLDEST, values)
        unsealed = cursor.fetchone()[0]
    pushes = AnchorPush.objects.of(organization_id).exclude(status="pushed").order_by("created_at")
    return Waiting(unsealed, pushes.values_list("created_at", flat=True).first())


def chain_is_intact(organization_id: int) -> bool:
    """Whether every checkpoint is as it was sealed; reads all that is sealed."""
    return verify(organization_id).is_intact


def unsealed(organization_ids: Sequence[int]) -> list[int]:
    """Those organizations that have something settled to seal, more than the trail of sealing itself."""
    return _ask(UNSEALED, organization_ids, own=SEALED)


def unpushed(organization_ids: Sequence[int]) -> list[int]:
    """Those organizations that have a push that is due."""
    query = """
        select distinct organization_id from ledger_anchorpush
         where organization_id = any (%(organizations)s) and status = 'pending' and next_attempt_at <= %(now)s
         order by 1
    """
    return _ask(query, organization_ids, now=clock.now())


def _ask(query: str, organization_ids: Sequence[int], **values) -> list[int]:
    found = []
    for start in range(0, len(organization_ids), TOGETHER):
        some = list(organization_ids[start : start + TOGETHER])
        with scoping.reading(some), connection.cursor() as cursor:
            cursor.execute(query, {"organizations": some, **values})
            found += [number for (number,) in cursor.fetchall()]
    return found
