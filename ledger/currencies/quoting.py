"""Recording an exchange rate, and deleting one. A rate is never changed: it may have been used."""

import datetime

from django.db import IntegrityError, transaction

from ledger.currencies.answers import rate_answer
from ledger.currencies.models import MANUAL, ExchangeRate
from ledger.errors import ExchangeRateExists
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid, NotFound
from organizations.events.recording import event, record
from organizations.money import MoneyError, read_rate
from organizations.tenants.models import Organization

CREATED = event("exchange_rate.created")
DELETED = event("exchange_rate.deleted")


@transaction.atomic
def record_rate(
    *,
    actor: Actor,
    organization: Organization,
    from_currency: str,
    to_currency: str,
    rate: object,
    effective_date: datetime.date,
    source: str = MANUAL,
    metadata: dict | None = None,
) -> ExchangeRate:
    """Say how much one unit of a currency is in another from a day on. Raises Invalid, ExchangeRateExists."""
    problems = {
        name: f"{code} is not a currency of ISO 4217."
        for name, code in (("from_currency", from_currency), ("to_currency", to_currency))
        if decimals_of(code) is None
    }
    if from_currency == to_currency:
        problems.setdefault("to_currency", "Another currency than from_currency.")
    try:
        number = read_rate(rate)
    except MoneyError as problem:
        problems["rate"] = problem.message
    if problems:
        raise Invalid(fields=problems)
    new = ExchangeRate(
        organization=organization,
        from_currency_id=from_currency,
        to_currency_id=to_currency,
        rate=number,
        effective_date=effective_date,
        source=source.strip(),
        metadata=metadata or {},
    )
    try:
        with transaction.atomic():
            new.save(force_insert=True)
    except IntegrityError as problem:
        if getattr(problem.__cause__, "sqlstate", "") != "23505":
            raise
        raise ExchangeRateExists(fields={"effective_date": ExchangeRateExists.message}) from problem
    new.refresh_from_db()
    record(CREATED, actor=actor, organization_id=organization.pk, entity_id=new.public_id, after=rate_answer(new))
    return new


@transaction.atomic
def delete_rate(*, actor: Actor, organization: Organization, rate_id: int) -> None:
    """Delete a rate. What was posted with it keeps it, and the trail keeps the row. Raises NotFound."""
    found = ExchangeRate.objects.of(organization).select_for_update(of=("self",)).filter(pk=rate_id).first()
    if found is None:
        raise NotFound()
    before = rate_answer(found)
    ExchangeRate.objects.of(organization).filter(pk=found.pk).delete()
    record(DELETED, actor=actor, organization_id=organization.pk, entity_id=before["id"], before=before)
