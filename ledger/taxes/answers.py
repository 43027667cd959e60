"""A tax as the API shows it."""

from ledger.taxes.models import Tax
from organizations import ids
from organizations.money import plain_rate


def tax_answer(tax: Tax) -> dict:
    """One tax; the rate in percent, without the zeros that its column adds."""
    return {
        "object": "tax",
        "id": tax.public_id,
        "organization_id": ids.encode("ORG", tax.organization_id),
        "name": tax.name,
        "rate": plain_rate(tax.rate),
        "tax_type": tax.tax_type,
        "treatment": tax.treatment,
        "is_compound": tax.is_compound,
        "is_inclusive": tax.is_inclusive,
        "is_recoverable": tax.is_recoverable,
        "account_id": None if tax.account_id is None else ids.encode("ACT", tax.account_id),
        "purchase_account_id": None if tax.purchase_account_id is None else ids.encode("ACT", tax.purchase_account_id),
        "effective_from": tax.effective_from,
        "effective_to": tax.effective_to,
        "is_active": tax.is_active,
        "metadata": tax.metadata,
        "created_at": tax.created_at,
        "updated_at": tax.updated_at,
    }
