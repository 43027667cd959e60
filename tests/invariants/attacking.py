"""Attacks on the books: what an attack is, who makes it, and what it finds to attack.

An attacker holds the application's own database login and raw SQL: whatever a bug in the product, or somebody who
has taken it over, could send. An attack is a function that tries to break one rule; `@breaks("rule")` says which
rule must stop it. The runner (test_attacks.py) commits, wants the refusal by exactly that name, and compares hashes
of all tables before and after.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg
from psycopg import sql

from ledger.invariants import RULES as LEDGER_RULES
from organizations.invariants import RULES as ORGANIZATIONS_RULES
from reconciliation.invariants import RULES as RECONCILIATION_RULES
from reports.invariants import RULES as REPORTS_RULES
from tests.cast import Cast

#: Every rule of the database that a verb answers for.
RULES = ORGANIZATIONS_RULES | LEDGER_RULES | RECONCILIATION_RULES | REPORTS_RULES

#: The columns of a table that can be written: not those that are worked out.
WRITTEN = """
    select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
     where attrelid = %s::regclass and attnum > 0 and not attisdropped and attgenerated = ''
"""
TABLES = "select tablename from pg_tables where schemaname = 'public' order by 1"


@dataclass(slots=True)
class Field:
    """A committed database with the cast's books, and the addresses of those who may attack it."""

    name: str
    cast: Cast
    addresses: dict[str, str]
    #: What there is to attack, by name: numbers of transactions, accounts, keys.
    found: dict[str, int] = field(default_factory=dict)

    def connect(self, who: str = "application") -> psycopg.Connection:
        """A connection of ``application``, ``owner`` or ``superuser``; it begins transactions by itself."""
        return psycopg.connect(self.addresses[who])

    def hashes(self) -> dict[str, str]:
        """A hash of every row of every table, by table."""
        return hashes(self.addresses["superuser"])


def hashes(address: str) -> dict[str, str]:
    """What a database holds: a hash of every table's rows."""
    with psycopg.connect(address) as connection:
        tables = [name for (name,) in connection.execute(TABLES)]
        query = "select md5(coalesce(string_agg(md5(t::text), '' order by t::text), '')) from {} t"
        return {name: connection.execute(sql.SQL(query).format(sql.Identifier(name))).fetchone()[0] for name in tables}


@dataclass(slots=True)
class Attacker:
    """One connection in the scope of Alice's organization, with short words for honest rows."""

    field: Field
    connection: psycopg.Connection
    #: Entries that wait for whatever is done next: those of a transaction come in one statement.
    waiting: list[dict] = field(default_factory=list)

    @property
    def alice(self) -> int:
        return self.field.cast.alices.organization.pk

    @property
    def charlie(self) -> int:
        return self.field.cast.charlies.organization.pk

    def __getitem__(self, name: str) -> int:
        return self.field.found[name]

    def send(self) -> None:
        """Insert the entries that wait, as one statement."""
        rows, self.waiting = self.waiting, []
        if rows:
            columns = list(rows[0])
            mark = sql.SQL("({})").format(sql.SQL(", ").join([sql.Placeholder()] * len(columns)))
            query = sql.SQL("insert into ledger_entry ({}) values {}").format(
                sql.SQL(", ").join(map(sql.Identifier, columns)), sql.SQL(", ").join([mark] * len(rows))
            )
            self.connection.execute(query, [row[name] for row in rows for name in columns])

    def commit(self) -> None:
        """Send what waits, and commit."""
        self.send()
        self.connection.commit()

    def run(self, query: str, *values):
        self.send()
        return self.connection.execute(query, values or None)

    def one(self, query: str, *values):
        return self.run(query, *values).fetchone()[0]

    def bind(self, **settings) -> "Attacker":
        """Set tenant settings for this transaction."""
        for name, value in settings.items():
            self.run("select set_config(%s, %s, true)", f"app.{name}", str(value))
        return self

    def as_alice(self) -> "Attacker":
        """In Alice's organization, and in no other."""
        return self.bind(organization_id=self.alice, reach=f"{{{self.alice}}}")

    def account(self, code: str) -> int:
        return self.field.cast.alices.accounts[code].pk

    def header(self, **columns) -> int:
        """Insert the header of a posted transaction of 100.00 with two entries, except for what ``columns`` say."""
        row = {
            "organization_id": self.alice,
            "type": "journal",
            "status": "posted",
            "transaction_date": "2026-03-15",
            "description": "By raw SQL",
            "reference_number": "",
            "currency_id": "USD",
            "amount": "100",
            "total_debits": "100",
            "total_credits": "100",
            "entry_count": 2,
            "reversal_reason": "",
            "version": 1,
            "metadata": "{}",
        } | columns
        return self._insert("ledger_transaction", row)

    def draft(self, **columns) -> int:
        """Insert the header of a draft."""
        return self.header(**({"status": "pending", "lines": "[]"} | columns))

    def entry(self, header: int, line: int, account: str | int, amount, **columns) -> int:
        """Insert one entry, with those that come right after it; a negative amount is a credit."""
        row = {
            "id": self.connection.execute("select crane_next_id()").fetchone()[0],
            "organization_id": self.alice,
            "transaction_id": header,
            "line_no": line,
            "account_id": self.account(account) if isinstance(account, str) else account,
            "transaction_date": "2026-03-15",
            "entry_type": "credit" if str(amount).startswith("-") else "debit",
            "currency_id": "USD",
            "amount": amount,
            "base_amount": amount,
            "currency_rate": 1,
            "description": "",
            "reference": "",
            "reverses_entry_id": None,
        } | columns
        if self.waiting and self.waiting[0].keys() != row.keys():
            self.send()
        self.waiting.append(row)
        return row["id"]

    def entry_of(self, transaction: int, line: int) -> int:
        """The number of one entry of a posted transaction."""
        return self.one("select id from ledger_entry where transaction_id = %s and line_no = %s", transaction, line)

    def pair(self, header: int, amount: str = "100", **columns) -> None:
        """The two entries of a cash sale."""
        self.entry(header, 1, "1001", amount, **columns)
        self.entry(header, 2, "4001", f"-{amount}", **columns)

    def sale(self, **columns) -> int:
        """A whole, honest posting."""
        header = self.header(**columns)
        self.pair(header)
        return header

    def new_account(self, **columns) -> int:
        """Insert an account."""
        row = {
            "organization_id": self.alice,
            "code": "1998",
            "name": "By raw SQL",
            "type": "asset",
            "currency_id": "USD",
            "description": "",
            "is_system": False,
            "status": "active",
            "metadata": "{}",
            "lft": 1,
            "rght": 2,
            "tree_id": 1_000_000,
            "level": 0,
        } | columns
        return self._insert("ledger_account", row)

    def assertion(self, **columns) -> int:
        """Insert a balance assertion."""
        row = {
            "organization_id": self.alice,
            "account_id": self.account("1001"),
            "date": "2026-03-31",
            "expected": "0",
            "blocking": False,
            "description": "",
            "metadata": "{}",
        } | columns
        return self._insert("ledger_balanceassertion", row)

    def new_organization(self, **columns) -> int:
        """Insert an organization, with the settings bound to it as sign-up does; Alice's stays readable."""
        number = self.one("select crane_next_id()")
        self.bind(organization_id=number, reach=f"{{{self.alice},{number}}}")
        row = {
            "id": number,
            "name": "By raw SQL",
            "domain": "",
            "tax_number": "",
            "mode": "live",
            "base_currency_id": "USD",
            "fiscal_year_start": 1,
            "time_zone": "UTC",
            "billing_type": "separate",
            "require_draft_approval": False,
            "strict_account_codes": False,
            "status": "active",
            "metadata": "{}",
            "owner_ids": "{}",
            "overseer_ids": "{}",
        } | columns
        return self._insert("organizations_organization", row)

    def _insert(self, table: str, row: dict) -> int:
        self.send()
        columns = sql.SQL(", ").join(map(sql.Identifier, row))
        marks = sql.SQL(", ").join([sql.Placeholder()] * len(row))
        query = sql.SQL("insert into {} ({}) values ({})").format(sql.Identifier(table), columns, marks)
        if "id" in row:  # to give it back is to read it, which not everybody may
            self.connection.execute(query, list(row.values()))
            return row["id"]
        return self.connection.execute(query + sql.SQL(" returning id"), list(row.values())).fetchone()[0]


@dataclass(frozen=True, slots=True)
class Attack:
    """One attempt to break ``rule``, by the application unless another is named."""

    rule: str
    run: Callable[[Attacker], object]
    by: str = "application"
    isolation: psycopg.IsolationLevel | None = None

    @property
    def name(self) -> str:
        return f"{self.run.__name__}-{self.rule}"


ATTACKS: list[Attack] = []


def breaks(rule: str, **how):
    """Declare an attack and the name by which it is refused: a rule's, or that of PostgreSQL's error."""

    def declare(run):
        ATTACKS.append(Attack(rule, run, **how))
        return run

    return declare


def refused_by(error: psycopg.Error) -> str:
    """The name of what refused: the constraint or rule, ``row_level_security``, or the name of the SQLSTATE."""
    if error.diag.constraint_name:
        return error.diag.constraint_name
    if isinstance(error, psycopg.errors.InsufficientPrivilege) and "row-level security" in str(error):
        return "row_level_security"
    return type(error).__name__
