"""The chart of accounts over HTTP."""

from django.db.models import Q
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response

from ledger.accounts import shapes
from ledger.accounts.answers import account_answers, balance_answer
from ledger.accounts.changing import delete_account, update_account
from ledger.accounts.charts import ROLES, TEMPLATES
from ledger.accounts.hierarchy import hierarchy_answer
from ledger.accounts.models import STATUSES, TYPES, Account
from ledger.accounts.opening import new_account, open_account, open_from_template
from ledger.accounts.placing import hold_chart
from ledger.accounts.tasks import OPEN, open_items
from ledger.accounts.versions import account_then
from ledger.balances.receipts import KNOWN_AT, KnownViewSet
from organizations.directory.updating import update_organization
from organizations.errors import NotAuthorized, NotFound
from organizations.jobs.api import JobShape
from organizations.jobs.batches import BatchViewSet
from organizations.requests.views import TenantViewSet
from organizations.wire.filtering import BookDay, Choice, Currency, Flag, Instant, Metadata, PublicId, Text
from organizations.wire.query_strings import read_declared, read_parameters
from organizations.wire.schema import WHOLE
from organizations.wire.unknown_fields import unknown_fields, with_warnings


def list_answer(data: list[dict]) -> dict:
    """A list that is complete in one answer."""
    return {"object": "list", "data": data, "has_more": False, "next_cursor": None}


class AccountViewSet(TenantViewSet):
    """The chart of accounts."""

    resource = "accounts"
    open_to_scoped_keys = ("list", "retrieve")
    list_fields = {
        "code": Text(),
        "name": Text(),
        "type": Choice(TYPES),
        "account_type": Choice(TYPES, source="type"),
        "status": Choice(STATUSES),
        "role": Choice(list(ROLES), nullable=True),
        "currency_id": Currency(source="currency_id"),
        "parent_id": PublicId("ACT", source="parent_id", nullable=True),
        "parent_account_id": PublicId("ACT", source="parent_id", nullable=True),
        "is_system": Flag(),
        "created_at": Instant(),
        "metadata": Metadata(),
    }
    sort_fields = ["code", "name", "type", "created_at"]
    default_sort = "code"
    extra_parameters = {
        "include_hierarchy": Flag(description="The whole chart in one answer, nested by `children`."),
        "search": Text(description="Code or name contains this."),
    }

    def hold(self) -> None:
        """Whoever changes an account has the chart first."""
        hold_chart(self.organization.pk)

    def _account(self) -> Account:
        number = self.read_id("account_id", "ACT")
        found = Account.objects.of(self.organization).filter(pk=number).first()
        if found is None:
            raise NotFound()
        return found

    @extend_schema(responses=shapes.AccountShape(many=True))
    def list(self, request, organization_id):
        """List accounts with their balances.

        With `include_hierarchy=true` the whole chart comes in one answer, nested by `children`, each account
        with its `rollup_balance` in base currency.
        """
        asked = read_declared(request.query_params, self.extra_parameters)
        if asked.get("include_hierarchy"):
            read_parameters(request.query_params, self.extra_parameters)
            return Response(list_answer(hierarchy_answer(self.organization)))
        rows = Account.objects.of(self.organization)
        if "search" in asked:
            rows = rows.filter(Q(code__icontains=asked["search"]) | Q(name__icontains=asked["search"]))
        return self.page(rows, account_answers)

    @extend_schema(request=shapes.NewAccountShape, responses={201: shapes.AccountShape})
    def create(self, request, organization_id):
        """Open an account.

        A code whose first digit belongs to another type is a warning, or an error where the organization says
        `strict_account_codes`.
        """
        new = new_account(self.read(shapes.NewAccountShape), self.organization)
        account = open_account(actor=self.actor, organization=self.organization, new=new)
        unknown = unknown_fields(request.data, shapes.NewAccountShape().fields)
        return Response(with_warnings(account_answers([account])[0], unknown), status=201)

    @extend_schema(request=shapes.FromTemplateShape, responses={201: shapes.AccountListShape})
    def from_template(self, request, organization_id):
        """Open the accounts of a chart template that are not there yet."""
        wish = dict(self.read(shapes.FromTemplateShape))
        method = wish.pop("tax_method", None)
        if method is not None and not self.actor.may("write", "organizations"):
            raise NotAuthorized("tax_method is noted on the organization, which you may not change")
        opened = open_from_template(actor=self.actor, organization=self.organization, **wish)
        if method is not None:
            metadata = self.organization.metadata | {"tax_method": method}
            update_organization(actor=self.actor, organization=self.organization, changes={"metadata": metadata})
        return Response(list_answer(account_answers(opened)), status=201)

    @extend_schema(responses=shapes.AccountShape)
    def retrieve(self, request, organization_id, account_id):
        """Show an account with its balance."""
        return Response(account_answers([self._account()])[0])

    @extend_schema(request=shapes.AccountChangesShape, responses=shapes.AccountShape)
    def update(self, request, organization_id, account_id):
        """Change an account. Code, type and currency are fixed for life; `status` suspends or archives."""
        changes = dict(self.read(shapes.AccountChangesShape))
        if "parent_account_id" in changes:
            changes["parent_id"] = changes.pop("parent_account_id")
        if "currency_id" in changes:
            changes["currency"] = changes.pop("currency_id")
        account = update_account(actor=self.actor, account=self._account(), changes=changes)
        answer, known = account_answers([account])[0], shapes.AccountChangesShape().fields
        return Response(with_warnings(answer, unknown_fields(request.data, known, shown=answer)))

    @extend_schema(responses={204: None})
    def destroy(self, request, organization_id, account_id):
        """Delete an account that nothing was ever posted to; archive others."""
        delete_account(actor=self.actor, account=self._account())
        return Response(status=204)


class BalanceViewSet(KnownViewSet):
    """An account's balance."""

    resource = "accounts"
    open_to_scoped_keys = ("retrieve",)

    @extend_schema(
        responses=shapes.BalanceShape,
        parameters=[
            OpenApiParameter("as_of", {"type": "string", "format": "date"}, description="Including this day."),
            KNOWN_AT,
        ],
    )
    def retrieve(self, request, organization_id, account_id):
        """Show an account's balance, now or at the end of a day.

        `as_of` asks by the dates of transactions, `known_at` by when they were posted: with both, what the books said
        at that moment about that day. The answer's `receipt`, sent as `known_at`, gives the same answer again to the
        byte, whatever is posted later.
        """
        asked = self.asked({"as_of": BookDay()})
        account = account_then(self.organization.pk, self.read_id("account_id", "ACT"), asked.moment)
        as_of = asked.values.get("as_of")
        answer = balance_answer(account, as_of, asked.moment)
        return Response(answer | asked.stamped(self.organization, {"as_of": as_of}))


class AccountBatchViewSet(BatchViewSet):
    """Many accounts in one request."""

    resource = "accounts"

    @extend_schema(request=shapes.AccountBatchShape, responses={200: shapes.AccountsBatchShape, 202: JobShape})
    def create(self, request, organization_id):
        """Open many accounts, in any order of parents, all or none.

        All or none is the `mode` `atomic`, which is this batch's own default; with `independent` each succeeds or
        fails by itself (an account below one that fails, fails), `stop_on_error` opens those before the first failure.
        A batch of more than 10,000 accounts, or of more than 8 MiB, becomes a job.
        """
        return self.batch("accounts", shapes.AccountBatchShape, kind=OPEN, carry_out=open_items)


class ChartTemplateViewSet(TenantViewSet):
    """Ready-made charts of accounts."""

    resource = "chart-templates"

    @extend_schema(parameters=WHOLE, responses=shapes.TemplateShape(many=True))
    def list(self, request):
        """List the chart templates, each with its accounts."""
        read_parameters(request.query_params, {})
        return Response(
            list_answer(
                [
                    {
                        "object": "chart_template",
                        "id": chart.name,
                        "name": chart.name,
                        "title": chart.title,
                        "description": chart.description,
                        "industries": list(chart.industries),
                        "accounts": [row._asdict() for row in chart.rows],
                    }
                    for chart in TEMPLATES.values()
                ]
            )
        )
