"""A payment as the API shows it, with what it was allocated to and what is left of it."""

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import OuterRef, QuerySet, Subquery

from ledger.accounts.models import Account
from ledger.invoicing.answers import standings
from ledger.payments.models import Payment
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.money import exact, plain_rate
from organizations.tenants.answers import public
from organizations.tenants.models import Organization


def payments_of(organization: Organization) -> QuerySet[Payment]:
    """The payments of an organization, each with the currency of its bank or cash account where that is to be seen."""
    account = Account.objects.filter(organization_id=OuterRef("organization_id"), pk=OuterRef("account_id"))
    return Payment.objects.of(organization).annotate(account_currency_id=Subquery(account.values("currency_id")))


def _account_amount(payment: Payment) -> Decimal | None:
    """None for a scoped key that does not see the account: what moved there is between us and the bank."""
    read = hasattr(payment, "account_currency_id")
    currency = payment.account_currency_id if read else payment.account.currency_id
    return None if currency is None else exact(payment.account_amount, decimals_of(currency))


def payment_answers(payments: Sequence[Payment], organization: Organization) -> list[dict]:
    """Payments with their allocations, in three queries for a whole page."""
    found = standings(organization, [payment.pk for payment in payments])
    refunds: dict[int, list[Payment]] = {}
    rows = Payment.objects.of(organization).filter(refund_of__in=[payment.pk for payment in payments])
    for refund in rows.order_by("pk"):
        refunds.setdefault(refund.refund_of_id, []).append(refund)
    return [_answer(payment, found[payment.pk], refunds.get(payment.pk, []), organization) for payment in payments]


def _answer(payment: Payment, standing, refunds: list[Payment], organization: Organization) -> dict:
    decimals = decimals_of(payment.currency_id)
    base_decimals = decimals_of(organization.base_currency_id)
    unallocated = Decimal(0) if payment.status == "reversed" else standing.open_amount
    return {
        "object": "payment",
        "id": payment.public_id,
        "organization_id": ids.encode("ORG", payment.organization_id),
        "direction": payment.direction,
        "status": payment.status,
        "contact_id": ids.encode("CON", payment.contact_id),
        "account_id": ids.encode("ACT", payment.account_id),
        "amount": exact(payment.amount, decimals),
        "currency_id": f"CUR_{payment.currency_id}",
        "currency_rate": plain_rate(payment.currency_rate),
        "account_amount": _account_amount(payment),
        "fee_amount": exact(payment.fee_amount, decimals),
        "payment_date": payment.payment_date,
        "payment_method": payment.payment_method,
        "reference": payment.reference,
        "notes": payment.notes,
        "allocations": [_allocation(one, base_decimals) for one in standing.settlements],
        "unallocated": exact(unallocated, decimals),
        "refund_of": public("PAY", payment.refund_of_id),
        "refunds": [refund.public_id for refund in refunds],
        "transaction_id": ids.encode("TXN", payment.transaction_id),
        "reversed_on": payment.reversed_on,
        "reversed_transaction_id": public("TXN", payment.reversed_transaction_id),
        "warnings": [],
        "metadata": payment.metadata,
        "created_at": payment.created_at,
        "updated_at": payment.updated_at,
    }


def _allocation(one: dict, base_decimals: int) -> dict:
    return {
        "object": "allocation",
        "settlement_id": one["id"],
        "document_id": one["counterpart_id"],
        "amount": one["amount"],
        "document_amount": one["counterpart_amount"],
        "date": one["date"],
        "realised": exact(one["realised"], base_decimals),
    }
