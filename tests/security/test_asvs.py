"""The table of OWASP ASVS 5.0 (asvs.md) is complete, and every test that it names is there."""

import ast
import functools
import re

from tests.architecture.house import ROOT, refuse

TABLE = ROOT / "tests" / "security" / "asvs.md"
#: The level of each requirement, section by section, in the order of the standard (5.0.0).
LEVELS = {
    "1.1": "22", "1.2": "1111122223", "1.3": "112222222223", "1.4": "222", "1.5": "123",
    "2.1": "122", "2.2": "112", "2.3": "12223", "2.4": "23",
    "3.1": "3", "3.2": "113", "3.3": "12223", "3.4": "11222233", "3.5": "11122333", "3.6": "3", "3.7": "22333",
    "4.1": "12233", "4.2": "23333", "4.3": "22", "4.4": "1222",
    "5.1": "2", "5.2": "112333", "5.3": "113", "5.4": "222",
    "6.1": "122", "6.2": "111111112222", "6.3": "11223333", "6.4": "112233", "6.5": "22222333", "6.6": "2223",
    "6.7": "33", "6.8": "2222",
    "7.1": "222", "7.2": "1111", "7.3": "22", "7.4": "11222", "7.5": "223", "7.6": "22",
    "8.1": "1233", "8.2": "1123", "8.3": "133", "8.4": "23",
    "9.1": "111", "9.2": "1222",
    "10.1": "22", "10.2": "223", "10.3": "22223", "10.4": "1111122222233333", "10.5": "22222", "10.6": "22",
    "10.7": "222",
    "11.1": "2233", "11.2": "22233", "11.3": "11233", "11.4": "1222", "11.5": "23", "11.6": "23", "11.7": "33",
    "12.1": "12233", "12.2": "11", "12.3": "22223",
    "13.1": "2333", "13.2": "222223", "13.3": "2233", "13.4": "1222233",
    "14.1": "22", "14.2": "12223333", "14.3": "122",
    "15.1": "12233", "15.2": "12233", "15.3": "1222222", "15.4": "3333",
    "16.1": "2", "16.2": "22222", "16.3": "2222", "16.4": "222", "16.5": "2223",
    "17.1": "23", "17.2": "22223333", "17.3": "22",
}  # fmt: skip
#: Of level 3, these too: authorization, cryptography, concurrency, errors.
DEEPER = ("8.", "11.", "15.4.", "16.")
ROW = re.compile(r"\| ([0-9.]+) \| ([123]) \| ([^|]+) \| ([^|]+) \|")
TEST = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


def levels() -> dict[str, str]:
    return {f"{section}.{place}": level for section, all_ in LEVELS.items() for place, level in enumerate(all_, 1)}


def rows() -> list[tuple[str, str, str, str]]:
    """Each row: the requirement, its level, what it is about, and what answers it."""
    return [ROW.fullmatch(line).groups() for line in TABLE.read_text().splitlines() if re.match(r"\| [0-9]", line)]


@functools.cache
def functions_of(path: str) -> set[str]:
    file = ROOT / "tests" / path
    tree = ast.parse(file.read_text()) if file.exists() else ast.Module([], [])
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_the_levels_add_up_to_those_of_the_standard():
    counted = [list(levels().values()).count(level) for level in "123"]
    assert (counted, sum(counted)) == ([70, 183, 92], 345)


def test_every_requirement_of_levels_1_and_2_has_its_row():
    found = [number for number, *_ in rows()]
    wanted = {number for number, level in levels().items() if level < "3" or number.startswith(DEEPER)}
    refuse(f"{number} is not in the table" for number in sorted(wanted - set(found)))
    refuse(f"{number} is there twice" for number in found if found.count(number) > 1)
    refuse(
        f"{number} has level {levels().get(number)}" for number, level, *_ in rows() if levels().get(number) != level
    )


def test_every_row_names_tests_that_are_there_or_says_why_not():
    problems = []
    for number, _, _, answer in rows():
        named = TEST.findall(answer)
        problems += [f"{number}: {path} has no {name}" for path, name in named if name not in functions_of(path)]
        reason = answer.partition("xception: ")[2] or answer.partition("ot there: ")[2]
        if not named and len(reason) < 6:
            problems.append(f"{number} has neither a test nor a reason")
    refuse(problems)


def test_the_readme_counts_them():
    """What the README says of the table is what the table holds."""
    answers = [answer for number, _, _, answer in rows() if levels()[number] < "3"]
    tested = sum(bool(TEST.search(answer)) for answer in answers)
    exceptions = sum(answer.startswith("exception: ") for answer in answers)
    rest = len(answers) - tested - exceptions
    said = f"{tested} are answered by tests, {exceptions} are exceptions, and {rest} are about things"
    assert said in " ".join((ROOT / "README.md").read_text().split())
