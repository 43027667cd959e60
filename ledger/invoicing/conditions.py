"""Shown states of documents as conditions of a query. They say what ``states.shown_status`` says, row by row."""

from django.db.models import DateField, Exists, F, Func, OuterRef, Q

from ledger.invoicing.states import SHOWN
from ledger.openitems.models import OpenItem


class TodayThere(Func):
    """The date where the document's organization is."""

    template = "(now() at time zone %(expressions)s)::date"
    output_field = DateField()

    def __init__(self):
        super().__init__(F("organization__time_zone"))


def _item(**of_item) -> Exists:
    rows = OpenItem.objects.filter(organization_id=OuterRef("organization_id"), object_id=OuterRef("pk"))
    return Exists(rows.filter(**of_item))


def state(kind: str, name: str) -> Q:
    """Documents of a kind that are shown in a state."""
    if name in ("draft", "cancelled"):
        return Q(status=name)
    issued, paid = Q(status="issued"), Q(_item(open_amount=0))
    if name == "paid":
        return issued & paid
    late = Q(due_date__lt=TodayThere()) if "overdue" in SHOWN[kind] else Q(pk__in=[])
    if name == "overdue":
        return issued & ~paid & late
    whole = Q(_item(open_amount=F("amount")))
    if name == "partial":
        return issued & ~paid & ~late & ~whole
    seen = Q(viewed_at__isnull=name != "viewed") if kind == "invoice" else Q()
    return issued & whole & ~late & seen


def where_status(kind: str):
    """The condition of a list's ``status`` filter."""

    def where(operator: str, value) -> Q:
        wanted = set(value) if operator == "in" else {value}
        found = Q(pk__in=[])
        for name in sorted(wanted):
            found |= state(kind, name)
        return ~found if operator == "ne" else found

    return where


def where_due(operator: str, value) -> Q:
    """The condition of a list's ``amount_due`` filter: what is open, positive."""
    lookups = {"eq": "exact", "gt": "gt", "gte": "gte", "lt": "lt", "lte": "lte", "ne": "exact", "in": "in"}
    rows = OpenItem.objects.filter(organization_id=OuterRef("organization_id"), object_id=OuterRef("pk"))
    rows = rows.annotate(due=Func(F("open_amount"), function="abs"))
    found = Q(Exists(rows.filter(**{f"due__{lookups[operator]}": value})))
    return ~found if operator == "ne" else found
