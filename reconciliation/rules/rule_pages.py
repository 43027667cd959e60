"""A bank rule as it is typed in the back office: header, conditions, splits, and what is wrong with each.

What was typed is turned into the API's own form and read by the same rules, so that a page can
save exactly what a request can, and is refused for the same reasons.
"""

import dataclasses
import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import QueryDict

from ledger.accounts.models import Account
from ledger.contacts.models import Contact
from ledger.taxes.models import Tax
from organizations import ids
from organizations.backoffice.forms import VerbForm, plain_amount
from organizations.backoffice.site import site
from organizations.errors import Invalid, Refusal
from organizations.tenants.answers import public
from organizations.tenants.models import Organization
from reconciliation.rules.actions import TYPES
from reconciliation.rules.checking import BANK_TYPES
from reconciliation.rules.models import BankRule
from reconciliation.rules.ruling import LARGEST_PRIORITY

FIELD_WORDS = {
    "text": "description, counterparty or reference",
    "description": "description",
    "counterparty": "counterparty",
    "reference": "reference",
    "counterparty_account": "counterparty's account",
    "kind": "kind",
    "amount": "amount",
    "direction": "direction",
}
OPERATOR_WORDS = {
    "contains": "contains",
    "equals": "is",
    "starts_with": "starts with",
    "ends_with": "ends with",
    "not_contains": "does not contain",
    "eq": "=",
    "gt": ">",
    "gte": "≥",
    "lt": "<",
    "lte": "≤",
    "between": "between",
}
SHARE_WORDS = {"rest": "the rest", "percent": "percent", "amount": "fixed amount"}
MATCH_WORDS = {"all": "All of these hold", "any": "Any of these holds"}
BLANK_ROWS = 2

_NAME = re.compile(r"(conditions|splits)-([0-9]{1,6})-(field|operator|value|upper|account|share|description|tax)")
_PATH = re.compile(r"(?:actions\.)?(conditions|splits)\[([0-9]+)\](?:\.(\w+))?")
#: Paths of the API → fields of the form.
_FORM_FIELDS = {
    "account_id": "account",
    "actions.type": "type",
    "actions.description": "description",
    "actions.contact_id": "contact_id",
}


class RuleForm(VerbForm):
    """What a rule has beside its conditions and splits; and the days on which it is tried."""

    name = forms.CharField(max_length=100)
    priority = forms.IntegerField(
        min_value=0,
        max_value=LARGEST_PRIORITY,
        help_text="Lower is asked first; the first that fits takes a line.",
    )
    account = forms.ModelChoiceField(queryset=None, required=False, help_text="Only lines of this bank account.")
    match = forms.ChoiceField(choices=MATCH_WORDS.items(), label="When")
    type = forms.ChoiceField(
        choices=[("", "by direction and account"), *[(kind, kind) for kind in TYPES]], required=False
    )
    description = forms.CharField(
        max_length=500,
        required=False,
        help_text="As the bank's, unless given. {description} {counterparty} {reference} {date} are of the line.",
    )
    contact_id = forms.ModelChoiceField(queryset=None, required=False, label="Contact")
    automatic = forms.BooleanField(required=False, label="Book without asking")
    is_active = forms.BooleanField(required=False, label="Active")
    start_date = forms.DateField(required=False, label="Lines from")
    end_date = forms.DateField(required=False, label="to")

    def prepare(self):
        self.fields["name"].required = "_test" not in self.data
        contact = self.fields["contact_id"]
        contact.queryset = Contact.objects.of(self.office.organization)
        choice = AutocompleteSelect(Contact._meta.get_field("merged_into"), site)
        choice.choices = contact.choices
        contact.widget = choice
        account = self.fields["account"]
        account.queryset = Account.objects.of(self.office.organization).filter(type__in=BANK_TYPES)
        widget = AutocompleteSelect(BankRule._meta.get_field("account"), site)
        widget.choices = account.choices
        account.widget = widget


@dataclasses.dataclass(slots=True)
class TypedCondition:
    """One condition as typed; ``upper`` is the second amount of ``between``."""

    field: str = "text"
    operator: str = "contains"
    value: str = ""
    upper: str = ""
    problems: list[str] = dataclasses.field(default_factory=list)

    @property
    def blank(self) -> bool:
        return not (self.value or self.upper)

    def written(self) -> dict[str, Any]:
        """In the API's form."""
        value: Any = self.value
        if self.field == "amount":
            value = plain_amount(self.value)
            if self.operator == "between":
                value = [value, plain_amount(self.upper)]
        return {"field": self.field, "operator": self.operator, "value": value}


@dataclasses.dataclass(slots=True)
class TypedSplit:
    """One split as typed."""

    account: str = ""
    share: str = "rest"
    value: str = ""
    description: str = ""
    tax: str = ""
    account_text: str = ""
    problems: list[str] = dataclasses.field(default_factory=list)

    @property
    def blank(self) -> bool:
        return not (self.account or self.value or self.description)

    @property
    def number(self) -> int | None:
        """The account's key, if it is one."""
        fits = self.account.isascii() and self.account.isdigit() and int(self.account) < 2**63
        return int(self.account) if fits else None

    def written(self) -> dict[str, Any]:
        """In the API's form."""
        share = True if self.share == "rest" else plain_amount(self.value)
        found = {"account_id": public("ACT", self.number), self.share: share, "description": self.description}
        taxes = [ids.encode("TAX", int(each)) for each in self.tax.split(",") if each.isascii() and each.isdigit()]
        return found | ({"tax_ids": taxes} if taxes else {})


def typed_rows(post: QueryDict) -> tuple[list[TypedCondition], list[TypedSplit]]:
    """The rows of a posted page, in their order, without the blank ones."""
    found: dict[str, dict[int, dict[str, str]]] = {"conditions": {}, "splits": {}}
    for name, value in post.items():
        match = _NAME.fullmatch(name)
        if match:
            found[match[1]].setdefault(int(match[2]), {})[match[3]] = value.strip()
    conditions = [_row(TypedCondition, values) for _, values in sorted(found["conditions"].items())]
    splits = [_row(TypedSplit, values) for _, values in sorted(found["splits"].items())]
    return [row for row in conditions if not row.blank], [row for row in splits if not row.blank]


def _row(kind: type, values: dict[str, str]):
    return kind(**{name: value for name, value in values.items() if name in kind.__dataclass_fields__})


def rows_of(rule: BankRule) -> tuple[list[TypedCondition], list[TypedSplit]]:
    """The rows of a saved rule, to be typed over."""
    conditions = []
    for each in rule.conditions:
        value, upper = each["value"], ""
        if isinstance(value, list):
            value, upper = value
        conditions.append(TypedCondition(each["field"], each["operator"], value, upper))
    whole = {"account_id": rule.actions.get("account_id"), "rest": True, "description": ""}
    named = rule.actions.get("splits") or [whole | {"tax_ids": rule.actions.get("tax_ids", [])}]
    splits = []
    for each in named:
        share = next(name for name in ("percent", "amount", "rest") if name in each)
        value = "" if share == "rest" else each[share]
        tax = ",".join(str(ids.decode("TAX", number)) for number in each.get("tax_ids", []))
        splits.append(TypedSplit(str(ids.decode("ACT", each["account_id"])), share, value, each["description"], tax))
    return conditions, splits


def written_rule(header: dict, conditions: list[TypedCondition], splits: list[TypedSplit]) -> dict[str, Any]:
    """The whole page in the form that verbs take. One account that takes everything is no split."""
    actions: dict[str, Any] = {
        "type": header["type"] or None,
        "description": header["description"],
        "contact_id": header["contact_id"].public_id if header["contact_id"] else None,
    }
    parts = [split.written() for split in splits]
    if len(parts) == 1 and parts[0].get("rest") and not parts[0]["description"]:
        actions["account_id"] = parts[0]["account_id"]
        actions |= {"tax_ids": parts[0]["tax_ids"]} if "tax_ids" in parts[0] else {}
    else:
        actions["splits"] = parts
    return {
        "name": header["name"],
        "priority": header["priority"],
        "account_id": header["account"].pk if header["account"] else None,
        "match": header["match"],
        "conditions": [condition.written() for condition in conditions],
        "actions": actions,
        "automatic": header["automatic"],
        "is_active": header["is_active"],
    }


def place_refusal(form: RuleForm, rows: dict[str, list], refusal: Refusal) -> None:
    """Put what was refused at the row or the field that it names."""
    fields = refusal.details.get("fields", {})
    for path, problems in fields.items():
        match = _PATH.fullmatch("actions.splits[0]" if path == "actions.account_id" else path)
        row = rows[match[1]][int(match[2])] if match and int(match[2]) < len(rows[match[1]]) else None
        if row is not None:
            row.problems += [problem for problem in problems if problem not in row.problems]
        elif _FORM_FIELDS.get(path, path) in form.fields:
            form.add_error(_FORM_FIELDS.get(path, path), problems)
        else:
            form.add_error(None, [f"{path.removeprefix('actions.')}: {problem}" for problem in problems])
    form.add_error(None, "Some of this is not right yet." if type(refusal) is Invalid else refusal.message)


def initial_of(rule: BankRule | None) -> dict[str, Any]:
    """What the form shows at first."""
    if rule is None:
        return {"priority": 100, "match": "all", "is_active": True}
    header = {name: getattr(rule, name) for name in ("name", "priority", "match", "automatic", "is_active")}
    said = {name: rule.actions[name] for name in ("type", "description")}
    contact = rule.actions["contact_id"]
    said["contact_id"] = None if contact is None else ids.decode("CON", contact)
    return {**header, **said, "account": rule.account_id}


def named_accounts(organization: Organization, numbers: Iterable[int | None]) -> dict[int, Account]:
    """Accounts by key, in one query."""
    wanted = {number for number in numbers if number is not None}
    return Account.objects.of(organization).in_bulk(wanted) if wanted else {}


# --- In words ---------------------------------------------------------------------------------------------------------


def said_condition(kept: dict[str, Any]) -> str:
    """A condition as people say it."""
    if kept["field"] == "direction":
        return f"money {kept['value']}"
    value = kept["value"]
    shown = " and ".join(value) if isinstance(value, list) else value if kept["field"] == "amount" else f"“{value}”"
    return f"{FIELD_WORDS[kept['field']]} {OPERATOR_WORDS[kept['operator']]} {shown}"


def said_conditions(rule: BankRule) -> str:
    """All of a rule's."""
    return (" and " if rule.match == "all" else " or ").join(map(said_condition, rule.conditions))


def accounts_in(actions: dict[str, Any]) -> list[int]:
    """The keys of the accounts that kept actions name."""
    named = [each["account_id"] for each in actions.get("splits", [])] or [actions["account_id"]]
    return [ids.decode("ACT", each) for each in named]


def said_actions(actions: dict[str, Any], accounts: dict[int, Account]) -> str:
    """Where the amount goes, as people say it."""
    names = [str(accounts.get(number, "an account that is gone")) for number in accounts_in(actions)]
    if "splits" not in actions:
        return names[0]
    shares = []
    for name, each in zip(names, actions["splits"], strict=True):
        said = f"{each['percent']} %" if "percent" in each else each.get("amount", "the rest")
        shares.append(f"{said} to {name}")
    return ", ".join(shares)


def taxes_to_choose(organization: Organization, splits: list[TypedSplit]) -> list[tuple[str, str]]:
    """No tax, each tax that is in use, and whatever several a split has already."""
    taxes = {str(tax.pk): tax.name for tax in Tax.objects.of(organization).order_by("name") if tax.is_active}
    several = {split.tax for split in splits if split.tax and split.tax not in taxes}
    named = [(each, " + ".join(taxes.get(one, "a tax") for one in each.split(","))) for each in sorted(several)]
    return [("", "none"), *taxes.items(), *named]
