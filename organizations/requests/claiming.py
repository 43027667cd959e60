"""Idempotency: the same key and the same body get the first answer again, and no second effect.

The claim is a row inserted in the very transaction of the effect, so a crash between
them cannot happen. A second request with the key waits on the unique index until the
first ends; PostgreSQL's lock_timeout turns too long a wait into 409.
"""

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import psycopg
from django.db import OperationalError, connection

from organizations.errors import IdempotencyKeyInvalid, IdempotencyKeyReused, RequestInProgress
from organizations.wire.database_rules import LOCK_NOT_AVAILABLE, reported_by
from organizations.wire.rendering import dumps

LONG = 100_000  # characters; a longer answer travels beside its statement, not quoted within


@dataclass(frozen=True, slots=True)
class Claim:
    """A claimed key. ``owner`` is the organization's id, or the caller's address at sign-up."""

    owner: int | str
    key: str
    fingerprint: bytes

    @property
    def table(self) -> tuple[str, str]:
        if isinstance(self.owner, int):
            return "organizations_idempotencykey", "organization_id"
        return "organizations_signupkey", "address"


@dataclass(frozen=True, slots=True)
class Kept:
    """The first answer."""

    status: int
    body: str


def fingerprint(method: str, path: str, data: Any, files: dict[str, bytes]) -> bytes:
    """SHA-256 of what the request means: the order of keys and white space do not matter."""
    digest = hashlib.sha256(f"{method} {path}\n".encode())
    digest.update(json.dumps(data, sort_keys=True, default=str, ensure_ascii=False).encode())
    for name in sorted(files):
        digest.update(f"\n{name}:".encode() + hashlib.sha256(files[name]).digest())
    return digest.digest()


def valid_key(key: str) -> str:
    """An Idempotency-Key as it may be: 1 to 255 printable ASCII characters."""
    if not (1 <= len(key) <= 255 and key.isascii() and key.isprintable()):
        raise IdempotencyKeyInvalid()
    return key


def take(claim: Claim) -> Kept | None:
    """Claim the key, or return the answer that was kept for it.

    Raises IdempotencyKeyReused where the first request was another one, and
    RequestInProgress where it has not ended yet.
    """
    table, owner_column = claim.table
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                f"insert into {table} ({owner_column}, key, fingerprint) values (%s, %s, %s) on conflict do nothing",
                [claim.owner, claim.key, claim.fingerprint],
            )
            if cursor.rowcount == 1:
                return None
            cursor.execute(
                f"select fingerprint, status, body from {table} where {owner_column} = %s and key = %s",
                [claim.owner, claim.key],
            )
            row = cursor.fetchone()
    except OperationalError as problem:
        report = reported_by(problem)
        if report is not None and report.sqlstate == LOCK_NOT_AVAILABLE:
            raise RequestInProgress() from problem
        raise
    if row is None or row[1] is None:
        raise RequestInProgress()
    if bytes(row[0]) != claim.fingerprint:
        raise IdempotencyKeyReused()
    return Kept(status=row[1], body=row[2])


def keep_statement(claim: Claim, *, status: int, body: str) -> tuple[str, list]:
    """The SQL that keeps an answer for its claim."""
    table, owner_column = claim.table
    return (
        f"update {table} set status = %s, body = %s where {owner_column} = %s and key = %s",
        [status, body, claim.owner, claim.key],
    )


def keep(claim: Claim, *, status: int, body: str) -> None:
    """Keep the answer; it is committed with the effect."""
    cursor = psycopg.Cursor(connection.connection) if len(body) > LONG else connection.cursor()
    with connection.wrap_database_errors, cursor:
        cursor.execute(*keep_statement(claim, status=status, body=body))


#: Field that shows a secret → how the secret begins.
SECRETS = {"key": "cl_", "secret": "whsec_"}


def without_secret(body: bytes) -> str:
    """The answer as a replay shows it: the secret of a key or a webhook is shown once, so it is left out."""
    text = body.decode()
    if not any(f'"{beginning}' in text for beginning in SECRETS.values()):
        return text
    return dumps(_strip(json.loads(text, parse_float=Decimal))).decode()


def _strip(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: _strip(part)
            for name, part in value.items()
            if not (name in SECRETS and isinstance(part, str) and part.startswith(SECRETS[name]))
        }
    return [_strip(part) for part in value] if isinstance(value, list) else value
