"""Making close packages: read in one snapshot, sealed by a digest, one version after the other."""

import hashlib
import json

from django.db import transaction
from django.db.models import Max

from organizations.actors import Actor
from organizations.errors import NotFound
from organizations.events.models import Event
from organizations.events.recording import event, record
from organizations.fields import ExactDecoder
from organizations.tenants.models import Organization
from organizations.wire.rendering import dumps
from reports.packages.answers import package_answer
from reports.packages.contents import contents_of
from reports.packages.models import ClosePackage
from reports.periods import Period

SEALED = event("close_package.sealed")


@transaction.atomic
def seal_package(*, actor: Actor, organization: Organization, period: Period, note: str = "") -> ClosePackage:
    """Seal the period as it stands; where it was sealed before this is the next version."""
    content = dumps(contents_of(organization, period)).decode()
    same = ClosePackage.objects.of(organization).filter(start_date=period.start, end_date=period.end)
    package = ClosePackage(
        organization=organization,
        start_date=period.start,
        end_date=period.end,
        version=(same.aggregate(found=Max("version"))["found"] or 0) + 1,
        note=note,
        content=content,
        digest=digest_of(content),
    )
    package.save()
    package.refresh_from_db()
    record(SEALED, actor=actor, organization_id=organization.pk, entity_id=package.public_id,
           after=package_answer(package))  # fmt: skip
    return package


def digest_of(content: str) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(content.encode()).hexdigest()


def is_genuine(package: ClosePackage) -> bool:
    """Whether the content is the one that was sealed: by its own digest, and by the one in the trail of events."""
    told = Event.objects.of(package.organization_id).filter(
        entity_type="close_package", entity_id=package.public_id, event_type=SEALED
    )
    digests = {state["digest"] for state in told.values_list("after_state", flat=True)}
    return digests == {package.digest} and digest_of(package.content) == package.digest


def package_of(organization: Organization, package_id: int) -> ClosePackage:
    """A package of the organization. Raises NotFound."""
    found = ClosePackage.objects.of(organization).filter(pk=package_id).first()
    if found is None:
        raise NotFound()
    return found


def before(package: ClosePackage) -> ClosePackage | None:
    """The version before it."""
    same = ClosePackage.objects.of(package.organization_id).filter(
        start_date=package.start_date, end_date=package.end_date, version=package.version - 1
    )
    return same.first()


def read(package: ClosePackage) -> dict:
    """What it holds, with exact amounts."""
    return json.loads(package.content, cls=ExactDecoder)
