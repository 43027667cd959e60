"""Attacks on documents, payments and what is open: by raw SQL, past every verb."""

from tests.invariants.attacking import Attacker, breaks

DAY = "2026-05-15"


def declare(name: str, rule: str, attack, **how) -> None:
    """One attack under a name of its own."""
    attack.__name__ = name
    breaks(rule, **how)(attack)


def own(a: Attacker, **columns) -> dict:
    return {"organization_id": a.alice} | columns


# --- Sources ----------------------------------------------------------------------------------------------------------


def source(a: Attacker, **columns):
    row = own(a, transaction_id=a["sale"], kind="invoice", object_id=a["invoice"]) | columns
    names = ", ".join(row)
    a.run(f"insert into ledger_source ({names}) values ({', '.join(['%s'] * len(row))})", *row.values())


declare("a_source_of_no_kind", "source_kind", lambda a: source(a, kind="whim"))
declare("a_source_of_nobodys", "source_of_own_transaction", lambda a: source(a, transaction_id=a["charlies sale"]))


@breaks("sources_are_final", by="owner")
def a_source_is_changed(a: Attacker):
    a.run("update ledger_source set object_id = 1 where organization_id = %s", a.alice)


@breaks("reversal_through_source")
def what_an_invoice_posted_is_reversed_on_its_own(a: Attacker):
    header = a.header(
        original_id=a["payment transaction"], reversal_scope="full", amount="50", total_debits="50", total_credits="50"
    )
    lines = a.run(
        "select line_no, account_id, amount, id from ledger_entry where transaction_id = %s order by line_no",
        a["payment transaction"],
    ).fetchall()
    for line_no, account, amount, number in lines:
        a.entry(header, line_no, account, str(-amount), reverses_entry_id=number)


# --- Open items -------------------------------------------------------------------------------------------------------


def item(a: Attacker, **columns):
    row = {
        "kind": "invoice",
        "object_id": 1,
        "contact_id": a["contact"],
        "account_id": a.account("1101"),
        "currency_id": "USD",
        "date": DAY,
        "due_date": DAY,
        "amount": "10",
        "base_amount": "10",
        "open_amount": "0",
        "open_base": "0",
    }
    return a._insert("ledger_openitem", own(a, **(row | columns)))


for number, (rule, columns) in enumerate(
    [
        ("open_item_kind", {"kind": "whim"}),
        ("open_item_dates", {"due_date": "2999-01-01"}),
        ("open_item_amounts", {"amount": "0"}),
        ("open_item_amounts", {"amount": "NaN"}),
        ("open_item_amounts", {"base_amount": "-10"}),
    ]
):
    declare(f"open_badly_{number}", rule, lambda a, columns=columns: item(a, **columns))

declare("open_twice", "open_item_once", lambda a: item(a, object_id=a["invoice"]))
declare("open_on_cash", "open_item_on_control_account", lambda a: item(a, account_id=a.account("1001")))
declare("open_for_a_stranger", "open_item_of_own_contact", lambda a: item(a, contact_id=a["charlies contact"]))
declare("open_in_another_currency", "open_item_on_own_account", lambda a: item(a, currency_id="EUR"))


@breaks("open_item_moved_by_movements")
def an_item_is_declared_paid(a: Attacker):
    a.run("update ledger_openitem set due_date = %s where id = %s", DAY, a["invoice item"])


@breaks("open_item_moved_by_movements", by="owner")
def an_item_is_deleted(a: Attacker):
    a.run("delete from ledger_openitem where id = %s", a["invoice item"])


def movement(a: Attacker, **columns):
    row = {
        "item_id": a["invoice item"],
        "account_id": a.account("1101"),
        "kind": "settled",
        "date": DAY,
        "amount": "-5",
        "base_amount": "-5",
        "transaction_id": None,
        "settlement_id": a["settlement"],
    }
    return a._insert("ledger_itemmovement", own(a, **(row | columns)))


for number, (rule, columns) in enumerate(
    [
        ("movement_kind", {"kind": "whim"}),
        ("movement_not_empty", {"amount": "0", "base_amount": "0"}),
        ("movement_amounts", {"amount": "NaN"}),
        ("movement_named", {"settlement_id": None}),
        ("movement_not_before_item", {"date": "2026-01-01"}),
        ("settlement_cancels_out", {}),
        ("open_item_within_amount", {"amount": "-59", "base_amount": "-59"}),
        ("open_item_no_residue", {"amount": "-58", "base_amount": "-57"}),
    ]
):
    declare(f"move_badly_{number}", rule, lambda a, columns=columns: movement(a, **columns))


@breaks("books_open")
def move_in_closed_books(a: Attacker):
    a.run("update organizations_organization set books_closed_through = %s where id = %s", DAY, a.alice)
    movement(a)


declare("move_on_another_account", "movement_of_own_item", lambda a: movement(a, account_id=a.account("1001")))


@breaks("movement_of_own_transaction")
def move_by_a_strangers_transaction(a: Attacker):
    columns = {"kind": "revalued", "settlement_id": None, "amount": "0", "base_amount": "0.01"}
    movement(a, transaction_id=a["charlies sale"], **columns)


@breaks("movement_of_own_settlement")
def move_by_a_strangers_settlement(a: Attacker):
    movement(a, settlement_id=a["charlies settlement"], transaction_id=a["sale"])


@breaks("movements_tie_to_entries")
def an_item_moves_by_more_than_its_account(a: Attacker):
    header = a.sale()
    movement(a, kind="reversed", settlement_id=None, transaction_id=header)


@breaks("movements_are_final", by="owner")
def a_movement_is_changed(a: Attacker):
    a.run("update ledger_itemmovement set amount = amount where organization_id = %s", a.alice)


# --- Settlements ------------------------------------------------------------------------------------------------------


def settlement(a: Attacker, **columns):
    row = {
        "debit_item_id": a["invoice item"],
        "credit_item_id": a["payment item"],
        "date": DAY,
        "debit_amount": "5",
        "debit_base": "5",
        "credit_amount": "5",
        "credit_base": "5",
        "realised": "0",
    }
    return a._insert("ledger_settlement", own(a, **(row | columns)))


for number, (rule, columns) in enumerate(
    [
        ("settlement_amounts", {"debit_amount": "0"}),
        ("settlement_amounts", {"credit_base": "6"}),
        ("settlement_undone", {"undone_on": "2026-03-01"}),
    ]
):
    declare(f"settle_badly_{number}", rule, lambda a, columns=columns: settlement(a, **columns))

declare(
    "settle_two_debts",
    "settlement_of_two_sides",
    lambda a: settlement(a, debit_item_id=a["payment item"], credit_item_id=a["credit item"]),
)
declare(
    "settle_by_a_strangers_transaction",
    "settlement_of_own_transaction",
    lambda a: settlement(a, transaction_id=a["charlies sale"]),
)


@breaks("settlement_of_own_undoing")
def undo_by_a_strangers_transaction(a: Attacker):
    settlement(a, undone_on=DAY, undone_transaction_id=a["charlies sale"])


@breaks("settlement_of_own_debit")
def settle_a_strangers_claim(a: Attacker):
    settlement(a, debit_item_id=a["charlies invoice item"])


@breaks("settlement_of_own_credit")
def settle_with_a_strangers_payment(a: Attacker):
    settlement(a, credit_item_id=a["charlies payment item"])


@breaks("settlement_final", by="owner")
def a_settlement_is_deleted(a: Attacker):
    a.run("delete from ledger_settlement where id = %s", a["settlement"])


# --- Documents --------------------------------------------------------------------------------------------------------


def document(a: Attacker, **columns):
    row = {
        "kind": "invoice",
        "status": "draft",
        "number": "",
        "order_number": "",
        "contact_id": a["contact"],
        "currency_id": "USD",
        "tax_rounding": "line",
        "lines": "[]",
        "subtotal": "0",
        "tax_amount": "0",
        "total": "0",
        "credited": "0",
        "notes": "",
        "footer": "",
        "reason": "",
        "version": 1,
        "metadata": "{}",
    }
    return a._insert("ledger_document", own(a, **(row | columns)))


ISSUED = {
    "status": "issued",
    "number": "X-1",
    "date": DAY,
    "due_date": DAY,
    "currency_rate": "1",
    "subtotal": "10",
    "total": "10",
    "base_total": "10",
}
for number, (rule, columns) in enumerate(
    [
        ("document_kind", {"kind": "whim"}),
        ("document_status", {"status": "whim"}),
        ("document_rounding", {"tax_rounding": "whim"}),
        ("document_dates", {"date": "2999-01-01"}),
        ("document_due_after_date", {"date": DAY, "due_date": "2026-03-01"}),
        ("document_amounts", {"total": "1"}),
        ("document_amounts", {"credited": "1"}),
        ("document_numbered", {"series": "INV"}),
        ("document_credit_of_original", {"original_id": 1}),
        ("document_issued_posted", {"status": "issued"}),
    ]
):
    declare(f"write_badly_{number}", rule, lambda a, columns=columns: document(a, **columns))

declare("issue_without_a_number", "document_issued_whole", lambda a: document(a, transaction_id=a["sale"]))
declare("write_for_a_stranger", "document_of_own_contact", lambda a: document(a, contact_id=a["charlies contact"]))
declare("post_to_a_stranger", "document_on_own_account", lambda a: document(a, account_id=a["charlies cash"]))
declare(
    "credit_a_strangers_invoice",
    "document_of_own_original",
    lambda a: document(a, kind="credit_note", original_id=a["charlies invoice"]),
)


@breaks("document_of_own_transaction")
def issue_by_a_strangers_transaction(a: Attacker):
    document(a, transaction_id=a["charlies sale"], account_id=a.account("1101"), **ISSUED)


@breaks("document_number_once")
def a_number_is_given_twice(a: Attacker):
    document(a, series="INV", series_year=2026, series_no=1)


@breaks("document_name_once")
def a_name_is_taken_twice(a: Attacker):
    document(a, number="INV-2026-0001")


@breaks("credit_within_original")
def more_is_credited_than_there_was(a: Attacker):
    columns = ISSUED | {"subtotal": "109", "total": "109", "base_total": "109", "number": "CN-X"}
    document(
        a,
        kind="credit_note",
        original_id=a["invoice"],
        transaction_id=a["sale"],
        account_id=a.account("1101"),
        **columns,
    )


@breaks("credit_within_original")
def more_is_credited_by_a_draft_that_is_issued(a: Attacker):
    columns = ISSUED | {"subtotal": "109", "total": "109", "base_total": "109", "status": "draft", "number": ""}
    columns["account_id"] = a.account("1101")
    number = document(a, kind="credit_note", original_id=a["invoice"], **columns)
    issued = "status = 'issued', number = 'CN-X', transaction_id = %s"
    a.run(f"update ledger_document set {issued} where id = %s", a["sale"], number)


@breaks("document_identity_final")
def an_invoice_becomes_a_bill(a: Attacker):
    a.run("update ledger_document set kind = 'bill' where id = %s", a["draft invoice"])


@breaks("document_final")
def an_issued_invoice_is_edited(a: Attacker):
    a.run("update ledger_document set total = 1, subtotal = 1, tax_amount = 0 where id = %s", a["invoice"])


@breaks("document_final")
def an_issued_invoice_is_deleted(a: Attacker):
    a.run("delete from ledger_document where id = %s", a["invoice"])


@breaks("document_final")
def an_issued_invoice_becomes_a_draft(a: Attacker):
    a.run("update ledger_document set status = 'draft' where id = %s", a["invoice"])


def said_tax(a: Attacker, **columns):
    row = {
        "document_id": a["invoice"],
        "tax_id": a["tax"],
        "account_id": a.account("2101"),
        "date": DAY,
        "name": "VAT",
        "rate": "20",
        "treatment": "standard",
        "is_input": False,
        "base": "10",
        "amount": "2",
        "base_in_base": "10",
        "posted": "-2",
    }
    return a._insert("ledger_documenttax", own(a, **(row | columns)))


declare("tax_without_an_account", "document_tax_amounts", lambda a: said_tax(a, account_id=None))
declare(
    "tax_of_a_strangers_invoice",
    "document_tax_of_own_document",
    lambda a: said_tax(a, document_id=a["charlies invoice"]),
)
declare("tax_of_a_stranger", "document_tax_of_own_tax", lambda a: said_tax(a, tax_id=a["charlies tax"]))
declare("tax_to_a_stranger", "document_tax_on_own_account", lambda a: said_tax(a, account_id=a["charlies cash"]))


@breaks("document_taxes_are_final", by="owner")
def a_tax_that_was_said_is_changed(a: Attacker):
    a.run("update ledger_documenttax set amount = 0 where organization_id = %s", a.alice)


@breaks("document_series_counts")
def a_series_begins_below_one(a: Attacker):
    a.run(
        "insert into ledger_documentseries (organization_id, series, year, last_no) values (%s, 'XX', 2026, 0)", a.alice
    )


@breaks("document_series_rises")
def a_number_is_taken_back(a: Attacker):
    a.run("update ledger_documentseries set last_no = 1 where organization_id = %s and series = 'INV'", a.alice)
