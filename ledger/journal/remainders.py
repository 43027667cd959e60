"""What is left of posted entries after their reversals, and what a reversal takes of it."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from ledger.balances.moments import Moment
from ledger.errors import (
    ReversalBeforeOriginal,
    ReversalExceedsRemaining,
    ReversalTooDeep,
    TransactionAlreadyReversed,
    TransactionNotPosted,
)
from ledger.journal.drafts import Draft, Line
from ledger.journal.models import Entry, Transaction
from ledger.journal.weighing import Weighed, WeighedLine, even_out, larger_side, sides_of
from organizations.currencies.iso import decimals_of
from organizations.money import add_up, exact, plain_rate, to_base
from organizations.tenants.models import Organization


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of an entry: signed as it is, in its currency and in base currency."""

    amount: Decimal
    base_amount: Decimal

    @property
    def nothing(self) -> bool:
        return not self.amount and not self.base_amount


#: The same sum over what was posted up to a moment.
REMAINING_THEN = """
    with recursive later as materialized (
        select t.id from ledger_transaction t where t.organization_id = %s and {later}
    ), family as (
        select e.transaction_id as root, e.id as entry_id, e.id as member, e.amount, e.base_amount
          from ledger_entry e
         where e.organization_id = %s and e.transaction_id = any (%s::bigint[])
        union all
        select f.root, f.entry_id, c.id, c.amount, c.base_amount
          from family f
         cross join lateral (
               select e.id, e.amount, e.base_amount from ledger_entry e
                where e.organization_id = %s and e.reverses_entry_id = f.member
                  and e.transaction_id not in (select id from later)
               offset 0) c
    )
    select f.root, f.entry_id, sum(f.amount), sum(f.base_amount) from family f group by 1, 2
"""


def remaining(
    organization_id: int, transaction_ids: list[int], moment: Moment | None = None
) -> dict[int, dict[int, Left]]:
    """What is left of the entries of posted transactions: by transaction, by entry, in one query.

    With a ``moment``, what was left as far as was known then.
    """
    found: dict[int, dict[int, Left]] = {number: {} for number in transaction_ids}
    if transaction_ids:
        sql, parameters = "select * from ledger_remaining(%s, %s::bigint[])", [organization_id, transaction_ids]
        if moment is not None:
            sql = REMAINING_THEN.format(later=moment.later)
            parameters = [organization_id, organization_id, transaction_ids, organization_id]
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            for number, entry_id, amount, base_amount in cursor.fetchall():
                found[number][entry_id] = Left(amount, base_amount)
    return found


@dataclass(slots=True)
class Undoing:
    """A posted transaction, locked, with what is left of it; it hands out the lines of one reversal."""

    original: Transaction
    entries: list[Entry]
    left: dict[int, Left]
    taken: dict[int, WeighedLine]

    @classmethod
    def of(cls, organization: Organization, original: Transaction) -> "Undoing":
        """Raises TransactionNotPosted, ReversalTooDeep, TransactionAlreadyReversed. Call with ``original`` locked."""
        if original.status != "posted":
            raise TransactionNotPosted()
        if original.reversal_scope and original.original.reversal_scope:
            raise ReversalTooDeep()
        entries = Entry.objects.of(organization).filter(transaction=original).select_related("account")
        left = remaining(organization.pk, [original.pk])[original.pk]
        if all(each.nothing for each in left.values()):
            raise TransactionAlreadyReversed()
        return cls(original, list(entries.order_by("line_no")), left, {})

    def available(self, entry: Entry) -> Decimal:
        """How much of an entry this reversal may still take; positive."""
        taken = self.taken.get(entry.pk)
        return add_up([abs(self.left[entry.pk].amount), -abs(taken.amount) if taken else Decimal(0)])

    def take(self, entry: Entry, amount: Decimal) -> None:
        """Take ``amount`` of an entry. Base currency goes along in proportion; the last part takes the rest.

        Rounding up never uses the base amount up before the amount: a unit stays for the last part.
        """
        left, decimals = self.left[entry.pk], decimals_of(entry.currency_id)
        before = self.taken.get(entry.pk)
        amount = add_up([amount, abs(before.amount) if before else Decimal(0)])
        base = abs(left.base_amount)
        if amount != abs(left.amount):
            in_base = decimals_of(self.original.organization.base_currency_id)
            unit = Decimal(1).scaleb(-in_base)
            base = max(min(add_up([base, -unit]), to_base(amount, entry.currency_rate, in_base)), Decimal(0))
        sign = -1 if entry.entry_type == "debit" else 1
        line = Line(
            account_id=entry.account_id,
            entry_type="credit" if entry.entry_type == "debit" else "debit",
            amount=exact(amount, decimals),
            currency=entry.currency_id,
            rate=plain_rate(entry.currency_rate),
            description=entry.description,
            reference=entry.reference,
            metadata=entry.metadata or {},
            reverses=entry.pk,
        )
        self.taken[entry.pk] = WeighedLine(line, entry.account, sign * amount, entry.currency_rate, sign * base)

    def take_kept(self, lines: list[Line]) -> None:
        """Take what a saved reversal names. Raises ReversalExceedsRemaining where that is gone by now."""
        by_id = {entry.pk: entry for entry in self.entries}
        for line in lines:
            entry = by_id[line.reverses]
            amount = exact(Decimal(line.amount), decimals_of(entry.currency_id))
            if amount > self.available(entry):
                left = exact(self.available(entry), decimals_of(entry.currency_id))
                raise ReversalExceedsRemaining(details={"reason": f"Only {left} is left of an entry."})
            self.take(entry, amount)

    def take_all(self) -> None:
        """Take whatever is left of every entry."""
        for entry in self.entries:
            if not self.left[entry.pk].nothing:
                self.take(entry, self.available(entry))

    @property
    def scope(self) -> str:
        """``full`` if nothing will be left."""
        whole = all(
            left.nothing or (number in self.taken and add_up([left.amount, self.taken[number].amount]) == 0)
            for number, left in self.left.items()
        )
        return "full" if whole else "partial"

    def weighed(self, date: datetime.date) -> Weighed:
        """The reversal, ready to be posted or saved; evened out as ``weigh`` does. Raises ReversalBeforeOriginal."""
        if date < self.original.transaction_date:
            raise ReversalBeforeOriginal.of(self.original.transaction_date, field="reversal_date")
        lines = [self.taken[entry.pk] for entry in self.entries if entry.pk in self.taken]
        original = self.original
        base = original.organization.base_currency_id
        debits, credits = sides_of(lines, base)
        if debits != credits and even_out(lines, base, [self._bounds(line) for line in lines]):
            debits, credits = sides_of(lines, base)
        draft = Draft(
            lines=[line.line for line in lines],
            type=original.type,
            date=date,
            reference_number=original.reference_number,
            currency=original.currency_id,
            account_id=original.account_id,
            contact_id=original.contact_id,
            category_id=original.category_id,
            metadata=original.metadata,
        )
        return Weighed(draft, date, original.currency_id, self._amount(lines, debits), debits, credits, lines)

    def _bounds(self, line: WeighedLine) -> tuple[Decimal, Decimal]:
        """What a line may take of its entry in base currency: all of it with the last of its amount, before that less.

        What is worth a unit by itself takes at least that, so that it can come back when the reversal is reversed.
        """
        left = self.left[line.line.reverses]
        whole = abs(left.base_amount)
        if abs(line.amount) == abs(left.amount):
            return whole, whole
        unit = Decimal(1).scaleb(-decimals_of(self.original.organization.base_currency_id))
        most = max(add_up([whole, -unit]), Decimal(0))
        return min(unit, most, abs(line.base_amount)), most

    def _amount(self, lines: list[WeighedLine], debits: Decimal) -> Decimal:
        """What the reversal is about, in the original's currency."""
        if self.scope == "full" and len(lines) == len(self.entries) and debits == self.original.total_debits:
            return self.original.amount
        currency = self.original.currency_id
        if all(line.account.currency_id != currency for line in lines):
            return debits
        return larger_side(lines, currency)
