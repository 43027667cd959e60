"""Lines that are odd to book: foreign ones to the last cent, a fee that goes nowhere, and one in too many parts."""

from decimal import Decimal

import pytest

from organizations import ids
from reconciliation.matching.models import Match
from reconciliation.statements.models import StatementLine
from tests.reconciliation.banks import line
from tests.reconciliation.matching.test_lines import act, balance, post
from tests.reconciliation.uploading import HEADER, take


@pytest.mark.parametrize("rate", ["1.2345", "1.005", "0.9137", "2"])
@pytest.mark.parametrize("amount", ["100.00", "-100.00"])
@pytest.mark.parametrize("shares", [["33.33", "33.33", "33.34"], ["133.33", "-33.33"], ["0.01", "99.99"]])
def test_a_foreign_line_is_split_to_the_last_cent_of_the_base_currency(books, rate, amount, shares):
    wish = {"code": "1050", "name": "Euros", "type": "asset", "currency_id": "EUR"}
    assert books.api.post("/accounts", wish).status == 201
    row = line(books.refresh(), amount, code="1050")
    splits = [{"account_id": books.account("5201"), "amount": share} for share in shares]
    made = act(books, "split", row, {"splits": splits, "currency_rate": rate}, 201)
    entries = books.api.get(f"/transactions/{made['match']['transaction_id']}")["entries"]
    signed = [entry["base_amount"] * (1 if entry["entry_type"] == "debit" else -1) for entry in entries]
    assert sum(signed) == 0
    assert abs(signed[0]) == (Decimal(100) * Decimal(rate)).quantize(Decimal("0.01"))
    for entry, share in zip(entries[1:], shares, strict=True):
        assert abs(entry["amount"] - abs(Decimal(share) * Decimal(rate))) <= Decimal("0.02")


def test_a_fee_is_posted_to_another_account_than_the_banks(books):
    row, sale = line(books, "97.00"), post(books, "100.00")
    refused = act(books, "match", row, {"transaction_id": sale["id"], "fee_account_id": books.account("1001")}, 400)
    assert list(refused.error["details"]["fields"]) == ["fee_account_id"]
    assert balance(books, "1001") == Decimal("100.00")


@pytest.mark.parametrize("verb", ["split", "create-transaction"])
def test_a_line_has_at_most_500_splits(books, verb):
    row = line(books, "5.01")
    splits = [{"account_id": books.account("4001"), "amount": "0.01"}] * 501
    refused = act(books, verb, row, {"splits": splits}, 400)
    assert list(refused.error["details"]["fields"]) == ["splits"]


def test_a_suggestion_goes_with_the_import_that_brought_its_line(books):
    taken, sale = take(books, HEADER + "2026-02-01,A movement,7.00\n"), post(books, "7.00")
    entry = next(one for one in sale["entries"] if one["entry_type"] == "debit")
    other = line(books, "0.50")
    with books.acting():
        rows = StatementLine.objects.of(books.organization)
        numbers = list(rows.order_by("pk").values_list("pk", flat=True))
        match = Match.objects.create(
            organization=books.organization,
            account=books.accounts["1001"],
            origin="automatic",
            line_ids=numbers,
            entry_ids=[ids.decode("LED", entry["id"])],
        )
        rows.update(status="suggested", match_id=match.pk)
    assert len(books.api.get("/matches?status=suggested").data) == 1
    assert books.api.post(f"/statements/{taken['statement_id']}/undo")["removed"] == 1
    assert books.api.get("/matches").data == []
    assert books.api.get(f"/statement-lines/{other.public_id}")["status"] == "unmatched"


def test_what_is_soft_locked_is_undone_today(books):
    booked, moved, paid = line(books, "5.00"), line(books, "-9.00"), line(books, "97.00")
    act(books, "create-transaction", booked, {"account_id": books.account("4001")}, 201)
    act(books, "transfer", moved, {"account_id": books.account("1101")}, 201)
    act(books, "match", paid, {"transaction_id": post(books, "100.00")["id"], "fee_account_id": books.account("5201")})
    locks = dict.fromkeys(("journal", "sales", "purchases", "bank"), "2026-06-30")
    assert books.api.put("/lock-dates", locks).status == 200
    for row in (booked, moved, paid):
        made = books.api.get(f"/statement-lines/{row.public_id}")["match"]["transaction_id"]
        assert act(books, "unmatch", row)["status"] == "unmatched"
        (reversing,) = books.api.get(f"/transactions/{made}")["reversed_by_ids"]
        assert books.api.get(f"/transactions/{reversing}")["transaction_date"] > "2026-06-30"
    assert balance(books, "1001") == Decimal("100.00")
