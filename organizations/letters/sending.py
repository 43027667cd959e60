"""Sending letters: each is claimed, handed to the mail server with no database transaction open, and noted.

A letter whose worker died in between is sent again when its claim has run out. Then it may arrive twice, with the
same Message-ID; it never gets lost.
"""

import datetime
import random
import smtplib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.utils import formataddr

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection

from organizations import clock, ids, scoping
from organizations.actors import system
from organizations.events.recording import event, record
from organizations.letters.answers import letter_answer
from organizations.letters.dressing import Look, dressed, look_of, picture
from organizations.letters.models import Letter, LetterAttachment

SENT = event("letter.sent")
FAILED = event("letter.failed")

#: A letter that was claimed and not noted within so long was lost with its worker. Above EMAIL_TIMEOUT.
LEASE = datetime.timedelta(minutes=5)
#: Minutes before each further attempt, give or take a fifth: eight attempts within about a day.
PAUSES = (1, 5, 15, 60, 120, 360, 720)
TOGETHER = 500  # organizations asked about in one query

#: What stands in a text for a secret that only the letter itself has, as it leaves; and by ``about_kind`` what it is.
#: So nobody who may read an organization's letters reads what was meant for somebody else.
PLACE = "(secret)"
secrets: dict[str, Callable[[Letter], str]] = {}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Claimed:
    """A letter that is to be sent now, with its files; ``attempt`` tells whose claim it is."""

    letter: Letter
    files: Sequence[LetterAttachment]
    attempt: tuple[int, int]
    look: Look | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a letter did not leave, and whether it ever will."""

    words: str
    final: bool = False


def due(organization_ids: Sequence[int]) -> list[int]:
    """Those organizations that have a letter to send now."""
    query = """
        select distinct organization_id from organizations_letter
         where organization_id = any (%s) and status = 'queued' and next_attempt_at <= %s order by 1
    """
    found = []
    for start in range(0, len(organization_ids), TOGETHER):
        some = list(organization_ids[start : start + TOGETHER])
        with scoping.reading(some), connection.cursor() as cursor:
            cursor.execute(query, [some, clock.now()])
            found += [number for (number,) in cursor.fetchall()]
    return found


def send_due(organization_id: int, *, most: int = 200) -> int:
    """Send the letters of an organization that are due; how many left. Opens its own transactions."""
    left = 0
    for _ in range(most):
        claimed = _claim(organization_id)
        if claimed is None:
            break
        problem = _hand_over(claimed)
        _note(claimed, problem)
        left += problem is None
    return left


def _claim(organization_id: int) -> Claimed | None:
    """The letter that has waited longest, unless somebody else is at it."""
    now = clock.now()
    with scoping.acting_in(organization_id):
        waiting = Letter.objects.of(organization_id).filter(status="queued", next_attempt_at__lte=now)
        letter = waiting.order_by("next_attempt_at", "id").select_for_update(skip_locked=True).first()
        if letter is None:
            return None
        letter.attempts, letter.next_attempt_at, letter.updated_at = letter.attempts + 1, now + LEASE, now
        letter.save(update_fields=["attempts", "next_attempt_at", "updated_at"])
        files = LetterAttachment.objects.of(organization_id).filter(letter_id=letter.pk).order_by("number")
        look = None if letter.html else look_of(letter.organization)
        return Claimed(letter, list(files), (letter.round, letter.attempts), look)


def _hand_over(claimed: Claimed) -> Problem | None:
    """Give a letter to the mail server; None if it took it."""
    letter = claimed.letter
    if not settings.MAIL_IS_SET_UP:
        return Problem("EMAIL_URL is not set.")
    try:
        message = EmailMultiAlternatives(
            subject=letter.subject,
            body=_told(letter),
            from_email=formataddr((letter.sender_name, letter.sender)),
            to=letter.to,
            cc=letter.cc,
            reply_to=[letter.reply_to] if letter.reply_to else None,
            headers={"Message-ID": letter.message_id},
        )
        _dress(message, claimed)
        for file in claimed.files:
            message.attach(file.name, bytes(file.content), file.content_type)
        message.send()
    except smtplib.SMTPRecipientsRefused as problem:
        answers = [code for code, _ in problem.recipients.values()]
        return Problem(_words(problem), final=all(500 <= code < 600 for code in answers))
    except (OSError, ValueError, smtplib.SMTPException) as problem:
        return Problem(_words(problem))
    return None


def _told(letter: Letter) -> str:
    secret = secrets.get(letter.about_kind)
    return letter.body if secret is None else letter.body.replace(PLACE, secret(letter))


def _dress(message: EmailMultiAlternatives, claimed: Claimed) -> None:
    """Put the text beside itself as HTML: as it was written, or as the organization's letters look."""
    letter, look = claimed.letter, claimed.look
    html = letter.html
    if look is not None:
        html = dressed(look, subject=letter.subject, body=message.body, sender=letter.sender_name)
    if html:
        message.attach_alternative(html, "text/html")
    if look is not None and look.logo:
        message.mixed_subtype = "mixed" if claimed.files else "related"
        message.attach(picture(look))


def _words(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}".replace("\x00", "")[:500]


def _note(claimed: Claimed, problem: Problem | None) -> None:
    """What came of an attempt, unless its claim ran out and another attempt has taken the letter over."""
    now, organization_id = clock.now(), claimed.letter.organization_id
    with scoping.acting_in(organization_id):
        letter = Letter.objects.of(organization_id).select_for_update().get(pk=claimed.letter.pk)
        if letter.status != "queued" or (letter.round, letter.attempts) != claimed.attempt:
            return
        before, letter.updated_at = letter_answer(letter), now
        if problem is None:
            letter.status, letter.sent_at, letter.last_error = "sent", now, ""
        else:
            letter.last_error = problem.words
            if problem.final or letter.attempts > len(PAUSES):
                letter.status = "failed"
            else:
                letter.next_attempt_at = now + _pause(letter.attempts)
        letter.save(update_fields=["status", "sent_at", "last_error", "next_attempt_at", "updated_at"])
        if letter.status != "queued":
            record(
                SENT if letter.status == "sent" else FAILED,
                actor=system("send_letters"),
                organization_id=organization_id,
                entity_id=letter.public_id,
                before=before,
                after=letter_answer(letter),
            )
    if problem is not None:
        log.error(
            "a letter was not sent",
            organization_id=ids.encode("ORG", organization_id),
            letter=letter.public_id,
            problem=problem.words,
            given_up=letter.status == "failed",
        )


def _pause(attempts: int) -> datetime.timedelta:
    seconds = 60 * PAUSES[attempts - 1]
    return datetime.timedelta(seconds=random.randint(seconds * 4 // 5, seconds * 6 // 5))  # noqa: S311
