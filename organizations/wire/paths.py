"""How the place of a value in a body is written: ``entries[0].amount``."""

from collections.abc import Iterator, Mapping

EVERYWHERE = "non_field_errors"  # DRF's name for what is wrong with an object as a whole
_WHOLE = (EVERYWHERE, "__all__")  # and Django's


def join(path: str, step: str | int) -> str:
    """The path of a member: by name in an object, by position in an array."""
    if isinstance(step, int):
        return f"{path}[{step}]"
    return f"{path}.{step}" if path else str(step)


def flatten(detail, path: str = "") -> dict[str, list[str]]:
    """DRF's nested errors as one flat map from path to messages.

    DRF nests as the data does: maps for objects (and for arrays, by position), lists of
    maps for arrays with an empty map where all is well, lists of texts for messages.
    What concerns an object as a whole stands at the object's own path; for the whole
    body that is ``non_field_errors``.
    """
    found: dict[str, list[str]] = {}
    for place, message in _messages(detail, path):
        messages = found.setdefault(place or EVERYWHERE, [])
        if message not in messages:
            messages.append(message)
    return found


def _messages(detail, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(detail, Mapping):
        for step, inner in detail.items():
            yield from _messages(inner, path if step in _WHOLE else join(path, step))
    elif isinstance(detail, list | tuple):
        for place, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list | tuple)
            yield from _messages(inner, join(path, place) if nested else path)
    else:
        yield path, str(detail)
