"""List filters by account, chosen with the account picker, and by what of an account a figure of a report counts."""

from urllib.parse import urlencode

from django.contrib.admin import ListFilter
from django.db.models import QuerySet
from django.forms.utils import flatatt

from ledger.accounts.hierarchy import branches, in_order
from ledger.accounts.models import Account
from ledger.journal.conditions import where_account, where_cash_moves
from ledger.journal.draft_pages import picker_attributes
from ledger.journal.drafts import TYPES
from ledger.journal.models import Entry


class ByAccount(ListFilter):
    """Transactions that touch an account, or the entries on it. Another organization's account has none."""

    title = "account"
    parameter_name = "account"
    template = "admin/ledger/account_filter.html"

    def __init__(self, request, params: dict, model, model_admin):
        super().__init__(request, params, model, model_admin)
        if self.parameter_name in params:
            value = params.pop(self.parameter_name)
            self.used_parameters[self.parameter_name] = value[-1] if isinstance(value, list) else value
        self.account = self.chosen(request)
        self.kept = [(key, value) for key, value in request.GET.items() if key not in (self.parameter_name, "p")]

    @classmethod
    def chosen(cls, request) -> Account | None:
        """The account that the address names, of the chosen organization; looked up once a request."""
        number = request.GET.get(cls.parameter_name, "")
        if not (number.isascii() and number.isdigit() and len(number) < 19):
            return None
        found = getattr(request, "chosen_account", None)
        if found is None or str(found.pk) != number:
            found = Account.objects.of(request.office.organization).filter(pk=int(number)).first()
            request.chosen_account = found
        return found

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str]:
        return [self.parameter_name]

    def choices(self, changelist) -> list[dict]:
        return [
            {
                "account": self.account,
                "kept": self.kept,
                "picker": flatatt(picker_attributes()),
                "selected": self.account is not None,
            }
        ]

    def queryset(self, request, queryset):
        if not self.used_parameters.get(self.parameter_name):
            return queryset
        if self.account is None:
            return queryset.none()
        if queryset.model is Entry:
            return queryset if OfFigure.is_wide(request) else queryset.filter(account=self.account)
        return queryset.filter(where_account("eq", self.account.pk))


class OfFigure(ListFilter):
    """Entries as a figure counts them: with the accounts below, of some types, of transactions that moved cash.

    Only links of reports ask for it. What cannot be read of them is as if it were not there.
    """

    title = "figure of a report"
    parameter_name = "below"
    parameters = ("below", "only", "types", "cash")
    template = "admin/ledger/figure_filter.html"

    def __init__(self, request, params: dict, model, model_admin):
        super().__init__(request, params, model, model_admin)
        for name in self.parameters:
            if name in params:
                value = params.pop(name)
                self.used_parameters[name] = value[-1] if isinstance(value, list) else value
        self.kept = {name: value for name, value in request.GET.items() if name not in (*self.parameters, "p")}

    @staticmethod
    def is_wide(request) -> bool:
        """Whether accounts below the chosen one are meant, too."""
        return "below" in request.GET and ByAccount.chosen(request) is not None

    @classmethod
    def meant(cls, request) -> list[Account]:
        """The accounts whose entries are meant, of the chosen account and those below it."""
        account = ByAccount.chosen(request)
        found = branches(in_order(account.organization_id), [account.pk])
        only = {text for text in request.GET.get("only", "").split(",") if text}
        return [each for each in found if not only or str(each.pk) in only]

    def has_output(self) -> bool:
        return bool(self.used_parameters)

    def expected_parameters(self) -> list[str]:
        return list(self.parameters)

    def choices(self, changelist) -> list[dict]:
        return [{"whole": f"?{urlencode(self.kept)}", "selected": True}]

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        if self.is_wide(request):
            queryset = queryset.filter(account_id__in=[account.pk for account in self.meant(request)])
        kinds = [kind for kind in self.used_parameters.get("types", "").split(",") if kind in TYPES]
        if kinds:
            queryset = queryset.filter(transaction__type__in=kinds)
        if "cash" in self.used_parameters:
            queryset = queryset.filter(where_cash_moves(request.office.organization.pk, True))
        return queryset
