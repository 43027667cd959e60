"""What the state machine does to fiscal years: it closes them and opens them again.

What closed a year is taken over into the model as it was posted; whether it was right shows in the balances, which
the model adds up by itself.
"""

import datetime
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from ledger.closing.closing import close_year
from ledger.closing.models import ClosingPosting
from ledger.closing.reopening import reopen_year
from ledger.journal.drafts import Draft
from ledger.journal.models import Entry, Transaction
from ledger.journal.posting import create_transaction
from tests.invariants.ledger_model import ModelClosing, ModelLine, ModelTransaction

RESULT = ("revenue", "expense")
ACCEPTED = ("drafts", "failed_transactions", "suspense_settled")

years = st.sampled_from((2023, 2024))


def has_a_result(machine) -> bool:
    """Whether there is anything to close: otherwise the books are shut before they begin."""
    return bool(machine.model.unsettled(datetime.date(2024, 12, 31)))


class ClosingRules:
    """Rules on the machine's books and its model."""

    @precondition(has_a_result)
    @rule(year=years)
    def close_a_year(self, year):
        self.close(year)

    @rule(year=years)
    def reopen_a_year(self, year):
        self.reopen(year)

    @rule(cents=st.lists(st.integers(1, 10**7), min_size=4, max_size=4), then=st.sampled_from((0, 1, 2, 2, 2)))
    def close_both_years_and_reopen_some(self, cents, then):
        """With all accounts active and something earned in dollars and euros, so that there is something to close."""
        self.reactivate_all()
        if "4500" not in self.model.accounts:
            self.account("4500", "revenue", "EUR", "4000")
        euros, dollars, back, worth = (each * Decimal("0.01") for each in cents)
        days = (datetime.date(2023, 12, 29), datetime.date(2024, 2, 1))
        self.earn(days[0], ModelLine("4500", "credit", euros, Decimal("1.10")), ModelLine("5000", "debit", dollars))
        self.earn(days[then % 2], ModelLine("4500", "debit", back, Decimal("0.9")), ModelLine("4000", "credit", worth))
        for year in (2023, 2024):
            self.close(year)
        for year in (2024, 2023)[:then]:
            self.reopen(year)

    def earn(self, date: datetime.date, *lines: ModelLine) -> None:
        """Post some lines against the bank, which takes the difference."""
        off = sum(map(self.model.base, lines), Decimal(0))
        bank = [ModelLine("1000", "debit" if off < 0 else "credit", abs(off))] if off else []
        meant = ModelTransaction([*lines, *bank], "journal", date, "posted")
        draft = Draft(lines=self.sent(meant.lines), date=date)
        plan = self.do(self.model.obstacle(meant), lambda **who: create_transaction(**who, draft=draft, auto_post=True))
        if plan is not None:
            self.keep(plan.transaction.pk, meant)

    def close(self, year: int) -> None:
        model, end = self.model, datetime.date(year, 12, 31)
        wish = {"year": year, "retained_earnings_account_id": self.numbers["3000"], "accept": ACCEPTED}
        currencies = {model.accounts[code].currency for code in model.unsettled(end)}
        before = model.base_balances(end)
        closing = self.do(model.unclosable(year, "3000"), lambda **who: close_year(**who, **wish))
        if closing is None:
            return
        closed_by = self.learn([posting.transaction_id for posting in self.postings(closing)], end)
        assert len(closed_by) == len(currencies)
        assert model.unsettled(end) == []
        result = sum((before[code] for code, held in model.accounts.items() if held.type in RESULT), Decimal(0))
        assert model.base_balances(end) == {
            code: before[code] + (result if code == "3000" else 0) if held.type not in RESULT else 0
            for code, held in model.accounts.items()
        }
        model.closings[year] = ModelClosing(year, tuple(closed_by), model.closed)
        model.closed = end if model.closed is None else max(model.closed, end)
        self.probe = end

    def reopen(self, year: int) -> None:
        model = self.model
        closing = model.closings.get(year)
        done = self.do(model.unopenable(year), lambda **who: reopen_year(**who, year=year, reason="Hindsight"))
        if done is None:
            return
        before = closing.closed_before
        model.closed = before if before is None or before < closing.ends_on else datetime.date(year - 1, 12, 31)
        del model.closings[year]
        with self.books.acting():
            rows = Transaction.objects.of(self.books.organization).filter(original_id__in=closing.transactions)
            found = [each for each in rows.order_by("pk") if each.pk not in model.transactions]
        for each in found:
            lines = [line.mirrored() for line in model.transactions[each.original_id].lines]
            self.keep(each.pk, ModelTransaction(lines, "closing", closing.ends_on, "posted", original=each.original_id))
            model.reopenings.add(each.pk)
        assert len(found) == len(closing.transactions)
        self.probe = closing.ends_on

    def postings(self, closing) -> list[ClosingPosting]:
        with self.books.acting():
            return list(ClosingPosting.objects.of(self.books.organization).filter(closing=closing).order_by("pk"))

    def learn(self, numbers: list[int], date: datetime.date) -> list[int]:
        """Take over what closed a year as it was posted; whether it is right shows in the balances."""
        codes = {number: code for code, number in self.numbers.items()}
        with self.books.acting():
            for number in numbers:
                entries = Entry.objects.of(self.books.organization).filter(transaction_id=number).order_by("line_no")
                lines = [
                    ModelLine(
                        codes[each.account_id],
                        each.entry_type,
                        abs(each.amount),
                        each.currency_rate,
                        abs(each.base_amount),
                    )
                    for each in entries
                ]
                self.keep(number, ModelTransaction(lines, "closing", date, "posted"))
        return numbers
