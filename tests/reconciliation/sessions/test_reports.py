"""The report leads from the statement to the books, to the last unit, in JSON and on paper; and names what is amiss."""

from decimal import Decimal

import pytest
from reportlab import __version__ as reportlab_version

from tests.reconciliation.sessions.books import (
    FEBRUARY,
    PATH,
    act,
    completed,
    done,
    entry_on,
    line,
    matched,
    move,
    started,
)


def report(books, session: dict) -> dict:
    answer = books.api.get(f"{PATH}/{session['id']}/report")
    assert answer.status == 200, answer.body
    return answer.body


def adds_up(found: dict) -> bool:
    """The proof, added up once more, comes to what the books have."""
    proof, session = found["proof"], found["reconciliation"]
    total = proof["closing_balance"] - proof["difference"] + proof["outstanding"]
    total += proof["brought_forward"] - proof["dated_after"]
    return total == proof["book_balance"] == session["ledger_balance"]


def named_in(found: dict, part: str) -> list[str]:
    """The transactions of one part of the report, in its order."""
    return [entry["transaction_id"] for entry in found[part]["entries"]]


def test_from_the_statement_to_the_books(books):
    cleared, cheque = move(books, "50.00", "2024-01-05"), move(books, "-20.00", "2024-01-30", "Cheque 7")
    early = move(books, "8.00", "2024-02-01")
    fee = line(books, "-3.00", "2024-01-31", "Fee", counterparty="The bank")
    line(books, "9.99", "2024-02-01", "Of the next period")
    matched(books, early, line(books, "8.00", "2024-01-31"))
    session = started(books, "1058.00", auto_match=True)
    before = report(books, session)
    assert (before["proof"]["difference"], before["proof"]["is_proven"]) == (50, False)
    assert adds_up(before)
    session = done(books, session, "complete", {"transaction_ids": [cleared]})
    found = report(books, session)
    assert found["reconciliation"] == session
    assert (found["account"]["id"], found["account"]["code"]) == (books.account("1001"), "1001")
    assert found["proof"] == {
        "closing_balance": Decimal("1058.00"),
        "difference": Decimal("0.00"),
        "outstanding": Decimal("-20.00"),
        "dated_after": Decimal("8.00"),
        "brought_forward": Decimal("0.00"),
        "book_balance": Decimal("1030.00"),
        "is_proven": True,
    }
    assert adds_up(found)
    assert found["outstanding"] == {
        "count": 1,
        "total": Decimal("-20.00"),
        "entries": [
            {
                "entry_id": entry_on(books, cheque),
                "transaction_id": cheque,
                "transaction_date": "2024-01-30",
                "description": "Cheque 7",
                "reference": "",
                "amount": Decimal("-20.00"),
            }
        ],
    }
    assert named_in(found, "reconciled") == [cleared, early]
    assert named_in(found, "dated_after") == [early]
    assert found["unbooked"] == {
        "count": 1,
        "total": Decimal("-3.00"),
        "lines": [
            {
                "statement_line_id": fee.public_id,
                "date": "2024-01-31",
                "description": "Fee",
                "counterparty": "The bank",
                "reference": "",
                "amount": Decimal("-3.00"),
                "status": "unmatched",
            }
        ],
    }


def test_the_report_on_an_earlier_period_stays_what_it_was(books):
    cleared, cheque = move(books, "50.00", "2024-01-05"), move(books, "-20.00", "2024-01-30")
    first = completed(books, "1050.00", [cleared])
    then = report(books, first)
    move(books, "5.00", "2024-02-03")
    second = completed(books, "1030.00", [cheque], FEBRUARY)
    assert report(books, first) == then
    now = report(books, second)
    assert (now["proof"]["outstanding"], now["reconciled"]["count"], now["proof"]["is_proven"]) == (5, 1, True)
    move(books, "2.00", "2024-01-31", "Posted late")
    late = report(books, first)
    assert (late["proof"]["outstanding"], late["proof"]["is_proven"]) == (-18, True)
    assert adds_up(late)


def test_a_given_opening_balance_brings_its_difference_forward(books):
    cheque = move(books, "-30.00", "2023-12-30")
    first = completed(books, "1000.00", [], opening_balance="1000.00")
    found = report(books, first)
    assert (found["proof"]["brought_forward"], found["proof"]["outstanding"]) == (-30, 0)
    assert found["proof"]["is_proven"]
    assert adds_up(found)
    second = completed(books, "970.00", [cheque], FEBRUARY)
    found = report(books, second)
    assert (found["proof"]["brought_forward"], found["proof"]["is_proven"]) == (0, True)
    assert adds_up(found)


def test_a_correction_on_its_own_day_does_not_disturb_the_proof(books):
    wrong = move(books, "50.00", "2024-01-05")
    books.api.post(f"/transactions/{wrong}/reverse", {"reversal_date": "2024-01-05"})
    late = move(books, "7.00", "2023-12-24")
    session = started(books, "1000.00")
    back = books.api.post(f"/transactions/{late}/reverse", {"reversal_date": "2023-12-24"})["id"]
    found = report(books, session)
    assert [entry["transaction_id"] for entry in found["outstanding"]["entries"]] == [back]
    assert adds_up(found)


def test_a_credit_card_is_proven_with_its_own_sign(books):
    books.api.post("/accounts", {"code": "2050", "name": "Credit card", "type": "liability"})
    books.refresh()
    paid = move(books, "-80.00", "2024-01-10", code="2050")
    move(books, "-5.00", "2024-01-31", code="2050")
    session = done(books, started(books, "-80.00", code="2050"), "complete", {"transaction_ids": [paid]})
    found = report(books, session)
    assert (found["proof"]["book_balance"], found["proof"]["outstanding"]) == (-85, -5)
    assert found["proof"]["is_proven"]
    assert adds_up(found)


def pdf_of(books, session: dict, how: str = "?format=pdf", **headers):
    path = f"{books.api.base}{PATH}/{session['id']}/report{how}"
    return books.api.client.get(path, headers={"authorization": f"Bearer {books.key}", **headers})


def test_the_report_on_paper(books):
    names = ("Grüße aus Łódź & <b>Büro</b>", "支払い", "x" * 400, "")
    moved = [move(books, "10.00", f"2024-01-{day:02}", names[day % 4]) for day in range(1, 29)]
    session = completed(books, "1280.00", moved)
    first = pdf_of(books, session)
    assert (first.status_code, first["Content-Type"]) == (200, "application/pdf")
    assert first["Content-Disposition"] == 'inline; filename="reconciliation-1001-2024-01-31.pdf"'
    assert first.content.startswith(b"%PDF-1.")
    assert first.content.rstrip().endswith(b"%%EOF")
    assert pdf_of(books, session).content == first.content, f"reportlab {reportlab_version} is not deterministic"
    assert pdf_of(books, session, "", accept="application/pdf").content == first.content
    assert pdf_of(books, session, "?format=csv").status_code == 400
    assert pdf_of(books, session, "?as_of=2024-01-31").status_code == 400


def test_a_cancelled_session_proves_nothing(books):
    session = done(books, started(books, "1000.00"), "cancel")
    for word in ("report", "discrepancies"):
        refused = books.api.get(f"{PATH}/{session['id']}/{word}")
        assert (refused.status, refused.error["code"]) == (404, "reconciliation_cancelled")


# --- Discrepancies ---


def candidates(books, session: dict) -> list[dict]:
    answer = books.api.get(f"{PATH}/{session['id']}/discrepancies")
    assert answer.status == 200, answer.body
    assert answer["count"] == len(answer["candidates"])
    return answer["candidates"]


def test_candidates_come_with_ids_and_those_that_explain_all_come_first(books):
    sale, cheque = move(books, "50.00", "2024-01-05"), move(books, "-15.00", "2024-01-30", "Cheque 7")
    fee = line(books, "-4.00", "2024-01-31", "Monthly service charge")
    line(books, "-1.00", "2024-02-01", "Of the next period")
    session = started(books, "1035.00")
    done(books, session, "reconcile", {"transaction_ids": [sale]})
    first, *others = candidates(books, session)
    assert (first["kind"], first["explains_difference"], first["amount"]) == ("entry_equals_difference", True, -15)
    assert (first["entry_ids"], first["transaction_ids"]) == ([entry_on(books, cheque)], [cheque])
    assert "2024-01-30 Cheque 7" in first["explanation"]
    assert {(each["kind"], *each["statement_line_ids"]) for each in others} == {
        ("fee_or_interest", fee.public_id),
        ("outstanding_entry",),
    }
    done(books, session, "reconcile", {"transaction_ids": [cheque]})
    assert [each["kind"] for each in candidates(books, session)] == ["fee_or_interest"]


def test_a_line_that_is_just_an_open_entry_is_named_with_it(books):
    sale = move(books, "50.00", "2024-01-05")
    shown = line(books, "50.00", "2024-01-07")
    session = started(books, "1000.00")
    (found,) = candidates(books, session)
    assert (found["kind"], found["transaction_ids"]) == ("outstanding_entry", [sale])
    assert found["statement_line_ids"] == [shown.public_id]
    matched(books, sale, shown)
    done(books, session, "reconcile", {"auto_match": True})
    assert candidates(books, session) == []


@pytest.mark.parametrize(
    ("booked", "bank", "kind"), [("123.40", "132.40", "transposed_digits"), ("75.00", "-75.00", "wrong_sign")]
)
def test_a_slip_is_found_with_its_line_and_without(books, booked, bank, kind):
    sale = move(books, booked, "2024-01-05")
    session = started(books, str(1000 + Decimal(bank)))
    done(books, session, "reconcile", {"transaction_ids": [sale]})
    (found,) = candidates(books, session)
    assert (found["kind"], found["explains_difference"], found["transaction_ids"]) == (kind, True, [sale])
    assert found["statement_line_ids"] == []
    shown = line(books, bank, "2024-01-06")
    slip = candidates(books, session)[0]
    assert (slip["kind"], slip["explains_difference"]) == (kind, True)
    assert slip["statement_line_ids"] == [shown.public_id]


def test_a_double_posting_is_found(books):
    twice = [move(books, "-45.00", "2024-01-11", "Stationery") for _ in range(2)]
    session = started(books, "955.00")
    done(books, session, "reconcile", {"transaction_ids": twice})
    kinds = {each["kind"]: each for each in candidates(books, session)}
    assert kinds["double_posting"]["explains_difference"]
    assert kinds["double_posting"]["transaction_ids"] == sorted(twice)
    refused = act(books, session, "complete")
    assert refused.error["details"]["difference"] == 45
