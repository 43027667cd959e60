"""The page on which a document is written: header, lines, and totals that the server works out while it is typed."""

from decimal import Decimal

from django.contrib import messages
from django.http import JsonResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ledger.invoicing import typed
from ledger.invoicing.drafting import change_document, create_document, new_document, twins_of
from ledger.invoicing.issuing import held_document, issue_document, issue_new
from ledger.invoicing.models import PREFIXES, Document
from ledger.invoicing.reading import NAMES
from organizations.backoffice import showing
from organizations.backoffice.pages import Page, attempt, show
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import sentence
from organizations.currencies.iso import decimals_of
from organizations.errors import Refusal
from organizations.money import format_money

WORDS = {
    "invoice": ("invoice", "Issue"),
    "credit_note": ("credit note", "Issue"),
    "bill": ("bill", "Receive"),
    "vendor_credit": ("vendor credit", "Receive"),
}


class EditorDesk(TenantDesk):
    """The part of a desk that writes documents."""

    kind = ""

    def edit(self, request, saved: Document | None):
        """The editor; ``saved`` is None for a new document."""
        organization, twins = organization_of(request), []
        if request.method == "POST":
            form, lines = typed.HeadForm(request.POST, office=request.office), typed.typed_lines(request.POST)
            done, twins = self._save(request, form, lines, saved)
            if done is not None:
                return done
        else:
            twins = twins_of(organization, saved) if saved else []
            form = typed.HeadForm(office=request.office, initial=self._initial(request, saved))
            lines = typed.lines_of(saved) if saved else []
        typed.name_choices(organization, lines)
        noun, verb = WORDS[self.kind]
        page = Page(
            title=f"Draft {noun}" if saved else f"New {noun}",
            crumbs=self.crumbs(),
            badge=showing.badge("draft") if saved else "",
            buttons=self.draft_buttons(request, saved) if saved else [],
            form=form,
            template="admin/ledger/document.html",
            extra={
                "lines": [*lines, *[typed.TypedLine() for _ in range(max(typed.BLANK_LINES, 2 - len(lines)))]],
                "pickers": typed.pickers(),
                "taxes": typed.taxes_to_choose(organization),
                "verb": verb,
                "twins": self.said_of(twins),
                "figures": self.address("figures"),
            },
        )
        return show(self.admin_site, request, page)

    def _initial(self, request, saved: Document | None) -> dict:
        if saved is None:
            contact = request.GET.get("contact", "")
            return {"date": request.office.today, "contact": int(contact) if typed.is_number(contact) else None}
        names = ("date", "due_date", "order_number", "notes", "number")
        rate = saved.currency_rate
        return {name: getattr(saved, name) for name in names} | {
            "contact": saved.contact_id,
            "currency": saved.currency_id,
            "rate": "" if rate is None or rate == 1 else f"{rate.normalize():f}",
        }

    def _save(self, request, form: typed.HeadForm, lines: list[typed.TypedLine], saved: Document | None):
        """Save the page, and issue it if that was asked: where to go on, None if the page must be shown again.

        And the bills that it may be once more: it is received beside them only where that was ticked.
        """
        if not form.is_valid():
            return None, []
        found, problems = typed.read_page(self.kind, form.cleaned_data, lines)
        if problems:
            typed.place(form, lines, problems)
            form.add_error(None, "Some of this cannot be saved yet.")
            return None, []
        wanted = "_issue" in request.POST
        twins = self._twins(request, found, saved)
        if twins and wanted and "anyway" not in request.POST:
            return None, twins
        number, refusal = attempt(lambda: self._write(request, found, saved, wanted))
        if refusal is not None:
            typed.place_refusal(form, lines, refusal)
            return None, twins
        self.message_user(request, "It is issued." if wanted else "The draft is saved.", messages.SUCCESS)
        if twins:
            self.message_user(request, self.said_of(twins), messages.WARNING)
        return self.go("change", number), twins

    def _twins(self, request, found: dict, saved: Document | None) -> list[Document]:
        """The bills that the typed one may be once more; what cannot be saved yet has none."""
        if self.kind != "bill" or not found.get("number"):
            return []
        organization = organization_of(request)
        document, refusal = attempt(lambda: new_document(organization, self.kind, found))
        if refusal is not None:
            return []
        document.pk = saved.pk if saved else document.pk
        return twins_of(organization, document)

    def said_of(self, twins: list[Document]) -> SafeString | str:
        """Which bills of the same number and amount are there, each linked; '' for none."""
        links = format_html_join(", ", "{}", [
            [showing.link(self.address("change", other.pk), f"{other.number} of {other.contact.name}")]
            for other in twins
        ])  # fmt: skip
        return format_html("There is a bill with this number and amount already: {}.", links) if twins else ""

    def _write(self, request, found: dict, saved: Document | None, issue: bool) -> int:
        who = {"actor": self.require(request), "organization": organization_of(request)}
        if saved is None and issue:
            document = new_document(who["organization"], self.kind, found)
            issue_new(**who, documents=[document])
            return document.pk
        if saved is None:
            return create_document(**who, kind=self.kind, fields=found).pk
        held = held_document(who["organization"], self.kind, saved.pk)
        change_document(**who, document=held, fields=found)
        if issue:
            issue_document(**who, document=held)
        return held.pk

    def figures(self, request):
        """What the typed document comes to, worked out as saving would, without saving."""
        self.require(request)
        organization = organization_of(request)
        form, lines = typed.HeadForm(request.POST, office=request.office), typed.typed_lines(request.POST)
        form.is_valid()
        found, problems = typed.read_page(self.kind, form.cleaned_data, lines)
        if problems:
            return JsonResponse({"problems": typed.told(problems)[:3]})
        try:
            document = new_document(organization, self.kind, found)
        except Refusal as refusal:
            fields = typed.told(refusal.details.get("fields", {}))
            return JsonResponse({"problems": fields[:3] or [sentence(refusal)]})
        return JsonResponse(figures_of(document))

    def number_label(self) -> str:
        """How the number of this kind is called."""
        return NAMES[PREFIXES[self.kind]][0].replace("_", " ").capitalize()


def figures_of(document: Document) -> dict:
    """The totals of a document and the amount of each line, written for people."""
    currency = document.currency_id
    decimals = decimals_of(currency)

    def written(amount) -> str:
        return format_money(amount, currency, decimals)

    return {
        "lines": [showing.money(Decimal(line["amount"]), currency) for line in document.lines],
        "subtotal": written(document.subtotal),
        "tax": written(document.tax_amount),
        "total": written(document.total),
    }
