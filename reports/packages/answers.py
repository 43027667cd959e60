"""A close package as the API shows it."""

from organizations import ids
from reports.packages.models import ClosePackage


def package_answer(package: ClosePackage) -> dict:
    """A package without what it holds."""
    return {
        "object": "close_package",
        "id": package.public_id,
        "organization_id": ids.encode("ORG", package.organization_id),
        "start_date": package.start_date,
        "end_date": package.end_date,
        "version": package.version,
        "note": package.note,
        "digest": package.digest,
        "created_at": package.created_at,
    }
