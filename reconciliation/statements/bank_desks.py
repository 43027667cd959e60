"""What the lists of the bank have in common in the back office: the filter by account, and the ways between pages."""

from urllib.parse import urlencode

from django.contrib.admin.widgets import AutocompleteSelect
from django.urls import reverse

from ledger.journal.account_filters import ByAccount
from ledger.journal.models import Entry
from organizations import ids
from organizations.backoffice.pages import Button
from organizations.backoffice.records import TenantDesk
from organizations.backoffice.site import site


class ByBankAccount(ByAccount):
    """Filter by the account that the bank's file was imported into."""

    def queryset(self, request, queryset):
        if not self.used_parameters.get(self.parameter_name):
            return queryset
        return queryset.none() if self.account is None else queryset.filter(account=self.account)


class BankDesk(TenantDesk):
    """A list of what the bank said, or of what became of it."""

    sortable_by = []
    list_select_related = ["account"]

    @property
    def media(self):
        return super().media + AutocompleteSelect(Entry._meta.get_field("account"), site).media

    def search_everywhere(self, request, term: str) -> list[dict]:
        """The search of the side finds a row by its id."""
        try:
            number = ids.decode(self.opts.pk.prefix, term)
        except ValueError:
            return []
        kind = str(self.opts.verbose_name).capitalize()
        found = self.get_queryset(request).filter(pk=number)
        return [{"title": str(each), "description": kind, "link": self.address("change", each.pk)} for each in found]


def workbench_button(account_id: int, **more: str) -> Button:
    """The way to where the lines of an account are worked on."""
    query = urlencode({"account": account_id, **more})
    return Button("Workbench", f"{reverse('admin:workbench')}?{query}", icon="join_inner", variant="primary")
