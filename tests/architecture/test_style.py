"""How files look inside. Each failure names what to do instead."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture import house

pytestmark = pytest.mark.xdist_group("sources")  # each is read and parsed once

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
EMPTY_NAMES = {"service", "services", "util", "utils", "helper", "helpers", "common", "core", "misc"} | {
    "manager", "managers", "signal", "signals"
}  # fmt: skip
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("timezone", "now"),
    ("timezone", "localdate"),
    ("timezone", "localtime"),
    ("time", "time"),
    ("time", "time_ns"),
}
CLOCK = "organizations/clock.py"
SIGNALS = ("django.db.models.signals", "django.dispatch", "django.core.signals")
LEFT_UNDONE = ("TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error")
EVERYWHERE = (*house.PACKAGES, "tests")


def nodes(*folders: str, kind) -> Iterator[tuple[str, ast.AST]]:
    """Every syntax node of a kind below some folders, with the place to name in a message."""
    for source in house.sources(*folders):
        for node in ast.walk(source.tree):
            if isinstance(node, kind):
                yield f"{source.name}:{node.lineno}", node


def owner_of(attribute: ast.Attribute) -> str:
    """`timezone` in both `timezone.now` and `django.utils.timezone.now`."""
    value = attribute.value
    return value.id if isinstance(value, ast.Name) else getattr(value, "attr", "")


def test_files_are_short():
    house.refuse(
        f"{source.name} has {lines} lines; {LONGEST_FILE} are allowed. Divide it into modules named by what they do."
        for source in house.sources(*EVERYWHERE)
        if (lines := source.text.count("\n")) > LONGEST_FILE and not source.is_migration
    )


def test_functions_are_short():
    house.refuse(
        f"{place} {node.name}() has {lines} lines; {LONGEST_FUNCTION} are allowed. Give its steps names."
        for place, node in nodes(*EVERYWHERE, kind=ast.FunctionDef | ast.AsyncFunctionDef)
        if (lines := node.end_lineno - node.lineno + 1) > LONGEST_FUNCTION
    )


def test_no_float_near_money():
    house.refuse(
        f"{place} calls float(). Amounts are Decimal, read by organizations.money.read_amount."
        for place, node in nodes(*house.APPS, kind=ast.Call)
        if isinstance(node.func, ast.Name) and node.func.id == "float"
    )


def test_no_floating_columns():
    house.refuse(
        f"{place} uses FloatField. Use a Decimal field of organizations.fields."
        for place, node in nodes(*house.APPS, kind=ast.Attribute | ast.Name)
        if "FloatField" in (getattr(node, "attr", ""), getattr(node, "id", ""))
    )


def test_one_clock():
    house.refuse(
        f"{place} reads {owner_of(node)}.{node.attr}. Ask organizations.clock: now(), today(time_zone)."
        for place, node in nodes(*house.APPS, kind=ast.Attribute)
        if (owner_of(node), node.attr) in CLOCKS and not place.startswith(CLOCK)
    )


def test_names_say_what_is_inside():
    house.refuse(
        f"{source.name}: {', '.join(empty)} says nothing. Name it by its noun, or by its verbs in -ing."
        for source in house.sources(*EVERYWHERE)
        if not source.is_migration and (empty := EMPTY_NAMES & set(source.module.split(".")))
    )


def test_no_signals():
    house.refuse(
        f"{source.name}:{line} imports {name}. Call what is to happen from the verb, in its transaction."
        for source in house.sources(*house.APPS)
        for line, name in house.imports(source.tree)
        if name.startswith(SIGNALS)
    )


def test_no_saving_with_side_effects():
    house.refuse(
        f"{place} {node.name} overrides save(). What else shall happen belongs in a verb."
        for place, node in nodes(*house.APPS, kind=ast.ClassDef)
        if any(isinstance(method, ast.FunctionDef) and method.name == "save" for method in node.body)
    )


def test_patterns_work_on_the_first_python_311_too():
    """Possessive quantifiers and atomic groups are new in 3.11, and 3.11.2 (Debian 12) matches them wrongly."""
    house.refuse(
        f"{place} has a possessive quantifier or an atomic group. Write the pattern so that it needs none."
        for place, node in nodes(*house.PACKAGES, kind=ast.Constant)
        if isinstance(node.value, str) and re.search(r"[\])\w]\*\+|\(\?>", node.value)
    )


def test_nothing_is_left_undone():
    house.refuse(
        f"{source.name}:{number} leaves work undone. Do it now, or take it out."
        for source in house.sources(*EVERYWHERE)
        for number, line in enumerate(source.text.splitlines(), 1)
        if any(word in line for word in LEFT_UNDONE)
    )


def test_test_folders_are_packages():
    folders = {source.path.parent for source in house.sources("tests")}
    house.refuse(
        f"{folder.relative_to(house.ROOT)} needs an __init__.py, or its name shadows the app of the same name."
        for folder in sorted(folders)
        if not (folder / "__init__.py").is_file()
    )
