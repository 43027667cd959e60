"""Stationery as the API shows it, as verbs ask for it, and as papers take it."""

import hashlib

from ledger.stationery.branding import branding_of
from ledger.stationery.models import Stationery
from ledger.stationery.papers import Party
from organizations import ids
from organizations.tenants.models import Organization

PREFIXES = ("invoice_prefix", "credit_note_prefix", "bill_prefix", "vendor_credit_prefix")
TEMPLATES = ("email_subject", "email_body")
LINES = ("legal_name", "brand_name", "email", "phone", "website", "tax_number")
TEXTS = ("address", "bank_details", "footer", "default_notes", "default_terms")
FIELDS = (*LINES, *TEXTS, "payment_terms_days", "locale", "accent_color", *PREFIXES, *TEMPLATES)


def stationery_of(organization: Organization) -> Stationery:
    """The stationery of an organization; an unsaved one with every default where nothing was saved."""
    found = Stationery.objects.of(organization).first()
    return found or Stationery(organization=organization, pk=None)


def seller_of(organization: Organization, stationery: Stationery) -> Party:
    """The organization as it stands on its papers."""
    return Party(
        name=stationery.legal_name or organization.name,
        address=stationery.address,
        tax_number=stationery.tax_number or organization.tax_number or "",
        email=stationery.email,
        phone=stationery.phone,
        website=stationery.website,
    )


def looks_of(organization: Organization, stationery: Stationery | None = None) -> dict:
    """What a Paper takes over from the stationery: ``Paper(kind="invoice", …, **looks_of(organization))``.

    Notes and terms are not among it: a document has its own, which began as the defaults. On what the organization
    receives (bills) it is the buyer; take the seller out there.
    """
    stationery, branding = stationery or stationery_of(organization), branding_of(organization)
    return {
        "seller": seller_of(organization, stationery),
        "bank_details": stationery.bank_details,
        "footer": stationery.footer,
        "logo": branding.logo,
        "accent_color": branding.color,
        "locale": stationery.locale,
    }


def logo_answer(content: bytes | None, kind: str, url: str) -> dict | None:
    """A logo, and where it can be loaded down."""
    if content is None:
        return None
    return {
        "content_type": kind,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "url": url,
    }


def stationery_answer(stationery: Stationery) -> dict:
    """The stationery; ``id`` is null while nothing was saved."""
    saved = stationery.pk if isinstance(stationery.pk, int) else None
    organization = ids.encode("ORG", stationery.organization_id)
    content = bytes(stationery.logo) if stationery.logo else None
    logo = logo_answer(content, stationery.logo_type, f"/organizations/{organization}/stationery/logo")
    return {
        "object": "stationery",
        "id": None if saved is None else stationery.public_id,
        "organization_id": organization,
        **{name: getattr(stationery, name) for name in FIELDS},
        "logo": logo,
        "metadata": stationery.metadata,
        "created_at": stationery.created_at if saved is not None else None,
        "updated_at": stationery.updated_at if saved is not None else None,
    }
