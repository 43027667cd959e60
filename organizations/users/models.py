from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Now

from organizations import ids
from organizations.fields import IdField


class UserManager(BaseUserManager):
    """Makes users; Django's ``createsuperuser`` and authentication expect one."""

    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email=email.lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who logs in by e-mail. What they may see is decided by memberships."""

    id = IdField(prefix="USR")
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    is_staff = models.BooleanField("may use the back office", default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(db_default=Now(), editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    objects = UserManager()

    @property
    def public_id(self) -> str:
        return ids.encode("USR", self.pk)

    def get_full_name(self) -> str:
        return self.name

    def __str__(self):
        return self.name or self.email
