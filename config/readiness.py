"""Whether this process should be sent requests: ``/health/live`` and ``/health/ready``, for balancers and supervisors.

Alive is who answers at all; who does not is to be started anew. Ready is who may be given work: its database answers,
by a login that row security binds, with the tables that this code needs, and nobody told it to stop. Without Redis it
serves all the same (nothing is limited, jobs begin a little later), and calls itself degraded.
"""

import functools

import redis
import structlog
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.common import CommonMiddleware

from config import safety
from organizations import draining
from organizations.requests.limits import client
from organizations.wire.docs import read_only
from organizations.wire.request_id import PROBES

log = structlog.get_logger(__name__)


class HostMiddleware(CommonMiddleware):
    """Refuses hosts that are not served. A probe asks by whatever address the machine has, and learns nothing."""

    def process_request(self, request):
        return None if request.path in PROBES else super().process_request(request)


@read_only
def live(request: HttpRequest) -> HttpResponse:
    """``ok`` while the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@read_only
def ready(request: HttpRequest) -> HttpResponse:
    """What it depends on, each in a word; 503 where it should be sent nothing."""
    database = "not asked" if draining.begun() else _database()
    state = "draining" if draining.begun() else "ready" if database == "ok" else "unready"
    cache = _redis()
    if state == "ready" and cache != "ok":
        state = "degraded"
    answer = {"object": "readiness", "status": state, "database": database, "redis": cache}
    response = JsonResponse(answer, status=200 if state in ("ready", "degraded") else 503)
    response._has_been_logged = True  # Django would call each 503 an error; why it is one has been said
    return response


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            found = safety.problems_seen_by(cursor)
            cursor.execute("select app, name from django_migrations")
            applied = set(cursor.fetchall())
    except DatabaseError as problem:
        log.warning("not ready", problem=str(problem).strip())
        return "unreachable"
    if found:
        log.error("not ready", problem=found)
        return "unsafe"
    missing = sorted(f"{app}.{name}" for app, name in _newest_migrations() - applied)
    if missing:
        log.warning("not ready", missing_migrations=missing)
    return "not migrated" if missing else "ok"


@functools.cache
def _newest_migrations() -> frozenset[tuple[str, str]]:
    """The last migration of each app, as this code has them; all others come before."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def _redis() -> str:
    try:
        return "ok" if client().ping() else "unreachable"
    except redis.RedisError:
        return "unreachable"
