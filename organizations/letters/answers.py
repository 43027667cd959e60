"""A letter as the API shows it."""

from collections.abc import Sequence

from django.db.models.functions import Length

from organizations import ids
from organizations.letters.models import Letter, LetterAttachment


def letter_answers(letters: Sequence[Letter]) -> list[dict]:
    """Several letters, with what they have attached: one query for all."""
    attached: dict[int, list[dict]] = {letter.pk: [] for letter in letters}
    if attached:
        rows = LetterAttachment.objects.of(letters[0].organization_id).filter(letter_id__in=list(attached))
        columns = rows.order_by("letter_id", "number").annotate(size=Length("content"))
        for number, name, content_type, size in columns.values_list("letter_id", "name", "content_type", "size"):
            attached[number].append({"name": name, "content_type": content_type, "size": size})
    return [_answer(letter, attached[letter.pk]) for letter in letters]


def letter_answer(letter: Letter) -> dict:
    """One letter."""
    return letter_answers([letter])[0]


def _answer(letter: Letter, attached: list[dict]) -> dict:
    return {
        "object": "letter",
        "id": letter.public_id,
        "organization_id": ids.encode("ORG", letter.organization_id),
        "sender": letter.sender,
        "to": letter.to,
        "cc": letter.cc,
        "reply_to": letter.reply_to,
        "subject": letter.subject,
        "body": letter.body,
        "html": letter.html,
        "attachments": attached,
        "about_kind": letter.about_kind,
        "about_id": letter.about_id or None,
        "message_id": letter.message_id,
        "status": letter.status,
        "attempts": letter.attempts,
        "next_attempt_at": letter.next_attempt_at if letter.status == "queued" else None,
        "last_error": letter.last_error,
        "sent_at": letter.sent_at,
        "metadata": letter.metadata,
        "created_at": letter.created_at,
        "updated_at": letter.updated_at,
    }
