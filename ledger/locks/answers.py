"""Lock dates and lifts as the API shows them."""

from ledger.locks.areas import AREAS
from ledger.locks.models import LockLift
from organizations import clock
from organizations.tenants.answers import public
from organizations.tenants.models import Organization

LIFT_STATUSES = ("active", "ended", "expired")


def lock_dates_answer(organization: Organization, dates: dict) -> dict:
    """The soft locks of all areas, and the hard lock beside them."""
    return {
        "object": "lock_dates",
        "organization_id": organization.public_id,
        **{area: dates[area] for area in AREAS},
        "books_closed_through": organization.books_closed_through,
    }


def lift_status(lift: LockLift) -> str:
    """``active``, ``ended`` or ``expired``."""
    if lift.ended_at is not None:
        return "ended"
    return "expired" if lift.expires_at <= clock.now() else "active"


def lift_answer(lift: LockLift) -> dict:
    """A lift: who may post into which area, why, and until when."""
    return {
        "object": "lock_lift",
        "id": lift.public_id,
        "organization_id": public("ORG", lift.organization_id),
        "area": lift.area,
        "user_id": public("USR", lift.user_id),
        "api_key_id": public("KEY", lift.api_key_id),
        "reason": lift.reason,
        "status": lift_status(lift),
        "expires_at": lift.expires_at,
        "ended_at": lift.ended_at,
        "metadata": lift.metadata,
        "created_at": lift.created_at,
        "updated_at": lift.updated_at,
    }
