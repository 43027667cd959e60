"""Payments in the back office."""

from django import forms
from django.contrib.admin import register
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import OuterRef, Subquery
from unfold.decorators import display

from ledger.accounts.models import Account
from ledger.contacts.families import family
from ledger.contacts.models import Contact
from ledger.invoicing.models import Document
from ledger.invoicing.typed import is_number
from ledger.journal.models import Transaction
from ledger.openitems.links import named_links
from ledger.openitems.models import OpenItem
from ledger.payments.answers import payment_answers
from ledger.payments.models import DIRECTIONS, STATUSES, Payment
from ledger.payments.paying import Allocation, NewPayment, allocate_payment, record_payment
from ledger.payments.undoing import held_payment, refund_payment, reverse_payment, unallocate_payment
from organizations.backoffice import showing
from organizations.backoffice.amounts import AmountRange
from organizations.backoffice.days import DayRange
from organizations.backoffice.forms import VerbForm, plain_amount
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, Table, form_page, show
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site
from organizations.backoffice.words import ByWord


class ByDirection(ByWord):
    """Filter by whether money came in or went out."""

    title = "direction"
    parameter_name = "direction"
    words = DIRECTIONS


class ByStatus(ByWord):
    """Filter by whether it stands."""

    title = "status"
    parameter_name = "status"
    words = STATUSES


class ByDay(DayRange):
    """Filter by the day of the payment."""

    title = "date"
    parameter_name = "payment_date"


def picker(form: VerbForm, name: str, model, field) -> None:
    """Make a field of a form the picker of this organization's rows."""
    choice = form.fields[name]
    choice.queryset = model.objects.of(form.office.organization)
    widget = AutocompleteSelect(field, site)
    widget.choices = choice.choices
    choice.widget = widget


class PaymentForm(VerbForm):
    """A payment; what is left empty follows from the documents and the rates."""

    contact = forms.ModelChoiceField(queryset=Contact.objects.none())
    direction = forms.ChoiceField(choices=[("in", "money in"), ("out", "money out")])
    amount = forms.CharField()
    payment_date = forms.DateField(label="Date")
    account = forms.ModelChoiceField(queryset=Account.objects.none(), required=False, help_text="Cash unless given.")
    documents = forms.MultipleChoiceField(required=False, choices=(), help_text="The oldest is paid first.")
    payment_method = forms.CharField(max_length=50, required=False, label="Method")
    reference = forms.CharField(max_length=100, required=False)
    currency_rate = forms.CharField(max_length=30, required=False, label="Rate", help_text="The day's unless given.")
    fee_amount = forms.CharField(max_length=30, required=False, label="Fee", help_text="Kept on the way.")
    allow_overpayment = forms.BooleanField(required=False, label="Keep what is too much as credit")

    def prepare(self):
        picker(self, "contact", Contact, Payment._meta.get_field("contact"))
        picker(self, "account", Account, Payment._meta.get_field("account"))
        contact = self.data.get("contact") or self.initial.get("contact") or ""
        self.of_direction = open_documents(self.office.organization, str(contact))
        self.fields["documents"].choices = [
            (title, self.of_direction[direction])
            for direction, title in self.fields["direction"].choices
            if self.of_direction[direction]
        ]
        if not self.of_direction["in"] and self.of_direction["out"]:
            self.initial.setdefault("direction", "out")

    class Media:
        js = ["ledger/payment.js"]

    def clean(self):
        fields = super().clean()
        offered = {number for number, _ in self.of_direction.get(fields.get("direction"), [])}
        if not offered.issuperset(fields.get("documents", [])):
            self.add_error("documents", "These are paid in the other direction.")
        return fields


class RefundForm(VerbForm):
    """How much goes back."""

    amount = forms.CharField(required=False, help_text="All that was not refunded yet unless given.")
    date = forms.DateField(required=False)
    currency_rate = forms.CharField(max_length=30, required=False, label="Rate")
    reason = forms.CharField(max_length=2000, required=False)


class ReverseForm(VerbForm):
    """From when on, and why."""

    date = forms.DateField(required=False, help_text="Today unless given.")
    reason = forms.CharField(max_length=2000, required=False)


class AllocateForm(VerbForm):
    """Which documents take what is left."""

    documents = forms.MultipleChoiceField(choices=(), help_text="In this order, as far as it reaches.")
    date = forms.DateField(required=False, help_text="Today unless given.")

    def prepare(self):
        found = open_documents(self.office.organization, str(self.obj.contact_id))
        self.fields["documents"].choices = found[self.obj.direction]


def open_documents(organization, contact: str) -> dict[str, list[tuple[str, str]]]:
    """Documents of a contact of which something is open, the oldest first, by the direction that pays them."""
    found: dict[str, list[tuple[str, str]]] = {direction: [] for direction in DIRECTIONS}
    if not is_number(contact):
        return found
    items = OpenItem.objects.of(organization).filter(contact_id__in=family(organization, int(contact)))
    items = items.exclude(open_amount=0).exclude(kind="payment").order_by("due_date", "pk")[:200]
    names = Document.objects.of(organization).in_bulk([item.object_id for item in items])
    for item in items:
        left = f"{showing.money(abs(item.open_amount), item.currency_id)} {item.currency_id} open"
        words = f"{names[item.object_id]} of {item.date}: {left}"
        found["in" if item.amount > 0 else "out"].append((str(item.object_id), words))
    return found


@register(Payment, site=site)
class PaymentDesk(TenantDesk):
    """Money in and out."""

    resource = "payments"
    place = Place("Sales & purchases", 40, "Payments", "payments")
    list_display = [
        "shown_date",
        "shown_contact",
        "direction",
        "shown_amount",
        "shown_free",
        "reference",
        "shown_status",
    ]
    list_filter = [ByDirection, ByStatus, ByDay, AmountRange]
    search_fields = ["reference", "contact__name", "payment_method"]
    amount_fields = ["amount", "account_amount"]
    search_help_text = "Reference, method or contact contains this, or it is the amount"
    ordering = ["-payment_date", "-id"]
    sortable_by = []

    @property
    def media(self):
        return super().media + AutocompleteSelect(Payment._meta.get_field("contact"), site).media

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    def get_queryset(self, request):
        items = OpenItem.objects.filter(organization_id=OuterRef("organization_id"), object_id=OuterRef("pk"))
        rows = super().get_queryset(request).select_related("contact", "account")
        return rows.annotate(open=Subquery(items.values("open_amount")[:1]))

    def page_urls(self):
        return [
            ("allocate", self.allocate),
            ("unallocate", self.unallocate),
            ("refund", self.refund),
            ("reverse", self.reverse),
        ]

    @display(description="Date")
    def shown_date(self, row):
        return f"{row.payment_date}"

    @display(description="Contact")
    def shown_contact(self, row):
        return row.contact.name

    @display(description="Amount")
    def shown_amount(self, row):
        return showing.figure(row.amount, row.currency_id)

    @display(description="Not allocated")
    def shown_free(self, row):
        return showing.figure(abs(row.open or 0), row.currency_id, blank_zero=True)

    @display(description="Status")
    def shown_status(self, row):
        return showing.badge(row.status)

    def record(self, request, obj) -> Page:
        organization = organization_of(request)
        (answer,) = payment_answers([obj], organization)
        currency, bank = obj.currency_id, obj.account.currency_id

        def money(amount) -> str:
            return f"{showing.money(amount, currency)} {currency}"

        named = [one["document_id"] for one in answer["allocations"]]
        links = named_links(organization, filter(None, [answer["refund_of"], *named]))
        page = Page(title=f"Payment of {obj}", crumbs=self.crumbs(), badge=showing.badge(obj.status))
        facts = [
            ("Contact", showing.link_to(Contact, obj.contact_id, obj.contact.name)),
            ("Direction", "money in" if obj.direction == "in" else "money out"),
            ("Date", f"{obj.payment_date}"),
            ("Account", showing.link_to(Account, obj.account_id, obj.account)),
            ("On the account", f"{showing.money(obj.account_amount, bank)} {bank}"),
            ("Fee", money(obj.fee_amount) if obj.fee_amount else ""),
            ("Not allocated", money(answer["unallocated"])),
            ("Method", obj.payment_method),
            ("Reference", obj.reference),
            ("Notes", obj.notes),
            ("Refund of", links.get(answer["refund_of"], "")),
            ("Transaction", showing.link_to(Transaction, obj.transaction_id, "in the journal")),
            ("Reversed on", f"{obj.reversed_on or ''}"),
            ("Id", obj.public_id),
        ]
        page.facts = [(name, value) for name, value in facts if value not in ("", None)]
        rows = [
            [one["date"], links[one["document_id"]], showing.money(one["amount"], currency), one["realised"] or ""]
            for one in answer["allocations"]
        ]
        headers = ["Date", "To", "Amount", "Exchange result"]
        page.tables = [Table("Allocations", headers, rows, right=frozenset({2, 3}), empty="Not allocated.")]
        page.buttons = self.buttons(request, obj, answer)
        return page

    def buttons(self, request, obj, answer: dict) -> list[Button]:
        """What can be done with a payment."""
        found = [Button("History", self.address("history", obj.pk), icon="history")]
        if not self.has_change_permission(request) or obj.status == "reversed":
            return found
        if answer["unallocated"]:
            found.insert(0, Button("Allocate", self.address("allocate", obj.pk), icon="link", variant="primary"))
        if answer["allocations"]:
            url, ask = self.address("unallocate", obj.pk), "Take it out of all its documents?"
            found.append(Button("Unallocate", url, icon="link_off", post=True, confirm=ask))
        if obj.refund_of_id is None:
            found.append(Button("Refund", self.address("refund", obj.pk), icon="undo"))
        found.append(Button("Reverse", self.address("reverse", obj.pk), icon="block", variant="danger"))
        return found

    def add_view(self, request, form_url="", extra_context=None):
        who = {"actor": self.require(request), "organization": organization_of(request)}
        page = Page(
            title="New payment",
            crumbs=self.crumbs(),
            submit="Record it",
            back=self.address("changelist"),
            intro="Choose the contact and save once to see the documents that are open." if not request.GET else "",
        )

        def pay(fields: dict) -> str:
            account = fields["account"]
            new = NewPayment(
                amount=plain_amount(fields["amount"]),
                direction=fields["direction"],
                contact_id=fields["contact"].pk,
                account_id=None if account is None else account.pk,
                date=fields["payment_date"],
                method=fields["payment_method"],
                reference=fields["reference"],
                rate=fields["currency_rate"] or None,
                fee_amount=plain_amount(fields["fee_amount"]) or None,
                allow_overpayment=fields["allow_overpayment"],
                allocations=[Allocation(int(number)) for number in fields["documents"]],
            )
            if new.allocations:
                new.direction = None  # the documents say it
            return self.address("change", record_payment(**who, new=new).pk)

        initial = {"payment_date": request.office.today} | self._asked(request)
        return form_page(self.admin_site, request, page, PaymentForm, pay, initial=initial, done="It is recorded.")

    def _asked(self, request) -> dict:
        """What the address asks for: a document, or a contact."""
        number = request.GET.get("document", "")
        item = None
        if is_number(number):
            item = OpenItem.objects.of(organization_of(request)).filter(object_id=int(number)).first()
        if item is None:
            contact = request.GET.get("contact", "")
            return {"contact": int(contact)} if is_number(contact) else {}
        return {
            "contact": item.contact_id,
            "direction": "in" if item.amount > 0 else "out",
            "amount": showing.money(abs(item.open_amount), item.currency_id).replace(",", ""),
            "documents": [number],
        }

    # -- Verbs -------------------------------------------------------------------------------------

    def _who(self, request) -> dict:
        return {"actor": self.require(request), "organization": organization_of(request)}

    def _asking(self, title: str, found, submit: str, intro: str) -> Page:
        address = self.address("change", found.pk)
        crumbs = [*self.crumbs(), (str(found), address)]
        return Page(title=title, crumbs=crumbs, submit=submit, back=address, intro=intro)

    def allocate(self, request, object_id):
        """Allocate what is left to documents of the contact."""
        who, found = self._who(request), self.find(request, object_id)

        def link(fields: dict) -> str:
            held = held_payment(who["organization"], found.pk)
            wanted = [Allocation(int(number)) for number in fields["documents"]]
            allocate_payment(**who, payment=held, allocations=wanted, date=fields["date"])
            return self.address("change", found.pk)

        page = self._asking("Allocate", found, "Allocate it", "What is left of the payment goes to these documents.")
        return form_page(self.admin_site, request, page, AllocateForm, link, obj=found, done="It is allocated.")

    def unallocate(self, request, object_id):
        """Take it out of all its documents."""
        who, found = self._who(request), self.find(request, object_id)
        back = self.address("change", found.pk)
        if request.method != "POST":
            return self.go("change", found.pk)

        def take_out() -> None:
            unallocate_payment(**who, payment=held_payment(who["organization"], found.pk))

        return self.act(request, take_out, back, "It is the contact's credit now.")

    def refund(self, request, object_id):
        """Pay it back."""
        who, found = self._who(request), self.find(request, object_id)

        def give_back(fields: dict) -> str:
            refund = refund_payment(
                **who,
                payment=held_payment(who["organization"], found.pk),
                amount=plain_amount(fields["amount"]) or None,
                date=fields["date"],
                rate=fields["currency_rate"] or None,
                reason=fields["reason"],
            )
            return self.address("change", refund.pk)

        words = "What is not allocated goes back first; then documents are open again, the last paid first."
        page = self._asking("Refund", found, "Pay it back", words)
        return form_page(self.admin_site, request, page, RefundForm, give_back, done="The refund is recorded.")

    def reverse(self, request, object_id):
        """Undo a payment that never was."""
        who, found = self._who(request), self.find(request, object_id)

        def undo(fields: dict) -> str:
            reverse_payment(**who, payment=held_payment(who["organization"], found.pk), **fields)
            return self.address("change", found.pk)

        page = self._asking(
            "Reverse", found, "Reverse it", "Its documents are open again, and its posting is reversed."
        )
        page.danger = True
        return form_page(self.admin_site, request, page, ReverseForm, undo, done="It is reversed.")

    def change_view(self, request, object_id, form_url="", extra_context=None):
        return show(self.admin_site, request, self.record(request, self.find(request, object_id)))
