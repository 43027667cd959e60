"""Making a tax, changing what may change of it, and deleting one that nothing names."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import DatabaseError, transaction

from ledger.accounts.choosing import check_named
from ledger.errors import TaxInUse, TaxRateFinal
from ledger.taxes.answers import tax_answer
from ledger.taxes.arithmetic import UNTAXED
from ledger.taxes.models import Tax
from organizations.actors import Actor
from organizations.errors import Invalid, NotFound
from organizations.events.recording import event, record
from organizations.money import MoneyError, read_amount
from organizations.tenants.models import Organization
from organizations.wire.database_rules import reported_by

CREATED = event("tax.created")
UPDATED = event("tax.updated")
DELETED = event("tax.deleted")

RATE_DECIMALS = 6
HIGHEST_RATE = 1000
#: What a tax is. Documents of the past rest on it.
FIXED = ("rate", "tax_type", "treatment", "is_compound", "is_inclusive", "is_recoverable")


def read_percent(value: object) -> Decimal:
    """A rate in percent: from 0 to 1,000, at most six decimals. Raises Invalid."""
    try:
        rate = read_amount(value, decimals=RATE_DECIMALS, allow_zero=True)
    except MoneyError:
        rate = None
    if rate is None or rate > HIGHEST_RATE:
        reason = f"A percentage from 0 to {HIGHEST_RATE}, such as 8.25, with at most {RATE_DECIMALS} decimals."
        raise Invalid(fields={"rate": reason})
    return rate


@transaction.atomic
def create_tax(
    *,
    actor: Actor,
    organization: Organization,
    name: str,
    rate: object,
    tax_type: str = "sales_tax",
    treatment: str = "standard",
    is_compound: bool = False,
    is_inclusive: bool = False,
    is_recoverable: bool = True,
    account_id: int | None = None,
    purchase_account_id: int | None = None,
    effective_from: datetime.date | None = None,
    effective_to: datetime.date | None = None,
    is_active: bool = True,
    metadata: dict[str, str] | None = None,
) -> Tax:
    """Make a tax; ``rate`` is in percent. Raises Invalid, AccountNotFound, AccountInactive, AccountUnfit."""
    tax = Tax(
        organization=organization,
        name=_clean_name(name),
        rate=read_percent(rate),
        tax_type=tax_type,
        treatment=treatment,
        is_compound=is_compound,
        is_inclusive=is_inclusive,
        is_recoverable=is_recoverable,
        account_id=account_id,
        purchase_account_id=purchase_account_id,
        effective_from=effective_from,
        effective_to=effective_to,
        is_active=is_active,
        metadata=metadata or {},
    )
    _refuse_contradictions(tax)
    _check_accounts(organization, {"account_id": account_id, "purchase_account_id": purchase_account_id})
    tax.save(force_insert=True)
    tax.refresh_from_db()
    record(CREATED, actor=actor, organization_id=organization.pk, entity_id=tax.public_id, after=tax_answer(tax))
    return tax


@transaction.atomic
def update_tax(*, actor: Actor, organization: Organization, tax_id: int, changes: Mapping[str, Any]) -> Tax:
    """Change a tax's name, accounts, days, whether it is offered, or its metadata.

    What it is stays for life: for another rate make another tax, effective from its first day on, and end this one
    the day before with ``effective_to``. Raises NotFound, Invalid, TaxRateFinal, AccountNotFound, AccountInactive,
    AccountUnfit.
    """
    tax = _held(organization, tax_id)
    columns = dict(changes)
    if "rate" in columns:
        columns["rate"] = read_percent(columns["rate"])
    if "name" in columns:
        columns["name"] = _clean_name(columns["name"])
    final = {name: "Fixed for life." for name in FIXED if columns.pop(name, getattr(tax, name)) != getattr(tax, name)}
    if final:
        raise TaxRateFinal(fields=final)
    columns = {name: value for name, value in columns.items() if getattr(tax, name) != value}
    if not columns:
        return tax
    before = tax_answer(tax)
    for name, value in columns.items():
        setattr(tax, name, value)
    _refuse_contradictions(tax)
    _check_accounts(organization, {name: columns.get(name) for name in ("account_id", "purchase_account_id")})
    Tax.objects.of(organization).filter(pk=tax.pk).update(**columns)
    tax = Tax.objects.of(organization).get(pk=tax.pk)
    record(
        UPDATED,
        actor=actor,
        organization_id=organization.pk,
        entity_id=tax.public_id,
        before=before,
        after=tax_answer(tax),
    )
    return tax


@transaction.atomic
def delete_tax(*, actor: Actor, organization: Organization, tax_id: int) -> None:
    """Delete a tax that no item and no issued document names. Raises NotFound, TaxInUse."""
    tax = _held(organization, tax_id)
    before = tax_answer(tax)
    try:
        with transaction.atomic():
            Tax.objects.of(organization).filter(pk=tax.pk)._raw_delete(using="default")
    except DatabaseError as problem:
        report = reported_by(problem)
        if report is None or report.sqlstate != "23503":  # foreign_key_violation
            raise
        raise TaxInUse() from problem
    record(DELETED, actor=actor, organization_id=organization.pk, entity_id=tax.public_id, before=before)


def _clean_name(name: str) -> str:
    clean = " ".join(name.split())
    if not clean:
        raise Invalid(fields={"name": "A name is needed."})
    return clean


def _refuse_contradictions(tax: Tax) -> None:
    problems = {}
    if tax.treatment in UNTAXED and tax.rate:
        problems["rate"] = f"The rate of what is {tax.treatment} is 0."
    if tax.treatment != "standard" and tax.is_inclusive:
        problems["is_inclusive"] = "Only a standard tax is contained in a price."
    if tax.effective_from and tax.effective_to and tax.effective_to < tax.effective_from:
        problems["effective_to"] = "Not before effective_from."
    if problems:
        raise Invalid(fields=problems)


def _check_accounts(organization: Organization, named: Mapping[str, int | None]) -> None:
    check_named(organization, named, [organization.base_currency_id])


def _held(organization: Organization, tax_id: int) -> Tax:
    """A tax of the organization, locked until the end. Raises NotFound."""
    found = Tax.objects.of(organization).select_for_update(of=("self",)).filter(pk=tax_id).first()
    if found is None:
        raise NotFound()
    return found
