"""Attacks on what the bank said and on matches.

Alice's cash has a line of 100.00 that is matched with her sale, a line of 70.00 that is open, and one that is ignored.
"""

from tests.invariants.attacking import Attacker, breaks

FINGERPRINT = "\\x" + "ab" * 16


def statement(a: Attacker, **columns) -> int:
    row = {
        "organization_id": a.alice,
        "account_id": a.account("1001"),
        "file_name": "x.csv",
        "format": "csv",
        "file_hash": "0" * 64,
        "account_number": "",
        "currency": "",
        "new": 0,
        "duplicates": 0,
        "conflicts": 0,
        "errors": 0,
        "metadata": "{}",
    } | columns
    return a._insert("reconciliation_statement", row)


def line(a: Attacker, **columns) -> int:
    row = {
        "organization_id": a.alice,
        "statement_id": a["statement"],
        "account_id": a.account("1001"),
        "place": 9,
        "date": "2026-02-01",
        "amount": "5.00",
        "description": "x",
        "counterparty": "",
        "counterparty_account": "",
        "reference": "",
        "bank_id": "",
        "kind": "",
        "fingerprint": FINGERPRINT,
        "content": FINGERPRINT,
        "occurrence": 1,
        "verdict": "new",
        "status": "unmatched",
        "ignore_reason": "",
        "metadata": "{}",
    } | columns
    return a._insert("reconciliation_statementline", row)


def match(a: Attacker, **columns) -> int:
    row = {
        "organization_id": a.alice,
        "account_id": a.account("1001"),
        "status": "suggested",
        "origin": "manual",
        "line_ids": [a["open line"]],
        "entry_ids": [],
        "fee": 0,
        "features": "{}",
        "reason": "",
        "metadata": "{}",
    } | columns
    return a._insert("reconciliation_match", row)


def matched(a: Attacker, match_id: int, entry_id: int, **columns) -> None:
    row = {"organization_id": a.alice, "match_id": match_id, "entry_id": entry_id} | columns
    a._insert("reconciliation_matchedentry", row)


def accepted(a: Attacker, amount: str, entry: int, **columns) -> int:
    """A match that claims a new line of ``amount`` and an entry."""
    number = line(a, amount=amount)
    made = match(a, status="accepted", line_ids=[number], entry_ids=[entry], **columns)
    a.run("update reconciliation_statementline set status = 'matched', match_id = %s where id = %s", made, number)
    matched(a, made, entry)
    return made


# --- what the bank said ---


@breaks("statement_file_once")
def the_same_file_twice(a: Attacker):
    statement(a)
    statement(a)


@breaks("statement_of_own_account")
def into_somebody_elses_account(a: Attacker):
    statement(a, account_id=a["charlies cash"])


@breaks("row_level_security")
def a_statement_in_somebody_elses_books(a: Attacker):
    statement(a, organization_id=a.charlie, account_id=a["charlies cash"])


@breaks("statement_counts")
def fewer_than_no_lines(a: Attacker):
    statement(a, errors=-1)


@breaks("statement_balances_in_range")
def a_balance_that_is_no_number(a: Attacker):
    statement(a, closing_balance="NaN")


@breaks("InsufficientPrivilege")
def another_file(a: Attacker):
    a.run("update reconciliation_statement set file_hash = 'x' where id = %s", a["statement"])


@breaks("statement_final", by="owner")
def another_file_even_as_the_owner(a: Attacker):
    a.run("update reconciliation_statement set file_hash = 'x' where id = %s", a["statement"])


@breaks("statement_final")
def undo_and_do_again(a: Attacker):
    a.run("update reconciliation_statement set undone_at = now() where id = %s", a["statement"])
    a.run("update reconciliation_statement set undone_at = null where id = %s", a["statement"])


@breaks("statement_line_once")
def a_line_twice(a: Attacker):
    line(a)
    line(a)


@breaks("line_of_own_statement")
def a_line_of_no_statement(a: Attacker):
    line(a, statement_id=1)


@breaks("line_of_own_account")
def a_line_on_somebody_elses_account(a: Attacker):
    line(a, account_id=a["charlies cash"])


@breaks("row_level_security")
def a_line_in_somebody_elses_books(a: Attacker):
    line(a, organization_id=a.charlie)


@breaks("line_date_in_range")
def a_line_before_all_books(a: Attacker):
    line(a, date="1899-12-31")


@breaks("line_amount_in_range")
def a_line_that_is_no_number(a: Attacker):
    line(a, amount="NaN")


@breaks("line_decimals")
def a_tenth_of_a_cent_from_the_bank(a: Attacker):
    line(a, amount="0.001")


@breaks("line_occurrence")
def the_zeroth_of_equal_lines(a: Attacker):
    line(a, occurrence=0)


@breaks("line_fingerprints")
def a_short_fingerprint(a: Attacker):
    line(a, fingerprint="\\xab")


@breaks("line_status")
def a_status_nobody_knows(a: Attacker):
    line(a, status="lost")


@breaks("line_verdict")
def a_verdict_nobody_knows(a: Attacker):
    line(a, verdict="fine")


@breaks("line_status_of_match")
def matched_with_nothing(a: Attacker):
    line(a, status="matched")


@breaks("line_ignored_for_a_reason")
def ignored_for_no_reason(a: Attacker):
    line(a, status="ignored")


@breaks("InsufficientPrivilege")
def another_amount(a: Attacker):
    a.run("update reconciliation_statementline set amount = 1 where id = %s", a["open line"])


@breaks("line_facts_final", by="owner")
def another_amount_even_as_the_owner(a: Attacker):
    a.run("update reconciliation_statementline set amount = 1 where id = %s", a["open line"])


@breaks("line_in_use_stays")
def delete_a_matched_line(a: Attacker):
    a.run("delete from reconciliation_statementline where id = %s", a["matched line"])


@breaks("line_in_use_stays")
def delete_an_ignored_line(a: Attacker):
    a.run("delete from reconciliation_statementline where id = %s", a["ignored line"])


REMARK = """
    insert into reconciliation_remark (organization_id, statement_id, place, verdict, code, reason, amount, description,
                                       bank_id)
    values (%s, %s, 1, %s, 'x', 'x', %s, '', '')
"""


@breaks("remark_verdict")
def a_remark_of_no_kind(a: Attacker):
    a.run(REMARK, a.alice, a["statement"], "fine", 1)


@breaks("remark_amount_in_range")
def a_remark_of_no_number(a: Attacker):
    a.run(REMARK, a.alice, a["statement"], "error", "NaN")


@breaks("remark_of_own_statement")
def a_remark_on_no_statement(a: Attacker):
    a.run(REMARK, a.alice, 1, "error", 1)


@breaks("InsufficientPrivilege")
def take_a_remark_back(a: Attacker):
    a.run("delete from reconciliation_remark where id = %s", a["remark"])


@breaks("remarks_are_final", by="owner")
def take_a_remark_back_as_the_owner(a: Attacker):
    a.run("delete from reconciliation_remark where id = %s", a["remark"])


MAPPING = """
    insert into reconciliation_savedmapping (organization_id, account_id, mapping, metadata) values (%s, %s, '{}', '{}')
"""


@breaks("saved_mapping_once")
def two_mappings_of_one_account(a: Attacker):
    a.run(MAPPING, a.alice, a.account("1001"))
    a.run(MAPPING, a.alice, a.account("1001"))


@breaks("mapping_of_own_account")
def a_mapping_of_somebody_elses_account(a: Attacker):
    a.run(MAPPING, a.alice, a["charlies cash"])


# --- matches ---


@breaks("match_entry_once")
def an_entry_in_two_matches(a: Attacker):
    accepted(a, "100.00", a["matched entry"])


@breaks("match_ties")
def lines_that_are_not_the_entries(a: Attacker):
    accepted(a, "99.99", a.entry_of(a["returned"], 1))


@breaks("match_ties")
def an_entry_of_another_account(a: Attacker):
    accepted(a, "-30.00", a.entry_of(a["returned"], 2))


@breaks("match_ties")
def an_accepted_match_without_lines(a: Attacker):
    match(a, status="accepted", entry_ids=[a.entry_of(a["returned"], 1)])


@breaks("match_ties")
def a_suggestion_that_holds_an_entry(a: Attacker):
    entry = a.entry_of(a["returned"], 1)
    matched(a, match(a, entry_ids=[entry]), entry)


@breaks("match_ties")
def take_an_entry_out_of_a_match(a: Attacker):
    a.run("delete from reconciliation_matchedentry where entry_id = %s", a["matched entry"])


@breaks("match_ties")
def take_a_line_out_of_a_match(a: Attacker):
    a.run(
        "update reconciliation_statementline set status = 'unmatched', match_id = null where id = %s",
        a["matched line"],
    )


@breaks("match_ties")
def call_an_accepted_match_undone_and_keep_its_entries(a: Attacker):
    a.run("update reconciliation_match set status = 'undone', undone_at = now() where id = %s", a["match"])


@breaks("match_ties")
def a_line_of_another_match(a: Attacker):
    a.run(
        "update reconciliation_statementline set status = 'matched', match_id = %s where id = %s",
        a["match"],
        a["open line"],
    )


@breaks("match_of_own_account")
def a_match_on_somebody_elses_account(a: Attacker):
    match(a, account_id=a["charlies cash"])


@breaks("match_status")
def a_match_of_no_status(a: Attacker):
    match(a, status="maybe")


@breaks("match_origin")
def a_match_of_no_origin(a: Attacker):
    match(a, origin="hunch")


@breaks("match_fee_in_range")
def a_fee_below_zero(a: Attacker):
    match(a, fee="-1")


@breaks("match_has_lines")
def a_match_of_nothing(a: Attacker):
    match(a, line_ids=[])


@breaks("match_final")
def suggest_what_was_accepted(a: Attacker):
    a.run("update reconciliation_match set status = 'suggested' where id = %s", a["match"])


@breaks("match_final")
def other_entries_for_an_accepted_match(a: Attacker):
    a.run("update reconciliation_match set entry_ids = '{1}' where id = %s", a["match"])


@breaks("match_final")
def another_payment_for_an_accepted_match(a: Attacker):
    a.run("update reconciliation_match set payment_id = 1 where id = %s", a["match"])


@breaks("match_pays_documents")
def a_payment_of_no_documents(a: Attacker):
    match(a, payment_id=1)


@breaks("match_of_own_payment")
def a_payment_that_is_not_there(a: Attacker):
    match(a, payment_id=1, transaction_id=1, document_ids=["INV_0000000000000001"])


@breaks("match_stays")
def delete_an_accepted_match(a: Attacker):
    a.run("delete from reconciliation_match where id = %s", a["match"])


@breaks("matched_of_own_match")
def an_entry_in_no_match(a: Attacker):
    matched(a, 1, a.entry_of(a["returned"], 1))


@breaks("matched_own_entry")
def somebody_elses_entry(a: Attacker):
    matched(a, a["match"], a["charlies entry"])


@breaks("line_of_own_match")
def a_line_of_no_match(a: Attacker):
    line(a, status="suggested", match_id=1)


@breaks("row_level_security")
def a_match_in_somebody_elses_books(a: Attacker):
    match(a, organization_id=a.charlie, account_id=a["charlies cash"])
