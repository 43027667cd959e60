"""Reconciliations in the back office: tick what the statement shows until the difference is zero."""

from django.contrib.admin import register
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import HttpResponseRedirect
from unfold.decorators import display

from ledger.accounts.models import Account
from ledger.journal.account_filters import ByAccount
from organizations import ids
from organizations.backoffice import showing
from organizations.backoffice.days import DayRange
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, attempt, form_page, show
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import sentence, site
from organizations.backoffice.words import ByWord
from organizations.currencies.iso import decimals_of
from reconciliation.sessions.adjusting import NewAdjustment
from reconciliation.sessions.answers import (
    difference_of,
    ledger_balance_of,
    reconciliation_answer,
    sessions_of,
)
from reconciliation.sessions.completing import (
    cancel_reconciliation,
    complete_reconciliation,
    reopen_reconciliation,
)
from reconciliation.sessions.desk_pages import (
    AdjustmentForm,
    NewForm,
    ReopenForm,
    StatementForm,
    adjustment_table,
    candidate_table,
    later_table,
    report_tables,
    session_badge,
    ticked,
    ticks_of,
)
from reconciliation.sessions.discrepancies import discrepancies
from reconciliation.sessions.marking import Wishes, reconcile_entries, unreconcile_entries
from reconciliation.sessions.models import STATUSES, Reconciliation
from reconciliation.sessions.reports import reconciliation_report
from reconciliation.sessions.starting import ONE_DAY, change_reconciliation, start_reconciliation

SOURCES = {"books": "from the books", "previous": "from the one before", "given": "as given"}


class ByStatus(ByWord):
    """Filter by how far a session is."""

    title = "status"
    parameter_name = "status"
    words = STATUSES


class ByReconciledAccount(ByAccount):
    """Filter by the account that is reconciled."""

    def queryset(self, request, queryset):
        if not self.used_parameters.get(self.parameter_name):
            return queryset
        return queryset.none() if self.account is None else queryset.filter(account=self.account)


class ByEnd(DayRange):
    """Filter by the last day."""

    title = "last day"
    parameter_name = "end_date"


@register(Reconciliation, site=site)
class ReconciliationDesk(TenantDesk):
    """Sessions that prove accounts against statements."""

    resource = "reconciliations"
    place = Place("Bank", 15, "Reconciliations", "done_all")
    list_display = ["shown_period", "shown_account", "shown_closing", "shown_difference", "shown_books", "shown_status"]
    list_filter = [ByStatus, ByReconciledAccount, ByEnd]
    search_fields = ["account__code", "account__name"]
    ordering = ["-end_date", "-id"]
    sortable_by = []

    @property
    def media(self):
        return super().media + AutocompleteSelect(Reconciliation._meta.get_field("account"), site).media

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    def page_urls(self):
        return [
            ("mark", self.mark),
            ("match", self.match),
            ("adjust", self.adjust),
            ("correct", self.correct),
            ("reopen", self.reopen),
            ("cancel", self.cancel),
            ("report", self.report),
            ("candidates", self.candidates),
        ]

    def get_queryset(self, request):
        organization = request.office.organization
        rows = self.model.objects.none() if organization is None else sessions_of(organization)
        return rows.order_by(*self.get_ordering(request))

    # -- The list -------------------------------------------------------------------------------------

    @display(description="Period")
    def shown_period(self, session):
        return f"{session.start_date} to {session.end_date}"

    @display(description="Account")
    def shown_account(self, session):
        return showing.link_to(Account, session.account_id, session.account)

    @display(description="Closing balance")
    def shown_closing(self, session):
        return showing.figure(session.closing_balance, session.account.currency_id)

    @display(description="Difference")
    def shown_difference(self, session):
        return showing.figure(difference_of(session), session.account.currency_id)

    @display(description="In the books")
    def shown_books(self, session):
        return showing.figure(ledger_balance_of(session), session.account.currency_id)

    @display(description="Status")
    def shown_status(self, session):
        return session_badge(session)

    # -- One session ----------------------------------------------------------------------------------

    def _page(self, session: Reconciliation, title: str = "") -> Page:
        """A page of a session; one with a title of its own stands below the session's."""
        crumbs = self.crumbs()
        if title:
            crumbs.append((_title(session), self.address("change", session.pk)))
        return Page(
            title=title or _title(session),
            crumbs=crumbs,
            badge=session_badge(session),
            back=self.address("change", session.pk) if title else "",
        )

    def _facts(self, session: Reconciliation) -> list[tuple]:
        currency = session.account.currency_id

        def money(amount):
            return f"{showing.money(amount, currency)} {currency}"

        return [
            ("Account", showing.link_to(Account, session.account_id, session.account)),
            ("Period", f"{session.start_date} to {session.end_date}"),
            ("Opening", f"{money(session.opening_balance)} ({SOURCES[session.opening_from]})"),
            ("Reconciled", f"{money(session.marked)} ({session.marked_count} entries)"),
            ("Difference", money(difference_of(session))),
            ("Closing", money(session.closing_balance)),
            ("In the books", money(ledger_balance_of(session))),
            ("Completed (UTC)", showing.moment(session.completed_at)),
            ("Cancelled (UTC)", showing.moment(session.cancelled_at)),
            ("Id", session.public_id),
        ]

    def _buttons(self, request, session: Reconciliation) -> list[Button]:
        number, found = session.pk, []
        if session.status != "cancelled":
            found.append(Button("Report", self.address("report", number), icon="description"))
        if session.status == "in_progress":
            found.append(Button("Find the difference", self.address("candidates", number), icon="troubleshoot"))
        if self.has_change_permission(request) and session.status == "in_progress":
            found += [
                Button("Mark what is matched", self.address("match", number), icon="join_inner", post=True),
                Button("Adjust", self.address("adjust", number), icon="tune"),
                Button("Statement", self.address("correct", number), icon="edit"),
                Button(
                    "Cancel",
                    self.address("cancel", number),
                    icon="close",
                    post=True,
                    variant="danger",
                    confirm="Give this reconciliation up? Its marks go, what it posted stays posted.",
                ),
            ]
        if self.has_change_permission(request) and session.status == "completed":
            found.append(Button("Reopen", self.address("reopen", number), icon="lock_open"))
        found.append(Button("History", self.address("history", number), icon="history"))
        return found

    def record(self, request, obj) -> Page:
        page = self._page(obj)
        page.facts = self._facts(obj)
        page.buttons = self._buttons(request, obj)
        adjustments = reconciliation_answer(obj)["adjustments"]
        if adjustments:
            page.tables.append(adjustment_table(adjustments, obj.account.currency_id))
        if obj.status != "cancelled":
            page.template = "admin/reconciliation/session.html"
            may_mark = obj.status == "in_progress" and self.has_change_permission(request)
            if may_mark:  # the panel says it, as it is with the ticks
                page.facts = [fact for fact in page.facts if fact[0] != "Difference"]
            page.extra = {
                "ticks": ticks_of(obj, _page_number(request)),
                "may_mark": may_mark,
                "mark_url": self.address("mark", obj.pk),
                "currency": obj.account.currency_id,
                "difference": f"{showing.money(difference_of(obj), obj.account.currency_id)} {obj.account.currency_id}",
                "units": int(difference_of(obj).scaleb(decimals_of(obj.account.currency_id))),
            }
        return page

    def add_view(self, request, form_url="", extra_context=None):
        actor, organization = self.require(request), organization_of(request)
        page = Page(
            title="New reconciliation",
            crumbs=self.crumbs(),
            submit="Start",
            back=self.address("changelist"),
            intro="What the bank's statement says of a period. Then tick what it shows until the difference is zero.",
        )

        def make(fields: dict) -> str:
            account = fields.pop("account")
            session = start_reconciliation(actor=actor, organization=organization, account_id=account.pk, **fields)
            return self.address("change", session.pk)

        initial = self._next_period(request)
        return form_page(
            self.admin_site, request, page, NewForm, make, initial=initial, done="The reconciliation has begun."
        )

    def _next_period(self, request) -> dict:
        """Where the account that the address names is to go on."""
        account = ByAccount.chosen(request)
        if account is None:
            return {"auto_match": True}
        last = self.get_queryset(request).filter(account=account, status="completed").first()
        return {"account": account.pk, "auto_match": True} | (
            {"start_date": last.end_date + ONE_DAY} if last is not None else {}
        )

    # -- What is done to it ---------------------------------------------------------------------------

    def mark(self, request, object_id):
        """Save a page of ticks: mark what is ticked, take back what is not; complete it if asked.

        The ticks stay saved where completing is refused: they are somebody's work.
        """
        actor, found = self.require(request), self.find(request, object_id)
        back = self.address("change", found.pk)
        if request.method != "POST":
            return HttpResponseRedirect(back)
        wanted, unwanted = ticked(request.POST)
        here = f"{back}?p={_page_number(request)}"

        def save() -> str:
            unreconcile_entries(actor=actor, session=found, entry_ids=unwanted)
            reconcile_entries(actor=actor, session=found, wishes=Wishes(entry_ids=wanted))
            return here

        if "_complete" not in request.POST:
            return self.act(request, save, back, "The marks are saved.")
        _, refusal = attempt(save)
        if refusal is not None:
            self.message_user(request, sentence(refusal), "ERROR")
            return HttpResponseRedirect(back)
        completed = "The reconciliation is completed."
        return self.act(request, lambda: complete_reconciliation(actor=actor, session=found), here, completed)

    def match(self, request, object_id):
        """Mark what is matched with statement lines of the period."""
        return self._press(
            request,
            object_id,
            lambda actor, found: reconcile_entries(actor=actor, session=found, wishes=Wishes(auto_match=True)),
            "What is matched is marked.",
        )

    def cancel(self, request, object_id):
        """Give a session up."""
        return self._press(
            request,
            object_id,
            lambda actor, found: cancel_reconciliation(actor=actor, session=found),
            "The reconciliation is cancelled.",
        )

    def _press(self, request, object_id, verb, done: str):
        """A button that only needs the session."""
        actor, found = self.require(request), self.find(request, object_id)
        back = self.address("change", found.pk)
        if request.method != "POST":
            return HttpResponseRedirect(back)

        def press() -> str:
            verb(actor, found)
            return back

        return self.act(request, press, back, done)

    def adjust(self, request, object_id):
        """Post what the statement has and the books have not."""
        actor, found = self.require(request), self.find(request, object_id)
        page = self._page(found, "Adjust")
        page.submit = "Post and mark"
        page.intro = "The transaction is posted at once and marked. It stays posted if the reconciliation is cancelled."

        def post(fields: dict) -> str:
            account = fields.pop("account")
            wishes = Wishes(adjustments=[NewAdjustment(account_id=account.pk, **fields)])
            reconcile_entries(actor=actor, session=found, wishes=wishes)
            return self.address("change", found.pk)

        initial = {"date": found.end_date, "amount": showing.money(difference_of(found), found.account.currency_id)}
        return form_page(
            self.admin_site, request, page, AdjustmentForm, post, obj=found, initial=initial, done="Posted and marked."
        )

    def correct(self, request, object_id):
        """Correct what the statement says."""
        actor, found = self.require(request), self.find(request, object_id)
        page = self._page(found, "Statement")

        def change(fields: dict) -> str:
            change_reconciliation(actor=actor, session=found, changes=fields)
            return self.address("change", found.pk)

        closing = showing.money(found.closing_balance, found.account.currency_id)
        initial = {"end_date": found.end_date, "closing_balance": closing}
        return form_page(
            self.admin_site, request, page, StatementForm, change, obj=found, initial=initial, done="Saved."
        )

    def reopen(self, request, object_id):
        """Open a completed session again, and say what that does to later ones."""
        actor, found = self.require(request), self.find(request, object_id)
        rows = self.get_queryset(request).filter(account_id=found.account_id, start_date__gt=found.end_date)
        later = list(rows.exclude(status="cancelled"))
        page = self._page(found, "Reopen")
        page.submit, page.danger = "Reopen", bool(later)
        page.intro = "Its marks stay and can be changed again."
        if later:
            page.intro = "Later reconciliations open with its closing balance. They have to be cancelled first."
            page.tables = [later_table(later)]

        def open_again(fields: dict) -> str:
            reopen_reconciliation(actor=actor, session=found, cascade=fields.get("cascade", False))
            return self.address("change", found.pk)

        return form_page(self.admin_site, request, page, ReopenForm, open_again, obj=later, done="It is open again.")

    # -- What it says ---------------------------------------------------------------------------------

    def report(self, request, object_id):
        """The report, and the way to its PDF."""
        found = self.find(request, object_id)
        report = reconciliation_report(found)
        page = self._page(found, "Report")
        page.facts, page.tables = self._facts(found), report_tables(report)
        organization = ids.encode("ORG", found.organization_id)
        url = f"/organizations/{organization}/reconciliations/{found.public_id}/report?format=pdf"
        page.buttons = [Button("PDF", url, icon="picture_as_pdf")]
        return show(self.admin_site, request, page)

    def candidates(self, request, object_id):
        """What may be behind the difference."""
        found = self.find(request, object_id)
        page = self._page(found, "Find the difference")
        page.facts = self._facts(found)
        page.tables = [candidate_table(found, discrepancies(found))]
        return show(self.admin_site, request, page)


def _title(session: Reconciliation) -> str:
    return f"{session.account} {session.start_date} to {session.end_date}"


def _page_number(request) -> int:
    text = request.GET.get("p", "")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 6 else 1
