"""A life of books made up by Hypothesis: whatever is posted, reversed, renamed and moved, each answer that was given
can be had again to the byte, and agrees with a replay of what was posted until then."""

import time
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.cast import Books, open_books

pytestmark = pytest.mark.slow

CODES = ("1001", "1101", "2001", "4001", "5001")
DAYS = [f"2026-{month:02}-{day:02}" for month in (1, 2, 3) for day in (1, 15, 28)]
PROFILE = settings(
    max_examples=4,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate,),
)

postings = st.tuples(
    st.just("post"), st.sampled_from(CODES), st.sampled_from(CODES), st.integers(1, 99_999), st.sampled_from(DAYS)
).filter(lambda step: step[1] != step[2])
reversals = st.tuples(st.just("reverse"), st.integers(0, 99), st.sampled_from(DAYS))
renames = st.tuples(st.just("rename"), st.sampled_from(CODES), st.text("abc", min_size=1, max_size=5))
steps = st.lists(st.one_of(postings, postings, reversals, renames), min_size=4, max_size=10)


@dataclass
class Life:
    """What was posted, in order: (instant, day, code, signed amount) each; and the answers that were given."""

    books: Books
    lines: list[tuple[str, str, str, Decimal]] = field(default_factory=list)
    given: list[tuple[str, bytes]] = field(default_factory=list)
    moments: list[tuple[str, str, int]] = field(default_factory=list)
    left: list[tuple[str, str, list]] = field(default_factory=list)

    def take(self, step: tuple) -> None:
        getattr(self, step[0])(*step[1:])

    def post(self, debit: str, credit: str, cents: int, day: str) -> None:
        amount = Decimal(cents) / 100
        entries = [
            self.books.entry(debit, "debit", f"{amount:.2f}"),
            self.books.entry(credit, "credit", f"{amount:.2f}"),
        ]
        body = {"entries": entries, "transaction_date": day, "auto_post": True}
        self._note(self.books.api.post("/transactions", body), day, [(debit, amount), (credit, -amount)])

    def reverse(self, place: int, day: str) -> None:
        if not self.left:
            return
        number, posted_on, lines = self.left.pop(place % len(self.left))
        day = max(day, posted_on)  # nothing is undone before it was done
        done = self.books.api.post(f"/transactions/{number}/reverse", {"reversal_date": day})
        self._note(done, day, [(code, -amount) for code, amount in lines], final=True)

    def _note(self, answer, day: str, lines: list, *, final: bool = False) -> None:
        assert answer.status == 201, answer.body
        self.lines += [(answer["posting_date"], day, code, amount) for code, amount in lines]
        if not final:
            self.left.append((answer["id"], day, lines))

    def rename(self, code: str, name: str) -> None:
        assert self.books.api.put(f"/accounts/{self.books.account(code)}", {"name": name}).status == 200

    def ask(self, path: str) -> bytes:
        headers = {"Authorization": f"Bearer {self.books.key}"}
        answer = self.books.api.client.get(self.books.api.base + path, headers=headers)
        assert answer.status_code == 200, answer.content
        return answer.content

    def look(self, code: str, day: str) -> None:
        """Ask what the books say, and keep the answers."""
        account = self.books.account(code)
        for path in (f"/accounts/{account}/balance?as_of={day}", f"/accounts/{account}/entries?limit=3",
                     f"/accounts/{account}/balance/explain?as_of={day}",
                     f"/reports/trial-balance?as_of={day}"):  # fmt: skip
            self.given.append((path, self.ask(path)))
        receipt = self.given[-1][1].split(b'"receipt":"')[1].split(b'"')[0].decode()
        self.moments.append((receipt, day, len(self.lines)))
        if self.lines:
            self.moments.append((self.lines[-1][0], day, len(self.lines)))

    def replay(self, day: str, count: int) -> dict[str, Decimal]:
        """Every account's balance, debit positive, from the first ``count`` lines."""
        found: dict[str, Decimal] = defaultdict(Decimal)
        for _, date, code, amount in self.lines[:count]:
            if date <= day:
                found[code] += amount
        return {code: amount for code, amount in found.items() if amount}


def test_known_at_agrees_with_a_replay(committed_db):
    counted = iter(range(1000))

    @PROFILE
    @given(
        life=steps, looks=st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(DAYS)), min_size=14, max_size=14)
    )
    def live(life, looks):
        number = next(counted)
        books = open_books(f"Books {number}", email=f"books-{number}@example.com")
        being = Life(books)
        for step, look in zip(life, looks, strict=False):
            being.take(step)
            being.look(*look)
        time.sleep(1.1)  # until the last instant is settled
        _compare(being)

    live()


def _compare(life: Life) -> None:
    for path, body in life.given:
        receipt = body.split(b'"receipt":"')[1].split(b'"')[0].decode()
        assert life.ask(f"{path}&known_at={receipt}") == body, path
    for known_at, day, count in life.moments:
        report = life.books.api.get(f"/reports/trial-balance?as_of={day}&known_at={known_at}")
        assert report["is_balanced"] is True
        shown = {row["code"]: row["debit_balance"] - row["credit_balance"] for row in report["accounts"]}
        assert shown == life.replay(day, count), (known_at, day)
        for code in CODES:
            account, sign = life.books.account(code), 1 if code[0] in "15" else -1
            found = life.books.api.get(f"/accounts/{account}/balance/explain?as_of={day}&known_at={known_at}")
            expected = life.replay(day, count).get(code, Decimal(0))
            assert found["balance"]["amount"] == found["sum"] == expected * sign
            assert found["adds_up"] is True
            assert found["entries"] is None or found["entries"]["adds_up"] is True
            lines = life.books.api.get(f"/accounts/{account}/entries?end_date={day}&known_at={known_at}").data
            assert [line["running_balance"] for line in lines[:1]] in ([], [expected * sign])
