"""Damage to what is open, to documents and their numbers, and the other rules that cannot but see it too."""

INVOICE = "(select id from ledger_document where number = 'INV-2026-0001')"
ITEM = f"(select id from ledger_openitem where object_id = {INVOICE})"

TRADE_DAMAGE = {
    "open_items_are_their_movements": (
        f"update ledger_openitem set open_amount = 1, open_base = 1 where id = {ITEM}",
        set(),
    ),
    "nothing_outlives_its_amount": (
        "alter table ledger_openitem drop constraint open_item_no_residue;"
        "update ledger_openitem set open_base = -1 where id = (select id from ledger_openitem where kind = 'payment')",
        {"open_items_are_their_movements", "rules_stand"},
    ),
    "open_items_on_control_accounts": (
        f"""alter table ledger_account disable trigger account_role;
            update ledger_account set role = null where id = (select account_id from ledger_openitem where id = {ITEM});
            alter table ledger_account enable always trigger account_role""",
        {"control_accounts_tie_to_open_items"},
    ),
    "items_within_amount_every_day": (
        "update ledger_itemmovement set date = date - 1 where settlement_id = (select min(id) from ledger_settlement)",
        set(),
    ),
    "control_accounts_tie_to_open_items": (
        f"update ledger_itemmovement set date = '2026-05-03' where kind = 'opened' and item_id = {ITEM}",
        {"items_within_amount_every_day"},
    ),
    "taxes_tie_to_their_accounts": (f"update ledger_documenttax set posted = -1 where document_id = {INVOICE}", set()),
    "documents_tie_to_the_books": (
        f"update ledger_document set total = total + 1, subtotal = subtotal + 1 where id = {INVOICE}",
        set(),
    ),
    "numbers_have_no_gap": ("update ledger_documentseries set last_no = last_no + 1 where series = 'INV'", set()),
    "credits_within_documents": (f"update ledger_document set credited = 0 where id = {INVOICE}", set()),
}
