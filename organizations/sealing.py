"""Keeping what must be shown again and must not be read from the database: secrets that others gave us, or have of us.

Encrypted by a key for each organization, worked out from the installation's (HKDF, RFC 5869; Fernet: AES-128-CBC with
an HMAC). The newest of SECRETS_KEYS seals; all of them, and SECRET_KEY with those before it, open. ``resealing`` brings
what older ones sealed to the newest.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Sealed(Exception):
    """No key that is left opens it: it must be given again."""


def seal(text: str, organization_id: int) -> bytes:
    """The text, unreadable without the installation's key."""
    return _key(secrets()[0], organization_id).encrypt(text.encode())


def unseal(sealed: bytes, organization_id: int) -> str:
    """The text. Raises Sealed."""
    for secret in secrets():
        try:
            return _key(secret, organization_id).decrypt(bytes(sealed)).decode()
        except InvalidToken:
            continue
    raise Sealed("It was sealed by a key that is no longer here")


def is_newest(sealed: bytes, organization_id: int) -> bool:
    """Whether the newest key sealed it, so that all others could go."""
    try:
        _key(secrets()[0], organization_id).decrypt(bytes(sealed))
    except InvalidToken:
        return False
    return True


def secrets() -> list[str]:
    """What keys are worked out from, the newest first."""
    return [*settings.SECRETS_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _key(secret: str, organization_id: int) -> Fernet:
    hkdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=f"sealed for {organization_id}".encode())
    return Fernet(base64.urlsafe_b64encode(hkdf.derive(secret.encode())))
