"""A superuser with SQL, all triggers and constraints out of the way, is found out by both verifiers."""

import pytest

from tests.ledger.proof.books import anchor_of, by_command, by_program, exported, seal_everything, sealed_books

TABLES = ("ledger_transaction", "ledger_entry", "organizations_event", "ledger_checkpoint", "ledger_anchorpush")


@pytest.fixture
def books(committed_db):
    return sealed_books()


@pytest.fixture
def tamper(superuser_connection):
    """Run statements with nothing in the way; ``%(name)s`` of values as in psycopg."""

    def run(*statements: str, **values):
        with superuser_connection.transaction():
            for table in TABLES:
                superuser_connection.execute(f"alter table {table} disable trigger all")
            for statement in statements:
                assert superuser_connection.execute(statement, values).rowcount != 0, "The tampering changed nothing."
            for table in TABLES:
                superuser_connection.execute(f"alter table {table} enable trigger all")

    return run


def test_books_that_nobody_touched_are_intact(books, tmp_path):
    assert by_command(books) is None
    anchor = anchor_of(books, tmp_path)
    assert by_command(books, anchor=anchor) is None
    assert by_program(exported(books, tmp_path)) is None
    assert by_program(exported(books, tmp_path), anchor) is None


A_SALE = "(select id from ledger_transaction where reference_number = 'R10')"
ANOTHER = "(select id from ledger_transaction where reference_number = 'R11')"
SALE_EVENT = f"(select id from organizations_event where entity_id = crane_public_id('TXN', {A_SALE}) limit 1)"

TAMPERINGS = {
    # -- edit
    "edit an amount, in balance": (
        "was changed",
        f"update ledger_entry set amount = amount * 2, base_amount = base_amount * 2 where transaction_id = {A_SALE}",
    ),
    "edit a description": (
        "was changed",
        f"update ledger_transaction set description = description || '!' where id = {A_SALE}",
    ),
    "edit the number of a database transaction": (
        "is gone",
        f"update ledger_transaction set posted_xid = '9223372036854775807' where id = {A_SALE}",
    ),
    "take the number of a database transaction away": (
        "was slipped in",
        f"update ledger_transaction set posted_xid = null where id = {A_SALE}",
    ),
    "swap the accounts of two entries": (
        "was changed",
        f"update ledger_entry e set account_id = o.account_id, currency_id = o.currency_id from ledger_entry o"
        f" where e.transaction_id = {A_SALE} and o.transaction_id = {A_SALE} and e.line_no <> o.line_no",
    ),
    "edit who did it": ("was changed", f"update organizations_event set api_key_id = 1 where id = {SALE_EVENT}"),
    "edit a state in the trail": (
        "was changed",
        "update organizations_event set after_state = jsonb_set(after_state, '{description}', '\"other\"')"
        f" where id = {SALE_EVENT}",
    ),
    # -- delete
    "delete a transaction with its entries": (
        "is gone",
        f"delete from ledger_entry where transaction_id = {A_SALE}",
        f"delete from ledger_transaction where id = {A_SALE}",
    ),
    "delete one entry": ("was changed", f"delete from ledger_entry where transaction_id = {A_SALE} and line_no = 1"),
    "delete an event": ("is gone", f"delete from organizations_event where id = {SALE_EVENT}"),
    # -- insert
    "insert a transaction under an old number": (
        "was slipped in",
        f"create temp table slipped as select * from ledger_transaction where id = {A_SALE};"
        "update slipped set id = id - 524288, external_id = null;"
        "alter table slipped drop column first_line;"
        "do $$ begin execute (select 'insert into ledger_transaction (' || string_agg(quote_ident(attname), ', ')"
        " || ') select ' || string_agg(quote_ident(attname), ', ') || ' from slipped' from pg_attribute"
        " where attrelid = 'slipped'::regclass and attnum > 0 and not attisdropped); end $$",
    ),
    "insert an entry": (
        "was changed",
        "insert into ledger_entry select (jsonb_populate_record(e, jsonb_build_object('id', e.id - 524288,"
        f" 'line_no', 99))).* from ledger_entry e where e.transaction_id = {A_SALE} and e.line_no = 1",
    ),
    "insert an event under an old number": (
        "was slipped in",
        "insert into organizations_event select (jsonb_populate_record(e, jsonb_build_object('id', e.id - 524288))).*"
        f" from organizations_event e where e.id = {SALE_EVENT}",
    ),
    # -- re-order
    "two transactions change places": (
        "was moved",
        "update ledger_transaction t set description = o.description, posted_xid = o.posted_xid from"
        " ledger_transaction o where t.reference_number in ('R10', 'R11') and o.reference_number in ('R10', 'R11')"
        " and t.id <> o.id",
    ),
    "two checkpoints change places": (
        "does not follow",
        "update ledger_checkpoint set seq = -seq where seq in (2, 3)",
        "update ledger_checkpoint set seq = 5 + seq where seq < 0",
    ),
    # -- moved field boundary
    "a character moves from one field to the next": (
        "was changed",
        f"update ledger_transaction set description = left(description, -1),"
        f" reference_number = right(description, 1) || reference_number where id = {A_SALE}",
    ),
    "a character moves between the fields of an entry": (
        "was changed",
        f"update ledger_entry set description = 'a', reference = 'bc' where transaction_id = {A_SALE} and line_no = 1",
    ),
    "an empty field becomes none": (
        "was changed",
        f"update ledger_transaction set external_id = '' where id = {A_SALE}",
    ),
    # -- the chain itself
    "a checkpoint in the middle is deleted": ("is missing", "delete from ledger_checkpoint where seq = 2"),
    "a checkpoint is edited": (
        "its hash is another",
        "update ledger_checkpoint set sealed_at = sealed_at - interval '1 year' where seq = 2",
    ),
    "the leaves of a checkpoint are edited": (
        "its leaves give another root",
        "update ledger_checkpoint set leaves = set_byte(leaves, 20, 255 - get_byte(leaves, 20)) where seq = 2",
    ),
    "a checkpoint is made to fit": (
        "does not follow",
        "update ledger_checkpoint set count = count, sealed_at = sealed_at - interval '1 day' where seq = 2",
        "update ledger_checkpoint c set hash = ledger_checkpoint_hash(c) where seq = 2",
    ),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found_by_both(name, books, tamper, tmp_path):
    says, *statements = TAMPERINGS[name]
    assert by_command(books) is None
    tamper(*statements)
    found = by_command(books)
    assert found is not None and says in found, found
    found = by_program(exported(books, tmp_path))
    assert found is not None and says in found, found


def test_the_transaction_and_the_checkpoint_are_named(books, tamper):
    tamper(TAMPERINGS["edit a description"][1])
    found = by_command(books)
    sale = books.api.get("/transactions?reference_number=R10").data[0]
    assert sale["id"] in found and "checkpoint 2" in found and "record_changed" in found


def test_a_tail_that_is_cut_shows_against_the_anchor(books, tamper, tmp_path):
    anchor = anchor_of(books, tmp_path)
    tamper(
        "delete from ledger_entry e using ledger_transaction t where t.id = e.transaction_id"
        " and t.reference_number like 'R2%%'",
        "delete from ledger_transaction where reference_number like 'R2%%'",
        "delete from organizations_event e using ledger_checkpoint c where c.seq = 2"
        " and (e.recorded_xid, e.id) > (c.last_xid::text::xid8, c.last_id)",
        "delete from ledger_checkpoint where seq >= 3",
    )
    assert by_command(books) is None, "Without an anchor a cut tail cannot be seen: that is what anchors are for."
    assert "chain_cut" in by_command(books, anchor=anchor)
    file = exported(books, tmp_path)
    assert by_program(file) is None
    assert "cut or taken away" in by_program(file, anchor)


def test_a_chain_that_is_taken_away_shows_against_the_anchor(books, tamper, tmp_path):
    anchor = anchor_of(books, tmp_path)
    tamper("delete from ledger_checkpoint")
    assert "chain_cut" in by_command(books, anchor=anchor)
    assert "cut or taken away" in by_program(exported(books, tmp_path), anchor)


def test_a_chain_that_is_made_anew_shows_against_the_anchor(books, tamper, tmp_path):
    anchor = anchor_of(books, tmp_path)
    tamper("delete from ledger_checkpoint", f"update ledger_transaction set description = 'New' where id = {A_SALE}")
    seal_everything(books)
    assert by_command(books) is None
    assert "anchor_differs" in by_command(books, anchor=anchor)
    assert "made anew" in by_program(exported(books, tmp_path), anchor)


def test_a_proof_of_what_was_edited_fails(books, tamper, tmp_path):
    sale = books.api.get("/transactions?reference_number=R10").data[0]["id"]
    tamper(TAMPERINGS["edit an amount, in balance"][1])
    proof = books.api.get(f"/transactions/{sale}/proof").body
    assert proof["status"] == "sealed" and proof["is_intact"] is False
