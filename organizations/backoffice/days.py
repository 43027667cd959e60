"""A list filter from one day to another."""

import datetime
from typing import Any

from django.contrib.admin import ListFilter
from django.db.models import QuerySet


class DayRange(ListFilter):
    """``parameter_name`` is a date field, or with ``instants`` a column of instants, read as UTC."""

    template = "admin/backoffice/day_range.html"
    parameter_name = ""
    instants = False

    def __init__(self, request, params: dict, model, model_admin):
        super().__init__(request, params, model, model_admin)
        for name in self.expected_parameters():
            if name in params:
                value = params.pop(name)
                self.used_parameters[name] = value[-1] if isinstance(value, list) else value
        self.kept = [
            (key, value) for key, value in request.GET.items() if key not in (*self.expected_parameters(), "p")
        ]

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str]:
        return [f"{self.parameter_name}_from", f"{self.parameter_name}_to"]

    def day(self, name: str) -> datetime.date | None:
        """The day that was asked for; None if there is none, or no such day."""
        try:
            return datetime.date.fromisoformat(self.used_parameters.get(name, ""))
        except ValueError:
            return None

    def choices(self, changelist) -> list[dict[str, Any]]:
        first, last = self.expected_parameters()
        return [
            {
                "first": first,
                "last": last,
                "first_value": self.used_parameters.get(first, ""),
                "last_value": self.used_parameters.get(last, ""),
                "kept": self.kept,
                "selected": bool(self.used_parameters),
            }
        ]

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        first, last = (self.day(name) for name in self.expected_parameters())
        if self.instants:
            first = first and datetime.datetime.combine(first, datetime.time.min, datetime.UTC)
            last = last and datetime.datetime.combine(last, datetime.time.max, datetime.UTC)
        if first:
            queryset = queryset.filter(**{f"{self.parameter_name}__gte": first})
        return queryset.filter(**{f"{self.parameter_name}__lte": last}) if last else queryset
