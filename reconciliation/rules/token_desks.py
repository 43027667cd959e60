"""Learned words in the back office: to read, and to forget."""

from django.contrib.admin import register
from django.db.models import OuterRef, Subquery
from django.http import HttpResponseRedirect
from django.urls import path
from unfold.decorators import display

from ledger.accounts.models import Account
from organizations.backoffice import showing
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site
from reconciliation.rules.admin import ByBankAccount
from reconciliation.rules.learning import EVERY_LINE, reset_learning
from reconciliation.rules.models import LearnedToken


@register(LearnedToken, site=site)
class LearnedTokenDesk(TenantDesk):
    """Which words led where, and how often."""

    resource = "bank-learning"
    place = Place("Bank", 70, "Learned words", "school")
    list_display = ["shown_word", "shown_account", "shown_counter", "count", "shown_lines"]
    list_display_links = None
    list_filter = [ByBankAccount]
    list_select_related = ["account", "counter_account"]
    list_before_template = "admin/reconciliation/learned_head.html"
    search_fields = ["token"]
    search_help_text = "The word contains this"
    ordering = ["-count", "-id"]
    sortable_by = []

    def get_urls(self):
        where = path("forget/", self.admin_site.admin_view(self.forget), name="reconciliation_learnedtoken_forget")
        return [where, *super().get_urls()]

    def get_queryset(self, request):
        same = {name: OuterRef(name) for name in ("organization_id", "account_id", "counter_account_id")}
        lines = LearnedToken.objects.filter(**same, token=EVERY_LINE).values("count")
        return super().get_queryset(request).exclude(token=EVERY_LINE).annotate(lines=Subquery(lines))

    def changelist_view(self, request, extra_context=None):
        page = Page(title="Learned words")
        page.intro = (
            "Counted from lines that people matched or booked, for each bank account by itself. New lines are suggested"
            " the account that their words led to."
        )
        if request.office.organization is not None and request.office.may("delete", self.resource):
            chosen = ByBankAccount.chosen(request)
            url = self.address("forget")
            if chosen is not None:
                title, ask = f"Forget those of {chosen.code}", f"Forget what was learned of {chosen}?"
                own = f"{url}?account={chosen.pk}"
                page.buttons.append(Button(title, own, icon="delete", post=True, variant="danger", confirm=ask))
            ask = "Forget all that was learned?"
            page.buttons.append(Button("Forget all", url, icon="delete", post=True, variant="danger", confirm=ask))
        return super().changelist_view(request, {**(extra_context or {}), "learned_page": page})

    @display(description="Word")
    def shown_word(self, row):
        return row.token

    @display(description="Bank account")
    def shown_account(self, row):
        return showing.link_to(Account, row.account_id, row.account)

    @display(description="Led to")
    def shown_counter(self, row):
        return showing.link_to(Account, row.counter_account_id, row.counter_account)

    @display(description="Of lines there")
    def shown_lines(self, row):
        return row.lines

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """A word has no page of its own."""
        self.find(request, object_id)
        return self.go("changelist")

    def history_view(self, request, object_id, extra_context=None):
        self.find(request, object_id)
        return self.go("changelist")

    def forget(self, request):
        """Forget what was learned: of the bank account that the address names, or all."""
        actor, organization = self.require(request, "delete"), organization_of(request)
        back, chosen = self.address("changelist"), ByBankAccount.chosen(request)
        if request.method != "POST" or (chosen is None and "account" in request.GET):
            return HttpResponseRedirect(back)

        def reset() -> None:
            reset_learning(actor=actor, organization=organization, account_id=chosen and chosen.pk)

        return self.act(request, reset, back, f"Forgotten: {chosen or 'all that was learned'}.")
