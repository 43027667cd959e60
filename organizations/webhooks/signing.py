"""Signatures of Standard Webhooks 1.0 (https://www.standardwebhooks.com), and the secrets that they are made with.

A secret is worked out from the webhook's root, its salt and the number of the secret. The root is random and is kept
sealed (``organizations/sealing.py``): who reads the database cannot sign, and the installation's keys may change.
"""

import base64
import datetime
import hashlib
import hmac
import secrets

from django.conf import settings

from organizations.sealing import Sealed, seal, unseal
from organizations.webhooks.models import Webhook


def new_root(organization_id: int) -> bytes:
    """What the secrets of a new webhook come from, sealed."""
    return seal(secrets.token_hex(32), organization_id)


def kept_root(webhook: Webhook) -> bytes:
    """The same root, sealed by the newest key; a new one where no key that is left opens it."""
    try:
        return seal(_root(webhook).hex(), webhook.organization_id)
    except Sealed:
        return new_root(webhook.organization_id)


def secret_of(webhook: Webhook) -> str:
    """The secret as its owner keeps it: ``whsec_`` and 32 bytes in base64. Raises Sealed."""
    return "whsec_" + base64.b64encode(_key(webhook, webhook.secret_version)).decode()


def headers_of(webhook: Webhook, *, message_id: str, moment: datetime.datetime, body: bytes) -> dict[str, str]:
    """The three headers of a message; a signature by each secret that still counts, the newest first. Raises Sealed."""
    stamp = int(moment.timestamp())
    versions = [webhook.secret_version, *reversed(ending_at(webhook, moment))]
    signed = f"{message_id}.{stamp}.".encode() + body
    signatures = [base64.b64encode(hmac.digest(_key(webhook, each), signed, "sha256")).decode() for each in versions]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": f"{stamp}",
        "webhook-signature": " ".join(f"v1,{each}" for each in signatures),
    }


def ending_at(webhook: Webhook, moment: datetime.datetime) -> dict[int, datetime.datetime]:
    """The secrets of before that still count at a moment, with their ends."""
    ends = {kept["version"]: datetime.datetime.fromisoformat(kept["until"]) for kept in webhook.ending_secrets}
    if webhook.overlap_until is not None and webhook.secret_version > 1:
        ends.setdefault(webhook.secret_version - 1, webhook.overlap_until)  # rotated by the release before this one
    return {version: end for version, end in sorted(ends.items()) if end > moment}


def _key(webhook: Webhook, version: int) -> bytes:
    said = b"webhook secret\x00" + bytes(webhook.salt) + version.to_bytes(4, "big")
    return hmac.digest(_root(webhook), said, "sha256")


def _root(webhook: Webhook) -> bytes:
    if webhook.root is None:  # made by the release before roots, while this one was being brought in
        return hashlib.sha256(settings.SECRET_KEY.encode()).digest()
    return bytes.fromhex(unseal(webhook.root, webhook.organization_id))
