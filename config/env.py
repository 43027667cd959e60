"""Typed readers of environment variables.

Each reader takes the variable's name and a default. Without a default the variable is required. A missing or unreadable
value raises `EnvironmentProblem`, which names the variable, so that a wrong deployment fails when it starts and not
at the first request that needs the value. Values are never part of a message: they may be secrets.
"""

import ipaddress
import os
from collections.abc import Collection
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


class EnvironmentProblem(ImproperlyConfigured):
    """An environment variable is missing or cannot be read."""


class _Required:
    """The default of a variable that has none."""


REQUIRED = _Required()


def _raw(name: str) -> str | None:
    """The variable's value; an empty one counts as unset, as in `DEBUG= make run`."""
    return os.environ.get(name, "").strip() or None


def _missing(name: str) -> EnvironmentProblem:
    return EnvironmentProblem(f"The environment variable {name} is required and is not set.")


def is_local() -> bool:
    """Whether CRANE_ENV says that this is a desk or a test run; anything else is production."""
    return choice("CRANE_ENV", ("production", "local"), default="production") == "local"


def stop_seconds() -> int:
    """How long a process that is told to stop may go on with what it has begun."""
    return integer("STOP_SECONDS", default=20, least=1, most=3600)


def text(name: str, default: str | _Required | None = REQUIRED) -> str | None:
    """A plain string."""
    value = _raw(name)
    if value is not None:
        return value
    if isinstance(default, _Required):
        raise _missing(name)
    return default


def choice(name: str, allowed: Collection[str], default: str | _Required = REQUIRED) -> str:
    """One of a few words."""
    value = text(name, default)
    if value not in allowed:
        raise EnvironmentProblem(f"{name} must be one of: {', '.join(allowed)}.")
    return value


def flag(name: str, default: bool | _Required = REQUIRED) -> bool:
    """A yes or no: 1/0, true/false, yes/no, on/off."""
    value = _raw(name)
    if value is None:
        if isinstance(default, _Required):
            raise _missing(name)
        return default
    word = value.lower()
    if word in ("1", "true", "yes", "on"):
        return True
    if word in ("0", "false", "no", "off"):
        return False
    raise EnvironmentProblem(f"{name} must be true or false.")


def integer(name: str, default: int | _Required = REQUIRED, *, least: int = 0, most: int = 2**31 - 1) -> int:
    """A whole number between `least` and `most`."""
    value = _raw(name)
    if value is None:
        if isinstance(default, _Required):
            raise _missing(name)
        return default
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise EnvironmentProblem(f"{name} must be a whole number from {least} to {most}.")
    return int(value)


def words(name: str, default: Collection[str] | _Required = REQUIRED) -> list[str]:
    """A list separated by commas; empty items are dropped."""
    value = _raw(name)
    if value is None:
        if isinstance(default, _Required):
            raise _missing(name)
        return list(default)
    return [word.strip() for word in value.split(",") if word.strip()]


def url(name: str, schemes: Collection[str], default: str | _Required = REQUIRED) -> str:
    """An address of one of the given schemes, with a host."""
    value = text(name, default)
    parts = urlsplit(value)
    if parts.scheme not in schemes:
        raise EnvironmentProblem(f"{name} must begin with {' or '.join(scheme + '://' for scheme in schemes)}.")
    if not parts.hostname and not dict(parse_qsl(parts.query)).get("host") and "unix" not in parts.scheme:
        raise EnvironmentProblem(f"{name} names no host.")
    return value


def optional_url(name: str, schemes: Collection[str]) -> str | None:
    """The same, None where the variable is not set."""
    return None if _raw(name) is None else url(name, schemes)


def is_near(host: str | None) -> bool:
    """Whether what is said to this host never leaves the machine: loopback, or a socket."""
    if not host or host.startswith("/") or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


WEB = ("https", "http")
POSTGRESQL = ("postgresql", "postgres")
REDIS = ("redis", "rediss", "unix")


def database(address: str) -> dict:
    """Django's connection settings for a PostgreSQL address.

    The query part is passed to libpq as it stands (`sslmode`, `target_session_attrs`, or `host` for a socket folder).
    """
    parts = urlsplit(address)
    options = dict(parse_qsl(parts.query))
    try:
        port = parts.port
    except ValueError:
        raise EnvironmentProblem("The address of the database has a port that is no number.") from None
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "crane",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or "") or options.pop("host", ""),
        "PORT": str(port or ""),
        "OPTIONS": options,
    }
