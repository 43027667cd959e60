"""A list filter by one of a few words."""

from collections.abc import Iterable

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet


class ByWord(SimpleListFilter):
    """``parameter_name`` is the column that holds the word; ``words`` are those it may hold."""

    words: Iterable[str] = ()

    def lookups(self, request, model_admin) -> list[tuple[str, str]]:
        return [(word, word) for word in self.words]

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        return queryset.filter(**{self.parameter_name: self.value()}) if self.value() else queryset
