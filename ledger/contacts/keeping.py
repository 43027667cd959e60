"""Making contacts, changing and deleting them."""

import re
from collections.abc import Mapping
from typing import Any

from django.db import DatabaseError, transaction

from ledger.accounts.models import Account
from ledger.contacts.answers import ACCOUNTS, TEXTS, contact_facts
from ledger.contacts.models import TYPES, Contact
from ledger.contacts.numbers import countries, is_language
from ledger.errors import AccountInactive, AccountNotFound, AccountUnfit, ContactInUse, ContactMerged
from organizations import ids
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid, NotFound
from organizations.events.recording import event, record
from organizations.tenants.models import Organization
from organizations.wire.database_rules import reported_by

CREATED = event("contact.created")
UPDATED = event("contact.updated")
DELETED = event("contact.deleted")

LONGEST_TERMS = 365
FOREIGN_KEY_VIOLATION = "23503"
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
#: What may be changed, as the verbs name it.
FIELDS = ("name", "contact_type", *TEXTS, "currency", "payment_terms_days", *ACCOUNTS, "enabled", "metadata")
#: Field → what its account must be: a role for control accounts, else one of these types.
FIT = {
    "receivable_account_id": ("receivable",),
    "payable_account_id": ("payable",),
    "revenue_account_id": ("revenue",),
    "expense_account_id": ("expense", "asset"),
}


@transaction.atomic
def create_contact(*, actor: Actor, organization: Organization, name: str, **fields: Any) -> Contact:
    """Make a contact, of FIELDS. Raises Invalid, AccountNotFound, AccountInactive, AccountUnfit."""
    contact = built(organization, {"name": name, **fields})
    refuse_unfit_accounts(organization, fields)
    contact.save(force_insert=True)
    contact.refresh_from_db()
    record(
        CREATED,
        actor=actor,
        organization_id=organization.pk,
        entity_id=contact.public_id,
        after=contact_facts(contact),
    )
    return contact


def built(organization: Organization, fields: Mapping[str, Any]) -> Contact:
    """A contact in memory. Raises Invalid with every field that is wrong, but accounts."""
    columns = _columns(fields)
    return Contact(organization=organization, **({"metadata": {}} | columns))


@transaction.atomic
def update_contact(*, actor: Actor, organization: Organization, contact_id: int, changes: Mapping[str, Any]) -> Contact:
    """Change a contact. A merged one is never enabled again.

    Raises NotFound, Invalid, ContactMerged, AccountNotFound, AccountInactive, AccountUnfit.
    """
    contact = held(organization, contact_id)
    columns = _columns(changes)
    columns = {name: value for name, value in columns.items() if getattr(contact, name) != value}
    if not columns:
        return contact
    if columns.get("enabled") and contact.merged_into_id is not None:
        raise ContactMerged(
            details={"merged_into_id": ids.encode("CON", contact.merged_into_id)},
            fields={"enabled": "A merged contact stays disabled."},
        )
    refuse_unfit_accounts(organization, columns)
    before = contact_facts(contact)
    Contact.objects.of(organization).filter(pk=contact.pk).update(**columns)
    contact = Contact.objects.of(organization).get(pk=contact.pk)
    record(
        UPDATED,
        actor=actor,
        organization_id=organization.pk,
        entity_id=contact.public_id,
        before=before,
        after=contact_facts(contact),
    )
    return contact


@transaction.atomic
def delete_contact(*, actor: Actor, organization: Organization, contact_id: int) -> None:
    """Delete a contact that nothing names. Raises NotFound, ContactInUse."""
    contact = held(organization, contact_id)
    before = contact_facts(contact)
    try:
        with transaction.atomic():
            Contact.objects.of(organization).filter(pk=contact.pk)._raw_delete(using="default")
    except DatabaseError as problem:
        report = reported_by(problem)
        if report is None or report.sqlstate != FOREIGN_KEY_VIOLATION:
            raise
        reason = "Documents, payments, transactions or merged contacts name it; set enabled to false instead."
        raise ContactInUse(details={"reason": reason}) from problem
    record(DELETED, actor=actor, organization_id=organization.pk, entity_id=contact.public_id, before=before)


def held(organization: Organization, contact_id: int) -> Contact:
    """A contact of the organization, locked until the end. Raises NotFound."""
    rows = Contact.objects.of(organization).select_for_update(of=("self",), no_key=True)
    found = rows.filter(pk=contact_id).first()
    if found is None:
        raise NotFound()
    return found


def _columns(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Clean columns. Raises Invalid with every field that is wrong."""
    columns = {"currency_id" if name == "currency" else name: value for name, value in fields.items()}
    for name in ("name", "email", "phone", "website", "tax_number", "bank_account", "reference", "city", "state"):
        if name in columns:
            columns[name] = " ".join(columns[name].split())
    for name in ("zip_code", "address", "language"):
        if name in columns:
            columns[name] = columns[name].strip()
    if "country" in columns:
        columns["country"] = columns["country"].strip().upper()
    if "language" in columns:
        columns["language"] = columns["language"].replace("-", "_")
    problems = _problems(columns)
    if problems:
        raise Invalid(fields=problems)
    return columns


def _problems(columns: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    if not columns.get("name", "a name"):
        found["name"] = "A name is needed."
    if columns.get("contact_type", "other") not in TYPES:
        found["contact_type"] = f"One of {', '.join(TYPES)}."
    if columns.get("email") and not EMAIL.fullmatch(columns["email"]):
        found["email"] = "An address such as anna@example.com."
    if columns.get("country") and columns["country"] not in countries():
        found["country"] = "A country of ISO 3166, in two letters."
    if columns.get("language") and not is_language(columns["language"]):
        found["language"] = "A locale such as de or en_US."
    if columns.get("currency_id") and decimals_of(columns["currency_id"]) is None:
        found["currency_id"] = f"{columns['currency_id']} is not a currency of ISO 4217."
    terms = columns.get("payment_terms_days")
    if terms is not None and not 0 <= terms <= LONGEST_TERMS:
        found["payment_terms_days"] = f"From 0 to {LONGEST_TERMS} days."
    for name, value in columns.items():
        most = Contact._meta.get_field(name).max_length if name in ("name", *TEXTS) else None
        if most is not None and len(value) > most:
            found.setdefault(name, f"At most {most} characters.")
    return found


def refuse_unfit_accounts(organization: Organization, columns: Mapping[str, Any]) -> None:
    """Raises AccountNotFound, AccountInactive, AccountUnfit, with every field that is at fault in this way."""
    wanted = {name: columns[name] for name in ACCOUNTS if columns.get(name) is not None}
    if not wanted:
        return
    found = Account.objects.of(organization).in_bulk(set(wanted.values()))
    missing = [name for name, number in wanted.items() if number not in found]
    if missing:
        raise AccountNotFound(fields=dict.fromkeys(missing, "There is no such account."))
    accounts = {name: found[number] for name, number in wanted.items()}
    idle = {name: f"The account is {each.status}." for name, each in accounts.items() if each.status != "active"}
    if idle:
        raise AccountInactive(fields=idle)
    unfit = {}
    for name, each in accounts.items():
        control = name in ("receivable_account_id", "payable_account_id")
        if control and each.role not in FIT[name]:
            unfit[name] = f"An account with the role {FIT[name][0]} is needed."
        elif not control and (each.type not in FIT[name] or each.role in ("receivable", "payable")):
            unfit[name] = f"An account of the type {' or '.join(FIT[name])} is needed, no control account."
    if unfit:
        raise AccountUnfit(fields=unfit)
