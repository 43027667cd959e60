"""Conditions of a request: who read an object before it changed finds out before they overwrite it (RFC 9110 §13).

``If-Match`` compares the version in a tag, so a balance that moves while somebody edits an
account's name does no harm; ``If-None-Match`` on a read compares the whole, so a copy that is
not refreshed is the same to the byte. Conditions are checked with the object's row locked, in
the database transaction of the write: of two changes that name the same tag one wins.
"""

from functools import cache

from django.apps import apps
from django.db.models import Model
from rest_framework.response import Response

from organizations import ids
from organizations.errors import NotFound, PreconditionFailed
from organizations.wire.entity_tags import names_object, quoted, read_tags, tag_of, version_of


class NotModified(Exception):
    """The client's copy is the one that would be sent."""

    def __init__(self, tag: str):
        super().__init__(tag)
        self.tag = tag


def check(view, request) -> None:
    """Compare the conditions of a write with the object as it is now, locked.

    Raises PreconditionFailed, and NotFound where there is no such object. A condition where
    nothing has a tag cannot hold, and is never passed over in silence.
    """
    wanted, unwanted = read_tags(request, "If-Match"), read_tags(request, "If-None-Match")
    if wanted is None and unwanted is None:
        return
    current = None
    if names_object(view, view.kwargs):
        view.hold()
        try:
            current = tag_of(view.retrieve(request, **view.kwargs).data)
        except NotFound:
            if wanted is not None:
                raise  # with `If-None-Match` alone, a PUT may make what is not there
    if wanted is not None and not _matches(wanted, current):
        raise PreconditionFailed(details={} if current is None else {"current": quoted(current)})
    if unwanted is not None and current is not None and (unwanted == "*" or current in {tag for _, tag in unwanted}):
        raise PreconditionFailed(details={"current": quoted(current)})


def _matches(wanted, current: str | None) -> bool:
    """``If-Match``: by the version, and strongly: a tag that a proxy has weakened names no version."""
    if current is None:
        return False
    version = version_of(current)
    return wanted == "*" or any(not weak and version_of(tag) == version for weak, tag in wanted)


def stamp(view, request, response: Response) -> None:
    """Give an answer that shows an object its tag. Raises NotModified if the reader has it already."""
    action = getattr(view, "action", None)
    shown = action == "retrieve" or (action == "update" and not view.dry_run)
    data = getattr(response, "data", None)  # a replay is text
    if response.status_code != 200 or data is None or not shown or not names_object(view, view.kwargs):
        return
    tag = tag_of(data)
    response["ETag"] = quoted(tag)
    if action == "update":  # the body is not what was sent, but the object as it is now: RFC 9110 §9.3.4, §8.7
        response["Content-Location"] = request.path
        return
    known = read_tags(request, "If-None-Match")
    if known is not None and (known == "*" or tag in {each for _, each in known}):
        raise NotModified(tag)


@cache
def models_by_prefix() -> dict[str, type[Model]]:
    """The model of each kind of id."""
    found = {}
    for model in apps.get_models():
        prefix = getattr(model._meta.pk, "prefix", "")
        if prefix and hasattr(model.objects, "of"):
            found[prefix] = model
    return found


def lock_row(view) -> None:
    """Lock the row of the object that the address names last, until the transaction ends."""
    text = list(view.kwargs.values())[-1]
    prefix = text.partition("_")[0].upper()
    model = models_by_prefix().get(prefix)
    if prefix == "ORG":
        rows = type(view.organization).objects.select_for_update(of=("self",)).select_related("base_currency")
        view.organization.refresh_from_db(from_queryset=rows)
    elif model is not None:
        try:
            number = ids.decode(prefix, text)
        except ValueError as problem:
            raise NotFound() from problem
        rows = model._base_manager.filter(organization_id=view.organization.pk, pk=number)
        rows.select_for_update(of=("self",)).values_list("pk").first()
