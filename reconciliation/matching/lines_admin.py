"""Lines of the bank in the back office: as the bank wrote them, what became of them, and buttons to change that."""

from urllib.parse import urlencode

from django.contrib.admin import ListFilter, register
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.utils.html import format_html
from unfold.decorators import display

from ledger.accounts.models import Account
from organizations import ids
from organizations.backoffice import showing
from organizations.backoffice.amounts import AmountRange
from organizations.backoffice.days import DayRange
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page
from organizations.backoffice.records import organization_of
from organizations.backoffice.site import site
from organizations.backoffice.words import ByWord
from organizations.wire.figures import or_amounts_to
from reconciliation.matching.holding import OPEN
from reconciliation.matching.models import Match
from reconciliation.matching.undoing import undo_line
from reconciliation.statements.bank_desks import BankDesk, ByBankAccount, workbench_button
from reconciliation.statements.import_pages import bank_money
from reconciliation.statements.models import STATUSES, VERDICTS, Statement, StatementLine


class ByStatus(ByWord):
    """Filter by what became of a line; "open" is whatever is not settled."""

    title = "status"
    parameter_name = "status"
    words = ("open", *STATUSES)

    def queryset(self, request, queryset):
        return queryset.filter(status__in=OPEN) if self.value() == "open" else super().queryset(request, queryset)


class ByVerdict(ByWord):
    """Filter by what the import said of a line."""

    title = "verdict"
    parameter_name = "verdict"
    words = VERDICTS


class ByDay(DayRange):
    """Filter by the day of the movement."""

    title = "date"
    parameter_name = "date"


class ByStatement(ListFilter):
    """The lines of one file; shown only where an address asks for it."""

    title = "statement"
    parameter_name = "statement"
    template = "admin/filter.html"

    def __init__(self, request, params: dict, model, model_admin):
        super().__init__(request, params, model, model_admin)
        value = params.pop(self.parameter_name, "")
        text = value[-1] if isinstance(value, list) else value
        self.asked = bool(text)
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
        self.statement = Statement.objects.of(request.office.organization).filter(pk=number).first() if number else None

    def has_output(self) -> bool:
        return self.asked

    def expected_parameters(self) -> list[str]:
        return [self.parameter_name]

    def choices(self, changelist) -> list[dict]:
        name = self.statement.file_name if self.statement else "No such statement"
        return [
            {"selected": False, "query_string": changelist.get_query_string({}, ["statement"]), "display": "All"},
            {"selected": True, "query_string": changelist.get_query_string(), "display": name},
        ]

    def queryset(self, request, queryset):
        if not self.asked:
            return queryset
        return queryset.none() if self.statement is None else queryset.filter(statement=self.statement)


def lines_that_say(text: str) -> Q:
    """Lines whose words contain a text, that have it as the bank's id, or whose amount it is."""
    said = Q(description__icontains=text) | Q(counterparty__icontains=text) | Q(reference__icontains=text)
    return or_amounts_to(said | Q(bank_id=text), text, "amount")


@register(StatementLine, site=site)
class LineDesk(BankDesk):
    """Movements on accounts at the bank, as the bank wrote them."""

    resource = "statement-lines"
    place = Place("Bank", 40, "Statement lines", "format_list_bulleted")
    list_display = ["shown_date", "shown_description", "counterparty", "shown_account", "shown_status", "shown_amount"]
    list_display_links = ["shown_date", "shown_description"]
    list_filter = [ByStatement, ByBankAccount, ByStatus, ByVerdict, ByDay, AmountRange]
    search_fields = ["description"]
    search_help_text = "Description, counterparty or reference contains this; or it is the bank's id, or the amount"
    ordering = ["-date", "-id"]
    list_before_template = "admin/ledger/list_head.html"

    def page_urls(self):
        return [("undo", self.undo)]

    def get_search_results(self, request, queryset, search_term):
        return (queryset.filter(lines_that_say(search_term)) if search_term else queryset), False

    def changelist_view(self, request, extra_context=None):
        self.require(request, "read")
        chosen = ByBankAccount.chosen(request)
        buttons = [workbench_button(chosen.pk)] if chosen else []
        unknown = ("q", "amount_from", "amount_to")  # the API's file knows neither this search nor amounts without sign
        if not any(request.GET.get(name) for name in unknown):
            buttons.append(Button("Export CSV", self._file(request, chosen), icon="download"))
        return super().changelist_view(request, {"list_buttons": buttons, **(extra_context or {})})

    def _file(self, request, chosen: Account | None) -> str:
        """The API's file of the same rows."""
        asked = {"format": "csv"}
        for ours, theirs in (("status", "status"), ("verdict", "verdict"), ("date_from", "start_date")):
            if request.GET.get(ours):
                asked[theirs] = request.GET[ours]
        if asked.get("status") == "open":
            asked["filters[status][in]"] = ",".join(OPEN)
            del asked["status"]
        if request.GET.get("date_to"):
            asked["end_date"] = request.GET["date_to"]
        if chosen:
            asked["account_id"] = chosen.public_id
        statement = request.GET.get("statement", "")
        if statement.isascii() and statement.isdigit() and len(statement) < 19:
            asked["statement_id"] = ids.encode("STM", int(statement))
        organization = ids.encode("ORG", organization_of(request).pk)
        return f"/organizations/{organization}/statement-lines?{urlencode(asked)}"

    @display(description="Date")
    def shown_date(self, line):
        return f"{line.date}"

    @display(description="Description")
    def shown_description(self, line):
        text = line.description or line.counterparty or "(no words)"
        return text if len(text) <= 90 else f"{text[:90]} …"

    @display(description="Account")
    def shown_account(self, line):
        return showing.link_to(Account, line.account_id, line.account)

    @display(description="Status")
    def shown_status(self, line):
        conflict = showing.badge("conflict") if line.verdict == "conflict" and line.status in OPEN else ""
        return format_html("{} {}", showing.badge(line.status), conflict)

    @display(description="Amount")
    def shown_amount(self, line):
        return showing.figure(line.amount, line.account.currency_id)

    # -- One line -----------------------------------------------------------------------------------

    def record(self, request, obj) -> Page:
        currency = obj.account.currency_id
        statement = Statement.objects.of(obj.organization_id).filter(pk=obj.statement_id).first()
        file = showing.link_to(Statement, obj.statement_id, statement.file_name or statement.public_id)
        page = Page(
            title=f"{obj.date} {showing.money(obj.amount, currency)} {currency}",
            crumbs=self.crumbs(),
            badge=self.shown_status(obj),
            facts=[
                ("Description", obj.description),
                ("Counterparty", obj.counterparty),
                ("Their account", obj.counterparty_account),
                ("Reference", obj.reference),
                ("Date", str(obj.date)),
                ("Value date", str(obj.value_date or "")),
                ("Amount", f"{showing.money(obj.amount, currency)} {currency}"),
                ("Balance after it", bank_money(obj.balance, currency)),
                ("Kind", obj.kind),
                ("Bank's id", obj.bank_id),
                ("Account", showing.link_to(Account, obj.account_id, obj.account)),
                ("Statement", format_html("{}, line {}", file, obj.place)),
                ("Verdict", obj.verdict),
                ("Ignored because", obj.ignore_reason),
                ("Match", obj.match_id and showing.link_to(Match, obj.match_id, "what it is matched with")),
                ("Id", obj.public_id),
            ],
        )
        page.buttons = self._buttons(request, obj)
        return page

    def _buttons(self, request, obj) -> list[Button]:
        history = Button("History", self.address("history", obj.pk), icon="history")
        if obj.status in OPEN:
            buttons = [workbench_button(obj.account_id, line=obj.public_id), history]
            if obj.match_id:
                address = showing.address(Match, "change", obj.match_id)
                buttons.insert(0, Button("The suggestion", address, icon="lightbulb"))
            return buttons
        buttons = [workbench_button(obj.account_id), history]
        if self.has_change_permission(request):
            ask = "Open this line again? What was posted for it is reversed."
            url = self.address("undo", obj.pk)
            buttons.append(Button("Undo", url, icon="undo", post=True, variant="danger", confirm=ask))
        return buttons

    def undo(self, request, object_id):
        """Make a settled line open again."""
        actor = self.require(request)
        found = self.find(request, object_id)
        back = self.address("change", found.pk)
        if request.method != "POST":
            return HttpResponseRedirect(back)
        organization = organization_of(request)

        def take_back() -> None:
            undo_line(actor=actor, organization=organization, line_id=found.pk)

        return self.act(request, take_back, back, "The line is open again.")
