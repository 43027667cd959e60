"""Credits over HTTP: the pool, what is bought, and Stripe's messages."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from organizations.errors import NotFound
from organizations.metering import checkouts
from organizations.metering.buying import buy_credits, purchase_answer
from organizations.metering.models import CreditPurchase
from organizations.metering.pooling import change_pool, pool_answer
from organizations.requests.signed import SignedViewSet
from organizations.requests.views import TenantViewSet
from organizations.wire.filtering import Choice, Instant
from organizations.wire.query_strings import read_parameters
from organizations.wire.shapes import Number, PublicId

STATUSES = ("preparing", "open", "paid", "expired", "failed")


class CreditAccountShape(serializers.Serializer):
    account = serializers.CharField(help_text="`pool`, or where its credits came from and went to.")
    received = serializers.IntegerField()
    given = serializers.IntegerField()


class CreditPackageShape(serializers.Serializer):
    package = serializers.CharField()
    credits = serializers.IntegerField()
    amount = Number()
    currency = serializers.CharField()


class CreditPoolShape(serializers.Serializer):
    """The credits of who pays."""

    object = serializers.CharField()
    organization_id = PublicId("ORG")
    billing_organization_id = PublicId("ORG")
    enforced = serializers.BooleanField(help_text="Whether a call without credits is refused by 402.")
    credits_remaining = serializers.IntegerField(
        allow_null=True, help_text="With all that was used up to now; null where another organization pays."
    )
    mock = serializers.BooleanField(help_text="In test mode credits are not real.")
    recharge_below = serializers.IntegerField(allow_null=True)
    recharge_package = serializers.CharField(allow_null=True)
    can_recharge = serializers.BooleanField(help_text="Whether a means of payment is on file.")
    accounts = CreditAccountShape(many=True, help_text="The books of credits: all that was received was given.")
    packages = CreditPackageShape(many=True)


class RechargeInput(serializers.Serializer):
    """When what is bought by itself. Null for both: nothing is."""

    recharge_below = serializers.IntegerField(min_value=1, max_value=10**9, allow_null=True)
    recharge_package = serializers.CharField(max_length=20, allow_null=True)


class CreditPurchaseShape(serializers.Serializer):
    """A package of credits that is being bought."""

    object = serializers.CharField()
    id = PublicId("CPU")
    organization_id = PublicId("ORG")
    package = serializers.CharField()
    credits = serializers.IntegerField()
    amount = Number()
    currency = serializers.CharField()
    status = serializers.ChoiceField(STATUSES)
    by_itself = serializers.BooleanField()
    checkout_url = serializers.CharField(allow_null=True, help_text="Stripe's page, as soon as the status is `open`.")
    error = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class CreditPurchaseInput(serializers.Serializer):
    package = serializers.CharField(max_length=20, help_text="One of the pool's `packages`.")
    success_url = serializers.CharField(max_length=2000, required=False, default="")
    cancel_url = serializers.CharField(max_length=2000, required=False, default="")


class CreditMessageShape(serializers.Serializer):
    object = serializers.CharField()
    outcome = serializers.ChoiceField(("credited", "known", "waiting", "ended", "ignored"))


class CreditPoolViewSet(TenantViewSet):
    """The credits of who pays."""

    resource = "usage"
    open_to_oversight = ("GET",)

    @extend_schema(responses=CreditPoolShape)
    def retrieve(self, request, organization_id):
        """Show what is left, whether it must be there, and the books of credits."""
        read_parameters(request.query_params, {})
        return Response(pool_answer(self.organization))

    @extend_schema(request=RechargeInput, responses=CreditPoolShape)
    def update(self, request, organization_id):
        """Say below how many credits which package is bought by itself, with the means of payment on file."""
        asked = self.read(RechargeInput)
        asked["recharge_package"] = asked["recharge_package"] or ""
        change_pool(actor=self.actor, organization=self.organization, **asked)
        return Response(pool_answer(self.organization))


class CreditPurchaseViewSet(TenantViewSet):
    """Packages of credits."""

    resource = "usage"
    list_fields = {"status": Choice(STATUSES), "created_at": Instant()}
    sort_fields = ["created_at"]
    default_sort = "-created_at"

    @extend_schema(responses=CreditPurchaseShape(many=True))
    def list(self, request, organization_id):
        """List purchases, the newest first."""
        return self.page(
            CreditPurchase.objects.of(self.organization), lambda rows: [purchase_answer(row) for row in rows]
        )

    @extend_schema(request=CreditPurchaseInput, responses=CreditPurchaseShape)
    def create(self, request, organization_id):
        """Buy a package. Within seconds the purchase is `open`, and its `checkout_url` is where a person pays.

        In test mode it is paid at once, with mock credits. Credits come when Stripe confirms the payment.
        """
        asked = self.read(CreditPurchaseInput)
        bought = buy_credits(actor=self.actor, organization=self.organization, **asked)
        return Response(purchase_answer(bought), status=201)

    @extend_schema(responses=CreditPurchaseShape)
    def retrieve(self, request, organization_id, credit_purchase_id):
        """Show a purchase."""
        number = self.read_id("credit_purchase_id", "CPU")
        found = CreditPurchase.objects.of(self.organization).filter(pk=number).first()
        if found is None:
            raise NotFound()
        return Response(purchase_answer(found))


class CreditMessageViewSet(SignedViewSet):
    """Where Stripe tells of purchases. Its signature is its key."""

    resource = "usage"
    stages = False

    @extend_schema(request={"application/json": OpenApiTypes.OBJECT}, responses={200: CreditMessageShape})
    def receive(self, request):
        """Take a message of Stripe's about a purchase of credits."""
        outcome = checkouts.receive(request.body, request.headers.get("Stripe-Signature", ""))
        return Response({"object": "credit_message", "outcome": outcome})
