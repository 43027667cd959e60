"""What a process may remember of keys and books, because it never changes.

A key belongs to one organization for ever; an organization keeps its base currency, an
account its code, type and currency. A posting that needs no more than these is weighed
without asking the database first. Everything that can change (whether the key is still
good, what it may do, whether an account is active, which days are closed) is not here:
the database looks at that in the very statement that writes. The time zone is remembered
too, and compared there.
"""

from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from ledger.journal.gathering import Desk
from organizations import ids

MOST = 10_000  # keys with their books, and accounts; beyond it all is forgotten and learned again

LEARN = """begin;
select opened.key_id, opened.home_id, opened.secret_hash, opened.mode, opened.oversight, (opened.target).id,
       (opened.target).base_currency_id, (opened.target).time_zone
  from crane_open_by_key(%s, %s) opened;
select id, code, type, currency_id from ledger_account
 where organization_id = (select crane_organization_id()) and id = any (%s);
rollback
"""


@dataclass(slots=True)
class Account:
    """As much of an account as a posting needs. The database refuses one that is not active or needs a contact."""

    pk: int
    code: str
    type: str
    currency_id: str
    status: str = "active"
    role: str = ""


@dataclass(slots=True)
class Books:
    """As much of an organization as a posting needs. The database refuses what is dated in closed books."""

    pk: int
    base_currency_id: str
    time_zone: str
    accounts: dict[int, Account] = field(default_factory=dict)
    books_closed_through: date | None = None
    require_contact_on_control_accounts: bool = False

    @property
    def public_id(self) -> str:
        return ids.encode("ORG", self.pk)


@dataclass(slots=True)
class Familiar:
    """A key and books that it reached once, and where its postings into them gather."""

    digest: bytes
    books: Books
    desk: Desk


class Memory:
    """What one process remembers. Threads share it: each of its steps is one operation on a dict."""

    def __init__(self):
        self.known: dict[tuple[bytes, int], Familiar] = {}
        self.size = 0

    def recall(self, digest: bytes, organization_id: int) -> Familiar | None:
        """The key with the books; None if they were never seen together."""
        return self.known.get((digest, organization_id))

    def learn(self, prefix: str, digest: bytes, organization_id: int, account_ids: set[int]) -> Familiar | None:
        """Look them up, in one round trip; None where the key does not reach them."""
        try:
            with connection.cursor() as cursor:
                cursor.execute(LEARN, [prefix, organization_id, list(account_ids)])
                cursor.nextset()
                row = cursor.fetchone()
                cursor.nextset()
                accounts = {number: Account(number, *rest) for number, *rest in cursor.fetchall()}
        finally:
            connection.close()
        if row is None or bytes(row[2]) != digest or row[4] or row[5] is None or accounts.keys() != account_ids:
            return None
        key_id, home_id, _, mode, _, number, currency, time_zone = row
        opening = (prefix, digest, home_id, number, currency, time_zone)
        desk = Desk(number, opening, {"home_id": home_id, "key_id": key_id, "mode": mode})
        return self._keep(Familiar(digest, Books(number, currency, time_zone, accounts), desk))

    def forget(self, familiar: Familiar) -> None:
        """Learn it again next time: something about it may have changed."""
        self.known.pop((familiar.digest, familiar.books.pk), None)

    def _keep(self, new: Familiar) -> Familiar:
        self.size += 1 + len(new.books.accounts)
        if self.size > MOST:
            self.known, self.size = {}, 0
        before = self.known.get((new.digest, new.books.pk))
        if before is not None:
            new.books.accounts = before.books.accounts | new.books.accounts
            if before.desk.opening == new.desk.opening:
                new.desk = before.desk
        self.known[new.digest, new.books.pk] = new
        return new
