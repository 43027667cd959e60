"""What the lists of the journal have in common in the back office: filters by date, search, and the file."""

from urllib.parse import urlencode

from django.contrib.admin.widgets import AutocompleteSelect

from ledger.journal.account_filters import ByAccount
from ledger.journal.models import Entry
from organizations import ids
from organizations.backoffice.days import DayRange
from organizations.backoffice.pages import Button
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site


class ByDate(DayRange):
    """Filter by the date of the transaction."""

    title = "date"
    parameter_name = "transaction_date"


class JournalDesk(TenantDesk):
    """A list of the journal. It can be loaded down as it is filtered: the file is the API's own."""

    resource = "transactions"
    sortable_by = []
    list_before_template = "admin/ledger/list_head.html"
    #: Parameters of the page and of the API that mean the same.
    same_parameters = {"transaction_date_from": "start_date", "transaction_date_to": "end_date", "q": "search"}

    @property
    def media(self):
        return super().media + AutocompleteSelect(Entry._meta.get_field("account"), site).media

    def says(self, term: str):
        """The condition that the search box stands for."""
        raise AssertionError(f"{type(self).__name__} does not say what it searches")

    def get_search_results(self, request, queryset, search_term):
        return (queryset.filter(self.says(search_term)) if search_term else queryset), False

    def file_path(self, request) -> str:
        """The API's list that has the same rows, below the organization."""
        raise AssertionError(f"{type(self).__name__} does not say where its file is")

    def file_parameters(self, request) -> dict[str, str]:
        """The filters of the page as the API knows them."""
        found = {theirs: request.GET[ours] for ours, theirs in self.same_parameters.items() if request.GET.get(ours)}
        account = ByAccount.chosen(request)
        return found if account is None else found | {"account_id": account.public_id}

    def changelist_view(self, request, extra_context=None):
        self.require(request, "read")
        organization = organization_of(request)
        query = urlencode({"format": "csv", **self.file_parameters(request)})
        url = f"/organizations/{ids.encode('ORG', organization.pk)}{self.file_path(request)}?{query}"
        extra = {"list_buttons": [Button("Export CSV", url, icon="download")]}
        return super().changelist_view(request, {**extra, **(extra_context or {})})
