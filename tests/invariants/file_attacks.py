"""Attacks on categories, and on files on transactions."""

from tests.invariants.attacking import Attacker, breaks

SHA = "a" * 64

# --- Categories -------------------------------------------------------------------------------------------------------


def new_category(a: Attacker, **columns) -> None:
    row = {"organization_id": a.alice, "name": "Meals", "type": "expense", "description": "", "status": "active"}
    row |= {"metadata": "{}"} | columns
    a._insert("ledger_category", row)


@breaks("row_level_security")
def a_category_for_somebody_else(a: Attacker):
    new_category(a, organization_id=a.charlie)


@breaks("category_name_once")
def a_name_twice_in_other_letters(a: Attacker):
    new_category(a, name="TRAVEL")


@breaks("category_name")
def a_category_without_a_name(a: Attacker):
    new_category(a, name="  ")


@breaks("category_type")
def an_unknown_type_of_category(a: Attacker):
    new_category(a, type="asset")


@breaks("category_status")
def an_unknown_status_of_category(a: Attacker):
    a.run("update ledger_category set status = 'gone' where id = %s", a["category"])


for column, value in {"type": "'income'", "id": "id + 1", "organization_id": "1", "created_at": "now()"}.items():

    def change_category(a: Attacker, column=column, value=value):
        a.run(f"update ledger_category set {column} = {value} where id = %s", a["category"])

    change_category.__name__ = f"change_the_{column}_of_a_category"
    breaks("InsufficientPrivilege")(change_category)
    breaks("category_identity_final", by="owner")(change_category)


@breaks("transaction_of_own_category")
def a_category_that_is_not_there(a: Attacker):
    a.draft(category_id=1)


@breaks("transaction_of_own_category")
def somebody_elses_category(a: Attacker):
    a.sale(category_id=a["charlies category"])


@breaks("transaction_of_own_category")
def somebody_elses_category_that_can_be_read(a: Attacker):
    a.bind(reach=f"{{{a.alice},{a.charlie}}}")
    a.draft(category_id=a["charlies category"])


@breaks("transaction_of_own_category")
def another_category_that_is_not_there(a: Attacker):
    a.run("update ledger_transaction set category_id = 1 where id = %s", a["draft"])


@breaks("transaction_of_own_category")
def delete_a_category_that_a_draft_has(a: Attacker):
    a.run("update ledger_transaction set category_id = %s where id = %s", a["category"], a["draft"])
    a.run("delete from ledger_category where id = %s", a["category"])


@breaks("transaction_category_active")
def a_new_transaction_of_an_archived_category(a: Attacker):
    a.sale(category_id=a["archived category"])


@breaks("transaction_category_active")
def an_archived_category_for_a_draft(a: Attacker):
    a.run("update ledger_transaction set category_id = %s where id = %s", a["archived category"], a["draft"])


# --- Files ------------------------------------------------------------------------------------------------------------


def new_attachment(a: Attacker, transaction: int, **columns) -> None:
    row = {
        "organization_id": a.alice,
        "transaction_id": transaction,
        "name": "receipt.pdf",
        "description": "",
        "content_type": "application/pdf",
        "size": 10,
        "sha256": SHA,
        "path": "ORG_0/2026-01/x",
        "metadata": "{}",
    }
    a._insert("ledger_attachment", row | columns)


@breaks("row_level_security")
def a_file_for_somebody_else(a: Attacker):
    new_attachment(a, a["charlies sale"], organization_id=a.charlie)


@breaks("attachment_of_own_transaction")
def a_file_on_somebody_elses_transaction(a: Attacker):
    new_attachment(a, a["charlies sale"])


@breaks("attachment_of_own_transaction")
def delete_a_draft_with_files(a: Attacker):
    a.run("delete from ledger_transaction where id = %s", a["draft with a file"])


@breaks("attachment_once")
def the_same_file_twice(a: Attacker):
    for place in ("x", "y"):
        new_attachment(a, a["sale"], path=place)


@breaks("attachment_path_once")
def two_rows_for_one_file(a: Attacker):
    for transaction in ("sale", "draft with a file"):
        new_attachment(a, a[transaction])


for column, value in {"size": 0, "sha256": "A" * 64, "name": "", "path": ""}.items():

    def odd_attachment(a: Attacker, column=column, value=value):
        new_attachment(a, a["sale"], **{column: value})

    odd_attachment.__name__ = f"a_file_of_odd_{column}"
    breaks("attachment_facts")(odd_attachment)


for column, value in {"path": "'x'", "sha256": f"'{SHA}'", "transaction_id": "1", "name": "'x'", "size": "7"}.items():

    def change_attachment(a: Attacker, column=column, value=value):
        a.run(f"update ledger_attachment set {column} = {value} where id = %s", a["attachment"])

    change_attachment.__name__ = f"change_the_{column}_of_a_file"
    breaks("InsufficientPrivilege")(change_attachment)
    breaks("attachment_final", by="owner")(change_attachment)


@breaks("attachment_final")
def bring_a_removed_file_back(a: Attacker):
    a.run("update ledger_attachment set removed_at = now() where id = %s", a["attachment"])
    a.run("update ledger_attachment set removed_at = null where id = %s", a["attachment"])


@breaks("attachment_of_posted_stays")
def forget_a_file_of_a_posted_transaction(a: Attacker):
    a.run("delete from ledger_attachment where id = %s", a["attachment"])


@breaks("attachment_of_posted_stays")
def forget_the_note_of_a_removed_file(a: Attacker):
    a.run("update ledger_attachment set removed_at = now() where id = %s", a["draft's attachment"])
    a.run("delete from ledger_attachment where id = %s", a["draft's attachment"])
