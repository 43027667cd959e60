"""Whatever the product can say or do by name, some test has seen: error codes, commands, event names.

The rules of the database have their own such test, beside the attacks on them.
"""

import ast
import functools
import re
from collections.abc import Iterator

import pytest

from tests.architecture import house

pytestmark = pytest.mark.xdist_group("sources")  # each is read and parsed once


@functools.cache
def seen() -> str:
    """All tests but those of the architecture, as one text."""
    return "\n".join(source.text for source in house.sources("tests") if "architecture" not in source.path.parts)


def is_seen(name: str) -> bool:
    """Whether the name stands in quotes in a test."""
    return f'"{name}"' in seen() or f"'{name}'" in seen()


def error_codes() -> Iterator[tuple[str, str]]:
    """Each refusal's class and code. A family (`Unprocessable`) that is only inherited from is none."""
    inherited = {base.id for node in _refusals() for base in node.bases if isinstance(base, ast.Name)}
    for node in _refusals():
        for part in node.body:
            named = isinstance(part, ast.Assign) and getattr(part.targets[0], "id", "") == "code"
            if named and (node.name not in inherited or _is_raised(node.name)):
                yield node.name, part.value.value


def _refusals() -> Iterator[ast.ClassDef]:
    for source in house.sources(*house.APPS):
        if "errors" in (source.path.stem, source.path.parent.name):
            yield from (node for node in source.tree.body if isinstance(node, ast.ClassDef))


def _is_raised(name: str) -> bool:
    return any(re.search(rf"\b(raise|errors\.) ?{name}\b", source.text) for source in house.sources(*house.APPS))


def event_names() -> Iterator[tuple[str, str]]:
    """Each event's name and where it is declared: `POSTED = event("transaction.posted")`."""
    for source in house.sources(*house.APPS):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and "event" in (getattr(node.func, "id", ""), getattr(node.func, "attr", "")):
                yield from ((source.name, part.value) for part in node.args if isinstance(part, ast.Constant))


def test_every_error_code_is_seen_by_a_test():
    house.refuse(
        f"No test provokes {name}: write one that compares its code {code!r}, or remove the refusal."
        for name, code in error_codes()
        if not is_seen(code) and not re.search(rf"\b{name}\b", seen())
    )


def test_one_condition_has_one_code():
    codes = [code for _, code in error_codes()]
    house.refuse(
        f"Two refusals share the code {code!r}: a program could not tell them apart. Give each its own."
        for code in sorted({code for code in codes if codes.count(code) > 1})
    )


def test_every_event_is_seen_by_a_test():
    assert len(list(event_names())) > 10, "Events are declared in another way than this test looks for."
    house.refuse(
        f"No test reads the event {name!r} ({place}): write one that does the act and lists the events."
        for place, name in event_names()
        if not is_seen(name)
    )


def test_every_command_is_seen_by_a_test():
    commands = [source for source in house.sources(*house.PACKAGES) if "commands" in source.path.parts]
    house.refuse(
        f"No test runs `manage.py {source.path.stem}` ({source.name}): write one that does."
        for source in commands
        if source.path.name != "__init__.py" and not is_seen(source.path.stem)
    )
