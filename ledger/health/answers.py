"""The health of the books as the API shows it."""

import dataclasses
import datetime

from ledger.health.examining import RULES, TREE, Finding, status_of
from ledger.health.models import Examination
from organizations import clock, ids


def kept_answer(kept: Examination) -> dict:
    """An examination that was kept, with its age."""
    return _answer(
        kept.organization_id,
        status=kept.status,
        source="stored",
        checked_at=kept.created_at,
        duration_ms=kept.duration_ms,
        examination_id=kept.public_id,
        invariants=kept.findings,
    )


def live_answer(organization_id: int, findings: list[Finding], began: datetime.datetime) -> dict:
    """An examination that was just made for who asks."""
    return _answer(
        organization_id,
        status=status_of(findings),
        source="live",
        checked_at=began,
        duration_ms=int((clock.now() - began).total_seconds() * 1000),
        examination_id=None,
        invariants=[dataclasses.asdict(finding) for finding in findings],
    )


def no_answer(organization_id: int) -> dict:
    """Nobody has examined these books yet."""
    nothing = {"status": "unknown", "checked": None, "broken": 0, "first_offender": None}
    return _answer(
        organization_id,
        status="unknown",
        source="none",
        checked_at=None,
        duration_ms=None,
        examination_id=None,
        invariants=[
            {"name": rule.name, "meaning": rule.meaning, **nothing, "hint": "These books were not examined yet."}
            for rule in (*RULES, TREE)
        ],
    )


def _answer(organization_id: int, *, checked_at: datetime.datetime | None, **more) -> dict:
    age = None if checked_at is None else max(0, int((clock.now() - checked_at).total_seconds()))
    public = ids.encode("ORG", organization_id)
    return {"object": "ledger_health", "organization_id": public, "checked_at": checked_at, "age_seconds": age, **more}
