"""Attacks on bank rules, and on what was learned.

One rule of Alice's books fees to 5201; one line with the word "fee" was learned to have gone there.
"""

from tests.invariants.attacking import Attacker, breaks

CONDITIONS = '[{"field": "text", "operator": "contains", "value": "fee"}]'


def books_to(account: int) -> str:
    return f'{{"account_id": "ACT_{account:016x}"}}'


def rule(a: Attacker, **columns) -> int:
    """Insert an honest rule, except for what ``columns`` say."""
    row = {
        "organization_id": a.alice,
        "name": "By raw SQL",
        "priority": 1,
        "account_id": a.account("1001"),
        "match": "all",
        "conditions": CONDITIONS,
        "actions": books_to(a.account("5201")),
        "automatic": True,
        "is_active": True,
        "version": 1,
        "metadata": "{}",
    } | columns
    return a._insert("reconciliation_bankrule", row)


def token(a: Attacker, **columns) -> int:
    """Insert an honest word."""
    row = {
        "organization_id": a.alice,
        "account_id": a.account("1001"),
        "token": "rent",
        "counter_account_id": a.account("5201"),
        "count": 1,
    } | columns
    return a._insert("reconciliation_learnedtoken", row)


@breaks("row_level_security")
def a_rule_in_books_that_may_only_be_read(a: Attacker):
    a.bind(reach=f"{{{a.alice},{a.charlie}}}")
    rule(a, organization_id=a.charlie, account_id=None, actions=books_to(a["charlies cash"]))


@breaks("bank_rule_books_to_own_accounts")
def a_rule_in_somebody_elses_books(a: Attacker):
    rule(a, organization_id=a.charlie, account_id=None, actions=books_to(a["charlies cash"]))


@breaks("bank_rule_of_own_account")
def a_rule_for_somebody_elses_account(a: Attacker):
    rule(a, account_id=a["charlies cash"])


@breaks("bank_rule_of_own_account")
def move_a_rule_to_somebody_elses_account(a: Attacker):
    a.run("update reconciliation_bankrule set account_id = %s where id = %s", a["charlies cash"], a["bank rule"])


@breaks("bank_rule_of_own_account")
def delete_the_bank_account_of_a_rule(a: Attacker):
    number = a.new_account()
    rule(a, account_id=number)
    a.run("delete from ledger_account where id = %s", number)


@breaks("bank_rule_books_to_own_accounts")
def book_to_somebody_elses_account(a: Attacker):
    rule(a, actions=books_to(a["charlies cash"]))


@breaks("bank_rule_books_to_own_accounts")
def book_a_part_to_somebody_elses_account(a: Attacker):
    own, other = (books_to(number)[:-1] for number in (a.account("5201"), a["charlies cash"]))
    rule(a, actions=f'{{"splits": [{own}, "percent": "50"}}, {other}, "rest": true}}]}}')


@breaks("bank_rule_books_to_own_accounts")
def turn_a_rule_to_somebody_elses_account(a: Attacker):
    a.run(
        "update reconciliation_bankrule set actions = %s where id = %s",
        *(books_to(a["charlies cash"]), a["bank rule"]),
    )


@breaks("bank_rule_books_to_own_accounts")
def book_to_an_account_that_is_not_there(a: Attacker):
    rule(a, actions=books_to(1))


@breaks("bank_rule_books_to_own_accounts")
def book_to_no_account(a: Attacker):
    rule(a, actions='{"type": "income"}')


@breaks("account_in_bank_rule")
def delete_an_account_that_a_rule_books_to(a: Attacker):
    number = a.new_account()
    rule(a, actions=books_to(number))
    a.run("delete from ledger_account where id = %s", number)


@breaks("account_in_bank_rule")
def delete_an_account_that_a_rule_books_a_part_to(a: Attacker):
    number = a.new_account()
    other = books_to(a.account("5201"))
    rule(a, actions=f'{{"splits": [{other}, {books_to(number)}]}}')
    a.run("delete from ledger_account where id = %s", number)


@breaks("bank_rule_actions")
def book_to_one_account_and_to_several(a: Attacker):
    own = books_to(a.account("5201"))
    rule(a, actions=f'{own[:-1]}, "splits": [{own}]}}')


@breaks("bank_rule_conditions")
def a_rule_that_catches_everything(a: Attacker):
    rule(a, conditions="[]")


@breaks("bank_rule_conditions")
def conditions_that_are_no_list(a: Attacker):
    rule(a, conditions="{}")


@breaks("bank_rule_match")
def a_rule_of_neither_all_nor_any(a: Attacker):
    rule(a, match="one")


@breaks("bank_rule_priority")
def before_the_first(a: Attacker):
    rule(a, priority=-1)


@breaks("bank_rule_name")
def a_rule_without_a_name(a: Attacker):
    rule(a, name="  ")


def a_version_of_ones_own_making(a: Attacker):
    a.run("update reconciliation_bankrule set version = 7, id = id + 1 where id = %s", a["bank rule"])


breaks("InsufficientPrivilege")(a_version_of_ones_own_making)
breaks("bank_rule_identity_final", by="owner")(a_version_of_ones_own_making)


@breaks("row_level_security")
def a_word_in_somebody_elses_books(a: Attacker):
    token(a, organization_id=a.charlie)


@breaks("learned_on_own_account")
def a_word_on_somebody_elses_account(a: Attacker):
    token(a, account_id=a["charlies cash"])


@breaks("learned_for_own_account")
def a_word_for_somebody_elses_account(a: Attacker):
    token(a, counter_account_id=a["charlies cash"])


@breaks("learned_for_own_account")
def delete_an_account_that_words_lead_to(a: Attacker):
    number = a.new_account()
    token(a, counter_account_id=number)
    a.run("delete from ledger_account where id = %s", number)


@breaks("learned_token_once")
def the_same_word_twice(a: Attacker):
    token(a, token="fee")


@breaks("learned_count")
def a_word_of_no_line(a: Attacker):
    a.run("update reconciliation_learnedtoken set count = 0 where token = 'fee'")


@breaks("InsufficientPrivilege")
def lead_a_word_elsewhere(a: Attacker):
    a.run("update reconciliation_learnedtoken set counter_account_id = %s", a.account("5001"))
