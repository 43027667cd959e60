"""Imported statements in the back office: what each file said, what became of its lines, and a button to undo it."""

from django.contrib.admin import register
from django.http import HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import display

from ledger.accounts.models import Account
from organizations.backoffice import showing
from organizations.backoffice.days import DayRange
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, Table, attempt
from organizations.backoffice.records import organization_of
from organizations.backoffice.site import sentence, site
from organizations.backoffice.words import ByWord
from reconciliation.parsers.formats import FORMATS
from reconciliation.statements.bank_desks import BankDesk, ByBankAccount, workbench_button
from reconciliation.statements.import_pages import bank_money
from reconciliation.statements.models import Remark, Statement, StatementLine
from reconciliation.statements.undoing import undo_statement

REMARKS_SHOWN = 500


class ByFormat(ByWord):
    """Filter by the format of the file."""

    title = "format"
    parameter_name = "format"
    words = FORMATS


class ByLastDay(DayRange):
    """Filter by the last day that a file has a line of."""

    title = "last day"
    parameter_name = "end_date"


@register(Statement, site=site)
class StatementDesk(BankDesk):
    """Files of the bank that were imported."""

    resource = "statements"
    place = Place("Bank", 30, "Statements", "description")
    list_display = [
        "shown_file",
        "shown_account",
        "shown_period",
        "new",
        "shown_rest",
        "shown_status",
        "shown_created",
    ]
    list_filter = [ByBankAccount, ByFormat, ByLastDay]
    search_fields = ["file_name", "account_number"]
    search_help_text = "Name of the file or number of the account contains this"
    ordering = ["-id"]
    list_before_template = "admin/ledger/list_head.html"

    def changelist_view(self, request, extra_context=None):
        self.require(request, "read")
        button = Button("Import a statement", reverse("admin:import_statement"), icon="upload_file")
        buttons = [button] if self.has_change_permission(request) else []
        return super().changelist_view(request, {"list_buttons": buttons, **(extra_context or {})})

    def page_urls(self):
        return [("undo", self.undo)]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("mapping")

    @display(description="File")
    def shown_file(self, statement):
        return statement.file_name or "(without a name)"

    @display(description="Account")
    def shown_account(self, statement):
        return showing.link_to(Account, statement.account_id, statement.account)

    @display(description="Lines of")
    def shown_period(self, statement):
        return _period(statement)

    @display(description="Duplicates, conflicts, errors")
    def shown_rest(self, statement):
        rest = (statement.duplicates, statement.conflicts, statement.errors)
        return " · ".join(f"{count:,}" for count in rest) if any(rest) else ""

    @display(description="Status")
    def shown_status(self, statement):
        return showing.badge(_status(statement))

    @display(description="Imported (UTC)")
    def shown_created(self, statement):
        return showing.moment(statement.created_at)

    def record(self, request, obj) -> Page:
        currency = obj.account.currency_id
        page = Page(
            title=obj.file_name or obj.public_id,
            crumbs=self.crumbs(),
            badge=showing.badge(_status(obj)),
            facts=[
                ("Account", showing.link_to(Account, obj.account_id, obj.account)),
                ("Format", obj.format),
                ("Lines of", _period(obj)),
                ("Opening balance", bank_money(obj.opening_balance, currency)),
                ("Closing balance", bank_money(obj.closing_balance, currency)),
                ("Account in the file", obj.account_number),
                ("Imported (UTC)", showing.moment(obj.created_at)),
                ("Undone (UTC)", showing.moment(obj.undone_at)),
                ("SHA-256", obj.file_hash),
                ("Id", obj.public_id),
            ],
            tables=[_counts(obj), self._remarks(request, obj)],
        )
        page.buttons = self._buttons(request, obj)
        return page

    def _buttons(self, request, obj) -> list[Button]:
        lines = f"{showing.address(StatementLine, 'changelist')}?statement={obj.pk}"
        buttons = [
            workbench_button(obj.account_id),
            Button("Lines", lines, icon="list_alt"),
            Button("History", self.address("history", obj.pk), icon="history"),
        ]
        if self.has_change_permission(request) and obj.undone_at is None:
            ask = "Undo this import? Its lines that are not matched, booked or ignored are removed."
            url = self.address("undo", obj.pk)
            buttons.append(Button("Undo the import", url, icon="undo", post=True, variant="danger", confirm=ask))
        return buttons

    def _remarks(self, request, obj) -> Table:
        rows = Remark.objects.of(obj.organization_id).filter(statement=obj).order_by("place", "pk")
        found = list(rows[: REMARKS_SHOWN + 1])
        return Table(
            title="Remarks" if len(found) <= REMARKS_SHOWN else f"The first {REMARKS_SHOWN} remarks",
            headers=["Line", "Date", "Amount", "Description", "Verdict", "Why", ""],
            right=frozenset({2}),
            rows=[
                [
                    each.place,
                    str(each.date or ""),
                    bank_money(each.amount, obj.account.currency_id),
                    each.description,
                    showing.badge(each.verdict.replace("_", " ")),
                    each.reason,
                    showing.link_to(StatementLine, each.line_id, "The known line") if each.line_id else "",
                ]
                for each in found[:REMARKS_SHOWN]
            ],
            empty="Every line was simply taken.",
        )

    def undo(self, request, object_id):
        """Take an import back."""
        actor = self.require(request)
        found = self.find(request, object_id)
        back = self.address("change", found.pk)
        if request.method != "POST":
            return HttpResponseRedirect(back)

        organization = organization_of(request)
        done, refusal = attempt(lambda: undo_statement(actor=actor, organization=organization, statement_id=found.pk))
        if refusal is not None:
            self.message_user(request, sentence(refusal), "ERROR")
        else:
            self.message_user(request, f"The import was undone; lines that are gone: {done[1]:,}.", "SUCCESS")
        return HttpResponseRedirect(back)


def _period(statement: Statement) -> str:
    if statement.start_date is None:
        return ""
    return f"{statement.start_date} – {statement.end_date}"


def _status(statement: Statement) -> str:
    return "undone" if statement.undone_at else "imported"


def _counts(statement: Statement) -> Table:
    figures = (statement.new, statement.duplicates, statement.conflicts, statement.errors)
    return Table(
        title="What became of its lines",
        headers=["New", "Duplicates", "Conflicts, kept", "Errors"],
        rows=[[f"{figure:,}" for figure in figures]],
    )
