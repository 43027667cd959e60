"""A bank rule as the API shows it."""

from decimal import Decimal
from typing import Any

from organizations import ids
from organizations.money import exact
from organizations.tenants.answers import public
from reconciliation.rules.conditions import Hit, kept_conditions
from reconciliation.rules.models import BankRule


def rule_answer(rule: BankRule) -> dict:
    """The rule; amounts have the decimals that they were written with."""
    return {
        "object": "bank_rule",
        "id": rule.public_id,
        "organization_id": ids.encode("ORG", rule.organization_id),
        "name": rule.name,
        "priority": rule.priority,
        "account_id": public("ACT", rule.account_id),
        "match": rule.match,
        "conditions": [shown_condition(each) for each in rule.conditions],
        "actions": shown_actions(rule.actions),
        "automatic": rule.automatic,
        "is_active": rule.is_active,
        "version": rule.version,
        "metadata": rule.metadata,
        "created_at": rule.created_at,
        "updated_at": rule.updated_at,
    }


def shown_condition(kept: dict[str, Any]) -> dict[str, Any]:
    """A kept condition, its amounts as numbers."""
    value = kept["value"]
    if kept["field"] == "amount":
        value = [Decimal(part) for part in value] if isinstance(value, list) else Decimal(value)
    return {**kept, "value": value}


def shown_actions(kept: dict[str, Any]) -> dict[str, Any]:
    """Kept actions, their numbers as numbers; what is not given is null."""
    splits = kept.get("splits")
    return {
        "account_id": kept.get("account_id"),
        "splits": None if splits is None else [_shown_split(each) for each in splits],
        "type": kept["type"],
        "description": kept["description"],
        "contact_id": kept["contact_id"],
        **({"tax_ids": kept["tax_ids"]} if "tax_ids" in kept else {}),
    }


def _shown_split(kept: dict[str, Any]) -> dict[str, Any]:
    numbers = {name: Decimal(kept[name]) if name in kept else None for name in ("percent", "amount")}
    return {**kept, **numbers, "rest": kept.get("rest", False)}


def hit_answer(hit: Hit, decimals: int) -> dict[str, Any]:
    """A condition that a line fulfils, and what of the line does."""
    (kept,) = kept_conditions([hit.condition])
    found = hit.found if isinstance(hit.found, str) else exact(hit.found, decimals)
    return {**shown_condition(kept), "found": found}
