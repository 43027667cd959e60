"""Journals in CSV form: what is read, and that nothing wrong goes unseen."""

import csv
import datetime
import io
import os
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.imports.journal_files import (
    ACCOUNT_COLUMNS,
    JOURNAL_COLUMNS,
    JOURNAL_EXTRAS,
    read_accounts,
    read_journal,
)
from organizations.currencies.iso import decimals_of
from organizations.money import add_up

D = Decimal
HEADER = ",".join(JOURNAL_COLUMNS)

SALE = """
1,2024-01-15,Cash sale,INV-001,1001,100.00,,USD
1,2024-01-15,Cash sale,INV-001,4001,,100.00,USD
"""


def journal(rows: str, *, header: str = HEADER, **options):
    """Read rows below the standard header; the first row stands on line 2."""
    data = f"{header}\n{rows.strip()}\n".encode()
    transactions, problems = read_journal(data, decimals_of=decimals_of, **options)
    return transactions, [(problem.line, problem.column, problem.code) for problem in problems]


def problems_of(rows: str, *, header: str = HEADER, **options):
    return journal(rows, header=header, **options)[1]


class TestReading:
    def test_a_cash_sale(self):
        (sale,), problems = journal(SALE)
        assert problems == []
        assert (sale.external_id, sale.date, sale.description) == ("1", datetime.date(2024, 1, 15), "Cash sale")
        assert (sale.reference, sale.type, sale.contact, sale.line) == ("INV-001", "journal", "", 2)
        cash, revenue = sale.entries
        assert (cash.account_code, cash.entry_type, str(cash.amount), cash.currency) == (
            "1001",
            "debit",
            "100.00",
            "USD",
        )
        assert (cash.currency_rate, cash.reference, cash.memo, cash.line) == (None, "INV-001", "", 2)
        assert (revenue.entry_type, revenue.signed_amount, revenue.line) == ("credit", D("-100.00"), 3)

    def test_further_columns(self):
        header = "type,contact,memo,currency_rate," + HEADER
        (sale,), problems = journal(
            """
            Income,Acme,Cash received,1.10,7,2024-01-15,Sale,,1001,100,,eur
            ,,,,7,2024-01-15,,,4001,,110,USD
            """.replace("            ", ""),
            header=header,
        )
        assert problems == []
        assert (sale.type, sale.contact, sale.description) == ("income", "Acme", "Sale")
        assert [(e.memo, e.currency, e.currency_rate, str(e.amount)) for e in sale.entries] == [
            ("Cash received", "EUR", D("1.10"), "100.00"),
            ("", "USD", None, "110.00"),
        ]

    def test_amounts_have_the_decimals_of_their_currency(self):
        rows = "1,2024-01-15,,,1001,5,,JPY\n1,2024-01-15,,,4001,,0.035,BHD\n"
        (exchange,), problems = journal(rows)
        assert problems == []
        assert [str(entry.amount) for entry in exchange.entries] == ["5", "0.035"]


class TestProblems:
    """One line of a journal is wrong; exactly that is said, and where."""

    @pytest.mark.parametrize(
        ("row", "column", "code"),
        [
            ("1,2024-01-15,Cash sale,,4001,,100.00,XYZ", "currency", "currency_unknown"),
            ("1,2024-01-15,Cash sale,,4001,,100.00,", "currency", "currency_unknown"),
            ("1,2024-01-15,Cash sale,,4001,,100.00,XAU", "currency", "currency_unknown"),
            ("1,15.01.2024,Cash sale,,4001,,100.00,USD", "date", "date_invalid"),
            ("1,20240115,Cash sale,,4001,,100.00,USD", "date", "date_invalid"),
            ("1,2024-02-30,Cash sale,,4001,,100.00,USD", "date", "date_invalid"),
            ("1,,Cash sale,,4001,,100.00,USD", "date", "date_invalid"),
            ("1,2024-01-16,Cash sale,,4001,,100.00,USD", "date", "date_differs"),
            ("1,2024-01-15,Another sale,,4001,,100.00,USD", "description", "description_differs"),
            ("1,2024-01-15,Cash sale,,4001,1.00,100.00,USD", "debit", "debit_and_credit"),
            ("1,2024-01-15,Cash sale,,4001,,,USD", "debit", "amount_missing"),
            ("1,2024-01-15,Cash sale,,4001,,-100.00,USD", "credit", "amount_not_positive"),
            ("1,2024-01-15,Cash sale,,4001,,0.00,USD", "credit", "amount_not_positive"),
            ("1,2024-01-15,Cash sale,,4001,,100.001,USD", "credit", "amount_too_precise"),
            ("1,2024-01-15,Cash sale,,4001,,$100,USD", "credit", "amount_not_a_number"),
            ("1,2024-01-15,Cash sale,,4001,,99999999999999999999,USD", "credit", "amount_too_large"),
            ("1,2024-01-15,Cash sale,,,,100.00,USD", "account_code", "code_invalid"),
            ("1,2024-01-15,Cash sale,,40 01,,100.00,USD", "account_code", "code_invalid"),
            (f"1,2024-01-15,Cash sale,{'x' * 101},4001,,100.00,USD", "reference", "text_too_long"),
            ("1,2024-01-15,Cash sale,,4001,,100.00", "", "wrong_number_of_cells"),
            ("1,2024-01-15,Cash, sale,,4001,,100.00,USD", "", "wrong_number_of_cells"),
            ('1,2024-01-15,"Cash" sale,,4001,,100.00,USD', "", "malformed_csv"),
            (",2024-01-15,Cash sale,,4001,,100.00,USD", "transaction", "transaction_missing"),
        ],
    )
    def test_one_wrong_cell_is_one_problem(self, row, column, code):
        first = SALE.strip().splitlines()[0]
        assert problems_of(f"{first}\n{row}") == [(3, column, code)]

    @pytest.mark.parametrize("date", ["1899-12-31", "2201-01-01", "0001-01-01", "9999-12-31"])
    def test_dates_no_books_have(self, date):
        rows = SALE.replace("2024-01-15", date)
        assert problems_of(rows) == [(2, "date", "date_out_of_range"), (3, "date", "date_out_of_range")]

    @pytest.mark.parametrize("date", ["1900-01-01", "2000-02-29", "2200-12-31"])
    def test_dates_books_may_have(self, date):
        assert problems_of(SALE.replace("2024-01-15", date)) == []

    @pytest.mark.parametrize(
        ("column", "value", "code"),
        [
            ("type", "sale", "type_unknown"),
            ("type", "expense", "type_differs"),
            ("contact", "Beta", "contact_differs"),
            ("currency_rate", "0", "rate_not_positive"),
            ("currency_rate", "1e2", "rate_not_a_number"),
            ("currency_rate", "1.1234567890123", "rate_too_precise"),
            ("memo", "x" * 2001, "text_too_long"),
        ],
    )
    def test_further_columns_are_checked_too(self, column, value, code):
        usual = {"type": "income", "contact": "Acme", "currency_rate": "", "memo": ""}
        first, second = SALE.strip().splitlines()
        rows = [first, *usual.values()], [second, *{**usual, column: value}.values()]
        text = "\n".join(",".join(row) for row in rows)
        assert problems_of(text, header=",".join([HEADER, *usual])) == [(3, column, code)]

    def test_a_transaction_takes_two_entries(self):
        assert problems_of(SALE.strip().splitlines()[0]) == [(2, "transaction", "too_few_entries")]

    def test_a_transaction_balances_to_the_last_digit(self):
        rows = SALE.replace(",100.00,USD", ",99.99,USD")
        data = f"{HEADER}\n{rows.strip()}\n".encode()
        (problem,) = read_journal(data, decimals_of=decimals_of)[1]
        assert (problem.line, problem.code) == (2, "transaction_does_not_balance")
        assert problem.message == "Transaction '1' does not balance: debits 100.00, credits 99.99."

    def test_two_debits_do_not_balance(self):
        rows = "1,2024-01-15,,,1001,5.00,,USD\n1,2024-01-15,,,1002,5.00,,USD\n"
        assert problems_of(rows) == [(2, "", "transaction_does_not_balance")]

    def test_rows_of_one_transaction_stand_together(self):
        one, two = SALE.strip().splitlines()
        other = SALE.strip().replace("1,2024", "2,2024")
        assert problems_of(f"{one}\n{other}\n{two}") == [(5, "transaction", "transaction_apart")]

    def test_a_second_use_of_a_value_is_no_new_transaction(self):
        other = SALE.strip().replace("1,2024", "2,2024")
        again = problems_of(f"{SALE.strip()}\n{other}\n{SALE.strip()}")
        assert again == [(6, "transaction", "transaction_apart")]

    def test_a_row_that_cannot_be_read_brings_no_further_complaints(self):
        one = SALE.strip().splitlines()[0]
        rest = SALE.strip().replace("1,2024", "2,2024").splitlines()
        # The torn row may be the second of transaction 1 or the first of transaction 2.
        assert problems_of("\n".join([one, "torn", rest[1]])) == [(3, "", "wrong_number_of_cells")]

    def test_every_problem_is_found_and_listed_by_line(self):
        rows = """
1,2024-13-01,Rent,,5201,1200.00,1.00,USD
1,2024-01-02,Rent,,10 01,,x,USD
2,2024-01-03,Power,,5301,350.00,,USD

2,2024-01-04,Gas,,2001,,349.00,USD
3,2024-01-05,Lonely,,1001,-1,,QQQ
"""
        assert problems_of(rows) == [
            (2, "date", "date_invalid"),
            (2, "debit", "debit_and_credit"),
            (3, "account_code", "code_invalid"),
            (3, "credit", "amount_not_a_number"),
            (4, "", "transaction_does_not_balance"),
            (6, "date", "date_differs"),
            (6, "description", "description_differs"),
            (7, "currency", "currency_unknown"),
            (7, "debit", "amount_not_positive"),
            (7, "transaction", "too_few_entries"),
        ]

    def test_columns_and_limits_of_the_file(self):
        assert problems_of("", header="transaction,date") == [
            (1, column, "column_missing") for column in sorted(JOURNAL_COLUMNS[2:])
        ]
        assert problems_of(SALE, header=HEADER + ",colour")[0] == (1, "colour", "column_unknown")
        # The transaction that the limit cuts in two is not blamed for it.
        assert problems_of(SALE, max_lines=2) == [(3, "", "too_many_lines")]


class TestAccounts:
    def accounts(self, rows: str):
        data = f"{','.join(ACCOUNT_COLUMNS)}\n{rows}".encode()
        accounts, problems = read_accounts(data, decimals_of=decimals_of)
        return accounts, [(problem.line, problem.column, problem.code) for problem in problems]

    def test_a_parent_may_stand_after_its_child(self):
        (cash, assets), problems = self.accounts("1001,Cash,Asset,1000,usd\n1000,Assets,asset,,USD\n")
        assert problems == []
        assert (cash.code, cash.name, cash.type, cash.parent_code, cash.currency) == (
            "1001", "Cash", "asset", "1000", "USD",
        )  # fmt: skip
        assert (assets.parent_code, assets.line) == ("", 3)

    @pytest.mark.parametrize(
        ("row", "problem"),
        [
            ("10 01,Cash,asset,,USD", ("code", "code_invalid")),
            (",Cash,asset,,USD", ("code", "code_invalid")),
            ("1000,Cash,asset,,USD", ("code", "code_twice")),
            ("1001,,asset,,USD", ("name", "name_missing")),
            (f"1001,{'x' * 201},asset,,USD", ("name", "text_too_long")),
            ("1001,Cash,money,,USD", ("type", "type_unknown")),
            ("1001,Cash,asset,1 000,USD", ("parent_code", "code_invalid")),
            ("1001,Cash,asset,,", ("currency", "currency_unknown")),
            ("2001,Payable,liability,1000,USD", ("parent_code", "parent_of_other_type")),
            ("1001,Cash,asset,1001,USD", ("parent_code", "parent_circular")),
            ("1001,Cash,asset,USD", ("", "wrong_number_of_cells")),
        ],
    )
    def test_one_wrong_cell_is_one_problem(self, row, problem):
        assert self.accounts(f"1000,Assets,asset,,USD\n{row}\n")[1] == [(3, *problem)]

    def test_no_account_is_its_own_ancestor(self):
        rows = "1,A,asset,3,USD\n2,B,asset,1,USD\n3,C,asset,2,USD\n4,D,asset,3,USD\n"
        assert self.accounts(rows)[1] == [(2, "parent_code", "parent_circular")]

    def test_a_parent_outside_the_file_may_exist_already(self):
        assert self.accounts("1001,Cash,asset,1000,USD\n")[1] == []


cells = st.sampled_from(
    ["1", "2", "2024-01-15", "1001", "5", "5.00", "-1", "USD", "JPY", "XXX", "income", "", '"', "é"]
)
tables = st.lists(st.lists(cells, min_size=6, max_size=9).map(",".join), max_size=6).map("\n".join)


class TestAnyFile:
    @given(st.binary(max_size=300))
    def test_no_bytes_make_a_reader_fail(self, data):
        for read in (read_journal, read_accounts):
            _, problems = read(data, decimals_of=decimals_of)
            assert problems

    @given(tables)
    def test_what_has_no_problem_balances(self, rows):
        transactions, problems = journal(rows)
        if not problems:
            for transaction in transactions:
                assert len(transaction.entries) >= 2
                balances = defaultdict(Decimal)
                for entry in transaction.entries:
                    balances[entry.currency] += entry.signed_amount
                assert len(balances) > 1 or not any(balances.values())

    @given(st.lists(st.tuples(st.integers(1, 10**21 - 1), st.text(max_size=20)), min_size=1, max_size=8))
    def test_a_sound_journal_is_read_back(self, sales):
        written = io.StringIO()
        writer = csv.writer(written)
        writer.writerow([*JOURNAL_COLUMNS, *JOURNAL_EXTRAS])
        sales = [(D(cents).scaleb(-2), text.replace("\0", "").strip()) for cents, text in sales]
        for number, (amount, text) in enumerate(sales):
            for account, sides in (("1001", (amount, "")), ("4001", ("", amount))):
                writer.writerow([number, "2024-01-15", text, "", account, *sides, "USD", "", text, "", ""])
        transactions, problems = read_journal(written.getvalue().encode(), decimals_of=decimals_of)
        assert problems == []
        assert [(t.entries[0].amount, t.description, t.entries[1].memo) for t in transactions] == [
            (amount, text, text) for amount, text in sales
        ]


SAMPLES = Path(os.environ.get("CRANE_SAMPLES", Path(__file__).parents[4] / "shared" / "samples")) / "journals"


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample journals are not here (CRANE_SAMPLES)")
class TestSampleJournals:
    def test_the_trial_balances_beside_the_journal(self):
        journals = sorted(SAMPLES.glob("*.journal.csv"))
        assert journals
        for path in journals:
            stem = path.name.removesuffix(".journal.csv")
            transactions, problems = read_journal(path.read_bytes(), decimals_of=decimals_of)
            assert problems == []
            accounts, problems = read_accounts((SAMPLES / f"{stem}.accounts.csv").read_bytes(), decimals_of=decimals_of)
            assert problems == []
            codes = {account.code for account in accounts}
            expected = defaultdict(dict)
            for row in csv.DictReader((SAMPLES / f"{stem}.trial-balance.csv").open()):
                expected[row["as_of"]][row["account_code"]] = D(row["balance_debit_positive"])
            for as_of, balances in expected.items():
                postings = defaultdict(list)
                for transaction in transactions:
                    if transaction.date.isoformat() <= as_of:
                        for entry in transaction.entries:
                            postings[entry.account_code].append(entry.signed_amount)
                totals = {code: add_up(amounts) for code, amounts in postings.items()}
                assert {code: total for code, total in totals.items() if total} == balances
                assert totals.keys() <= codes
