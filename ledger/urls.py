"""Addresses of this app, in chapter order."""

from django.urls import path

from ledger.accounts.api import AccountViewSet, ChartTemplateViewSet
from ledger.attachments.api import AttachmentContentViewSet, AttachmentViewSet, TransactionAttachmentViewSet
from ledger.categories.api import CategoryViewSet
from ledger.imports.api import JournalImportViewSet
from ledger.journal.api import (
    AccountTransactionViewSet,
    ContactTransactionViewSet,
    TransactionBatchViewSet,
    TransactionViewSet,
)
from ledger.journal.entries_api import JournalViewSet, RegisterViewSet

COLLECTION = {"get": "list", "post": "create"}
OBJECT = {"get": "retrieve", "put": "update", "delete": "destroy"}
ORGANIZATION = "organizations/<str:organization_id>"
ACCOUNT = f"{ORGANIZATION}/accounts/<str:account_id>"
TRANSACTION = f"{ORGANIZATION}/transactions/<str:transaction_id>"
ATTACHMENT = f"{ORGANIZATION}/attachments/<str:attachment_id>"

urlpatterns = [
    path("chart-templates", ChartTemplateViewSet.as_view({"get": "list"})),
    path(f"{ORGANIZATION}/accounts", AccountViewSet.as_view(COLLECTION)),
    path(f"{ORGANIZATION}/accounts/batch", AccountViewSet.as_view({"post": "create_batch"})),
    path(f"{ORGANIZATION}/accounts/from-template", AccountViewSet.as_view({"post": "from_template"})),
    path(ACCOUNT, AccountViewSet.as_view(OBJECT)),
    path(f"{ACCOUNT}/balance", AccountViewSet.as_view({"get": "balance"})),
    path(f"{ACCOUNT}/transactions", AccountTransactionViewSet.as_view({"get": "list"})),
    path(f"{ACCOUNT}/entries", RegisterViewSet.as_view({"get": "list"})),
    path(f"{ORGANIZATION}/categories", CategoryViewSet.as_view(COLLECTION)),
    path(f"{ORGANIZATION}/categories/<str:category_id>", CategoryViewSet.as_view(OBJECT)),
    path(f"{ORGANIZATION}/contacts/<str:contact_id>/transactions", ContactTransactionViewSet.as_view({"get": "list"})),
    path(f"{ORGANIZATION}/entries", JournalViewSet.as_view({"get": "list"})),
    path(f"{ORGANIZATION}/transactions", TransactionViewSet.as_view(COLLECTION)),
    path(f"{ORGANIZATION}/transactions/batch", TransactionBatchViewSet.as_view({"post": "create"})),
    path(f"{ORGANIZATION}/transactions/batch-post", TransactionBatchViewSet.as_view({"post": "post_many"})),
    path(TRANSACTION, TransactionViewSet.as_view(OBJECT)),
    path(f"{TRANSACTION}/post", TransactionViewSet.as_view({"post": "post_one"})),
    path(f"{TRANSACTION}/reverse", TransactionViewSet.as_view({"post": "reverse"})),
    path(f"{TRANSACTION}/reverse-partial", TransactionViewSet.as_view({"post": "reverse_partial"})),
    path(f"{TRANSACTION}/adjust", TransactionViewSet.as_view({"post": "adjust"})),
    path(f"{TRANSACTION}/attachments", TransactionAttachmentViewSet.as_view(COLLECTION)),
    path(ATTACHMENT, AttachmentViewSet.as_view({"get": "retrieve", "delete": "destroy"})),
    path(f"{ATTACHMENT}/content", AttachmentContentViewSet.as_view({"get": "content"})),
    path(f"{ORGANIZATION}/imports/journal", JournalImportViewSet.as_view({"post": "create"})),
]
