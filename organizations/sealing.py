"""Keeping what must be shown again and must not be read from the database: secrets that others gave us.

Encrypted by a key for each organization, worked out from SECRET_KEY (HKDF, RFC 5869; Fernet: AES-128-CBC with an HMAC).
"""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Sealed(Exception):
    """It was sealed by another SECRET_KEY: it must be given again."""


def seal(text: str, organization_id: int) -> bytes:
    """The text, unreadable without the installation's key."""
    return _keys(organization_id)[0].encrypt(text.encode())


def unseal(sealed: bytes, organization_id: int) -> str:
    """The text. Raises Sealed."""
    for key in _keys(organization_id):
        try:
            return key.decrypt(bytes(sealed)).decode()
        except InvalidToken:
            continue
    raise Sealed("It was sealed by another SECRET_KEY")


def _keys(organization_id: int) -> list[Fernet]:
    """This key, and those that are being rotated out."""
    found = []
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        hkdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=f"sealed for {organization_id}".encode())
        found.append(Fernet(base64.urlsafe_b64encode(hkdf.derive(secret.encode()))))
    return found
