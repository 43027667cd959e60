"""Taking on many clients over HTTP."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from ledger.onboarding.cloning import FROM_THE_START, clone
from ledger.onboarding.onboarding import take_on
from ledger.onboarding.shapes import MOST_CLIENTS, CloneInput, CloneShape, OnboardedShape, OnboardingShape
from organizations.directory.api import OrganizationViewSet
from organizations.errors import Unauthenticated
from organizations.tenants.models import Organization
from organizations.wire.batches import LARGEST_AT_ONCE, BatchFields, items_of
from organizations.wire.choosing import valid
from organizations.wire.shapes import PublicId


class ParentFields(BatchFields):
    """What an onboarding says beside its items."""

    parent_organization_id = PublicId("ORG", required=False)


class OnboardingViewSet(OrganizationViewSet):
    """Many organizations at once."""

    stages = False  # secrets are shown once, to who asks
    open_to_anyone = ()
    largest_body = LARGEST_AT_ONCE

    @extend_schema(request=OnboardingShape, responses={200: OnboardedShape})
    def create(self, request):
        """Take on up to 500 clients: each an organization with its chart, contacts, opening balances and key.

        All or each by itself, as `mode` says; an item is done whole or not at all. What an item asks for takes the
        permission to write it: `accounts` for a chart, `contacts`, `opening-balances`, `api-keys`. A key that it makes
        can do no more than the caller. Secrets of keys are in this answer and in no other.
        """
        if self.actor.api_key_id is None and self.actor.user_id is None:
            raise Unauthenticated()
        bodies = items_of(request.data, "organizations", most=MOST_CLIENTS)
        beside = ParentFields(data={name: value for name, value in request.data.items() if name != "organizations"})
        wish = valid(beside).validated_data
        home = self.organization.pk if self.organization is not None else None
        parent_id = wish.get("parent_organization_id", home)
        if parent_id is not None:
            self._parent(parent_id)
        done = take_on(
            parent_id=parent_id,
            bodies=bodies,
            mode=wish["mode"],
            dry_run=wish["dry_run"] or self.dry_run,
            make_child=self._child,
        )
        return Response(done)


class CloneViewSet(OrganizationViewSet):
    """An organization that is set up like another."""

    stages = False  # a secret is shown once, to who asks
    open_to_anyone = ()
    open_to_oversight = ()
    works_archived = False

    @extend_schema(request=CloneInput, responses=CloneShape)
    def create(self, request, organization_id):
        """Make a child that is set up like this organization: its policies, chart, categories, taxes and papers.

        None of its books, contacts, people and keys. It has the same base currency. It takes the permissions to read
        and write what is copied (`accounts`, `categories`, `taxes`, `stationery`), and `api-keys` for a key.
        """
        asked = self.read(CloneInput)
        key, parent_id = asked.pop("api_key", None), asked.pop("parent_organization_id", None)
        source = self.organization
        fields = asked | {name: getattr(source, name) for name in FROM_THE_START}
        fields["name"] = fields.pop("organization_name")
        fields["base_currency_code"] = source.base_currency_id
        actor, child = self._child(parent_id or self._beside(source), fields, {})
        return Response(clone(actor=actor, source=source, child=child, key=key), status=201)

    def _beside(self, source: Organization) -> int:
        """Its parent, where that is within reach; otherwise the organization itself."""
        found = source.parent_id and self._reachable().filter(pk=source.parent_id).first()
        home = self.actor.home_id
        return source.parent_id if found and (home is None or home in found.owner_ids) else source.pk
