"""Contents page: the back office of this app, in chapter order."""

from ledger.accounts.admin import AccountDesk as AccountDesk
from ledger.assertions.admin import AssertionDesk as AssertionDesk
from ledger.attachments.admin import AttachmentDesk as AttachmentDesk
from ledger.categories.admin import CategoryDesk as CategoryDesk
from ledger.closing.admin import YearClosingDesk as YearClosingDesk
from ledger.closing.lift_desks import LockLiftDesk as LockLiftDesk
from ledger.closing.opening_pages import opening_page as opening_page
from ledger.contacts.admin import ContactDesk as ContactDesk
from ledger.contacts.import_pages import contact_import_page as contact_import_page
from ledger.currencies.admin import ExchangeRateDesk as ExchangeRateDesk
from ledger.currencies.rate_pages import rates_page as rates_page
from ledger.explanations.admin import explanation_page as explanation_page
from ledger.health.admin import ExaminationDesk as ExaminationDesk
from ledger.imports.admin import import_page as import_page
from ledger.invoicing.admin import BillDesk as BillDesk
from ledger.invoicing.admin import CreditNoteDesk as CreditNoteDesk
from ledger.invoicing.admin import InvoiceDesk as InvoiceDesk
from ledger.invoicing.admin import VendorCreditDesk as VendorCreditDesk
from ledger.items.admin import ItemDesk as ItemDesk
from ledger.journal.admin import TransactionDesk as TransactionDesk
from ledger.journal.entries_admin import EntryDesk as EntryDesk
from ledger.payments.admin import PaymentDesk as PaymentDesk
from ledger.proof.admin import CheckpointDesk as CheckpointDesk
from ledger.revaluations.admin import RevaluationDesk as RevaluationDesk
from ledger.stationery.admin import StationeryDesk as StationeryDesk
from ledger.taxes.admin import TaxDesk as TaxDesk
