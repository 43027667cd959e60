"""Statements, their lines and matches in the back office: pages, buttons, what they refuse and whom."""

import pytest

from ledger.invoicing.models import Invoice
from organizations import ids
from organizations.jobs.models import Job
from reconciliation.matching.models import Match
from reconciliation.statements.models import SavedMapping, Statement, StatementLine
from tests.backoffice.bank import COFFEE, IMPORT, imported, lines, send, statement, suggested, work
from tests.backoffice.desks import Person, address, balance
from tests.backoffice.trading import traded
from tests.cast import Cast
from tests.reconciliation import banks

MAPPING = '{"date": "Date", "description": ["Description"], "amount": "Amount", "date_format": "YMD"}'

EUROS = """OFXHEADER:100
DATA:OFXSGML

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>4711</BANKACCTFROM>
<BANKTRANLIST><STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260201<TRNAMT>1.00<FITID>1<NAME>Line</STMTTRN></BANKTRANLIST>
</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""


@pytest.fixture
def alice(cast: Cast, monkeypatch) -> Person:
    monkeypatch.setattr("organizations.jobs.tasks.run_job.delay", lambda *ids: None)
    return Person(cast.alice)


# --- importing ---


def test_a_file_is_checked_and_nothing_is_imported(cast, alice):
    answer = send(alice, cast.alices, _check="1")
    waiting = alice.get(answer.goes_to)
    assert "Check of bank.csv queued" in waiting
    assert "waiting for a worker" in waiting
    number = work(cast.alices, answer)
    page = alice.get(answer.goes_to)
    assert "succeeded" in page
    assert "Nothing was imported yet." in page
    assert "New Duplicates Conflicts, kept Errors 3 0 0 0" in page
    assert "2026-02-03 500.00 Deposit new" in page
    assert lines(cast.alices) == []
    assert f'data-job="/organizations/{cast.alices.organization.public_id}/jobs/' in page.text
    assert alice.get(f"{IMPORT}?job={number + 1}").status == 404


def test_a_file_is_imported_and_the_same_again_adds_nothing(cast, alice):
    page = imported(alice, cast.alices)
    assert "The file was imported." in page
    assert [str(line.amount.normalize()) for line in lines(cast.alices)] == ["-3.5", "-3.5", "5E+2"]
    again = imported(alice, cast.alices)
    assert "This very file was imported before" in again
    assert "0 3 0 0" in again
    known = address(StatementLine, "change", lines(cast.alices)[0].pk)
    assert f'href="{known}"' in again.text
    overlapping = imported(alice, cast.alices, COFFEE + "2026-02-04,Bakery <b>supplies</b>,-12.00,1481.00\n")
    assert "1 3 0 0" in overlapping
    assert "<b>supplies" not in overlapping.text


def test_what_cannot_be_imported_stands_at_its_field(cast, alice):
    missing = alice.post(IMPORT)
    assert missing.said.count("This field is required.") == 2
    assert "is a PDF" in send(alice, cast.alices, b"%PDF-1.7 etc.", name="bank.pdf")
    assert "The file is empty." in send(alice, cast.alices, b"")
    assert "Statements belong to asset and liability accounts" in send(alice, cast.alices, code="4001")
    assert "This is no JSON" in send(alice, cast.alices, mapping="{oops")
    assert "The mapping is a JSON object" in send(alice, cast.alices, mapping="[1]")
    assert "This is no JSON" in send(alice, cast.alices, mapping="[" * 20_000)
    assert "mapping.sign" in send(alice, cast.alices, mapping='{"sign": "plus"}')
    with cast.alices.acting():
        assert not Job.objects.of(cast.alices.organization).exists()


def test_a_file_that_is_too_large_is_not_read(cast, alice, settings):
    settings.STATEMENT_MAX_BYTES = 20
    assert "At most 20 bytes." in send(alice, cast.alices)


def test_a_file_in_another_currency_is_refused_with_both(cast, alice):
    answer = send(alice, cast.alices, EUROS, name="euros.ofx", _import="1")
    work(cast.alices, answer)
    assert "The file is in EUR, the account in USD." in alice.get(answer.goes_to)


def test_a_job_that_fails_says_why(cast, alice):
    several = "Date,Account,Description,Amount\n" + "".join(
        f"2026-02-{day:02},ACC{'123456' if day < 15 else '987654'},Line,{day}.00\n" for day in range(1, 29)
    )
    mapping = '{"date": "Date", "description": ["Description"], "amount": "Amount", "account": "Account"}'
    answer = send(alice, cast.alices, several, mapping=mapping, _import="1")
    work(cast.alices, answer)
    page = alice.get(answer.goes_to)
    assert "failed" in page
    assert "several accounts" in page
    assert "In the file: ACC123456, ACC987654. Write the one that is meant into “Account in the file”." in page
    assert lines(cast.alices) == []


def test_a_mapping_is_kept_shown_and_forgotten(cast, alice):
    imported(alice, cast.alices, mapping=MAPPING)
    page = alice.get(f"{IMPORT}?account={cast.alices.accounts['1001'].pk}")
    assert '"date_format": "YMD"' in page
    assert "1001 Cash - Operating" in page
    number = cast.alices.accounts["1001"].pk
    gone = alice.follow(alice.post(IMPORT, _forget=number))
    assert "are read as they look from now on" in gone
    with cast.alices.acting():
        assert not SavedMapping.objects.of(cast.alices.organization).exists()
    for wrong in (number, cast.charlies.accounts["1001"].pk, "x", "9" * 30):
        assert alice.post(IMPORT, _forget=wrong).status == 404


def test_dates_that_can_be_read_two_ways_are_asked_for_by_a_choice(cast, alice):
    text = "Date,Description,Amount\n03/04/2026,Coffee,-3.50\n"
    asked = send(alice, cast.alices, text)
    question = "03/04/2026 is 3 April 2026 if it begins with the day, 4 March 2026 if it begins with the month."
    assert asked.status == 200 and question in asked and "date_format" not in asked.said.partition("CSV mapping")[0]
    answer = send(alice, cast.alices, text, date_order="DMY", _import="1")
    work(cast.alices, answer)
    assert [str(line.date) for line in lines(cast.alices)] == ["2026-04-03"]
    imported(alice, cast.alices, "Date,Description,Amount\n05/04/2026,Tea,-2.00\n")  # it is kept
    assert [str(line.date) for line in lines(cast.alices)] == ["2026-04-03", "2026-04-05"]
    imported(alice, cast.alices, text.replace("Coffee", "Cake"), code="1301", mapping=MAPPING, date_order="MDY")
    assert str(lines(cast.alices)[0].date) == "2026-03-04"
    both = "Date,Description,Amount\n13/01/2024,a,1\n01/13/2024,b,1\n"
    assert "The file does not show it." in send(alice, cast.alices, both, code="1201")


def test_a_check_keeps_no_mapping(cast, alice):
    work(cast.alices, send(alice, cast.alices, mapping=MAPPING))
    with cast.alices.acting():
        assert not SavedMapping.objects.of(cast.alices.organization).exists()


# --- statements ---


def test_statements_are_listed_narrowed_and_undone(cast, alice):
    imported(alice, cast.alices)
    imported(alice, cast.alices, COFFEE + "2026-02-04,Bread,oops,\n", name="second.csv")
    listed = address(Statement)
    assert "bank.csv 1001 Cash - Operating 2026-02-01 – 2026-02-03 3" in alice.get(listed)
    assert "bank.csv" not in alice.get(f"{listed}?format=ofx")
    assert "bank.csv" not in alice.get(f"{listed}?end_date_to=2026-02-02")
    assert "bank.csv" not in alice.get(f"{listed}?account={cast.alices.accounts['1101'].pk}")
    assert "bank.csv" in alice.get(f"{listed}?account={cast.alices.accounts['1001'].pk}&format=csv&q=bank")
    second = alice.get(address(Statement, "change", statement(cast.alices).pk))
    assert "duplicate of" in second
    assert "error" in second
    with cast.alices.acting():
        first = Statement.objects.of(cast.alices.organization).get(file_name="bank.csv")
    own = address(Statement, "change", first.pk)
    assert "Closing balance 1,493.00" in alice.get(own)
    assert "statement.imported" in alice.get(address(Statement, "history", first.pk))
    undo = address(Statement, "undo", first.pk)
    assert alice.get(undo).status == 302
    assert lines(cast.alices)
    done = alice.follow(alice.post(undo))
    assert "The import was undone; lines that are gone: 3." in done
    assert "undone" in done
    assert "Undo the import" not in done
    assert lines(cast.alices) == []
    assert "This import was undone already" in alice.follow(alice.post(undo))


# --- lines ---


def test_lines_are_listed_searched_and_narrowed(cast, alice):
    imported(alice, cast.alices)
    banks.line(cast.alices, "77.00", description="Elsewhere", code="1101", verdict="conflict", bank_id="FIT77")
    listed = address(StatementLine)
    assert "2026-02-03 Deposit" in alice.get(listed)
    for asked in ("q=coffee", "status=matched", "verdict=conflict", "date_from=2026-02-04"):
        assert "Deposit" not in alice.get(f"{listed}?{asked}"), asked
    assert "Elsewhere" in alice.get(f"{listed}?q=FIT77")
    assert "Elsewhere" in alice.get(f"{listed}?verdict=conflict&date_to=2026-02-02")
    of_file = alice.get(f"{listed}?statement={statement(cast.alices).pk}")
    assert "Elsewhere" in of_file
    assert "Deposit" not in of_file
    assert "Deposit" not in alice.get(f"{listed}?statement=x")
    narrowed = alice.get(f"{listed}?account={cast.alices.accounts['1001'].pk}&status=unmatched&date_from=2026-02-01")
    assert "Workbench" in narrowed
    assert "format=csv&amp;status=unmatched&amp;start_date=2026-02-01&amp;account_id=ACT_" in narrowed.text
    assert "Export CSV" not in alice.get(f"{listed}?q=coffee")


def test_a_lines_page_has_the_banks_words_and_opens_it_again(cast, alice):
    row = banks.line(
        cast.alices, "100.00", description="<i>Payment</i>", counterparty="ACME", reference="R-1", kind="NTRF"
    )
    page = alice.get(address(StatementLine, "change", row.pk))
    for words in ("<i>Payment</i>", "Counterparty ACME", "Reference R-1", "Kind NTRF", "unmatched"):
        assert words in page
    assert "<i>Payment" not in page.text
    undo = address(StatementLine, "undo", row.pk)
    assert "The statement line is not settled" in alice.follow(alice.post(undo))
    api = cast.alices.api
    booked = api.post(
        f"/statement-lines/{row.public_id}/create-transaction", {"account_id": cast.alices.account("4001")}
    )
    assert booked.status == 201
    page = alice.get(address(StatementLine, "change", row.pk))
    assert "created" in page
    match = int(booked["match"]["id"].removeprefix("MAT_"), 16)
    assert "Match what it is matched with" in page and address(Match, "change", match) in page.text
    assert alice.get(undo).status == 302
    opened = alice.follow(alice.post(undo))
    assert "The line is open again." in opened
    assert balance(cast.alices, "1001") == 0
    assert "statement_line.unmatched" in alice.get(address(StatementLine, "history", row.pk))
    ignored = api.post(f"/statement-lines/{row.public_id}/ignore", {"reason": "Not ours"})
    assert ignored["status"] == "ignored"
    assert "Ignored because Not ours" in alice.get(address(StatementLine, "change", row.pk))


# --- matches ---


def test_a_match_is_explained_accepted_and_undone(cast, alice):
    row, match = suggested(cast.alices)
    words = "2026-02-01 A movement 100.00 1001 Cash - Operating 1 : 1 automatic 640 suggested"
    assert words in alice.get(address(Match))
    own = address(Match, "change", match.pk)
    page = alice.get(own)
    for words in (
        "Score 640 of 1000",
        "Something else would be nearly as good.",
        "+200 amount The amounts are equal to the cent",
        "-160 other reference",
        "The runner-up, score 590",
        "Sale for 100.00",
        "2026-02-01 100.00 USD A movement",
        match.public_id,
    ):
        assert words in page
    accept = address(Match, "accept", match.pk)
    assert alice.get(accept).status == 302
    done = alice.follow(alice.post(accept))
    assert "The match was accepted." in done
    assert "accepted" in done
    assert "The match is not a suggestion." in alice.follow(alice.post(accept))
    assert "matched" in alice.get(address(StatementLine, "change", row.pk))
    undone = alice.follow(alice.post(address(Match, "undo", match.pk)))
    assert "The match was undone." in undone
    assert "undone already" in alice.follow(alice.post(address(Match, "undo", match.pk)))


def test_a_suggestion_is_rejected(cast, alice):
    row, match = suggested(cast.alices)
    assert alice.get(address(Match, "reject", match.pk)).status == 302
    assert "The suggestion was rejected." in alice.follow(alice.post(address(Match, "reject", match.pk)))
    assert "unmatched" in alice.get(address(StatementLine, "change", row.pk))


def test_a_suggestion_with_a_fee_asks_where_the_fee_goes(cast, alice):
    _, match = suggested(cast.alices, "97.10", booked="100.00")
    accept = address(Match, "accept", match.pk)
    form = alice.get(accept)
    assert "The bank kept 2.90; it is posted as a fee." in form
    assert "This field is required." in alice.post(accept)
    wrong = cast.charlies.accounts["5201"].pk
    assert "Select a valid choice" in alice.post(accept, fee_account=wrong)
    done = alice.follow(alice.post(accept, fee_account=cast.alices.accounts["5201"].pk))
    assert "The match was accepted." in done
    assert str(balance(cast.alices, "5201").normalize()) == "2.9"


def test_matches_are_narrowed_and_found_by_their_id(cast, alice):
    row, match = suggested(cast.alices)
    listed = address(Match)
    for asked in (
        "status=accepted",
        "origin=manual",
        f"account={cast.alices.accounts['1101'].pk}",
        "created_at_to=2020-01-01",
    ):
        assert "A movement" not in alice.get(f"{listed}?{asked}"), asked
    assert "A movement" in alice.get(f"{listed}?status=suggested&origin=automatic")
    assert address(Match, "change", match.pk) in alice.get(f"/admin/search/?s={match.public_id}").text
    assert address(StatementLine, "change", row.pk) in alice.get(f"/admin/search/?s={row.public_id}").text


def test_matches_are_told_by_their_lines_and_searched_by_them(cast, alice):
    books = cast.alices
    listed = address(Match)
    suggested(books)
    before = alice.get(listed).queries
    line = banks.line(books, "96.00", description="Invoice paid", counterparty="C. Lee")
    invoice = ids.encode("INV", traded(books, name="Dora")[Invoice])
    columns = {"line_ids": [line.pk, 12], "entry_ids": [], "document_ids": [invoice], "account": line.account}
    with books.acting():
        other = Match.objects.create(organization=books.organization, origin="document", **columns)
    seen = alice.get(listed)
    assert "2026-02-01 Invoice paid Dora 96.00" in seen and seen.queries <= before + 2
    for asked, found in (("96", True), ("invoice", True), ("c. lee", True), ("97.00", False), ("movement", False)):
        seen = alice.get(f"{listed}?q={asked}")
        assert ("Invoice paid" in seen) is found and ("A movement" in seen) is (asked == "movement"), asked
    assert "Pays Invoice INV-2026-0001" in alice.get(address(Match, "change", other.pk))


# --- who may ---


def test_bob_sees_all_and_acts_on_nothing(cast, alice):
    imported(alice, cast.alices)
    row, match = suggested(cast.alices)
    bob = Person(cast.bob)
    assert bob.get(IMPORT).status == 403
    assert send(bob, cast.alices, _import="1").status == 403
    assert bob.post(IMPORT, _forget=cast.alices.accounts["1001"].pk).status == 403
    acts = [
        (Statement, statement(cast.alices).pk, ["undo"]),
        (StatementLine, row.pk, ["undo"]),
        (Match, match.pk, ["accept", "reject", "undo"]),
    ]
    for model, number, pages in acts:
        page = bob.get(address(model, "change", number))
        assert page.status == 200
        for button in ("Undo", "Accept", "Reject", "Import a statement</a>"):
            assert f">{button}" not in page.text
        for name in pages:
            assert bob.post(address(model, name, number)).status == 403
    with cast.alices.acting():
        assert Match.objects.of(cast.alices.organization).get().status == "suggested"


def test_a_stranger_finds_nothing(cast, alice):
    answer = send(alice, cast.alices, _import="1")
    work(cast.alices, answer)
    charlie = Person(cast.charlie)
    assert charlie.get(answer.goes_to).status == 404
    assert "bank.csv" not in charlie.get(address(Statement))
    assert "Coffee" not in charlie.get(f"{address(StatementLine)}?statement={statement(cast.alices).pk}")
    theirs = cast.alices.accounts["1001"].pk
    assert "Select a valid choice" in send(charlie, cast.alices)
    assert str(theirs) not in charlie.get(f"{IMPORT}?account={theirs}").text
    with cast.charlies.acting():
        assert not Job.objects.of(cast.charlies.organization).exists()
