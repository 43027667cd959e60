"""Importing a bank's file: no line twice, none lost, every one with a reason."""

import io
import zipfile
from decimal import Decimal

import pytest

from tests.cast import open_books
from tests.reconciliation.uploading import HEADER, counts, send, take, work

SEED = (
    "Date,Description,Amount,Balance\n2024-01-15,Deposit,$500.00,$15750.00\n2024-01-16,Check #1234,-$250.00,$15500.00\n"
)
COFFEES = HEADER + "2024-03-01,Coffee,-3.00\n" * 3


def lines(books, **filters) -> list[dict]:
    query = "&".join(f"{name}={value}" for name, value in {"limit": 100, **filters}.items())
    return books.api.get(f"/statement-lines?{query}").data


def test_the_seeds_file_works_as_it_is(books):
    job = send(books, SEED, name="bank_statement.csv")
    assert (job.status, job["object"], job["status"], job["kind"]) == (202, "job", "queued", "import_statement")
    done = work(books, job)
    assert done["status"] == "succeeded", done["error"]
    assert counts(done["result"]) == (2, 0, 0, 0)
    assert [line["verdict"] for line in done["result"]["lines"]] == ["new", "new"]
    assert done["progress"]["done"] == done["progress"]["total"]
    found = {line["description"]: line for line in lines(books)}
    assert found["Deposit"]["amount"] == Decimal("500.00")
    assert (found["Check #1234"]["amount"], found["Check #1234"]["status"]) == (Decimal("-250.00"), "unmatched")
    statement = books.api.get(f"/statements/{done['result']['statement_id']}")
    assert (statement["file_name"], statement["start_date"], statement["closing_balance"]) == (
        "bank_statement.csv",
        "2024-01-15",
        Decimal("15500.00"),
    )


def test_the_same_file_twice_adds_nothing_and_names_the_first(books):
    first = take(books, SEED)
    second = take(books, SEED, name="renamed.csv")
    assert (counts(second), second["file_known"]) == ((0, 2, 0, 0), True)
    assert second["statement_id"] == first["statement_id"]
    assert [line["code"] for line in second["lines"]] == ["known_line"] * 2
    assert {line["known_line_id"] for line in second["lines"]} == {line["line_id"] for line in first["lines"]}
    assert len(books.api.get("/statements").data) == 1


def test_three_equal_coffees_are_three_lines_and_stay_three(books):
    assert counts(take(books, COFFEES)) == (3, 0, 0, 0)
    assert counts(take(books, COFFEES + "2024-03-02,Tea,-2.00\n")) == (1, 3, 0, 0)
    assert counts(take(books, COFFEES + "2024-03-01,Coffee,-3.00\n")) == (1, 3, 0, 0)
    assert len(lines(books)) == 5


def test_overlapping_exports_add_only_what_is_new(books):
    days = [f"2024-05-{day:02},Payment {day},-{day}.00\n" for day in range(1, 31)]
    assert counts(take(books, HEADER + "".join(days[:20]))) == (20, 0, 0, 0)
    assert counts(take(books, HEADER + "".join(reversed(days[10:])))) == (10, 10, 0, 0)
    assert len(lines(books)) == 30


def test_blanks_and_capitals_do_not_make_another_line(books):
    take(books, HEADER + "2024-01-15,ACME  Ltd.,5.00\n")
    assert counts(take(books, HEADER + "2024-01-15,Acme ltd,5.00\n")) == (0, 1, 0, 0)


def test_the_same_line_on_another_account_is_another_line(books):
    take(books, SEED)
    assert counts(take(books, SEED, code="1101")) == (2, 0, 0, 0)


IDS = "Date,Description,Amount,Transaction ID\n"


def test_a_bank_s_id_with_amount_and_date_is_the_same_line_whatever_the_text(books):
    take(books, IDS + "2024-01-15,Card payment,-5.00,F1\n")
    assert counts(take(books, IDS + "2024-01-15,CARD PAYMENT ACME LONDON,-5.00,F1\n")) == (0, 1, 0, 0)


def test_an_id_with_another_amount_is_kept_and_flagged(books):
    take(books, IDS + "2024-01-15,Hotel hold,-100.00,F1\n")
    result = take(books, IDS + "2024-01-16,Hotel,-93.00,F1\n")
    assert counts(result) == (0, 0, 1, 0)
    assert result["lines"][0]["code"] == "id_with_other_facts"
    assert [line["verdict"] for line in lines(books, description="Hotel")] == ["conflict"]


def test_an_id_that_is_used_again_much_later_is_a_new_line(books):
    take(books, IDS + "2024-01-15,Rent,-100.00,1\n")
    assert counts(take(books, IDS + "2024-06-15,Rent,-100.00,1\n")) == (1, 0, 0, 0)


def test_one_id_for_equal_movements_keeps_all_and_flags_the_later_ones(books):
    whole = OFX.format(currency="USD", account="123456", fitid="7")
    movement = whole[whole.index("<STMTTRN>") : whole.index("</STMTTRN>")] + "</STMTTRN>"
    result = take(books, whole.replace(movement, movement * 3), name="bank.ofx")
    assert counts(result) == (1, 0, 2, 0)
    assert {line["code"] for line in result["lines"] if line["verdict"] == "conflict"} == {"id_repeated_in_file"}
    assert len(lines(books)) == 3


def test_a_file_with_ids_after_one_without_finds_its_lines(books):
    take(books, HEADER + "2024-01-15,Coffee,-3.00\n" * 2)
    result = take(books, IDS + "2024-01-15,Coffee,-3.00,A\n2024-01-15,Coffee,-3.00,B\n2024-01-15,Coffee,-3.00,C\n")
    assert counts(result) == (1, 2, 0, 0)


def test_what_cannot_be_read_is_an_error_with_its_line_and_the_rest_is_kept(books):
    result = take(books, HEADER + "2024-01-15,Fine,5.00\n2024-02-30,No such day,5.00\n2024-01-17,Fine,6.00\n")
    assert (result["new"], result["errors"]) == (2, 1)
    wrong = [line for line in result["lines"] if line["verdict"] == "error"]
    assert [line["place"] for line in wrong] == [3]
    remarks = books.api.get(f"/statements/{result['statement_id']}/remarks").data
    assert [(remark["place"], remark["verdict"]) for remark in remarks] == [(3, "error")]


def test_more_decimals_than_the_currency_has_are_an_error(books):
    result = take(books, HEADER + "2024-01-15,Fuel,-5.001\n2024-01-15,Fuel,-5.00\n")
    assert counts(result) == (1, 0, 0, 1)
    assert {line["code"] for line in result["lines"]} == {None, "too_many_decimals"}


def test_a_line_of_nothing_is_kept_aside(books):
    take(books, HEADER + "2024-01-15,Information,0.00\n2024-01-16,Money,1.00\n")
    (line,) = lines(books, status="ignored")
    assert line["ignore_reason"] == "The amount is zero."


def test_texts_of_any_length_are_cut_and_still_told_apart(books):
    long = "x" * 90_000
    rows = [f"2024-01-15,{long},-5.00,{long}{tail}\n" for tail in "AB"]
    assert counts(take(books, IDS + "".join(rows))) == (2, 0, 0, 0)
    assert counts(take(books, IDS + rows[1])) == (0, 1, 0, 0)
    assert {len(line["description"]) for line in lines(books)} == {4_000}
    assert {len(line["bank_id"]) for line in lines(books)} == {255}


def test_a_dry_run_says_the_same_and_changes_nothing(books):
    dry = take(books, COFFEES, dry_run="true")
    assert (counts(dry), dry["dry_run"], dry["statement_id"]) == ((3, 0, 0, 0), True, None)
    assert lines(books) == []
    assert counts(take(books, COFFEES)) == (3, 0, 0, 0)


def test_undoing_removes_exactly_the_unmatched_lines(books):
    result = take(books, COFFEES)
    kept = lines(books)[0]["id"]
    assert books.api.post(f"/statement-lines/{kept}/ignore", {"reason": "Private"}).status == 200
    undone = books.api.post(f"/statements/{result['statement_id']}/undo")
    assert (undone.status, undone["status"], undone["removed"]) == (200, "undone", 2)
    assert [line["id"] for line in lines(books)] == [kept]
    again = books.api.post(f"/statements/{result['statement_id']}/undo")
    assert (again.status, again.error["code"]) == (409, "statement_undone")
    assert counts(take(books, COFFEES)) == (2, 1, 0, 0)
    kinds = {event["event_type"] for event in books.api.get("/events?entity_type=statement&limit=100").data}
    assert kinds == {"statement.imported", "statement.undone"}


def test_a_saved_mapping_is_used_for_the_next_file(books):
    first = "Wann,Was,Soll,Haben\n01.02.2024,Miete,100,\n02.02.2024,Kunde,,250\n"
    mapping = '{"date": "Wann", "description": ["Was"], "debit": "Soll", "credit": "Haben", "date_format": "DMY"}'
    assert counts(take(books, first, mapping=mapping)) == (2, 0, 0, 0)
    saved = books.api.get(f"/accounts/{books.account('1001')}/statement-mapping")
    assert saved["mapping"]["debit"] == "Soll"
    assert sorted(line["amount"] for line in lines(books)) == [Decimal("-100.00"), Decimal("250.00")]
    assert counts(take(books, first.replace("100", "101"))) == (1, 1, 0, 0)
    assert books.api.delete(f"/accounts/{books.account('1001')}/statement-mapping").status == 204
    assert books.api.get(f"/accounts/{books.account('1001')}/statement-mapping").status == 404
    kinds = {event["event_type"] for event in books.api.get("/events?entity_type=statement_mapping").data}
    assert kinds == {"statement_mapping.saved", "statement_mapping.forgotten"}


@pytest.mark.parametrize(
    ("file", "fields", "status", "code"),
    [
        ("", {}, 400, "invalid_request"),
        ("PK\x05\x06" + "\0" * 18, {}, 400, "statement_unreadable"),
        ("%PDF-1.7 ...", {}, 400, "statement_unreadable"),
        (SEED, {"format": "xls"}, 400, "invalid_request"),
        (SEED, {"mapping": "[]"}, 400, "invalid_request"),
        (SEED, {"mapping": "{"}, 400, "invalid_request"),
        (SEED, {"mapping": '{"nonsense": 1}'}, 400, "invalid_request"),
        (SEED, {"dry_run": "perhaps"}, 400, "invalid_request"),
        (SEED, {"code": "4001"}, 422, "account_not_reconcilable"),
    ],
)
def test_what_is_refused_at_once(books, file, fields, status, code):
    answer = send(books, file, **fields)
    assert (answer.status, answer.error["code"]) == (status, code)
    assert lines(books) == []
    assert books.api.get("/jobs").data == []


def test_a_file_beyond_the_limit_is_refused(books, settings):
    settings.STATEMENT_MAX_BYTES = 20
    answer = send(books, SEED)
    assert (answer.status, answer.error["code"]) == (413, "statement_too_large")


def zipped(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def test_a_zip_with_one_statement_is_unpacked(books):
    assert counts(take(books, zipped("bank.csv", SEED.encode()), name="bank.zip")) == (2, 0, 0, 0)


def test_bombs_are_refused_at_once(books):
    bomb = zipped("bank.csv", b"0" * 150_000_000)
    assert len(bomb) < 200_000
    answer = send(books, bomb, name="bank.zip")
    assert (answer.status, answer.error["code"]) == (413, "statement_too_large")
    laughs = (
        '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><Document><BkToCstmrStmt>&b;</BkToCstmrStmt></Document>'
    )
    answer = send(books, laughs, name="bank.xml")
    assert (answer.status, answer.error["code"]) == (400, "statement_unreadable")
    assert answer.error["details"]["fields"].keys() == {"file"}
    assert books.api.get("/jobs").data == []


OFX = """OFXHEADER:100
DATA:OFXSGML

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>{currency}<BANKACCTFROM><BANKID>1<ACCTID>{account}
<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST><STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20240131230000[-5:EST]
<TRNAMT>-12.00<FITID>{fitid}<NAME>Shop</STMTTRN></BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""


def test_the_written_day_counts_whatever_the_time_zone(books):
    take(books, OFX.format(currency="USD", account="123456", fitid="1"), name="bank.ofx")
    assert [(line["date"], line["bank_id"]) for line in lines(books)] == [("2024-01-31", "1")]


def test_a_file_of_another_account_or_currency_is_refused_unless_it_is_named(books):
    take(books, OFX.format(currency="USD", account="123456", fitid="1"), name="bank.ofx")
    other = OFX.format(currency="USD", account="999999", fitid="2").replace("-12.00", "-13.00")
    failed = work(books, send(books, other, name="other.ofx"))
    assert (failed["status"], failed["error"]["code"]) == ("failed", "statement_of_another_account")
    assert counts(take(books, other, name="other.ofx", account_number="999999")) == (1, 0, 0, 0)
    euro = work(books, send(books, OFX.format(currency="EUR", account="999999", fitid="3"), name="e.ofx"))
    assert (euro["status"], euro["error"]["code"]) == ("failed", "statement_currency_differs")


def test_an_ofx_file_after_a_csv_of_the_same_words_adds_nothing(books):
    take(books, HEADER + "2024-01-31,SHOP,-12.00\n")
    assert counts(take(books, OFX.format(currency="USD", account="123456", fitid="1"), name="bank.ofx")) == (0, 1, 0, 0)


def test_an_ofx_file_after_a_csv_flags_what_looks_the_same(books):
    take(books, HEADER + "2024-01-31,CARD 4711 SHOP LONDON,-12.00\n")
    result = take(books, OFX.format(currency="USD", account="123456", fitid="1"), name="bank.ofx")
    assert counts(result) == (0, 0, 1, 0)
    assert result["lines"][0]["code"] == "similar_line_elsewhere"


def test_lines_as_a_file_run_no_formula(books):
    take(books, HEADER + "2024-01-15,\"=cmd|'/c calc'!A0\",5.00\n")
    response = books.api.client.get(
        f"{books.api.base}/statement-lines?format=csv", headers={"authorization": f"Bearer {books.key}"}
    )
    text = b"".join(response.streaming_content).decode()
    assert "2024-01-15,5.00000000" in text or "2024-01-15,5.00" in text
    assert "'=cmd|" in text


def test_nobody_else_sees_or_touches_a_statement(books):
    result = take(books, SEED)
    stranger = open_books("Stranger Ltd").api
    for path in (f"/statements/{result['statement_id']}", f"/statement-lines/{result['lines'][0]['line_id']}"):
        assert stranger.get(path).status == 404
        assert stranger.get(f"/{books.api.base}{path}").status == 404
    assert stranger.post(f"/statements/{result['statement_id']}/undo").status == 404
