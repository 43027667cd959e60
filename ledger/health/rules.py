"""What must always hold in an organization's books, asked of the rows themselves.

The database enforces these rules when rows are written; an examination shows that they hold, also
after a restore or a superuser's hand. Each rule is one statement, so it sees one moment of the books.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the books. ``counted`` is how many rows it looks at, ``offenders`` the rows that break it, named.

    ``everywhere``: it needs to see the records (never the books) of other organizations.
    """

    name: str
    meaning: str
    hint: str
    counted: str
    offenders: str
    everywhere: bool = False


def named(prefix: str, column: str) -> str:
    """SQL for the public id of a key."""
    return f"'{prefix}_' || lpad(to_hex({column}), 16, '0')"


RESTORE = "Restore from a backup; no command of the ledger can write this."
TOTALS = "The totals were changed by hand; rebuild them from the entries as the owner of the database."
POSTED = "select count(*) from ledger_transaction where organization_id = %(org)s and status = 'posted'"
HEADERS = "select count(*) from ledger_transaction where organization_id = %(org)s"
ENTRIES = "select count(*) from ledger_entry where organization_id = %(org)s"
ACCOUNTS = "select count(*) from ledger_account where organization_id = %(org)s"

JOURNAL = (
    Rule(
        "transactions_balance",
        "Every posted transaction has equal debits and credits in base currency.",
        RESTORE,
        POSTED,
        f"""select {named("TXN", "transaction_id")} from ledger_entry where organization_id = %(org)s
            group by transaction_id having sum(base_amount) <> 0""",
    ),
    Rule(
        "own_currencies_balance",
        "A transaction in one currency has equal debits and credits in it.",
        RESTORE,
        POSTED,
        f"""select {named("TXN", "transaction_id")} from ledger_entry where organization_id = %(org)s
            group by transaction_id having count(distinct currency_id) = 1 and sum(amount) <> 0""",
    ),
    Rule(
        "entries_as_declared",
        "Every posted transaction has as many entries as it declared, at least two, on the lines 1, 2, 3 ….",
        RESTORE,
        POSTED,
        f"""select {named("TXN", "t.id")} from ledger_transaction t
             left join (select transaction_id, count(*) as n, min(line_no) as first, max(line_no) as last
                          from ledger_entry where organization_id = %(org)s group by 1) e on e.transaction_id = t.id
            where t.organization_id = %(org)s and t.status = 'posted'
              and (e.n, e.first, e.last) is distinct from (t.entry_count::bigint, 1, greatest(t.entry_count, 2))""",
    ),
    Rule(
        "entries_are_of_posted",
        "Every entry belongs to a posted transaction of its own organization; drafts have none.",
        RESTORE,
        ENTRIES,
        f"""select {named("LED", "e.id")} from ledger_entry e
             left join ledger_transaction t on t.organization_id = e.organization_id and t.id = e.transaction_id
            where e.organization_id = %(org)s and t.status is distinct from 'posted'""",
    ),
    Rule(
        "headers_equal_entries",
        "The totals that a posted transaction shows are the sums of its entries.",
        RESTORE,
        POSTED,
        f"""select {named("TXN", "t.id")} from ledger_transaction t
             join (select transaction_id, coalesce(sum(base_amount) filter (where base_amount > 0), 0) as debits,
                          coalesce(-sum(base_amount) filter (where base_amount < 0), 0) as credits
                     from ledger_entry where organization_id = %(org)s group by 1) e on e.transaction_id = t.id
            where t.organization_id = %(org)s and t.status = 'posted'
              and (t.total_debits, t.total_credits) is distinct from (e.debits, e.credits)""",
    ),
    Rule(
        "posted_are_stamped",
        "What is posted has the moment and the database transaction of its posting; what is not has neither.",
        RESTORE,
        HEADERS,
        f"""select {named("TXN", "id")} from ledger_transaction where organization_id = %(org)s
               and ((status = 'posted') <> (posting_date is not null) or (status = 'posted') <> (posted_xid is not null)
                    or (status = 'posted') <> (lines is null))""",
    ),
    Rule(
        "entries_stand_on_a_side",
        "A debit is positive, a credit negative, in both currencies; no entry is empty.",
        RESTORE,
        ENTRIES,
        f"""select {named("LED", "id")} from ledger_entry where organization_id = %(org)s
               and not (entry_type in ('debit', 'credit') and (amount <> 0 or base_amount <> 0)
                        and sign(amount) in (0, case entry_type when 'debit' then 1 else -1 end)
                        and sign(base_amount) in (0, case entry_type when 'debit' then 1 else -1 end))""",
    ),
    Rule(
        "entries_on_their_date",
        "An entry has the date of its transaction.",
        RESTORE,
        ENTRIES,
        f"""select {named("LED", "e.id")} from ledger_entry e
             join ledger_transaction t on t.organization_id = e.organization_id and t.id = e.transaction_id
            where e.organization_id = %(org)s and e.transaction_date <> t.transaction_date""",
    ),
    Rule(
        "entries_in_account_currency",
        "An entry stands on an account of its organization, in that account's currency.",
        RESTORE,
        ENTRIES,
        f"""select {named("LED", "e.id")} from ledger_entry e
             left join ledger_account a on a.organization_id = e.organization_id and a.id = e.account_id
            where e.organization_id = %(org)s and a.currency_id is distinct from e.currency_id""",
    ),
    Rule(
        "base_entries_at_rate_one",
        "An entry in base currency has rate 1 and the same amount in both columns.",
        RESTORE,
        ENTRIES,
        f"""select {named("LED", "e.id")} from ledger_entry e
             join organizations_organization o on o.id = e.organization_id and o.base_currency_id = e.currency_id
            where e.organization_id = %(org)s and (e.amount <> e.base_amount or e.currency_rate <> 1)""",
    ),
    Rule(
        "amounts_have_their_decimals",
        "No amount is finer than the minor unit of its currency.",
        RESTORE,
        ENTRIES,
        f"""select {named("LED", "e.id")} from ledger_entry e
             join organizations_organization o on o.id = e.organization_id
             join organizations_currency c on c.code = e.currency_id
             join organizations_currency b on b.code = o.base_currency_id
            where e.organization_id = %(org)s
              and (e.amount <> round(e.amount, c.decimals) or e.base_amount <> round(e.base_amount, b.decimals))""",
    ),
    Rule(
        "reversals_mirror_original",
        "Every entry of a reversal undoes one of its original, on the other side of the same account; no other does.",
        RESTORE,
        "select count(*) from ledger_entry where organization_id = %(org)s and reverses_entry_id is not null",
        f"""select {named("LED", "e.id")} from ledger_entry e
             join ledger_transaction t on t.organization_id = e.organization_id and t.id = e.transaction_id
             left join ledger_entry o on o.organization_id = e.organization_id and o.id = e.reverses_entry_id
            where e.organization_id = %(org)s and (t.reversal_scope is not null or e.reverses_entry_id is not null)
              and (t.reversal_scope is not null and o.transaction_id = t.original_id
                   and o.account_id = e.account_id and o.entry_type <> e.entry_type) is not true""",
    ),
    Rule(
        "reversals_within_original",
        "Reversals never undo more of an entry than there was, nor turn it over.",
        RESTORE,
        "select count(*) from ledger_entry where organization_id = %(org)s and reverses_entry_id is not null",
        f"""select {named("LED", "r.entry_id")}
             from ledger_remaining(%(org)s, array(select distinct original_id from ledger_transaction
                    where organization_id = %(org)s and reversal_scope is not null and status = 'posted')) r
             join ledger_entry e on e.organization_id = %(org)s and e.id = r.entry_id
            where sign(r.amount) not in (0, sign(e.amount)) or abs(r.amount) > abs(e.amount)
               or sign(r.base_amount) not in (0, sign(e.base_amount)) or abs(r.base_amount) > abs(e.base_amount)""",
    ),
    Rule(
        "external_ids_once",
        "No two transactions have the same external_id.",
        "Find out which of the two is real, reverse the other, and build the unique index anew.",
        "select count(*) from ledger_transaction where organization_id = %(org)s and external_id is not null",
        """select external_id from ledger_transaction where organization_id = %(org)s and external_id is not null
            group by 1 having count(*) > 1""",
    ),
)

TOTALS_AND_CHART = (
    Rule(
        "days_equal_entries",
        "The totals of each account and day are the sums of its entries.",
        TOTALS,
        "select count(*) from ledger_accounttotal where organization_id = %(org)s and grain = 'D'",
        f"select {named('ACT', 'account_id')} || ' on ' || day from ledger_drift where organization_id = %(org)s",
    ),
    Rule(
        "months_equal_days",
        "The totals of each account and month are the sums of its days.",
        TOTALS,
        "select count(*) from ledger_accounttotal where organization_id = %(org)s and grain = 'M'",
        f"""select {named("ACT", "account_id")} || ' in ' || month from (
               select account_id, date_trunc('month', starts)::date as month,
                      sum(case grain when 'D' then debit else -debit end) as debit,
                      sum(case grain when 'D' then credit else -credit end) as credit,
                      sum(case grain when 'D' then base_debit - base_credit else base_credit - base_debit end) as base,
                      sum(case grain when 'D' then entries else -entries end) as entries
                 from ledger_accounttotal where organization_id = %(org)s group by 1, 2) difference
            where debit <> 0 or credit <> 0 or base <> 0 or entries <> 0""",
    ),
    Rule(
        "trial_balance_is_zero",
        "Over all accounts, debits and credits in base currency are equal.",
        TOTALS,
        "select count(distinct account_id) from ledger_accounttotal where organization_id = %(org)s and grain = 'M'",
        """select 'out by ' || sum(base_debit - base_credit) from ledger_accounttotal
            where organization_id = %(org)s and grain = 'M' having sum(base_debit - base_credit) <> 0""",
    ),
    Rule(
        "children_have_parents_type",
        "Every account has the type of its parent, which is of the same organization.",
        RESTORE,
        ACCOUNTS,
        """select c.code from ledger_account c
             left join ledger_account p on p.organization_id = c.organization_id and p.id = c.parent_id
            where c.organization_id = %(org)s and c.parent_id is not null and c.type is distinct from p.type""",
    ),
    Rule(
        "roles_fit_types",
        "Every role stands on an account of a type that it is for.",
        "Give the role to an account of the right type, and take it from this one.",
        ACCOUNTS,
        """select code from ledger_account
            where organization_id = %(org)s and role is not null and ledger_role_fits(role, type) is not true""",
    ),
    Rule(
        "account_codes_once",
        "No two accounts have the same code.",
        "Archive one of the two as the owner of the database, and build the unique index anew.",
        ACCOUNTS,
        "select code from ledger_account where organization_id = %(org)s group by 1 having count(*) > 1",
    ),
)

RECORDS = (
    Rule(
        "posted_in_the_past",
        "Every posting has a number below those that the server will give next, so that receipts stay true.",
        "The books were loaded into another server: advance its counter (pg_resetwal --next-transaction-id, --epoch).",
        POSTED,
        f"""select {named("TXN", "id")} from ledger_transaction where organization_id = %(org)s and status = 'posted'
              and posted_xid >= pg_snapshot_xmax(pg_current_snapshot())
              and posted_xid is distinct from pg_current_xact_id_if_assigned()""",
    ),
    Rule(
        "blocking_assertions_hold",
        "Every balance assertion that blocks is true.",
        RESTORE,
        "select count(*) from ledger_balanceassertion where organization_id = %(org)s and blocking",
        f"""select {named("AST", "id")} from ledger_balanceassertion
            where organization_id = %(org)s and blocking
              and expected is distinct from ledger_balance_on(organization_id, account_id, date)""",
    ),
    Rule(
        "postings_are_told_once",
        "The audit trail tells of each posted transaction exactly once, and of nothing else that it was posted.",
        "The trail is append-only: restore from a backup.",
        POSTED,
        f"""select coalesce(t.entity_id, e.entity_id)
             from (select {named("TXN", "id")} as entity_id from ledger_transaction
                    where organization_id = %(org)s and status = 'posted') t
             full join (select entity_id, count(*) as times from organizations_event
                         where organization_id = %(org)s and event_type = 'transaction.posted' group by 1) e
                  using (entity_id)
            where t.entity_id is null or e.times is distinct from 1""",
    ),
    Rule(
        "keys_have_answers",
        "Every idempotency key that is kept has its answer: key and effect were committed together.",
        "Delete the key once it is clear what became of its request; its client may then ask again.",
        "select count(*) from organizations_idempotencykey where organization_id = %(org)s",
        """select key from organizations_idempotencykey
            where organization_id = %(org)s and (status is null or body is null)""",
    ),
    Rule(
        "owners_follow_parents",
        "Who owns or oversees an organization follows from its parents, and live and test never meet.",
        "Work owner_ids and overseer_ids out anew as the owner of the database, from the parents downward.",
        "select count(*) from organizations_organization where id = %(org)s",
        f"""select {named("ORG", "o.id")} from organizations_organization o
             left join organizations_organization p on p.id = o.parent_id
            where o.id = %(org)s and (
                  o.owner_ids is distinct from array[o.id] || case o.relationship_type when 'owned' then p.owner_ids end
               or o.overseer_ids is distinct from
                  case o.relationship_type when 'linked' then p.owner_ids else '{{}}' end
               or (o.parent_id is not null and p.mode is distinct from o.mode))""",
        everywhere=True,
    ),
)
