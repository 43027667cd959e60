"""A contact as the API shows it."""

from collections.abc import Sequence

from ledger.contacts.families import head
from ledger.contacts.models import Contact
from ledger.contacts.numbers import number_warnings
from ledger.contacts.standing import Side, Standing, standings
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.money import exact
from organizations.tenants.answers import public
from organizations.tenants.models import Organization

ACCOUNTS = ("receivable_account_id", "payable_account_id", "revenue_account_id", "expense_account_id")
TEXTS = (
    "email", "phone", "website", "tax_number", "bank_account", "reference", "address", "city", "state", "zip_code",
    "country", "language",
)  # fmt: skip


def contact_facts(contact: Contact) -> dict:
    """What a contact itself says: what its trail compares."""
    return {
        "object": "contact",
        "id": contact.public_id,
        "organization_id": ids.encode("ORG", contact.organization_id),
        "name": contact.name,
        "contact_type": contact.contact_type,
        **{name: getattr(contact, name) for name in TEXTS},
        "currency_id": None if contact.currency_id is None else f"CUR_{contact.currency_id}",
        "payment_terms_days": contact.payment_terms_days,
        **{name: public("ACT", getattr(contact, name)) for name in ACCOUNTS},
        "enabled": contact.enabled,
        "merged_into_id": public("CON", contact.merged_into_id),
        "metadata": contact.metadata,
        "created_at": contact.created_at,
        "updated_at": contact.updated_at,
    }


def contact_answers(contacts: Sequence[Contact], organization: Organization) -> list[dict]:
    """Contacts with what is open between them and us, in one query for all."""
    found = standings(organization, contacts)
    base = organization.base_currency_id
    return [_answer(contact, found[head(contact)], base) for contact in contacts]


def _answer(contact: Contact, standing: Standing, base: str) -> dict:
    decimals, kind = decimals_of(base), contact.contact_type

    def side(each: Side) -> dict:
        names = ("outstanding", "overdue", "credit")
        return {name: exact(getattr(each, name), decimals) for name in names}

    return contact_facts(contact) | {
        "merged_ids": [ids.encode("CON", number) for number in standing.merged if number != contact.pk]
        if contact.merged_into_id is None
        else [],
        "balance": exact(standing.balance(kind), decimals),
        "available_credit": exact(standing.available_credit(kind), decimals),
        "balances": {
            "currency_id": f"CUR_{base}",
            "receivable": side(standing.receivable),
            "payable": side(standing.payable),
        },
        "warnings": number_warnings(contact.country, contact.tax_number, contact.bank_account),
    }
