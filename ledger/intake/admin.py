"""Payment providers in the back office: what they told, what became of it, and a button to book it again."""

from django import forms
from django.contrib.admin import register
from django.contrib.admin.widgets import AutocompleteSelect
from django.utils.html import format_html
from unfold.decorators import display

from ledger.accounts.models import Account
from ledger.intake.answers import connection_answer, inbox_answer
from ledger.intake.connecting import ACCOUNTS, connect, disconnect
from ledger.intake.models import PROVIDERS, STATUSES, Connection, InboxEvent
from ledger.intake.receiving import replay
from ledger.journal.models import Transaction
from ledger.payments.models import Payment
from organizations.backoffice import showing
from organizations.backoffice.days import DayRange
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, form_page, show
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site
from organizations.backoffice.words import ByWord
from organizations.status import pulse
from organizations.wire.rendering import dumps

#: Of a message, so many characters are shown.
MOST_SHOWN = 20_000

pulse.backlog["Provider messages that could not be booked"] = lambda: InboxEvent.objects.filter(status="failed").count()


class ByStatus(ByWord):
    """Filter by what became of it."""

    title = "status"
    parameter_name = "status"
    words = STATUSES


class ByProvider(ByWord):
    """Filter by who told it."""

    title = "provider"
    parameter_name = "provider"
    words = PROVIDERS


class ByDay(DayRange):
    """Filter by the day (UTC) on which it came."""

    title = "day"
    parameter_name = "received_at"
    instants = True


class ConnectionForm(VerbForm):
    """What signs its messages, and where they are booked."""

    webhook_secret = forms.CharField(max_length=500, required=False, help_text="Kept sealed. Empty: as it is.")
    enabled = forms.BooleanField(required=False, initial=True)
    clearing_account_id = forms.ModelChoiceField(queryset=None, required=False, label="Clearing account")
    bank_account_id = forms.ModelChoiceField(queryset=None, required=False, label="Payouts arrive on")
    fee_account_id = forms.ModelChoiceField(queryset=None, required=False, label="Fees")
    sales_account_id = forms.ModelChoiceField(queryset=None, required=False, label="Sales without an invoice")

    def prepare(self):
        for name in ACCOUNTS:
            choice = self.fields[name]
            choice.queryset = Account.objects.of(self.office.organization)
            choice.help_text = "By its role unless chosen."
            widget = AutocompleteSelect(Connection._meta.get_field(name.removesuffix("_id")), site)
            widget.choices = choice.choices
            choice.widget = widget


class NewConnectionForm(ConnectionForm):
    """A provider, and the same."""

    provider = forms.ChoiceField(choices=[(name, name.title()) for name in PROVIDERS])
    field_order = ["provider", "webhook_secret"]


def _changes(fields: dict) -> dict:
    found = {name: fields[name] and fields[name].pk for name in ACCOUNTS} | {"enabled": fields["enabled"]}
    return found | ({"webhook_secret": fields["webhook_secret"]} if fields["webhook_secret"] else {})


@register(Connection, site=site)
class ConnectionDesk(TenantDesk):
    """Payment providers and tills."""

    resource = "integrations"
    place = Place("Bank", 70, "Payment providers", "add_card")
    list_display = ["provider", "clearing_account", "bank_account", "shown_state"]
    list_select_related = ["clearing_account", "bank_account"]
    ordering = ["provider"]
    sortable_by = []

    @property
    def media(self):
        return super().media + AutocompleteSelect(Connection._meta.get_field("fee_account"), site).media

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    def page_urls(self):
        return [("disconnect", self.disconnect)]

    @display(description="State")
    def shown_state(self, row):
        return showing.badge("enabled" if row.enabled else "disabled")

    def record(self, request, obj) -> Page:
        answer = connection_answer(obj)
        page = Page(title=obj.provider.title(), crumbs=self.crumbs(), badge=self.shown_state(obj))
        address = request.build_absolute_uri(answer["webhook_path"])
        page.facts = [("Its messages go to", address), ("Id", obj.public_id)]
        inbox = f"{showing.address(InboxEvent, 'changelist')}?provider={obj.provider}"
        page.buttons = [
            Button("What it told", inbox, icon="inbox"),
            Button("History", self.address("history", obj.pk), icon="history"),
        ]
        if request.office.may("delete", self.resource):
            url, ask = self.address("disconnect", obj.pk), "Listen to it no more? What it told stays."
            page.buttons.append(Button("Disconnect", url, icon="link_off", post=True, variant="danger", confirm=ask))
        return page

    def add_view(self, request, form_url="", extra_context=None):
        who = {"actor": self.require(request), "organization": organization_of(request)}
        page = Page(title="Connect a provider", crumbs=self.crumbs(), submit="Connect", back=self.address("changelist"))

        def make(fields: dict) -> str:
            row = connect(**who, provider=fields.pop("provider"), changes=_changes(fields))
            return self.address("change", row.pk)

        return form_page(self.admin_site, request, page, NewConnectionForm, make, done="It is connected.")

    def change_view(self, request, object_id, form_url="", extra_context=None):
        found = self.find(request, object_id)
        page = self.record(request, found)
        if not self.has_change_permission(request):
            return show(self.admin_site, request, page)
        who = {"actor": self.require(request), "organization": organization_of(request)}

        def change(fields: dict) -> str:
            connect(**who, provider=found.provider, changes=_changes(fields))
            return self.address("change", found.pk)

        initial = {name: getattr(found, name) for name in (*ACCOUNTS, "enabled")}
        return form_page(
            self.admin_site, request, page, ConnectionForm, change, obj=found, initial=initial, done="Saved."
        )

    def disconnect(self, request, object_id):
        """Listen to it no more."""
        who = {"actor": self.require(request, "delete"), "organization": organization_of(request)}
        found = self.find(request, object_id)
        if request.method != "POST":
            return self.go("change", found.pk)

        def end() -> str:
            disconnect(**who, provider=found.provider)
            return self.address("changelist")

        return self.act(request, end, self.address("change", found.pk), "It is disconnected.")


@register(InboxEvent, site=site)
class InboxDesk(TenantDesk):
    """What payment providers told."""

    resource = "integrations"
    place = Place("Bank", 71, "Provider inbox", "inbox")
    list_display = ["shown_received", "provider", "event_type", "reference", "shown_amount", "shown_status", "reason"]
    list_filter = [ByProvider, ByStatus, ByDay]
    search_fields = ["event_id", "reference", "event_type"]
    search_help_text = "Id at the provider, reference or type contains this"
    ordering = ["-id"]
    sortable_by = []

    def page_urls(self):
        return [("replay", self.replay)]

    @display(description="Received (UTC)")
    def shown_received(self, row):
        return showing.moment(row.received_at)

    @display(description="Amount")
    def shown_amount(self, row):
        amount = inbox_answer(row)["amount"]
        return "" if amount is None else f"{amount:,f}"

    @display(description="Status")
    def shown_status(self, row):
        return showing.badge(row.status)

    def record(self, request, obj) -> Page:
        page = Page(title=str(obj), crumbs=self.crumbs(), badge=showing.badge(obj.status))
        facts = [
            ("Id at the provider", obj.event_id),
            ("About", obj.reference),
            ("Kind", obj.kind),
            ("Amount", self.shown_amount(obj)),
            ("Reason", obj.reason),
            ("Payment", obj.payment_id and showing.link_to(Payment, obj.payment_id, "the payment")),
            ("Transaction", obj.transaction_id and showing.link_to(Transaction, obj.transaction_id, "in the journal")),
            ("Attempts", obj.attempts),
            ("Received (UTC)", showing.moment(obj.received_at)),
            ("Booked (UTC)", showing.moment(obj.booked_at)),
            ("Message", format_html('<span class="co-pre">{}</span>', dumps(obj.payload).decode()[:MOST_SHOWN])),
            ("Id", obj.public_id),
        ]
        page.facts = [(name, value) for name, value in facts if value not in ("", None)]
        page.buttons = [Button("History", self.address("history", obj.pk), icon="history")]
        if obj.status != "booked" and self.has_change_permission(request):
            url = self.address("replay", obj.pk)
            page.buttons.insert(0, Button("Book it again", url, icon="replay", post=True, variant="primary"))
        return page

    def replay(self, request, object_id):
        """Try to book it again."""
        actor, found = self.require(request), self.find(request, object_id)
        if request.method != "POST":
            return self.go("change", found.pk)

        def again() -> None:
            replay(actor=actor, organization=organization_of(request), event_id=found.pk)

        return self.act(request, again, self.address("change", found.pk), "It was tried: see what became of it.")
