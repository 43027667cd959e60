"""Investors and their statements over HTTP."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response

from organizations import clock
from organizations.errors import Invalid
from organizations.jobs.answers import job_answer
from organizations.jobs.api import JobShape
from organizations.jobs.running import queue
from organizations.jobs.tasks import start
from organizations.requests.views import TenantViewSet
from organizations.wire.filtering import BookDay, Choice, Instant, Metadata, PublicId, Text
from organizations.wire.query_strings import bad, read_parameters
from organizations.wire.unknown_fields import unknown_fields, with_warnings
from reports.investors import shapes
from reports.investors.answers import investor_answer, investor_answers
from reports.investors.calling import Wish as CapitalWish
from reports.investors.calling import post_capital
from reports.investors.keeping import create_investor, investor_of, set_holding, update_investor
from reports.investors.models import STATUSES, Investor
from reports.investors.statements import investor_statements, statement_sheet, statements_sheet
from reports.investors.tasks import KIND
from reports.periods import NamedPeriod, Period, named_period
from reports.serving import FORMAT, FORMAT_CHOICE, SPAN, FileViewSet, answers, span_of
from reports.statements import Wish

INVESTOR = OpenApiParameter("investor_id", {"type": "string"}, description="This investor alone.")
PERIOD = OpenApiParameter(
    "period", NamedPeriod.schema, description="Instead of the days, of the calendar: `Q4-2024`, `2024-12` or `2024`."
)
TWO_SPANS = "Either a period by its name, or its days."


class InvestorViewSet(TenantViewSet):
    """Who has put money into the organization."""

    resource = "reports"
    list_fields = {
        "name": Text(),
        "reference": Text(),
        "status": Choice(STATUSES),
        "created_at": Instant(),
        "metadata": Metadata(),
    }
    sort_fields = ["name", "created_at"]
    default_sort = "name"

    @extend_schema(responses=shapes.InvestorShape(many=True))
    def list(self, request, organization_id):
        """List investors by name."""
        rows = Investor.objects.of(self.organization)
        return self.page(rows, lambda page: investor_answers(page, self.organization))

    @extend_schema(request=shapes.NewInvestorShape, responses={201: shapes.InvestorShape})
    def create(self, request, organization_id):
        """Take up an investor, whose money stands on an account of equity of their own."""
        fields = self.read(shapes.NewInvestorShape)
        made = create_investor(actor=self.actor, organization=self.organization, fields=fields)
        return Response(investor_answer(made, self.organization), status=201)

    @extend_schema(responses=shapes.InvestorShape)
    def retrieve(self, request, organization_id, investor_id):
        """Show an investor with everything they have and had."""
        return Response(investor_answer(investor_of(self.organization, self._number()), self.organization))

    @extend_schema(request=shapes.InvestorChangesShape, responses=shapes.InvestorShape)
    def update(self, request, organization_id, investor_id):
        """Change an investor; `status` archives them or brings them back."""
        changes = dict(self.read(shapes.InvestorChangesShape))
        return Response(investor_answer(update_investor(**self._who(), changes=changes), self.organization))

    @extend_schema(request=shapes.HoldingFields, responses=shapes.InvestorShape)
    def holding(self, request, organization_id, investor_id):
        """Say what the investor has from a day on; what was said for that day is replaced.

        A `percentage` of the whole, or `units` that share what percentages leave; neither means nothing from then on.
        `commitment` stays what it was unless it is given.
        """
        fields = self.read(shapes.HoldingFields)
        return Response(investor_answer(set_holding(**self._who(), fields=fields), self.organization))

    def _who(self) -> dict:
        return {"actor": self.actor, "organization": self.organization, "investor_id": self._number()}

    def _number(self) -> int:
        return self.read_id("investor_id", "IVR")


class CapitalViewSet(TenantViewSet):
    """Money that investors put in and that is given back."""

    resource = "transactions"

    @extend_schema(request=shapes.CapitalFields, responses={201: shapes.CapitalShape})
    def capital_call(self, request, organization_id):
        """Post money that investors put in, on the account of each.

        An `amount` is shared by what is committed and not called yet, or by shares where nobody has committed.
        """
        return self._post("capital_call")

    @extend_schema(request=shapes.CapitalFields, responses={201: shapes.CapitalShape})
    def distribution(self, request, organization_id):
        """Post money that is given back to investors. An `amount` is shared by what they have on that day."""
        return self._post("distribution")

    def _post(self, kind: str) -> Response:
        fields = self.read(shapes.CapitalFields)
        allocations = [(each["investor_id"], each["amount"]) for each in fields.pop("allocations", [])]
        if bool(allocations) == ("amount" in fields):
            raise Invalid(fields={"amount": "Either an amount to share out, or allocations."})
        wish = CapitalWish(**fields, allocations=allocations)
        plan, parts = post_capital(actor=self.actor, organization=self.organization, kind=kind, wish=wish)
        posted = plan.transaction
        return Response(
            {
                "object": kind,
                "transaction_id": posted.public_id,
                "date": posted.transaction_date,
                "amount": sum(amount for _, amount in parts),
                "allocations": [{"investor_id": each.public_id, "amount": amount} for each, amount in parts],
            },
            status=201,
        )


class InvestorStatementViewSet(FileViewSet):
    """Statements of investors."""

    report = "investor-statements"

    def reads_one_snapshot(self, request) -> bool:
        return request.method == "GET"

    @extend_schema(responses=answers(shapes.InvestorStatementsShape), parameters=[*SPAN, PERIOD, INVESTOR, FORMAT])
    def retrieve(self, request, organization_id):
        """Show what stood, came in, was earned, was given back and stands, for each investor.

        The share of the result follows the holdings day by day. All of them are tied to the equity of the books.
        """
        declared = {"start_date": BookDay(), "end_date": BookDay(), "period": NamedPeriod()}
        declared["investor_id"] = PublicId("IVR")
        asked = read_parameters(request.query_params, declared | {"format": FORMAT_CHOICE})
        number = asked.get("investor_id")
        if number is not None and not Investor.objects.of(self.organization).filter(pk=number).exists():
            raise bad({"investor_id": "There is no such investor."})
        if "period" in asked and asked.keys() & {"start_date", "end_date"}:
            raise bad({"period": TWO_SPANS})
        today = clock.today(self.organization.time_zone)
        period = asked.get("period") or span_of(self.organization, asked, today=today)
        answer = investor_statements(Wish(self.organization, [period]), number)
        if self.wants_json:
            return Response(answer)
        sheet = statements_sheet if number is None else statement_sheet
        return self.file(sheet(answer, self.organization.name), period.end)

    @extend_schema(request=shapes.InvestorStatementsWishShape, responses={202: JobShape})
    def create(self, request, organization_id):
        """Make all statements of a period as a job, and send each to its investor if `send` says so."""
        wish = self.read(shapes.InvestorStatementsWishShape)
        period = _period_of(wish)
        payload = {"start_date": period.start.isoformat(), "end_date": period.end.isoformat()}
        payload["send"] = wish.get("send", False)
        job = queue(actor=self.actor, organization_id=self.organization.pk, kind=KIND, payload=payload)
        start(job)
        unknown = unknown_fields(request.data, shapes.InvestorStatementsWishShape().fields)
        return Response(with_warnings(job_answer(job), unknown), status=202)


def _period_of(wish: dict) -> Period:
    """The period by its name, or by its days. Raises Invalid."""
    days = {name: wish[name] for name in ("start_date", "end_date") if name in wish}
    if "period" in wish:
        if days:
            raise Invalid(fields={"period": TWO_SPANS})
        try:
            return named_period(wish["period"])
        except ValueError as problem:
            raise Invalid(fields={"period": str(problem)}) from None
    missing = [name for name in ("start_date", "end_date") if name not in days]
    if missing:
        raise Invalid(fields=dict.fromkeys(missing, "This field is required."))
    if days["start_date"] > days["end_date"]:
        raise Invalid(fields={"end_date": "Lies before start_date."})
    return Period(**{name.removesuffix("_date"): day for name, day in days.items()})
