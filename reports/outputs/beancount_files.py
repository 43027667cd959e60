"""The books as a file for Beancount, a checker that nobody here wrote: what it reads, it balances again.

Accounts are named by type, code and name. An entry in a foreign currency has its amount in base currency as total
price (``@@``), so that transactions weigh exactly what they do here. What moved in base currency alone, such as an
exchange difference, stands on a sub-account ``Base``. At the end balances are asserted for the day after the last one.
"""

import datetime
import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby

from ledger.accounts.models import Account
from ledger.journal.models import Entry
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.money import add_up, exact
from organizations.requests.exporting import read_through
from organizations.tenants.models import Organization
from reports.periods import ONE_DAY

ROOTS = {
    "asset": "Assets",
    "liability": "Liabilities",
    "equity": "Equity",
    "revenue": "Income",
    "expense": "Expenses",
}
COLUMNS = (
    "transaction_id", "transaction_date", "transaction__description", "account_id", "currency_id", "amount",
    "base_amount",
)  # fmt: skip
ZERO = Decimal(0)
_BEYOND = re.compile(r"[^A-Za-z0-9]+")


def beancount_lines(organization: Organization) -> Iterator[str]:
    """The file, piece by piece; call within a transaction."""
    base = organization.base_currency_id
    accounts = {account.pk: account for account in Account.objects.of(organization).order_by("code")}
    names = {number: account_name(account) for number, account in accounts.items()}
    entries = Entry.objects.of(organization).filter(transaction__organization=organization.pk)
    first = entries.order_by("transaction_date").values_list("transaction_date", flat=True).first()
    yield f'option "title" {quoted(organization.name)}\noption "operating_currency" "{base}"\n\n'
    if first is None:
        return
    for number, account in accounts.items():
        yield f"{first} open {names[number]} {account.currency_id}\n"
        yield from [f"{first} open {names[number]}:Base {base}\n"] if account.currency_id != base else []
    balances: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    rows = entries.order_by("transaction_date", "transaction_id", "line_no").values_list(*COLUMNS)
    last = first
    for (number, day), own in groupby(read_through(rows), key=lambda row: row[:2]):
        lines = list(own)
        last = day
        yield f'\n{day} * {quoted(lines[0][2])}\n  id: "{ids.encode("TXN", number)}"\n'
        for _, _, _, account, currency, amount, base_amount in lines:
            for name, figure, code, price in _postings(names[account], currency, amount, base_amount, base):
                balances[name, code].append(figure)
                yield f"  {name}  {_written(figure, code)} {code}{price}\n"
    yield "\n"
    for (name, code), figures in sorted(balances.items()):
        yield f"{last + ONE_DAY} balance {name}  {_written(add_up(figures), code)} {code}\n"


def account_name(account: Account) -> str:
    """As Beancount names an account: ``Assets:1001-Cash``."""
    words = _BEYOND.sub("-", f"{account.code} {account.name}").strip("-") or "X"
    return f"{ROOTS[account.type]}:{words[0].upper()}{words[1:]}-{account.pk:x}"


def quoted(text: str) -> str:
    """Text between quotation marks, on one line."""
    plain = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


def _postings(name: str, currency: str, amount: Decimal, in_base: Decimal, base: str) -> Iterator[tuple]:
    if currency == base:
        yield name, amount, base, ""
    elif amount and in_base and (amount > 0) == (in_base > 0):
        yield name, amount, currency, f" @@ {_written(abs(in_base), base)} {base}"
    else:
        if amount:
            yield name, amount, currency, f" @@ {_written(ZERO, base)} {base}"
        if in_base:
            yield f"{name}:Base", in_base, base, ""


def _written(amount: Decimal, currency: str) -> str:
    return f"{exact(amount, decimals_of(currency)):f}"


def name_of(organization: Organization, day: datetime.date) -> str:
    """The name of the file."""
    words = _BEYOND.sub("-", organization.name).strip("-").lower() or "books"
    return f"{words}-{day}.beancount"
