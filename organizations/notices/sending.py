"""Writing to members about what happened: as it happens, or once a day.

A letter and how far its reader was told are committed together: nobody is told twice, and a worker's death loses
nothing. Only what is settled is told, so no event that commits late is left out.
"""

import datetime
from collections.abc import Iterator, Sequence
from itertools import groupby
from zoneinfo import ZoneInfo

import structlog
from django.db import connection, transaction
from django.db.models import BigIntegerField, BooleanField
from django.db.models.expressions import RawSQL

from organizations import clock, scoping
from organizations.actors import system
from organizations.errors import Invalid
from organizations.events.models import Event
from organizations.letters.posting import post_letter
from organizations.notices.kinds import ABOUT, KINDS, kind_of
from organizations.notices.models import NoticeSettings
from organizations.tenants.models import Organization

log = structlog.get_logger(__name__)

#: The hour in the organization from which its daily letters are written.
DIGEST_HOUR = 7
#: So many lines at most are in a letter; the rest is counted.
MOST_LINES = 100
LONGEST_LINE = 300
TOGETHER = 500  # organizations asked about in one query
#: Where nothing was to be told, how far that is true is written down once in so many database transactions.
REMEMBERED = 100_000

WANTING = """
    select distinct organization_id from organizations_noticesettings
     where organization_id = any (%s) and delivery <> 'off' order by 1
"""
OWNED = "select id from organizations_organization where owner_ids @> array[%s::bigint] and status = 'active'"


def wanting(organization_ids: Sequence[int]) -> list[int]:
    """Those organizations that have a member who is to be told something."""
    found = []
    for start in range(0, len(organization_ids), TOGETHER):
        some = list(organization_ids[start : start + TOGETHER])
        with scoping.reading(some), connection.cursor() as cursor:
            cursor.execute(WANTING, [some])
            found += [number for (number,) in cursor.fetchall()]
    return found


def send(organization_id: int) -> int:
    """Write the letters that are due to members of one organization; how many. Opens its own transaction."""
    with scoping.acting_in(organization_id), connection.cursor() as cursor:
        organization = Organization.objects.get(pk=organization_id)
        today = clock.today(organization.time_zone)
        is_time = clock.now().astimezone(ZoneInfo(organization.time_zone)).hour >= DIGEST_HOUR
        cursor.execute("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        (until,) = cursor.fetchone()
        rows = NoticeSettings.objects.of(organization_id).exclude(delivery="off").select_related("membership__user")
        written = 0
        for row in rows.order_by("pk").select_for_update(of=("self",), skip_locked=True):
            if row.delivery == "daily" and (not is_time or row.digest_on == today):
                continue
            written += _tell(organization, row, until, today)
        return written


def _tell(organization: Organization, row: NoticeSettings, until: int, today: datetime.date) -> bool:
    """Write one member's letter, if there is anything to tell, and note how far that went."""
    # In a cluster that a dump was loaded into, numbers begin anew: what came before is not told again.
    after = min(row.through_xid, until)
    user = row.membership.user
    lines = list(_lines(organization, row, after, until)) if user.is_active and after < until else []
    changes = {"digest_on": today} if row.delivery == "daily" else {}
    if lines or not 0 <= until - row.through_xid < REMEMBERED or changes:
        changes |= {"through_xid": until, "since": {}}
    if changes:
        NoticeSettings.objects.of(organization.pk).filter(pk=row.pk).update(**changes)
    if not lines:
        return False
    try:
        with transaction.atomic():
            _write(organization, row, lines, today)
    except Invalid as problem:  # an address that no letter can have: the others are told all the same
        log.warning("notice not written", user=user.pk, fields=problem.details.get("fields"))
        return False
    return True


def _lines(organization: Organization, row: NoticeSettings, after: int, until: int) -> Iterator[tuple[int, str, str]]:
    """(organization, kind, sentence) of what is to be told, in that order and then as it happened."""
    wanted = [event for name in row.kinds if name in KINDS for event in KINDS[name].events]
    where = [organization.pk, *(_owned(organization.pk) if row.includes_owned else [])]
    starts = {name: min(number, until) for name, number in row.since.items()}
    found = []
    with scoping.reading(where):
        settled = RawSQL(
            "recorded_xid >= %s::text::xid8 and recorded_xid < %s::text::xid8",
            [f"{after}", f"{until}"],
            output_field=BooleanField(),
        )
        events = Event.objects.filter(settled, organization_id__in=where, event_type__in=wanted)
        events = events.annotate(xid=RawSQL("recorded_xid::text::bigint", [], output_field=BigIntegerField()))
        for each in events.order_by("seq").iterator(chunk_size=500):
            kind = kind_of(each.event_type)
            chosen_by = [kind.name] if each.organization_id == organization.pk else [kind.name, "includes_owned"]
            if each.xid < max(starts.get(name, 0) for name in chosen_by):
                continue  # it happened before it was chosen
            said = kind.line(each.after_state or {})
            if said is not None:
                moment = each.timestamp.astimezone(ZoneInfo(organization.time_zone))
                line = f"{moment:%Y-%m-%d %H:%M}  {' '.join(said.split())[:LONGEST_LINE]}  ({each.entity_id})"
                found.append((each.organization_id, kind.name, line))
    places = {number: place for place, number in enumerate(where)}
    order = {name: place for place, name in enumerate(KINDS)}
    yield from sorted(found, key=lambda line: (places[line[0]], order[line[1]]))


def _owned(organization_id: int) -> list[int]:
    """The active organizations beneath this one whose books it owns."""
    before = scoping.current()["app.superuser"]
    with connection.cursor() as cursor:
        scoping.bind(superuser="on")
        cursor.execute(OWNED, [organization_id])
        found = [number for (number,) in cursor.fetchall() if number != organization_id]
        scoping.bind(superuser=before)
    return sorted(found)


def _write(organization: Organization, row: NoticeSettings, lines: list[tuple], today: datetime.date) -> None:
    count = len(lines)
    with scoping.reading({number for number, _, _ in lines}):
        names = dict(Organization.objects.filter(pk__in={number for number, _, _ in lines}).values_list("pk", "name"))
    first = KINDS[lines[0][1]].title
    subject = f"{organization.name}: {first}" if count == 1 else f"{organization.name}: {count} things to know"
    if row.delivery == "daily":
        subject = f"{organization.name}, {today}: {'1 thing' if count == 1 else f'{count} things'} to know"
    post_letter(
        actor=system("send_notices"),
        organization=organization,
        to=[row.membership.user.email],
        subject=subject[:250],
        body=_body(lines[:MOST_LINES], names, count),
        about_kind=ABOUT,
        about_id=row.membership.public_id,
    )


def _body(lines: list[tuple], names: dict[int, str], count: int) -> str:
    said = []
    for number, of_one in groupby(lines, key=lambda line: line[0]):
        said += [names[number], ""]
        for kind, of_kind in groupby(of_one, key=lambda line: line[1]):
            said += [f"{KINDS[kind].title}:", *(f"- {line}" for _, _, line in of_kind), ""]
    if count > len(lines):
        said += [f"… and {count - len(lines):,} more, which stand under Events.", ""]
    return "\n".join([*said, "What you are written to about is set under My notifications in the back office."])
