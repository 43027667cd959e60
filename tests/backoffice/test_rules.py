"""Bank rules and learned words in the back office: typed, tried on past lines, saved, forgotten."""

import pytest

from reconciliation.rules.models import BankRule, LearnedToken
from tests.backoffice.desks import Person, Seen, address, learned, ruled
from tests.cast import Books, Cast, number_of
from tests.reconciliation.rules.lines import made, put_lines

ADD = "/admin/reconciliation/bankrule/add/"


@pytest.fixture
def alice(cast: Cast) -> Person:
    put_lines(
        cast.alices,
        {"amount": "-12.50", "description": "Card fee", "counterparty": "First Bank", "reference": "F-1"},
        {"amount": "-800.00", "description": "Rent", "counterparty": "<b>Müller</b>"},
        {"amount": "3.00", "description": "Card fee returned"},
    )
    return Person(cast.alice)


def typed(books: Books, conditions: list[tuple], splits: list[tuple], **header) -> dict:
    """A rule as typed: conditions as (field, operator, value, upper), splits as (code, share, value, description)."""
    fields = {"name": "Fees", "priority": 100, "account": "", "match": "all", "is_active": "on"} | header
    for place, row in enumerate(conditions):
        for name, value in zip(("field", "operator", "value", "upper"), (*row, "")[:4], strict=True):
            fields[f"conditions-{place}-{name}"] = value
    for place, (code, *row) in enumerate(splits):
        fields[f"splits-{place}-account"] = books.accounts[code].pk if code else ""
        for name, value in zip(("share", "value", "description"), (*row, "", "")[:3], strict=True):
            fields[f"splits-{place}-{name}"] = value
    return fields


FEE = ("text", "contains", "fee")


def saved(books: Books) -> BankRule:
    with books.acting():
        return BankRule.objects.of(books.organization).get()


def test_a_rule_is_tried_then_made(cast, alice):
    books = cast.alices
    fields = typed(books, [FEE, ("amount", "lt", "0")], [("5201", "rest")], name="", description="Bank: {description}")
    page = alice.post(ADD, **fields, _test="1")
    assert page.status == 200
    assert "Catches 1 of the last 3 lines." in page
    assert "1001 Cash - Operating 1 0.00 -12.50" in page
    assert "2026-01-05 First Bank Card fee F-1 description, counterparty or reference: “fee” amount -12.50" in page
    assert "Bank: Card fee expense debit 12.50 5201 Rent Expense" in page
    with books.acting():
        assert not BankRule.objects.of(books.organization).exists()
    assert "This field is required." in alice.post(ADD, **fields, _save="1")
    done = alice.follow(alice.post(ADD, **fields | {"name": "Fees", "automatic": "on"}, _save="1"))
    assert "The rule was made." in done
    assert "100 Fees any description, counterparty or reference contains “fee” and amount < 0 5201 Rent Expense" in done
    assert "books active" in done
    rule = saved(books)
    assert rule.actions["account_id"] == books.account("5201")
    assert (rule.automatic, rule.match, rule.actions["description"]) == (True, "all", "Bank: {description}")


def test_a_saved_rule_is_opened_changed_and_deleted(cast, alice):
    books = cast.alices
    contact = books.api.post("/contacts", {"name": "Ann"})["id"]
    splits = [
        {"account_id": books.account("5201"), "amount": "5.00"},
        {"account_id": books.account("5001"), "percent": "50", "description": "Half"},
        {"account_id": books.account("5101"), "rest": True},
    ]
    between = {"field": "amount", "operator": "between", "value": [-900, "-0.50"]}
    direction = {"field": "direction", "operator": "eq", "value": "out"}
    made(
        books,
        conditions=[between, direction],
        actions={"splits": splits, "type": "expense", "contact_id": contact},
        account_id=books.account("1001"),
    )
    rule = saved(books)
    where = address(BankRule, "change", rule.pk)
    page = alice.get(where)
    for value in ("-900", "-0.50", "out", "5.00", "50", "Half", number_of("CON", contact)):
        assert f'value="{value}"' in page.text
    for name in ("5201 Rent Expense", "1001 Cash - Operating"):
        assert name in page
    same = typed(
        books,
        [("amount", "between", "-900", "-0.50"), ("direction", "eq", "out")],
        [("5201", "amount", "5.00"), ("5001", "percent", "50", "Half"), ("5101", "rest")],
        account=books.accounts["1001"].pk,
        type="expense",
        contact_id=number_of("CON", contact),
    )
    alice.post(where, **same, _save="1")
    assert saved(books).version == 1
    assert "Saved." in alice.follow(alice.post(where, **same | {"priority": 7}, _save="1"))
    assert (saved(books).version, saved(books).priority) == (2, 7)
    assert "bank_rule.updated" in alice.get(address(BankRule, "history", rule.pk))
    tried = alice.post(where, **same | {"conditions-0-value": "-20"}, _test="1")
    assert "Catches 1 of the last 3 lines." in tried
    assert "debit 5.00 5201 Rent Expense debit 3.75 5001 Cost of Goods Sold debit 3.75" in tried
    assert alice.get(address(BankRule, "delete_rule", rule.pk)).status == 302
    assert "Fees was deleted." in alice.follow(alice.post(address(BankRule, "delete_rule", rule.pk)))
    assert alice.get(where).status == 404


def test_a_trial_tells_of_other_rules_of_problems_and_of_nothing(cast, alice):
    books = cast.alices
    made(books, name="Card <i>first</i>", priority=1)
    page = alice.post(
        ADD, **typed(books, [("text", "contains", "e")], [("5201", "amount", "20"), ("5001", "rest")]), _test="1"
    )
    assert "Catches 3 of the last 3 lines. Of these, 2 would be taken by a rule that is asked earlier." in page
    assert "By Card <i>first</i> instead" in page
    assert "The fixed amounts (20.00) are more than the line (12.50)." in page
    assert "<b>Müller</b>" in page
    assert "<b>Müller" not in page.text
    assert "It catches none." in alice.post(
        ADD, **typed(books, [("kind", "equals", "x")], [("5201", "rest")]), _test="1"
    )
    narrowed = typed(books, [FEE], [("5201", "rest")], start_date="2026-01-06", end_date="2026-01-31")
    assert "Catches 1 of the last 2 lines." in alice.post(ADD, **narrowed, _test="1")
    empty = typed(books, [FEE], [("5201", "rest")], account=books.accounts["1101"].pk)
    assert "There are no lines to try it on" in alice.post(ADD, **empty, _test="1")


def refused(page: Seen) -> str:
    assert page.status == 200
    assert "Some of this is not right yet." in page or "This field is required." in page or "Select a valid" in page, (
        page.said
    )
    return page.text


@pytest.mark.parametrize("button", ["_save", "_test"])
def test_what_is_wrong_stands_at_its_row(cast, alice, button):
    books, one = cast.alices, [("5201", "rest")]

    def post(conditions: list, splits: list, **header) -> str:
        return refused(alice.post(ADD, **typed(books, conditions, splits, **header), **{button: "1"}))

    rows = post([FEE, ("amount", "eq", "1,5")], one).split("<tr")
    assert ["plain decimal number" in row for row in rows].index(True) == 3  # the second row below the head
    assert "The lower amount comes first." in post([("amount", "between", "1,000.00", "5")], one)
    assert "in or out." in post([("direction", "eq", "up")], one)
    assert "A list of 1 to 20 conditions." in post([], one)
    assert "A list of 1 to 20 splits." in post([FEE], [])
    assert "This field is required." in post([FEE], [("", "rest", "", "Nowhere"), ("5201", "percent", "5")])
    assert "at most 100" in post([FEE], [("5201", "percent", "120")])
    assert "One split must take the rest" in post([FEE], [("5201", "percent", "20")])
    assert "There is no {colour}" in post([FEE], one, description="{colour}").replace("&#x27;", "'")
    assert "Select a valid choice" in post([FEE], one, contact_id="5")
    assert "book an account to itself" in post([FEE], [("1001", "rest")], account=books.accounts["1001"].pk)
    assert "One of" in post([("text", "matches", ".*")], one)
    assert 'value="matches"' not in post([("text", "matches", ".*")], one)


def test_rows_that_no_page_sends_are_read_or_refused(cast, alice):
    odd = typed(cast.alices, [FEE], [("5201", "rest")]) | {
        "splits-7-account": "99999999999999999999",
        "splits-8-account": "x",
        "splits-9-colour": "red",
        "conditions-x-value": "1",
        "account": "99999999999999999999",
    }
    assert alice.post(ADD, **odd, _save="1").status == 200
    strange = odd | {"account": "", "splits-0-share": "all", "splits-7-account": "", "splits-8-account": ""}
    assert "There is no" in alice.post(ADD, **strange, _save="1")
    other = cast.charlies.accounts["5201"].pk
    page = alice.post(ADD, **typed(cast.alices, [FEE], [("5201", "rest")]) | {"splits-0-account": other}, _save="1")
    assert "There is no such account." in page


def test_lists_are_narrowed_and_searched(cast, alice):
    books, listed = cast.alices, address(BankRule)
    made(books, name="Fee of cash", account_id=books.account("1001"), automatic=True)
    made(books, name="Asleep", is_active=False)
    assert "Asleep" not in alice.get(f"{listed}?state=active")
    assert "Fee of cash" not in alice.get(f"{listed}?state=off")
    assert "Asleep" not in alice.get(f"{listed}?does=books")
    assert "Asleep" not in alice.get(f"{listed}?account={books.accounts['1001'].pk}")
    assert "Asleep" not in alice.get(f"{listed}?q=cash")
    assert "Asleep" in alice.get(f"{listed}?q=fee")
    assert alice.get(f"{listed}?account=x&state=y&does=z").status == 200


def test_learned_words_are_shown_and_forgotten(cast, alice):
    books, listed, forget = cast.alices, address(LearnedToken), address(LearnedToken, "forget")
    learned(books, "fee")
    learned(books, "rent")
    cash, other = books.accounts["1001"].pk, books.accounts["1101"].pk
    page = alice.get(listed)
    assert "fee 1001 Cash - Operating 5201 Rent Expense 1 2" in page
    assert "Forget all" in page
    assert "Forget those of 1001" in alice.get(f"{listed}?account={cash}")
    assert "rent 1001" not in alice.get(f"{listed}?q=fee")
    assert alice.get(forget).status == 302
    alice.post(f"{forget}?account={other}")
    alice.post(f"{forget}?account=99")
    assert "fee 1001" in alice.get(listed)
    assert Person(cast.bob).post(forget).status == 403
    assert "Forgotten: 1001 Cash - Operating." in alice.follow(alice.post(f"{forget}?account={cash}"))
    learned(books, "fee")
    assert "Forgotten: all that was learned." in alice.follow(alice.post(forget))
    with books.acting():
        assert not LearnedToken.objects.of(books.organization).exists()


def test_bob_may_look_but_not_rule(cast, alice):
    rule, bob = ruled(cast.alices), Person(cast.bob)
    page = bob.get(address(BankRule, "change", rule.pk))
    assert "description, counterparty or reference contains “fee”" in page
    assert "5201 Rent Expense" in page
    assert "Delete" not in page.text.partition("co-facts")[2]
    assert bob.get(ADD).status == 403
    fields = typed(cast.alices, [FEE], [("5201", "rest")])
    for button in ("_save", "_test"):
        assert bob.post(ADD, **fields, **{button: "1"}).status == 403
    bob.post(address(BankRule, "change", rule.pk), **fields | {"priority": 1}, _save="1")
    assert saved(cast.alices).priority == 100
    assert bob.post(address(BankRule, "delete_rule", rule.pk)).status == 403
