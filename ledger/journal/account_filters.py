"""A list filter by account, chosen with the account picker."""

from django.contrib.admin import ListFilter
from django.forms.utils import flatatt

from ledger.accounts.models import Account
from ledger.journal.conditions import where_account
from ledger.journal.draft_pages import picker_attributes
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
            return queryset.filter(account=self.account)
        return queryset.filter(where_account("eq", self.account.pk))
