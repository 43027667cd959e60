"""An organization as the API shows it."""

from decimal import Decimal

from organizations import ids
from organizations.currencies.answers import currency_answer
from organizations.tenants.models import Organization


def public(prefix: str, number: int | None) -> str | None:
    """A public id, or None."""
    return None if number is None else ids.encode(prefix, number)


def organization_answer(organization: Organization) -> dict:
    """The organization record."""
    currency = currency_answer(organization.base_currency)
    return {
        "object": "organization",
        "id": organization.public_id,
        "organization_id": organization.public_id,
        "name": organization.name,
        "organization_name": organization.name,
        "domain": organization.domain or None,
        "tax_number": organization.tax_number or None,
        "mode": organization.mode,
        "base_currency": currency,
        "base_currency_code": currency["code"],
        "fiscal_year_start": organization.fiscal_year_start,
        "time_zone": organization.time_zone,
        "is_root": organization.is_root,
        "parent_organization_id": public("ORG", organization.parent_id),
        "relationship_type": organization.relationship_type,
        "billing_type": organization.billing_type,
        "ownership_percentage": organization.ownership_percentage,
        "ownership": [row | {"percentage": Decimal(row["percentage"])} for row in organization.ownership],
        "books_closed_through": organization.books_closed_through,
        "require_draft_approval": organization.require_draft_approval,
        "strict_account_codes": organization.strict_account_codes,
        "tax_rounding": organization.tax_rounding,
        "require_contact_on_control_accounts": organization.require_contact_on_control_accounts,
        "exchange_rate_max_age_days": organization.exchange_rate_max_age_days,
        "cors_origins": organization.cors_origins,
        "status": organization.status,
        "metadata": organization.metadata,
        "created_at": organization.created_at,
        "updated_at": organization.updated_at,
    }
