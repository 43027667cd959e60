"""What is doubtful about a deployment, though it may serve: `manage.py check --deploy` says it, and so does the web
server's log when it starts. What is unsafe beyond doubt does not start at all (`settings`, `safety`).
"""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import structlog
from django.conf import settings
from django.core import checks

from config.env import is_near

log = structlog.get_logger(__name__)

ENCRYPTED = ("require", "verify-ca", "verify-full")


def doubts() -> Iterator[tuple[str, str]]:
    """What to look at, each with the id of its check."""
    redis = urlsplit(settings.REDIS_URL)
    if redis.scheme != "unix" and not is_near(redis.hostname):
        if not (redis.password or dict(parse_qsl(redis.query)).get("password")):
            yield "crane.W001", "REDIS_URL has no password, and is not on this machine: who reaches it can start tasks."
        if redis.scheme != "rediss":
            yield "crane.W002", "REDIS_URL is not encrypted, and is not on this machine: use rediss://."
    for name, alias in (("DATABASE_URL", "default"), ("DATABASE_OWNER_URL", "owner")):
        database = settings.DATABASES[alias]
        if not is_near(database["HOST"]) and database["OPTIONS"].get("sslmode") not in ENCRYPTED:
            yield "crane.W003", f"{name} need not be encrypted, and is not on this machine: add ?sslmode=verify-full."
    if settings.SECURE_SSL_REDIRECT and not settings.SECURE_PROXY_SSL_HEADER:
        yield "crane.W004", "SECURE_SSL_REDIRECT without BEHIND_TLS_PROXY: each request is sent to itself for ever."
    if settings.SECURE_PROXY_SSL_HEADER and not settings.TRUSTED_PROXIES:
        yield "crane.W005", "BEHIND_TLS_PROXY without TRUSTED_PROXIES: every caller seems to have the proxy's address."
    if any(origin.startswith("http://") for origin in settings.CSRF_TRUSTED_ORIGINS):
        yield "crane.W006", "CSRF_TRUSTED_ORIGINS names an origin without HTTPS: who sits between can send forms."
    if not settings.REQUIRE_TOTP:
        yield "crane.W007", "REQUIRE_TOTP is off: a password alone opens the back office to who made no second factor."


def warn() -> None:
    """Say it in the log."""
    for name, sentence in doubts():
        log.warning("doubtful deployment", check=name, problem=sentence)


@checks.register(checks.Tags.security, deploy=True)
def deployment(app_configs, **kwargs) -> list[checks.CheckMessage]:
    """The same as checks of a deployment."""
    return [checks.Warning(sentence, id=name) for name, sentence in doubts()]
