"""A group worked by hand: a holding in USD, a daughter in USD of which it owns 80 %, and one in EUR.

Rates: 1 EUR is 1.00 USD on 2026-01-01, 1.10 through March, 1.20 at the end of June; the average of the half-year is
worked out from these: 1 day of 1.00, 89 of 1.10 (from 2 January through 31 March), 91 of 1.20: 1.149724 (rounded).

Holding: capital 1,000, all cash. It lends the daughter 200 and puts 80 into her, and 100 EUR (at 1.00, so 100) into the
one in EUR; it sells the daughter services of 30 on credit.

Daughter: capital 100, of which others have 20; a loan of 200; costs of 30 owed to the holding; sales of 60 in cash.
Net assets 130: 100 and what she earned, 30. Of that others have 20 %: 26, and 6 of what she earned.

Euro: capital 100 EUR; sales of 50 EUR on 2026-03-31. Net assets 150 EUR at 1.20: 180. Capital at 1.00: 100; income at
the average: 50 x 1.149724 = 57.49; so translation is 180 - 100 - 57.49 = 22.51.

Group: cash is 1000 - 200 - 80 - 100 + 20 + 80 + 200 + 60 + 180 = 1,160, nothing else. Nobody is owed anything. Income
is 60 + 57.49, the services cancel out: 117.49.
"""

import datetime
from decimal import Decimal

import pytest

from organizations.errors import Invalid
from reports.consolidation.group import members_of
from tests.backoffice.desks import Person
from tests.cast import Api, Books, open_books, open_child

HALF = {"start_date": "2026-01-01", "end_date": "2026-06-30"}


def post(books: Books, day: str, *lines: tuple[str, str, str], other: Books | None = None, on=()) -> None:
    """Lines of (code, side, amount); those on the codes ``on`` are with another of the group."""
    entries = []
    for code, side, amount in lines:
        entry = books.entry(code, side, amount)
        if code in on:
            entry["metadata"] = {"counterparty_organization_id": other.organization.public_id}
        entries.append(entry)
    made = books.api.post("/transactions", {"transaction_date": day, "entries": entries, "auto_post": True})
    assert made.status == 201, made.body


def account(books: Books, code: str, kind: str) -> None:
    assert books.api.post("/accounts", {"code": code, "name": f"Account {code}", "type": kind}).status == 201
    books.refresh()


@pytest.fixture
def holding(db) -> Books:
    return open_books("Holding")


@pytest.fixture
def daughter(holding) -> Books:
    child = open_child(holding, "Daughter")
    mine = Api(holding.key, f"/organizations/{child.organization.public_id}")
    assert mine.put("", {"ownership_percentage": 80}).status == 200
    return child


@pytest.fixture
def euro(holding) -> Books:
    return open_child(holding, "Euro", currency="EUR")


@pytest.fixture
def group(holding, daughter, euro) -> Books:
    for day, rate in (("2026-01-01", "1.00"), ("2026-01-02", "1.10"), ("2026-04-01", "1.20")):
        rate = {"from_currency": "EUR", "to_currency": "USD", "rate": rate, "effective_date": day}
        assert holding.api.post("/exchange-rates", rate).status == 201
    assert holding.api.put("", {"exchange_rate_max_age_days": 366}).status == 200
    account(holding, "1801", "asset")  # investments
    account(holding, "1811", "asset")  # loans to the group
    account(daughter, "2501", "liability")
    day = "2026-01-01"
    post(holding, day, ("1001", "debit", "1000.00"), ("3001", "credit", "1000.00"))
    post(holding, day, ("1811", "debit", "200.00"), ("1001", "credit", "200.00"), other=daughter, on=("1811",))
    post(holding, day, ("1801", "debit", "80.00"), ("1001", "credit", "80.00"), other=daughter, on=("1801",))
    post(holding, day, ("1801", "debit", "100.00"), ("1001", "credit", "100.00"), other=euro, on=("1801",))
    post(holding, "2026-02-10", ("1101", "debit", "30.00"), ("4101", "credit", "30.00"), other=daughter,
         on=("1101", "4101"))  # fmt: skip
    post(daughter, day, ("1001", "debit", "80.00"), ("3001", "credit", "80.00"), other=holding, on=("3001",))
    post(daughter, day, ("1001", "debit", "20.00"), ("3001", "credit", "20.00"))
    post(daughter, day, ("1001", "debit", "200.00"), ("2501", "credit", "200.00"), other=holding, on=("2501",))
    post(daughter, "2026-02-10", ("5601", "debit", "30.00"), ("2001", "credit", "30.00"), other=holding,
         on=("5601", "2001"))  # fmt: skip
    post(daughter, "2026-03-10", ("1001", "debit", "60.00"), ("4001", "credit", "60.00"))
    post(euro, day, ("1001", "debit", "100.00"), ("3001", "credit", "100.00"), other=holding, on=("3001",))
    post(euro, "2026-03-31", ("1001", "debit", "50.00"), ("4001", "credit", "50.00"))
    return holding


def rows(report: dict, name: str) -> dict[str, Decimal]:
    part = next(part for part in report["sections"] if part["name"] == name)
    return {row["code"] or row["name"]: row["amount"] for row in part["rows"]}


def test_the_group_as_if_it_were_one(group, daughter, euro):
    report = group.api.post("/reports/consolidated", HALF)
    assert report.status == 200, report.body
    assert rows(report, "assets") == {"1001": 1160, "1101": 0, "1801": 0, "1811": 0}
    assert report["total_assets"] == 1160 and report["total_liabilities"] == 0
    assert rows(report, "equity") == {
        "3001": 1020,
        "Earnings of the period": Decimal("117.49"),
        "Translation difference": Decimal("22.51"),
    }
    assert (report["total_revenue"], report["total_expenses"]) == (Decimal("117.49"), 0)
    assert (report["net_income"], report["is_balanced"], report["mismatches"]) == (Decimal("117.49"), True, [])
    assert (report["minority_interest"], report["minority_income"]) == (26, 6)
    assert report["income_of_owners"] == Decimal("111.49")
    assert report["translation_difference"] == Decimal("22.51")
    entities = {each["name"]: each for each in report["entities"]}
    assert (entities["Euro"]["closing_rate"], entities["Euro"]["total_equity"]) == (Decimal("1.2"), 180)
    assert entities["Daughter"]["ownership_percentage"] == 80 and entities["Daughter"]["net_income"] == 30
    assert all(each["is_proven"] for each in report["proof"])


def test_the_parts_of_a_row_lead_to_the_entries_of_their_members(group, daughter, euro):
    """In a member's own currency they add up: of the daughters in USD to the part itself, of the one in EUR to 150."""
    report, followed = group.api.post("/reports/consolidated", HALF), 0
    for part in report["sections"]:
        sign = 1 if part["name"] in ("assets", "expenses") else -1
        for code, entity in ((row["code"], entity) for row in part["rows"] for entity in row["entities"]):
            links = [each["entries_query"] for each in entity["accounts"]]
            entries = [one for link in links for one in Api(group.key).get(f"/{link}").data]
            found = sum(one["base_amount"] * (1 if one["entry_type"] == "debit" else -1) for one in entries) * sign
            if entity["organization_id"] == euro.organization.public_id:
                assert (code, found) in {("1001", 150), ("3001", 100), ("4001", 50)}
            else:
                assert found == entity["amount"], code
            followed += 1
    assert followed > 8


def test_translation_is_told_account_by_account(group, euro):
    report = group.api.post("/reports/consolidated", HALF)
    told = {
        each["code"]: (each["at_closing_rate"], each["translated"], each["difference"])
        for each in report["translation"]
    }
    assert told == {
        "3001": (-120, -100, 20),
        "4001": (-60, Decimal("-57.49"), Decimal("2.51")),
    }
    by_day = group.api.post("/reports/consolidated", HALF | {"income_rate": "day"})
    assert by_day["net_income"] == 115 and by_day["translation_difference"] == 25  # 50 at 1.10


def test_a_later_period_has_the_earlier_earnings_as_they_were_earned(group, euro):
    report = group.api.post("/reports/consolidated", {"start_date": "2026-04-01", "end_date": "2026-06-30"})
    assert report["net_income"] == 0 and report["is_balanced"]
    assert rows(report, "equity")["Earnings of earlier periods, not closed"] == 115
    assert all(each["is_proven"] for each in report["proof"])


def test_what_two_do_not_agree_on_is_listed(group, daughter):
    post(
        daughter, "2026-05-01", ("5601", "debit", "7.00"), ("2001", "credit", "7.00"), other=group, on=("5601", "2001")
    )
    report = group.api.post("/reports/consolidated", HALF)
    pair = sorted([group.organization.public_id, daughter.organization.public_id])
    assert [(sorted(each["organization_ids"]), each["kind"], each["amount"]) for each in report["mismatches"]] == [
        (pair, "balance_sheet", 7),
        (pair, "income", -7),
    ]
    assert report["is_balanced"] and all(each["is_proven"] for each in report["proof"])
    post(daughter, "2026-05-02", ("1001", "debit", "3.00"), ("2501", "credit", "3.00"), other=group, on=("2501",))
    report = group.api.post("/reports/consolidated", HALF)
    assert rows(report, "equity")["Intercompany differences"] == 3 and report["is_balanced"]


def test_closing_a_member_changes_nothing(group, daughter, euro):
    post(daughter, "2025-05-01", ("1001", "debit", "9.00"), ("4001", "credit", "9.00"))
    before = group.api.post("/reports/consolidated", HALF).body
    assert daughter.api.post("/fiscal-years/2025/close").status in (200, 201)
    assert group.api.post("/reports/consolidated", HALF).body == before


def test_accounts_are_sent_to_the_groups(group, euro):
    sent = {"account_mapping": {euro.organization.public_id: {"4001": "4009"}}}
    report = group.api.post("/reports/consolidated", HALF | sent)
    assert rows(report, "revenue") == {"4001": 60, "4009": Decimal("57.49"), "4101": 0}


def test_linked_children_never_enter(group):
    stranger = open_child(group, "Client", relationship="linked")
    post(stranger, "2026-01-05", ("1001", "debit", "999.00"), ("3001", "credit", "999.00"))
    report = group.api.post("/reports/consolidated", HALF)
    assert report["total_assets"] == 1160 and "Client" not in str(report.body)
    chosen = {"organization_ids": [stranger.organization.public_id]}
    refused = group.api.post("/reports/consolidated", HALF | chosen)
    assert refused.status == 400 and "organization_ids[0]" in refused.error["details"]["fields"]
    with group.acting(), pytest.raises(Invalid):
        members_of(group.organization, [stranger.organization.pk], day=datetime.date(2026, 6, 30))


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"start_date": "2026-02-01", "end_date": "2026-01-01"}, 400, "invalid_request"),
        ({"start_date": "1900-01-01", "end_date": "2026-01-01"}, 400, "invalid_request"),
        ({"currency": "ZZZ"}, 400, "invalid_request"),
        ({"income_rate": "guess"}, 400, "invalid_request"),
        ({"account_mapping": {"ORG_x": {"1": "2"}}}, 400, "invalid_request"),
        ({"account_mapping": {"ORG_00000000000000ff": {"4001": "4009"}}}, 400, "invalid_request"),
        ({"end_date": "2025-06-30"}, 422, "exchange_rate_missing"),
    ],
)
def test_what_cannot_be_consolidated_says_why(group, body, status, code):
    refused = group.api.post("/reports/consolidated", body)
    assert (refused.status, refused.error["code"]) == (status, code), refused.body


def test_who_only_reads_may_ask(group):
    assert group.key_for(["read"]).post("/reports/consolidated", HALF).status == 200
    assert group.key_for(["write"]).post("/reports/consolidated", HALF).status == 403


def test_the_page_has_members_side_by_side_and_says_what_is_missing(group, daughter):
    owner = Person(group.owner, group)
    page = owner.get("/admin/consolidated/?start=2026-01-01&end=2026-06-30")
    assert "Daughter (80 %)" in page and "1,160.00" in page and "How the group comes of its members" in page
    assert "What members do not agree on" not in page and "balanced" in page
    post(daughter, "2026-05-02", ("1001", "debit", "3.00"), ("2501", "credit", "3.00"), other=group, on=("2501",))
    assert "What members do not agree on" in owner.get("/admin/consolidated/?start=2026-01-01&end=2026-06-30")
    assert "There is no rate from EUR to USD" in owner.get("/admin/consolidated/?end=2025-06-30")


def own(group: Books, child: Books, *rows: tuple[str, int]) -> None:
    mine = Api(group.key, f"/organizations/{child.organization.public_id}")
    ownership = [{"effective_date": day, "percentage": part} for day, part in rows]
    changed = mine.put("", {"ownership": ownership})
    assert changed.status == 200 and changed["ownership"] == ownership, changed.body


def test_others_share_income_by_what_they_had_when_it_was_earned(group, daughter):
    """80 percent until April, then 60: of the 30 that she earned in the first quarter others have 20 percent, of her
    net assets of 130 at the end 40: 52.
    """
    own(group, daughter, ("2026-01-01", 80), ("2026-04-01", 60))
    report = group.api.post("/reports/consolidated", HALF)
    assert (report["minority_interest"], report["minority_income"], report["is_balanced"]) == (52, 6, True)
    assert all(row["is_proven"] for row in report["proof"])
    march = group.api.post("/reports/consolidated", HALF | {"end_date": "2026-03-31"})
    assert march["minority_interest"] == 26


def test_what_was_earned_before_it_belonged_to_the_group_is_earlier(group, daughter, euro):
    """Bought on March 1: her costs of 30 in February were hers alone, the 60 of March are the group's.

    So are the services of 30 that the holding sold her in February: nobody of the group bought them. Income is 30 + 60
    and the 57.49 of the one in euros; of hers others have 20 percent: 12.
    """
    own(group, daughter, ("2026-03-01", 80))
    report = group.api.post("/reports/consolidated", HALF)
    assert report["net_income"] == 30 + 60 + Decimal("57.49") and report["minority_income"] == 12
    assert rows(report, "equity")["Earnings of earlier periods, not closed"] == -30
    assert report["is_balanced"] and all(row["is_proven"] for row in report["proof"])
    before = group.api.post("/reports/consolidated", HALF | {"end_date": "2026-02-28"})
    names = [each["organization_id"] for each in before["entities"]]
    assert daughter.organization.public_id not in names and euro.organization.public_id in names
    chosen = {"organization_ids": [daughter.organization.public_id], "end_date": "2026-02-28"}
    assert group.api.post("/reports/consolidated", HALF | chosen).status == 400


def test_what_was_given_away_is_no_member_any_more(group, daughter):
    own(group, daughter, ("2026-01-01", 80), ("2026-06-30", 0))
    names = [each["organization_id"] for each in group.api.post("/reports/consolidated", HALF)["entities"]]
    assert daughter.organization.public_id not in names


def test_days_of_ownership_are_said_once_and_within_the_whole(group, daughter):
    mine = Api(group.key, f"/organizations/{daughter.organization.public_id}")
    row = {"effective_date": "2026-01-01", "percentage": 80}
    for rows_ in ([row, row], [row | {"percentage": 101}], [row | {"percentage": -1}], [{"percentage": 1}], ["x"]):
        assert mine.put("", {"ownership": rows_}).status == 400


def test_what_is_mapped_must_be_there(group, euro, daughter):
    one, other = euro.organization.public_id, daughter.organization.public_id
    stranger = open_child(group, "Client", relationship="linked").organization.public_id
    for mapping, field in (
        ({stranger: {"4001": "4009"}}, f"account_mapping.{stranger}"),
        ({one: {"4001": "4009", "9999": "4001"}}, f"account_mapping.{one}.9999"),
    ):
        refused = group.api.post("/reports/consolidated", HALF | {"account_mapping": mapping})
        assert (refused.status, list(refused.error["details"]["fields"])) == (400, [field])
    only = HALF | {"organization_ids": [one], "account_mapping": {other: {"4001": "4009"}}}
    assert group.api.post("/reports/consolidated", only).status == 400


def test_fields_that_nobody_reads_are_told(group):
    report = group.api.post("/reports/consolidated", HALF | {"basis": "cash", "compare": 1})
    assert [(each["code"], each["field"]) for each in report["warnings"]] == [
        ("unknown_field", "basis"), ("unknown_field", "compare")]  # fmt: skip
    assert group.api.post("/reports/consolidated", HALF)["warnings"] == []


@pytest.mark.parametrize("name", ["as_of", "as_of_date", "end_date"])
def test_the_last_day_has_three_names_and_the_year_begins_before_it(group, name):
    asked = {"parent_organization_id": group.organization.public_id, "report_type": "balance_sheet"}
    report = group.api.post("/reports/consolidated", asked | {name: "2026-06-30"})
    assert report.status == 200 and report["warnings"] == [], report.body
    assert (report["start_date"], report["end_date"], report["total_assets"]) == ("2026-01-01", "2026-06-30", 1160)
    assert [part["name"] for part in report["sections"]] == ["assets", "liabilities", "equity"]
    assert report["net_income"] == Decimal("117.49")


def test_a_report_type_shows_its_sections(group):
    report = group.api.post("/reports/consolidated", HALF | {"report_type": "income_statement"})
    assert [part["name"] for part in report["sections"]] == ["revenue", "expenses"]


def test_two_last_days_or_another_parent_are_refused(group, daughter):
    for more, fields in (
        ({"as_of": "2026-03-31"}, {"end_date", "as_of"}),
        ({"as_of_date": "2026-06-30", "as_of": "2026-06-29"}, {"end_date", "as_of", "as_of_date"}),
        ({"parent_organization_id": daughter.organization.public_id}, {"parent_organization_id"}),
        ({"report_type": "trial_balance"}, {"report_type"}),
    ):
        refused = group.api.post("/reports/consolidated", HALF | more)
        assert (refused.status, set(refused.error["details"]["fields"])) == (400, fields), refused.body
    assert group.api.post("/reports/consolidated", HALF | {"as_of": HALF["end_date"]}).status == 200


@pytest.mark.parametrize("archived", [False, True])
def test_a_share_is_multiplied_through_owners_that_are_archived(holding, daughter, archived):
    """The holding owns 80 percent of the daughter, and she half of another: 40 percent, whatever becomes of her."""
    low = open_child(daughter, "Low")
    at = Api(daughter.key, f"/organizations/{low.organization.public_id}")
    assert at.put("", {"ownership_percentage": 50}).status == 200
    post(low, "2026-02-01", ("1001", "debit", "100.00"), ("4001", "credit", "100.00"))
    if archived:
        mine = Api(holding.key, f"/organizations/{daughter.organization.public_id}")
        assert mine.put("", {"status": "archived"}).status == 200
    report = holding.api.post("/reports/consolidated", HALF)
    shares = {each["name"]: each["ownership_percentage"] for each in report["entities"]}
    assert shares == {"Holding": 100, "Low": 40} | ({} if archived else {"Daughter": 80})
    assert (report["minority_interest"], report["minority_income"]) == (60, 60)


def test_sums_of_any_size_are_told_to_the_last_digit(holding):
    """Two of the largest postings come to more digits than one may have."""
    for _ in range(2):
        post(holding, "2026-02-01", ("1001", "debit", "9999999999999999999.99"),
             ("4001", "credit", "9999999999999999999.99"))  # fmt: skip
    report = holding.api.post("/reports/consolidated", HALF)
    assert report.status == 200, report.body
    assert str(report["total_assets"]) == str(report["net_income"]) == "19999999999999999999.98"
    assert report["is_balanced"] and all(each["is_proven"] for each in report["proof"])
