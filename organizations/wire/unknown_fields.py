"""Fields of a request that nobody reads. Pure.

Clients send more than is asked for, so such a field is never refused; but ``date`` for
``transaction_date`` must not post as of today in silence: the answer has a warning. So it has for a
field that is shown but set elsewhere (``status``), where it is sent with another value than it has.
"""

import difflib
import re
from collections.abc import Collection, Mapping
from typing import Any

CODE = "unknown_field"
MOST = 20  # warnings in one answer
LONGEST = 100  # characters of a name that are repeated

_WORDS = re.compile(r"[A-Z]?[a-z]+")


def unknown_fields(
    body: Mapping[str, Any], known: Collection[str], *, shown: Collection[str] = (), path: str = ""
) -> list[dict[str, str]]:
    """A warning for each field that is not known; ``path`` stands before their names.

    ``shown`` are fields of the object that nobody can set: a client may send it back as it was shown. Where it is the
    object itself, as the answer has it, words and yes or no that differ from it are warned of, too.
    """
    unread = [name for name in body if name not in known and name not in shown]
    missing = sorted(name for name in known if name not in body)
    found = [_warning(f"{path}{name[:LONGEST]}", _meant(name[:LONGEST], missing)) for name in unread[:MOST]]
    if isinstance(shown, Mapping):
        found += fixed_fields(body, known, shown, path=path)
    return found[:MOST]


def fixed_fields(
    body: Mapping[str, Any], known: Collection[str], shown: Mapping[str, Any], *, path: str = ""
) -> list[dict[str, str]]:
    """A warning for each word, yes or no that is shown, cannot be set, and is sent as another than it is."""
    told = [name for name in body if name in shown and name not in known and _differs(body[name], shown[name])]
    return [_fixed(f"{path}{name}", shown[name]) for name in told[:MOST]]


def with_warnings(answer: dict, unknown: list[dict[str, str]]) -> dict:
    """An object's answer with these warnings after its own."""
    return answer | {"warnings": [*answer.get("warnings", ()), *unknown[:MOST]]} if unknown else answer


def _warning(field: str, meant: str | None) -> dict[str, str]:
    message = f"{field} is not known here and was ignored."
    if meant is not None:
        message = f"{field} is not known here and was ignored; did you mean {meant}?"
    return {"code": CODE, "field": field, "message": message}


def _differs(sent: Any, shown: Any) -> bool:
    """Whether a word, or yes or no, is meant to be another; figures and instants move by themselves."""
    if isinstance(shown, bool) or isinstance(sent, bool):
        return isinstance(shown, bool) and isinstance(sent, bool) and sent is not shown
    if not isinstance(sent, str) or not (shown is None or isinstance(shown, str)):
        return False
    return sent.casefold().removeprefix("cur_") != (shown or "").casefold().removeprefix("cur_")


def _fixed(field: str, shown: str | bool | None) -> dict[str, str]:
    stays = "is empty" if shown in (None, "") else f"stays {str(shown).lower() if isinstance(shown, bool) else shown}"
    return {"code": CODE, "field": field, "message": f"{field} cannot be set here and was ignored; it {stays}."}


def _meant(name: str, missing: list[str]) -> str | None:
    """The field that was probably meant: all words of the name are in it (``date``), or it is spelt nearly so."""
    words = {word.lower() for word in _WORDS.findall(name)}
    wider = [each for each in sorted(missing, key=len) if words and words <= set(each.split("_"))]
    return next(iter(wider or difflib.get_close_matches(name, missing, n=1, cutoff=0.7)), None)
