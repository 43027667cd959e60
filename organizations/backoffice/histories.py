"""An object's history: its rows of the audit trail, told for people."""

from collections.abc import Callable, Iterable

from django.http import HttpRequest
from django.utils.html import format_html_join

from organizations import ids
from organizations.backoffice import showing
from organizations.backoffice.pages import Page, Table
from organizations.events.models import Event
from organizations.users.models import User
from organizations.wire.rendering import dumps

SHOWN = 100
LONGEST = 160
#: How API keys are called, by their numbers; told by the chapter that has them.
key_names: list[Callable[[Iterable[int]], dict[int, str]]] = []


def history_of(request: HttpRequest, obj, desk) -> Page:
    """The newest events of an object, and who made them."""
    rows = Event.objects.of(request.office.organization).filter(entity_id=obj.public_id).order_by("-seq")
    events = list(rows[: SHOWN + 1])
    names = actors_of(events[:SHOWN])
    crumbs = [*desk.crumbs(), (str(obj), desk.address("change", obj.pk))]
    return Page(
        title=f"History of {obj}"[:120],
        crumbs=crumbs,
        intro=f"The newest {SHOWN} events." if len(events) > SHOWN else "",
        tables=[
            Table(
                title="",
                headers=["When (UTC)", "Who", "What", "Changes"],
                rows=[
                    [
                        showing.link_to(Event, event.pk, showing.moment(event.timestamp)),
                        names[event.pk],
                        event.event_type,
                        changes_of(event),
                    ]
                    for event in events[:SHOWN]
                ],
                empty="Nothing is on record.",
            )
        ],
    )


def actors_of(events: list[Event]) -> dict[int, str]:
    """Who made each event: a person, an API key, or a part of the system. Two queries at most."""
    people = {event.user_id for event in events} - {None}
    names = {user.pk: str(user) for user in User.objects.filter(pk__in=people)} if people else {}
    keys = {event.api_key_id for event in events if event.user_id is None} - {None}
    titles = {number: title for name in key_names for number, title in name(keys).items()} if keys else {}
    return {event.pk: actor_of(event, names, titles) for event in events}


def actor_of(event: Event, names: dict[int, str], keys: dict[int, str]) -> str:
    """Who made one event; a key of another organization by its id."""
    if event.user_id is not None:
        return names.get(event.user_id) or ids.encode("USR", event.user_id)
    if event.api_key_id is not None:
        return f"API key {keys.get(event.api_key_id) or ids.encode('KEY', event.api_key_id)}"
    return f"system: {event.system}" if event.system else ""


def plain(value) -> str:
    """A value of a stored state, in one line."""
    if value in (None, "", [], {}):
        return "–"
    return value if isinstance(value, str) else dumps(value).decode()


def spread(value, indent: str = "") -> str:
    """A value of a stored state over several lines; what is empty in it is left out."""
    if isinstance(value, dict):
        filled = {name: part for name, part in value.items() if part not in (None, "", {}, [])}
        return "\n".join(f"{indent}{name}: {spread(part, indent + '  ').strip()}" for name, part in filled.items())
    if isinstance(value, list) and any(isinstance(part, dict) for part in value):
        return "\n\n".join(spread(part, indent) for part in value)
    return plain(value)


def short(value) -> str:
    """The same, cut where it would fill the page; of a list of objects only how many there are."""
    if isinstance(value, list) and any(isinstance(part, dict) for part in value):
        return f"{len(value)} (see the event)"
    text = plain(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def changes_of(event: Event):
    """What the event changed: ``status: pending → posted``, one line each."""
    changes = event.changes or {}
    lines = [(name, short(change.get("from")), short(change.get("to"))) for name, change in changes.items()]
    return format_html_join("", '<div class="co-change"><b>{}</b> {} <span>→</span> {}</div>', lines)
