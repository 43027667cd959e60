"""Deleting what is due. The database does it, in one function that looks for itself whether it may."""

import datetime

import structlog
from django.db import connection, transaction

from ledger.attachments import storing
from ledger.deletions.answers import certificate_answer, due_at
from ledger.deletions.models import Deletion, DeletionCertificate
from organizations import clock, ids, scoping
from organizations.actors import system
from organizations.events.recording import event, record
from organizations.tenants.models import Organization
from organizations.wire.database_rules import DATABASE_ERRORS

DELETED = event("organization.deleted")

log = structlog.get_logger(__name__)
#: For so long after a deletion files are looked for that a crash has left behind.
LOOKED_AFTER = datetime.timedelta(days=7)


def delete_due() -> int:
    """Delete the organizations whose time has come, each in a transaction of its own; how many. Safe to run twice."""
    numbers = scoping.every_organization()
    with scoping.reading(numbers):
        due = [each.organization_id for each in Deletion.objects.all() if due_at(each) <= clock.now()]
    done = 0
    for number in due:
        try:
            done += delete_organization(number) is not None
        except DATABASE_ERRORS as problem:  # the others do not wait for it, and it is tried again
            log.error("an organization was not deleted", organization_id=ids.encode("ORG", number), exc_info=problem)
    _remove_files()
    return done


@transaction.atomic
def delete_organization(organization_id: int) -> DeletionCertificate | None:
    """Delete all rows of an organization whose deletion is due; None where it is gone already.

    Whoever owned or oversaw it finds an event and the certificate.
    """
    with scoping.acting_in(organization_id):
        organization = Organization.objects.filter(pk=organization_id).first()
        if organization is None:
            return None
        with connection.cursor() as cursor:
            cursor.execute("select crane_delete_organization(%s)", [organization_id])
            (number,) = cursor.fetchone()
        certificate = DeletionCertificate.objects.get(pk=number)
    if organization.parent_id is not None:
        with scoping.acting_in(organization.parent_id):
            record(
                DELETED,
                actor=system("delete_due"),
                organization_id=organization.parent_id,
                entity_id=organization.public_id,
                after=certificate_answer(certificate),
            )
    log.info("an organization was deleted", organization_id=organization.public_id, certificate=certificate.public_id)
    return certificate


def _remove_files() -> None:
    """Remove the files of organizations that were deleted lately; what is gone already is gone."""
    with transaction.atomic():
        scoping.bind(superuser="on")
        since = clock.now() - LOOKED_AFTER
        numbers = list(DeletionCertificate.objects.filter(deleted_at__gt=since).values_list("deleted_id", flat=True))
    present = scoping.every_organization()
    for number in numbers:
        if number not in present:  # it may have been brought back from an archive
            storing.discard_all(number)
