"""A transaction and its entries as the API shows them."""

from collections.abc import Iterable
from decimal import Decimal

from ledger.accounts.models import DEBIT_TYPES, Account
from ledger.journal.models import Entry, Transaction
from ledger.journal.rating import rates_for
from ledger.journal.remainders import Left, remaining
from ledger.journal.saved import accounts_of, draft_of
from ledger.journal.weighing import Rates, Weighed, WeighedLine, larger_side, obstacles, weigh
from ledger.locks.barriers import barriers
from organizations import clock, ids
from organizations.currencies.iso import decimals_of
from organizations.errors import Refusal
from organizations.money import exact, plain_rate
from organizations.tenants.answers import public
from organizations.tenants.models import Organization
from organizations.wire.unknown_fields import with_warnings


def balance_impact(amount: Decimal, account_type: str) -> Decimal:
    """What an entry does to the account as its owner sees it: credits lower an asset and raise a debt."""
    return amount if account_type in DEBIT_TYPES else -amount


def entry_answer(entry: Entry, *, base: str, left: Decimal | None = None, account_type: str | None = None) -> dict:
    """A posted entry. Amounts are positive; ``entry_type`` says the side.

    ``left`` is what is not reversed of it; all, unless told.
    """
    decimals = decimals_of(entry.currency_id)
    answer = {
        "object": "entry",
        "id": ids.encode("LED", entry.pk),
        "organization_id": ids.encode("ORG", entry.organization_id),
        "transaction_id": ids.encode("TXN", entry.transaction_id),
        "account_id": ids.encode("ACT", entry.account_id),
        "transaction_date": entry.transaction_date,
        "entry_type": entry.entry_type,
        "amount": exact(abs(entry.amount), decimals),
        "currency_id": f"CUR_{entry.currency_id}",
        "currency_rate": plain_rate(entry.currency_rate),
        "base_amount": exact(abs(entry.base_amount), decimals_of(base)),
        "remaining": exact(abs(entry.amount if left is None else left), decimals),
        "reverses_entry_id": public("LED", entry.reverses_entry_id),
        "description": entry.description,
        "reference": entry.reference,
        "metadata": entry.metadata or {},
    }
    if account_type is not None:
        answer["balance_impact"] = exact(balance_impact(entry.amount, account_type), decimals)
    return answer


def draft_entry_answer(weighed: WeighedLine, transaction: Transaction, base: str) -> dict:
    """A line of a draft in the form of an entry; what only posting decides is null."""
    line, currency = weighed.line, weighed.account.currency_id
    base_amount = weighed.base_amount
    answer = {
        "object": "entry",
        "id": None,
        "organization_id": ids.encode("ORG", transaction.organization_id),
        "transaction_id": transaction.public_id,
        "account_id": ids.encode("ACT", line.account_id),
        "transaction_date": transaction.transaction_date,
        "entry_type": line.entry_type,
        "amount": exact(abs(weighed.amount), decimals_of(currency)),
        "currency_id": f"CUR_{currency}",
        "currency_rate": None if weighed.rate is None else plain_rate(weighed.rate),
        "base_amount": None if base_amount is None else exact(abs(base_amount), decimals_of(base)),
        "remaining": None,
        "reverses_entry_id": public("LED", line.reverses),
        "description": line.description,
        "reference": line.reference,
        "metadata": line.metadata,
    }
    if weighed.bounds is not None:
        answer["balance_condition"] = {
            name: exact(bound, decimals_of(currency)) for name, bound in weighed.bounds.items()
        }
    return answer


def warning_answer(refusal: Refusal) -> dict:
    """What posting a draft would refuse."""
    return {"code": refusal.code, "message": refusal.details.get("reason", refusal.message)}


def amount_warnings(weighed: Weighed, base: str) -> list[dict]:
    """A warning where the header's amount, as far as its currency is among the entries, is none that they know.

    It is what they come to, or what one of them is: 80.00 paid out of 100.00 of wages.
    """
    told, currency = weighed.draft.amount, weighed.currency
    if told is None or any(line.rate is None for line in weighed.lines):
        return []
    if currency == base:
        known = [abs(line.base_amount) for line in weighed.lines]
        whole = max(weighed.total_debits, weighed.total_credits)
    else:
        known = [abs(line.amount) for line in weighed.lines if line.account.currency_id == currency]
        whole = larger_side(weighed.lines, currency)
    if not known or weighed.amount in (whole, *known):
        return []
    message = f"The amount is {weighed.amount} {currency}, but the entries come to {whole}."
    return [{"code": "amount_differs", "message": message, "field": "amount"}]


def draft_warnings(
    weighed: Weighed, organization: Organization, *, reversing: bool, locked: Refusal | None
) -> list[Refusal]:
    """What posting a draft would refuse; ``locked`` is what the lock of its area says, whoever may have a lift."""
    found = obstacles(weighed, organization, reversing=reversing)
    return found if locked is None else [*found, locked]


def transaction_answer(
    transaction: Transaction,
    organization: Organization,
    *,
    entries: list[dict],
    linked: Iterable[Transaction] = (),
    undone: bool = False,
    warnings: Iterable[Refusal] = (),
) -> dict:
    """The transaction. ``linked`` are posted ones that reverse or adjust it; ``undone``: nothing is left of it."""
    reversals = [each for each in linked if each.reversal_scope]
    in_base = decimals_of(organization.base_currency_id)
    reversal = transaction if transaction.reversal_scope else (reversals[-1] if reversals else None)
    return {
        "object": "transaction",
        "id": transaction.public_id,
        "organization_id": organization.public_id,
        "type": transaction.type,
        "status": "reversed" if undone else transaction.status,
        "transaction_date": transaction.transaction_date,
        "posting_date": transaction.posting_date,
        "description": transaction.description,
        "reference_number": transaction.reference_number,
        "external_id": transaction.external_id,
        "currency_id": f"CUR_{transaction.currency_id}",
        "amount": exact(transaction.amount, decimals_of(transaction.currency_id)),
        "total_debits": exact(transaction.total_debits, in_base),
        "total_credits": exact(transaction.total_credits, in_base),
        "account_id": public("ACT", transaction.account_id),
        "contact_id": public("CON", transaction.contact_id),
        "category_id": public("CAT", transaction.category_id),
        "entries": entries,
        "original_transaction_id": public("TXN", transaction.original_id),
        "reversed_by_ids": [each.public_id for each in reversals],
        "adjusted_by_ids": [each.public_id for each in linked if not each.reversal_scope],
        "reversal_date": reversal.transaction_date if reversal else None,
        "reversal_reason": reversal.reversal_reason if reversal else None,
        "error_code": transaction.error_code,
        "error_message": transaction.error_message,
        "warnings": [warning_answer(each) for each in warnings],
        "version": transaction.version,
        "metadata": transaction.metadata,
        "created_at": transaction.created_at,
        "updated_at": transaction.updated_at,
    }


def transaction_answers(transactions: list[Transaction], organization: Organization) -> list[dict]:
    """Several transactions of one organization, with one query each for entries, reversals and drafts' accounts."""
    numbers = [each.pk for each in transactions]
    entries: dict[int, list[Entry]] = {number: [] for number in numbers}
    for entry in (
        Entry.objects.of(organization).filter(transaction_id__in=numbers).order_by("transaction_id", "line_no")
    ):
        entries[entry.transaction_id].append(entry)
    linked: dict[int, list[Transaction]] = {number: [] for number in numbers}
    for each in Transaction.objects.of(organization).filter(original_id__in=numbers, status="posted").order_by("pk"):
        linked[each.original_id].append(each)
    touched = [number for number, some in linked.items() if any(each.reversal_scope for each in some)]
    left = remaining(organization.pk, touched)
    drafts = {each.pk: draft_of(each) for each in transactions if each.lines is not None}
    accounts = accounts_of(organization, drafts.values())
    rates = rates_for(organization, drafts.values(), accounts, clock.today(organization.time_zone))
    dated = [(draft.type, draft.date) for draft in drafts.values()]
    locks = dict(zip(drafts, barriers(organization, dated), strict=True))
    return [
        _draft_answer(each, drafts[each.pk], organization, accounts, rates, locks[each.pk])
        if each.pk in drafts
        else _posted_answer(each, entries[each.pk], organization, linked[each.pk], left.get(each.pk))
        for each in transactions
    ]


def _posted_answer(transaction, entries, organization, linked, left: dict[int, Left] | None) -> dict:
    """A posted transaction; ``left`` by entry where anything was reversed."""
    base = organization.base_currency_id
    return transaction_answer(
        transaction,
        organization,
        entries=[entry_answer(entry, base=base, left=left[entry.pk].amount if left else None) for entry in entries],
        linked=linked,
        undone=left is not None and all(each.nothing for each in left.values()),
    )


def _draft_answer(transaction, draft, organization, accounts, rates: Rates, locked: Refusal | None) -> dict:
    """A draft, weighed again: its accounts may have changed since it was saved."""
    try:
        weighed = weigh(draft, accounts, organization, transaction.transaction_date, rates=rates)
    except Refusal as refusal:  # an account that it names is gone
        return transaction_answer(transaction, organization, entries=[], warnings=[refusal])
    answer = transaction_answer(
        transaction,
        organization,
        entries=[draft_entry_answer(line, transaction, organization.base_currency_id) for line in weighed.lines],
        warnings=draft_warnings(weighed, organization, reversing=transaction.reversal_scope is not None, locked=locked),
    )
    # Of the rates as they are known now, as the entries are.
    answer |= {"total_debits": weighed.total_debits, "total_credits": weighed.total_credits}
    return with_warnings(answer, amount_warnings(weighed, organization.base_currency_id))


def journal_answers(entries: list[Entry], organization: Organization) -> list[dict]:
    """Entries of the general journal, with one query each for accounts and for what is left of them."""
    names = Account.objects.of(organization).in_bulk({entry.account_id for entry in entries})
    left = remaining(organization.pk, sorted({entry.transaction_id for entry in entries}))
    return [
        entry_answer(entry, base=organization.base_currency_id, left=left[entry.transaction_id][entry.pk].amount)
        | {
            "account_code": names[entry.account_id].code,
            "account_name": names[entry.account_id].name,
            "transaction_description": entry.transaction.description,
            "transaction_type": entry.transaction.type,
            "reference_number": entry.transaction.reference_number,
        }
        for entry in entries
    ]
