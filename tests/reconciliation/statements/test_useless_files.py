"""A file that gives nothing fails and says why; statements of one file that do not follow each other are told."""

import pytest

from tests.reconciliation.parsers.sample_tables import SAMPLES
from tests.reconciliation.uploading import HEADER, counts, send, take, work

OF_ACCOUNTS = "Date,Description,Amount,Currency\n"
EUROS = OF_ACCOUNTS + "2024-01-15,Coffee,-3.00,EUR\n2024-01-16,Tea,-2.00,EUR\n"
INTERIM = "mt940/jejik_sparkasse_interim_balance.txt"


def failed(books, file, **how) -> dict:
    """The error of an import that fails and leaves nothing."""
    done = work(books, send(books, file, **how))
    assert done["status"] == "failed", done.body
    assert books.api.get("/statements").data == []
    return done["error"]


def test_rows_that_are_all_in_another_currency_are_a_file_in_another_currency(books):
    error = failed(books, EUROS)
    assert error["code"] == "statement_currency_differs" and "EUR" in error["message"]
    assert (error["details"]["account_currency"], error["details"]["errors"]) == ("USD", 2)
    assert [each["code"] for each in error["details"]["problems"]] == ["other_currency"] * 2
    assert counts(take(books, EUROS + "2024-01-17,Milk,-1.00,USD\n")) == (1, 0, 0, 2)


def test_a_file_of_which_no_row_can_be_read_fails_with_the_first_problem(books):
    error = failed(books, HEADER + "2024-01-15,Coffee,-3.0011\n2024-01-16,Tea,-2.0022\n")
    assert (error["code"], error["details"]["reason"]) == ("statement_unreadable", "too_many_decimals")
    assert "-3.0011" in error["message"] and error["details"]["errors"] == 2


def test_a_dry_run_says_the_same(books):
    assert failed(books, EUROS, dry_run="true")["code"] == "statement_currency_differs"


def message(opening: str, amount: str, closing: str, day: str) -> str:
    return (
        f":20:STARTUMSE\n:25:87052000/123456789\n:28C:00001/001\n:60F:C{day}USD{opening}\n"
        f":61:{day}{day[2:]}CR{amount}N051NONREF\n:86:Deposit\n:62F:C{day}USD{closing}\n-\n"
    )


FIRST, THIRD = message("100,00", "5,00", "105,00", "240101"), message("175,00", "1,00", "176,00", "240103")


def test_a_gap_between_statements_of_a_file_is_told(books):
    result = take(books, FIRST + THIRD, name="bank.sta")
    assert counts(result) == (2, 0, 0, 1)
    (told,) = [line for line in result["lines"] if line["verdict"] == "error"]
    assert told["code"] == "statements_do_not_follow" and told["place"] == result["lines"][0]["place"]
    assert "105" in told["reason"] and "175" in told["reason"] and "2024-01-03" in told["reason"]


def test_statements_that_follow_and_files_with_the_latest_first_have_no_gap(books):
    second = message("105,00", "70,00", "175,00", "240102")
    assert counts(take(books, FIRST + second + THIRD, name="bank.sta")) == (3, 0, 0, 0)
    assert counts(take(books, THIRD + second + FIRST, name="other.sta")) == (0, 3, 0, 0)


def test_a_real_file_with_years_between_its_statements(books):
    if not SAMPLES.is_dir():
        pytest.skip("The samples are not here.")
    new = {"code": "1019", "name": "Euros", "type": "asset", "currency_id": "CUR_EUR"}
    assert books.api.post("/accounts", new).status == 201
    books.refresh()
    result = take(books, (SAMPLES / INTERIM).read_bytes(), code="1019", name="bank.txt")
    assert counts(result) == (2, 0, 0, 1)
    assert [line["code"] for line in result["lines"] if line["verdict"] == "error"] == ["statements_do_not_follow"]
