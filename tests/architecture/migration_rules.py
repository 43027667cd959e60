"""What a migration may not do to a product that is at work: rules over its SQL, each with a name and a way out.

While a release is rolled out, the code before it works on the schema after it. So a release only adds what the code
before it can ignore (expand), and takes away what no code uses since the release before (contract). And nothing may
hold a table for longer than a moment: PostgreSQL lets nobody pass who comes after a waiting `ALTER TABLE`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: name → what is wrong, and the way out.
RULES = {
    "not_null_without_default": (
        "the code before inserts rows without the column. Give it a db_default, or leave it null."
    ),
    "default_taken_away": "the code before inserts rows without the column. Let the default stay: db_default.",
    "not_null_set": (
        "all rows are read while nobody can write. Add a check (… is not null) NOT VALID, validate it in a "
        "later migration, and set NOT NULL after that, in one that says `# validated: <constraint>`."
    ),
    "column_rewritten": (
        "all rows may be written anew while nobody can read. Add another column; where it is only a longer "
        "varchar or text, say `# widens: <from what>`."
    ),
    "taken_away": (
        "the code before still uses it. Stop using it in one release, take it away in the next, and say `# "
        "contract: unused since <release>`."
    ),
    "renamed": (
        "the code before knows the old name. Add the new one, fill it, and take the old one away a release later."
    ),
    "index_while_none_writes": (
        "nobody can write while it is built. Use CREATE INDEX CONCURRENTLY in a migration with atomic = False."
    ),
    "concurrently_in_a_transaction": (
        "PostgreSQL refuses it. Set atomic = False, and put nothing else into the migration."
    ),
    "constraint_while_none_writes": (
        "all rows are read while nobody can write. Add it NOT VALID and validate it in a later migration; a "
        "unique one is made USING an index that was built CONCURRENTLY."
    ),
    "validated_while_held": (
        "the table is held by the ALTER before it in the same transaction. Validate in a later migration."
    ),
    "data_in_one_piece": (
        "rows stay locked until all are done. Work in batches with a commit after each, in a migration with "
        "atomic = False that says `# batches: <how many rows>` and can be run again."
    ),
    "lock_timeout_lifted": (
        "`manage.py migrate` gives up after two seconds and tries again, so that nobody waits behind it."
    ),
}
_NAME = r'(?:only\s+)?(?:if\s+(?:not\s+)?exists\s+)?(?:public\.)?"?(\w+)"?'
_CREATED = re.compile(rf"create\s+(?:unlogged\s+)?table\s+{_NAME}", re.I)
_INDEX = re.compile(rf"create\s+(?:unique\s+)?index\s+(concurrently\s+)?.*?\son\s+{_NAME}", re.I | re.S)
_ALTER = re.compile(rf"alter\s+table\s+{_NAME}\s+(.*)", re.I | re.S)
_DATA = re.compile(rf"(?:^|\b(?:begin|loop|then|else|as|\))\s+)(?:update|delete\s+from|insert\s+into)\s+{_NAME}", re.I)
_QUOTED = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.S)
_BODY = re.compile(r"(\$\w*\$)(.*?)\1", re.S)


@dataclass(frozen=True, slots=True)
class Step:
    """A migration: the SQL that PostgreSQL gets, its file, and whether it is one database transaction."""

    sql: str
    source: str = ""
    atomic: bool = True
    runs_python: bool = False

    def says(self, note: str) -> bool:
        """Whether a comment of the file gives the reason that a rule asks for."""
        return re.search(rf"^\s*#\s*{note}:\s*\S+", self.source, re.M) is not None


def broken(step: Step) -> list[str]:
    """The names of the rules that a migration breaks, each once, in the order of the rules."""
    found = set(_broken(step))
    return [name for name in RULES if name in found]


def _broken(step: Step) -> Iterator[str]:
    text = _QUOTED.sub(lambda match: "''" if match[0].startswith("'") else " ", step.sql)
    bodies = [match[2] for match in re.finditer(r"\bdo\s+" + _BODY.pattern, text, re.S | re.I)]
    outside = _BODY.sub("''", text)
    made = {name.lower() for name in _CREATED.findall(outside)}
    statements = [statement.strip() for statement in outside.split(";") if statement.strip()]
    for statement in statements:
        yield from _broken_by(statement, made, step)
    if not (step.says("batches") and not step.atomic):
        inside = [part.strip() for body in bodies for part in body.split(";")]
        touched = [name for part in (*statements, *inside) for name in _DATA.findall(part)]
        if step.runs_python or any(name.lower() not in made for name in touched):
            yield "data_in_one_piece"


def _broken_by(statement: str, made: set[str], step: Step) -> Iterator[str]:
    if re.match(r"set\s+(?:local\s+|session\s+)?lock_timeout", statement, re.I) and step.atomic:
        yield "lock_timeout_lifted"
    if re.match(r"drop\s+(?:table|view|sequence|type)\b", statement, re.I) and not step.says("contract"):
        yield "taken_away"
    index = _INDEX.match(statement)
    if index and index[2].lower() not in made:
        if not index[1]:
            yield "index_while_none_writes"
        elif step.atomic:
            yield "concurrently_in_a_transaction"
    altered = _ALTER.match(statement)
    if altered and altered[1].lower() not in made:
        for action in _actions(altered[2]):
            yield from _broken_by_action(" ".join(action.lower().split()), step)


def _broken_by_action(action: str, step: Step) -> Iterator[str]:
    column = re.match(r"(?:add|alter|drop|rename)\s+(?!constraint)(?:column )?", action)
    if action.startswith("add constraint") or re.match(
        r"add (?:check|unique|primary key|foreign key|exclude)\b", action
    ):
        if not re.search(r"not valid$|using index \S+", action):
            yield "constraint_while_none_writes"
    elif action.startswith("add ") and column:
        if " not null" in action and " default " not in action and " generated " not in action:
            yield "not_null_without_default"
        if re.search(r" (?:unique|primary key)\b", action):
            yield "constraint_while_none_writes"
    elif re.match(r"alter (?:column )?\S+ drop default", action):
        yield "default_taken_away"
    elif re.match(r"alter (?:column )?\S+ set not null", action):
        if not step.says("validated"):
            yield "not_null_set"
    elif re.match(r"alter (?:column )?\S+ (?:set data )?type ", action):
        if not step.says("widens"):
            yield "column_rewritten"
    elif action.startswith("rename"):
        yield "renamed"
    elif action.startswith("drop ") and not re.match(r"drop constraint", action):
        if not step.says("contract"):
            yield "taken_away"
    elif action.startswith("validate constraint") and step.atomic and _adds_unvalidated(step):
        yield "validated_while_held"


def _adds_unvalidated(step: Step) -> bool:
    return re.search(r"\bnot\s+valid\b", step.sql, re.I) is not None


def _actions(text: str) -> Iterator[str]:
    """The actions of one ALTER TABLE: what commas outside of parentheses divide."""
    depth, start = 0, 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            yield text[start:place].strip()
            start = place + 1
    yield text[start:].strip()
