"""The firm's page in the back office: every client on a line, those where something waits first."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from organizations import clock
from organizations.backoffice import showing
from organizations.backoffice.menus import OwnPage, Place
from organizations.backoffice.pages import Button, Page, Table, show
from organizations.backoffice.records import organization_of
from organizations.backoffice.site import site
from organizations.tenants.models import Organization
from organizations.tenants.reach import overseen_and_owned_children
from reports.overview import at_work

WORDS = {
    "books_broken": "books broken",
    "failed_transactions": "failed",
    "unreconciled_lines": "bank lines",
    "overdue_invoices": "overdue invoices",
    "overdue_bills": "overdue bills",
    "drafts": "drafts",
}
FIGURES = ("cash", "receivables", "payables", "net_income")
HEADERS = ["Client", "Cash", "Receivables", "Payables", "Result", "Waits", "Last activity (UTC)"]


def firm_page(request: HttpRequest) -> HttpResponse:
    """All children of the chosen organization, owned or linked; a linked one shows totals and counts alone."""
    organization = organization_of(request)
    today = clock.today(organization.time_zone)
    asked = request.GET.get("q", "").strip()[:200]
    children = [
        each
        for each in overseen_and_owned_children(organization.pk).select_related("base_currency")
        if asked.casefold() in each.name.casefold()
    ]
    page = Page(title="Clients", template="admin/reports/firm.html", extra={"q": asked})
    page.buttons = [Button("Organizations", reverse("admin:organizations_organization_changelist"), icon="apartment")]
    rows = []
    if children:
        found = {each["organization_id"]: each for each in at_work(children, start=None, end=today)}
        ordered = sorted(children, key=lambda each: (-len(found[each.public_id]["alerts"]), each.name.casefold()))
        rows = [_row(each, found[each.public_id]) for each in ordered]
    title = f"Clients: {len(rows):,}; the fiscal year so far"
    page.tables = [Table(title, HEADERS, rows, right=frozenset({1, 2, 3, 4}), empty="There are no clients here.")]
    return show(site, request, page)


def _row(child: Organization, totals: dict) -> list:
    name = child.name
    if child.relationship_type == "owned":
        name = format_html(
            '<button class="co-textlink" form="co-enter" name="organization" value="{}">{}</button>', child.pk, name
        )
    waits = format_html_join(
        " ", '<span class="co-badge co-amber">{} {}</span>',
        ((each["count"], WORDS[each["kind"]]) for each in totals["alerts"]),
    )  # fmt: skip
    last = "" if totals["last_activity_at"] is None else showing.moment(totals["last_activity_at"])
    return [name, *(showing.money(totals[each], totals["currency"]) for each in FIGURES), waits, last]


site.pages.append(OwnPage("firm", Place("Reports", 5, "Clients", "apartment"), "reports", firm_page))
