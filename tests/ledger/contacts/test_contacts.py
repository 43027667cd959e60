"""Contacts over HTTP: made, changed, merged, deleted, named by transactions, and what is open between them and us."""

from decimal import Decimal

import pytest

from organizations import ids
from organizations.directory.updating import update_organization
from tests.cast import Books, Cast
from tests.ledger.trading import open_trade

NOWHERE = "CON_0190a1b2c3d4e5f6"


@pytest.fixture
def books(cast: Cast) -> Books:
    return cast.alices


def made(books: Books, name: str = "Carla", **more) -> dict:
    answer = books.api.post("/contacts", {"name": name, **more})
    assert answer.status == 201, answer.body
    return answer.body


def trail(books: Books, number: str) -> list[str]:
    return [each["event_type"] for each in books.api.get(f"/events?entity_id={number}&sort=seq").data]


def test_a_contact_is_made_changed_and_deleted(books):
    full = {
        "contact_type": "vendor",
        "email": "carla@example.com",
        "country": "de",
        "language": "de-AT",
        "tax_number": "DE136695976",
        "bank_account": "DE89 3704 0044 0532 0130 00",
        "currency_id": "EUR",
        "payment_terms_days": 14,
        "payable_account_id": books.account("2001"),
        "expense_account_id": books.account("5201"),
        "metadata": {"team": "south"},
    }
    contact = made(books, "  Carla's   Bistro ", **full)
    shown = {name: contact[name] for name in full}
    assert shown == full | {"country": "DE", "language": "de_AT", "currency_id": "CUR_EUR"}
    assert (contact["object"], contact["name"], contact["enabled"]) == ("contact", "Carla's Bistro", True)
    assert (contact["warnings"], contact["balance"], contact["merged_ids"]) == ([], Decimal("0.00"), [])
    where = f"/contacts/{contact['id']}"
    assert books.api.get(where).body == contact
    changed = books.api.put(where, contact | {"enabled": False, "currency_id": None})
    assert (changed.status, changed["enabled"], changed["currency_id"], changed["warnings"]) == (200, False, None, [])
    assert books.api.put(where, {"enabled": False}).status == 200
    assert books.api.delete(where).status == 204
    assert books.api.get(where).status == books.api.get(f"{where}/transactions").status == 404
    assert trail(books, contact["id"]) == ["contact.created", "contact.updated", "contact.deleted"]


@pytest.mark.parametrize(
    ("fields", "warned"),
    [
        ({"country": "DE", "tax_number": "136695976"}, []),
        ({"country": "DE", "tax_number": "DE136695977"}, ["tax_number"]),
        ({"tax_number": "DE136695977"}, ["tax_number"]),
        ({"country": "CH", "tax_number": "CHE-107.787.577 IVA"}, []),
        ({"country": "US", "tax_number": "anything"}, []),
        ({"country": "CH", "tax_number": "DE 136695976"}, []),
        ({"bank_account": "DE88 3704 0044 0532 0130 00"}, ["bank_account"]),
        ({"bank_account": "12345678, Sparkasse"}, []),
        ({"countri": "DE"}, ["countri"]),
    ],
)
def test_numbers_are_checked_and_never_refused(books, fields, warned):
    assert [warning["field"] for warning in made(books, **fields)["warnings"]] == warned


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({}, 400, "invalid_request", "name"),
        ({"name": "  "}, 400, "invalid_request", "name"),
        ({"name": "A", "contact_type": "friend"}, 400, "invalid_request", "contact_type"),
        ({"name": "A", "country": "ZZ"}, 400, "invalid_request", "country"),
        ({"name": "A", "language": "klingon"}, 400, "invalid_request", "language"),
        ({"name": "A", "email": "nobody"}, 400, "invalid_request", "email"),
        ({"name": "A", "currency_id": "ZZZ"}, 400, "invalid_request", "currency_id"),
        ({"name": "A", "payment_terms_days": 366}, 400, "invalid_request", "payment_terms_days"),
        ({"name": "A", "payment_terms_days": "30"}, 400, "invalid_request", "payment_terms_days"),
        ({"name": "A", "payable_account_id": "ACT_0190a1b2c3d4e5f6"}, 400, "account_not_found", "payable_account_id"),
        ({"name": "A", "receivable_account_id": "2001"}, 422, "account_unfit", "receivable_account_id"),
        ({"name": "A", "revenue_account_id": "1101"}, 422, "account_unfit", "revenue_account_id"),
        ({"name": "A", "expense_account_id": "4001"}, 422, "account_unfit", "expense_account_id"),
    ],
)
def test_what_cannot_be_a_contact_is_refused_with_the_field(books, body, status, code, field):
    body = {name: books.account(value) if str(value) in books.accounts else value for name, value in body.items()}
    answer = books.api.post("/contacts", body)
    assert (answer.status, list(answer.error["details"]["fields"])) == (status, [field])
    assert answer.error["code"] == code or status == 400


def test_the_list_filters_and_sorts(books):
    ann = made(books, "Ann", reference="K-1", country="DE", metadata={"team": "south"})["id"]
    ben = made(books, "Ben", contact_type="vendor", email="ben@example.com")["id"]
    books.api.put(f"/contacts/{ben}", {"enabled": False})
    for query, found in {
        "": [ann, ben],
        "?sort=-name": [ben, ann],
        "?contact_type=vendor": [ben],
        "?enabled=true": [ann],
        "?filters[name][contains]=NN": [ann],
        "?email=ben@example.com": [ben],
        "?reference=K-1": [ann],
        "?country=DE": [ann],
        "?filters[metadata.team]=south": [ann],
    }.items():
        assert [row["id"] for row in books.api.get(f"/contacts{query}").data] == found, query


def test_transactions_name_contacts_that_are_there(books, cast):
    ann, stranger = made(books)["id"], made(cast.charlies)["id"]
    posted = books.api.post("/transactions", books.sale(contact_id=ann)).body
    for wrong in (NOWHERE, stranger):
        for auto_post in (False, True):
            answer = books.api.post("/transactions", books.sale(auto_post=auto_post, contact_id=wrong))
            assert (answer.status, answer.error["code"]) == (400, "contact_not_found")
            assert list(answer.error["details"]["fields"]) == ["contact_id"]
        batch = {"transactions": [books.sale(contact_id=wrong), books.sale(contact_id=ann)], "mode": "independent"}
        results = books.api.post("/transactions/batch", batch)["results"]
        assert [each["status"] for each in results] == ["failed", "succeeded"]
        assert results[0]["error"]["code"] == "contact_not_found"
        rule = {"account_id": books.account("5201"), "contact_id": wrong}
        when = [{"field": "text", "operator": "contains", "value": "fee"}]
        answer = books.api.post("/bank-rules", {"name": "Fees", "conditions": when, "actions": rule})
        assert (answer.status, answer.error["code"]) == (400, "contact_not_found"), answer.body
        assert list(answer.error["details"]["fields"]) == ["actions.contact_id"]
    in_use = books.api.delete(f"/contacts/{ann}")
    assert (in_use.status, in_use.error["code"]) == (422, "contact_in_use")
    assert "enabled" in in_use.error["details"]["reason"]
    books.api.put(f"/contacts/{ann}", {"enabled": False})
    assert books.api.post("/transactions", books.sale(contact_id=ann)).status == 201
    assert posted["id"] in [row["id"] for row in books.api.get(f"/contacts/{ann}/transactions").data]
    assert books.api.get(f"/contacts/{NOWHERE}/transactions").status == 404


def test_a_merged_contact_is_one_with_the_survivor(books):
    one, two, three = (made(books, name)["id"] for name in ("Ann", "Anne", "Anna"))
    sale = books.api.post("/transactions", books.sale(contact_id=two)).body
    for survivor, duplicate in ((two, three), (one, two)):
        body = {"contact_id": duplicate, "reason": "Kept twice"}
        answer = books.api.post(f"/contacts/{survivor}/merge", body)
        assert (answer.status, answer["id"]) == (200, survivor), answer.body
    assert answer["merged_ids"] == [two, three]
    for merged in (two, three):
        shown = books.api.get(f"/contacts/{merged}").body
        assert (shown["enabled"], shown["merged_into_id"], shown["merged_ids"]) == (False, one, [])
        assert [row["id"] for row in books.api.get(f"/contacts/{merged}/transactions").data] == [sale["id"]]
    assert trail(books, two) == ["contact.created", "contact.merged"]
    for survivor, duplicate, status, code in (
        (one, one, 422, "contact_merge_refused"),
        (two, one, 422, "contact_merge_refused"),
        (one, two, 422, "contact_merge_refused"),
        (one, NOWHERE, 400, "contact_not_found"),
        (NOWHERE, one, 404, "not_found"),
    ):
        answer = books.api.post(f"/contacts/{survivor}/merge", {"contact_id": duplicate, "reason": "Again"})
        assert (answer.status, answer.error["code"]) == (status, code), (survivor, duplicate)
    assert books.api.put(f"/contacts/{two}", {"enabled": True}).error["code"] == "contact_merged"
    for path, body in (
        ("/transactions", books.sale(contact_id=two)),
        ("/transactions/batch", {"transactions": [books.sale(contact_id=two)], "mode": "atomic"}),
    ):
        answer = books.api.post(path, body)
        assert (answer.status, answer.error["code"]) == (422, "contact_merged")
        assert answer.error["details"]["merged_into_id"] == one
    reversal = books.api.post(f"/transactions/{sale['id']}/reverse", {"reason": "Wrong"})
    assert (reversal.status, reversal["contact_id"]) == (201, two)


def test_control_accounts_need_a_contact_where_the_organization_says_so(books):
    ann = made(books)["id"]
    entries = [books.entry("1101", "debit", "50.00"), books.entry("4001", "credit", "50.00")]
    sale = {"entries": entries, "auto_post": True, "transaction_date": "2026-01-10"}
    free = books.api.post("/transactions", sale)
    assert free.status == 201
    with books.acting():
        changes = {"require_contact_on_control_accounts": True}
        update_organization(actor=books.actor, organization=books.organization, changes=changes)
    for path, body in (
        ("/transactions", sale),
        ("/transactions/batch", {"transactions": [sale], "mode": "atomic", "auto_post": True}),
    ):
        answer = books.api.post(path, body)
        assert (answer.status, answer.error["code"]) == (422, "contact_required"), answer.body
    draft = books.api.post("/transactions", sale | {"auto_post": False})
    assert [warning["code"] for warning in draft["warnings"]] == ["contact_required"]
    assert books.api.post("/transactions", sale | {"contact_id": ann}).status == 201
    assert books.api.post("/transactions", books.sale()).status == 201
    assert books.api.post(f"/transactions/{free['id']}/reverse", {"reason": "Wrong"}).status == 201


def test_what_is_open_is_counted_over_the_family(db):
    trade = open_trade()
    twin = trade.post("/contacts", {"name": "Carla (2)"})["id"]
    trade.invoice("100.00", due_at="2026-01-20")
    trade.invoice("40.00", contact_id=twin, due_at="2100-01-01")
    paid = trade.invoice("30.00")
    trade.pay(paid, "45.00", allow_overpayment=True)
    trade.bill("70.00")
    trade.api.post(f"/contacts/{trade.customer}/merge", {"contact_id": twin, "reason": "Twice"})
    for number in (trade.customer, twin):
        shown = trade.api.get(f"/contacts/{number}").body
        assert (shown["balance"], shown["available_credit"]) == (Decimal("125.00"), Decimal("15.00"))
        assert shown["balances"]["receivable"] == {
            "outstanding": Decimal("125.00"),
            "overdue": Decimal("100.00"),
            "credit": Decimal("15.00"),
        }
    vendor = trade.api.get(f"/contacts/{trade.vendor}").body
    assert (vendor["balance"], vendor["balances"]["payable"]["outstanding"]) == (Decimal("70.00"), Decimal("70.00"))
    shown = {row["id"]: row["balance"] for row in trade.api.get("/contacts").data}
    assert shown[trade.vendor] == 70 and shown[trade.customer] == 125


def test_a_disabled_contact_is_on_no_new_document(db):
    trade = open_trade()
    trade.api.put(f"/contacts/{trade.customer}", {"enabled": False})
    line = {"description": "Coffee", "unit_price": "5.00"}
    refused = trade.refused("/invoices", {"contact_id": trade.customer, "items": [line]})
    assert (refused["code"], list(refused["details"]["fields"])) == ("contact_disabled", ["contact_id"])


def test_a_page_of_contacts_takes_one_question_for_balances(books, django_assert_max_num_queries):
    from ledger.contacts.answers import contact_answers
    from ledger.contacts.models import Contact

    numbers = [ids.decode("CON", made(books, f"Contact {n}")["id"]) for n in range(3)]
    with books.acting(), django_assert_max_num_queries(1):
        rows = [Contact(pk=number, organization_id=books.organization.pk, name="x") for number in numbers]
        for row in rows:
            row.created_at = row.updated_at = None
        contact_answers(rows, books.organization)


def test_a_statement_of_account_ties_to_what_is_open(db):
    trade = open_trade()
    pair = {"from_currency": "EUR", "to_currency": "USD"}
    for day, rate in (("2026-01-10", "1.10"), ("2026-01-20", "1.05")):
        trade.post("/exchange-rates", pair | {"rate": rate, "effective_date": day})
    twin = trade.post("/contacts", {"name": "Carla (2)"})["id"]
    first = trade.invoice("100.00", issued_at="2026-01-05")
    second = trade.invoice("40.00", contact_id=twin, issued_at="2026-01-10")
    euros = trade.invoice("100.00", currency_id="EUR", issued_at="2026-01-12")
    paid = trade.pay(first, "60.00")
    trade.pay(euros)
    trade.post(f"/contacts/{trade.customer}/merge", {"contact_id": twin, "reason": "Twice"}, status=200)
    where = f"/contacts/{trade.customer}/statement"
    whole = trade.api.get(f"{where}?end_date=2026-12-31").body
    euro, dollar = whole["accounts"]
    assert (dollar["opening_balance"], dollar["closing_balance"]) == (Decimal("0.00"), Decimal("80.00"))
    assert [(line["date"], line["kind"], line["object_id"], line["balance"]) for line in dollar["lines"]] == [
        ("2026-01-05", "invoice", first["id"], Decimal("100.00")),
        ("2026-01-10", "invoice", second["id"], Decimal("140.00")),
        ("2026-01-20", "payment", paid["id"], Decimal("80.00")),
    ]
    assert dollar["lines"][0]["number"] == first["invoice_number"]
    assert [(line["kind"], line["amount"], line["base_amount"]) for line in euro["lines"]] == [
        ("invoice", Decimal("100.00"), Decimal("110.00")),
        ("payment", Decimal("-100.00"), Decimal("-105.00")),
        ("exchange_result", Decimal("0.00"), Decimal("-5.00")),
    ]
    assert whole["base"]["closing_balance"] == trade.api.get(f"/contacts/{trade.customer}").body["balance"] == 80
    later = trade.api.get(f"{where}?start_date=2026-01-10&end_date=2026-01-15").body
    assert later["base"]["opening_balance"] == 100 and later["base"]["closing_balance"] == 250
    assert [own["closing_balance"] for own in later["accounts"]] == [100, 140]
    file = trade.api.client.get(
        f"{trade.api.base}{where}?format=csv&end_date=2026-12-31", headers={"authorization": f"Bearer {trade.api.key}"}
    )
    rows = b"".join(file.streaming_content).decode().splitlines()
    assert rows[0].startswith("date,kind,object_id") and rows[-1].startswith("2026-12-31,closing_balance,")
    assert len(rows) == 1 + 5 + 5
    assert trade.api.get(f"{where}?start_date=2026-02-01&end_date=2026-01-01").status == 400
    assert trade.api.get(f"/contacts/{NOWHERE}/statement").status == 404
    trade.bill("70.00")
    owed = trade.api.get(f"/contacts/{trade.vendor}/statement").body
    assert owed["accounts"][0]["closing_balance"] == Decimal("70.00")
