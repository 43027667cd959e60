"""Entries in the back office: the general journal, and an account's register with the balance after each entry."""

from django.contrib.admin import register
from django.http import Http404, HttpResponseRedirect
from unfold.decorators import display

from ledger.accounts.models import Account
from ledger.balances.totals import NOTHING, totals
from ledger.journal import registers
from ledger.journal.account_filters import ByAccount, OfFigure
from ledger.journal.conditions import entries_that_say
from ledger.journal.journal_desks import ByDate, JournalDesk
from ledger.journal.models import Entry, Transaction
from ledger.journal.registers import register_answers
from organizations.backoffice import showing
from organizations.backoffice.menus import Place
from organizations.backoffice.records import organization_of
from organizations.backoffice.site import site


class ByJournalDate(ByDate):
    """The same date on the entry and on its transaction, so that either's index serves."""

    def queryset(self, request, queryset):
        queryset = super().queryset(request, queryset)
        first, last = (self.day(name) for name in self.expected_parameters())
        if first:
            queryset = queryset.filter(transaction__transaction_date__gte=first)
        return queryset.filter(transaction__transaction_date__lte=last) if last else queryset


@register(Entry, site=site)
class EntryDesk(JournalDesk):
    """The general journal by date, transaction by transaction; of one account, its register."""

    place = Place("Books", 30, "General journal", "list_alt")
    list_filter = [ByAccount, OfFigure, ByJournalDate]
    search_fields = ["description"]
    search_help_text = "Description or reference of an entry or its transaction contains this, or it is the amount"
    list_display = [
        "shown_date",
        "shown_description",
        "shown_reference",
        "shown_account",
        "shown_debit",
        "shown_credit",
    ]
    list_display_links = ["shown_date"]

    def has_change_permission(self, request, obj=None):
        return False

    def says(self, term):
        return entries_that_say(term)

    def file_path(self, request):
        account = ByAccount.chosen(request)
        wide = account is None or OfFigure.is_wide(request)
        return "/entries" if wide else f"/accounts/{account.public_id}/entries"

    def file_parameters(self, request):
        found = {name: value for name, value in super().file_parameters(request).items() if name != "account_id"}
        if OfFigure.is_wide(request):
            found["filters[account_id][in]"] = ",".join(account.public_id for account in OfFigure.meant(request))
        if request.GET.get("types"):
            found["filters[transaction_type][in]"] = request.GET["types"]
        return found | ({"moves_cash": "true"} if "cash" in request.GET else {})

    @staticmethod
    def shows_register(request) -> bool:
        """Whether it is of one account, so that a balance stands after each entry."""
        return bool(request.GET.get("account")) and not OfFigure.is_wide(request)

    def get_queryset(self, request):
        organization = request.office.organization
        if organization is None:
            return Entry.objects.none()
        rows = registers.journal(organization.pk).select_related("account", "transaction")
        return rows.order_by(*self.get_ordering(request))

    def get_ordering(self, request):
        if self.shows_register(request):
            return ["-transaction_date", "-id"]
        return ["-transaction__transaction_date", "-transaction_id", "line_no"]

    def get_list_display(self, request):
        if not self.shows_register(request):
            return self.list_display
        return [name for name in self.list_display if name != "shown_account"] + ["shown_balance"]

    def get_changelist_instance(self, request):
        """Of one account: amounts in its currency, and each entry's balance, read once for the page.

        Of all accounts: amounts in base currency, so that both columns can be added up.
        """
        changes = super().get_changelist_instance(request)
        changes.result_list = list(changes.result_list)
        organization = organization_of(request)
        if not self.shows_register(request):
            for entry in changes.result_list:
                entry.shown_in = entry.base_amount, organization.base_currency_id
        elif changes.result_list:
            account = changes.result_list[0].account
            answers = register_answers(changes.result_list, account, organization)
            for entry, answer in zip(changes.result_list, answers, strict=True):
                entry.running_balance = answer["running_balance"]
                entry.shown_in = entry.amount, entry.currency_id
        return changes

    def changelist_view(self, request, extra_context=None):
        number = request.GET.get("account", "")
        extra = {}
        if number:
            found = ByAccount.chosen(request)
            if found is None:
                raise Http404()
            total = totals(found.organization_id, account_ids=[found.pk]).get(found.pk, NOTHING)
            balance = showing.money(total.balance * found.normal_sign, found.currency_id)
            extra = {
                "title": str(found),
                "register_of": found,
                "register_balance": f"{balance} {found.currency_id}",
                "register_badge": showing.badge(found.status),
            }
        return super().changelist_view(request, {**(extra_context or {}), **extra})

    @display(description="Date")
    def shown_date(self, entry):
        return f"{entry.transaction_date}"

    @display(description="Account")
    def shown_account(self, entry):
        return showing.link_to(Account, entry.account_id, entry.account)

    @display(description="Description")
    def shown_description(self, entry):
        said = [text for text in (entry.transaction.description, entry.description) if text]
        text = ": ".join(dict.fromkeys(said)) or "(no description)"
        return text if len(text) <= 90 else f"{text[:90]} …"

    @display(description="Reference")
    def shown_reference(self, entry):
        return entry.reference or entry.transaction.reference_number

    @display(description="Debit")
    def shown_debit(self, entry):
        amount, currency = entry.shown_in
        return showing.figure(amount if amount > 0 else None, currency)

    @display(description="Credit")
    def shown_credit(self, entry):
        amount, currency = entry.shown_in
        return showing.figure(-amount if amount < 0 else None, currency)

    @display(description="Balance")
    def shown_balance(self, entry):
        return showing.figure(entry.running_balance, entry.currency_id)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """An entry is shown with its transaction."""
        entry = self.find(request, object_id)
        return HttpResponseRedirect(showing.address(Transaction, "change", entry.transaction_id))

    def history_view(self, request, object_id, extra_context=None):
        entry = self.find(request, object_id)
        return HttpResponseRedirect(showing.address(Transaction, "history", entry.transaction_id))
