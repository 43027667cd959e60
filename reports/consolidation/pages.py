"""The consolidated statements in the back office: members side by side, what was taken out, and the proof."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html

from organizations.backoffice import showing
from organizations.backoffice.menus import OwnPage, Place
from organizations.backoffice.pages import Page, Table, attempt, show
from organizations.backoffice.records import organization_of
from organizations.backoffice.site import sentence, site
from reports.consolidation.consolidated import GroupWish, consolidate
from reports.statement_pages import days_in_order, read_span

MOST_COLUMNS = 8  # of members; more are added up in the group's column alone


def consolidated_page(request: HttpRequest) -> HttpResponse:
    """The page; what is missing, such as an exchange rate, is said instead of the figures."""
    organization = organization_of(request)
    period = read_span(request)
    page = Page(
        title="Consolidated",
        template="admin/reports/statement.html",
        extra={"start": period.start.isoformat(), "end": period.end.isoformat()},
    )
    wish = GroupWish(organization, period, organization.base_currency_id)
    report, refusal = attempt(lambda: consolidate(wish))
    if refusal is not None:
        page.intro = sentence(refusal)
        return show(site, request, page)
    page.badge = showing.badge("balanced" if report["is_balanced"] else "out of balance")
    base = report["currency"]
    page.facts = [
        ("Owners' part of equity", showing.money(report["equity_of_owners"], base)),
        ("Minority interests", showing.money(report["minority_interest"], base)),
        ("Owners' part of income", showing.money(report["income_of_owners"], base)),
        ("Minorities' part of income", showing.money(report["minority_income"], base)),
    ]
    page.tables = [_statements(report), *_mismatches(report), _proof(report)]
    return show(site, request, page)


def _statements(report: dict) -> Table:
    members, base = report["entities"][:MOST_COLUMNS], report["currency"]
    names = [f"{each['name']} ({each['ownership_percentage']:f} %)" for each in members]
    headers = ["", *names, "Taken out", "Group"]
    rows = [row for section in report["sections"] for row in _section(section, members, base)]
    right = frozenset(range(1, len(headers)))
    return Table(f"{report['start_date']} to {report['end_date']}, in {base}", headers, rows, right=right)


def _section(section: dict, members: list[dict], base: str) -> Iterator[list]:
    blank = [""] * (len(members) + 1)
    yield [format_html("<b>{}</b>", section["title"]), *blank, ""]
    for row in section["rows"]:
        own = {each["organization_id"]: each["amount"] for each in row["entities"]}
        figures = [showing.figure(own.get(each["organization_id"]), base) for each in members]
        name = format_html('<span class="co-code">{}</span> {}', row["code"], row["name"])
        taken = showing.figure(row["eliminated"], base, blank_zero=True)
        yield [name, *figures, taken, showing.figure(row["amount"], base)]
    yield [format_html("<b>Total {}</b>", section["title"].lower()), *blank, showing.figure(section["total"], base)]


def _mismatches(report: dict) -> list[Table]:
    if not report["mismatches"]:
        return []
    names = {each["organization_id"]: each["name"] for each in report["entities"]}
    rows = [
        [*(names[each] for each in row["organization_ids"]), row["kind"].replace("_", " "),
         showing.figure(row["amount"], report["currency"])]
        for row in report["mismatches"]
    ]  # fmt: skip
    return [Table("What members do not agree on", ["One", "Other", "In", "Amount"], rows, right=frozenset({3}))]


def _proof(report: dict) -> Table:
    parts = ("entities", "eliminations", "translation", "differences", "group")
    rows = [
        [row["class"].capitalize(), *(showing.figure(row[part], report["currency"]) for part in parts)]
        for row in report["proof"]
    ]
    headers = ["", "Members", "+ Taken out", "+ Translation", "+ Differences", "= Group"]
    return Table("How the group comes of its members", headers, rows, right=frozenset(range(1, 6)))


_view = days_in_order("Consolidated", consolidated_page)
site.pages.append(OwnPage("consolidated", Place("Reports", 54, "Consolidated", "account_tree"), "reports", _view))
