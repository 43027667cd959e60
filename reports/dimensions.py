"""What a report may be narrowed to: an account, a contact, a category, a dimension kept in metadata.

A dimension is ``key:value`` in the metadata of the entry or of its transaction, such as ``department:north``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.db.models import Q
from drf_spectacular.utils import OpenApiParameter

from ledger.accounts.models import Account
from ledger.categories.models import Category
from ledger.contacts.models import Contact
from ledger.journal.dimensions import Dimension
from organizations import ids
from organizations.tenants.models import Organization
from organizations.wire.filtering import ListField, PublicId
from organizations.wire.query_strings import bad
from reports.figures import ALL, Some

OF_WHAT = {"account_id": ("ACT", Account), "contact_id": ("CON", Contact), "category_id": ("CAT", Category)}
FIELDS: dict[str, ListField] = {
    **{name: PublicId(prefix) for name, (prefix, _) in OF_WHAT.items()},
    "dimension": Dimension(),
}
#: What narrows a report to some entries of its accounts: budgets, which know accounts only, cannot follow.
OF_ENTRIES = ("contact_id", "category_id", "dimension")
PARAMETERS = [
    OpenApiParameter("account_id", FIELDS["account_id"].schema, description="This account and what stands below it."),
    OpenApiParameter("contact_id", FIELDS["contact_id"].schema, description="What was posted for this contact."),
    OpenApiParameter("category_id", FIELDS["category_id"].schema, description="What has this category."),
    OpenApiParameter("dimension", Dimension.schema, description=Dimension().description),
]


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What is left of the books; all of them unless something is said."""

    account_id: int | None = None
    contact_id: int | None = None
    category_id: int | None = None
    dimension: tuple[str, str] | None = None

    @property
    def is_open(self) -> bool:
        """Whether nothing is said."""
        return self == EVERYTHING

    def some(self) -> Some:
        """Which entries count; the account is left to the chart."""
        conditions: list[str] = []
        values: dict[str, Any] = {}
        if self.contact_id is not None:
            conditions.append(
                "t.contact_id in (select c.id from ledger_contact c where c.organization_id = %(organization)s"
                " and (c.id = %(contact)s or c.merged_into_id = %(contact)s))"
            )
            values["contact"] = self.contact_id
        if self.category_id is not None:
            conditions.append("t.category_id = %(category)s")
            values["category"] = self.category_id
        if self.dimension is not None:
            conditions.append("(e.metadata @> %(dimension)s::jsonb or t.metadata @> %(dimension)s::jsonb)")
            values["dimension"] = json.dumps(dict([self.dimension]))
        return Some(" and ".join(conditions), values) if conditions else ALL

    def of_entries(self, organization: Organization) -> Q:
        """The same as a condition of the ORM on entries."""
        found = Q()
        if self.contact_id is not None:
            merged = Contact.objects.of(organization).filter(merged_into=self.contact_id).values("pk")
            found &= Q(transaction__contact_id=self.contact_id) | Q(transaction__contact_id__in=merged)
        if self.category_id is not None:
            found &= Q(transaction__category_id=self.category_id)
        if self.dimension is not None:
            found &= FIELDS["dimension"].condition("", "eq", self.dimension)
        return found

    def in_links(self) -> str:
        """``&filters[contact_id]=…`` for the links to entries."""
        parts = [
            f"&filters[{name}]={ids.encode(OF_WHAT[name][0], number)}"
            for name, number in (("contact_id", self.contact_id), ("category_id", self.category_id))
            if number is not None
        ]
        if self.dimension is not None:
            parts.append(f"&filters[dimension]={Dimension.written(self.dimension)}")
        return "".join(parts)

    def in_reports(self) -> str:
        """``&contact_id=…`` for the links to other reports."""
        written = {name: text for name, text in self.kept().items() if text is not None}
        return "".join(f"&{name}={quote(text, safe='')}" for name, text in written.items())

    def kept(self) -> dict[str, str | None]:
        """The parameters as they were sent, for receipts and answers."""
        numbers = {name: getattr(self, name) for name in OF_WHAT}
        return {
            **{name: ids.encode(OF_WHAT[name][0], number) if number else None for name, number in numbers.items()},
            "dimension": None if self.dimension is None else ":".join(self.dimension),
        }


#: Nothing is left out.
EVERYTHING = Narrowing()


def narrowing_of(organization: Organization, values: Mapping[str, Any]) -> Narrowing:
    """What the parameters say. Raises InvalidParameter for what the organization does not have."""
    given = {name: values[name] for name in FIELDS if name in values}
    unknown = {
        name: f"There is no such {name.removesuffix('_id')}."
        for name, (_, model) in OF_WHAT.items()
        if name in given and not model.objects.of(organization).filter(pk=given[name]).exists()
    }
    if unknown:
        raise bad(unknown)
    return Narrowing(**given)
