"""A list filter from one amount to another."""

from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Abs

from organizations.backoffice.days import DayRange
from organizations.wire.figures import figure_in


class AmountRange(DayRange):
    """``parameter_name`` is a column of amounts, whose sign does not count; what is no figure is no bound."""

    title = "amount"
    parameter_name = "amount"
    kind = "text"

    def choices(self, changelist) -> list[dict[str, Any]]:
        return [choice | {"kind": self.kind} for choice in super().choices(changelist)]

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        first, last = (figure_in(self.used_parameters.get(name, "")) for name in self.expected_parameters())
        if first or last:
            queryset = queryset.alias(size=Abs(self.parameter_name))
        if first:
            queryset = queryset.filter(size__gte=first[1])
        return queryset.filter(size__lte=last[1]) if last else queryset
