"""Bank rules in the back office: written as sentences, tried on past lines, saved by verbs."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import register
from django.http import HttpResponseRedirect
from unfold.decorators import display

from ledger.accounts.models import Account
from ledger.journal.account_filters import ByAccount
from ledger.journal.draft_pages import picker_attributes
from organizations import ids
from organizations.backoffice import showing
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, Table, attempt, show
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site
from organizations.backoffice.words import ByWord
from reconciliation.rules.catches import compiled
from reconciliation.rules.conditions import OPERATORS
from reconciliation.rules.models import BankRule
from reconciliation.rules.rule_pages import (
    BLANK_ROWS,
    FIELD_WORDS,
    OPERATOR_WORDS,
    SHARE_WORDS,
    RuleForm,
    TypedCondition,
    TypedSplit,
    accounts_in,
    initial_of,
    named_accounts,
    place_refusal,
    rows_of,
    said_actions,
    said_conditions,
    taxes_to_choose,
    typed_rows,
    written_rule,
)
from reconciliation.rules.ruling import create_rule, delete_rule, drafted_rule, update_rule
from reconciliation.rules.trial_pages import trial_tables
from reconciliation.rules.trials import Span, trial_answer, try_rule

STATES = {"active": True, "off": False}
WAYS = {"books": True, "suggests": False}
#: Of each field, the operators that fit: for the page's script.
FITTING = {name: " ".join(operators) for name, operators in OPERATORS.items()}


class ByState(ByWord):
    """Filter by whether a rule is asked."""

    title = "state"
    parameter_name = "state"
    words = STATES

    def queryset(self, request, queryset):
        return queryset.filter(is_active=STATES[self.value()]) if self.value() in STATES else queryset


class ByWay(ByWord):
    """Filter by whether a rule books or only suggests."""

    title = "what it does"
    parameter_name = "does"
    words = WAYS

    def queryset(self, request, queryset):
        return queryset.filter(automatic=WAYS[self.value()]) if self.value() in WAYS else queryset


class ByBankAccount(ByAccount):
    """Filter by the bank account that a rule is limited to, or that was learned of."""

    def queryset(self, request, queryset):
        if not self.used_parameters.get(self.parameter_name):
            return queryset
        return queryset.none() if self.account is None else queryset.filter(account=self.account)


@register(BankRule, site=site)
class RuleDesk(TenantDesk):
    """Where the money of a line goes, decided once for all such lines."""

    resource = "bank-rules"
    place = Place("Bank", 60, "Bank rules", "rule_settings")
    list_display = ["priority", "name", "shown_account", "shown_when", "shown_then", "shown_way", "shown_state"]
    list_display_links = ["name"]
    list_filter = [ByState, ByWay, ByBankAccount]
    list_select_related = ["account"]
    search_fields = ["name", "conditions"]
    search_help_text = "Name or conditions contain this"
    ordering = ["priority", "id"]
    sortable_by = []

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    def page_urls(self):
        return [("delete_rule", self.remove)]

    def get_changelist_instance(self, request):
        """The accounts that the rules of one page book to, in one query."""
        changes = super().get_changelist_instance(request)
        changes.result_list = list(changes.result_list)
        wanted = [number for row in changes.result_list for number in accounts_in(row.actions)]
        accounts = named_accounts(organization_of(request), wanted) if wanted else {}
        for row in changes.result_list:
            row.said_then = said_actions(row.actions, accounts)
        return changes

    @display(description="Account")
    def shown_account(self, rule):
        return showing.link_to(Account, rule.account_id, rule.account) if rule.account_id else "any"

    @display(description="When")
    def shown_when(self, rule):
        return said_conditions(rule)

    @display(description="Goes to")
    def shown_then(self, rule):
        return rule.said_then

    @display(description="Does")
    def shown_way(self, rule):
        return "books" if rule.automatic else "suggests"

    @display(description="State")
    def shown_state(self, rule):
        return showing.badge("active" if rule.is_active else "off")

    def record(self, request, obj) -> Page:
        accounts = named_accounts(organization_of(request), accounts_in(obj.actions))
        page = Page(
            title=obj.name,
            crumbs=self.crumbs(),
            badge=showing.badge("active" if obj.is_active else "off"),
            facts=[
                ("Priority", str(obj.priority)),
                ("Account", self.shown_account(obj)),
                ("When", said_conditions(obj)),
                ("Goes to", said_actions(obj.actions, accounts)),
                ("Says", obj.actions["description"]),
                ("Does", self.shown_way(obj)),
                ("Version", str(obj.version)),
                ("Id", obj.public_id),
            ],
            buttons=[Button("History", self.address("history", obj.pk), icon="history")],
        )
        if request.office.may("delete", self.resource):
            url, ask = self.address("delete_rule", obj.pk), f"Delete {obj}?"
            page.buttons.append(Button("Delete", url, icon="delete", post=True, variant="danger", confirm=ask))
        return page

    def change_view(self, request, object_id, form_url="", extra_context=None):
        found = self.find(request, object_id)
        if not self.has_change_permission(request):
            return show(self.admin_site, request, self.record(request, found))
        return self.edit(request, found)

    def add_view(self, request, form_url="", extra_context=None):
        self.require(request)
        return self.edit(request, None)

    def edit(self, request, rule: BankRule | None):
        """The page on which a rule is written, and tried; None for a new one."""
        organization = organization_of(request)
        page = Page(title="New rule", crumbs=self.crumbs()) if rule is None else self.record(request, rule)
        page.facts, page.back, page.template = [], self.address("changelist"), "admin/reconciliation/rule.html"
        if request.method == "POST":
            page.form = RuleForm(request.POST, office=request.office, obj=rule)
            conditions, splits = typed_rows(request.POST)
            if page.form.is_valid():
                fields = written_rule(page.form.cleaned_data, conditions, splits)
                answer, refusal = attempt(lambda: self._act(request, rule, fields, page))
                if refusal is not None:
                    place_refusal(page.form, {"conditions": conditions, "splits": splits}, refusal)
                elif answer is not None:
                    self.message_user(request, "Saved." if rule else "The rule was made.", messages.SUCCESS)
                    return HttpResponseRedirect(answer)
        else:
            page.form = RuleForm(office=request.office, obj=rule, initial=initial_of(rule))
            conditions, splits = ([], []) if rule is None else rows_of(rule)
        accounts = named_accounts(organization, [split.number for split in splits])
        for split in splits:
            split.account_text = str(accounts[split.number]) if split.number in accounts else ""
            split.account = split.account if split.account_text else ""
        page.extra = self._editor(page.form, conditions, splits)
        return show(self.admin_site, request, page)

    def _act(self, request, rule: BankRule | None, fields: dict[str, Any], page: Page) -> str | None:
        """Try what was typed, or save it; where to go on to, None to stay."""
        who = {"actor": self.require(request), "organization": organization_of(request)}
        if "_test" in request.POST:
            days = {name: page.form.cleaned_data[name] for name in ("start_date", "end_date")}
            drafted = drafted_rule(who["organization"], rule, {**fields, "name": fields["name"] or "New"})
            trial = try_rule(who["organization"], compiled(drafted), Span(**days))
            page.tables = self._trial(trial_answer(trial, who["organization"]), who["organization"])
            return None
        if rule is None:
            create_rule(**who, **fields)
        else:
            update_rule(**who, rule_id=rule.pk, changes=fields)
        return self.address("changelist")

    def _trial(self, answer: dict[str, Any], organization) -> list[Table]:
        named = {row["account_id"] for row in answer["sums"]}
        named |= {each["account_id"] for row in answer["lines"] if row["booking"] for each in row["booking"]["entries"]}
        accounts = named_accounts(organization, [ids.decode("ACT", each) for each in named])
        before = {row["taken_by_rule_id"] for row in answer["lines"]} - {None}
        rules = BankRule.objects.of(organization).in_bulk([ids.decode("RUL", each) for each in before])
        return trial_tables(answer, {row.public_id: row for row in [*accounts.values(), *rules.values()]})

    def _editor(self, form: RuleForm, conditions: list[TypedCondition], splits: list[TypedSplit]) -> dict[str, Any]:
        blank_conditions = [TypedCondition() for _ in range(BLANK_ROWS)]
        blank_splits = [TypedSplit() for _ in range(1 if splits else BLANK_ROWS)]
        return {
            "conditions": conditions + blank_conditions,
            "splits": splits + blank_splits,
            "blank_condition": TypedCondition(),
            "blank_split": TypedSplit(),
            "field_words": [(name, words, FITTING[name]) for name, words in FIELD_WORDS.items()],
            "operator_words": OPERATOR_WORDS.items(),
            "share_words": SHARE_WORDS.items(),
            "taxes": taxes_to_choose(form.office.organization, splits),
            "picker": picker_attributes(),
            "groups": {
                "head": [form[name] for name in ("name", "priority", "account")],
                "match": [form["match"]],
                "then": [form[name] for name in ("type", "description", "contact_id")],
                "how": [form[name] for name in ("automatic", "is_active")],
                "days": [form[name] for name in ("start_date", "end_date")],
            },
        }

    def remove(self, request, object_id):
        """Delete a rule."""
        actor, found = self.require(request, "delete"), self.find(request, object_id)
        back = self.address("change", found.pk)
        if request.method != "POST":
            return HttpResponseRedirect(back)

        def delete() -> str:
            delete_rule(actor=actor, organization=organization_of(request), rule_id=found.pk)
            return self.address("changelist")

        return self.act(request, delete, back, f"{found} was deleted.")
