"""A run of matching: the sure accepted, the likely suggested, the rest left; explained, turned down, learned from."""

from decimal import Decimal
from typing import get_args

from organizations import ids
from organizations.jobs import running
from reconciliation.matching.explanations import REASONS
from reconciliation.practice.years import practice_year
from reconciliation.scoring.payments import PaymentReason
from reconciliation.scoring.proposing import propose
from reconciliation.scoring.shapes import Reason
from reconciliation.scoring.weights import FEATURES
from tests.reconciliation.uploading import HEADER, take

SALES = [("2026-02-02", "Acme Ltd invoice 4711", "120.00"), ("2026-02-03", "Globex invoice 4712", "75.50")]


def post(books, date: str, said: str, amount: str, credit: str = "4001") -> dict:
    sides = [books.entry("1001", "debit", amount), books.entry(credit, "credit", amount)]
    if amount.startswith("-"):
        sides = [books.entry("1001", "credit", amount[1:]), books.entry("5201", "debit", amount[1:])]
    made = books.api.post(
        "/transactions", {"transaction_date": date, "description": said, "entries": sides, "auto_post": True}
    )
    assert made.status == 201, made.body
    return made.body


def run(books, code: str = "1001") -> dict:
    job = books.api.post(f"/accounts/{books.account(code)}/match")
    assert (job.status, job["kind"]) == (202, "match_statement_lines")
    running.run(books.organization.pk, ids.decode("REQ", job["id"]))
    done = books.api.get(f"/jobs/{job['id']}")
    assert done["status"] == "succeeded", done["error"]
    return done["result"]


def file(*rows: tuple[str, str, str]) -> str:
    return HEADER + "".join(f"{day},{said},{amount}\n" for day, said, amount in rows)


def line_said(books, text: str) -> dict:
    (found,) = books.api.get(f"/statement-lines?filters[description][contains]={text}").data
    return found


def test_an_import_starts_a_run_which_accepts_what_is_sure(books):
    for sale in SALES:
        post(books, *sale)
    take(books, file(("2026-02-03", "ACME LTD INV 4711", "120.00"), ("2026-02-04", "GLOBEX INV 4712", "75.50")))
    (job,) = books.api.get("/jobs?kind=match_statement_lines&status=queued").data
    running.run(books.organization.pk, ids.decode("REQ", job["id"]))
    result = books.api.get(f"/jobs/{job['id']}")["result"]
    assert {name: result[name] for name in ("accepted", "suggested", "booked", "open")} == {
        "accepted": 2,
        "suggested": 0,
        "booked": 0,
        "open": 0,
    }
    found = line_said(books, "4711")
    assert (found["status"], found["match"]["origin"], found["match"]["status"]) == ("matched", "automatic", "accepted")


def test_a_match_explains_itself_and_adds_its_points_up_again(books):
    post(books, *SALES[0])
    post(books, "2026-02-06", "Acme Ltd invoice 4799", "120.00")
    take(books, file(("2026-02-03", "ACME LTD INV 4711", "120.00")))
    run(books)
    match = line_said(books, "4711")["match"]
    why = books.api.get(f"/matches/{match['id']}/explain")
    assert why.status == 200
    assert why["points"] == sum(feature["points"] for feature in why["features"]) >= why["match"]["score"]
    assert {"amount", "date"} <= {feature["name"] for feature in why["features"]}
    assert all(feature["meaning"] for feature in why["features"])
    assert why["sums"] == {"lines": Decimal("120.00"), "entries": Decimal("120.00"), "difference": Decimal("0.00")}
    assert why["match"]["scoring_version"] >= 1
    assert why["reason"] == "Enough points, and nothing else comes near."
    assert why["runner_up"]["entries"][0]["transaction_date"] == "2026-02-06"


def test_what_is_only_likely_is_suggested_and_can_be_accepted_or_turned_down(books):
    for _ in range(2):
        post(books, "2026-02-02", "Sundry receipt", "50.00")
    post(books, "2026-02-09", "Somebody", "50.00")
    take(books, file(("2026-02-05", "CASH", "50.00")))
    first = run(books)
    assert (first["accepted"], first["suggested"]) == (0, 1)
    line = line_said(books, "CASH")
    assert line["status"] == "suggested"
    turned_down = books.api.post(f"/matches/{line['match']['id']}/reject")
    assert (turned_down.status, turned_down["status"]) == (200, "undone")
    second = run(books)
    again = line_said(books, "CASH")
    assert second["suggested"] == 0 or again["match"]["entry_ids"] != line["match"]["entry_ids"]
    entry = books.api.get(f"/statement-lines/{line['id']}/candidates").data[0]
    accepted = books.api.post(f"/statement-lines/{line['id']}/match", {"entry_ids": entry["entry_ids"]})
    assert accepted["status"] == "matched"
    kinds = {row["event_type"] for row in books.api.get(f"/events?entity_id={line['id']}").data}
    assert {"statement_line.suggestion_rejected", "statement_line.matched"} <= kinds


def test_suggestions_are_accepted_as_they_stand_one_by_one_or_many(books):
    for number in range(6):
        post(books, "2026-02-02", "Sundry", f"{50 + number}.00")
    take(books, file(*[("2026-02-06", f"CASH {n}x", f"{50 + n}.00") for n in range(6)]))
    assert run(books)["suggested"] == 6
    lines = books.api.get("/statement-lines?status=suggested&sort=date").data
    accepted = books.api.post(f"/matches/{lines[0]['match']['id']}/accept", {})
    assert (accepted.status, accepted["status"]) == (200, "accepted")
    by_body = books.api.post(f"/statement-lines/{lines[1]['id']}/match", {})
    assert by_body["status"] == "matched"
    wanted = [lines[2]["match"]["id"], "MAT_00000000000000ff", lines[0]["match"]["id"], "nonsense"]
    done = books.api.post("/matches/batch-accept", {"match_ids": wanted})
    assert done["summary"] == {"succeeded": 1, "failed": 3, "skipped": 0}
    codes = [result.get("error", {}).get("code") for result in done["results"]]
    assert codes == [None, "not_found", "match_not_suggested", "invalid_request"]
    dry = {"account_id": books.account("1001"), "min_score": 0, "dry_run": True}
    assert books.api.post("/matches/batch-accept", dry)["summary"]["succeeded"] == 3
    failing = {"match_ids": [lines[3]["match"]["id"], lines[0]["match"]["id"]], "mode": "atomic"}
    refused = books.api.post("/matches/batch-accept", failing)
    assert (refused.status, refused.error["code"]) == (409, "match_not_suggested")
    rest = books.api.post("/matches/batch-accept", {"account_id": books.account("1001"), "min_score": 0})
    assert rest["summary"] == {"succeeded": 3, "failed": 0, "skipped": 0}
    assert books.api.get("/statement-lines?status=matched&include=total_count")["total_count"] == 6
    for body in ({}, {"account_id": books.account("1001")}, {"match_ids": [], "min_score": 5}):
        assert books.api.post("/matches/batch-accept", body).status == 400


def test_a_fee_is_posted_by_itself_where_an_account_is_for_it(books):
    sums = [f"{100 + n}.00" for n in range(12)]
    for number, amount in enumerate(sums):
        post(books, f"2026-02-{number + 2:02}", f"Card sale Acme order {8800 + number}", amount)
    rows = [
        (f"2026-02-{n + 2:02}", f"Acme payout order {8800 + n}", f"{Decimal(amount) * Decimal('0.98'):.2f}")
        for n, amount in enumerate(sums)
    ]
    take(books, file(*rows))
    assert run(books)["accepted"] == 0
    suggested = books.api.get("/statement-lines?status=suggested&limit=1").data[0]
    assert suggested["match"]["fee"] > 0
    refused = books.api.post(f"/matches/{suggested['match']['id']}/accept", {})
    assert (refused.status, refused.error["code"]) == (422, "match_does_not_tie")
    made = books.api.post("/accounts", {"code": "5901", "name": "Card fees", "type": "expense", "role": "bank_fees"})
    assert made.status == 201, made.body
    assert run(books)["accepted"] > 0
    matched = books.api.get("/statement-lines?status=matched&limit=1").data[0]
    assert matched["match"]["transaction_id"] is not None
    fees = books.api.get(f"/accounts/{made['id']}/balance")["balance"]["amount"]
    rows = books.api.get("/statement-lines?status=matched&limit=100").data
    assert fees == sum(row["match"]["fee"] for row in rows)


def test_what_a_rule_suggests_is_booked_when_accepted_and_refused_once_the_rule_is_another(books):
    condition = {"field": "text", "operator": "contains", "value": "insurance"}
    wish = {"name": "Insurance", "conditions": [condition], "actions": {"account_id": books.account("5201")}}
    rule = books.api.post("/bank-rules", wish)
    take(books, file(("2026-02-05", "INSURANCE A", "-80.00"), ("2026-02-06", "INSURANCE B", "-81.00")))
    assert run(books)["suggested"] == 2
    accepted = books.api.post(f"/matches/{line_said(books, 'INSURANCE A')['match']['id']}/accept", {})
    assert (accepted.status, accepted["status"], accepted["origin"]) == (200, "accepted", "rule")
    assert (accepted["rule_id"], accepted["rule_version"]) == (rule["id"], 1)
    assert line_said(books, "INSURANCE A")["status"] == "created"
    posted = books.api.get(f"/transactions/{accepted['transaction_id']}")
    assert (posted["type"], posted["total_debits"]) == ("expense", 80)
    assert books.api.post(f"/matches/{accepted['id']}/undo", {})["status"] == "undone"
    assert books.api.put(f"/bank-rules/{rule['id']}", {"name": "Policies", "priority": 7}).status == 200
    refused = books.api.post(f"/matches/{line_said(books, 'INSURANCE B')['match']['id']}/accept", {})
    assert (refused.status, refused.error["code"]) == (409, "match_not_suggested")
    assert line_said(books, "INSURANCE B")["status"] == "suggested"


def test_a_line_in_conflict_is_never_accepted_by_itself(books):
    post(books, "2026-02-02", "Acme Ltd invoice 4711", "93.00")
    header = "Date,Description,Amount,Transaction ID\n"
    take(books, header + "2026-02-01,Something else,-100.00,F1\n")
    take(books, header + "2026-02-03,ACME LTD INV 4711,93.00,F1\n")
    assert run(books)["accepted"] == 0
    assert line_said(books, "4711")["match"]["reason"] == "held"


def test_rules_book_and_suggest_what_matching_leaves(books):
    rule = {
        "name": "Rent",
        "conditions": [{"field": "text", "operator": "contains", "value": "rent"}],
        "actions": {"account_id": books.account("5201")},
    }
    automatic = books.api.post("/bank-rules", {**rule, "automatic": True})
    assert automatic.status == 201, automatic.body
    fees = {**rule, "name": "Insurance", "conditions": [{**rule["conditions"][0], "value": "insurance"}]}
    assert books.api.post("/bank-rules", fees).status == 201
    take(books, file(("2026-02-05", "OFFICE RENT", "-900.00"), ("2026-02-06", "INSURANCE", "-80.00")))
    done = run(books)
    assert (done["booked"], done["suggested"], done["open"]) == (1, 1, 0)
    booked, suggested = line_said(books, "RENT"), line_said(books, "INSURANCE")
    assert (booked["status"], booked["match"]["origin"], booked["match"]["rule_id"]) == (
        "created",
        "rule",
        automatic["id"],
    )
    assert (suggested["status"], suggested["match"]["entry_ids"]) == ("suggested", [])
    assert "Insurance" in suggested["match"]["reason"]
    why = books.api.get(f"/matches/{booked['match']['id']}/explain")
    assert why["rule"] == {"id": automatic["id"], "version": 1}
    assert books.api.post(f"/statement-lines/{booked['id']}/unmatch", {})["status"] == "unmatched"


def test_a_rule_that_cannot_book_says_why(books):
    rule = {
        "name": "Rent",
        "automatic": True,
        "conditions": [{"field": "text", "operator": "contains", "value": "rent"}],
        "actions": {"account_id": books.account("5201")},
    }
    assert books.api.post("/bank-rules", rule).status == 201
    books.api.put("", {"books_closed_through": "2026-02-28"})
    take(books, file(("2026-02-05", "OFFICE RENT", "-900.00")))
    assert run(books)["suggested"] == 1
    assert line_said(books, "RENT")["match"]["reason"].startswith("The rule could not book it:")


def test_a_contact_that_a_rule_names_and_that_is_gone_leaves_a_suggestion(books):
    contact = books.api.post("/contacts", {"name": "Landlord"})["id"]
    rule = {
        "name": "Rent",
        "automatic": True,
        "conditions": [{"field": "text", "operator": "contains", "value": "rent"}],
        "actions": {"account_id": books.account("5201"), "contact_id": contact},
    }
    assert books.api.post("/bank-rules", rule).status == 201
    take(books, file(("2026-02-05", "OFFICE RENT", "-900.00")))
    assert books.api.delete(f"/contacts/{contact}").status == 204
    assert run(books)["suggested"] == 1
    line = line_said(books, "RENT")
    assert line["match"]["reason"] == "The rule could not book it: There is no such contact."
    body = {"account_id": books.account("5201"), "contact_id": contact}
    refused = books.api.post(f"/statement-lines/{line['id']}/create-transaction", body)
    assert (refused.status, refused.error["code"]) == (400, "contact_not_found")
    assert list(refused.error["details"]["fields"]) == ["contact_id"]


def test_booking_teaches_and_undoing_unlearns(books):
    take(books, file(("2026-02-05", "CORNER BAKERY", "-9.00"), ("2026-02-06", "CORNER BAKERY", "-8.00")))
    first = books.api.get("/statement-lines?sort=date").data[0]
    books.api.post(f"/statement-lines/{first['id']}/create-transaction", {"account_id": books.account("5601")})
    learned = books.api.get(f"/bank-learning?account_id={books.account('1001')}").data
    assert {"corner", "bakery"} <= {row["token"] for row in learned}
    books.api.post(f"/statement-lines/{first['id']}/unmatch", {})
    assert books.api.get(f"/bank-learning?account_id={books.account('1001')}").data == []


def test_what_was_matched_by_hand_is_remembered_until_it_is_reset(books):
    for number in range(3):
        post(books, f"2026-01-{number + 5:02}", "Fees of member", f"{60 + number}.00")
        take(books, file((f"2026-01-{number + 6:02}", f"QX7 ZEPHYR {number}x", f"{60 + number}.00")))
        line = line_said(books, f"{number}x")
        entry = books.api.get(f"/statement-lines/{line['id']}/candidates").data[0]
        books.api.post(f"/statement-lines/{line['id']}/match", {"entry_ids": entry["entry_ids"]})
    post(books, "2026-02-05", "Fees of member", "77.00")
    take(books, file(("2026-02-06", "QX7 ZEPHYR 9x", "77.00")))
    line = line_said(books, "9x")

    def features() -> dict:
        return books.api.get(f"/statement-lines/{line['id']}/candidates").data[0]["features"]

    assert features()["history"] > 0
    assert books.api.delete(f"/bank-learning?account_id={books.account('1001')}").status == 204
    assert "history" not in features()


def test_candidates_may_be_parts_of_the_line_and_larger_ones_must_sound_like_it(books):
    post(books, "2026-02-05", "Acme Ltd", "10.00")
    post(books, "2026-02-05", "Acme Ltd", "90.00")
    post(books, "2026-02-05", "Umbrella", "91.00")
    post(books, "2026-02-05", "Globex", "12.00")
    post(books, "2026-02-05", "Initech", "11.00")
    post(books, "2026-02-05", "Acme Ltd", "-12.00")
    take(books, file(("2026-02-05", "ACME SOMETHING", "12.00")))
    line = line_said(books, "SOMETHING")
    found = books.api.get(f"/statement-lines/{line['id']}/candidates")
    assert {row["amount"] for row in found.data} == {Decimal(amount) for amount in (10, 11, 12, 90)}
    of_another = next(row for row in found.data if row["amount"] == Decimal("10.00"))
    assert "amount" not in of_another["features"]


def test_every_feature_and_reason_that_matching_gives_has_a_meaning():
    year = practice_year(2, lines=1_200, entries=1_600)
    proposals = propose(year.lines, year.entries)
    assert {name for proposal in proposals for name in proposal.features} <= FEATURES.keys()
    assert (
        {proposal.reason for proposal in proposals} <= REASONS.keys() == {*get_args(Reason), *get_args(PaymentReason)}
    )
