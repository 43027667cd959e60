"""Addresses of this app, in chapter order."""

from django.urls import path

from ledger.accounts.api import AccountViewSet, ChartTemplateViewSet
from ledger.imports.api import JournalImportViewSet
from ledger.journal.api import (
    AccountTransactionViewSet,
    ContactTransactionViewSet,
    RegisterViewSet,
    TransactionBatchViewSet,
    TransactionViewSet,
)
from ledger.proof.api import (
    AnchorViewSet,
    CheckpointViewSet,
    EventProofViewSet,
    ProofViewSet,
    TransactionProofViewSet,
)

COLLECTION = {"get": "list", "post": "create"}
OBJECT = {"get": "retrieve", "put": "update", "delete": "destroy"}
ORGANIZATION = "organizations/<str:organization_id>"
ACCOUNT = f"{ORGANIZATION}/accounts/<str:account_id>"
TRANSACTION = f"{ORGANIZATION}/transactions/<str:transaction_id>"

urlpatterns = [
    path("chart-templates", ChartTemplateViewSet.as_view({"get": "list"})),
    path(f"{ORGANIZATION}/accounts", AccountViewSet.as_view(COLLECTION)),
    path(f"{ORGANIZATION}/accounts/batch", AccountViewSet.as_view({"post": "create_batch"})),
    path(f"{ORGANIZATION}/accounts/from-template", AccountViewSet.as_view({"post": "from_template"})),
    path(ACCOUNT, AccountViewSet.as_view(OBJECT)),
    path(f"{ACCOUNT}/balance", AccountViewSet.as_view({"get": "balance"})),
    path(f"{ACCOUNT}/transactions", AccountTransactionViewSet.as_view({"get": "list"})),
    path(f"{ACCOUNT}/entries", RegisterViewSet.as_view({"get": "list"})),
    path(f"{ORGANIZATION}/contacts/<str:contact_id>/transactions", ContactTransactionViewSet.as_view({"get": "list"})),
    path(f"{ORGANIZATION}/transactions", TransactionViewSet.as_view(COLLECTION)),
    path(f"{ORGANIZATION}/transactions/batch", TransactionBatchViewSet.as_view({"post": "create"})),
    path(f"{ORGANIZATION}/transactions/batch-post", TransactionBatchViewSet.as_view({"post": "post_many"})),
    path(TRANSACTION, TransactionViewSet.as_view(OBJECT)),
    path(f"{TRANSACTION}/post", TransactionViewSet.as_view({"post": "post_one"})),
    path(f"{TRANSACTION}/reverse", TransactionViewSet.as_view({"post": "reverse"})),
    path(f"{TRANSACTION}/reverse-partial", TransactionViewSet.as_view({"post": "reverse_partial"})),
    path(f"{TRANSACTION}/adjust", TransactionViewSet.as_view({"post": "adjust"})),
    path(f"{TRANSACTION}/proof", TransactionProofViewSet.as_view({"get": "retrieve"})),
    path(f"{ORGANIZATION}/events/<str:event_id>/proof", EventProofViewSet.as_view({"get": "retrieve"})),
    path(f"{ORGANIZATION}/checkpoints", CheckpointViewSet.as_view(COLLECTION)),
    path(f"{ORGANIZATION}/checkpoints/<str:seq>", CheckpointViewSet.as_view({"get": "retrieve"})),
    path(f"{ORGANIZATION}/proof", ProofViewSet.as_view({"get": "retrieve"})),
    path(f"{ORGANIZATION}/proof/export", ProofViewSet.as_view({"get": "export"})),
    path(f"{ORGANIZATION}/proof/verify", ProofViewSet.as_view({"post": "verify"})),
    path(f"{ORGANIZATION}/anchor", AnchorViewSet.as_view(OBJECT)),
    path(f"{ORGANIZATION}/imports/journal", JournalImportViewSet.as_view({"post": "create"})),
]
