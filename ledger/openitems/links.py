"""Where the back office shows what opens items and posts transactions: a link from the public id alone."""

from django.urls import reverse

from organizations import ids
from organizations.backoffice import showing

#: Prefix of an id → the admin's name of its kind.
PAGES = {
    "INV": "ledger_invoice",
    "CRN": "ledger_creditnote",
    "BIL": "ledger_bill",
    "VCR": "ledger_vendorcredit",
    "PAY": "ledger_payment",
    "TRF": "ledger_transfer",
    "RVL": "ledger_revaluation",
}


def link_to_id(public_id: str, text: str = ""):
    """A link to the page of a document, a payment, a transfer or a revaluation; the text alone where there is none."""
    prefix = public_id[:3]
    if prefix not in PAGES:
        return text or public_id
    url = reverse(f"admin:{PAGES[prefix]}_change", args=[ids.decode(prefix, public_id)])
    return showing.link(url, text or public_id)
