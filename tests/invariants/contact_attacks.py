"""Attacks on contacts, and on transactions that name them."""

from tests.invariants.attacking import Attacker, breaks

TEXTS = (
    "email", "phone", "website", "tax_number", "bank_account", "reference", "address", "city", "state", "zip_code",
    "country", "language",
)  # fmt: skip


def declare(name: str, rule: str, attack, **how) -> None:
    """One attack under a name of its own."""
    attack.__name__ = name
    breaks(rule, **how)(attack)


def contact(a: Attacker, **columns):
    row = {"organization_id": a.alice, "name": "Eve", "contact_type": "customer", "enabled": True, "metadata": "{}"}
    return a._insert("ledger_contact", row | dict.fromkeys(TEXTS, "") | columns)


def change(a: Attacker, column: str, value, which: str = "other contact"):
    a.run(f"update ledger_contact set {column} = %s where id = %s", value, a[which])


for _name, _rule, _columns in (
    ("a_contact_without_a_name", "contact_name", {"name": " "}),
    ("a_contact_of_no_type", "contact_type", {"contact_type": "friend"}),
    ("a_contact_from_a_country_in_words", "contact_country", {"country": "de"}),
    ("a_contact_with_terms_of_years", "contact_terms", {"payment_terms_days": 366}),
    ("a_contact_in_no_currency", "contact_currency_known", {"currency_id": "ZZZ"}),
    ("a_contact_that_was_merged_and_is_enabled", "contact_merged_is_disabled", {"merged_into_id": "contact"}),
):
    declare(
        _name,
        _rule,
        lambda a, columns=_columns: contact(a, **{k: a[v] if k == "merged_into_id" else v for k, v in columns.items()}),
    )
for _role in ("receivable", "payable", "revenue", "expense"):
    declare(
        f"somebody_elses_{_role}_account",
        f"contact_on_own_{_role}",
        lambda a, column=f"{_role}_account_id": change(a, column, a["charlies cash"]),
    )


@breaks("contact_merged_into_own")
def merged_into_a_stranger(a: Attacker):
    contact(a, enabled=False, merged_into_id=a["charlies contact"])


@breaks("contact_merged_into_own")
def delete_the_head_of_a_family(a: Attacker):
    head = contact(a)
    a.run("update ledger_contact set merged_into_id = %s where id = %s", head, a["merged contact"])
    a.run("delete from ledger_contact where id = %s", head)


@breaks("contact_not_into_itself")
def merged_into_itself(a: Attacker):
    a.run("update ledger_contact set enabled = false, merged_into_id = id where id = %s", a["other contact"])


@breaks("contact_merged_into_head")
def merged_into_one_that_was_merged(a: Attacker):
    contact(a, enabled=False, merged_into_id=a["merged contact"])


@breaks("contact_merged_into_head")
def merged_without_its_family(a: Attacker):
    a.run(
        "update ledger_contact set enabled = false, merged_into_id = %s where id = %s", a["other contact"], a["contact"]
    )


@breaks("contact_identity_final")
def taken_out_of_its_family(a: Attacker):
    a.run("update ledger_contact set merged_into_id = null where id = %s", a["merged contact"])


@breaks("contact_identity_final")
def made_at_another_time(a: Attacker):
    change(a, "created_at", "2020-01-01")


@breaks("transaction_of_own_contact")
def a_contact_that_is_not_there(a: Attacker):
    a.sale(contact_id=1)


@breaks("transaction_of_own_contact")
def somebody_elses_contact(a: Attacker):
    a.draft(contact_id=a["charlies contact"])


@breaks("transaction_of_own_contact")
def delete_a_contact_that_a_draft_has(a: Attacker):
    number = contact(a)
    a.run("update ledger_transaction set contact_id = %s where id = %s", number, a["draft"])
    a.run("delete from ledger_contact where id = %s", number)


@breaks("transaction_contact_not_merged")
def a_new_transaction_of_a_merged_contact(a: Attacker):
    a.sale(contact_id=a["merged contact"])


@breaks("transaction_contact_not_merged")
def a_merged_contact_for_a_draft(a: Attacker):
    a.run("update ledger_transaction set contact_id = %s where id = %s", a["merged contact"], a["draft"])


@breaks("control_entry_has_contact")
def on_a_control_account_for_nobody(a: Attacker):
    a.run("update organizations_organization set require_contact_on_control_accounts = true where id = %s", a.alice)
    header = a.header()
    a.entry(header, 1, a.account("1101"), "100")
    a.entry(header, 2, a.account("4001"), "-100")
