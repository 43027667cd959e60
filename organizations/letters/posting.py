"""Writing letters: they leave when the database transaction of their cause has been committed, and not without it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db import transaction

from organizations import clock
from organizations.actors import Actor
from organizations.errors import Invalid, NotFound
from organizations.events.recording import event, record
from organizations.letters.answers import letter_answer
from organizations.letters.errors import LetterWaiting
from organizations.letters.models import Letter, LetterAttachment
from organizations.tenants.models import Organization

QUEUED = event("letter.queued")

MOST_ADDRESSES = 20
LONGEST_SUBJECT, LONGEST_BODY = 250, 100_000
MOST_FILES, MOST_BYTES = 10, 10 * 1024 * 1024  # of all files together; few mail servers take more than twice that

_is_address = EmailValidator()
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]{1,80}")


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file to go with a letter: ``content_type`` such as ``application/pdf``."""

    name: str
    content_type: str
    content: bytes


@transaction.atomic
def post_letter(
    *,
    actor: Actor,
    organization: Organization,
    to: Sequence[str],
    subject: str,
    body: str,
    cc: Sequence[str] = (),
    reply_to: str = "",
    html: str = "",
    attachments: Sequence[Enclosure] = (),
    about_kind: str = "",
    about_id: str = "",
    sender_name: str = "",
    metadata: dict[str, str] | None = None,
) -> Letter:
    """Write a letter, which a worker sends once this database transaction is committed.

    ``about_id`` is the public id of what it is about. It comes from the installation's address, under the name of the
    organization or ``sender_name``. Raises Invalid, with the fields at fault.
    """
    problems = _problems(to=to, cc=cc, reply_to=reply_to, subject=subject, body=body, html=html)
    problems |= _problems_with_files(attachments)
    if problems:
        raise Invalid(fields=problems)
    letter = Letter(
        organization=organization,
        sender=settings.MAIL_FROM,
        sender_name=_CONTROLS.sub(" ", sender_name or organization.name)[:200].strip(),
        to=list(to),
        cc=list(cc),
        reply_to=reply_to,
        subject=subject,
        body=body,
        html=html,
        about_kind=about_kind,
        about_id=about_id,
        metadata=metadata or {},
    )
    letter.save()
    for number, file in enumerate(attachments, 1):
        LetterAttachment(
            organization=organization,
            letter=letter,
            number=number,
            name=file.name,
            content_type=file.content_type,
            content=file.content,
        ).save()
    letter.refresh_from_db()
    _record(actor, letter, before=None)
    return letter


@transaction.atomic
def resend_letter(*, actor: Actor, organization: Organization, letter_id: int) -> Letter:
    """Send a letter again that was sent or has failed. Raises NotFound, LetterWaiting.

    It gets another Message-ID: a mailbox that has the first would drop the second without a word.
    """
    letter = Letter.objects.of(organization).select_for_update().filter(pk=letter_id).first()
    if letter is None:
        raise NotFound()
    if letter.status == "queued":
        raise LetterWaiting()
    before, now = letter_answer(letter), clock.now()
    letter.status, letter.round, letter.attempts = "queued", letter.round + 1, 0
    letter.next_attempt_at, letter.last_error, letter.sent_at, letter.updated_at = now, "", None, now
    letter.save(update_fields=["status", "round", "attempts", "next_attempt_at", "last_error", "sent_at", "updated_at"])
    _record(actor, letter, before=before)
    return letter


def _record(actor: Actor, letter: Letter, *, before: dict | None) -> None:
    record(
        QUEUED,
        actor=actor,
        organization_id=letter.organization_id,
        entity_id=letter.public_id,
        before=before,
        after=letter_answer(letter),
    )


def problem_with_address(address: str) -> str | None:
    """What is wrong with an e-mail address, without a name beside it; None if nothing is."""
    try:
        _is_address(address)
    except ValidationError:
        return "An e-mail address such as ann@example.com."
    # The validator lets line breaks through in quoted names; a header would end there.
    if len(address) > 254 or _CONTROLS.search(address) or not address.isprintable():
        return "An e-mail address such as ann@example.com."
    return None


def _problems(
    *, to: Sequence[str], cc: Sequence[str], reply_to: str, subject: str, body: str, html: str
) -> dict[str, str]:
    found = {}
    if not to:
        found["to"] = "At least one address."
    if len(to) + len(cc) > MOST_ADDRESSES:
        found["to"] = f"At most {MOST_ADDRESSES} addresses, copies included."
    addresses = [(f"to[{place}]", each) for place, each in enumerate(to)]
    addresses += [(f"cc[{place}]", each) for place, each in enumerate(cc)]
    addresses += [("reply_to", reply_to)] if reply_to else []
    for name, address in addresses:
        problem = problem_with_address(address)
        if problem:
            found[name] = problem
    if not subject.strip() or len(subject) > LONGEST_SUBJECT:
        found["subject"] = f"1 to {LONGEST_SUBJECT} characters."
    elif _CONTROLS.search(subject):
        found["subject"] = "One line, without control characters."
    for name, text in (("body", body), ("html", html)):
        if len(text) > LONGEST_BODY:
            found[name] = f"At most {LONGEST_BODY:,} characters."
        elif "\x00" in text:
            found[name] = "Without NUL characters."
    return found


def _problems_with_files(files: Sequence[Enclosure]) -> dict[str, str]:
    if len(files) > MOST_FILES:
        return {"attachments": f"At most {MOST_FILES} files."}
    if sum(len(file.content) for file in files) > MOST_BYTES:
        return {"attachments": f"At most {MOST_BYTES // 1024**2} MiB together."}
    found = {}
    for place, file in enumerate(files):
        if not 1 <= len(file.name) <= 120 or _CONTROLS.search(file.name) or re.search(r'[/\\"]', file.name):
            found[f"attachments[{place}].name"] = "1 to 120 characters, without slashes, quotes and line breaks."
        if not _TYPE.fullmatch(file.content_type):
            found[f"attachments[{place}].content_type"] = "A type such as application/pdf."
    return found
