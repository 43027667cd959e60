"""Addresses of this app, in chapter order."""

from django.urls import path

from organizations.audit.api import EventViewSet
from organizations.directory.api import OrganizationViewSet, SharingView, StatusViewSet
from organizations.drafts.api import DraftViewSet, OperationViewSet
from organizations.invitations.api import InvitationViewSet
from organizations.jobs.api import JobResultViewSet, JobViewSet
from organizations.keys.api import KeyViewSet
from organizations.letters.api import LetterViewSet
from organizations.members.api import MemberViewSet
from organizations.metering.api import UsageViewSet
from organizations.metering.credit_views import CreditMessageViewSet, CreditPoolViewSet, CreditPurchaseViewSet
from organizations.notices.api import NotificationViewSet
from organizations.status.api import CurrencyViewSet, SystemViewSet, health
from organizations.webhooks.api import DeliveryViewSet, WebhookViewSet

COLLECTION = {"get": "list", "post": "create"}
OBJECT = {"get": "retrieve", "put": "update", "delete": "destroy"}
ORGANIZATION = "organizations/<str:organization_id>"
DRAFT = f"{ORGANIZATION}/drafts/<str:draft_id>"
INVITATION = f"{ORGANIZATION}/invitations/<str:invitation_id>"
WEBHOOK = f"{ORGANIZATION}/webhooks/<str:webhook_id>"

urlpatterns = [
    path("health", health),
    path("system", SystemViewSet.as_view({"get": "retrieve"})),
    path("currencies", CurrencyViewSet.as_view({"get": "list"})),
    path("organizations", OrganizationViewSet.as_view(COLLECTION)),
    path("organizations/can-share-data/<str:one_id>/<str:other_id>", SharingView.as_view({"get": "retrieve"})),
    path(ORGANIZATION, OrganizationViewSet.as_view({"get": "retrieve", "put": "update"})),
    path(f"{ORGANIZATION}/archive", StatusViewSet.as_view({"post": "archive"})),
    path(f"{ORGANIZATION}/restore", StatusViewSet.as_view({"post": "restore"})),
    path(f"{ORGANIZATION}/members", MemberViewSet.as_view(COLLECTION)),
    path(f"{ORGANIZATION}/members/<str:membership_id>", MemberViewSet.as_view(OBJECT)),
    path(
        f"{ORGANIZATION}/members/<str:membership_id>/notifications",
        NotificationViewSet.as_view({"get": "retrieve", "put": "update"}),
    ),
    path(f"{ORGANIZATION}/invitations", InvitationViewSet.as_view(COLLECTION)),
    path(INVITATION, InvitationViewSet.as_view({"get": "retrieve", "delete": "destroy"})),
    path(f"{INVITATION}/resend", InvitationViewSet.as_view({"post": "resend"})),
    path(f"{ORGANIZATION}/api-keys", KeyViewSet.as_view(COLLECTION)),
    path(f"{ORGANIZATION}/api-keys/<str:api_key_id>", KeyViewSet.as_view(OBJECT)),
    path(f"{ORGANIZATION}/api-keys/<str:api_key_id>/rotate", KeyViewSet.as_view({"post": "rotate"})),
    path(f"{ORGANIZATION}/usage", UsageViewSet.as_view({"get": "usage"})),
    path(f"{ORGANIZATION}/usage/invoices", UsageViewSet.as_view({"get": "invoices"})),
    path(f"{ORGANIZATION}/billing", UsageViewSet.as_view({"get": "billing"})),
    path(f"{ORGANIZATION}/credits", UsageViewSet.as_view({"get": "list"})),
    path(f"{ORGANIZATION}/credits/pool", CreditPoolViewSet.as_view({"get": "retrieve", "put": "update"})),
    path(f"{ORGANIZATION}/credits/purchases", CreditPurchaseViewSet.as_view(COLLECTION)),
    path(
        f"{ORGANIZATION}/credits/purchases/<str:credit_purchase_id>",
        CreditPurchaseViewSet.as_view({"get": "retrieve"}),
    ),
    path("integrations/stripe/credits", CreditMessageViewSet.as_view({"post": "receive"})),
    path(f"{ORGANIZATION}/billing-organization", UsageViewSet.as_view({"get": "billing_organization"})),
    path(f"{ORGANIZATION}/consolidated-reporting", UsageViewSet.as_view({"get": "consolidated_reporting"})),
    path(f"{ORGANIZATION}/events", EventViewSet.as_view({"get": "list"})),
    path(f"{ORGANIZATION}/events/<str:event_id>", EventViewSet.as_view({"get": "retrieve"})),
    path(f"{ORGANIZATION}/jobs", JobViewSet.as_view({"get": "list"})),
    path(f"{ORGANIZATION}/jobs/<str:job_id>", JobViewSet.as_view({"get": "retrieve"})),
    path(f"{ORGANIZATION}/jobs/<str:job_id>/cancel", JobViewSet.as_view({"post": "cancel"})),
    path(f"{ORGANIZATION}/jobs/<str:job_id>/result", JobResultViewSet.as_view({"get": "retrieve"})),
    path(f"{ORGANIZATION}/webhooks", WebhookViewSet.as_view(COLLECTION)),
    path(WEBHOOK, WebhookViewSet.as_view(OBJECT)),
    path(f"{WEBHOOK}/rotate-secret", WebhookViewSet.as_view({"post": "rotate_secret"})),
    path(f"{WEBHOOK}/test", WebhookViewSet.as_view({"post": "test"})),
    path(f"{WEBHOOK}/deliveries", DeliveryViewSet.as_view({"get": "list"})),
    path(f"{WEBHOOK}/deliveries/<str:delivery_id>/resend", DeliveryViewSet.as_view({"post": "resend"})),
    path(f"{ORGANIZATION}/drafts", DraftViewSet.as_view(COLLECTION)),
    path(f"{ORGANIZATION}/drafts/operations", OperationViewSet.as_view({"get": "list"})),
    path(DRAFT, DraftViewSet.as_view({"get": "retrieve", "put": "update"})),
    path(f"{DRAFT}/validate", DraftViewSet.as_view({"post": "validate"})),
    path(f"{DRAFT}/approve", DraftViewSet.as_view({"post": "approve"})),
    path(f"{DRAFT}/reject", DraftViewSet.as_view({"post": "reject"})),
    path(f"{ORGANIZATION}/letters", LetterViewSet.as_view({"get": "list"})),
    path(f"{ORGANIZATION}/letters/<str:letter_id>", LetterViewSet.as_view({"get": "retrieve"})),
    path(f"{ORGANIZATION}/letters/<str:letter_id>/resend", LetterViewSet.as_view({"post": "resend"})),
]
