"""The books in another program: what Beancount reads, checks and balances again."""

import subprocess
import sys
from decimal import Decimal

import pytest
from beancount import loader
from beancount.core import data, realization
from hypothesis import given
from hypothesis import strategies as st

from reports.outputs.beancount_files import quoted
from tests.cast import Books, open_books
from tests.reports.worked import open_shop


def exported(books: Books, tmp_path) -> str:
    where = f"{books.api.base}/reports/beancount"
    answer = books.api.client.get(where, headers={"authorization": f"Bearer {books.key}"})
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/plain")
    path = tmp_path / "books.beancount"
    path.write_bytes(b"".join(answer.streaming_content))
    return str(path)


def checked(path: str) -> dict[str, Decimal]:
    """What ``bean-check`` says nothing against: balances by code of account, debit positive, in dollars."""
    done = subprocess.run([sys.executable, "-m", "beancount.scripts.check", path], capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    entries, errors, _ = loader.load_file(path)
    assert errors == []
    found: dict[str, Decimal] = {}
    for account in realization.iter_children(realization.realize(entries)):
        for position in account.balance:
            code = account.account.split(":")[1].split("-")[0]
            worth = position.units.number if position.units.currency == "USD" else None
            assert worth is not None or position.units.currency in ("EUR", "JPY")
            found[code] = found.get(code, Decimal(0)) + (worth or 0)
    return {code: amount for code, amount in found.items() if amount}


def test_bean_check_balances_the_worked_year_again(committed_db, tmp_path):
    books = open_shop()
    found = checked(exported(books, tmp_path))
    report = books.api.get("/reports/trial-balance")
    assert found == {row["code"]: row["debit_balance"] - row["credit_balance"] for row in report["accounts"]}


def test_foreign_currencies_and_strange_words(committed_db, tmp_path):
    books = open_books('Ann "Q" \\ Sons')
    for code, name, currency in (("1002", 'Euro: "cash"', "EUR"), ("1003", "Yen ¥", "JPY")):
        body = {"code": code, "name": name, "account_type": "asset", "currency_id": currency}
        assert books.api.post("/accounts", body).status == 201
    books.refresh()
    for code, amount, rate, against in (("1002", "100.00", "1.1", "110.00"), ("1003", "5000", "0.0067", "33.50")):
        entries = [books.entry(code, "debit", amount, currency_rate=rate), books.entry("3001", "credit", against)]
        body = {"transaction_date": "2026-01-05", "entries": entries, "auto_post": True}
        made = books.api.post("/transactions", body | {"description": 'Say "hello"\nto \\ all'})
        assert made.status == 201, made.body
    path = exported(books, tmp_path)
    assert checked(path) == {"3001": Decimal("-143.50")}
    entries, _, _ = loader.load_file(path)
    posted = [entry for entry in entries if isinstance(entry, data.Transaction)]
    assert [entry.narration for entry in posted] == ['Say "hello" to \\ all'] * 2
    assert posted[0].meta["id"].startswith("TXN_")


def test_books_without_a_posting_are_a_file_too(committed_db, tmp_path):
    assert checked(exported(open_books("Empty"), tmp_path)) == {}


@given(st.text(max_size=60))
def test_any_text_is_one_string(text):
    entries, errors, _ = loader.load_string(f"2026-01-01 * {quoted(text)}\n".replace("\0", ""))
    assert not [error for error in errors if "yntax" in str(error)] and len(entries) == 1


@pytest.mark.parametrize("words", ["\\", '"', 'a\\"b', "\n\r\t"])
def test_marks_are_escaped(words):
    entries, errors, _ = loader.load_string(f"2026-01-01 * {quoted(words)}\n")
    assert errors == [] and entries[0].narration == " ".join(words.split())
