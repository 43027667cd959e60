"""A transfer as the API shows it."""

from ledger.transfers.models import Transfer
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.money import exact
from organizations.tenants.answers import public


def transfer_answer(row: Transfer) -> dict:
    """The transfer, with its accounts already read."""
    decimals = decimals_of(row.currency_id)
    return {
        "object": "transfer",
        "id": row.public_id,
        "organization_id": ids.encode("ORG", row.organization_id),
        "status": "posted" if row.reversed_on is None else "reversed",
        "from_account_id": ids.encode("ACT", row.from_account_id),
        "to_account_id": ids.encode("ACT", row.to_account_id),
        "amount": exact(row.amount, decimals),
        "currency_id": f"CUR_{row.currency_id}",
        "to_amount": exact(row.to_amount, decimals_of(row.to_account.currency_id)),
        "to_currency_id": f"CUR_{row.to_account.currency_id}",
        "fee_amount": exact(row.fee_amount, decimals),
        "transferred_at": row.transferred_at,
        "description": row.description,
        "reference": row.reference,
        "transaction_id": ids.encode("TXN", row.transaction_id),
        "reversed_on": row.reversed_on,
        "reversed_transaction_id": public("TXN", row.reversed_transaction_id),
        "warnings": [],
        "metadata": row.metadata,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }
