"""What the state machine does in parts and in batches: it gives sales back bit by bit, and posts many at once."""

from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import rule

from ledger.journal.batching import create_batch
from ledger.journal.drafts import Draft
from ledger.journal.posting import create_transaction
from ledger.journal.reversing import reverse_transaction
from organizations import ids
from tests.invariants.ledger_model import ModelLine, ModelTransaction
from tests.invariants.wishes import dates, kinds, wished_entries

hundredths = st.lists(st.integers(1, 60), min_size=1, max_size=4)
modes = st.sampled_from(("independent", "independent", "atomic", "stop_on_error"))


class PartRules:
    """Rules on the machine's books and its model."""

    @rule(
        cents=st.integers(2, 10**6), parts=st.lists(st.integers(1, 60), min_size=1, max_size=4), day=dates, later=dates
    )
    def sell_and_take_parts_back(self, cents, parts, day, later):
        """Each part is so many hundredths of the sale; together they may be more than it."""
        amount = cents * Decimal("0.01")
        meant = ModelTransaction(
            [ModelLine("1000", "debit", amount), ModelLine("4000", "credit", amount)], "journal", day, "posted"
        )
        draft = Draft(lines=self.sent(meant.lines), date=day)
        plan = self.do(self.model.obstacle(meant), lambda **who: create_transaction(**who, draft=draft, auto_post=True))
        if plan is None:
            return
        self.keep(plan.transaction.pk, meant)
        for part in parts:
            self.take_back(plan.transaction.pk, max(cents * part // 100, 1) * Decimal("0.01"), later)

    def take_back(self, number: int, amount: Decimal, date) -> None:
        lines = [line.mirrored(amount) for line in self.model.transactions[number].lines]
        meant = ModelTransaction(lines, "journal", date, original=number, takes=(0, 1))
        plan = self.do(
            self.model.obstacle(meant),
            lambda **who: reverse_transaction(**who, transaction_id=number, lines=self.sent(lines), reversal_date=date),
        )
        self.probe = date
        if plan is not None:
            meant.status = "posted"
            self.keep(plan.transaction.pk, meant)

    @rule(wishes=st.lists(st.tuples(wished_entries, kinds, dates), min_size=1, max_size=4), mode=modes)
    def post_a_batch(self, wishes, mode):
        meant = [ModelTransaction(self.entries(wish), kind, date, "posted") for wish, kind, date in wishes]
        refused = [self.model.obstacle(each) for each in meant]
        first = next((place for place, code in enumerate(refused) if code is not None), len(meant))
        done = self.do(
            refused[first] if mode == "atomic" and first < len(meant) else None,
            lambda **who: create_batch(
                **who, bodies=[self.body(each) for each in meant], mode=mode, dry_run=False, auto_post=True
            ),
        )
        self.probe = meant[-1].date
        if done is None:
            return
        for place, (each, code, result) in enumerate(zip(meant, refused, done["results"], strict=True)):
            if mode == "stop_on_error" and place > first:
                assert result["status"] == "skipped"
                continue
            assert (result["status"] == "failed") == (code is not None)
            assert code is None or result["error"]["code"] == code
            each.status = "posted" if code is None else "failed"
            self.keep(ids.decode("TXN", result["transaction"]["id"]), each)

    def body(self, meant: ModelTransaction) -> dict:
        """A transaction as a client writes it."""
        entries = [
            {
                "account_id": ids.encode("ACT", self.numbers[line.code]),
                "entry_type": line.side,
                "amount": str(line.amount),
                **({} if line.rate is None else {"currency_rate": str(line.rate)}),
            }
            for line in meant.lines
        ]
        return {"type": meant.type, "transaction_date": meant.date.isoformat(), "entries": entries}
