"""Who owes what, what is owed, and what was taxed, in the back office."""

from functools import partial
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from organizations.backoffice import showing
from organizations.backoffice.menus import OwnPage, Place
from organizations.backoffice.pages import Button, Page, show
from organizations.backoffice.records import organization_of
from organizations.backoffice.site import site
from reports.aged import KINDS, aged_report, aged_sheet
from reports.books import BASES
from reports.serving import FORMATS
from reports.sheets import Sheet
from reports.statement_pages import days_in_order, read_day, read_span, sheet_table
from reports.statements import Wish
from reports.tax_summary import tax_sheet, tax_summary


def aged_page(request: HttpRequest, *, name: str) -> HttpResponse:
    """Aged receivables or payables at the end of a day."""
    organization = organization_of(request)
    day = read_day(request.GET.get("end", "")) or request.office.today
    answer = aged_report(organization, name, as_of=day)
    return _page(request, name.replace("_", "-"), aged_sheet(answer, organization.name), answer, {"as_of": day})


def tax_page(request: HttpRequest) -> HttpResponse:
    """The tax summary of a period."""
    organization = organization_of(request)
    period = read_span(request)
    basis = request.GET.get("basis") if request.GET.get("basis") in BASES else BASES[0]
    answer = tax_summary(Wish(organization, [period]), basis=basis)
    asked = {"start_date": period.start, "end_date": period.end, "basis": basis}
    return _page(request, "tax-summary", tax_sheet(answer, organization.name), answer, asked)


def _page(request, name: str, sheet: Sheet, answer: dict, asked: dict) -> HttpResponse:
    file = f"/organizations/{answer['organization_id']}/reports/{name}?{urlencode(asked)}"
    page = Page(
        title=sheet.title,
        buttons=[Button(kind.upper(), f"{file}&format={kind}", icon="download") for kind in FORMATS],
        tables=[sheet_table(sheet, answer["currency"])],
        template="admin/reports/statement.html",
        extra={"start": asked.get("start_date") and asked["start_date"].isoformat(),
               "end": (asked.get("end_date") or asked.get("as_of")).isoformat(),
               "bases": BASES if "basis" in asked else (), "basis": asked.get("basis")},
    )  # fmt: skip
    if answer.get("difference") is not None:
        page.badge = showing.badge("balanced" if not answer["difference"] else "out of balance")
    return show(site, request, page)


for place, (name, (title, *_)) in enumerate(KINDS.items()):
    menu = Place("Reports", 55 + place, title, "hourglass_top" if place == 0 else "hourglass_bottom")
    site.pages.append(OwnPage(name, menu, "reports", partial(aged_page, name=name)))
_view = days_in_order("Tax summary", tax_page)
site.pages.append(OwnPage("tax_summary", Place("Reports", 57, "Tax summary", "receipt"), "reports", _view))
