"""Files that overlap, undone and sent again in any order: no line lost, none twice."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.reconciliation.uploading import HEADER, counts, send, take

EARLY = HEADER + "2024-01-01,One,-1.00\n2024-01-02,Two,-2.00\n2024-01-03,Three,-3.00\n"
LATE = HEADER + "2024-01-02,Two,-2.00\n2024-01-03,Three,-3.00\n2024-01-04,Four,-4.00\n"


def lines(books) -> list[tuple[str, str]]:
    rows = books.api.get("/statement-lines?sort=date&limit=100").data
    return [(row["description"], row["statement_id"]) for row in rows]


def undone(books, statement_id: str) -> int:
    answer = books.api.post(f"/statements/{statement_id}/undo")
    assert answer.status == 200, answer.body
    return answer["removed"]


def test_a_file_brings_back_what_went_with_another_one(books):
    early, late = take(books, EARLY), take(books, LATE)
    assert (counts(early), counts(late)) == ((3, 0, 0, 0), (1, 2, 0, 0))
    assert undone(books, early["statement_id"]) == 3
    own = late["statement_id"]
    dry = take(books, LATE, dry_run="true")
    assert (counts(dry), [line["line_id"] for line in dry["lines"]]) == ((2, 1, 0, 0), [None] * 3)
    assert lines(books) == [("Four", own)]
    again = take(books, LATE)
    assert (counts(again), again["file_known"], again["statement_id"]) == ((2, 1, 0, 0), True, own)
    assert lines(books) == [("Two", own), ("Three", own), ("Four", own)]
    added = [line["line_id"] for line in again["lines"] if line["verdict"] == "new"]
    assert [books.api.get(f"/statement-lines/{number}").status for number in added] == [200, 200]
    shown = books.api.get(f"/statements/{own}")
    assert (shown["new"], shown["duplicates"], shown["start_date"]) == (3, 0, "2024-01-02")
    told = books.api.get(f"/events?entity_id={own}&event_type=statement.imported&sort=seq").data
    assert [(event["before_state"] or {}).get("new") for event in told] == [None, 1]
    assert counts(take(books, LATE)) == (0, 3, 0, 0)
    assert counts(take(books, EARLY)) == (1, 2, 0, 0)
    assert undone(books, own) == 3
    assert counts(take(books, EARLY)) == (2, 1, 0, 0)
    assert [text for text, _ in lines(books)] == ["One", "Two", "Three"]


def test_equal_lines_come_back_in_their_number(books):
    coffee = "2024-03-01,Coffee,-3.00\n"
    one, two = take(books, HEADER + coffee * 2), take(books, HEADER + coffee * 3)
    assert counts(two) == (1, 2, 0, 0)
    undone(books, one["statement_id"])
    assert counts(take(books, HEADER + coffee * 3)) == (2, 1, 0, 0)
    assert len(lines(books)) == 3


def test_a_dry_run_by_the_address_leaves_nothing(books):
    answer = books.api.client.post(
        f"{books.api.base}/accounts/{books.account('1001')}/import-statement?dry_run=true",
        {"file": SimpleUploadedFile("bank.csv", EARLY.encode())},
        headers={"authorization": f"Bearer {books.key}"},
    )
    assert answer.status_code == 202
    assert books.api.get("/jobs").data == []


@pytest.mark.parametrize("mapping", ["[" * 100_000, '{"date":' * 100_000])
def test_a_bottomless_mapping_is_no_json_object(books, mapping):
    answer = send(books, EARLY, mapping=mapping)
    assert (answer.status, list(answer.error["details"]["fields"])) == (400, ["mapping"])


@pytest.mark.parametrize(("one", "other"), [("☕", "🍕"), ("की", "का"), ("ดี", "ดู")])
def test_texts_that_differ_in_marks_or_pictures_are_two_lines(books, one, other):
    for text in (one, other):
        assert counts(take(books, HEADER + f"2024-01-05,{text},-5.00\n")) == (1, 0, 0, 0)


NAMED = "Date,Transaction ID,Description,Amount\n"


def verdicts(result: dict) -> list[str | None]:
    return [line["code"] for line in result["lines"]]


def test_a_line_that_a_file_has_named_is_not_another_one_of_the_same_text(books):
    take(books, HEADER + "2024-01-05,Coffee,-5.00\n")
    assert verdicts(take(books, NAMED + "2024-01-05,X1,Coffee,-5.00\n")) == ["known_content"]
    second = take(books, NAMED + "2024-01-05,X2,Coffee,-5.00\n")
    assert (counts(second), verdicts(second)) == ((0, 0, 1, 0), ["known_under_other_id"])
    whole = take(books, NAMED + "2024-01-05,X2,Coffee,-5.00\n2024-01-05,X1,Coffee,-5.00\n")
    assert verdicts(whole) == ["known_line", "known_content"]
    assert len(lines(books)) == 2


def test_a_bank_that_changes_its_ids_makes_no_line_twice_in_silence(books):
    take(books, NAMED + "2024-01-05,X1,Coffee,-5.00\n2024-01-06,X2,Tea,-2.00\n")
    again = take(books, NAMED + "2024-01-05,Y1,Coffee,-5.00\n2024-01-06,Y2,Tea,-2.00\n2024-01-07,Y3,Cake,-4.00\n")
    assert verdicts(again) == ["known_under_other_id", "known_under_other_id", None]


def test_two_equal_movements_are_told_apart_by_id_in_any_order(books):
    take(books, NAMED + "2024-01-05,X1,Coffee,-5.00\n")
    longer = take(books, NAMED + "2024-01-05,X2,Coffee,-5.00\n2024-01-05,X1,Coffee,-5.00\n")
    assert verdicts(longer) == [None, "known_line"]


def test_a_booked_line_that_outlived_its_import_is_known_whatever_its_number_was(books):
    coffee = "2024-03-01,Coffee,-3.00\n"
    wrong = take(books, HEADER + coffee * 2)
    second = wrong["lines"][1]["line_id"]
    booked = books.api.post(f"/statement-lines/{second}/create-transaction", {"account_id": books.account("5201")})
    assert booked.status == 201, booked.body
    assert undone(books, wrong["statement_id"]) == 1
    right = take(books, HEADER + coffee)
    assert (counts(right), right["lines"][0]["known_line_id"]) == ((0, 1, 0, 0), second)
    assert counts(take(books, HEADER + coffee * 3)) == (2, 1, 0, 0)
    assert len(lines(books)) == 3
