"""Balance assertions in the back office: what must be, whether it is, and a button to withdraw."""

from django import forms
from django.contrib.admin import register
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import HttpResponseRedirect
from unfold.decorators import display

from ledger.accounts.models import Account
from ledger.assertions.answers import STATUSES, assertions_of, status_of, where_status
from ledger.assertions.asserting import assert_balance, change_assertion, withdraw_assertion
from ledger.assertions.models import BalanceAssertion
from ledger.journal.account_filters import ByAccount
from organizations.backoffice import showing
from organizations.backoffice.days import DayRange
from organizations.backoffice.forms import VerbForm, plain_amount
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, form_page, show
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site
from organizations.backoffice.words import ByWord


class ByStatus(ByWord):
    """Filter by whether the books agree."""

    title = "status"
    parameter_name = "status"
    words = STATUSES

    def queryset(self, request, queryset):
        return queryset.filter(where_status("eq", self.value())) if self.value() in STATUSES else queryset


class ByAssertedAccount(ByAccount):
    """Filter by the account that an assertion is about."""

    def queryset(self, request, queryset):
        if not self.used_parameters.get(self.parameter_name):
            return queryset
        return queryset.none() if self.account is None else queryset.filter(account=self.account)


class ByDay(DayRange):
    """Filter by the asserted day."""

    title = "date"
    parameter_name = "date"


class ChangeForm(VerbForm):
    """What may be changed of an assertion."""

    expected = forms.CharField(help_text="As the account shows it: what a liability owes is positive.")
    blocking = forms.BooleanField(
        required=False, help_text="Refuse postings that break it. It must be true to begin with."
    )
    description = forms.CharField(max_length=2000, required=False, widget=forms.Textarea)

    def clean_expected(self) -> str:
        return plain_amount(self.cleaned_data["expected"])


class NewForm(ChangeForm):
    """A new assertion."""

    account = forms.ModelChoiceField(queryset=None)
    date = forms.DateField(label="At the end of")
    field_order = ["account", "date", "expected", "blocking", "description"]

    def prepare(self):
        account = self.fields["account"]
        account.queryset = Account.objects.of(self.office.organization)
        widget = AutocompleteSelect(BalanceAssertion._meta.get_field("account"), site)
        widget.choices = account.choices
        account.widget = widget


@register(BalanceAssertion, site=site)
class AssertionDesk(TenantDesk):
    """What balances must be."""

    resource = "balance-assertions"
    place = Place("Books", 40, "Balance assertions", "rule")
    list_display = ["shown_date", "shown_account", "shown_expected", "shown_balance", "shown_status", "blocking"]
    list_filter = [ByStatus, ByAssertedAccount, ByDay]
    search_fields = ["account__code", "account__name", "description"]
    ordering = ["-date", "-id"]
    sortable_by = []

    @property
    def media(self):
        return super().media + AutocompleteSelect(BalanceAssertion._meta.get_field("account"), site).media

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    def page_urls(self):
        return [("withdraw", self.withdraw)]

    def get_queryset(self, request):
        organization = request.office.organization
        rows = self.model.objects.none() if organization is None else assertions_of(organization)
        return rows.order_by(*self.get_ordering(request))

    @display(description="Date")
    def shown_date(self, assertion):
        return f"{assertion.date}"

    @display(description="Account")
    def shown_account(self, assertion):
        return showing.link_to(Account, assertion.account_id, assertion.account)

    @display(description="Expected")
    def shown_expected(self, assertion):
        return showing.figure(assertion.expected, assertion.account.currency_id)

    @display(description="Balance")
    def shown_balance(self, assertion):
        return showing.figure(assertion.balance, assertion.account.currency_id)

    @display(description="Status")
    def shown_status(self, assertion):
        return showing.badge(status_of(assertion))

    def record(self, request, obj) -> Page:
        currency = obj.account.currency_id
        page = Page(
            title=str(obj),
            crumbs=self.crumbs(),
            badge=showing.badge(status_of(obj)),
            facts=[
                ("Account", showing.link_to(Account, obj.account_id, obj.account)),
                ("At the end of", str(obj.date)),
                ("Expected", f"{showing.money(obj.expected, currency)} {currency}"),
                ("Balance", f"{showing.money(obj.balance, currency)} {currency}"),
                ("Blocking", "yes" if obj.blocking else "no"),
                ("Description", obj.description),
                ("Id", obj.public_id),
            ],
            buttons=[
                Button(
                    "Explain the balance",
                    f"{showing.address(Account, 'explain', obj.account_id)}?as_of={obj.date}",
                    icon="functions",
                ),
                Button("History", self.address("history", obj.pk), icon="history"),
            ],
        )
        if request.office.may("delete", self.resource):
            url, ask = self.address("withdraw", obj.pk), "Withdraw this assertion?"
            page.buttons.append(Button("Withdraw", url, icon="undo", post=True, variant="danger", confirm=ask))
        return page

    def change_view(self, request, object_id, form_url="", extra_context=None):
        found = self.find(request, object_id)
        page = self.record(request, found)
        if not self.has_change_permission(request):
            return show(self.admin_site, request, page)

        def change(fields: dict) -> str:
            change_assertion(actor=self.require(request), assertion=found, changes=fields)
            return self.address("change", found.pk)

        expected = showing.money(found.expected, found.account.currency_id).replace(",", "")
        initial = {"expected": expected, "blocking": found.blocking, "description": found.description}
        return form_page(self.admin_site, request, page, ChangeForm, change, obj=found, initial=initial, done="Saved.")

    def add_view(self, request, form_url="", extra_context=None):
        actor, organization = self.require(request), organization_of(request)
        page = Page(
            title="New assertion",
            crumbs=self.crumbs(),
            submit="Assert it",
            back=self.address("changelist"),
            intro="What a balance must be at the end of a day. A posting that breaks it is recorded, or refused.",
        )

        def make(fields: dict) -> str:
            account = fields.pop("account")
            assert_balance(actor=actor, organization=organization, account_id=account.pk, **fields)
            return self.address("changelist")

        initial = {"date": request.office.today}
        account = request.GET.get("account", "")
        if account.isascii() and account.isdigit() and len(account) < 19:
            initial["account"] = int(account)
        return form_page(
            self.admin_site, request, page, NewForm, make, initial=initial, done="The assertion was recorded."
        )

    def withdraw(self, request, object_id):
        """Take an assertion back."""
        actor = self.require(request, "delete")
        found = self.find(request, object_id)
        if request.method != "POST":
            return HttpResponseRedirect(self.address("change", found.pk))

        def take_back() -> str:
            withdraw_assertion(actor=actor, assertion=found)
            return self.address("changelist")

        back = self.address("change", found.pk)
        return self.act(request, take_back, back, "The assertion was withdrawn.")
