"""A contact's account with us between two days: what was open, every document, payment and exchange result, what is.

It is read from the movements of open items alone, so its closing balance is what those items were open by at the end of
the day, and ties to the control accounts as they do. What only sets a payment off against an invoice of the same
contact changes nothing between the two parties and is left out.
"""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Sum

from ledger.contacts.families import family
from ledger.contacts.models import Contact
from ledger.contacts.standing import OWED
from ledger.invoicing.models import PREFIXES, Document
from ledger.openitems.models import ItemMovement
from ledger.payments.models import Payment
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.money import exact
from organizations.tenants.models import Organization

ZERO = Decimal(0)
KINDS = (*PREFIXES, "payment", "settlement", "exchange_result")


@dataclass(slots=True)
class Moved:
    """One line: signed so that what is usual for the contact (a customer owes, a vendor is owed) is positive."""

    date: datetime.date
    kind: str
    object_id: str | None
    number: str
    due_date: datetime.date | None
    reverses: bool
    amount: Decimal
    base_amount: Decimal
    balance: Decimal = ZERO


@dataclass(slots=True)
class CurrencyAccount:
    """The account in one currency. ``base`` amounts are carrying amounts in base currency."""

    currency: str
    opening: Decimal = ZERO
    base_opening: Decimal = ZERO
    lines: list[Moved] = field(default_factory=list)

    @property
    def closing(self) -> Decimal:
        return self.lines[-1].balance if self.lines else self.opening

    @property
    def base_closing(self) -> Decimal:
        return self.base_opening + sum((line.base_amount for line in self.lines), ZERO)


def account_of(
    organization: Organization, contact: Contact, start: datetime.date | None, end: datetime.date
) -> list[CurrencyAccount]:
    """The account of a contact's family in every currency that it has, by code; in four queries."""
    sign = -1 if contact.contact_type in OWED else 1
    rows = ItemMovement.objects.of(organization).filter(item__contact__in=family(organization, contact.pk))
    found: dict[str, CurrencyAccount] = {}

    def account(code: str) -> CurrencyAccount:
        return found.setdefault(code, CurrencyAccount(code))

    if start is not None:
        before = rows.filter(date__lt=start).order_by().values_list("item__currency_id")
        for code, amount, base in before.annotate(Sum("amount"), Sum("base_amount")):
            if amount or base:
                account(code).opening, account(code).base_opening = amount * sign, base * sign
        rows = rows.filter(date__gte=start)
    movements = list(rows.filter(date__lte=end).select_related("item").order_by("date", "pk"))
    numbers = _numbers(organization, movements)
    for code, line in _lines(movements, numbers):
        line.amount *= sign
        line.base_amount *= sign
        own = account(code)
        line.balance = own.closing + line.amount
        own.lines.append(line)
    for own in found.values():
        _write_exact(own, decimals_of(organization.base_currency_id))
    return [found[code] for code in sorted(found)]


def _numbers(organization: Organization, movements: list[ItemMovement]) -> dict[int, str]:
    """What documents and payments are called, by their key."""
    wanted = {each.item.object_id for each in movements if each.kind in ("opened", "reversed")}
    documents = Document.objects.of(organization).filter(pk__in=wanted).values_list("pk", "number")
    payments = Payment.objects.of(organization).filter(pk__in=wanted).values_list("pk", "reference")
    return dict(documents) | dict(payments)


def _lines(movements: list[ItemMovement], numbers: dict[int, str]) -> list[tuple[str, Moved]]:
    """Lines with their currencies, in the order of their days."""
    found: list[tuple[str, Moved]] = []
    settled: dict[tuple, Moved] = {}
    for each in movements:
        item, code = each.item, each.item.currency_id
        if each.settlement_id is not None:
            key = (each.settlement_id, each.kind, code)
            if key not in settled:
                settled[key] = Moved(each.date, "settlement", None, "", None, each.kind == "unsettled", ZERO, ZERO)
                found.append((code, settled[key]))
            settled[key].amount += each.amount
            settled[key].base_amount += each.base_amount
        elif each.kind == "revalued":
            found.append(
                (code, Moved(each.date, "exchange_result", None, "", None, False, each.amount, each.base_amount))
            )
        else:
            called = ids.encode(PREFIXES.get(item.kind, "PAY"), item.object_id)
            due = item.due_date if item.kind in ("invoice", "bill") else None
            undone = each.kind == "reversed"
            line = Moved(
                each.date,
                item.kind,
                called,
                numbers.get(item.object_id, ""),
                due,
                undone,
                each.amount,
                each.base_amount,
            )
            found.append((code, line))
    for line in settled.values():
        if not line.amount:
            line.kind = "exchange_result"
    return _together([(code, line) for code, line in found if line.amount or line.base_amount])


def _together(lines: list[tuple[str, Moved]]) -> list[tuple[str, Moved]]:
    """The exchange results of a day as one line in each currency: a revaluation has one for every item."""
    kept: list[tuple[str, Moved]] = []
    results: dict[tuple, Moved] = {}
    for code, line in lines:
        if line.kind != "exchange_result":
            kept.append((code, line))
        elif (code, line.date) in results:
            results[code, line.date].base_amount += line.base_amount
        else:
            results[code, line.date] = line
            kept.append((code, line))
    return [(code, line) for code, line in kept if line.amount or line.base_amount]


def _write_exact(own: CurrencyAccount, base_decimals: int) -> None:
    decimals = decimals_of(own.currency)
    own.opening, own.base_opening = exact(own.opening, decimals), exact(own.base_opening, base_decimals)
    for line in own.lines:
        line.amount, line.balance = exact(line.amount, decimals), exact(line.balance, decimals)
        line.base_amount = exact(line.base_amount, base_decimals)
