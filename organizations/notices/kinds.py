"""What can be told: each kind is some events, and the line that a letter has for one of them.

A chapter above adds its own with ``add``, where its app gets ready.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """``line`` gives the sentence for an event's ``after`` state; None where it is nothing to be told."""

    name: str
    title: str
    events: tuple[str, ...]
    line: Callable[[dict], str | None]


KINDS: dict[str, Kind] = {}


def add(name: str, title: str, *events: str, line: Callable[[dict], str | None]) -> None:
    """Let members be told of these events."""
    KINDS[name] = Kind(name, title, events, line)


def kind_of(event_type: str) -> Kind:
    """The kind that an event is of. Raises StopIteration for one that nobody is told of."""
    return next(kind for kind in KINDS.values() if event_type in kind.events)


def _letter(after: dict) -> str | None:
    if after["about_kind"] == ABOUT:
        return None  # a notice of a notice that cannot be delivered would be the next
    return f"“{after['subject']}” to {', '.join(after['to'])}: {after['last_error']}"


def _job(after: dict) -> str | None:
    return f"{after['kind']}: {after['error']['message']}" if after["status"] == "failed" else None


#: What a letter with notices is about.
ABOUT = "notices"

add("webhook_disabled", "A webhook was disabled", "webhook.disabled",
    line=lambda after: f"{after['url']}: {after['disabled_reason']}")  # fmt: skip
add("job_failed", "A job failed", "job.finished", line=_job)
add("letter_failed", "A letter could not be delivered", "letter.failed", line=_letter)
add("draft_waiting", "A write waits for approval", "draft.staged",
    line=lambda after: " ".join(filter(None, [after["operation"], after["note"]])))  # fmt: skip
add("low_credits", "Credits are running low", "credit_entry.low",
    line=lambda after: f"{after['balance']:,} credits are left")  # fmt: skip
