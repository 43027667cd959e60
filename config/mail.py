"""Where letters go: a mail server, or for a developer a folder or the console."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from config import env

BACKENDS = "django.core.mail.backends"


def mail_settings(address: str | None, *, folder: Path) -> dict:
    """Django's settings of an address: ``smtp://user:password@host:587`` (STARTTLS), ``smtps://…:465`` (TLS from the
    start), ``smtp+plain://localhost:25`` (no encryption), ``file:`` (files in ``folder``, or of a path), ``console:``.

    None: letters wait, and say that EMAIL_URL is not set.
    """
    if address is None:
        return {"MAIL_IS_SET_UP": False, "EMAIL_TIMEOUT": 30}
    parts = urlsplit(address)
    found = {"MAIL_IS_SET_UP": True, "EMAIL_TIMEOUT": 30}
    if parts.scheme == "console":
        return found | {"EMAIL_BACKEND": f"{BACKENDS}.console.EmailBackend"}
    if parts.scheme == "file":
        place = Path(unquote(parts.path)) if parts.path else folder
        return found | {"EMAIL_BACKEND": f"{BACKENDS}.filebased.EmailBackend", "EMAIL_FILE_PATH": place}
    if parts.scheme not in ("smtp", "smtps", "smtp+plain") or not parts.hostname:
        raise env.EnvironmentProblem(
            "EMAIL_URL must begin with smtp://, smtps:// or smtp+plain:// and name a host, or be file: or console:."
        )
    try:
        port = parts.port
    except ValueError:
        raise env.EnvironmentProblem("EMAIL_URL has a port that is no number.") from None
    if parts.scheme == "smtp+plain" and parts.password and not env.is_near(parts.hostname):
        raise env.EnvironmentProblem("EMAIL_URL would send its password unencrypted: use smtp:// or smtps://.")
    return found | {
        "EMAIL_BACKEND": f"{BACKENDS}.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or {"smtp": 587, "smtps": 465, "smtp+plain": 25}[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
    }
