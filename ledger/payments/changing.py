"""Changing what is said of a payment; its figures are final."""

from django.db import transaction

from ledger.payments.answers import payment_answers
from ledger.payments.models import Payment
from organizations.actors import Actor
from organizations.events import recording
from organizations.tenants.models import Organization

UPDATED = recording.event("payment.updated")


@transaction.atomic
def change_payment(*, actor: Actor, organization: Organization, payment: Payment, changes: dict) -> Payment:
    """Change method, reference, notes or metadata of a payment that is held."""
    (before,) = payment_answers([payment], organization)
    for name, value in changes.items():
        setattr(payment, name, value)
    if changes:
        payment.save(update_fields=[*changes])
        payment.refresh_from_db(fields=["updated_at"])
        (after,) = payment_answers([payment], organization)
        recording.record(
            UPDATED,
            actor=actor,
            organization_id=organization.pk,
            entity_id=payment.public_id,
            before=before,
            after=after,
        )
    return payment
