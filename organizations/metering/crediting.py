"""Credits of those who pay: given, bought, and spent for what was used.

What was used on a day is spent by a task, also for the organizations that somebody pays for. A day may be looked at
again and again: what was spent for it already is not spent twice, and what was counted late is spent then.
"""

import datetime
from collections import defaultdict
from functools import partial

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, Sum, Value, When

from organizations import clock, ids, scoping
from organizations.actors import Actor, system
from organizations.errors import Invalid
from organizations.events.recording import event, record
from organizations.metering.collecting import holding_the_spool, pending
from organizations.metering.models import CreditEntry
from organizations.metering.paying import paid_by, payers
from organizations.metering.reading import USED
from organizations.requests.credits import change, price_of
from organizations.tenants.models import Organization

GRANTED = event("credit_entry.granted")
SPENT = event("credit_entry.spent")
LOW = event("credit_entry.low")

KINDS = ("grant", "purchase", "spend", "expire", "adjust")
GIVEN = ("grant", "purchase", "adjust")
#: Days that are looked at again: what a machine that was away had counted comes late.
LOOKED_BACK = 7
#: Below this a letter goes to who wants it.
LOW_BELOW = 100
MOST = 10**12


def balance_of(organization_id: int) -> int:
    """The credits that are left; below zero where more was used than paid for."""
    return CreditEntry.objects.of(organization_id).aggregate(found=Sum("credits", default=0))["found"]


def entry_answer(entry: CreditEntry) -> dict:
    """An entry as the API shows it."""
    return {
        "object": "credit_entry",
        "id": ids.encode("CRE", entry.pk),
        "organization_id": ids.encode("ORG", entry.organization_id),
        "kind": entry.kind,
        "credits": entry.credits,
        "reference": entry.reference,
        "note": entry.note,
        "created_at": entry.created_at,
    }


@transaction.atomic
def give(
    *, actor: Actor, organization: Organization, credits: int, kind: str = "grant", reference: str, note: str = ""
) -> CreditEntry:
    """Grant credits, or note those that were bought; once for each reference. Raises Invalid."""
    if kind not in GIVEN or credits == 0 or abs(credits) > MOST or (credits < 0 and kind != "adjust"):
        raise Invalid(fields={"credits": "A number of credits to be given."})
    hold(organization.pk)
    found = CreditEntry.objects.of(organization).filter(reference=reference).first()
    if found is not None:
        return found
    entry = CreditEntry(organization=organization, kind=kind, credits=credits, reference=reference, note=note)
    entry.save(force_insert=True)
    entry.refresh_from_db()
    answer = entry_answer(entry)
    record(GRANTED, actor=actor, organization_id=organization.pk, entity_id=answer["id"], after=answer)
    transaction.on_commit(partial(change, organization.pk, credits))
    return entry


def begin_credits(actor: Actor, organization: Organization) -> None:
    """A test organization begins with mock credits."""
    if organization.mode == "test" and settings.CREDITS_OF_TEST_MODE:
        some = settings.CREDITS_OF_TEST_MODE
        give(actor=actor, organization=organization, credits=some, reference="mock", note="Mock credits of test mode.")


def spend_what_was_used() -> int:
    """Spend the last days' usage of everybody, up to yesterday (UTC); how many entries came of it."""
    members_of = payers()
    today = clock.now().date()
    days = [today - datetime.timedelta(days=number) for number in range(LOOKED_BACK, 0, -1)]
    return sum(_spend(payer, members, days) for payer, members in sorted(members_of.items()))


def _spend(payer: int, members: list[int], days: list[datetime.date]) -> int:
    with scoping.acting_in(payer, reach=members):
        used = _used(members, days)
        if not used:
            return 0
        hold(payer)
        return sum(_spend_day(payer, day, used[day]) for day in days if used.get(day))


def _used(members: list[int], days: list[datetime.date]) -> dict[datetime.date, int]:
    """What the days' usage costs, as far as it is in the database."""
    used: dict[datetime.date, int] = defaultdict(int)
    with connection.cursor() as cursor:
        cursor.execute(USED, [members, days[0], days[-1]])
        for _, day, _, operation, requests, _ in cursor.fetchall():
            used[day] += requests * price_of(operation)
    return used


def left_of(payer: int) -> int:
    """What is left with all that was used up to this moment, also what no task has spent yet or brought in."""
    today = clock.now().date()
    days = [today - datetime.timedelta(days=number) for number in range(LOOKED_BACK, -1, -1)]
    members = paid_by(payer)
    with holding_the_spool(), scoping.acting_in(payer, reach=members):
        used = _used(members, days)
        for number, day, operation, requests in pending():
            if number in members:
                used[day] += requests * price_of(operation)
        balance, spent = _standing(payer, days)
        return balance - sum(max(0, used[day] - spent[day]) for day in days if day in used)


def _standing(payer: int, days: list[datetime.date]) -> tuple[int, dict[datetime.date, int]]:
    """The balance by the books, and the credits that were spent for the days' usage so far."""
    late = When(kind="spend", reference__gte=f"usage:{days[0]}", then="reference")
    rows = CreditEntry.objects.of(payer).values_list(Case(late, default=Value(""))).annotate(Sum("credits")).order_by()
    balance, spent = 0, dict.fromkeys(days, 0)
    for reference, credits in rows:
        balance += credits
        day = datetime.date.fromisoformat(reference.split(":")[1]) if reference else None
        if day in spent:
            spent[day] -= credits
    return balance, spent


def hold(payer: int) -> None:
    """One at a time changes a payer's credits."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('organizations_creditentry', %s))", [payer])


def _spend_day(payer: int, day: datetime.date, whole: int) -> int:
    before, spent = _standing(payer, [day])
    left = whole - spent[day]
    if left <= 0:
        return 0
    entry = CreditEntry(organization_id=payer, kind="spend", credits=-left, reference=f"usage:{day}:{whole}")
    entry.save(force_insert=True)
    entry.refresh_from_db()
    answer = entry_answer(entry)
    who = {"actor": system("metering"), "organization_id": payer, "entity_id": answer["id"]}
    record(SPENT, **who, after=answer)
    if before >= LOW_BELOW > before - left:
        record(LOW, **who, after=answer | {"balance": before - left})
    return 1
