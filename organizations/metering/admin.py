"""Usage in the back office: how often the organization was asked this month, and what it cost."""

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode

from organizations import clock
from organizations.backoffice import showing
from organizations.backoffice.menus import OwnPage, Place
from organizations.backoffice.pages import Button, Page, Table, show
from organizations.backoffice.records import organization_of
from organizations.backoffice.site import site
from organizations.keys.models import ApiKey
from organizations.metering.api import Month, month_of
from organizations.metering.paying import DOLLARS
from organizations.metering.reading import GROUPS, usage, usage_invoices
from organizations.tenants.reach import overseen_and_owned_children

TITLES = {"operation": "By operation", "day": "By day", "key": "By key", "child": "By organization"}
HEADERS = ["Requests", "Refused", "Credits"]


def usage_page(request: HttpRequest) -> HttpResponse:
    """A month's usage; what cannot be read of the address is as if it were not there."""
    organization = organization_of(request)
    group_by = request.GET.get("group_by") if request.GET.get("group_by") in GROUPS else "operation"
    try:
        start, end = month_of(Month().read(request.GET.get("period", "")))
    except ValueError:
        start, end = month_of(clock.now().date())
    children = list(overseen_and_owned_children(organization.pk)) if group_by == "child" else []
    found = usage(organization, children, start=start, end=end, group_by=group_by)
    page = Page(title="Usage")
    page.facts = [
        ("Month", f"{start:%B %Y}"),
        ("Requests", f"{found['requests']:,}"),
        ("Refused", f"{found['refused']:,}"),
        ("Credits", f"{found['credits']:,}"),
        ("At a cent each", showing.money(found["credits"] * DOLLARS, "USD")),
    ]
    page.buttons = [
        Button(title, f"?{urlencode({'period': f'{start:%Y-%m}', 'group_by': name})}") for name, title in TITLES.items()
    ]
    names = {each.public_id: each.name for each in ApiKey.objects.of(organization)} if group_by == "key" else {}
    rows = [
        [_name(row, names), *(f"{row[name]:,}" for name in ("requests", "refused", "credits"))]
        for row in found["groups"]
    ]
    page.tables = [Table(TITLES[group_by], ["", *HEADERS], rows, right=frozenset({1, 2, 3}))]
    if group_by == "child":
        page.tables.append(_invoices(usage_invoices(organization, children, start=start, end=end)))
    return show(site, request, page)


def _invoices(invoices: list[dict]) -> Table:
    """What to ask of the children that pay for themselves."""
    rows = [
        [
            each["customer_name"],
            f"{each['organizations']:,}",
            f"{each['credits']:,}",
            showing.money(each["amount"], "USD"),
        ]
        for each in invoices
    ]
    headers = ["Who pays", "Organizations", "Credits", "To ask"]
    return Table("Children that pay for themselves", headers, rows, right=frozenset({1, 2, 3}))


def _name(row: dict, keys: dict[str, str]) -> str:
    if "api_key_id" in row:
        return "People" if row["api_key_id"] is None else keys.get(row["api_key_id"], row["api_key_id"])
    return str(row.get("name") or row.get("day") or row.get("operation"))


site.pages.append(OwnPage("usage", Place("Organization", 70, "Usage", "speed"), "usage", usage_page))
