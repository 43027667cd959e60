"""Booking what a message means: through a clearing account, which holds what the provider holds for us.

A sale pays the invoice that it names, or is revenue. What was booked from another message is not booked again, and what
was given back is booked as the difference to what was given back before, so that messages may come twice and in any
order; one that comes before its sale, or before the payout that failed, waits for it.
"""

import datetime
from collections.abc import Callable
from decimal import Decimal

from ledger.accounts.finding import account_of_role
from ledger.accounts.models import Account
from ledger.errors import EventUnbookable
from ledger.intake.adapters.effects import Day, Dispute, Effect, Nothing, Payout, Refund, Sale, Takings, Unbookable
from ledger.intake.models import Connection, InboxEvent
from ledger.intake.reading import effect_of
from ledger.invoicing.models import Document
from ledger.journal.drafts import Draft, Line
from ledger.journal.posting import create_transaction
from ledger.openitems.models import OpenItem
from ledger.payments.paying import Allocation, NewPayment, record_payment
from ledger.payments.undoing import held_payment, refund_payment
from organizations import clock, ids
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.fields import TenantQuerySet
from organizations.money import add_up, exact
from organizations.tenants.models import Organization

ZERO = Decimal(0)
WAITS = "It waits for the payment that it is about."
WAITS_FOR_PAYOUT = "It waits to be told that the payout, which failed, was paid before."
BEFORE = "All of it was booked before."
NOTHING = "It comes to nothing."


class Booker:
    """Books the messages of one connection."""

    def __init__(self, actor: Actor, organization: Organization, connection: Connection):
        self.actor, self.organization, self.connection = actor, organization, connection
        self.who = {"actor": actor, "organization": organization}

    def book(self, row: InboxEvent, effect: Effect) -> None:
        """Book an effect, and note on its row what became of it. Raises what booking raises."""
        books: dict[type, Callable] = {
            Sale: self._sale,
            Refund: self._refund,
            Dispute: self._dispute,
            Payout: self._payout,
            Takings: self._takings,
            Unbookable: self._unbookable,
        }
        row.error_code = ""
        if isinstance(effect, Nothing):
            row.status, row.reason = "ignored", effect.reason
            return
        row.kind, row.reference = type(effect).__name__.lower(), effect.reference
        row.status, row.reason = "booked", ""
        books[type(effect)](row, effect)

    # -- What there is to book ----------------------------------------------------------------------

    def _sale(self, row: InboxEvent, sale: Sale) -> None:
        if self._is_told(row, sale):
            return
        row.amount = sale.amount
        document = self._document(sale.invoice_id)
        clearing = self._clearing(sale.currency)
        if document is None:
            fees = [] if not sale.fee else [(self._fees(sale.currency), sale.fee)]
            legs = [(clearing, add_up([sale.amount, -sale.fee])), *fees, (self._sales(sale.currency), -sale.amount)]
            words = sale.description or f"Sale through {self.connection.provider.title()}"
            self._post(row, "income", sale.day, words, sale.reference, legs, sale.currency)
            return
        new = NewPayment(
            amount=exact(sale.amount, decimals_of(sale.currency)),
            contact_id=document.contact_id,
            direction="in",
            account_id=clearing.pk,
            currency=sale.currency,
            date=self._day(sale.day),
            method=self.connection.provider,
            reference=sale.reference[:100],
            fee_amount=exact(sale.fee, decimals_of(sale.currency)) if sale.fee else None,
            fee_account_id=self._fees(sale.currency).pk if sale.fee else None,
            allow_overpayment=True,
        )
        if OpenItem.objects.of(self.organization).filter(object_id=document.pk).exclude(open_amount=0).exists():
            new.allocations = [Allocation(document.pk)]
        payment = record_payment(**self.who, new=new)
        row.payment_id, row.transaction_id = payment.pk, payment.transaction_id

    def _refund(self, row: InboxEvent, refund: Refund) -> None:
        if refund.total <= ZERO:
            _ignore(row, NOTHING)
            return
        sale = self._booked(refund.reference, "sale").first()
        if sale is None:
            row.status, row.reason = "waiting", WAITS
            return
        before = self._booked(refund.reference, "refund").values_list("amount", flat=True)
        row.amount = add_up([refund.total, *(-each for each in before)])
        if row.amount <= ZERO:
            _ignore(row, BEFORE)
            return
        clearing, day = self._clearing(refund.currency), self._day(refund.day)
        amount = exact(row.amount, decimals_of(refund.currency))
        if sale.payment_id is not None:
            payment = held_payment(self.organization, sale.payment_id)
            back = refund_payment(**self.who, payment=payment, amount=amount, date=day, account_id=clearing.pk)
            row.payment_id, row.transaction_id = back.pk, back.transaction_id
            return
        legs = [(self._sales(refund.currency), amount), (clearing, -amount)]
        self._post(row, "journal", refund.day, "Refund", refund.reference, legs, refund.currency)

    def _dispute(self, row: InboxEvent, dispute: Dispute) -> None:
        """Each move once: a message tells all of them until then."""
        if not self._booked(dispute.reference, "sale").exists():
            row.status, row.reason = "waiting", WAITS
            return
        known = {move for each in self._told(dispute.reference, "dispute") for move, _ in effect_of(each).moves}
        fresh = [amount for move, amount in dispute.moves if move not in known]
        if not fresh:
            _ignore(row, BEFORE)
            return
        row.amount = add_up(fresh)
        legs = [(self._fees(dispute.currency), row.amount), (self._clearing(dispute.currency), -row.amount)]
        words = "Disputed payment" if row.amount > 0 else "Disputed payment, won"
        self._post(row, "journal", dispute.day, words, dispute.reference, legs, dispute.currency)

    def _payout(self, row: InboxEvent, payout: Payout) -> None:
        if self._is_told(row, payout):
            return
        if payout.failed and all(effect_of(each).failed for each in self._booked(payout.reference, "payout")):
            row.status, row.reason = "waiting", WAITS_FOR_PAYOUT
            return
        row.amount = -payout.amount if payout.failed else payout.amount
        bank = self.connection.bank_account or self._role("cash", payout.currency)
        legs = [(bank, row.amount), (self._clearing(payout.currency), -row.amount)]
        words = f"Payout of {self.connection.provider.title()}{', failed' if payout.failed else ''}"
        self._post(row, "transfer", payout.day, words, payout.reference, legs, payout.currency)

    def _takings(self, row: InboxEvent, takings: Takings) -> None:
        if self._is_told(row, takings):
            return
        named = {"clearing": self._clearing, "sales": self._sales, "bank_fees": self._fees}
        legs = [
            (named[role](takings.currency) if role in named else self._role(role, takings.currency), amount)
            for role, amount in takings.legs
            if amount
        ]
        row.amount = sum((amount for role, amount in takings.legs if role == "clearing"), ZERO)
        self._post(row, "journal", takings.day, takings.description, takings.reference, legs, takings.currency)

    def _unbookable(self, row: InboxEvent, effect: Unbookable) -> None:
        raise EventUnbookable(details={"reason": effect.reason})

    # -- What was told before -----------------------------------------------------------------------

    def _told(self, reference: str, kind: str) -> TenantQuerySet:
        """The messages about something that are done with: nobody else books one meanwhile (``receiving.py``)."""
        rows = InboxEvent.objects.of(self.organization).filter(provider=self.connection.provider, reference=reference)
        return rows.filter(kind=kind, status__in=["booked", "ignored"]).order_by("pk")

    def _booked(self, reference: str, kind: str) -> TenantQuerySet:
        return self._told(reference, kind).filter(status="booked")

    def _is_told(self, row: InboxEvent, effect: Sale | Payout | Takings) -> bool:
        """Whether another message told the same and was booked; this one is then ignored.

        Raises EventUnbookable where the other told of other amounts: somebody has to look.
        """
        for other in self._booked(row.reference, row.kind):
            earlier = effect_of(other)
            if earlier.fact != effect.fact:
                continue
            if earlier.money != effect.money:
                raise EventUnbookable(details={"reason": f"It was booked from {other.event_id}, with other amounts."})
            _ignore(row, f"It was booked from {other.event_id}.")
            return True
        return False

    # -- With what ----------------------------------------------------------------------------------

    def _document(self, invoice_id: str | None) -> Document | None:
        if not invoice_id:
            return None
        try:
            number = ids.decode("INV", invoice_id)
        except ValueError as problem:
            raise EventUnbookable(details={"reason": f"invoice_id: {problem}"}) from problem
        found = Document.objects.of(self.organization).filter(pk=number, kind="invoice").first()
        if found is None or found.status == "draft":
            raise EventUnbookable(details={"reason": f"There is no issued invoice {invoice_id}."})
        return found

    def _day(self, day: Day) -> datetime.date:
        return clock.day_of(day, self.organization.time_zone) if isinstance(day, datetime.datetime) else day

    def _role(self, role: str, currency: str) -> Account:
        return account_of_role(actor=self.actor, organization=self.organization, role=role, currency=currency)

    def _clearing(self, currency: str) -> Account:
        return self.connection.clearing_account or self._role("clearing", currency)

    def _fees(self, currency: str) -> Account:
        return self.connection.fee_account or self._role("bank_fees", currency)

    def _sales(self, currency: str) -> Account:
        return self.connection.sales_account or self._role("sales", currency)

    def _post(self, row: InboxEvent, kind: str, day: Day, words: str, reference: str, legs, currency: str) -> None:
        """Post legs, debit positive; all accounts are in the currency of the message."""
        for account, _ in legs:
            if account.currency_id != currency:
                reason = f"Account {account.code} is in {account.currency_id}, the message in {currency}."
                raise EventUnbookable(details={"reason": reason})
        decimals = decimals_of(currency)
        lines = [
            Line(account.pk, "debit" if amount > 0 else "credit", exact(abs(amount), decimals))
            for account, amount in legs
            if amount
        ]
        if not lines:
            _ignore(row, NOTHING)
            return
        draft = Draft(lines=lines, type=kind, date=self._day(day), description=words, reference_number=reference[:100])
        draft.metadata = {"provider": self.connection.provider, "event_id": row.event_id}
        if currency != self.organization.base_currency_id:
            draft.currency = currency
        plan = create_transaction(**self.who, draft=draft, auto_post=True)
        row.transaction_id = plan.transaction.pk


def _ignore(row: InboxEvent, reason: str) -> None:
    row.status, row.reason, row.amount = "ignored", reason, None
