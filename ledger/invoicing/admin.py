"""Invoices, bills and credits in the back office."""

from django.contrib.admin import register

from ledger.contacts.admin import further_buttons, further_tables
from ledger.invoicing.contact_pages import buttons_of, tables_of
from ledger.invoicing.credit_desks import CreditDesk
from ledger.invoicing.desks import DocumentDesk
from ledger.invoicing.models import Bill, CreditNote, Invoice, VendorCredit
from organizations.backoffice.menus import Place
from organizations.backoffice.site import site

further_tables.append(tables_of)
further_buttons.append(buttons_of)


@register(Invoice, site=site)
class InvoiceDesk(DocumentDesk):
    """What customers are asked to pay."""

    kind, resource = "invoice", "invoices"
    place = Place("Sales & purchases", 20, "Invoices", "request_quote")


@register(CreditNote, site=site)
class CreditNoteDesk(CreditDesk):
    """What is given back to customers."""

    kind, resource = "credit_note", "credit-notes"
    place = Place("Sales & purchases", 25, "Credit notes", "assignment_return")


@register(Bill, site=site)
class BillDesk(DocumentDesk):
    """What vendors ask us to pay."""

    kind, resource = "bill", "bills"
    place = Place("Sales & purchases", 30, "Bills", "receipt")


@register(VendorCredit, site=site)
class VendorCreditDesk(CreditDesk):
    """What vendors give back."""

    kind, resource = "vendor_credit", "vendor-credits"
    place = Place("Sales & purchases", 35, "Vendor credits", "assignment_returned")
