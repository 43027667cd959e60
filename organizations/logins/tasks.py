"""The letter to who has forgotten a password, whom only the worker looks for; and forgetting sessions that are over."""

import smtplib
from email.utils import formataddr
from urllib.parse import urljoin

import structlog
from celery import shared_task
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.cache import cache
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from organizations.logins.sessions import SessionStore
from organizations.users.models import User

#: So many seconds pass between two letters to one person.
APART = 5 * 60

log = structlog.get_logger(__name__)


@shared_task(
    bind=True, autoretry_for=(OSError, smtplib.SMTPException), max_retries=5, retry_backoff=30, retry_jitter=True
)
def send_password_letter(self, email: str, base: str) -> bool:
    """Send a link to set another password by, if somebody has this address and got none just now."""
    user = User.objects.filter(email=email.lower(), is_active=True, is_staff=True).first()
    if user is None or not settings.MAIL_IS_SET_UP:
        log.info("no password letter", known=user is not None, mail=settings.MAIL_IS_SET_UP)
        return False
    if not self.request.retries and not cache.add(f"password-letter:{user.pk}", 1, APART):
        return False
    number, token = urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)
    link = urljoin(base, reverse("admin:password_reset_confirm", args=[number, token]))
    body = render_to_string("letters/password.txt", {"link": link, "minutes": settings.PASSWORD_RESET_TIMEOUT // 60})
    send_mail("Your password for Crane Ledger", body, formataddr(("Crane Ledger", settings.MAIL_FROM)), [user.email])
    return True


@shared_task
def forget_old_sessions() -> None:
    """Delete sessions that are over: nobody else does, where nobody logs out."""
    SessionStore.clear_expired()
