import base64
import os
from collections.abc import Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Now
from django_otp.plugins.otp_totp.models import TOTPDevice

from organizations import clock, ids
from organizations.fields import IdField
from organizations.sealing import Sealed, secrets

NONCE, SECRET = 12, 20  # bytes: NIST SP 800-38D §8.2.1; RFC 4226 §4 recommends 160 bits


class UserManager(BaseUserManager):
    """Makes users; Django's ``createsuperuser`` and authentication expect one."""

    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        """Whoever gives an account a password vouches for its address, unless they say ``email_proven_at=None``."""
        if password:
            fields.setdefault("email_proven_at", clock.now())
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email=email.lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who logs in by e-mail. What they may see is decided by memberships.

    ``second_factor_since``: from then on a login takes a code too. A session is bound to it as to the password: who
    changes either ends all other sessions. ``email_proven_at``: since then it is known that the address is theirs
    (``users/owning.py``).
    """

    id = IdField(prefix="USR")
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    is_staff = models.BooleanField("may use the back office", default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(db_default=Now(), editable=False)
    second_factor_since = models.DateTimeField(null=True, editable=False)
    email_proven_at = models.DateTimeField(null=True, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    objects = UserManager()

    @property
    def public_id(self) -> str:
        return ids.encode("USR", self.pk)

    @property
    def lacks_second_factor(self) -> bool:
        """Whether a second factor must be made before anything else."""
        return settings.REQUIRE_TOTP and self.second_factor_since is None

    def get_session_auth_hash(self) -> str:
        return self._with_second_factor(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        return map(self._with_second_factor, super().get_session_auth_fallback_hash())

    def _with_second_factor(self, digest: str) -> str:
        return f"{digest}.{self.second_factor_since.isoformat()}" if self.second_factor_since else digest

    def get_full_name(self) -> str:
        return self.name

    def __str__(self):
        return self.name or self.email


class Authenticator(TOTPDevice):
    """An app that shows codes (RFC 6238). django-otp checks them, and takes none twice.

    Its secret is sealed by the installation's key (AES-GCM, the person's id beside it; the column has no room for what
    ``sealing`` makes): who reads the database has no codes.
    """

    class Meta:
        proxy = True

    def give_secret(self, secret: bytes) -> None:
        """Take this secret, sealed by the newest key. Not saved yet."""
        nonce = os.urandom(NONCE)
        sealed = nonce + _cipher(secrets()[0]).encrypt(nonce, secret, self._owner())
        self.key = base64.urlsafe_b64encode(sealed).decode()

    @property
    def bin_key(self) -> bytes:
        """The secret. Raises Sealed."""
        for secret in secrets():
            try:
                return self._open(secret)
            except InvalidTag:
                continue
        raise Sealed("It was sealed by a key that is no longer here")

    @property
    def is_newest(self) -> bool:
        """Whether the newest key sealed the secret, so that all others could go."""
        try:
            self._open(secrets()[0])
        except InvalidTag:
            return False
        return True

    def _open(self, secret: str) -> bytes:
        sealed = base64.urlsafe_b64decode(self.key)
        return _cipher(secret).decrypt(sealed[:NONCE], sealed[NONCE:], self._owner())

    def _owner(self) -> bytes:
        return ids.encode("USR", self.user_id).encode()


def _cipher(secret: str) -> AESGCM:
    hkdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"second factors")
    return AESGCM(hkdf.derive(secret.encode()))
