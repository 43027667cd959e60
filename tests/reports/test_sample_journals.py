"""Real ledgers that nobody here wrote: statements against the trial balances that stand beside them, and Beancount."""

import csv
import datetime
import os
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from ledger.imports.importing import import_journal
from tests.cast import Books, open_books
from tests.reports.test_beancount import checked, exported

SAMPLES = Path(os.environ.get("CRANE_SAMPLES", Path(__file__).parents[3] / "shared" / "samples")) / "journals"
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample journals are not beside the checkout")

Stated = dict[str, dict[str, Decimal]]


def imported(journal: Path) -> tuple[Books, Stated, dict[str, str]]:
    """The books of a sample, what stands beside it by day and code (debit positive), and the types of its accounts."""
    stem = str(journal).removesuffix(".journal.csv")
    accounts = Path(f"{stem}.accounts.csv").read_bytes()
    books = open_books("Sample books", chart=None)
    with books.acting():
        done = import_journal(
            actor=books.actor, organization=books.organization, journal=journal.read_bytes(), accounts=accounts,
            dry_run=False,
        )  # fmt: skip
    assert done.problems == []
    stated: Stated = defaultdict(dict)
    for row in csv.DictReader(Path(f"{stem}.trial-balance.csv").read_text().splitlines()):
        stated[row["as_of"]][row["account_code"]] = Decimal(row["balance_debit_positive"])
    types = {row["code"]: row["type"] for row in csv.DictReader(accounts.decode("utf-8-sig").splitlines())}
    return books, dict(sorted(stated.items())), types


def own(statement: dict, sign_of) -> dict[str, Decimal]:
    """What stands on each account of a statement, debit positive."""
    rows = [row for part in statement["sections"] for row in part["rows"] if row["id"]]
    return {row["code"]: row["amount"] * sign_of(row["account_type"]) for row in rows if row["amount"]}


def sign_of(kind: str) -> int:
    return 1 if kind in ("asset", "expense") else -1


def test_statements_and_beancount_say_what_stands_beside_the_journals(committed_db, tmp_path):
    journals = sorted(SAMPLES.glob("*.journal.csv"))
    assert journals
    for journal in journals:
        books, stated, types = imported(journal)
        earlier: dict[str, Decimal] = {}
        start = datetime.date(1990, 1, 1)
        for day, balances in stated.items():
            sheet = books.api.get(f"/reports/balance-sheet?as_of={day}")
            results = {code: amount for code, amount in balances.items() if types[code] in ("revenue", "expense")}
            assert sheet["is_balanced"] and own(sheet, sign_of) == {
                code: amount for code, amount in balances.items() if code not in results
            }
            earnings = [row for part in sheet["sections"] for row in part["rows"] if row["id"] is None]
            assert sum(row["amount"] for row in earnings) == -sum(results.values())
            income = books.api.get(f"/reports/income-statement?start_date={start}&end_date={day}")
            moved = {code: results.get(code, 0) - earlier.get(code, 0) for code in results.keys() | earlier.keys()}
            assert own(income, sign_of) == {code: amount for code, amount in moved.items() if amount}
            assert income["net_income"] == -sum(moved.values())
            assert books.api.get(f"/reports/cash-flow?start_date={start}&end_date={day}")["is_tied"]
            earlier, start = results, datetime.date.fromisoformat(day) + datetime.timedelta(days=1)
        trial = books.api.get("/reports/trial-balance")["accounts"]
        found = {row["code"]: row["debit_balance"] - row["credit_balance"] for row in trial}
        assert checked(exported(books, tmp_path)) == {code: amount for code, amount in found.items() if amount}
