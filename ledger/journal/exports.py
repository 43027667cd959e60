"""The lists of the journal as files: their columns, and how a row is written."""

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Q, QuerySet

from ledger.accounts.models import Account
from ledger.journal.answers import balance_impact
from ledger.journal.conditions import is_reversed
from ledger.journal.registers import register_rows
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.money import exact, plain_rate
from organizations.requests.exporting import read_through
from organizations.tenants.answers import public
from organizations.tenants.models import Organization

TRANSACTION_COLUMNS = (
    "transaction_date",
    "transaction_id",
    "type",
    "status",
    "reference_number",
    "external_id",
    "description",
    "currency",
    "amount",
    "total_debits",
    "total_credits",
    "contact_id",
    "category_id",
    "original_transaction_id",
    "posting_date",
    "created_at",
)
_TRANSACTION = (
    "transaction_date",
    "id",
    "type",
    "status",
    "reference_number",
    "external_id",
    "description",
    "currency_id",
    "amount",
    "total_debits",
    "total_credits",
    "contact_id",
    "category_id",
    "original_id",
    "posting_date",
    "created_at",
    "is_undone",
)

JOURNAL_COLUMNS = (
    "transaction_date",
    "transaction_id",
    "transaction_type",
    "reference_number",
    "external_id",
    "transaction_description",
    "entry_id",
    "account_id",
    "account_code",
    "account_name",
    "description",
    "reference",
    "debit",
    "credit",
    "currency",
    "currency_rate",
    "base_debit",
    "base_credit",
)
_JOURNAL = (
    "transaction_date",
    "transaction_id",
    "transaction__type",
    "transaction__reference_number",
    "transaction__external_id",
    "transaction__description",
    "id",
    "account_id",
    "description",
    "reference",
    "amount",
    "currency_id",
    "currency_rate",
    "base_amount",
)


def sides(amount: Decimal, decimals: int) -> tuple[Decimal | None, Decimal | None]:
    """A signed amount in two columns, debit and credit."""
    written = exact(abs(amount), decimals)
    if amount > 0:
        return written, None
    return (None, written) if amount < 0 else (None, None)


def transaction_rows(rows: QuerySet, organization: Organization) -> Iterator[tuple]:
    """The rows of a list of transactions."""
    in_base = decimals_of(organization.base_currency_id)
    for row in read_through(rows.annotate(is_undone=is_reversed()).values_list(*_TRANSACTION)):
        day, number, kind, status, *texts, currency, amount, debits, credits = row[:11]
        contact, category, original, posted, created, undone = row[11:]
        yield (
            day,
            ids.encode("TXN", number),
            kind,
            "reversed" if undone else status,
            *texts,
            currency,
            exact(amount, decimals_of(currency)),
            exact(debits, in_base),
            exact(credits, in_base),
            public("CON", contact),
            public("CAT", category),
            public("TXN", original),
            posted,
            created,
        )


def journal_rows(rows: QuerySet, organization: Organization) -> Iterator[tuple]:
    """The rows of the general journal. The chart is small: its names are read once."""
    in_base = decimals_of(organization.base_currency_id)
    names = dict(Account.objects.of(organization).values_list("pk", "name"))
    codes = dict(Account.objects.of(organization).values_list("pk", "code"))
    for row in read_through(rows.values_list(*_JOURNAL)):
        day, transaction, *header, number, account, text, reference, amount, currency, rate, base = row
        yield (
            day,
            ids.encode("TXN", transaction),
            *header,
            ids.encode("LED", number),
            ids.encode("ACT", account),
            codes[account],
            names[account],
            text,
            reference,
            *sides(amount, decimals_of(currency)),
            currency,
            plain_rate(rate),
            *sides(base, in_base),
        )


def register_lines(account: Account, organization: Organization, matching: Q, *, newest_first: bool) -> Iterator[tuple]:
    """The rows of an account's register, each with the balance after it."""
    decimals, in_base = decimals_of(account.currency_id), decimals_of(organization.base_currency_id)
    for row in register_rows(account, matching, newest_first=newest_first):
        day, transaction, number, *texts, amount, rate, base, running = row
        yield (
            day,
            ids.encode("TXN", transaction),
            ids.encode("LED", number),
            *texts,
            *sides(amount, decimals),
            account.currency_id,
            plain_rate(rate),
            exact(base, in_base),
            exact(balance_impact(amount, account.type), decimals),
            exact(balance_impact(running, account.type), decimals),
        )
