"""Examining the books: every rule is asked, and what it came to is kept.

Each rule runs in a database transaction of its own (or a savepoint), with a limit on its time: books
of any size can be examined while they are at work. A rule that did not end in time is ``unknown``.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import OperationalError, connection, transaction

from ledger.accounts.models import Account
from ledger.accounts.placing import hold_chart, renumber, wrong_places
from ledger.health.models import Examination
from ledger.health.rules import JOURNAL, RECORDS, TOTALS_AND_CHART, Rule
from ledger.health.trade_rules import TRADE
from ledger.health.walls import WALLS
from organizations import clock, scoping
from organizations.actors import Actor
from organizations.events.recording import event, record
from organizations.jobs.progress import Progress
from organizations.wire.database_rules import TOO_SLOW, reported_by

EXAMINED = event("ledger.examined")
BROKEN = event("ledger.invariant_broken")

#: Of the rows alone, whoever asks.
BOOKS = (*JOURNAL, *TOTALS_AND_CHART, *RECORDS, *TRADE)
RULES = (*BOOKS, *WALLS)
TREE = Rule(
    "tree_places",
    "Every account stands in the tree where its parent says.",
    "manage.py doctor --repair numbers the tree anew.",
    "",
    "",
)
#: For each rule, of an examination that nobody waits for.
PATIENCE_MS = 10 * 60 * 1000
#: How many examinations of an organization are kept.
KEPT = 60


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule came to; ``checked`` is None where it did not end in time."""

    name: str
    meaning: str
    status: str
    checked: int | None
    broken: int
    first_offender: str | None
    hint: str


def examine(
    organization_id: int,
    *,
    rules: Sequence[Rule] | None = None,
    budget_ms: int | None = None,
    progress: Progress | None = None,
) -> list[Finding]:
    """Ask every rule of one organization's books. ``budget_ms`` is for all rules together; without it each has time."""
    rules = RULES if rules is None else rules
    began = clock.now()
    findings = []
    if progress:
        progress.start(len(rules) + 1)
    for rule in (*rules, TREE):
        spent = _milliseconds(began)
        left = PATIENCE_MS if budget_ms is None else budget_ms - spent
        findings.append(_unknown(rule) if left <= 0 else _ask(rule, organization_id, left))
        if progress:
            progress.advance()
    return findings


def examine_and_keep(
    *, actor: Actor, organization_id: int, occasion: str, progress: Progress | None = None
) -> Examination:
    """Examine the books, keep what came of it, and record one event that says whether a rule is broken."""
    began = clock.now()
    findings = examine(organization_id, progress=progress)
    with scoping.acting_in(organization_id):
        kept = Examination(
            organization_id=organization_id,
            status=status_of(findings),
            occasion=occasion,
            duration_ms=_milliseconds(began),
            rules=len(findings),
            broken=sum(finding.status == "broken" for finding in findings),
            findings=[dataclasses.asdict(finding) for finding in findings],
        )
        kept.save()
        kept.refresh_from_db()
        _forget_old(organization_id)
        record(
            BROKEN if kept.broken else EXAMINED,
            actor=actor,
            organization_id=organization_id,
            entity_id=kept.public_id,
            after={
                "object": "ledger_examination",
                "id": kept.public_id,
                "status": kept.status,
                "occasion": occasion,
                "rules": kept.rules,
                "broken": [each for each in kept.findings if each["status"] == "broken"],
            },
        )
    return kept


def latest(organization_id: int) -> Examination | None:
    """The last examination that was kept."""
    return Examination.objects.of(organization_id).order_by("-pk").first()


def status_of(findings: list[Finding]) -> str:
    """``broken`` if a rule is, else ``unknown`` if a rule did not end in time, else ``healthy``."""
    found = {finding.status for finding in findings}
    return next((status for status in ("broken", "unknown") if status in found), "healthy")


def _milliseconds(since) -> int:
    return int((clock.now() - since).total_seconds() * 1000)


def _forget_old(organization_id: int) -> None:
    rows = Examination.objects.of(organization_id)
    kept = list(rows.order_by("-pk").values_list("pk", flat=True)[:KEPT])
    if len(kept) == KEPT:
        rows.filter(pk__lt=kept[-1])._raw_delete(using="default")


def _ask(rule: Rule, organization_id: int, milliseconds: int) -> Finding:
    try:
        with scoping.acting_in(organization_id), connection.cursor() as cursor:
            cursor.execute("select current_setting('statement_timeout')")
            before = cursor.fetchone()[0]
            cursor.execute("select set_config('statement_timeout', %s, true)", [f"{milliseconds}ms"])
            if rule is TREE:
                checked, broken, first = _tree(organization_id)
            else:
                checked, broken, first = _rows(cursor, rule, organization_id)
            cursor.execute("select set_config('statement_timeout', %s, true)", [before])
    except OperationalError as problem:
        report = reported_by(problem)
        if report is None or report.sqlstate != TOO_SLOW:
            raise
        return _unknown(rule)
    return Finding(rule.name, rule.meaning, "broken" if broken else "healthy", checked, broken, first, rule.hint)


def _rows(cursor, rule: Rule, organization_id: int) -> tuple[int, int, str | None]:
    if rule.everywhere:
        scoping.bind(superuser="on")
    cursor.execute(rule.counted, {"org": organization_id})
    (checked,) = cursor.fetchone()
    cursor.execute(f"select count(*), min(offender) from ({rule.offenders}) o (offender)", {"org": organization_id})
    return checked, *cursor.fetchone()


def _tree(organization_id: int) -> tuple[int, int, str | None]:
    wrong = wrong_places(organization_id)
    rows = Account.objects.of(organization_id)
    first = rows.filter(pk__in=list(wrong)).order_by("code").values_list("code", flat=True).first() if wrong else None
    return rows.count(), len(wrong), first


def _unknown(rule: Rule) -> Finding:
    return Finding(rule.name, rule.meaning, "unknown", None, 0, None, "It did not end in time; examine it by a job.")


@transaction.atomic
def repair_tree(organization_id: int) -> int:
    """Number an organization's tree anew from the parents; how many accounts stood elsewhere."""
    hold_chart(organization_id)
    return renumber(organization_id)
