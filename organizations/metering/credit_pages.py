"""Credits in the back office: what is left, who must have them, what was bought, and buying more."""

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html

from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.menus import OwnPage, Place
from organizations.backoffice.pages import Page, Table, form_page, show
from organizations.backoffice.records import organization_of
from organizations.backoffice.site import site
from organizations.metering.buying import buy_credits
from organizations.metering.models import CreditEntry, CreditPurchase
from organizations.metering.paying import DOLLARS
from organizations.metering.pooling import pool_answer
from organizations.tenants.models import Organization

SHOWN = 50


class BuyForm(VerbForm):
    """Which package."""

    package = forms.ChoiceField(label="Package")

    def prepare(self) -> None:
        self.fields["package"].choices = [
            (name, f"{credits:,} credits for USD {showing.money(cents * DOLLARS, 'USD')}")
            for name, (credits, cents) in settings.CREDIT_PACKAGES.items()
        ]


def credits_page(request: HttpRequest) -> HttpResponse:
    """The page; who may write usage may buy."""
    organization = organization_of(request)
    pool = pool_answer(organization)
    page = Page(title="Credits")
    if pool["credits_remaining"] is None:
        page.intro = "Another organization pays for this one; its credits are kept there."
        return show(site, request, page)
    recharge = pool["recharge_below"]
    page.facts = [
        ("Left", f"{pool['credits_remaining']:,}" + (" (mock)" if pool["mock"] else "")),
        ("Calls without credits", "are refused" if pool["enforced"] else "go through"),
        ("Bought by itself", "nothing" if recharge is None else f"{pool['recharge_package']} below {recharge:,}"),
    ]
    page.tables = [_accounts(pool), _purchases(organization), _entries(organization)]
    sells = bool(settings.CREDITS_STRIPE_SECRET_KEY) or pool["mock"]
    if not sells or not request.office.actor.may("write", "usage"):
        return show(site, request, page)
    page.form_title, page.submit = "Buy credits", "Buy"
    here = request.build_absolute_uri(request.path)

    def buy(fields: dict) -> str:
        back = {"success_url": here, "cancel_url": here}
        buy_credits(actor=request.office.actor, organization=organization, package=fields["package"], **back)
        return request.path

    said = "Paid with mock credits." if pool["mock"] else "In a moment the purchase below can be paid at Stripe."
    return form_page(site, request, page, BuyForm, buy, done=said)


def _accounts(pool: dict) -> Table:
    rows = [[row["account"], f"{row['received']:,}", f"{row['given']:,}"] for row in pool["accounts"]]
    sums = [sum(row[name] for row in pool["accounts"]) for name in ("received", "given")]
    rows.append(["Sum", *(f"{each:,}" for each in sums)])
    return Table("The books of credits", ["Account", "Received", "Given"], rows, right=frozenset({1, 2}))


def _purchases(organization: Organization) -> Table:
    rows = []
    for each in CreditPurchase.objects.of(organization).order_by("-id")[:SHOWN]:
        pay = each.status == "open" and each.checkout_url
        link = format_html('<a href="{}" rel="noopener">Pay</a>', each.checkout_url) if pay else each.error
        price = showing.money(each.cents * DOLLARS, "USD")
        rows.append([showing.moment(each.created_at), f"{each.credits:,}", price, each.status, link])
    return Table("Purchases", ["When (UTC)", "Credits", "Price", "Status", ""], rows, right=frozenset({1, 2}))


def _entries(organization: Organization) -> Table:
    entries = CreditEntry.objects.of(organization).order_by("-created_at", "-id")[:SHOWN]
    rows = [[showing.moment(each.created_at), each.kind, each.reference, f"{each.credits:,}"] for each in entries]
    return Table("Entries", ["When (UTC)", "Kind", "Reference", "Credits"], rows, right=frozenset({3}))


site.pages.append(OwnPage("credits", Place("Organization", 71, "Credits", "toll"), "usage", credits_page))
