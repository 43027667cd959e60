"""Statements over HTTP: what all of them take, and their files."""

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer
from rest_framework.response import Response

from ledger.balances.receipts import KNOWN_AT, Asked, KnownViewSet
from ledger.closing.calendars import years_at
from ledger.stationery.branding import branding_of
from organizations import clock
from organizations.currencies.iso import decimals_of
from organizations.requests.views import TenantViewSet
from organizations.tenants.models import Organization
from organizations.wire.filtering import BookDay, Choice, Currency, ListField, Whole
from organizations.wire.query_strings import bad
from organizations.wire.shapes import Number, PublicId
from reports.books import BASES
from reports.dimensions import FIELDS, PARAMETERS, narrowing_of
from reports.outputs.csv_files import csv_file
from reports.outputs.pdf_files import pdf_file
from reports.outputs.xlsx_files import xlsx_file
from reports.periods import BUDGET, Compare, Period, columns
from reports.sheets import Sheet, sheet_of
from reports.statements import Wish

FORMATS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
FORMAT_CHOICE = Choice(["json", *FORMATS])
DATE = {"type": "string", "format": "date"}
DEEPEST = 100
AS_OF = OpenApiParameter("as_of", DATE, description="Including this day; today unless given.")
SPAN = [
    OpenApiParameter("start_date", DATE, description="The fiscal year's first day unless given."),
    OpenApiParameter("end_date", DATE, description="Including this day; today unless given."),
]
FORMAT = OpenApiParameter("format", {"type": "string", "enum": ["json", *FORMATS]}, description="A file instead.")
DEPTH = OpenApiParameter(
    "depth", {"type": "integer", "minimum": 1, "maximum": DEEPEST},
    description="Levels of accounts to show; those of the last carry what is below them.",
)  # fmt: skip
COMMON = [DEPTH, FORMAT, KNOWN_AT]
COMPARE, COMPARE_BUDGET = (
    OpenApiParameter("compare", each.schema, description=each.description) for each in (Compare(), Compare(budget=True))
)
BASIS = OpenApiParameter(
    "basis", {"type": "string", "enum": BASES, "default": BASES[0]},
    description="By the day of the document, or as far as documents were paid.",
)  # fmt: skip
CURRENCY = OpenApiParameter(
    "currency", Currency.schema,
    description="Of presentation: what stands at the closing rate of its day, what moved at the average of its period.",
)  # fmt: skip
#: What narrows statements and translates them.
VIEWED = [BASIS, CURRENCY, *PARAMETERS]
LEADS_TO = (
    "What leads to the amount: entries whose base amounts add up to it, or for what is worked out a report. Null where "
    "neither does: on cash basis what was paid of a document is no entry's, so only accounts of cash have entries."
)
NOT_THEN = "A past moment is known in base currency, on accrual basis and beside no budget."


def _renderer(name: str, media: str) -> type[BaseRenderer]:
    class FileRenderer(BaseRenderer):
        """Stands for a file, which the view makes by itself."""

        media_type, format = media, name

        def render(self, data, accepted_media_type=None, renderer_context=None) -> bytes:
            raise TypeError("The view makes its files")

    return FileRenderer


RENDERERS = [_renderer(name, media) for name, media in FORMATS.items()]


def answers(shape: Any) -> dict:
    """The responses of a statement: its JSON, and its files."""
    files = {
        (200, media): OpenApiTypes.STR if name == "csv" else OpenApiTypes.BINARY for name, media in FORMATS.items()
    }
    return {(200, "application/json"): shape, **files}


class ColumnShape(serializers.Serializer):
    label = serializers.CharField()
    start_date = serializers.DateField(allow_null=True, help_text="Null where all is counted from the beginning.")
    end_date = serializers.DateField()


class RowShape(serializers.Serializer):
    id = PublicId("ACT", allow_null=True, help_text="Null for what is worked out and stands on no account.")
    code = serializers.CharField()
    name = serializers.CharField()
    account_type = serializers.CharField(allow_null=True)
    parent_account_id = PublicId("ACT", allow_null=True)
    level = serializers.IntegerField()
    amount = Number(help_text="In the first column.")
    amounts = serializers.ListField(child=Number(), help_text="In every column.")
    rollup_amount = Number(help_text="With what stands below it, in the first column.")
    entries_query = serializers.CharField(allow_null=True, help_text=LEADS_TO)


class PartOfResultShape(serializers.Serializer):
    name = serializers.CharField()
    sign = serializers.ChoiceField([1, -1])


class SectionShape(serializers.Serializer):
    kind = serializers.ChoiceField(["section", "result"])
    name = serializers.CharField()
    title = serializers.CharField()
    total = Number()
    totals = serializers.ListField(child=Number())
    rows = RowShape(many=True)
    of = PartOfResultShape(many=True, required=False, help_text="Of a result: what it comes from.")


class KnownFields(serializers.Serializer):
    """Of which moment an answer is."""

    known_at = serializers.DateTimeField(
        allow_null=True,
        help_text="The moment that the answer is of; null on cash basis, in another currency and beside a budget.",
    )
    receipt = serializers.CharField(allow_null=True, help_text="Sent as `known_at`, gives this answer again.")


class StatementShape(KnownFields):
    """What all statements have."""

    object = serializers.CharField()
    title = serializers.CharField()
    organization_id = PublicId("ORG")
    currency = serializers.CharField()
    basis = serializers.ChoiceField(BASES)
    columns = ColumnShape(many=True)
    sections = SectionShape(many=True)


class FileViewSet(TenantViewSet):
    """A report, as JSON or as a file of its sheet."""

    resource = "reports"
    heavy = True
    #: The name of the report in files' names.
    report = ""

    def get_renderers(self) -> list[BaseRenderer]:
        return [*super().get_renderers(), *(renderer() for renderer in RENDERERS)]

    def reads_replica(self, request) -> bool:
        return True

    @property
    def wants_json(self) -> bool:
        """Whether no file is asked for."""
        return self.request.accepted_renderer.format not in FORMATS

    def file(self, sheet: Sheet, day: datetime.date) -> HttpResponse:
        """The sheet in the format that is asked for."""
        chosen = self.request.accepted_renderer.format
        headers = {
            "Content-Disposition": content_disposition_header(True, f"{self.report}-{day}.{chosen}"),
            "Cache-Control": "private, no-store",
        }
        content = file_of(chosen, sheet, self.organization)
        return HttpResponse(content, content_type=FORMATS[chosen], headers=headers)


class StatementViewSet(KnownViewSet, FileViewSet):
    """A statement, which may be asked for as it was known at a moment."""

    #: Whether it is of a period; otherwise it is of a day.
    spans = False
    #: Whether a budget may be a column.
    beside_budget = False
    #: Parameters of its own, which a receipt keeps.
    further: tuple[str, ...] = ()

    def asked_for(self, **more: ListField) -> Asked:
        """The query, read. Raises UnknownParameter, InvalidParameter."""
        dates = {"start_date": BookDay(), "end_date": BookDay()} if self.spans else {"as_of": BookDay()}
        common = {"compare": Compare(budget=self.beside_budget), "depth": Whole(), "format": FORMAT_CHOICE}
        views = {"basis": Choice(BASES), "currency": Currency(), **FIELDS}
        asked = self.asked(dates | common | views | more)
        depth = asked.values.get("depth")
        if depth is not None and not 1 <= depth <= DEEPEST:
            raise bad({"depth": f"A whole number from 1 to {DEEPEST}."})
        if decimals_of(asked.values.get("currency", self.organization.base_currency_id)) is None:
            raise bad({"currency": "There is no such currency."})
        if asked.moment is not None and not self._can_be_known(asked):
            raise bad({"known_at": NOT_THEN})
        return asked

    def _can_be_known(self, asked: Asked) -> bool:
        base, values = self.organization.base_currency_id, asked.values
        in_base = values.get("currency", base) == base
        return in_base and values.get("basis") != "cash" and values.get("compare") != BUDGET

    def wish(self, asked: Asked) -> Wish:
        """What is asked for, with the defaults of dates."""
        period = self.period(asked)
        return Wish(
            self.organization,
            columns(period, asked.values.get("compare")),
            depth=asked.values.get("depth"),
            moment=asked.moment,
            then=asked.in_links(self.organization),
            narrowing=narrowing_of(self.organization, asked.values),
            basis=asked.values.get("basis", BASES[0]),
            currency=asked.values.get("currency"),
        )

    def period(self, asked: Asked) -> Period:
        """The main period. Raises InvalidParameter for one that ends before it begins."""
        if self.spans:
            return span_of(self.organization, asked.values, today=self._today(asked))
        return Period(None, asked.values.get("as_of") or self._today(asked))

    def _today(self, asked: Asked) -> datetime.date:
        zone = self.organization.time_zone
        return clock.today(zone) if asked.moment is None else clock.day_of(asked.moment.known_at, zone)

    def respond(
        self, asked: Asked, answer: dict, *, sheet: Callable[[dict, str], Sheet] = sheet_of, stamped: bool = True
    ) -> Any:
        """The answer in the format that is asked for; without a receipt where it is not ``stamped``."""
        if self.wants_json and not stamped:
            return Response(answer)
        if self.wants_json:
            given = {name: answer[name] for name in (("start_date", "end_date") if self.spans else ("as_of",))}
            kept = {name: asked.values.get(name) for name in ("compare", "depth", "basis", "currency", *self.further)}
            if not self._can_be_known(asked):
                return Response(answer | {"known_at": None, "receipt": None})
            kept |= narrowing_of(self.organization, asked.values).kept()
            return Response(answer | asked.stamped(self.organization, given | kept))
        return self.file(sheet(answer, self.organization.name), answer["end_date" if self.spans else "as_of"])


def span_of(organization: Organization, values: Mapping[str, Any], *, today: datetime.date) -> Period:
    """From ``start_date`` (the fiscal year's first day) through ``end_date`` (today). Raises InvalidParameter."""
    end = values.get("end_date") or today
    start = values.get("start_date") or years_at([organization], end)[organization.pk].starts_on
    if start > end:
        raise bad({"end_date": "Lies before start_date."})
    return Period(start, end)


def file_of(name: str, sheet: Sheet, organization: Organization) -> bytes:
    """The sheet as a file of this format."""
    if name == "xlsx":
        return xlsx_file(sheet)
    return pdf_file(sheet, branding=branding_of(organization)) if name == "pdf" else csv_file(sheet)
