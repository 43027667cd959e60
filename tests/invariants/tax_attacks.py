"""Attacks on taxes, and on items and the taxes that they bring."""

from tests.invariants.attacking import Attacker, breaks


def tax(a: Attacker, **columns) -> int:
    row = {
        "organization_id": a.alice,
        "name": "By raw SQL",
        "rate": "20",
        "tax_type": "vat",
        "treatment": "standard",
        "is_compound": False,
        "is_inclusive": False,
        "is_recoverable": True,
        "is_active": True,
        "metadata": "{}",
    } | columns
    return a._insert("ledger_tax", row)


def item(a: Attacker, **columns) -> int:
    row = {
        "organization_id": a.alice,
        "name": "By raw SQL",
        "code": "",
        "description": "",
        "unit": "",
        "currency_id": "USD",
        "is_active": True,
        "metadata": "{}",
    } | columns
    return a._insert("ledger_item", row)


def bring(a: Attacker, of: int, number: int, place: int = 0) -> int:
    row = {"organization_id": a.alice, "item_id": of, "tax_id": number, "is_sale": True, "place": place}
    return a._insert("ledger_itemtax", row)


UNFIT_TAXES = {
    "a_tax_without_a_name": ("tax_name", {"name": "  "}),
    "a_tax_below_zero": ("tax_rate", {"rate": "-0.000001"}),
    "a_tax_above_a_thousand_percent": ("tax_rate", {"rate": "1000.000001"}),
    "a_tax_of_no_type": ("tax_type", {"tax_type": "levy"}),
    "a_tax_of_no_treatment": ("tax_treatment", {"treatment": "none"}),
    "an_exemption_that_costs": ("tax_treatment", {"treatment": "exempt"}),
    "a_zero_rate_that_is_not": ("tax_treatment", {"treatment": "zero_rated"}),
    "a_reverse_charge_within_the_price": ("tax_treatment", {"treatment": "reverse_charge", "is_inclusive": True}),
    "a_tax_that_ends_before_it_begins": (
        "tax_dates", {"effective_from": "2026-02-01", "effective_to": "2026-01-31"},
    ),
    "a_tax_of_the_middle_ages": ("tax_dates", {"effective_from": "1492-10-12"}),
}  # fmt: skip

for name, (rule, columns) in UNFIT_TAXES.items():

    def unfit(a: Attacker, columns=columns):
        tax(a, **columns)

    unfit.__name__ = name
    breaks(rule)(unfit)

FINAL = {
    "rate": "21",
    "tax_type": "other",
    "treatment": "reverse_charge",
    "is_compound": True,
    "is_inclusive": True,
    "is_recoverable": False,
    "created_at": "2020-01-01",
}

for column, value in FINAL.items():

    def change(a: Attacker, column=column, value=value):
        a.run(f"update ledger_tax set {column} = %s where id = %s", value, a["tax"])

    change.__name__ = f"change_the_{column}_of_a_tax"
    breaks("tax_rate_final")(change)


@breaks("tax_rate_final", by="owner")
def another_rate_as_the_owner(a: Attacker):
    a.run("update ledger_tax set rate = 21 where organization_id = %s", a.alice)


@breaks("tax_on_own_account")
def a_tax_on_somebody_elses_account(a: Attacker):
    tax(a, account_id=a["charlies cash"])


@breaks("tax_on_own_purchase_account")
def claimed_back_on_somebody_elses_account(a: Attacker):
    a.bind(reach=f"{{{a.alice},{a.charlie}}}")
    a.run("update ledger_tax set purchase_account_id = %s where id = %s", a["charlies cash"], a["tax"])


@breaks("row_level_security")
def a_tax_in_somebody_elses_books(a: Attacker):
    tax(a, organization_id=a.charlie, id=7)


@breaks("item_tax_of_own_tax")
def delete_a_tax_that_an_item_brings(a: Attacker):
    a.run("delete from ledger_tax where id = %s", a["tax"])


@breaks("item_name")
def an_item_without_a_name(a: Attacker):
    item(a, name=" ")


@breaks("item_prices")
def an_item_above_all_prices(a: Attacker):
    item(a, sale_price="10000000000000000001")


@breaks("item_prices")
def an_item_below_all_prices(a: Attacker):
    item(a, purchase_price="-10000000000000000001")


@breaks("item_currency_known")
def an_item_in_no_currency(a: Attacker):
    item(a, currency_id="XXQ")


@breaks("item_code_once")
def a_code_of_two_items(a: Attacker):
    item(a, code="A")
    item(a, code="A")


@breaks("item_identity_final")
def an_item_of_another_day(a: Attacker):
    a.run("update ledger_item set created_at = now() where id = %s", a["item"])


@breaks("item_identity_final", by="owner")
def an_item_by_another_number(a: Attacker):
    a.run("update ledger_item set id = id + 1 where id = %s", a["item"])


@breaks("item_on_own_revenue")
def sold_on_somebody_elses_account(a: Attacker):
    item(a, revenue_account_id=a["charlies cash"])


@breaks("item_on_own_expense")
def bought_on_somebody_elses_account(a: Attacker):
    item(a, expense_account_id=a["charlies cash"])


@breaks("item_tax_once")
def a_tax_twice_on_an_item(a: Attacker):
    bring(a, a["item"], a["tax"], place=1)


@breaks("item_tax_of_own_tax")
def somebody_elses_tax(a: Attacker):
    bring(a, item(a), a["charlies tax"])


@breaks("item_tax_of_own_item")
def a_tax_on_somebody_elses_item(a: Attacker):
    bring(a, a["charlies item"], a["tax"])


@breaks("item_tax_of_own_item")
def delete_an_item_and_leave_its_taxes(a: Attacker):
    a.run("delete from ledger_item where id = %s", a["item"])


@breaks("InsufficientPrivilege")
def rewrite_a_tax_of_an_item(a: Attacker):
    a.run("update ledger_itemtax set tax_id = 1 where organization_id = %s", a.alice)
