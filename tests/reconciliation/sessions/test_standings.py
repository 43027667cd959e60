"""Where the entries of an account stand, in the list of the account and in that of a session."""

from tests.reconciliation.sessions.books import (
    FEBRUARY,
    JANUARY,
    PATH,
    completed,
    done,
    entry_on,
    line,
    matched,
    move,
    started,
)


def statuses(books, query: str = "", code: str = "1001") -> list[dict]:
    answer = books.api.get(f"/accounts/{books.account(code)}/reconciliation-status{query}")
    assert answer.status == 200, answer.body
    return answer.data


def listed(books, session: dict, query: str = "") -> list[dict]:
    answer = books.api.get(f"{PATH}/{session['id']}/entries{query}")
    assert answer.status == 200, answer.body
    return answer.data


def test_new_entries_are_not_reconciled(books):
    (entry,) = statuses(books)
    assert (entry["object"], entry["status"], entry["reconciled"]) == ("entry_reconciliation", "not_reconciled", False)
    assert (entry["reconciled_at"], entry["reconciliation_id"], entry["match_id"]) == (None, None, None)
    assert (entry["amount"], entry["description"], entry["currency_id"]) == (1000, "Moved", "CUR_USD")
    assert entry["entry_id"] == entry_on(books, entry["transaction_id"])


def test_reconciled_outstanding_and_covered(books):
    shown_by_bank, cheque = move(books, "50.00", "2024-01-05"), move(books, "-20.00", "2024-01-30")
    session = completed(books, "1050.00", [shown_by_bank])
    late, new = move(books, "3.00", "2023-12-31"), move(books, "4.00", "2024-02-01")
    found = {entry["transaction_id"]: entry for entry in statuses(books)}
    first = next(entry for number, entry in found.items() if number not in (shown_by_bank, cheque, late, new))
    assert (first["status"], first["covered_by_opening"]) == ("reconciled", True)
    assert (first["reconciliation_id"], first["reconciled_at"]) == (session["id"], session["created_at"])
    assert (found[shown_by_bank]["status"], found[shown_by_bank]["covered_by_opening"]) == ("reconciled", False)
    assert found[cheque]["status"] == found[late]["status"] == "outstanding"
    assert found[new]["status"] == "not_reconciled"


def test_marks_count_while_the_session_is_open_and_go_with_it(books):
    sale = move(books, "50.00", "2024-01-05")
    session = started(books, "1050.00")
    done(books, session, "reconcile", {"transaction_ids": [sale]})
    assert statuses(books, "?start_date=2024-01-01")[0]["reconciliation_id"] == session["id"]
    done(books, session, "cancel")
    assert {entry["status"] for entry in statuses(books)} == {"not_reconciled"}


def test_with_a_given_opening_older_entries_are_not_called_outstanding(books):
    completed(books, "900.00", [], opening_balance="900.00")
    assert statuses(books)[0]["status"] == "not_reconciled"


def test_what_was_corrected_on_its_own_day_is_nothing_of_the_banks(books):
    wrong = move(books, "50.00", "2024-01-05")
    back = books.api.post(f"/transactions/{wrong}/reverse", {"reversal_date": "2024-01-05"})["id"]
    session = completed(books, "1000.00", [])
    assert {entry["status"] for entry in statuses(books, "?start_date=2024-01-01")} == {"not_reconciled"}
    assert listed(books, session) == []
    later = books.api.post(f"/transactions/{back}/reverse", {"reversal_date": "2024-01-05"})["id"]
    assert {entry["status"] for entry in statuses(books, "?start_date=2024-01-01")} == {"outstanding"}
    assert {entry["transaction_id"] for entry in listed(books, session)} == {wrong, back, later}


def test_half_of_a_correction_that_the_bank_has_shown_leaves_the_other_half_open(books):
    for mark in ("reconcile", "match"):
        wrong = move(books, "50.00", "2024-01-05")
        back = books.api.post(f"/transactions/{wrong}/reverse", {"reversal_date": "2024-01-05"})["id"]
        session = started(books, "1050.00")
        assert listed(books, session) == []
        if mark == "match":
            matched(books, wrong, line(books, "50.00", "2024-01-06"))
            assert {entry["transaction_id"] for entry in listed(books, session)} == {wrong, back}
        else:
            done(books, session, "reconcile", {"transaction_ids": [wrong]})
            states = {entry["transaction_id"]: entry["state"] for entry in listed(books, session)}
            assert states == {wrong: "marked", back: "open"}
        done(books, session, "cancel")


def test_a_correction_of_what_the_opening_covers_is_to_be_cleared(books):
    old = books.api.get("/transactions").data[0]["id"]
    session = started(books, "1000.00")
    back = books.api.post(f"/transactions/{old}/reverse", {"reversal_date": "2023-12-20"})["id"]
    assert [entry["transaction_id"] for entry in listed(books, session)] == [back]


def test_a_session_lists_what_it_has_marked_and_could_mark(books):
    cleared = move(books, "50.00", "2024-01-05")
    cheque = move(books, "-20.00", "2024-01-30")
    completed(books, "1050.00", [cleared])
    ahead = move(books, "7.00", "2024-03-01")
    inside = move(books, "5.00", "2024-02-05", "Rent of the oven", reference_number="R-5")
    matched(books, ahead, line(books, "7.00", "2024-02-29"))
    session = started(books, "1042.00", FEBRUARY, auto_match=True)
    found = listed(books, session)
    assert [(entry["transaction_id"], entry["state"], entry["status"]) for entry in found] == [
        (cheque, "open", "outstanding"),
        (inside, "open", "not_reconciled"),
        (ahead, "marked", "reconciled"),
    ]
    assert found[2]["match_id"].startswith("MAT_")
    assert (found[1]["description"], found[1]["reference"]) == ("Rent of the oven", "R-5")
    for query, wanted in {
        "?state=marked": [ahead],
        "?state=open&sort=-transaction_date": [inside, cheque],
        "?filters[amount][gte]=5": [inside, ahead],
        f"?transaction_id={cheque}": [cheque],
        "?start_date=2024-02-01&end_date=2024-02-29": [inside],
        "?limit=1": [cheque],
    }.items():
        assert [entry["transaction_id"] for entry in listed(books, session, query)] == wanted, query


def test_the_list_of_an_account_is_narrowed_and_paged(books):
    for day in range(1, 6):
        move(books, f"{day}.00", f"2024-01-0{day}")
    first = books.api.get(f"/accounts/{books.account('1001')}/reconciliation-status?limit=4")
    assert [entry["amount"] for entry in first.data] == [5, 4, 3, 2]
    second = statuses(books, f"?limit=4&cursor={first['next_cursor']}")
    assert [entry["amount"] for entry in second] == [1, 1000]
    completed(books, "1001.00", [statuses(books, "?filters[amount][eq]=1")[0]["transaction_id"]], JANUARY)
    for query, wanted in {
        "?status=outstanding": [5, 4, 3, 2],
        "?status=reconciled&sort=transaction_date": [1000, 1],
        "?filters[status][in]=reconciled,outstanding&filters[amount][gte]=5": [5, 1000],
        "?filters[status][ne]=outstanding": [1, 1000],
    }.items():
        assert [entry["amount"] for entry in statuses(books, query)] == wanted, query


def test_amounts_are_in_the_accounts_own_currency(books):
    yen = books.api.post("/accounts", {"code": "1050", "name": "Yen", "type": "asset", "currency_id": "JPY"})["id"]
    books.refresh()
    session = started(books, "0", code="1050")
    assert statuses(books, code="1050") == []
    assert listed(books, session) == []
    body = {
        "transaction_date": "2024-01-10",
        "auto_post": True,
        "entries": [
            {"account_id": yen, "entry_type": "debit", "amount": 500, "currency_rate": "0.0067"},
            books.entry("4001", "credit", "3.35"),
        ],
    }
    books.api.post("/transactions", body)
    assert [str(entry["amount"]) for entry in statuses(books, code="1050")] == ["500"]


def test_what_is_not_there_and_cannot_be_asked(books):
    session = started(books, "1000.00")
    account = books.account("1001")
    for path in (f"/accounts/{account}/reconciliation-status", f"{PATH}/{session['id']}/entries"):
        for query in ("status=open", "state=", "sort=amount", "filters[amount][contains]=1", "holds=1"):
            assert books.api.get(f"{path}?{query}").status == 400, (path, query)
    assert books.api.get(f"/accounts/ACT_{1:016x}/reconciliation-status").status == 404
    for word in ("entries", "report", "discrepancies"):
        assert books.api.get(f"{PATH}/REC_{1:016x}/{word}").status == 404
