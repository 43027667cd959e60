"""Documents in the back office: what all kinds of them show, and the buttons in front of their verbs."""

from collections.abc import Callable

from django import forms
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from unfold.decorators import display

from ledger.accounts.models import Account
from ledger.contacts.families import family
from ledger.contacts.models import Contact
from ledger.invoicing.answers import document_answers
from ledger.invoicing.conditions import state
from ledger.invoicing.crediting import Wish, cancel_document, credit_document
from ledger.invoicing.document_pages import fill
from ledger.invoicing.drafting import create_document, delete_draft, kept_lines, twins_of
from ledger.invoicing.editor_pages import WORDS, EditorDesk
from ledger.invoicing.issuing import held_document, issue_document
from ledger.invoicing.models import Document
from ledger.invoicing.printing import document_pdf
from ledger.invoicing.sending import send_document
from ledger.invoicing.states import SHOWN, shown_status
from ledger.invoicing.typed import is_number
from ledger.openitems.models import OpenItem
from organizations import clock
from organizations.backoffice import showing
from organizations.backoffice.amounts import AmountRange
from organizations.backoffice.days import DayRange
from organizations.backoffice.forms import VerbForm, plain_amount
from organizations.backoffice.pages import Button, Page, form_page, show
from organizations.backoffice.records import organization_of
from organizations.backoffice.site import site
from organizations.currencies.models import Currency
from organizations.wire import guarding

#: What chapters above offer on the page of a document.
further_buttons: list[Callable[[HttpRequest, Document], list[Button]]] = []


class ByStatus(SimpleListFilter):
    """Filter by where a document stands."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return [(name, name) for name in SHOWN[model_admin.kind]]

    def queryset(self, request, queryset):
        kind = queryset.model.document_kind
        return queryset.filter(state(kind, self.value())) if self.value() in SHOWN[kind] else queryset


class ByCurrency(SimpleListFilter):
    """Filter by currency."""

    title = "currency"
    parameter_name = "currency"

    def lookups(self, request, model_admin):
        organization = request.office.organization
        codes = set() if organization is None else set(
            Document.objects.of(organization).order_by().values_list("currency_id", flat=True).distinct()
        )  # fmt: skip
        return [(row.code, row.code) for row in Currency.objects.filter(code__in=codes).order_by("code")]

    def queryset(self, request, queryset):
        return queryset.filter(currency=self.value()) if self.value() else queryset


class ByContact(SimpleListFilter):
    """Filter by contact, chosen on the contact's page."""

    title = "contact"
    parameter_name = "contact_id"

    def lookups(self, request, model_admin):
        chosen = request.GET.get(self.parameter_name, "")
        if not is_number(chosen) or request.office.organization is None:
            return [("0", "unknown")] if chosen else []
        found = Contact.objects.of(request.office.organization).filter(pk=int(chosen)).first()
        return [(chosen, "unknown" if found is None else found.name)]

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        if not is_number(self.value()):
            return queryset.none()
        return queryset.filter(contact_id__in=family(request.office.organization, int(self.value())))


class ByDay(DayRange):
    """Filter by the document's date."""

    title = "date"
    parameter_name = "date"


class ByTotal(AmountRange):
    """Filter by the total."""

    title = "total"
    parameter_name = "total"


class CancelForm(VerbForm):
    """Why, and from when on."""

    reason = forms.CharField(max_length=2000, required=False)
    date = forms.DateField(required=False, help_text="Of the credit; today unless given.")


class CreditForm(CancelForm):
    """How much is taken back."""

    amount = forms.CharField(required=False, help_text="Tax included; all that is left unless given.")
    account_id = forms.ModelChoiceField(
        queryset=Account.objects.none(),
        required=False,
        label="Account",
        help_text="Instead of the lines' own, for example bad debts.",
    )
    field_order = ["amount", "reason", "date", "account_id"]

    def prepare(self):
        account = self.fields["account_id"]
        account.queryset = Account.objects.of(self.office.organization)
        widget = AutocompleteSelect(Contact._meta.get_field("expense_account"), site)
        widget.choices = account.choices
        account.widget = widget


class SendForm(VerbForm):
    """An e-mail; what is left empty is as the stationery says."""

    to = forms.EmailField(required=False, help_text="The contact's address unless given.")
    subject = forms.CharField(max_length=250, required=False)
    message = forms.CharField(max_length=10_000, required=False, widget=forms.Textarea)


class DocumentDesk(EditorDesk):
    """Documents of one kind."""

    list_filter = [ByStatus, ByContact, ByCurrency, ByDay, ByTotal]
    list_display = [
        *("shown_number", "shown_contact", "shown_date", "shown_due", "shown_total", "shown_open", "shown_status")
    ]
    search_fields = ["number", "order_number", "contact__name"]
    amount_fields = ["total"]
    search_help_text = "Number, order number or contact contains this, or it is the total"
    ordering = ["-created_at", "-id"]
    sortable_by = []

    @property
    def media(self):
        return super().media + AutocompleteSelect(Document._meta.get_field("contact"), site).media

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    def get_queryset(self, request):
        items = OpenItem.objects.filter(organization_id=OuterRef("organization_id"), object_id=OuterRef("pk"))
        rows = super().get_queryset(request).select_related("contact", "organization", "currency")
        return rows.annotate(open=Subquery(items.values("open_amount")[:1]))

    def get_urls(self):
        info = (self.opts.app_label, self.opts.model_name)
        view = self.admin_site.admin_view(self.figures)
        return [path("figures/", view, name="{}_{}_figures".format(*info)), *super().get_urls()]

    def page_urls(self):
        return [
            ("issue", self.issue),
            ("send", self.send),
            ("credit", self.credit),
            ("cancel", self.cancel),
            ("delete_draft", self.remove),
            ("copy", self.copy),
            ("pdf", self.pdf),
        ]

    def search_everywhere(self, request, term: str) -> list[dict]:
        rows = self.get_queryset(request).filter(Q(number__icontains=term) | Q(order_number__istartswith=term))[:8]
        return [
            {"title": str(row), "description": row.contact.name, "link": self.address("change", row.pk)} for row in rows
        ]

    # -- The list ----------------------------------------------------------------------------------

    @display(description="Number")
    def shown_number(self, row):
        return row.number or "draft"

    @display(description="Contact")
    def shown_contact(self, row):
        return row.contact.name

    @display(description="Date")
    def shown_date(self, row):
        return "" if row.date is None else f"{row.date}"

    @display(description="Due")
    def shown_due(self, row):
        return "" if row.due_date is None else f"{row.due_date}"

    @display(description="Total")
    def shown_total(self, row):
        return showing.figure(row.total, row.currency_id)

    @display(description="Open")
    def shown_open(self, row):
        return showing.figure(abs(row.open or 0), row.currency_id, blank_zero=True)

    @display(description="Status")
    def shown_status(self, row):
        return showing.badge(self.status_of(row))

    def status_of(self, row) -> str:
        """What the list calls the state of a row."""
        return shown_status(
            row.kind,
            row.status,
            total=row.total,
            open_amount=row.open or 0,
            due_date=row.due_date,
            viewed=row.viewed_at is not None,
            today=clock.today(row.organization.time_zone),
        )

    # -- A document --------------------------------------------------------------------------------

    def add_view(self, request, form_url="", extra_context=None):
        self.require(request)
        return self.edit(request, None)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        found = self.find(request, object_id)
        if found.status == "draft" and self.has_change_permission(request):
            return self.edit(request, found)
        return show(self.admin_site, request, self.record(request, found))

    def record(self, request, obj) -> Page:
        organization = organization_of(request)
        (answer,) = document_answers([obj], organization)
        page = Page(title=str(obj), crumbs=self.crumbs(), badge=showing.badge(answer["status"]))
        fill(page, obj, answer)
        page.buttons = self.buttons(request, obj, answer)
        page.buttons += [button for offer in further_buttons for button in offer(request, obj)]
        page.template, page.extra = "admin/ledger/document_shown.html", {"pdf": self.address("pdf", obj.pk)}
        return page

    def draft_buttons(self, request, obj) -> list[Button]:
        """What can be done with a draft, beside saving it."""
        found = [
            Button("PDF", self.address("pdf", obj.pk), icon="picture_as_pdf"),
            Button("History", self.address("history", obj.pk), icon="history"),
        ]
        if request.office.may("delete", self.resource):
            url, ask = self.address("delete_draft", obj.pk), "Delete this draft?"
            found.append(Button("Delete", url, icon="delete", post=True, variant="danger", confirm=ask))
        return found

    def buttons(self, request, obj, answer: dict) -> list[Button]:
        """What can be done with a document that is issued."""
        found = [Button("PDF", self.address("pdf", obj.pk), icon="picture_as_pdf")]
        if self.has_change_permission(request) and obj.status == "issued":
            if obj.is_sale:
                found.append(Button("Send", self.address("send", obj.pk), icon="send"))
            if answer["amount_due"]:
                url = f"{reverse('admin:ledger_payment_add')}?document={obj.pk}"
                found.append(Button("Refund" if obj.is_credit else "Pay", url, icon="payments", variant="primary"))
            if not obj.is_credit:
                found.append(Button("Credit", self.address("credit", obj.pk), icon="undo"))
                found.append(Button("Cancel", self.address("cancel", obj.pk), icon="block", variant="danger"))
        if self.has_change_permission(request):
            found.append(Button("Copy", self.address("copy", obj.pk), icon="content_copy", post=True))
        found.append(Button("History", self.address("history", obj.pk), icon="history"))
        return found

    # -- Verbs -------------------------------------------------------------------------------------

    def _who(self, request, action: str = "write") -> dict:
        return {"actor": self.require(request, action), "organization": organization_of(request)}

    def _held(self, request, found) -> Document:
        return held_document(organization_of(request), self.kind, found.pk)

    def issue(self, request, object_id):
        """Issue a draft as it is saved. A bill that is there already goes back to its page, which asks."""
        who, found = self._who(request), self.find(request, object_id)
        back = self.address("change", found.pk)
        if request.method != "POST":
            return HttpResponseRedirect(back)
        twins = twins_of(who["organization"], found)
        if twins and "anyway" not in request.POST:
            self.message_user(request, self.said_of(twins), "WARNING")
            return HttpResponseRedirect(back)

        def issue() -> None:
            issue_document(**who, document=self._held(request, found))

        return self.act(request, issue, back, "It is issued.")

    def remove(self, request, object_id):
        """Delete a draft."""
        who, found = self._who(request, "delete"), self.find(request, object_id)
        if request.method != "POST":
            return self.go("change", found.pk)

        def delete() -> str:
            delete_draft(**who, document=self._held(request, found))
            return self.address("changelist")

        return self.act(request, delete, self.address("change", found.pk), "The draft is deleted.")

    def copy(self, request, object_id):
        """A new draft of the same contact and lines."""
        who, found = self._who(request), self.find(request, object_id)
        if request.method != "POST":
            return self.go("change", found.pk)

        def draft() -> str:
            fields = {"contact_id": found.contact_id, "lines": kept_lines(found), "currency": found.currency_id}
            fields |= {"notes": found.notes, "order_number": found.order_number}
            return self.address("change", create_document(**who, kind=self.kind, fields=fields).pk)

        return self.act(request, draft, self.address("change", found.pk), "This is the copy.")

    def send(self, request, object_id):
        """Send it by e-mail."""
        who, found = self._who(request), self.find(request, object_id)

        def post(fields: dict) -> str:
            told = {name: value for name, value in fields.items() if value}
            if "to" in told:
                told["to"] = [told["to"]]
            send_document(**who, document=self._held(request, found), **told)
            return self.address("change", found.pk)

        page = self._asking("Send", found, "Send it", "It goes out with its PDF in a moment.")
        initial = {"to": found.contact.email}
        return form_page(self.admin_site, request, page, SendForm, post, initial=initial, done="It is on its way.")

    def credit(self, request, object_id):
        """Credit it, in whole or in part."""
        who, found = self._who(request), self.find(request, object_id)

        def take_back(fields: dict) -> str:
            account = fields["account_id"]
            wish = Wish(
                amount=plain_amount(fields["amount"]) or None,
                account_id=None if account is None else account.pk,
                date=fields["date"],
                reason=fields["reason"],
            )
            credit_document(**who, document=self._held(request, found), wish=wish)
            return self.address("change", found.pk)

        page = self._asking("Credit", found, "Credit it", "The credit is set off against what is open.")
        return form_page(self.admin_site, request, page, CreditForm, take_back, done="The credit is issued.")

    def cancel(self, request, object_id):
        """Cancel it by a credit of all that is left."""
        who, found = self._who(request), self.find(request, object_id)

        def end(fields: dict) -> str:
            cancel_document(**who, document=self._held(request, found), **fields)
            return self.address("change", found.pk)

        page = self._asking("Cancel", found, "Cancel it", "A credit takes back all that is left. It cannot be undone.")
        page.danger = True
        return form_page(self.admin_site, request, page, CancelForm, end, done="It is cancelled.")

    def _asking(self, verb: str, found, submit: str, intro: str) -> Page:
        address = self.address("change", found.pk)
        crumbs = [*self.crumbs(), (str(found), address)]
        return Page(title=f"{verb} {WORDS[self.kind][0]}", crumbs=crumbs, submit=submit, back=address, intro=intro)

    def pdf(self, request, object_id):
        """The document as a PDF."""
        found = self.find(request, object_id)
        response = HttpResponse(document_pdf(organization_of(request), found), content_type="application/pdf")
        response["Content-Disposition"] = 'inline; filename="document.pdf"'
        response["X-Frame-Options"], response["Content-Security-Policy"] = "SAMEORIGIN", guarding.SHOWN
        return response
