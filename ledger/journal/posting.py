"""The only door to the books: entries come to exist here and nowhere else.

One or thousands of transactions are written by one call of a database function, which
inserts headers, entries and events set by set and ends with ``SET CONSTRAINTS ALL
IMMEDIATE``, so that what the database refuses is refused here and not at the commit. The
database checks all of it again by itself (migrations/sql/0001_journal.sql, the header and
reversals in 0003_reversals.sql).
"""

import contextlib
import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import msgspec
from django.db import DatabaseError, connection, transaction

from ledger.errors import TransactionAlreadyPosted
from ledger.journal.answers import (
    amount_warnings,
    draft_entry_answer,
    draft_warnings,
    entry_answer,
    transaction_answer,
    transaction_answers,
)
from ledger.journal.delivering import PART, AtOnce, Courier, Statement, parts
from ledger.journal.drafts import Draft, stored_lines
from ledger.journal.holding import holding
from ledger.journal.models import Transaction
from ledger.journal.rating import rates_for
from ledger.journal.remainders import Undoing
from ledger.journal.rows import NewEntry, NewTransaction
from ledger.journal.saved import accounts_of, draft_of, new_ids, opening_reads
from ledger.journal.sources import sources_of
from ledger.journal.weighing import Weighed, obstacles, weigh
from ledger.locks.barriers import barriers, refuse_locked
from organizations import clock
from organizations.actors import Actor
from organizations.errors import NotFound, Refusal
from organizations.events import recording
from organizations.tenants.models import Organization
from organizations.wire.rendering import dumps, encode
from organizations.wire.unknown_fields import with_warnings

CREATED = recording.event("transaction.created")
POSTED = recording.event("transaction.posted")
FAILED = recording.event("transaction.failed")
REVERSED = recording.event("transaction.reversed")

#: What ``ledger_write_rows`` reads of a saved draft that turns posted (migrations/sql/0003_reversals.sql).
TURNED = ("id", "entry_count", "amount", "total_debits", "total_credits", "reversal_scope")

#: What a caller wants to send in the same round trip, given the answer to the first transaction.
Along = Callable[[dict], list[Statement]]


@dataclass(slots=True)
class Plan:
    """One transaction on its way into the books.

    ``saved`` is the pending transaction that becomes posted, None for a new one. A plan
    that is not to be ``posted`` saves a draft; with a ``failure``, one that failed to post.
    ``original`` is what it adjusts, or with a ``scope`` (full or partial) reverses. ``source`` is
    the kind and the key of what it is posted for (a document, a payment …), if for anything;
    ``number`` is the transaction's key, once it has one.
    """

    weighed: Weighed
    posted: bool
    saved: Transaction | None = None
    before: dict | None = None
    original: Transaction | None = None
    scope: str | None = None
    reversal_reason: str = ""
    failure: Refusal | None = None
    source: tuple[str, int] | None = None
    number: int | None = None
    entries: list[NewEntry] = field(default_factory=list)
    transaction: Transaction | NewTransaction | None = None
    answer: dict | msgspec.Raw | None = None
    written: msgspec.Raw | None = None


def create_transaction(
    *,
    actor: Actor,
    organization: Organization,
    draft: Draft,
    auto_post: bool = False,
    along: Along | None = None,
) -> Plan:
    """Save a transaction as a draft, or post it at once.

    Raises what ``weigh`` raises, and with ``auto_post`` the first of ``obstacles``.
    """
    what = {"actor": actor, "organization": organization, "drafts": [draft], "auto_post": auto_post}
    return create_transactions(**what, along=along)[0]


def create_transactions(
    *,
    actor: Actor,
    organization: Organization,
    drafts: Sequence[Draft],
    auto_post: bool,
    along: Along | None = None,
) -> list[Plan]:
    """Save or post many transactions, all or none, in two round trips: one reads, one writes."""
    needed = sum(1 + (len(draft.lines) if auto_post else 0) for draft in drafts)
    accounts, now, numbers = opening_reads(organization, drafts, needed)
    today = clock.today(organization.time_zone)
    rates = rates_for(organization, drafts, accounts, today)
    plans = [Plan(weigh(draft, accounts, organization, today, rates=rates), auto_post) for draft in drafts]
    if auto_post:
        for plan in plans:
            refuse_obstacles(plan, organization)
    give_ids(organization, plans, now, iter(numbers))
    _send(actor, organization, plans, along)
    return plans


@transaction.atomic
def post_transaction(*, actor: Actor, organization: Organization, transaction_id: int) -> Plan:
    """Post a pending or failed transaction.

    Raises TransactionAlreadyPosted, for a reversal what ``Undoing`` raises, and the first of ``obstacles``.
    """
    saved = locked(organization, transaction_id)
    if saved.status == "posted":
        raise TransactionAlreadyPosted()
    before = transaction_answers([saved], organization)[0]
    if saved.reversal_scope:
        plan = plan_reversal(organization, saved, before)
    else:
        draft = draft_of(saved)
        accounts, date = accounts_of(organization, [draft]), saved.transaction_date
        rates = rates_for(organization, [draft], accounts, date)
        weighed = weigh(draft, accounts, organization, date, rates=rates)
        plan = Plan(weighed, True, saved=saved, before=before, original=saved.original)
    refuse_obstacles(plan, organization)
    write(actor=actor, organization=organization, plans=[plan])
    return plan


def plan_reversal(organization: Organization, saved: Transaction, before: dict) -> Plan:
    """A saved reversal, weighed against what is left now. Raises what ``Undoing`` raises."""
    original = locked(organization, saved.original_id)
    undoing = Undoing.of(organization, original)
    undoing.take_kept(draft_of(saved).lines)
    weighed = undoing.weighed(saved.transaction_date)
    return Plan(weighed, True, saved=saved, before=before, original=original, scope=undoing.scope)


def locked(organization: Organization, transaction_id: int) -> Transaction:
    """A transaction of the organization, locked against other writers until the end.

    Raises NotFound, also where someone deleted it while we waited.
    """
    rows = Transaction.objects.of(organization).select_for_update(of=("self",))
    found = rows.filter(pk=transaction_id).first()
    if found is None:
        raise NotFound()
    return found


def refuse_obstacles(plan: Plan, organization: Organization, *, settling: bool = False) -> None:
    """Raise the first thing that stands in the way of posting."""
    free = plan.scope is not None or plan.source is not None  # the rule of its type is that of what it came from
    for refusal in obstacles(plan.weighed, organization, reversing=free, settling=settling):
        raise refusal


def write(*, actor: Actor, organization: Organization, plans: list[Plan]) -> None:
    """Write plans that were found fit: two round trips, however many they are, and a few more where they reverse.

    What a posted reversal undoes has an event of its own, so that its trail says so too.
    """
    reversed_by_these = {plan.original.pk: plan.original for plan in plans if plan.posted and plan.scope is not None}
    originals = list(reversed_by_these.values())
    before = transaction_answers(originals, organization)
    now, numbers = new_ids(sum(1 + (len(plan.weighed.lines) if plan.posted else 0) for plan in plans))
    if len(plans) <= PART:
        give_ids(organization, plans, now, iter(numbers))
        _send(actor, organization, plans)
    else:
        _deliver(actor, organization, plans, now, iter(numbers))
    if originals:
        after = transaction_answers(originals, organization)
        facts = [(REVERSED, now["id"], was, now) for was, now in zip(before, after, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(*recording.statement(actor=actor, organization_id=organization.pk, facts=facts))


def _send(actor: Actor, organization: Organization, plans: list[Plan], along: Along | None = None) -> None:
    """Headers, entries and events in one round trip, within a savepoint: all or none, whoever catches a refusal."""
    statements = [
        ("savepoint journal", []),
        *_statements(actor, organization, plans),
        *(along(plans[0].answer) if along else ()),
        ("release savepoint journal", []),
    ]
    try:
        AtOnce().send(statements)
    except DatabaseError:
        with contextlib.suppress(DatabaseError), connection.cursor() as cursor:  # the connection itself may be gone
            cursor.execute("rollback to savepoint journal")
        raise


@transaction.atomic
def _deliver(
    actor: Actor, organization: Organization, plans: list[Plan], now: datetime.datetime, numbers: Iterator[int]
) -> None:
    """The same, part by part."""
    with Courier() as courier:
        for part in parts(plans):
            deliver_part(courier, actor, organization, part, now, numbers)


def deliver_part(
    courier: Courier | AtOnce,
    actor: Actor,
    organization: Organization,
    part: list[Plan],
    now: datetime.datetime,
    numbers: Iterator[int],
) -> None:
    """Put some plans into words and send them on their way; of each only the answer is kept."""
    give_ids(organization, part, now, numbers)
    courier.send(_statements(actor, organization, part))
    for plan in part:
        plan.entries, plan.transaction = [], None
        plan.answer = plan.written or plan.answer


def _statements(actor: Actor, organization: Organization, plans: list[Plan]) -> list[Statement]:
    dated = [(plan.weighed.draft.type, plan.weighed.date) for plan in plans if plan.posted]
    refuse_locked(organization, dated, actor=actor)
    describe(organization, plans)
    facts = [(_event_type(plan), plan.answer["id"], plan.before, _state(plan)) for plan in plans]
    for plan in plans:
        _warn(plan, organization)
    rows = [dumps(each).decode() for each in (*rows_of(plans), recording.who(actor), recording.described(facts))]
    before, after = holding(organization.pk, plans)
    return [
        *before,
        *sources_of(organization.pk, plans),
        ("select ledger_write_rows(%s, %s, %s, %s, %s, %s)", [organization.pk, *rows]),
        *after,
    ]


def _state(plan: Plan) -> dict | msgspec.Raw:
    """The answer as the event keeps it; where nothing is compared with it, written once for all who need it."""
    if plan.before is None:
        plan.written = msgspec.Raw(encode(plan.answer))  # of what the rows say, which are looked over
    return plan.written or plan.answer


def _warn(plan: Plan, organization: Organization) -> None:
    """What of the request nobody read, or contradicts itself, is the answer's to say, not the event's."""
    found = [] if plan.source else amount_warnings(plan.weighed, organization.base_currency_id)
    found += plan.weighed.draft.unknown
    if found:
        plan.answer = with_warnings(plan.answer, found)
        plan.written = plan.written and msgspec.Raw(dumps(plan.answer))


def rows_of(plans: list[Plan]) -> tuple[list, list, list]:
    """The rows that ``ledger_write_rows`` reads: of new headers, of drafts that turn posted, and of entries."""
    turned = [plan.transaction for plan in plans if plan.saved is not None]
    return (
        [plan.transaction for plan in plans if plan.saved is None],
        [{name: getattr(transaction, name) for name in TURNED} for transaction in turned],
        [entry for plan in plans for entry in plan.entries],
    )


def _event_type(plan: Plan) -> str:
    if plan.failure is not None:
        return FAILED
    return POSTED if plan.posted else CREATED


def give_ids(organization: Organization, plans: list[Plan], now: datetime.datetime, numbers: Iterator[int]) -> None:
    """Ids and the instant of posting come from the database, before the rows: the events show both."""
    for plan in plans:
        plan.transaction = _header(organization, plan, next(numbers), now)
        plan.number = plan.transaction.pk
        if plan.posted:
            plan.entries = _entries(plan, numbers)


def _header(
    organization: Organization, plan: Plan, number: int, now: datetime.datetime
) -> Transaction | NewTransaction:
    weighed, draft = plan.weighed, plan.weighed.draft
    header = plan.saved or NewTransaction(
        id=number,
        organization_id=organization.pk,
        type=draft.type,
        transaction_date=weighed.date,
        description=draft.description,
        reference_number=draft.reference_number,
        external_id=draft.external_id,
        currency_id=weighed.currency,
        account_id=draft.account_id or (draft.lines[0].account_id if draft.lines else None),
        contact_id=draft.contact_id,
        category_id=draft.category_id,
        original_id=plan.original.pk if plan.original else None,
        reversal_reason=plan.reversal_reason,
        metadata=draft.metadata,
        created_at=now,
    )
    header.version += 1
    header.reversal_scope = plan.scope
    header.updated_at = now
    header.amount, header.total_debits, header.total_credits = (
        weighed.amount,
        weighed.total_debits,
        weighed.total_credits,
    )
    header.status = "posted" if plan.posted else "pending"
    header.lines = None if plan.posted else stored_lines(draft.lines)
    header.entry_count = len(weighed.lines)
    header.posting_date = now if plan.posted else None
    header.error_code, header.error_message = failure_texts(plan.failure)
    if plan.failure is not None:
        header.status = "failed"
    return header


def failure_texts(failure: Refusal | None) -> tuple[str | None, str | None]:
    """What a failed transaction keeps of the refusal: ``ACCOUNT_INACTIVE`` and a sentence."""
    if failure is None:
        return None, None
    return failure.code.upper(), failure.details.get("reason", failure.message)


def _entries(plan: Plan, numbers: Iterator[int]) -> list[NewEntry]:
    header = plan.transaction
    return [
        NewEntry(
            id=next(numbers),
            organization_id=header.organization_id,
            transaction_id=header.pk,
            line_no=place + 1,
            account_id=weighed.account.pk,
            transaction_date=header.transaction_date,
            entry_type=weighed.line.entry_type,
            currency_id=weighed.account.currency_id,
            amount=weighed.amount,
            base_amount=weighed.base_amount,
            currency_rate=weighed.rate,
            description=weighed.line.description,
            reference=weighed.line.reference,
            metadata=weighed.line.metadata or None,
            reverses_entry_id=weighed.line.reverses,
        )
        for place, weighed in enumerate(plan.weighed.lines)
    ]


def describe(organization: Organization, plans: list[Plan]) -> None:
    """What the answer and the event will say, from the rows about to be written."""
    base = organization.base_currency_id
    drafts = [(plan.weighed.draft.type, plan.weighed.date) for plan in plans if not plan.posted]
    locks = iter(barriers(organization, drafts))
    for plan in plans:
        if plan.posted:
            entries = [entry_answer(entry, base=base) for entry in plan.entries]
            warnings = []
        else:
            entries = [draft_entry_answer(line, plan.transaction, base) for line in plan.weighed.lines]
            reversing = plan.scope is not None
            warnings = draft_warnings(plan.weighed, organization, reversing=reversing, locked=next(locks))
        plan.answer = transaction_answer(plan.transaction, organization, entries=entries, warnings=warnings)
