"""Usage and billing over HTTP."""

import datetime
import re

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from organizations import clock
from organizations.metering.crediting import KINDS, balance_of, entry_answer
from organizations.metering.models import CreditEntry
from organizations.metering.paying import DOLLARS, payer_of
from organizations.metering.reading import GROUPS, usage, usage_invoices
from organizations.requests.views import TenantViewSet
from organizations.tenants.models import BILLING_TYPES
from organizations.tenants.reach import overseen_and_owned_children, owned
from organizations.wire.filtering import Choice, Instant, ListField
from organizations.wire.query_strings import read_parameters
from organizations.wire.shapes import Number, PublicId


class Month(ListField):
    """A month, ``2026-03``."""

    operators = ("eq",)
    schema = {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$", "examples": ["2026-03"]}

    def read(self, text: str) -> datetime.date:
        if not re.fullmatch(r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])", text):
            raise ValueError("A month such as 2026-03.")
        return datetime.date.fromisoformat(f"{text}-01")


class UsageGroupShape(serializers.Serializer):
    day = serializers.DateField(required=False)
    api_key_id = PublicId("KEY", required=False, allow_null=True, help_text="Null for people without a key.")
    operation = serializers.CharField(required=False)
    organization_id = PublicId("ORG", required=False)
    name = serializers.CharField(required=False)
    requests = serializers.IntegerField()
    refused = serializers.IntegerField()
    credits = serializers.IntegerField()


class UsageShape(serializers.Serializer):
    """How often an organization was asked, and what it cost."""

    object = serializers.CharField()
    organization_id = PublicId("ORG")
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    requests = serializers.IntegerField(help_text="Answered; days are those of UTC.")
    refused = serializers.IntegerField(help_text="Answered with an error; they cost nothing.")
    credits = serializers.IntegerField(help_text="One is a cent of a dollar.")
    group_by = serializers.ChoiceField(GROUPS, allow_null=True)
    groups = UsageGroupShape(many=True)


class BillingOrganizationShape(serializers.Serializer):
    """Who pays for an organization."""

    object = serializers.CharField()
    organization_id = PublicId("ORG")
    billing_type = serializers.ChoiceField(BILLING_TYPES)
    billing_organization_id = PublicId("ORG")
    pays_for_itself = serializers.BooleanField()


class BillingShape(BillingOrganizationShape):
    """What this month has cost so far."""

    period = serializers.CharField()
    requests = serializers.IntegerField()
    credits_used = serializers.IntegerField()
    credits_balance = serializers.IntegerField(
        allow_null=True, help_text="Granted and bought less what was spent; null where another one pays."
    )
    amount = Number()
    currency = serializers.CharField()
    prices = serializers.DictField(child=serializers.IntegerField(), help_text="Credits by operation; `*` for others.")


class CreditEntryShape(serializers.Serializer):
    """What came to an organization's credits or left them."""

    object = serializers.CharField()
    id = PublicId("CRE")
    organization_id = PublicId("ORG")
    kind = serializers.ChoiceField(KINDS)
    credits = serializers.IntegerField(help_text="Below zero for what was spent or has expired.")
    reference = serializers.CharField()
    note = serializers.CharField()
    created_at = serializers.DateTimeField()


class UsageInvoiceLineShape(serializers.Serializer):
    operation = serializers.CharField()
    requests = serializers.IntegerField()
    price = serializers.IntegerField(help_text="Credits for one.")
    credits = serializers.IntegerField()
    amount = Number()


class UsageInvoiceShape(serializers.Serializer):
    """What a child that pays for itself used in a month, with those that it pays for."""

    object = serializers.CharField()
    organization_id = PublicId("ORG")
    customer_organization_id = PublicId("ORG")
    customer_name = serializers.CharField()
    organizations = serializers.IntegerField(help_text="It and those that it pays for.")
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    lines = UsageInvoiceLineShape(many=True)
    credits = serializers.IntegerField()
    amount = Number()
    currency = serializers.CharField()


class UsageInvoicesShape(serializers.Serializer):
    object = serializers.CharField()
    organization_id = PublicId("ORG")
    invoices = UsageInvoiceShape(many=True)


class GroupMemberOfShape(serializers.Serializer):
    organization_id = PublicId("ORG")
    name = serializers.CharField()
    parent_organization_id = PublicId("ORG", allow_null=True)
    currency = serializers.CharField()
    ownership_percentage = Number(allow_null=True)


class ConsolidatedReportingShape(serializers.Serializer):
    """Whose books are consolidated with an organization's: it and all that it owns, never linked children."""

    object = serializers.CharField()
    organization_id = PublicId("ORG")
    organizations = GroupMemberOfShape(many=True)
    report_query = serializers.CharField(help_text="Where POST makes the statements.")


PERIOD = OpenApiParameter("period", Month.schema, description="A month; this one unless given.")
GROUP_BY = OpenApiParameter("group_by", {"type": "string", "enum": list(GROUPS)}, description="Sums for each.")


class UsageViewSet(TenantViewSet):
    """Usage and billing."""

    resource = "usage"
    open_to_oversight = ("GET",)
    list_fields = {"kind": Choice(KINDS), "created_at": Instant()}
    sort_fields = ["created_at"]
    default_sort = "-created_at"

    @extend_schema(responses=UsageShape, parameters=[PERIOD, GROUP_BY])
    def usage(self, request, organization_id):
        """Show how often the organization was asked in a month, and what it cost.

        `group_by` sums by `day`, `key`, `operation` or `child`: itself and each of its children, owned or linked. What
        was counted in the last seconds may not be in it yet.
        """
        asked = read_parameters(request.query_params, {"period": Month(), "group_by": Choice(GROUPS)})
        start, end = month_of(asked.get("period") or clock.now().date())
        children = []
        if asked.get("group_by") == "child" and not self.opened.oversight:
            children = list(overseen_and_owned_children(self.organization.pk))
        return Response(usage(self.organization, children, start=start, end=end, group_by=asked.get("group_by")))

    @extend_schema(responses=UsageInvoicesShape, parameters=[PERIOD])
    def invoices(self, request, organization_id):
        """Show what to ask of each child with `separate` billing for a month's use, by operation."""
        asked = read_parameters(request.query_params, {"period": Month()})
        start, end = month_of(asked.get("period") or clock.now().date())
        children = [] if self.opened.oversight else list(overseen_and_owned_children(self.organization.pk))
        return Response(
            {
                "object": "usage_invoices",
                "organization_id": self.organization.public_id,
                "invoices": usage_invoices(self.organization, children, start=start, end=end),
            }
        )

    @extend_schema(responses=BillingOrganizationShape)
    def billing_organization(self, request, organization_id):
        """Show who pays: the nearest organization above with `separate` billing, or the organization itself."""
        read_parameters(request.query_params, {})
        return Response(self._payer("billing_organization"))

    @extend_schema(responses=BillingShape)
    def billing(self, request, organization_id):
        """Show what this month has cost so far, who pays, and what each operation costs."""
        read_parameters(request.query_params, {})
        start, end = month_of(clock.now().date())
        used = usage(self.organization, [], start=start, end=end, group_by=None)
        payer = self._payer("billing")
        return Response(
            payer
            | {
                "credits_balance": balance_of(self.organization.pk) if payer["pays_for_itself"] else None,
                "period": f"{start:%Y-%m}",
                "requests": used["requests"],
                "credits_used": used["credits"],
                "amount": used["credits"] * DOLLARS,
                "currency": "USD",
                "prices": dict(settings.CREDIT_PRICES),
            }
        )

    @extend_schema(responses=CreditEntryShape(many=True))
    def list(self, request, organization_id):
        """List what came to the organization's credits and what left them, the latest first."""
        rows = CreditEntry.objects.of(self.organization)
        return self.page(rows, lambda page: [entry_answer(row) for row in page])

    @extend_schema(responses=ConsolidatedReportingShape)
    def consolidated_reporting(self, request, organization_id):
        """List whose books are consolidated with the organization's: it and all that it owns."""
        read_parameters(request.query_params, {})
        own = self.organization
        children = [] if self.opened.oversight else owned(own.pk).exclude(pk=own.pk).order_by("name", "pk")
        return Response(
            {
                "object": "consolidated_reporting",
                "organization_id": own.public_id,
                "organizations": [_member(each, own) for each in (own, *children)],
                "report_query": f"/organizations/{own.public_id}/reports/consolidated",
            }
        )

    def _payer(self, name: str) -> dict:
        payer = payer_of(self.organization)
        return {
            "object": name,
            "organization_id": self.organization.public_id,
            "billing_type": self.organization.billing_type,
            "billing_organization_id": payer.public_id,
            "pays_for_itself": payer.pk == self.organization.pk,
        }


def _member(each, root) -> dict:
    above = None if each.pk == root.pk else each.parent_id
    return {
        "organization_id": each.public_id,
        "name": each.name,
        "parent_organization_id": None if above is None else type(each)(pk=above).public_id,
        "currency": each.base_currency_id,
        "ownership_percentage": None if above is None else each.ownership_percentage,
    }


def month_of(day: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The first and the last day of a day's month."""
    start = day.replace(day=1)
    return start, (start + datetime.timedelta(days=31)).replace(day=1) - datetime.timedelta(days=1)
