"""Where the back office shows what opens items and posts transactions: a link from the public id alone."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.urls import reverse

from organizations import ids
from organizations.backoffice import showing
from organizations.tenants.models import Organization

#: Prefix of an id → the admin's name of its kind.
PAGES = {
    "INV": "ledger_invoice",
    "CRN": "ledger_creditnote",
    "BIL": "ledger_bill",
    "VCR": "ledger_vendorcredit",
    "PAY": "ledger_payment",
    "TRF": "ledger_transfer",
    "RVL": "ledger_revaluation",
    "TXN": "ledger_transaction",
}


def link_to_id(public_id: str, text: str = ""):
    """A link to the page of what an id names; the text alone where the back office has no such page."""
    prefix = public_id[:3]
    if prefix not in PAGES:
        return text or public_id
    url = reverse(f"admin:{PAGES[prefix]}_change", args=[ids.decode(prefix, public_id)])
    return showing.link(url, text or public_id)


def named_links(organization: Organization | int, public_ids: Iterable[str]) -> dict[str, Any]:
    """Links to the pages of these, each by what it is called: one query for each kind. The id where there is none."""
    found: dict[str, Any] = {each: each for each in public_ids}
    for prefix in sorted({each[:3] for each in found} & PAGES.keys()):
        model = apps.get_model(PAGES[prefix].replace("_", ".", 1))
        wanted = {ids.decode(prefix, each): each for each in found if each.startswith(prefix)}
        rows = model.objects.of(organization).filter(pk__in=wanted)
        if any(field.name == "contact" for field in model._meta.fields):
            rows = rows.select_related("contact")
        for row in rows:
            found[wanted[row.pk]] = showing.link_to(model, row.pk, called(row))
    return found


def called(row: Any) -> str:
    """What a row is called, with its kind: ``Invoice INV-2026-0001``; a transaction says enough by itself."""
    kind, name = str(row._meta.verbose_name).capitalize(), str(row)
    return name if kind == "Transaction" or kind.lower() in name.lower() else f"{kind} {name}"
