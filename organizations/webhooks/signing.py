"""Signatures of Standard Webhooks 1.0 (https://www.standardwebhooks.com), and the secrets that they are made with.

A secret is worked out from the installation's SECRET_KEY and is kept nowhere: who reads the database cannot sign.
"""

import base64
import datetime
import hashlib
import hmac

from django.conf import settings

from organizations.webhooks.models import Webhook


def secret_of(webhook: Webhook, *, version: int | None = None) -> str:
    """The secret as its owner keeps it: ``whsec_`` and 32 bytes in base64."""
    return "whsec_" + base64.b64encode(_key(webhook, version or webhook.secret_version)).decode()


def headers_of(webhook: Webhook, *, message_id: str, moment: datetime.datetime, body: bytes) -> dict[str, str]:
    """The three headers of a message; two signatures while the secret of before still counts."""
    stamp = int(moment.timestamp())
    versions = [webhook.secret_version]
    if webhook.overlap_until is not None and webhook.overlap_until > moment and webhook.secret_version > 1:
        versions.append(webhook.secret_version - 1)
    signed = f"{message_id}.{stamp}.".encode() + body
    signatures = [base64.b64encode(hmac.digest(_key(webhook, each), signed, "sha256")).decode() for each in versions]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": f"{stamp}",
        "webhook-signature": " ".join(f"v1,{each}" for each in signatures),
    }


def _key(webhook: Webhook, version: int) -> bytes:
    said = b"webhook secret\x00" + bytes(webhook.salt) + version.to_bytes(4, "big")
    return hmac.digest(hashlib.sha256(settings.SECRET_KEY.encode()).digest(), said, "sha256")
