"""Exchange rates over HTTP."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from ledger.currencies import shapes
from ledger.currencies.answers import found_answer, rate_answer
from ledger.currencies.importing import LARGEST, import_answer, import_rates, read_reference
from ledger.currencies.models import ExchangeRate
from ledger.currencies.quoting import delete_rate, record_rate
from ledger.currencies.rates import EURO, rate_on
from ledger.currencies.tasks import KIND
from ledger.errors import ExchangeRateMissing
from organizations import clock
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid, NotFound, Unprocessable
from organizations.jobs.answers import job_answer
from organizations.jobs.api import JobShape
from organizations.jobs.running import queue
from organizations.jobs.tasks import start
from organizations.requests.views import TenantViewSet
from organizations.tenants.models import OLDEST_RATE
from organizations.wire.filtering import BookDay, Currency, Day, Instant, Metadata, Text, Whole
from organizations.wire.query_strings import bad, read_parameters

#: A larger file becomes a job: a request should not hold its transaction for long. The 90 days are a tenth of it.
LARGEST_AT_ONCE = 2 * 1024 * 1024

CODE = {"type": "string", "pattern": "^(CUR_)?[A-Za-z]{3}$"}
DATE = {"type": "string", "format": "date"}
AGE = {"type": "integer", "minimum": 0, "maximum": OLDEST_RATE}


class ExchangeRateViewSet(TenantViewSet):
    """The organization's exchange rates."""

    resource = "exchange-rates"
    list_fields = {
        "from_currency": Currency(source="from_currency_id"),
        "to_currency": Currency(source="to_currency_id"),
        "effective_date": Day(),
        "source": Text(),
        "created_at": Instant(),
        "metadata": Metadata(),
    }
    sort_fields = ["effective_date", "created_at"]
    default_sort = "-effective_date"
    date_field = "effective_date"
    read_refusals = {"latest": (Unprocessable,)}

    @extend_schema(responses=shapes.ExchangeRateShape(many=True))
    def list(self, request, organization_id):
        """List exchange rates, the latest day first."""
        rows = ExchangeRate.objects.of(self.organization)
        return self.page(rows, lambda page: [rate_answer(row) for row in page])

    @extend_schema(request=shapes.NewExchangeRateShape, responses={201: shapes.ExchangeRateShape})
    def create(self, request, organization_id):
        """Record how much one unit of a currency is in another, from a day on.

        An entry in a foreign currency that says no `currency_rate` takes the rate of its transaction's date. A rate is
        never changed: the same pair, day and source again is refused with 409 `exchange_rate_exists`.
        """
        fields = self.read(shapes.NewExchangeRateShape)
        made = record_rate(actor=self.actor, organization=self.organization, **fields)
        return Response(rate_answer(made), status=201)

    @extend_schema(responses=shapes.ExchangeRateShape)
    def retrieve(self, request, organization_id, exchange_rate_id):
        """Show an exchange rate."""
        number = self.read_id("exchange_rate_id", "EXR")
        found = ExchangeRate.objects.of(self.organization).filter(pk=number).first()
        if found is None:
            raise NotFound()
        return Response(rate_answer(found))

    @extend_schema(responses={204: None})
    def destroy(self, request, organization_id, exchange_rate_id):
        """Delete an exchange rate. What was posted with it keeps its rate; the trail keeps the row."""
        number = self.read_id("exchange_rate_id", "EXR")
        delete_rate(actor=self.actor, organization=self.organization, rate_id=number)
        return Response(status=204)

    @extend_schema(
        responses=shapes.FoundRateShape,
        parameters=[
            OpenApiParameter("from_currency", CODE, required=True),
            OpenApiParameter("to_currency", CODE, required=True),
            OpenApiParameter("date", DATE, description="Today unless given."),
            OpenApiParameter("max_age_days", AGE, description="The organization's own unless given."),
        ],
    )
    def latest(self, request, organization_id):
        """Show the rate that the books would use for a day, and the rates that it comes from.

        The latest rate of the pair on or before the day that is no older than `exchange_rate_max_age_days` of the
        organization; a manual one goes before others of its day. Without one the pair turned round, then a cross over
        the base currency or the euro. Where none is known: 422 `exchange_rate_missing`.
        """
        declared = {
            "from_currency": Currency(),
            "to_currency": Currency(),
            "date": BookDay(),
            "max_age_days": Whole(),
        }
        asked = read_parameters(request.query_params, declared)
        problems = {name: "Needed." for name in ("from_currency", "to_currency") if name not in asked}
        unknown = [name for name in ("from_currency", "to_currency") if decimals_of(asked.get(name, EURO)) is None]
        problems |= dict.fromkeys(unknown, "A currency of ISO 4217.")
        if not problems and asked["from_currency"] == asked["to_currency"]:
            problems["to_currency"] = "Another currency than from_currency."
        age = asked.get("max_age_days")
        if age is not None and not 0 <= age <= OLDEST_RATE:
            problems["max_age_days"] = f"From 0 to {OLDEST_RATE}."
        if problems:
            raise bad(problems)
        day = asked.get("date") or clock.today(self.organization.time_zone)
        question = (asked["from_currency"], asked["to_currency"], day)
        found = rate_on(self.organization, *question, max_age_days=age)
        if found is None:
            reason = f"No rate from {question[0]} to {question[1]} is known for {day}."
            raise ExchangeRateMissing("No exchange rate is known", details={"reason": reason})
        return Response(found_answer(found, question, self.organization.pk))


class ExchangeRateImportViewSet(TenantViewSet):
    """Importing the ECB's reference file."""

    resource = "exchange-rates"
    parser_classes = [MultiPartParser]
    largest_body = LARGEST + 1024 * 1024  # the form around the file

    @extend_schema(
        request={"multipart/form-data": shapes.RateUploadShape},
        responses={200: shapes.RateImportShape, 201: shapes.RateImportShape, 202: JobShape},
    )
    def create(self, request, organization_id):
        """Import the European Central Bank's daily reference file, its 90 days, or all of its history (eurofxref XML).

        Rates are recorded from the euro, with the source `ecb`. What is known already stays as it is, so the same file
        twice changes nothing. `dry_run` says what would be new. The whole history becomes a job.
        """
        files = request.FILES.getlist("file")
        if len(files) != 1:
            raise Invalid(fields={"file": "One file is needed."})
        data, dry_run = files[0].read(LARGEST + 1), self._flag("dry_run")
        reference = read_reference(data)
        if len(data) > LARGEST_AT_ONCE and not (dry_run or self.dry_run):
            number = self.organization.pk
            job = queue(actor=self.actor, organization_id=number, kind=KIND, payload={}, file=data)
            start(job)
            return Response(job_answer(job), status=202)
        done = import_rates(actor=self.actor, organization=self.organization, reference=reference, dry_run=dry_run)
        done.dry_run |= self.dry_run  # rehearsed as everywhere: answered as if it were done, and rolled back
        return Response(import_answer(done, self.organization.pk), status=200 if dry_run else 201)

    def _flag(self, name: str) -> bool:
        text = str(self.request.data.get(name, "false")).lower()
        if text not in ("true", "false", "1", "0"):
            raise Invalid(fields={name: "true or false."})
        return text in ("true", "1")
