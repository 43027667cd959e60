"""Reading a bank rule as somebody wrote it, against the organization's accounts."""

from dataclasses import dataclass
from typing import Any

from ledger.accounts.models import Account
from ledger.contacts.choosing import Choices
from ledger.errors import AccountNotFound
from ledger.taxes.models import Tax
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid, Refusal
from organizations.tenants.models import Organization
from reconciliation.errors import AccountNotReconcilable
from reconciliation.rules.actions import Actions, imprecise, read_actions
from reconciliation.rules.conditions import Condition, read_conditions

#: Only these can have a bank behind them.
BANK_TYPES = ("asset", "liability")
NO_ACCOUNT = "There is no such account."


@dataclass(frozen=True, slots=True)
class Checked:
    """What a rule says, once it is known to make sense."""

    conditions: list[Condition]
    actions: Actions


def check_rule(organization: Organization, *, conditions: Any, actions: Any, account_id: int | None) -> Checked:
    """What a rule says. Whether its accounts are active is asked when a line is booked.

    Raises Invalid with every field, AccountNotFound if unknown accounts are all that is wrong,
    ContactNotFound, ContactMerged, AccountNotReconcilable.
    """
    found, problems = read_conditions(conditions)
    wanted, wrong = read_actions(actions)
    problems |= wrong
    paths = {} if wanted is None else wanted.paths()
    if account_id is not None:
        paths["account_id"] = account_id
    accounts = Account.objects.of(organization).in_bulk(set(paths.values()))
    missing = {path: NO_ACCOUNT for path, number in paths.items() if number not in accounts}
    bank = accounts.get(account_id)
    if wanted is not None and bank is not None:
        problems |= imprecise(wanted, decimals_of(bank.currency_id))
        itself = [path for path, number in paths.items() if number == bank.pk and path != "account_id"]
        problems |= dict.fromkeys(itself, "A rule does not book an account to itself.")
    if wanted is not None:
        named = wanted.taxes()
        known = Tax.objects.of(organization).in_bulk(set(named.values()))
        problems |= {path: "There is no such tax." for path, number in named.items() if number not in known}
        if named and bank is not None and bank.currency_id != organization.base_currency_id:
            problems["actions"] = "Taxes are for accounts in base currency."
    if problems:
        raise Invalid(fields={**problems, **missing})
    if missing:
        raise AccountNotFound(fields=missing)
    try:
        Choices(organization, [wanted.contact_id]).check(wanted.contact_id)
    except Refusal as refusal:  # named where the rule names it
        said = {f"actions.{path}": reasons for path, reasons in refusal.details.pop("fields").items()}
        raise type(refusal)(details=refusal.details, fields=said) from refusal
    if bank is not None and bank.type not in BANK_TYPES:
        raise AccountNotReconcilable(fields={"account_id": f"{bank.code} is of type {bank.type}."})
    return Checked(found, wanted)
