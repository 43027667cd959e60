"""Addresses of this app, in chapter order."""

from django.urls import path

from ledger.accounts.api import AccountBatchViewSet, AccountViewSet, BalanceViewSet, ChartTemplateViewSet
from ledger.archives.api import ExportFileViewSet, ExportViewSet
from ledger.assertions.api import AssertionViewSet
from ledger.attachments.api import AttachmentContentViewSet, AttachmentViewSet, TransactionAttachmentViewSet
from ledger.categories.api import CategoryViewSet
from ledger.closing.api import (
    FiscalYearViewSet,
    LiftChangeViewSet,
    LockDateViewSet,
    LockLiftViewSet,
    OpeningBalanceViewSet,
)
from ledger.contacts.api import ContactImportViewSet, ContactViewSet
from ledger.currencies.api import ExchangeRateImportViewSet, ExchangeRateViewSet
from ledger.deletions.api import DeletionCertificateViewSet, DeletionViewSet
from ledger.explanations.api import ExplanationViewSet
from ledger.health.api import LedgerHealthViewSet
from ledger.health.metrics import metrics
from ledger.imports.api import JournalImportViewSet
from ledger.intake.api import InboxViewSet, IntegrationViewSet, ProviderWebhookViewSet
from ledger.invoicing.api import (
    BillBatchViewSet,
    BillViewSet,
    CreditNoteViewSet,
    InvoiceBatchViewSet,
    InvoiceViewSet,
    VendorCreditViewSet,
)
from ledger.items.api import ItemViewSet
from ledger.journal.api import (
    AccountTransactionViewSet,
    ContactTransactionViewSet,
    TransactionBatchViewSet,
    TransactionViewSet,
)
from ledger.journal.entries_api import JournalViewSet, RegisterViewSet
from ledger.payments.api import BillPaymentViewSet, InvoicePaymentViewSet, PaymentViewSet
from ledger.proof.api import (
    AnchorViewSet,
    CheckpointViewSet,
    EventProofViewSet,
    ProofViewSet,
    TransactionProofViewSet,
)
from ledger.recurring.api import ExecutionViewSet, PreviewViewSet, RecurringViewSet
from ledger.revaluations.api import RevaluationViewSet
from ledger.statements.api import ContactStatementViewSet
from ledger.stationery.api import LogoViewSet, StationeryViewSet
from ledger.stationery.branding_api import BrandingViewSet
from ledger.taxes.api import TaxViewSet
from ledger.transfers.api import TransferViewSet

COLLECTION = {"get": "list", "post": "create"}
OBJECT = {"get": "retrieve", "put": "update", "delete": "destroy"}
ORGANIZATION = "organizations/<str:organization_id>"
ACCOUNT = f"{ORGANIZATION}/accounts/<str:account_id>"
LIFT = f"{ORGANIZATION}/lock-dates/lifts/<str:lift_id>"
YEAR = f"{ORGANIZATION}/fiscal-years/<str:year>"
TRANSACTION = f"{ORGANIZATION}/transactions/<str:transaction_id>"
RATE = f"{ORGANIZATION}/exchange-rates/<str:exchange_rate_id>"
ATTACHMENT = f"{ORGANIZATION}/attachments/<str:attachment_id>"
PAYMENT = f"{ORGANIZATION}/payments/<str:payment_id>"
RECURRING = f"{ORGANIZATION}/recurring/<str:recurring_id>"
RECURRING_VERBS = ("pause", "resume", "cancel", "run")


def _documents(name, viewset, payments=None):
    """The addresses of a kind of document."""
    one = f"{ORGANIZATION}/{name}/<str:document_id>"
    first = "receive" if name in ("bills", "vendor-credits") else "issue"
    found = [
        path(f"{ORGANIZATION}/{name}", viewset.as_view(COLLECTION)),
        path(one, viewset.as_view(OBJECT)),
        path(f"{one}/{first}", viewset.as_view({"post": "issue"})),
        path(f"{one}/cancel", viewset.as_view({"post": "cancel"})),
        path(f"{one}/pdf", viewset.as_view({"get": "pdf"})),
    ]
    if first == "issue":
        found.append(path(f"{one}/send", viewset.as_view({"post": "send"})))
    if payments is None:
        found += [path(f"{one}/{verb}", viewset.as_view({"post": verb})) for verb in ("allocate", "unallocate")]
    else:
        found.append(path(f"{one}/credit", viewset.as_view({"post": "credit"})))
        found.append(path(f"{one}/payments", payments.as_view(COLLECTION)))
    return found


urlpatterns = [
    path("metrics", metrics),
    path("chart-templates", ChartTemplateViewSet.as_view({"get": "list"})),
    path(f"{ORGANIZATION}/accounts", AccountViewSet.as_view(COLLECTION)),
    path(f"{ORGANIZATION}/accounts/batch", AccountBatchViewSet.as_view({"post": "create"})),
    path(f"{ORGANIZATION}/accounts/from-template", AccountViewSet.as_view({"post": "from_template"})),
    path(ACCOUNT, AccountViewSet.as_view(OBJECT)),
    path(f"{ACCOUNT}/balance", BalanceViewSet.as_view({"get": "retrieve"})),
    path(f"{ACCOUNT}/balance/explain", ExplanationViewSet.as_view({"get": "retrieve"})),
    path(f"{ACCOUNT}/transactions", AccountTransactionViewSet.as_view({"get": "list"})),
    path(f"{ACCOUNT}/entries", RegisterViewSet.as_view({"get": "list"})),
    path(f"{ORGANIZATION}/categories", CategoryViewSet.as_view(COLLECTION)),
    path(f"{ORGANIZATION}/categories/<str:category_id>", CategoryViewSet.as_view(OBJECT)),
    path(f"{ORGANIZATION}/taxes", TaxViewSet.as_view(COLLECTION)),
    path(f"{ORGANIZATION}/taxes/<str:tax_id>", TaxViewSet.as_view(OBJECT)),
    path(f"{ORGANIZATION}/items", ItemViewSet.as_view(COLLECTION)),
    path(f"{ORGANIZATION}/items/<str:item_id>", ItemViewSet.as_view(OBJECT)),
    path(f"{ORGANIZATION}/contacts", ContactViewSet.as_view(COLLECTION)),
    path(f"{ORGANIZATION}/contacts/import", ContactImportViewSet.as_view({"post": "create"})),
    path(f"{ORGANIZATION}/contacts/<str:contact_id>", ContactViewSet.as_view(OBJECT)),
    path(f"{ORGANIZATION}/contacts/<str:contact_id>/merge", ContactViewSet.as_view({"post": "merge"})),
    path(f"{ORGANIZATION}/contacts/<str:contact_id>/statement", ContactStatementViewSet.as_view({"get": "statement"})),
    path(f"{ORGANIZATION}/contacts/<str:contact_id>/transactions", ContactTransactionViewSet.as_view({"get": "list"})),
    path(f"{ORGANIZATION}/exchange-rates", ExchangeRateViewSet.as_view(COLLECTION)),
    path(f"{ORGANIZATION}/exchange-rates/import", ExchangeRateImportViewSet.as_view({"post": "create"})),
    path(f"{ORGANIZATION}/exchange-rates/latest", ExchangeRateViewSet.as_view({"get": "latest"})),
    path(RATE, ExchangeRateViewSet.as_view({"get": "retrieve", "delete": "destroy"})),
    path(f"{ORGANIZATION}/entries", JournalViewSet.as_view({"get": "list"})),
    path(f"{ORGANIZATION}/transactions", TransactionViewSet.as_view(COLLECTION)),
    path(f"{ORGANIZATION}/transactions/batch", TransactionBatchViewSet.as_view({"post": "create"})),
    path(f"{ORGANIZATION}/transactions/batch-post", TransactionBatchViewSet.as_view({"post": "post_many"})),
    path(TRANSACTION, TransactionViewSet.as_view(OBJECT)),
    path(f"{TRANSACTION}/post", TransactionViewSet.as_view({"post": "post_one"})),
    path(f"{TRANSACTION}/reverse", TransactionViewSet.as_view({"post": "reverse"})),
    path(f"{TRANSACTION}/reverse-partial", TransactionViewSet.as_view({"post": "reverse_partial"})),
    path(f"{TRANSACTION}/adjust", TransactionViewSet.as_view({"post": "adjust"})),
    path(f"{ORGANIZATION}/stationery", StationeryViewSet.as_view({"get": "retrieve", "put": "update"})),
    path(f"{ORGANIZATION}/branding", BrandingViewSet.as_view({"get": "retrieve", "put": "update"})),
    path(f"{ORGANIZATION}/branding/logo", BrandingViewSet.as_view({"get": "logo"})),
    path(
        f"{ORGANIZATION}/stationery/logo",
        LogoViewSet.as_view({"get": "show", "put": "replace", "delete": "remove"}),
    ),
    path(f"{ORGANIZATION}/lock-dates", LockDateViewSet.as_view({"get": "retrieve", "put": "update"})),
    path(f"{ORGANIZATION}/lock-dates/lifts", LockLiftViewSet.as_view(COLLECTION)),
    path(LIFT, LockLiftViewSet.as_view({"get": "retrieve", "delete": "destroy"})),
    path(f"{LIFT}/changes", LiftChangeViewSet.as_view({"get": "list"})),
    path(f"{ORGANIZATION}/fiscal-years", FiscalYearViewSet.as_view({"get": "list"})),
    path(YEAR, FiscalYearViewSet.as_view({"get": "retrieve"})),
    path(f"{YEAR}/checklist", FiscalYearViewSet.as_view({"get": "checklist"})),
    path(f"{YEAR}/close", FiscalYearViewSet.as_view({"post": "close"})),
    path(f"{YEAR}/reopen", FiscalYearViewSet.as_view({"post": "reopen"})),
    path(f"{ORGANIZATION}/opening-balances", OpeningBalanceViewSet.as_view({"post": "create"})),
    path(f"{ORGANIZATION}/balance-assertions", AssertionViewSet.as_view(COLLECTION)),
    path(f"{ORGANIZATION}/balance-assertions/<str:assertion_id>", AssertionViewSet.as_view(OBJECT)),
    path(f"{ORGANIZATION}/health/ledger", LedgerHealthViewSet.as_view({"get": "retrieve", "post": "create"})),
    path(f"{TRANSACTION}/attachments", TransactionAttachmentViewSet.as_view(COLLECTION)),
    path(ATTACHMENT, AttachmentViewSet.as_view({"get": "retrieve", "delete": "destroy"})),
    path(f"{ATTACHMENT}/content", AttachmentContentViewSet.as_view({"get": "content"})),
    path(f"{TRANSACTION}/proof", TransactionProofViewSet.as_view({"get": "retrieve"})),
    path(f"{ORGANIZATION}/events/<str:event_id>/proof", EventProofViewSet.as_view({"get": "retrieve"})),
    path(f"{ORGANIZATION}/checkpoints", CheckpointViewSet.as_view(COLLECTION)),
    path(f"{ORGANIZATION}/checkpoints/<str:seq>", CheckpointViewSet.as_view({"get": "retrieve"})),
    path(f"{ORGANIZATION}/proof", ProofViewSet.as_view({"get": "retrieve"})),
    path(f"{ORGANIZATION}/proof/export", ProofViewSet.as_view({"get": "export"})),
    path(f"{ORGANIZATION}/proof/verify", ProofViewSet.as_view({"post": "verify"})),
    path(f"{ORGANIZATION}/anchor", AnchorViewSet.as_view(OBJECT)),
    path(
        f"{ORGANIZATION}/deletion",
        DeletionViewSet.as_view({"get": "retrieve", "post": "create", "delete": "destroy"}),
    ),
    path("deletion-certificates", DeletionCertificateViewSet.as_view({"get": "list"})),
    path(f"{ORGANIZATION}/exports", ExportViewSet.as_view({"post": "create"})),
    path(f"{ORGANIZATION}/exports/<str:job_id>/file", ExportFileViewSet.as_view({"get": "retrieve"})),
    path(f"{ORGANIZATION}/imports/journal", JournalImportViewSet.as_view({"post": "create"})),
    path(f"{ORGANIZATION}/invoices/batch", InvoiceBatchViewSet.as_view({"post": "create"})),
    path(f"{ORGANIZATION}/invoices/batch-issue", InvoiceBatchViewSet.as_view({"post": "issue_many"})),
    path(f"{ORGANIZATION}/bills/batch", BillBatchViewSet.as_view({"post": "create"})),
    path(f"{ORGANIZATION}/bills/batch-receive", BillBatchViewSet.as_view({"post": "issue_many"})),
    *_documents("invoices", InvoiceViewSet, InvoicePaymentViewSet),
    *_documents("credit-notes", CreditNoteViewSet),
    *_documents("bills", BillViewSet, BillPaymentViewSet),
    *_documents("vendor-credits", VendorCreditViewSet),
    path(f"{ORGANIZATION}/payments", PaymentViewSet.as_view(COLLECTION)),
    path(PAYMENT, PaymentViewSet.as_view({"get": "retrieve", "put": "update"})),
    path(f"{PAYMENT}/allocate", PaymentViewSet.as_view({"post": "allocate"})),
    path(f"{PAYMENT}/unallocate", PaymentViewSet.as_view({"post": "unallocate"})),
    path(f"{PAYMENT}/refund", PaymentViewSet.as_view({"post": "refund"})),
    path(f"{PAYMENT}/reverse", PaymentViewSet.as_view({"post": "reverse"})),
    path(f"{ORGANIZATION}/revaluations", RevaluationViewSet.as_view(COLLECTION)),
    path(f"{ORGANIZATION}/revaluations/<str:revaluation_id>", RevaluationViewSet.as_view({"get": "retrieve"})),
    path(
        "integrations/<str:provider>/<str:organization_id>/webhook", ProviderWebhookViewSet.as_view({"post": "receive"})
    ),
    path(f"{ORGANIZATION}/integrations", IntegrationViewSet.as_view({"get": "list"})),
    path(f"{ORGANIZATION}/integrations/events", InboxViewSet.as_view({"get": "list"})),
    path(f"{ORGANIZATION}/integrations/events/<str:inbox_event_id>/replay", InboxViewSet.as_view({"post": "replay"})),
    path(
        f"{ORGANIZATION}/integrations/<str:provider>",
        IntegrationViewSet.as_view({"put": "connect", "delete": "disconnect"}),
    ),
    path(f"{ORGANIZATION}/recurring", RecurringViewSet.as_view(COLLECTION)),
    path(RECURRING, RecurringViewSet.as_view(OBJECT)),
    *(path(f"{RECURRING}/{verb}", RecurringViewSet.as_view({"post": verb})) for verb in RECURRING_VERBS),
    path(f"{RECURRING}/preview", PreviewViewSet.as_view({"get": "preview"})),
    path(f"{RECURRING}/executions", ExecutionViewSet.as_view({"get": "list"})),
    path(f"{RECURRING}/executions/<str:execution_id>/retry", ExecutionViewSet.as_view({"post": "retry"})),
    path(f"{ORGANIZATION}/transfers", TransferViewSet.as_view(COLLECTION)),
    path(f"{ORGANIZATION}/transfers/<str:transfer_id>", TransferViewSet.as_view({"get": "retrieve"})),
    path(f"{ORGANIZATION}/transfers/<str:transfer_id>/reverse", TransferViewSet.as_view({"post": "reverse"})),
]
