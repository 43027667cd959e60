"""A long life of books, made up by Hypothesis, against the same books in plain dicts.

After every step balances (now, and at the end of a day that moves about), roll-ups, the trial balance and the tree
agree with the model, and totals equal entries. What the model says must be refused is refused, by the same code.
``STATE_MACHINE_EXAMPLES=500`` lets it run longer, on new examples each time.
"""

import datetime
import os
from decimal import Decimal

from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ledger.accounts.changing import update_account
from ledger.accounts.hierarchy import tree, walk
from ledger.accounts.models import Account
from ledger.accounts.opening import NewAccount, open_account
from ledger.accounts.placing import wrong_places
from ledger.balances.totals import totals
from ledger.journal.answers import transaction_answers
from ledger.journal.drafting import delete_draft, update_draft
from ledger.journal.drafts import Draft, Line
from ledger.journal.models import Transaction
from ledger.journal.posting import create_transaction, post_transaction
from ledger.journal.reversing import reverse_transaction
from organizations.directory.updating import update_organization
from organizations.errors import Refusal
from organizations.tenants.models import Organization
from organizations.wire.database_rules import DATABASE_ERRORS, refusal_of
from reports.periods import Period
from reports.statements import Wish
from reports.trial_balance import trial_balance
from tests.cast import open_books
from tests.invariants.closing_rules import ClosingRules
from tests.invariants.ledger_model import (
    BASE,
    DEBIT_TYPES,
    UNITS,
    Model,
    ModelAccount,
    ModelLine,
    ModelTransaction,
)
from tests.invariants.part_rules import PartRules
from tests.invariants.wishes import RATES, dates, kinds, picks, wished_entries

EXAMPLES = int(os.environ.get("STATE_MACHINE_EXAMPLES", "0"))
PROFILE = settings(
    max_examples=EXAMPLES or 15,
    stateful_step_count=30,
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),
)

TYPES = ("asset", "liability", "equity", "revenue", "expense")


class Books(ClosingRules, PartRules, RuleBasedStateMachine):
    """One organization's books, and the model of them."""

    @initialize()
    def open(self):
        self.model = Model()
        self.books = open_books("Books", email="books@example.com", chart=None)
        self.numbers: dict[str, int] = {}
        self.probe = datetime.date(2024, 1, 31)
        self.touched: int | None = None
        for place, kind in enumerate(TYPES):
            self.account(f"{place + 1}000", kind, BASE, None)
        self.account("1500", "asset", "EUR", "1000")
        self.account("2500", "liability", "JPY", None)

    # -- Doing and comparing ------------------------------------------------------------------------

    def do(self, expected: str | None, act):
        """Let a verb act in a transaction of its own; it is refused by exactly the expected code, or not at all."""
        found, done = None, None
        try:
            with self.books.acting():
                organization = Organization.objects.get(pk=self.books.organization.pk)
                done = act(actor=self.books.actor, organization=organization)
        except Refusal as refusal:
            found = refusal.code
        except DATABASE_ERRORS as problem:
            refusal = refusal_of(problem)
            if refusal is None:
                raise
            found = refusal.code
        assert found == expected
        return done

    def code(self, pick: int, currency: str | None = None) -> str:
        """Some account; with a currency, some account in it."""
        codes = [code for code, held in self.model.accounts.items() if currency in (None, held.currency)]
        return codes[pick % len(codes)]

    def some(self, pick: int, status: str | None = None) -> int:
        """Some transaction; mostly one with a status, where there is one."""
        every = self.model.transactions
        wished = [number for number, each in every.items() if each.status == status] if pick % 4 else []
        among = wished or list(every)
        return among[pick // 4 % len(among)]

    def entries(self, wish) -> list[ModelLine]:
        """Lines as wished for, and one more in base currency that makes them balance, or nearly."""
        wished, wanted, pick = wish
        lines = []
        for place, side, cents, rate in wished:
            code = self.code(place)
            currency = self.model.accounts[code].currency
            amount = (cents * Decimal("0.01")).quantize(UNITS[currency])
            given = RATES[rate] if rate < len(RATES) else None
            lines.append(ModelLine(code, side, amount, None if currency == BASE else given))
        known = [line for line in lines if line.rate is not None or self.model.accounts[line.code].currency == BASE]
        off = -sum(map(self.model.base, known), Decimal(0)) + (Decimal("0.01") if wanted != "balanced" else 0)
        if off or len(lines) == 1:
            side = "debit" if off > 0 else "credit"
            lines.append(ModelLine(self.code(pick, BASE), side, abs(off) or Decimal("1.00")))
        return lines

    def sent(self, lines: list[ModelLine]) -> list[Line]:
        return [Line(self.numbers[each.code], each.side, str(each.amount), rate=each.rate) for each in lines]

    def keep(self, number: int, transaction: ModelTransaction) -> None:
        self.model.transactions[number] = transaction
        self.touched = number

    def account(self, code: str, kind: str, currency: str, parent: str | None) -> None:
        new = NewAccount(code=code, name=code, type=kind, currency=currency, parent_code=parent)
        accounts, expected = self.model.accounts, None
        if parent == code:
            expected = "invalid_request"  # below itself
        elif code in accounts:
            expected = "account_code_taken"
        elif parent is not None and accounts[parent].type != kind:
            expected = "account_parent_mismatch"
        done = self.do(expected, lambda **who: open_account(**who, new=new))
        if done is not None:
            accounts[code] = ModelAccount(kind, currency, parent)
            self.numbers[code] = done.pk

    def change_account(self, code: str, changes: dict, expected: str | None = None) -> None:
        def act(actor, organization):
            account = Account.objects.of(organization).get(code=code)
            return update_account(actor=actor, account=account, changes=changes)

        self.do(expected, act)

    # -- The chart ----------------------------------------------------------------------------------

    @rule(pick=picks, kind=st.sampled_from(TYPES), below=st.booleans(), currency=st.sampled_from(sorted(UNITS)))
    def open_an_account(self, pick, kind, below, currency):
        code = str(6000 + pick % 40)
        if code not in self.model.accounts and below and pick % 4:  # mostly below a parent of its own type
            kind = self.model.accounts[self.code(pick)].type
        self.account(code, kind, currency, self.code(pick) if below else None)

    @rule(pick=picks, status=st.sampled_from(("active", "active", "suspended", "archived")))
    def suspend_archive_or_reactivate(self, pick, status):
        code = self.code(pick)
        self.change_account(code, {"status": status})
        self.model.accounts[code].status = status

    @rule()
    def reactivate_all(self):
        for code, held in self.model.accounts.items():
            if held.status != "active":
                self.change_account(code, {"status": "active"})
                held.status = "active"

    @rule(pick=picks, to=picks, top=st.sampled_from((True, False, False)))
    def move_an_account(self, pick, to, top):
        code, parent = self.code(pick), None if top else self.code(to)
        moved, expected = self.model.accounts[code], None
        if parent is not None and parent != moved.parent:
            if self.model.accounts[parent].type != moved.type:
                expected = "account_parent_mismatch"
            elif self.model.below(parent, code):
                expected = "account_cycle"
        self.change_account(code, {"parent_id": parent and self.numbers[parent]}, expected)
        if expected is None:
            moved.parent = parent

    # -- The journal --------------------------------------------------------------------------------

    @rule(wish=wished_entries, kind=kinds, date=dates)
    def save_a_draft(self, wish, kind, date):
        lines = self.entries(wish)
        draft = Draft(lines=self.sent(lines), type=kind, date=date)
        plan = self.do(None, lambda **who: create_transaction(**who, draft=draft))
        self.keep(plan.transaction.pk, ModelTransaction(lines, kind, date))

    @rule(wish=wished_entries, kind=kinds, date=dates)
    def post_at_once(self, wish, kind, date):
        meant = ModelTransaction(self.entries(wish), kind, date, "posted")
        draft = Draft(lines=self.sent(meant.lines), type=kind, date=date)
        plan = self.do(self.model.obstacle(meant), lambda **who: create_transaction(**who, draft=draft, auto_post=True))
        self.probe = date
        if plan is not None:
            self.keep(plan.transaction.pk, meant)

    @precondition(lambda self: self.model.transactions)
    @rule(pick=picks)
    def post(self, pick):
        number = self.some(pick, "pending")
        meant = self.model.transactions[number]
        expected = "transaction_already_posted" if meant.status == "posted" else self.model.obstacle(meant)
        self.do(expected, lambda **who: post_transaction(**who, transaction_id=number))
        if expected is None:
            meant.status, self.touched = "posted", number

    @precondition(lambda self: self.model.transactions)
    @rule(pick=picks, wish=wished_entries)
    def edit_the_lines(self, pick, wish):
        number, lines = self.some(pick), self.entries(wish)
        meant, expected = self.model.transactions[number], None
        if meant.status == "posted":
            expected = "transaction_is_posted"
        elif meant.original is not None:
            expected = "reversal_lines_fixed"
        changes = {"lines": self.sent(lines)}
        self.do(expected, lambda **who: update_draft(**who, transaction_id=number, changes=changes))
        if expected is None:
            meant.lines, meant.status, self.touched = lines, "pending", number

    @precondition(lambda self: self.model.transactions)
    @rule(pick=picks, date=dates)
    def move_to_another_day(self, pick, date):
        number = self.some(pick)
        meant = self.model.transactions[number]
        expected = "transaction_is_posted" if meant.status == "posted" else None
        if expected is None and meant.original is not None and self.model.too_early(meant.original, date):
            expected = "reversal_before_original"
        self.do(expected, lambda **who: update_draft(**who, transaction_id=number, changes={"date": date}))
        if expected is None:
            meant.date, meant.status, self.touched = date, "pending", number

    @precondition(lambda self: self.model.transactions)
    @rule(pick=picks)
    def delete(self, pick):
        number = self.some(pick)
        expected = "transaction_is_posted" if self.model.transactions[number].status == "posted" else None
        self.do(expected, lambda **who: delete_draft(**who, transaction_id=number))
        if expected is None:
            del self.model.transactions[number]
            self.touched = None

    @precondition(lambda self: self.model.transactions)
    @rule(pick=picks, date=dates, auto_post=st.sampled_from((True, True, False)))
    def reverse(self, pick, date, auto_post):
        self.undo(self.some(pick, "posted"), date, auto_post)

    @precondition(lambda self: self.model.transactions)
    @rule(pick=picks, date=dates)
    def reverse_the_reversals_too_and_the_original_again(self, pick, date):
        first = self.some(pick, "posted")
        reversal = self.undo(first, date, True)
        again = reversal and self.undo(reversal, date, True)
        if again:
            self.undo(again, date, True)
            self.undo(first, date, True)

    def undo(self, number: int, date: datetime.date, auto_post: bool) -> int | None:
        original, left = self.model.transactions[number], self.model.left(number)
        takes = tuple(place for place, line in enumerate(original.lines) if left[place] or not line.amount)
        lines = [original.lines[place].mirrored(left[place]) for place in takes]
        meant = ModelTransaction(lines, original.type, date, original=number, takes=takes)
        expected = self.model.obstacle(meant) if auto_post else self.model.irreversible(number)
        if expected is None and self.model.too_early(number, date):
            expected = "reversal_before_original"
        plan = self.do(
            expected,
            lambda **who: reverse_transaction(**who, transaction_id=number, reversal_date=date, auto_post=auto_post),
        )
        self.probe = date
        if plan is None:
            return None
        meant.status = "posted" if auto_post else "pending"
        self.keep(plan.transaction.pk, meant)
        return plan.transaction.pk

    @rule(through=st.one_of(st.none(), dates))
    def close_the_books(self, through):
        held = [each.ends_on for each in self.model.closings.values()]
        opens = any(through is None or day > through for day in held) and through != self.model.closed
        expected = "fiscal_year_stays_closed" if opens else None
        self.do(expected, lambda **who: update_organization(**who, changes={"books_closed_through": through}))
        if expected is None:
            self.model.closed = through

    # -- What is true after every step --------------------------------------------------------------

    @invariant()
    def the_books_agree(self):
        with self.books.acting():
            organization = Organization.objects.get(pk=self.books.organization.pk)
            for as_of in (None, self.probe, self.probe - datetime.timedelta(days=1)):
                self.balances_agree(organization, as_of)
            self.trial_balance_agrees(organization, self.probe)
            self.the_last_touched_agrees(organization)
            assert wrong_places(organization.pk) == {}
            with connection.cursor() as cursor:
                cursor.execute("select count(*) from ledger_drift")
                assert cursor.fetchone() == (0,)

    def balances_agree(self, organization: Organization, as_of: datetime.date | None) -> None:
        columns = ("debit", "credit", "base_debit", "base_credit", "entries")
        codes = {number: code for code, number in self.numbers.items()}
        found = {
            codes[number]: tuple(getattr(total, name) for name in columns)
            for number, total in totals(organization.pk, as_of=as_of).items()
        }
        meant = self.model.figures(as_of)
        assert found == {code: tuple(getattr(each, name) for name in columns) for code, each in meant.items()}
        nodes = list(walk(tree(organization.pk, as_of=as_of)))
        assert {node.account.code: node.rollup for node in nodes} == self.model.roll_ups(as_of)
        parents = {node.account.code: codes.get(node.account.parent_id) for node in nodes}
        assert parents == {code: held.parent for code, held in self.model.accounts.items()}

    def trial_balance_agrees(self, organization: Organization, as_of: datetime.date) -> None:
        report = trial_balance(Wish(organization, [Period(None, as_of)]))
        own = self.model.base_balances(as_of)
        assert report["is_balanced"]
        assert report["totals"]["total_debits"] == sum((each for each in own.values() if each > 0), Decimal(0))
        shown = {row["code"]: row["balance"] for row in report["accounts"]}
        signs = {code: 1 if held.type in DEBIT_TYPES else -1 for code, held in self.model.accounts.items()}
        assert {code: shown.get(code, 0) * signs[code] for code in own} == own

    def the_last_touched_agrees(self, organization: Organization) -> None:
        if self.touched is None:
            return
        meant = self.model.transactions[self.touched]
        answer = transaction_answers([Transaction.objects.of(organization).get(pk=self.touched)], organization)[0]
        assert answer["status"] == ("reversed" if self.model.reversed(self.touched) else meant.status)
        shown = [(entry["entry_type"], entry["amount"]) for entry in answer["entries"]]
        assert shown == [(line.side, line.amount) for line in meant.lines]
        obstacle = None if meant.status == "posted" else self.model.obstacle(meant)
        warned = [warning["code"] for warning in answer["warnings"]]
        unwarned = (None, "transaction_already_reversed", "closing_transaction_stands")
        assert warned[:1] == [obstacle] or obstacle in unwarned


def test_books_and_model_agree_after_every_step(committed_db):
    run_state_machine_as_test(Books, settings=PROFILE)
