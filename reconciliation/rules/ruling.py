"""Making, changing and deleting bank rules."""

from typing import Any

from django.db import transaction

from organizations.actors import Actor
from organizations.errors import Invalid, NotFound
from organizations.events.recording import event, record
from organizations.tenants.models import Organization
from reconciliation.errors import BankRuleLimit
from reconciliation.rules.actions import kept_actions
from reconciliation.rules.answers import rule_answer
from reconciliation.rules.checking import check_rule
from reconciliation.rules.conditions import MATCHES, kept_conditions
from reconciliation.rules.models import BankRule

CREATED = event("bank_rule.created")
UPDATED = event("bank_rule.updated")
DELETED = event("bank_rule.deleted")

#: Every line is held against all of them.
MOST_RULES = 500
LARGEST_PRIORITY = 1_000_000

#: What decides what a rule catches and does, and what a new one has of it unless told.
UNWRITTEN = {"name": "New", "priority": 100, "account_id": None, "match": "all", "conditions": None, "actions": None}
WRITTEN = tuple(UNWRITTEN)


@transaction.atomic
def create_rule(
    *,
    actor: Actor,
    organization: Organization,
    name: str,
    conditions: list[dict[str, Any]],
    actions: dict[str, Any],
    match: str = "all",
    priority: int = 100,
    account_id: int | None = None,
    automatic: bool = False,
    is_active: bool = True,
    metadata: dict[str, str] | None = None,
) -> BankRule:
    """Make a rule; ``account_id`` limits it to one bank account.

    Raises Invalid, AccountNotFound, AccountNotReconcilable, BankRuleLimit.
    """
    columns = _columns(
        organization,
        {
            "name": name,
            "priority": priority,
            "account_id": account_id,
            "match": match,
            "conditions": conditions,
            "actions": actions,
        },
    )
    if BankRule.objects.of(organization).count() >= MOST_RULES:
        raise BankRuleLimit(details={"limit": MOST_RULES})
    rule = BankRule(
        organization=organization, **columns, automatic=automatic, is_active=is_active, metadata=metadata or {}
    )
    rule.save(force_insert=True)
    rule = BankRule.objects.of(organization).get(pk=rule.pk)
    record(CREATED, actor=actor, organization_id=organization.pk, entity_id=rule.public_id, after=rule_answer(rule))
    return rule


@transaction.atomic
def update_rule(*, actor: Actor, organization: Organization, rule_id: int, changes: dict[str, Any]) -> BankRule:
    """Change a rule; a change raises its version, and one that changes nothing is none.

    Raises NotFound, Invalid, AccountNotFound, AccountNotReconcilable.
    """
    rule = _held(organization, rule_id)
    columns = {**changes, **_columns(organization, {**{name: getattr(rule, name) for name in WRITTEN}, **changes})}
    columns = {name: value for name, value in columns.items() if getattr(rule, name) != value}
    if not columns:
        return rule
    before = rule_answer(rule)
    BankRule.objects.of(organization).filter(pk=rule.pk).update(**columns)
    rule = BankRule.objects.of(organization).get(pk=rule.pk)
    record(
        UPDATED,
        actor=actor,
        organization_id=organization.pk,
        entity_id=rule.public_id,
        before=before,
        after=rule_answer(rule),
    )
    return rule


@transaction.atomic
def delete_rule(*, actor: Actor, organization: Organization, rule_id: int) -> None:
    """Delete a rule. Matches that it made keep its id and version. Raises NotFound."""
    rule = _held(organization, rule_id)
    before = rule_answer(rule)
    BankRule.objects.of(organization).filter(pk=rule.pk).delete()
    record(DELETED, actor=actor, organization_id=organization.pk, entity_id=rule.public_id, before=before)


def drafted_rule(organization: Organization, rule: BankRule | None, changes: dict[str, Any]) -> BankRule:
    """A rule as it would be saved, which it is not: a new one, or a saved one with changes.

    Raises Invalid, AccountNotFound, AccountNotReconcilable.
    """
    before = {name: UNWRITTEN[name] if rule is None else getattr(rule, name) for name in WRITTEN}
    columns = _columns(organization, {**before, **{name: changes[name] for name in WRITTEN if name in changes}})
    return BankRule(organization=organization, pk=None if rule is None else rule.pk, **columns)


def _held(organization: Organization, rule_id: int) -> BankRule:
    found = BankRule.objects.of(organization).select_for_update().filter(pk=rule_id).first()
    if found is None:
        raise NotFound()
    return found


def _columns(organization: Organization, fields: dict[str, Any]) -> dict[str, Any]:
    """The columns of what was written. Raises as ``check_rule``."""
    name, problems = " ".join(fields["name"].split()), {}
    if not 1 <= len(name) <= 100:
        problems["name"] = "A name of 1 to 100 characters."
    if not 0 <= fields["priority"] <= LARGEST_PRIORITY:
        problems["priority"] = f"A whole number from 0 to {LARGEST_PRIORITY}."
    if fields["match"] not in MATCHES:
        problems["match"] = f"One of {', '.join(MATCHES)}."
    if problems:
        raise Invalid(fields=problems)
    checked = check_rule(organization, **{each: fields[each] for each in ("conditions", "actions", "account_id")})
    return {
        "name": name,
        "priority": fields["priority"],
        "account_id": fields["account_id"],
        "match": fields["match"],
        "conditions": kept_conditions(checked.conditions),
        "actions": kept_actions(checked.actions),
    }
