"""Statements in the back office: at any dates, beside earlier ones, down to the entries, and as files."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.html import format_html

from ledger.closing.calendars import years_at
from ledger.contacts.models import Contact
from organizations import clock, ids
from organizations.backoffice import showing
from organizations.backoffice.menus import OwnPage, Place
from organizations.backoffice.pages import Button, Page, Table, show
from organizations.backoffice.records import organization_of
from organizations.backoffice.site import site
from organizations.clock import FIRST_DAY, LAST_DAY
from organizations.tenants.models import Organization
from reports.balance_sheet import balance_sheet
from reports.behind import journal_page
from reports.books import BASES
from reports.budgets.models import Budget
from reports.budgets.versus_actual import income_statement_beside
from reports.cash_flow import cash_flow
from reports.charts import trend
from reports.income_statement import income_statement
from reports.periods import BUDGET, PREVIOUS_PERIOD, PREVIOUS_YEAR, Period, columns
from reports.serving import FORMATS, span_of
from reports.sheets import Line, Sheet, sheet_of
from reports.statements import Wish

BACKWARDS = "The last day lies before the first."
DEPTHS = [str(each) for each in range(1, 7)]
COMPARES = {
    "": "No comparison",
    PREVIOUS_PERIOD: "Period before",
    PREVIOUS_YEAR: "Year before",
    "3": "3 periods before",
    "11": "11 periods before",
}


@dataclass(frozen=True, slots=True)
class Report:
    """A statement with a page: its name in addresses, whether it is of a period, and who makes it."""

    name: str
    title: str
    make: Callable[[Wish], dict]
    spans: bool
    place: Place
    #: Makes it with a budget as a column.
    beside: Callable[[Wish, Budget], dict] | None = None

    def page(self, request) -> HttpResponse:
        """The page; what cannot be read of its address is as if it were not there."""
        organization = organization_of(request)
        end = read_day(request.GET.get("end", "")) or request.office.today
        start = None
        if self.spans:
            start = read_day(request.GET.get("start", "")) or years_at([organization], end)[organization.pk].starts_on
        budgets = self._budgets(organization)
        compares = COMPARES | {key: f"Budget: {budget}" for key, budget in budgets.items()}
        compare = request.GET.get("compare") if request.GET.get("compare") in compares else ""
        budget = budgets.get(compare)
        depth = request.GET.get("depth") if request.GET.get("depth") in DEPTHS else ""
        beside = int(compare) if compare.isdigit() else compare or None
        periods = columns(Period(start, end), BUDGET if budget else beside)
        basis = request.GET.get("basis") if request.GET.get("basis") in BASES else BASES[0]
        wish = Wish(organization, periods, depth=int(depth) if depth else None, basis=basis)
        statement = self.beside(wish, budget) if budget else self.make(wish)
        asked = {"start_date": start, "end_date": end} if self.spans else {"as_of": end}
        given = {"compare": BUDGET, "budget_id": compare} if budget else {"compare": compare}
        asked |= {name: value for name, value in (*given.items(), ("depth", depth), ("basis", basis)) if value}
        file = f"/organizations/{organization.public_id}/reports/{self.name}?{urlencode(asked)}"
        sheet = sheet_of(statement, organization.name)
        page = Page(
            title=self.title,
            buttons=[Button(name.upper(), f"{file}&format={name}", icon="download") for name in FORMATS],
            tables=[sheet_table(sheet, statement["currency"], [*periods, None] if budget else periods)],
            template="admin/reports/statement.html",
            extra={
                "start": start and start.isoformat(),
                "end": end.isoformat(),
                "compare": compare,
                "compares": compares.items(),
                "depth": depth,
                "depths": DEPTHS,
                "bases": BASES,
                "basis": basis,
                "chart": trend(statement),
            },
        )
        proven = statement.get("is_balanced", statement.get("is_tied"))
        if proven is not None:
            page.badge = showing.badge("balanced" if proven else "out of balance")
        return show(site, request, page)

    def _budgets(self, organization: Organization) -> dict[str, Budget]:
        """Those that it may be set beside, by their ids."""
        if self.beside is None:
            return {}
        return {each.public_id: each for each in Budget.objects.of(organization).filter(status="active")}


def read_day(text: str) -> datetime.date | None:
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None


def days_in_order(title: str, view: Callable[[Any], HttpResponse]) -> Callable[[Any], HttpResponse]:
    """A page of a period that says so where its last day lies before its first, and then shows no figures."""

    def checked(request) -> HttpResponse:
        start = read_day(request.GET.get("start", ""))
        end = read_day(request.GET.get("end", "")) or request.office.today
        if start is None or start <= end:
            return view(request)
        page = Page(title=title, intro=BACKWARDS, template="admin/reports/statement.html")
        kept = [(name, value) for name, value in request.GET.items() if name not in ("start", "end")]
        page.extra = {"start": start.isoformat(), "end": end.isoformat(), "kept": kept}
        return show(site, request, page)

    return checked


def read_span(request) -> Period:
    """From ``start`` through ``end`` of the address; what cannot be read is the default. See ``days_in_order``."""
    organization = organization_of(request)
    today = clock.today(organization.time_zone)
    values = {f"{name}_date": read_day(request.GET.get(name, "")) for name in ("start", "end")}
    return span_of(organization, values, today=today)


def sheet_table(sheet: Sheet, base: str, periods: Sequence[Period | None] = ()) -> Table:
    """A sheet as a table; with the periods of its columns, amounts lead to their entries."""
    rows = []
    for line in sheet.lines:
        of = periods or [None] * len(line.amounts)
        figures = [_figure(line, amount, base, period) for amount, period in zip(line.amounts, of, strict=False)]
        rows.append([_name(line), *(figures or [""] * len(sheet.columns))])
    right = frozenset(range(1, len(sheet.columns) + 1))
    levels = [line.level if line.kind == "row" else None for line in sheet.lines]
    return Table(title=sheet.subtitle, headers=["", *sheet.columns], rows=rows, right=right, levels=levels)


def _name(line: Line):
    if line.kind != "row":
        return format_html("<b>{}</b>", line.text)
    pad = 1 + line.level * 1.5
    if line.about is not None and line.about.startswith("CON_"):
        return showing.link_to(Contact, ids.decode("CON", line.about), line.text)
    if not line.code:
        return format_html('<span style="padding-left: {}rem">{}</span>', pad, line.text)
    place = '<span style="padding-left: {}rem"><span class="co-code">{}</span> {}</span>'
    return format_html(place, pad, line.code, line.text)


def _figure(line: Line, amount: Decimal, base: str, period: Period | None):
    """An amount, which leads to its entries."""
    figure = showing.figure(amount, base, blank_zero=line.kind == "row")
    if line.kind != "row":
        return format_html("<b>{}</b>", figure)
    address = journal_page(line.leads_to, period) if amount else None
    return figure if address is None else showing.link(address, figure)


REPORTS = (
    Report("balance-sheet", "Balance sheet", balance_sheet, False,
           Place("Reports", 51, "Balance sheet", "account_balance_wallet")),
    Report("income-statement", "Income statement", income_statement, True,
           Place("Reports", 52, "Income statement", "query_stats"), income_statement_beside),
    Report("cash-flow", "Cash flow", cash_flow, True, Place("Reports", 53, "Cash flow", "water_drop")),
)  # fmt: skip
for each in REPORTS:
    view = days_in_order(each.title, each.page) if each.spans else each.page
    site.pages.append(OwnPage(each.name.replace("-", "_"), each.place, "reports", view))
