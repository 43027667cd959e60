"""Matches in the back office: what belongs together, why, and buttons to accept, reject and undo."""

from django import forms
from django.contrib.admin import register
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import HttpResponseRedirect
from django.utils.html import format_html_join
from unfold.decorators import display

from ledger.accounts.models import Account
from ledger.journal.models import Entry, Transaction
from ledger.openitems.links import named_links
from organizations import ids
from organizations.backoffice import showing
from organizations.backoffice.days import DayRange
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, Table, form_page
from organizations.backoffice.records import organization_of
from organizations.backoffice.site import site
from organizations.backoffice.words import ByWord
from reconciliation.matching.explanations import REASONS
from reconciliation.matching.match_rows import matches_that_say, said_of
from reconciliation.matching.matching import accept_match, reject_match
from reconciliation.matching.models import ORIGINS, STATUSES, Match
from reconciliation.matching.undoing import undo_match
from reconciliation.scoring.weights import FEATURES
from reconciliation.statements.bank_desks import BankDesk, ByBankAccount, workbench_button
from reconciliation.statements.models import StatementLine


class ByStatus(ByWord):
    """Filter by what was decided."""

    title = "status"
    parameter_name = "status"
    words = STATUSES


class ByOrigin(ByWord):
    """Filter by who said so."""

    title = "origin"
    parameter_name = "origin"
    words = ORIGINS


class ByCreation(DayRange):
    """Filter by the day (UTC) on which a match came to be."""

    title = "created"
    parameter_name = "created_at"
    instants = True


class FeeForm(VerbForm):
    """Where the bank's fee goes."""

    fee_account = forms.ModelChoiceField(queryset=None, help_text="Where what the bank kept is posted.")

    def prepare(self):
        account = self.fields["fee_account"]
        account.queryset = Account.objects.of(self.office.organization)
        widget = AutocompleteSelect(Entry._meta.get_field("account"), site)
        widget.choices = account.choices
        account.widget = widget


@register(Match, site=site)
class MatchDesk(BankDesk):
    """Lines of the bank and entries of the books that are the same money."""

    resource = "matches"
    place = Place("Bank", 50, "Matches", "link")
    list_display = [
        *("shown_date", "shown_text", "shown_contact", "shown_amount", "shown_account"),
        *("shown_size", "origin", "shown_score", "shown_status"),
    ]
    list_display_links = ["shown_date", "shown_text"]
    search_fields = ["id"]
    search_help_text = "A line of the bank says this, or is of this amount"
    list_filter = [ByBankAccount, ByStatus, ByOrigin, ByCreation]
    ordering = ["-id"]

    def page_urls(self):
        return [("accept", self.accept), ("reject", self.reject), ("undo", self.undo)]

    def get_search_results(self, request, queryset, search_term):
        return (queryset.filter(matches_that_say(search_term)) if search_term else queryset), False

    def get_changelist_instance(self, request):
        """What the lines of one page say, in few queries."""
        changes = super().get_changelist_instance(request)
        changes.result_list = list(changes.result_list)
        said = said_of(organization_of(request), changes.result_list)
        for match in changes.result_list:
            match.said = said[match.pk]
        return changes

    @display(description="Date")
    def shown_date(self, match):
        return f"{match.said.date or match.public_id}"

    @display(description="On the statement")
    def shown_text(self, match):
        text = match.said.text
        return text if len(text) <= 90 else f"{text[:90]} …"

    @display(description="Contact")
    def shown_contact(self, match):
        return match.said.contact

    @display(description="Amount")
    def shown_amount(self, match):
        return showing.figure(match.said.amount, match.account.currency_id)

    @display(description="Account")
    def shown_account(self, match):
        return showing.link_to(Account, match.account_id, match.account)

    @display(description="Lines : entries")
    def shown_size(self, match):
        return f"{len(match.line_ids)} : {len(match.entry_ids or match.document_ids)}"

    @display(description="Score")
    def shown_score(self, match):
        return "" if match.score is None else f"{match.score}"

    @display(description="Status")
    def shown_status(self, match):
        return showing.badge(match.status)

    # -- One match ----------------------------------------------------------------------------------

    def record(self, request, obj) -> Page:
        currency = obj.account.currency_id
        transaction = obj.transaction_id and ids.encode("TXN", obj.transaction_id)
        payment = obj.payment_id and ids.encode("PAY", obj.payment_id)
        links = named_links(obj.organization_id, filter(None, [transaction, payment, *obj.document_ids]))
        said = said_of(obj.organization_id, [obj])[obj.pk]
        amount = f"{showing.money(said.amount, currency)} {currency}" if said.date else obj.public_id
        page = Page(
            title=f"{said.date or ''} {amount} {said.text}".strip()[:120],
            crumbs=self.crumbs(),
            badge=showing.badge(obj.status),
            facts=[
                ("Account", showing.link_to(Account, obj.account_id, obj.account)),
                ("Origin", obj.origin),
                ("Score", _thousandths(obj.score)),
                ("Ahead of the next", _thousandths(obj.margin)),
                ("Fee", f"{showing.money(obj.fee, currency)} {currency}" if obj.fee else ""),
                ("Reason", REASONS.get(obj.reason, obj.reason)),
                ("Posted for it", links.get(transaction, "")),
                ("Pays", format_html_join(", ", "{}", ((links[text],) for text in obj.document_ids))),
                ("Payment", links.get(payment, "")),
                ("Rule", obj.rule_id and f"{ids.encode('RUL', obj.rule_id)}, version {obj.rule_version}"),
                ("Scoring version", obj.scoring_version),
                ("Created (UTC)", showing.moment(obj.created_at)),
                ("Accepted (UTC)", showing.moment(obj.accepted_at)),
                ("Undone (UTC)", showing.moment(obj.undone_at)),
                ("Id", obj.public_id),
            ],
            tables=[_lines(obj), _entries(obj, obj.entry_ids, "Entries of the books")],
        )
        if obj.features:
            page.tables.append(_features(obj))
        if obj.runner_up:
            title = f"The runner-up, score {obj.runner_up['score']}"
            page.tables.append(_entries(obj, obj.runner_up["entry_ids"], title))
        page.buttons = self._buttons(request, obj)
        return page

    def _buttons(self, request, obj) -> list[Button]:
        buttons = [workbench_button(obj.account_id)]
        if not self.has_change_permission(request):
            return buttons
        if obj.status == "suggested":
            accept, reject = self.address("accept", obj.pk), self.address("reject", obj.pk)
            buttons.insert(0, Button("Accept", accept, icon="check", post=not obj.fee, variant="primary"))
            buttons.append(Button("Reject", reject, icon="close", post=True, variant="danger"))
        elif obj.status == "accepted":
            ask = "Undo this match? Its lines are open again, and what was posted for it is reversed."
            url = self.address("undo", obj.pk)
            buttons.append(Button("Undo", url, icon="undo", post=True, variant="danger", confirm=ask))
        return buttons

    def accept(self, request, object_id):
        """Accept a suggestion; one with a fee asks for the account of the fee first."""
        actor, organization = self.require(request), organization_of(request)
        found = self.find(request, object_id)
        back = self.address("change", found.pk)

        def take(fee_account_id: int | None = None) -> str:
            made = accept_match(
                actor=actor, organization=organization, match_id=found.pk, fee_account_id=fee_account_id
            )
            return self.address("change", made.pk)

        if found.status == "suggested" and found.fee:
            page = Page(title="Accept", crumbs=[*self.crumbs(), (str(found), back)], submit="Accept", back=back)
            page.intro = f"The bank kept {showing.money(found.fee, found.account.currency_id)}; it is posted as a fee."

            def take_with_fee(fields: dict) -> str:
                return take(fields["fee_account"].pk)

            return form_page(self.admin_site, request, page, FeeForm, take_with_fee, done="The match was accepted.")
        if request.method != "POST":
            return HttpResponseRedirect(back)
        return self.act(request, take, back, "The match was accepted.")

    def reject(self, request, object_id):
        """Turn a suggestion down."""
        actor, organization = self.require(request), organization_of(request)
        found = self.find(request, object_id)
        back = self.address("change", found.pk)
        if request.method != "POST":
            return HttpResponseRedirect(back)

        def turn_down() -> None:
            reject_match(actor=actor, organization=organization, match_id=found.pk)

        return self.act(request, turn_down, back, "The suggestion was rejected.")

    def undo(self, request, object_id):
        """Undo an accepted match."""
        actor, organization = self.require(request), organization_of(request)
        found = self.find(request, object_id)
        back = self.address("change", found.pk)
        if request.method != "POST":
            return HttpResponseRedirect(back)

        def take_back() -> None:
            undo_match(actor=actor, organization=organization, match_id=found.pk)

        return self.act(request, take_back, back, "The match was undone.")


def _thousandths(score: int | None) -> str:
    return "" if score is None else f"{score} of 1000"


def _lines(match: Match) -> Table:
    found = StatementLine.objects.of(match.organization_id).filter(pk__in=match.line_ids).order_by("date", "pk")
    return Table(
        title="Lines of the bank",
        headers=["Date", "Description", "Counterparty", "Status", "Amount"],
        right=frozenset({4}),
        rows=[
            [
                showing.link_to(StatementLine, line.pk, line.date),
                line.description,
                line.counterparty,
                showing.badge(line.status),
                showing.figure(line.amount, match.account.currency_id),
            ]
            for line in found
        ],
        empty="They are gone: their import was undone.",
    )


def _entries(match: Match, numbers: list[int], title: str) -> Table:
    rows = Entry.objects.of(match.organization_id).filter(pk__in=numbers).select_related("transaction")
    return Table(
        title=title,
        headers=["Date", "Description", "Reference", "Amount"],
        right=frozenset({3}),
        rows=[
            [
                showing.link_to(Transaction, entry.transaction_id, entry.transaction_date),
                entry.description or entry.transaction.description,
                entry.reference or entry.transaction.reference_number,
                showing.figure(entry.amount, match.account.currency_id),
            ]
            for entry in rows.order_by("transaction_date", "pk")
        ],
        empty="None: the suggestion is to book the line, or to pay documents with it.",
    )


def _features(match: Match) -> Table:
    weighty = sorted(match.features.items(), key=lambda item: -abs(item[1]))
    return Table(
        title="What made the score",
        headers=["Points", "Feature", "What it says"],
        right=frozenset({0}),
        rows=[[f"{points:+d}", name.replace("_", " "), FEATURES.get(name, "")] for name, points in weighty],
    )
