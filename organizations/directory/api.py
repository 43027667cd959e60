"""Organizations over HTTP: sign-up, children, the record and its policies."""

from contextlib import nullcontext
from dataclasses import replace
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response

from organizations import ids, scoping
from organizations.actors import Actor
from organizations.directory.archiving import set_status
from organizations.directory.creating import create_child, currency_of, sign_up
from organizations.directory.terms import RUNNING, TERMS, role_at
from organizations.directory.updating import update_organization
from organizations.errors import NotAuthorized, NotFound, OrganizationArchived, SignupClosed, Unauthenticated
from organizations.keys.minting import preview_of
from organizations.requests.views import TenantViewSet
from organizations.roles import ROLES
from organizations.status.api import CurrencyShape
from organizations.tenants.answers import organization_answer
from organizations.tenants.models import (
    BILLING_TYPES,
    MODES,
    OLDEST_RATE,
    RELATIONSHIP_TYPES,
    STATUSES,
    TAX_ROUNDINGS,
    Organization,
)
from organizations.tenants.origins import MOST as MOST_ORIGINS
from organizations.tenants.reach import can_share_data, within_reach
from organizations.wire.filtering import Choice, Instant, Metadata, PublicId, Text
from organizations.wire.shapes import ClearableText, CurrencyCode, Day, Flag, MetadataMap, Number
from organizations.wire.shapes import PublicId as IdField
from organizations.wire.shapes import Text as TextField
from organizations.wire.unknown_fields import unknown_fields, with_warnings


class OwnershipShape(serializers.Serializer):
    effective_date = Day(help_text="From this day on, until the next.")
    percentage = serializers.DecimalField(
        max_digits=7, decimal_places=4, min_value=0, max_value=100, help_text="0 from when it was given away."
    )


class OrganizationShape(serializers.Serializer):
    """An organization: one set of books."""

    object = serializers.CharField()
    id = IdField("ORG")
    organization_id = IdField("ORG")
    name = serializers.CharField()
    organization_name = serializers.CharField(help_text="The same as `name`.")
    domain = serializers.CharField(allow_null=True)
    tax_number = serializers.CharField(allow_null=True)
    mode = serializers.ChoiceField(MODES)
    base_currency = CurrencyShape()
    base_currency_code = serializers.CharField()
    fiscal_year_start = serializers.IntegerField(help_text="The first month of the fiscal year, 1 to 12.")
    time_zone = serializers.CharField()
    is_root = serializers.BooleanField()
    parent_organization_id = IdField("ORG", allow_null=True)
    relationship_type = serializers.ChoiceField(RELATIONSHIP_TYPES, allow_null=True)
    billing_type = serializers.ChoiceField(BILLING_TYPES)
    ownership_percentage = Number(allow_null=True)
    ownership = OwnershipShape(many=True)
    books_closed_through = serializers.DateField(allow_null=True)
    require_draft_approval = serializers.BooleanField()
    strict_account_codes = serializers.BooleanField()
    tax_rounding = serializers.ChoiceField(TAX_ROUNDINGS)
    require_contact_on_control_accounts = serializers.BooleanField()
    exchange_rate_max_age_days = serializers.IntegerField()
    cors_origins = serializers.ListField(
        child=serializers.CharField(), help_text="Web pages that may call the API from browsers."
    )
    status = serializers.ChoiceField(STATUSES)
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    warnings = serializers.ListField(
        child=serializers.DictField(), required=False, help_text="Of fields of this request that nobody read."
    )


class OwnerShape(serializers.Serializer):
    id = IdField("USR")
    email = serializers.EmailField()
    name = serializers.CharField()


class FirstKeyShape(serializers.Serializer):
    id = IdField("KEY")
    key = serializers.CharField(required=False, help_text="The secret; shown only in the first answer.")
    key_preview = serializers.CharField()


class CreatedOrganizationShape(OrganizationShape):
    owner = OwnerShape(required=False, help_text="After sign-up only.")
    api_key = FirstKeyShape(required=False, help_text="After sign-up only.")
    warnings = serializers.ListField(
        child=serializers.DictField(), required=False, help_text="`password_not_taken`: the address has an account."
    )


class OrganizationFields(serializers.Serializer):
    """What may be said of an organization when it is made, and changed later."""

    domain = ClearableText(required=False, max_length=253)
    tax_number = ClearableText(required=False, max_length=50)
    fiscal_year_start = serializers.IntegerField(required=False, min_value=1, max_value=12)
    time_zone = TextField(required=False, help_text="An IANA name such as Europe/Berlin.")
    billing_type = serializers.ChoiceField(
        BILLING_TYPES, required=False, help_text="Who pays, as whoever stands above says: its parent, or itself."
    )
    ownership_percentage = serializers.DecimalField(
        required=False, allow_null=True, max_digits=7, decimal_places=4, min_value=0, max_value=100
    )
    ownership = OwnershipShape(
        many=True,
        required=False,
        max_length=100,
        help_text="From which day on how much of it belongs to the parent; `ownership_percentage` counts without it.",
    )
    require_draft_approval = Flag(required=False)
    strict_account_codes = Flag(required=False)
    tax_rounding = serializers.ChoiceField(
        TAX_ROUNDINGS, required=False, help_text="Taxes are rounded line by line, or once per document and tax."
    )
    require_contact_on_control_accounts = Flag(
        required=False, help_text="Entries on receivable and payable accounts need a contact."
    )
    exchange_rate_max_age_days = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=OLDEST_RATE,
        help_text="How many days old an exchange rate may be when the books use it; 0 is the day itself only.",
    )
    metadata = MetadataMap(required=False)

    def validate_time_zone(self, value: str) -> str:
        if value not in available_timezones():
            raise serializers.ValidationError("An IANA time zone such as Europe/Berlin.")
        return value

    def validate_ownership(self, value) -> list[dict[str, str]]:
        rows = sorted(value, key=lambda row: row["effective_date"])
        if len({row["effective_date"] for row in rows}) != len(rows):
            raise serializers.ValidationError("A day is said twice.")
        return [
            {"effective_date": row["effective_date"].isoformat(), "percentage": f"{row['percentage'].normalize():f}"}
            for row in rows
        ]

    def validate_ownership_percentage(self, value):
        if value is not None and value == 0:
            raise serializers.ValidationError("More than 0, at most 100.")
        return value


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Sign-up",
            request_only=True,
            value={
                "organization_name": "My Business",
                "user_email": "you@example.com",
                "base_currency_code": "USD",
                "chart_template": "small_business",
            },
        ),
        OpenApiExample(
            "A child",
            request_only=True,
            value={
                "organization_name": "Downtown Branch",
                "parent_organization_id": "ORG_1000000000000000",
                "relationship_type": "owned",
                "billing_type": "shared",
            },
        ),
    ]
)
class NewOrganization(OrganizationFields):
    organization_name = TextField(max_length=200)
    base_currency_code = CurrencyCode(required=False, help_text="USD unless given, or the parent's.")
    mode = serializers.ChoiceField(MODES, required=False)
    chart_template = TextField(required=False, allow_null=True)
    user_email = serializers.EmailField(required=False, help_text="Sign-up: the owner's address.")
    user_name = TextField(required=False, allow_blank=True, max_length=200)
    user_password = TextField(required=False, write_only=True, max_length=128)
    parent_organization_id = IdField("ORG", required=False, allow_null=True, help_text="Makes a child.")
    relationship_type = serializers.ChoiceField(RELATIONSHIP_TYPES, required=False)

    def validate_user_password(self, value: str) -> str:
        validate_password(value)
        return value

    def validate(self, attrs: dict) -> dict:
        if attrs.get("parent_organization_id") is None and "user_email" not in attrs:
            raise serializers.ValidationError({"user_email": "Needed to sign up; a child names its parent instead."})
        return attrs


class OrganizationChanges(OrganizationFields):
    name = TextField(required=False, max_length=200)
    organization_name = TextField(required=False, max_length=200)
    books_closed_through = Day(required=False, allow_null=True)
    cors_origins = serializers.ListField(
        child=TextField(max_length=300),
        required=False,
        max_length=MOST_ORIGINS,
        help_text="Web pages that may call the API from browsers: origins such as https://portal.example.com. Of a "
        "test organization also http://localhost:3000, or http://localhost:* for every port.",
    )
    status = serializers.ChoiceField(STATUSES, required=False)


class StatusReason(serializers.Serializer):
    reason = TextField(required=False, allow_blank=True, max_length=2000, help_text="Kept in the audit trail.")


class OrganizationViewSet(TenantViewSet):
    """Organizations within reach."""

    resource = "organizations"
    open_to_oversight = ("GET", "PUT")  # of a linked child: its terms alone
    open_to_anyone = ("POST",)
    works_archived = True
    list_fields = {
        "parent_id": PublicId("ORG", source="parent_id"),
        "relationship_type": Choice(RELATIONSHIP_TYPES),
        "billing_type": Choice(BILLING_TYPES),
        "status": Choice(STATUSES),
        "mode": Choice(MODES),
        "name": Text(),
        "created_at": Instant(),
        "metadata": Metadata(),
    }
    sort_fields = ["name", "created_at"]
    default_sort = "name"

    def _reachable(self):
        home = self.actor.home_id
        # For a user row-level security shows what the memberships reach.
        found = Organization.objects.all() if home is None else within_reach(home)
        return found.select_related("base_currency")

    @extend_schema(responses=OrganizationShape(many=True))
    def list(self, request):
        """List the organizations within reach: the own one, owned descendants, linked children."""
        return self.page(self._reachable(), lambda rows: [organization_answer(row) for row in rows])

    @extend_schema(request=NewOrganization, responses={201: CreatedOrganizationShape})
    def create(self, request):
        """Create an organization.

        Without `parent_organization_id` this is sign-up: it makes a master organization, its owner and its
        first key, and needs no key. With a parent it makes a child, `owned` or `linked`.
        """
        fields = dict(self.read(NewOrganization))
        parent_id = fields.pop("parent_organization_id", None)
        wishes = {"chart_template": fields.pop("chart_template", None)}
        fields["name"] = fields.pop("organization_name")
        person = {
            "email": fields.pop("user_email", None),
            "user_name": fields.pop("user_name", ""),
            "password": fields.pop("user_password", None),
        }
        if parent_id is not None:
            _, child = self._child(parent_id, fields, wishes)
            return Response(organization_answer(child), status=201)
        fields.pop("relationship_type", None)
        if not settings.SIGNUP_OPEN:
            raise SignupClosed()
        currency = currency_of(fields.pop("base_currency_code", "USD"))
        done = sign_up(actor=self.actor, wishes=wishes, base_currency=currency, **person, **fields)
        answer = organization_answer(done.organization) | {
            "owner": {"id": done.owner.public_id, "email": person["email"], "name": person["user_name"]},
            "api_key": {"id": done.key.public_id, "key": done.secret, "key_preview": preview_of(done.secret)},
        }
        return Response(answer | ({"warnings": list(done.warnings)} if done.warnings else {}), status=201)

    def _parent(self, parent_id: int) -> tuple[Actor, Organization]:
        """The organization, if children may be made below it, and the caller with what they may do there.

        Raises Unauthenticated, NotFound, NotAuthorized, OrganizationArchived.
        """
        if self.actor.api_key_id is None and self.actor.user_id is None:
            raise Unauthenticated()
        parent = self._reachable().filter(pk=parent_id).first()
        if parent is None or (self.actor.home_id is not None and self.actor.home_id not in parent.owner_ids):
            raise NotFound("There is no such parent organization")
        actor = self.actor
        if actor.user_id is not None:
            role = role_at(actor.user_id, parent.owner_ids)
            if role not in RUNNING:
                raise NotAuthorized()
            actor = replace(actor, permissions=ROLES[role])
        if parent.status == "archived":
            raise OrganizationArchived("The organization above is archived")
        return actor, parent

    def _child(self, parent_id: int, fields: dict, wishes: dict) -> tuple[Actor, Organization]:
        """A new organization, and the caller with what they may do there."""
        actor, parent = self._parent(parent_id)
        code = fields.pop("base_currency_code", parent.base_currency_id)
        fields.setdefault("relationship_type", "owned")
        fields.setdefault("billing_type", "shared")
        currency = currency_of(code)
        return actor, create_child(actor=actor, parent=parent, wishes=wishes, base_currency=currency, **fields)

    @extend_schema(responses=OrganizationShape)
    def retrieve(self, request, organization_id):
        """Show an organization's record."""
        return Response(organization_answer(self.organization))

    @extend_schema(request=OrganizationChanges, responses=OrganizationShape)
    def update(self, request, organization_id):
        """Change an organization's record and policies.

        `books_closed_through` closes the books: nothing dated on or before it can be posted any more.

        `billing_type`, `ownership_percentage` and `ownership` of a child are changed from above only: by a key of an
        organization above it, or a person who is owner or admin there, also where the child is linked. The parent's
        audit trail has that too. Nothing but `status` changes while the organization is archived.
        """
        changes = dict(self.read(OrganizationChanges))
        if "organization_name" in changes:
            changes.setdefault("name", changes.pop("organization_name"))
        if self.opened.oversight and (not changes or changes.keys() - {*TERMS}):
            raise NotFound()
        with self._entered():
            updated = update_organization(actor=self.actor, organization=self.organization, changes=changes)
        answer = organization_answer(updated)
        known, shown = OrganizationChanges().fields, answer | {"warnings": ()}
        return Response(with_warnings(answer, unknown_fields(request.data, known, shown=shown)))

    def hold(self) -> None:
        with self._entered():
            super().hold()

    def _entered(self):
        """Within a linked child, whose terms are written as its own."""
        return scoping.acting_in(self.organization.pk) if self.opened.oversight else nullcontext()


class StatusViewSet(TenantViewSet):
    """Whether an organization is at work."""

    resource = "organizations"
    works_archived = True

    @extend_schema(request=StatusReason, responses={200: OrganizationShape})
    def archive(self, request, organization_id):
        """Archive an organization: it can be read and exported, and nothing is written in it or runs there by itself.

        Again changes nothing.
        """
        return self._become("archived")

    @extend_schema(request=StatusReason, responses={200: OrganizationShape})
    def restore(self, request, organization_id):
        """Restore an archived organization. Schedules catch up as each of them says. Again changes nothing."""
        return self._become("active")

    def _become(self, status: str) -> Response:
        reason = self.read(StatusReason).get("reason", "")
        done = set_status(actor=self.actor, organization=self.organization, status=status, reason=reason)
        return Response(organization_answer(done))


class CanShareDataShape(serializers.Serializer):
    organization_ids = serializers.ListField(child=IdField("ORG"))
    can_share_data = serializers.BooleanField()


class SharingView(TenantViewSet):
    resource = "organizations"

    @extend_schema(responses=CanShareDataShape)
    def retrieve(self, request, one_id, other_id):
        """Say whether the books of one organization are open to the other: along ownership only."""
        wanted = [self.read_id("one_id", "ORG"), self.read_id("other_id", "ORG")]
        home = self.actor.home_id
        visible = within_reach(home) if home is not None else Organization.objects.all()
        found = {each.pk: each for each in visible.filter(pk__in=wanted)}
        if set(wanted) - found.keys():
            raise NotFound()
        answer = can_share_data(found[wanted[0]], found[wanted[1]])
        return Response(
            {"organization_ids": [ids.encode("ORG", number) for number in wanted], "can_share_data": answer}
        )
