"""Currencies in the back office: to look at."""

from django.contrib.admin import register
from unfold.decorators import display

from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Page
from organizations.backoffice.records import Desk
from organizations.backoffice.site import site
from organizations.currencies.models import Currency


@register(Currency, site=site)
class CurrencyDesk(Desk):
    """The currencies of ISO 4217."""

    resource = "currencies"
    place = Place("Installation", 20, "Currencies", "payments")
    list_display = ["code", "name", "shown_symbol", "decimals"]
    search_fields = ["code", "name"]
    list_per_page = 200

    @display(description="Symbol")
    def shown_symbol(self, currency):
        return currency.symbol

    def has_change_permission(self, request, obj=None):
        return False

    def find(self, request, object_id):
        return self.get_object(request, str(object_id)) or super().find(request, "")

    def record(self, request, obj) -> Page:
        facts = [("Code", obj.code), ("Name", obj.name), ("Symbol", obj.symbol), ("Decimals", obj.decimals)]
        return Page(title=f"{obj.code} {obj.name}", crumbs=self.crumbs(), facts=facts)

    def history_view(self, request, object_id, extra_context=None):
        return super().change_view(request, object_id)
