"""Examining the books: what must always hold, asked of the rows themselves.

The database enforces these rules when rows are written; an examination shows that they
hold, also after a restore or a superuser's hand. Each names the first offender and how
to mend it.
"""

from dataclasses import dataclass

from django.db import connection, transaction

from ledger.accounts.models import Account
from ledger.accounts.placing import hold_chart, renumber, wrong_places


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the books. ``counted`` is how many rows it looks at, ``offenders`` the rows that break it, named."""

    name: str
    meaning: str
    hint: str
    counted: str
    offenders: str


RESTORE = "Restore from a backup; no command of the ledger can write this."

RULES = (
    Rule(
        "transactions_balance",
        "Every posted transaction has equal debits and credits in base currency.",
        RESTORE,
        "select count(*) from ledger_transaction where organization_id = %(org)s and status = 'posted'",
        """select transaction_id::text from ledger_entry where organization_id = %(org)s
            group by transaction_id having sum(base_amount) <> 0 order by 1""",
    ),
    Rule(
        "entries_as_declared",
        "Every posted transaction has as many entries as it declared, at least two; no other has any.",
        RESTORE,
        "select count(*) from ledger_transaction where organization_id = %(org)s",
        """select t.id::text from ledger_transaction t
             left join lateral (select count(*) n from ledger_entry e
                                 where e.organization_id = t.organization_id and e.transaction_id = t.id) e on true
            where t.organization_id = %(org)s
              and case when t.status = 'posted' then e.n <> t.entry_count or e.n < 2 else e.n <> 0 end order by 1""",
    ),
    Rule(
        "days_equal_entries",
        "The totals of each account and day are the sums of its entries.",
        "The totals were changed by hand; rebuild them from the entries as the owner of the database.",
        "select count(*) from ledger_accounttotal where organization_id = %(org)s and grain = 'D'",
        "select account_id || ' on ' || day from ledger_drift where organization_id = %(org)s order by 1",
    ),
    Rule(
        "months_equal_days",
        "The totals of each account and month are the sums of its days.",
        "The totals were changed by hand; rebuild them from the entries as the owner of the database.",
        "select count(*) from ledger_accounttotal where organization_id = %(org)s and grain = 'M'",
        """select account_id || ' in ' || month from (
               select account_id, date_trunc('month', starts)::date as month,
                      sum(case grain when 'D' then debit else -debit end) as debit,
                      sum(case grain when 'D' then credit else -credit end) as credit,
                      sum(case grain when 'D' then base_debit - base_credit else base_credit - base_debit end) as base
                 from ledger_accounttotal where organization_id = %(org)s group by 1, 2) difference
            where debit <> 0 or credit <> 0 or base <> 0 order by 1""",
    ),
    Rule(
        "reversals_within_original",
        "Reversals undo entries of what they reverse, on the other side, and never more than there was.",
        RESTORE,
        "select count(*) from ledger_entry where organization_id = %(org)s and reverses_entry_id is not null",
        """select r.entry_id::text
             from ledger_remaining(%(org)s, array(select distinct original_id from ledger_transaction
                    where organization_id = %(org)s and reversal_scope is not null and status = 'posted')) r
             join ledger_entry e on e.organization_id = %(org)s and e.id = r.entry_id
            where sign(r.amount) not in (0, sign(e.amount)) or abs(r.amount) > abs(e.amount)
               or sign(r.base_amount) not in (0, sign(e.base_amount)) or abs(r.base_amount) > abs(e.base_amount)
           order by 1""",
    ),
    Rule(
        "posted_in_the_past",
        "Every posting has a number below those that the server will give next, so that receipts stay true.",
        "The books were loaded into another server: advance its counter (pg_resetwal --next-transaction-id, --epoch).",
        "select count(*) from ledger_transaction where organization_id = %(org)s and status = 'posted'",
        """select id::text from ledger_transaction where organization_id = %(org)s and status = 'posted'
              and posted_xid >= pg_snapshot_xmax(pg_current_snapshot()) and posted_xid is distinct from
                  pg_current_xact_id_if_assigned() order by 1""",
    ),
    Rule(
        "blocking_assertions_hold",
        "Every balance assertion that blocks is true.",
        RESTORE,
        "select count(*) from ledger_balanceassertion where organization_id = %(org)s and blocking",
        """select 'AST_' || lpad(to_hex(id), 16, '0') from ledger_balanceassertion
            where organization_id = %(org)s and blocking
              and expected is distinct from ledger_balance_on(organization_id, account_id, date) order by 1""",
    ),
    Rule(
        "children_have_parents_type",
        "Every account has the type of its parent.",
        RESTORE,
        "select count(*) from ledger_account where organization_id = %(org)s",
        """select c.code from ledger_account c
             join ledger_account p on p.organization_id = c.organization_id and p.id = c.parent_id
            where c.organization_id = %(org)s and c.type <> p.type order by 1""",
    ),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule came to."""

    name: str
    meaning: str
    hint: str
    checked: int
    broken: int
    first_offender: str | None


def examine(organization_id: int) -> list[Finding]:
    """Ask every rule of one organization's books."""
    findings = [_ask(rule, organization_id) for rule in RULES]
    wrong = wrong_places(organization_id)
    first = Account.objects.of(organization_id).filter(pk__in=list(wrong)[:1]).first()
    findings.append(
        Finding(
            "tree_places",
            "Every account stands in the tree where its parent says.",
            "manage.py doctor --repair numbers the tree anew.",
            Account.objects.of(organization_id).count(),
            len(wrong),
            first.code if first else None,
        )
    )
    return findings


def _ask(rule: Rule, organization_id: int) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(rule.counted, {"org": organization_id})
        checked = cursor.fetchone()[0]
        cursor.execute(f"select count(*), min(offender) from ({rule.offenders}) o (offender)", {"org": organization_id})
        broken, first = cursor.fetchone()
    return Finding(rule.name, rule.meaning, rule.hint, checked, broken, first)


@transaction.atomic
def repair_tree(organization_id: int) -> int:
    """Number an organization's tree anew from the parents; how many accounts stood elsewhere."""
    hold_chart(organization_id)
    return renumber(organization_id)
