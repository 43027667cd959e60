"""Investors in the back office: what they have, what is called and given back, and their statements."""

from urllib.parse import urlencode

from django import forms
from django.contrib.admin import register
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import HttpResponse
from django.urls import reverse
from unfold.decorators import display

from ledger.accounts.models import Account
from organizations import clock
from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm, plain_amount
from organizations.backoffice.menus import OwnPage, Place
from organizations.backoffice.pages import Button, Page, Table, form_page, show
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site
from organizations.backoffice.words import ByWord
from reports.investors.answers import investor_answer
from reports.investors.calling import KINDS, Wish, post_capital
from reports.investors.keeping import create_investor, set_holding, update_investor
from reports.investors.models import STATUSES, Holding, Investor
from reports.investors.shares import percentage
from reports.investors.statements import investor_statements, statements_sheet
from reports.serving import FORMATS
from reports.statement_pages import days_in_order, read_span, sheet_table
from reports.statements import Wish as StatementWish


class ByStatus(ByWord):
    """Filter by status."""

    title = "status"
    parameter_name = "status"
    words = STATUSES


def _account(form: VerbForm, name: str) -> None:
    field = form.fields[name]
    field.queryset = Account.objects.of(form.office.organization)
    widget = AutocompleteSelect(Investor._meta.get_field("account"), site)
    widget.choices = field.choices
    field.widget = widget


class InvestorForm(VerbForm):
    """What may be changed of an investor."""

    name = forms.CharField(max_length=200)
    email = forms.EmailField(required=False, max_length=254)
    reference = forms.CharField(required=False, max_length=100)
    preferred_return_rate = forms.CharField(required=False, label="Preferred return", help_text="Percent a year.")
    status = forms.ChoiceField(choices=[(word, word) for word in STATUSES])

    def clean_preferred_return_rate(self) -> str | None:
        return plain_amount(self.cleaned_data["preferred_return_rate"]) or None


class HoldingForm(VerbForm):
    """What an investor has from a day on."""

    effective_date = forms.DateField(label="From")
    percentage = forms.CharField(required=False, help_text="Of the whole; or units.")
    units = forms.CharField(required=False, help_text="They share what percentages leave.")
    commitment = forms.CharField(
        required=False, help_text="What is promised to be put in; stays what it was if left empty."
    )

    def clean(self) -> dict:
        found = super().clean()
        return {name: (plain_amount(each) or None) if isinstance(each, str) else each for name, each in found.items()}


class NewInvestorForm(InvestorForm):
    """A new investor."""

    capital_account = forms.ModelChoiceField(queryset=None, help_text="Of equity, and of this investor alone.")
    status = None

    def prepare(self):
        _account(self, "capital_account")


class CapitalForm(VerbForm):
    """A capital call or a distribution, shared out to all."""

    kind = forms.ChoiceField(choices=[(kind, title) for kind, (title, _) in KINDS.items()])
    amount = forms.CharField()
    account = forms.ModelChoiceField(queryset=None, help_text="Of assets: where the money arrives or leaves.")
    date = forms.DateField(required=False)
    description = forms.CharField(required=False, max_length=2000)

    def prepare(self):
        _account(self, "account")

    def clean_amount(self) -> str:
        return plain_amount(self.cleaned_data["amount"])


@register(Investor, site=site)
class InvestorDesk(TenantDesk):
    """Who has put money into the organization."""

    resource = "reports"
    place = Place("Reports", 62, "Investors", "groups")
    list_display = ["name", "shown_part", "shown_account", "shown_status"]
    list_filter = [ByStatus]
    search_fields = ["name", "email", "reference"]
    ordering = ["name", "id"]
    sortable_by = []
    list_select_related = ["account"]

    @property
    def media(self):
        return super().media + AutocompleteSelect(Investor._meta.get_field("account"), site).media

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    def page_urls(self):
        return [("holding", self.hold)]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        organization = request.office.organization
        self.holdings = [] if organization is None else list(Holding.objects.of(organization))
        return rows

    @display(description="Share today")
    def shown_part(self, investor):
        return f"{percentage(self.holdings, investor.pk, clock.now().date()):f} %"

    @display(description="Capital account")
    def shown_account(self, investor):
        return showing.link_to(Account, investor.account_id, investor.account)

    @display(description="Status")
    def shown_status(self, investor):
        return showing.badge(investor.status)

    def record(self, request, obj) -> Page:
        organization, base = organization_of(request), request.office.base
        answer = investor_answer(obj, organization)
        page = Page(title=obj.name, crumbs=self.crumbs(), badge=showing.badge(obj.status))
        page.facts = [("Capital account", showing.link_to(Account, obj.account_id, obj.account)), ("Id", obj.public_id)]
        file = f"/organizations/{organization.public_id}/reports/investor-statements"
        page.buttons = [
            Button("Statement", f"{file}?investor_id={obj.public_id}&format=pdf", icon="download", variant="primary"),
            Button("History", self.address("history", obj.pk), icon="history"),
        ]
        if self.has_change_permission(request):
            page.buttons.insert(1, Button("Change share", self.address("holding", obj.pk), icon="pie_chart"))
        rows = [
            [str(each["effective_date"]),
             "" if each["percentage"] is None else f"{each['percentage']:f} %",
             "" if each["units"] is None else f"{each['units']:f}",
             showing.figure(each["commitment"], base, blank_zero=True)]
            for each in answer["holdings"]
        ]  # fmt: skip
        page.tables = [Table("Shares", ["From", "Percentage", "Units", "Committed"], rows, right=frozenset({1, 2, 3}))]
        return page

    def change_view(self, request, object_id, form_url="", extra_context=None):
        investor = self.find(request, object_id)
        page = self.record(request, investor)
        if not self.has_change_permission(request):
            return show(self.admin_site, request, page)

        def change(fields: dict) -> str:
            update_investor(**self._who(request), investor_id=investor.pk, changes=fields)
            return self.address("change", investor.pk)

        initial = {name: getattr(investor, name) for name in InvestorForm.base_fields}
        return form_page(
            self.admin_site, request, page, InvestorForm, change, obj=investor, initial=initial, done="Saved."
        )

    def add_view(self, request, form_url="", extra_context=None):
        who = self._who(request)
        page = Page(title="New investor", crumbs=self.crumbs(), submit="Take up", back=self.address("changelist"))

        def make(fields: dict) -> str:
            fields["capital_account_id"] = fields.pop("capital_account").pk
            return self.address("change", create_investor(**who, fields=fields).pk)

        return form_page(self.admin_site, request, page, NewInvestorForm, make, done="The investor was taken up.")

    def hold(self, request, object_id):
        """What the investor has from a day on."""
        who, investor = self._who(request), self.find(request, object_id)
        back = self.address("change", investor.pk)
        page = Page(title="Change share", crumbs=[*self.crumbs(), (str(investor), back)], submit="Save", back=back)
        page.intro = "With neither units nor percentage the investor has nothing from then on."

        def write(fields: dict) -> str:
            set_holding(**who, investor_id=investor.pk, fields=fields)
            return back

        return form_page(self.admin_site, request, page, HoldingForm, write, obj=investor, done="Saved.")

    def _who(self, request) -> dict:
        return {"actor": self.require(request), "organization": organization_of(request)}


def statements_page(request) -> HttpResponse:
    """The statements of all investors of a period, and where calls and distributions are posted."""
    organization = organization_of(request)
    period = read_span(request)
    answer = investor_statements(StatementWish(organization, [period]))
    asked = urlencode({"start_date": period.start, "end_date": period.end})
    file = f"/organizations/{organization.public_id}/reports/investor-statements?{asked}"
    page = Page(title="Investor statements", template="admin/reports/statement.html")
    page.buttons = [Button(name.upper(), f"{file}&format={name}", icon="download") for name in FORMATS]
    if request.office.may("write", "transactions"):
        page.buttons.insert(0, Button("Call or give back", reverse("admin:post_capital"), icon="payments"))
    page.tables = [sheet_table(statements_sheet(answer, organization.name), answer["currency"]), _own(answer, file)]
    beside = showing.money(answer["not_of_investors"], answer["currency"])
    page.facts = [
        ("Equity of the books", showing.money(answer["equity_of_books"], answer["currency"])),
        ("Of it no investor's", beside),
    ]
    page.extra = {"start": period.start.isoformat(), "end": period.end.isoformat()}
    return show(site, request, page)


def _own(answer: dict, file: str) -> Table:
    rows = [
        [
            row["name"],
            f"{row['percentage']:f} %",
            showing.figure(row["uncalled"], answer["currency"], blank_zero=True),
            "" if row["internal_rate_of_return"] is None else f"{row['internal_rate_of_return'].normalize():f} %",
            showing.link(f"{file}&investor_id={row['investor_id']}&format=pdf", "PDF"),
        ]
        for row in answer["statements"]
    ]
    headers = ["Investor", "Share", "Still to be called", "Return a year", "Statement"]
    return Table("At the end of the period", headers, rows, right=frozenset({1, 2, 3}))


def capital_page(request) -> HttpResponse:
    """Post a capital call or a distribution, shared out to all."""
    actor, organization = request.office.actor, organization_of(request)
    back = reverse("admin:investor_statements")
    page = Page(title="Call or give back", crumbs=[("Investor statements", back)], submit="Post it", back=back)
    page.intro = "A call is shared by what is committed and not called yet; a distribution by what everybody has."

    def act(fields: dict) -> str:
        kind, account = fields.pop("kind"), fields.pop("account")
        wish = Wish(account.pk, **fields)
        plan, _ = post_capital(actor=actor, organization=organization, kind=kind, wish=wish)
        return reverse("admin:ledger_transaction_change", args=[plan.transaction.pk])

    return form_page(site, request, page, CapitalForm, act, done="It was posted.")


_view = days_in_order("Investor statements", statements_page)
site.pages.append(
    OwnPage("investor_statements", Place("Reports", 63, "Investor statements", "summarize"), "reports", _view)
)
site.pages.append(
    OwnPage("post_capital", Place("Reports", 64, "Capital calls", "payments"), "transactions", capital_page,
            action="write")
)  # fmt: skip
