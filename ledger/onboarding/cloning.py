"""A new organization that is set up like another: policies, chart, categories, taxes and the looks of papers.

None of its books, and not its name, address and people.

Everything is made by the verbs that people use, so the new one has its own events, and nothing points at the other.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from ledger.accounts.charts import role_mismatch
from ledger.accounts.models import Account
from ledger.accounts.opening import NewAccount, open_accounts
from ledger.categories.models import Category
from ledger.categories.naming import create_category
from ledger.stationery.answers import FIELDS, LINES
from ledger.stationery.designing import set_logo, update_stationery
from ledger.stationery.models import Stationery
from ledger.taxes.enacting import create_tax
from ledger.taxes.models import Tax
from organizations import scoping
from organizations.actors import Actor
from organizations.directory.updating import update_organization
from organizations.errors import NotAuthorized
from organizations.keys.minting import create_key, preview_of
from organizations.tenants.answers import organization_answer
from organizations.tenants.models import Organization

#: What a child begins with, and what is put on when all else is there: a rule may be younger than what it forbids.
FROM_THE_START = ("fiscal_year_start", "time_zone", "tax_rounding", "exchange_rate_max_age_days")
AT_THE_END = ("require_draft_approval", "strict_account_codes", "require_contact_on_control_accounts")
#: The resources that are read of the one and written in the other.
COPIED = ("accounts", "categories", "taxes", "stationery")
ACCOUNT = ("code", "name", "type", "description", "is_system", "role", "balance_floor", "balance_ceiling", "metadata")
CATEGORY = ("name", "type", "description", "metadata")
TAX = (
    *("name", "rate", "tax_type", "treatment", "is_compound", "is_inclusive", "is_recoverable"),
    *("effective_from", "effective_to"),
)


@dataclass(frozen=True, slots=True)
class Setup:
    """How an organization is set up."""

    policies: dict[str, Any]
    accounts: list[NewAccount]
    categories: list[dict[str, Any]]
    taxes: list[dict[str, Any]]
    stationery: dict[str, Any]
    logo: bytes | None


def setup_of(organization: Organization) -> Setup:
    """How it is set up: what is in use, not what was archived. Within its scope."""
    rows = list(Account.objects.of(organization).exclude(status="archived").order_by("lft"))
    codes = {row.pk: row.code for row in rows}
    accounts = [
        NewAccount(
            currency=row.currency_id,
            parent_code=codes.get(row.parent_id),
            **{name: getattr(row, name) for name in ACCOUNT}
            | ({"role": None} if role_mismatch(row.role, row.type) else {}),  # of before roles had to fit
        )
        for row in rows
    ]
    taxes = [
        {name: getattr(tax, name) for name in TAX}
        | {"account": codes.get(tax.account_id), "purchase_account": codes.get(tax.purchase_account_id)}
        for tax in Tax.objects.of(organization).filter(is_active=True).order_by("pk")
    ]
    categories = list(Category.objects.of(organization).filter(status="active").order_by("pk").values(*CATEGORY))
    papers = Stationery.objects.of(organization).first()
    return Setup(
        policies={name: getattr(organization, name) for name in (*FROM_THE_START, *AT_THE_END)},
        accounts=accounts,
        categories=categories,
        taxes=taxes,
        stationery={} if papers is None else {name: getattr(papers, name) for name in FIELDS if name not in LINES},
        logo=None if papers is None or papers.logo is None else bytes(papers.logo),
    )


def _refuse_unpermitted(actor: Actor, key: dict[str, Any] | None) -> None:
    copied = [name for name in COPIED if not (actor.may("read", name) and actor.may("write", name))]
    if copied:
        raise NotAuthorized(f"A clone takes the permissions to read and write {', '.join(copied)}")
    if key is not None and not actor.may("write", "api-keys"):
        raise NotAuthorized(fields={"api_key": "This needs the permission to write api-keys."})


@transaction.atomic
def clone(*, actor: Actor, source: Organization, child: Organization, key: dict[str, Any] | None) -> dict[str, Any]:
    """Set a new child up like ``source``, and give it a key. Refusals are those of the verbs.

    Raises NotAuthorized where the actor may not read and write all that is copied, and make the key.
    """
    _refuse_unpermitted(actor, key)
    with scoping.acting_in(source.pk):
        setup = setup_of(source)
    who = {"actor": actor, "organization": child}
    with scoping.acting_in(child.pk):
        opened = open_accounts(**who, accounts=setup.accounts)
        numbers = {row.code: row.pk for row in opened}
        for each in setup.categories:
            create_category(**who, **each)
        for each in setup.taxes:
            accounts = {f"{name}_id": numbers.get(each.pop(name)) for name in ("account", "purchase_account")}
            create_tax(**who, **each, **accounts)
        if setup.stationery:
            update_stationery(**who, changes=setup.stationery)
        if setup.logo is not None:
            set_logo(**who, content=setup.logo)
        child = update_organization(**who, changes={name: setup.policies[name] for name in AT_THE_END})
        made = organization_answer(child) | {
            "accounts": len(opened),
            "categories": len(setup.categories),
            "taxes": len(setup.taxes),
            "api_key": None,
        }
        if key is not None:
            row, secret = create_key(actor=actor, organization_id=child.pk, mode=child.mode, **key)
            made["api_key"] = {"id": row.public_id, "key": secret, "key_preview": preview_of(secret)}
    return made
