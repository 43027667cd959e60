"""A run of matching: the open lines of an account against its open entries and open documents.

The sure ones are accepted, the rest suggested. A line that pays a document is booked as its payment.

The whole run is one database transaction: a worker that dies leaves nothing behind, and the run is made again.
What was computed is only carried out on lines and entries that are still open once they are locked.
"""

from dataclasses import dataclass

import msgspec
from django.db import connection, transaction

from ledger.accounts.models import Account
from ledger.journal.saved import new_ids
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.errors import Refusal
from organizations.jobs.progress import Progress
from organizations.money import exact
from organizations.tenants.models import Organization
from reconciliation.matching.accepting import accept_held
from reconciliation.matching.documents import book_sure, proposed_payments
from reconciliation.matching.fees import Fee, account_for_fees, book_fees
from reconciliation.matching.holding import OPEN, drop_suggestions, held_lines
from reconciliation.matching.models import Match, MatchedEntry
from reconciliation.matching.open_items import as_bank_line, open_entries_of, open_lines_of
from reconciliation.matching.remembering import history_of
from reconciliation.matching.ruled_lines import RuledLines
from reconciliation.scoring.payments import PaymentProposal
from reconciliation.scoring.proposing import Terms, propose
from reconciliation.scoring.shapes import Proposal
from reconciliation.scoring.weights import SCORING_VERSION
from reconciliation.statements.large_writes import plan_anew_while_small
from reconciliation.statements.models import StatementLine

#: What is written of a suggestion; all of them are new, and nobody's but the run's.
SAVED = ("id", "origin", "line_ids", "entry_ids", "document_ids", "fee", "score", "margin", "features", "runner_up",
         "reason", "scoring_version", "transaction_id")  # fmt: skip
SAVE = """
    insert into reconciliation_match (
        id, organization_id, account_id, status, origin, line_ids, entry_ids, document_ids, fee, score, margin,
        features, runner_up, reason, scoring_version, transaction_id, metadata)
    select n.id, %s, %s, 'suggested', n.origin, n.line_ids, n.entry_ids, n.document_ids, n.fee, n.score, n.margin,
           n.features, n.runner_up, n.reason, n.scoring_version, n.transaction_id, '{}'
      from json_to_recordset(%s::json) as n (
           id bigint, origin text, line_ids bigint[], entry_ids bigint[], document_ids text[], fee numeric, score int,
           margin int, features jsonb, runner_up jsonb, reason text, scoring_version int, transaction_id bigint)
"""
SUGGEST = """
    update reconciliation_statementline l set status = 'suggested', match_id = n.match_id
      from unnest(%s::bigint[], %s::bigint[]) as n (line_id, match_id)
     where l.organization_id = %s and l.id = n.line_id
"""
#: What a run spends its time on, for the progress: reading, weighing, writing, rules.
STEPS = 4
AT_ONCE = 1_000


@dataclass(slots=True)
class Outcome:
    """What a run did: lines in accepted matches, lines with a suggestion, lines booked by rules, lines left open."""

    accepted: int = 0
    suggested: int = 0
    booked: int = 0
    open: int = 0


@transaction.atomic
def propose_matches(
    *, actor: Actor, organization: Organization, account: Account, progress: Progress | None = None
) -> Outcome:
    """Match what is sure, suggest what is likely, and let bank rules book the rest of an account's open lines."""
    progress = progress or Progress()
    plan_anew_while_small("reconciliation_match")
    with connection.cursor() as cursor:  # one run at a time; people go on matching by hand meanwhile
        keys = [f"matching {organization.pk} {account.pk}"]
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", keys)
    progress.start(STEPS)
    lines = open_lines_of(account)
    if not lines:
        progress.advance(STEPS)
        return Outcome()
    rules = RuledLines(organization, lines)
    progress.advance()
    proposals = _computed(organization, account, lines, rules)
    progress.advance()
    numbers = [line.pk for line in lines]
    del lines  # read again, now that nobody can change them
    held = [line for line in held_lines(organization, numbers) if line.status in OPEN]
    drop_suggestions(organization, held)
    for line in held:
        line.status, line.match_id = "unmatched", None
    outcome = _carry_out(actor, organization, account, _still_possible(organization, proposals, held), held)
    progress.advance()
    free = [line for line in held if line.status == "unmatched"]
    outcome.booked, ruled = rules.carry_out(actor, free)
    outcome.suggested += ruled
    outcome.open = len(free) - outcome.booked - ruled
    progress.advance()
    return outcome


@dataclass(frozen=True, slots=True)
class Computed:
    """What lines could be: entries of the books, or the payment of documents (their public ids). No line is in two."""

    entries: list[Proposal]
    payments: list[tuple[PaymentProposal, list[str]]]


def _computed(organization: Organization, account: Account, lines: list[StatementLine], rules: RuledLines) -> Computed:
    """What the lines could be. All that was read for it is forgotten when this returns."""
    days = [line.date for line in lines]
    history, terms = history_of(organization, account), Terms(decimals=decimals_of(account.currency_id))
    entries = propose(
        map(as_bank_line, lines),
        open_entries_of(account, min(days), max(days)),
        history=history,
        rules=rules.contacts,
        terms=terms,
    )
    sure = {number for each in entries if each.accepted for number in each.line_ids}
    left = [line for line in lines if line.pk not in sure]
    payments = proposed_payments(organization, account, left, history, terms)
    best = {payment.line_id: payment.score for payment, _ in payments}
    kept = [each for each in entries if each.accepted or each.score >= max(best.get(n, 0) for n in each.line_ids)]
    taken = {number for each in kept for number in each.line_ids}
    return Computed(kept, [each for each in payments if each[0].line_id not in taken])


def _still_possible(organization: Organization, found: Computed, held: list[StatementLine]) -> Computed:
    """Those whose lines and entries are still free, and that nobody has turned down."""
    free = {line.pk for line in held}
    wanted = {number for proposal in found.entries for number in proposal.entry_ids}
    taken = set(MatchedEntry.objects.of(organization).filter(entry_id__in=wanted).values_list("entry_id", flat=True))
    rows = Match.objects.of(organization).filter(status="undone", line_ids__overlap=list(free))
    turned_down = {
        (tuple(lines), tuple(documents or entries))
        for lines, entries, documents in rows.values_list("line_ids", "entry_ids", "document_ids")
    }
    entries = [
        proposal
        for proposal in found.entries
        if free.issuperset(proposal.line_ids)
        and taken.isdisjoint(proposal.entry_ids)
        and (proposal.line_ids, proposal.entry_ids) not in turned_down
    ]
    payments = [
        (payment, names)
        for payment, names in found.payments
        if payment.line_id in free and ((payment.line_id,), tuple(names)) not in turned_down
    ]
    return Computed(entries, payments)


def _carry_out(
    actor: Actor, organization: Organization, account: Account, found: Computed, held: list[StatementLine]
) -> Outcome:
    """Save all as suggestions, then accept the sure ones.

    What the bank kept is posted where an account is for it; payments are booked.
    """
    lines = {line.pk: line for line in held}
    _, numbers = new_ids(len(found.entries) + len(found.payments))
    ids_of_entries, ids_of_payments = numbers[: len(found.entries)], numbers[len(found.entries) :]
    matches = [_match(*each, organization, account) for each in zip(ids_of_entries, found.entries, strict=True)]
    sure = [match for match, proposal in zip(matches, found.entries, strict=True) if proposal.accepted]
    paid = _post_fees(actor, organization, account, [match for match in sure if match.fee], lines)
    sure = [match for match in sure if not match.fee or paid]
    payments = [
        _payment(number, *each, organization, account)
        for number, each in zip(ids_of_payments, found.payments, strict=True)
    ]
    _save(organization, account, [*matches, *payments])
    pairs = []
    for match in (*matches, *payments):
        for number in match.line_ids:
            lines[number].status, lines[number].match_id = "suggested", match.pk
            pairs.append((number, match.pk))
    with connection.cursor() as cursor:
        cursor.execute(SUGGEST, [[pair[0] for pair in pairs], [pair[1] for pair in pairs], organization.pk])
    for start in range(0, len(sure), AT_ONCE):
        accept_held(actor=actor, organization=organization, matches=sure[start : start + AT_ONCE], lines=held)
    booked = [match for match, (each, _) in zip(payments, found.payments, strict=True) if each.accepted]
    refused = book_sure(actor=actor, organization=organization, matches=booked)
    accepted = sum(len(match.line_ids) for match in sure) + len(booked) - len(refused)
    return Outcome(accepted=accepted, suggested=len(pairs) - accepted)


def _save(organization: Organization, account: Account, matches: list[Match]) -> None:
    """Write suggestions, set by set: the ORM took as long as the matching itself."""
    for start in range(0, len(matches), AT_ONCE):
        rows = [{name: getattr(match, name) for name in SAVED} for match in matches[start : start + AT_ONCE]]
        with connection.cursor() as cursor:
            cursor.execute(SAVE, [organization.pk, account.pk, msgspec.json.encode(rows).decode()])


def _post_fees(
    actor: Actor,
    organization: Organization,
    account: Account,
    matches: list[Match],
    lines: dict[int, StatementLine],
) -> bool:
    """Complete matches with the fees that the bank kept; False where that is for a person to do."""
    takes = account_for_fees(organization, account)
    if not matches or takes is None:
        return False
    fees = [Fee([lines[number] for number in match.line_ids], match.fee) for match in matches]
    try:
        with transaction.atomic():
            booked = book_fees(actor=actor, organization=organization, account=account, fees=fees, account_id=takes.pk)
    except Refusal:  # closed books, a lock: suggested then, and a person sees the reason when accepting
        return False
    for match, fee in zip(matches, booked, strict=True):
        match.entry_ids.append(fee.entry_id)
        match.transaction_id = fee.transaction_id
    return True


def _match(number: int, proposal: Proposal, organization: Organization, account: Account) -> Match:
    runner_up = proposal.runner_up
    return Match(
        pk=number,
        organization=organization,
        account=account,
        origin="automatic",
        line_ids=list(proposal.line_ids),
        entry_ids=list(proposal.entry_ids),
        fee=exact(proposal.fee, decimals_of(account.currency_id)),
        score=proposal.score,
        margin=proposal.margin,
        features=proposal.features,
        runner_up=runner_up and {"score": runner_up.score, "entry_ids": list(runner_up.entry_ids)},
        reason=proposal.reason,
        scoring_version=SCORING_VERSION,
    )


def _payment(
    number: int, proposal: PaymentProposal, names: list[str], organization: Organization, account: Account
) -> Match:
    return Match(
        pk=number,
        organization=organization,
        account=account,
        origin="document",
        line_ids=[proposal.line_id],
        entry_ids=[],
        document_ids=names,
        score=proposal.score,
        margin=proposal.margin,
        features=proposal.features,
        reason=proposal.reason,
        scoring_version=SCORING_VERSION,
    )
