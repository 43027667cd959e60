"""The chart of accounts in the back office."""

from django import forms
from django.contrib.admin import register
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.urls import reverse

from ledger.accounts.changing import delete_account, update_account
from ledger.accounts.chart_pages import HEADINGS, chart_page
from ledger.accounts.charts import ROLES
from ledger.accounts.models import STATUSES, TYPES, Account
from ledger.accounts.numbering import warning_for
from ledger.accounts.opening import NewAccount, open_account
from ledger.balances.totals import NOTHING, totals
from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, attempt, form_page, show
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import sentence, site
from organizations.currencies.models import Currency

#: What may be done to several accounts at once, and the status that it gives them.
ACTIONS = {"activate": "active", "suspend": "suspended", "archive": "archived"}
MOST_AT_ONCE = 200
ROLE_CHOICES = [("", "none"), *((role, role.replace("_", " ")) for role in ROLES)]


class AccountForm(VerbForm):
    """What may be changed of an account."""

    name = forms.CharField(max_length=200)
    parent = forms.ModelChoiceField(queryset=None, required=False, help_text="An account of the same type.")
    role = forms.ChoiceField(
        choices=ROLE_CHOICES, required=False, help_text="What documents and reports look for, whatever the code."
    )
    description = forms.CharField(max_length=2000, required=False, widget=forms.Textarea)
    balance_floor = forms.CharField(required=False, help_text="Postings may not take the balance below it.")
    balance_ceiling = forms.CharField(required=False, help_text="Nor above this.")

    def prepare(self):
        parent = self.fields["parent"]
        parent.queryset = Account.objects.of(self.office.organization)
        widget = AutocompleteSelect(Account._meta.get_field("parent"), site)
        widget.choices = parent.choices
        parent.widget = widget

    def clean_role(self):
        return self.cleaned_data["role"] or None

    def clean_balance_floor(self):
        return self.cleaned_data["balance_floor"].strip() or None

    def clean_balance_ceiling(self):
        return self.cleaned_data["balance_ceiling"].strip() or None


class NewAccountForm(AccountForm):
    """A new account. Code, type and currency are fixed for life."""

    code = forms.CharField(max_length=32, help_text="1… assets, 2… liabilities, 3… equity, 4… revenue, 5… expenses.")
    type = forms.ChoiceField(choices=[("", "choose")] + [(kind, kind) for kind in TYPES])
    currency = forms.ChoiceField(choices=())
    field_order = ["code", "name", "type", "currency", "parent", "role"]

    def prepare(self):
        super().prepare()
        rows = Currency.objects.order_by("code")
        self.fields["currency"].choices = [(row.code, f"{row.code} {row.name}") for row in rows]


@register(Account, site=site)
class AccountDesk(TenantDesk):
    """The chart, account by account."""

    resource = "accounts"
    place = Place("Books", 10, "Chart of accounts", "account_tree")
    search_fields = ["code", "name"]
    ordering = ["code"]

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    #: The page that explains a balance: put here by the chapter that makes it, which stands above this one.
    explanation = None

    def page_urls(self):
        return [("status", self.set_status), ("delete_account", self.remove), ("explain", self.explain)]

    def explain(self, request, object_id):
        """What an account's balance is made of, now or as it was known at a moment."""
        account = self.find(request, object_id)
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied("This page only shows.")
        return self.explanation(request, account)

    # -- The picker and the search of the side ---------------------------------------------------

    def autocomplete_rows(self, rows):
        return rows.filter(status="active")

    def autocomplete_extra(self, account) -> dict:
        return {"currency": account.currency_id, "type": account.type}

    def search_everywhere(self, request, term: str) -> list[dict]:
        found = self.get_queryset(request).filter(Q(code__istartswith=term) | Q(name__icontains=term))[:8]
        return [
            {"title": str(each), "description": "Account", "link": self.address("change", each.pk)} for each in found
        ]

    # -- The chart ------------------------------------------------------------------------------

    def changelist_view(self, request, extra_context=None):
        self.require(request, "read")
        if request.method == "POST":
            return self._act_on_many(request)
        asked = {name: request.GET.get(name, "").strip()[:100] for name in ("q", "type", "status")}
        page_text = request.GET.get("p", "1")
        chart = chart_page(
            organization_of(request),
            search=asked["q"],
            kind=asked["type"] if asked["type"] in TYPES else "",
            status=asked["status"] if asked["status"] in STATUSES else "",
            number=int(page_text) if page_text.isascii() and page_text.isdigit() and len(page_text) < 7 else 1,
        )
        kept = request.GET.copy()
        kept.pop("p", None)
        may = self.has_change_permission(request)
        page = Page(
            title="Chart of accounts",
            buttons=[Button("New account", self.address("add"), icon="add", variant="primary")] if may else [],
            template="admin/ledger/chart.html",
            extra={
                "chart": chart,
                "asked": asked,
                "types": HEADINGS,
                "statuses": STATUSES,
                "may": may,
                "actions": ACTIONS,
                "kept": kept.urlencode(),
                "base": request.office.base,
            },
        )
        return show(self.admin_site, request, page)

    def _act_on_many(self, request):
        """Suspend, archive or activate the accounts that are ticked; each says what came of it."""
        actor = self.require(request)
        status = ACTIONS.get(request.POST.get("act", ""))
        ticked = [text for text in request.POST.getlist("account")[:MOST_AT_ONCE] if text.isascii() and text.isdigit()]
        rows = list(self.get_queryset(request).filter(pk__in=ticked))
        if status is None or not rows:
            self.message_user(request, "Tick some accounts and choose what to do with them.", "WARNING")
        done = 0
        for account in rows if status else ():
            _, refusal = attempt(
                lambda account=account: update_account(actor=actor, account=account, changes={"status": status})
            )
            if refusal is None:
                done += 1
            else:
                self.message_user(request, f"{account}: {sentence(refusal)}", "ERROR")
        if done:
            self.message_user(request, f"{done} account{'s are' if done > 1 else ' is'} {status} now.", "SUCCESS")
        return HttpResponseRedirect(request.get_full_path())

    # -- One account ----------------------------------------------------------------------------

    def record(self, request, obj) -> Page:
        total = totals(obj.organization_id, account_ids=[obj.pk]).get(obj.pk, NOTHING)
        register_url = f"{reverse('admin:ledger_entry_changelist')}?account={obj.pk}"
        page = Page(title=str(obj), crumbs=self.crumbs(), badge=showing.badge(obj.status))
        page.facts = [
            ("Balance", f"{showing.money(total.balance * obj.normal_sign, obj.currency_id)} {obj.currency_id}"),
            ("Debits", showing.money(total.debit, obj.currency_id)),
            ("Credits", showing.money(total.credit, obj.currency_id)),
            ("Entries", f"{total.entries:,}"),
            ("Type", obj.type),
            ("Parent", obj.parent and showing.link_to(Account, obj.parent_id, obj.parent)),
            ("Role", obj.role),
            ("System account", "yes" if obj.is_system else "no"),
            ("Id", obj.public_id),
        ]
        if warning := warning_for(obj.code, obj.type):
            page.facts.append(("Note", warning))
        page.buttons = [
            Button("Register", register_url, icon="list_alt", variant="primary"),
            Button("Explain the balance", self.address("explain", obj.pk), icon="functions"),
            Button("History", self.address("history", obj.pk), icon="history"),
        ]
        if self.has_change_permission(request):
            page.buttons += self._buttons(obj, unused=not total.entries)
        return page

    def _buttons(self, obj: Account, *, unused: bool) -> list[Button]:
        act = self.address("status", obj.pk)
        buttons = [
            Button(name.capitalize(), f"{act}?to={name}", icon=icon, post=True)
            for name, icon in (("activate", "play_arrow"), ("suspend", "pause"), ("archive", "archive"))
            if ACTIONS[name] != obj.status
        ]
        if unused and not obj.is_system:
            confirm = f"Delete {obj}?"
            url = self.address("delete_account", obj.pk)
            buttons.append(Button("Delete", url, icon="delete", post=True, variant="danger", confirm=confirm))
        return buttons

    def change_view(self, request, object_id, form_url="", extra_context=None):
        account = self.find(request, object_id)
        page = self.record(request, account)
        if not self.has_change_permission(request):
            page.facts.append(("Description", account.description))
            return show(self.admin_site, request, page)

        def change(fields: dict) -> str:
            parent = fields.pop("parent")
            changes = {**fields, "parent_id": parent and parent.pk}
            update_account(actor=self.require(request), account=account, changes=changes)
            return self.address("change", account.pk)

        initial = {name: getattr(account, name) for name in ("name", "role", "description")}
        initial["parent"] = account.parent_id
        for name in ("balance_floor", "balance_ceiling"):
            value = getattr(account, name)
            initial[name] = "" if value is None else showing.money(value, account.currency_id).replace(",", "")
        return form_page(
            self.admin_site, request, page, AccountForm, change, obj=account, initial=initial, done="Saved."
        )

    def add_view(self, request, form_url="", extra_context=None):
        actor, organization = self.require(request), organization_of(request)
        page = Page(title="New account", crumbs=self.crumbs(), submit="Open it", back=self.address("changelist"))

        def make(fields: dict) -> str:
            parent = fields.pop("parent")
            new = NewAccount(parent_id=parent and parent.pk, **fields)
            account = open_account(actor=actor, organization=organization, new=new)
            if warning := warning_for(account.code, account.type):
                self.message_user(request, warning, "WARNING")
            return self.address("changelist")

        initial = {"currency": organization.base_currency_id}
        parent = request.GET.get("parent", "")
        if parent.isascii() and parent.isdigit() and len(parent) < 19:
            initial["parent"] = int(parent)
        return form_page(
            self.admin_site, request, page, NewAccountForm, make, initial=initial, done="The account was opened."
        )

    def set_status(self, request, object_id):
        """Suspend, archive or activate one account."""
        actor = self.require(request)
        account = self.find(request, object_id)
        status = ACTIONS.get(request.GET.get("to", ""))
        back = self.address("change", account.pk)
        if request.method != "POST" or status is None:
            return HttpResponseRedirect(back)

        def change() -> None:
            update_account(actor=actor, account=account, changes={"status": status})

        return self.act(request, change, back, f"{account} is {status} now.")

    def remove(self, request, object_id):
        """Delete an account that was never used."""
        actor = self.require(request, "delete")
        account = self.find(request, object_id)
        back = self.address("change", account.pk)
        if request.method != "POST":
            return HttpResponseRedirect(back)

        def delete() -> str:
            delete_account(actor=actor, account=account)
            return self.address("changelist")

        return self.act(request, delete, back, f"{account} was deleted.")
