"""Short words for tests of reconciliations: what is in the books, what the bank says, and a session between them."""

import datetime

from reconciliation.statements.models import StatementLine
from tests.cast import Answer, Books
from tests.reconciliation import banks

PATH = "/reconciliations"
JANUARY = {"start_date": "2024-01-01", "end_date": "2024-01-31"}
FEBRUARY = {"start_date": "2024-02-01", "end_date": "2024-02-29"}


def move(books: Books, amount: str, day: str, description: str = "Moved", code: str = "1001", **more) -> str:
    """A posted transaction that moves money into an account, or out of it; its id."""
    out = amount.startswith("-")
    plain = amount.removeprefix("-")
    entries = [
        books.entry(code, "credit" if out else "debit", plain),
        books.entry("5201" if out else "4001", "debit" if out else "credit", plain),
    ]
    body = {"description": description, "transaction_date": day, "entries": entries, "auto_post": True, **more}
    answer = books.api.post("/transactions", body)
    assert answer.status == 201, answer.body
    return answer["id"]


def entry_on(books: Books, transaction_id: str, code: str = "1001") -> str:
    """The id of a transaction's first entry on an account."""
    entries = books.api.get(f"/transactions/{transaction_id}")["entries"]
    return next(entry["id"] for entry in entries if entry["account_id"] == books.account(code))


def asked(books: Books, closing: str, period: dict = JANUARY, code: str = "1001", **more) -> Answer:
    """Ask for a session."""
    return books.api.post(PATH, {"account_id": books.account(code), "closing_balance": closing, **period, **more})


def started(books: Books, closing: str, period: dict = JANUARY, code: str = "1001", **more) -> dict:
    """A session in progress."""
    answer = asked(books, closing, period, code, **more)
    assert answer.status == 201, answer.body
    return answer.body


def act(books: Books, session: dict, word: str, body: dict | None = None) -> Answer:
    """Do something to a session."""
    return books.api.post(f"{PATH}/{session['id']}/{word}", body)


def done(books: Books, session: dict, word: str, body: dict | None = None) -> dict:
    """The same, where it has to succeed."""
    answer = act(books, session, word, body)
    assert answer.status == 200, answer.body
    return answer.body


def shown(books: Books, session: dict) -> dict:
    """A session as it is now."""
    return books.api.get(f"{PATH}/{session['id']}").body


def completed(books: Books, closing: str, transactions: list[str], period: dict = JANUARY, **more) -> dict:
    """A completed session with the transactions marked."""
    return done(books, started(books, closing, period, **more), "complete", {"transaction_ids": transactions})


def told(books: Books, kind: str) -> list[dict]:
    """The events of a kind, in order."""
    return books.api.get(f"/events?event_type={kind}&sort=seq").data


def line(books: Books, amount: str, day: str, description: str = "Line", **columns) -> StatementLine:
    """A line of the bank, as an import leaves it."""
    return banks.line(books, amount, date=datetime.date.fromisoformat(day), description=description, **columns)


def matched(books: Books, transaction_id: str, *lines: StatementLine) -> None:
    """Match a transaction's entry with lines of the bank."""
    first, *others = (each.public_id for each in lines)
    body = {"transaction_id": transaction_id, "line_ids": others}
    answer = books.api.post(f"/statement-lines/{first}/match", body)
    assert answer.status == 200, answer.body
