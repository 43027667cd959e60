"""Every answer is searched for what is out of its asker's reach: ids and marks of other organizations, in the body and
in the headers."""

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.cast import Answer, Api

#: Sixteen hexadecimal digits by themselves, and what stands before them: an id's prefix, or the M of a mark.
NUMBER = re.compile(r"(?:([a-z]{3})_|m)?(?<![0-9a-f])([0-9a-f]{16})(?![0-9a-f])")
#: What a parent reads of a linked child: its record and its keys.
OF_RECORDS = ("org", "key")

#: So manieth questions are asked again with row-level security alone; `make walls` asks all of them again.
EVERY = int(os.environ.get("CRANE_ONE_WALL_EVERY", "20"))
#: As many are asked of every case at least.
FEWEST = 12

WITH_IDS = """
    select c.table_name::text from information_schema.columns c
      join information_schema.columns o using (table_schema, table_name)
     where table_schema = 'public' and c.column_name = 'id' and o.column_name = 'organization_id'
       and c.data_type = 'bigint'
"""


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose books somebody may read, whose record and keys besides, and whose id alone: that of a parent."""

    books: frozenset[int] = frozenset()
    records: frozenset[int] = frozenset()
    ids: frozenset[int] = frozenset()

    def allows(self, kind: str | None, owners: set[int]) -> bool:
        if owners & self.books:
            return True
        return (kind in OF_RECORDS and bool(owners & self.records)) or (kind == "org" and bool(owners & self.ids))


def owners_of(connection) -> dict[int, set[int]]:
    """The organizations that each id belongs to: of their rows, of their people, and of themselves. By a superuser."""
    tables = [name for (name,) in connection.execute(WITH_IDS)]
    assert len(tables) > 60
    queries = [f"select id, organization_id from {table}" for table in tables if not table.startswith("pg_")]
    queries += ["select user_id, organization_id from organizations_membership"]
    queries += ["select id, id from organizations_organization"]
    found: dict[int, set[int]] = {}
    for number, owner in connection.execute(" union all ".join(queries)):
        found.setdefault(number, set()).add(owner)
    return found


@dataclass(slots=True)
class Watch:
    """Whose each id is, how many requests were answered, and which cases were asked again with one wall alone."""

    owners: dict[int, set[int]] = field(default_factory=dict)
    answered: int = 0
    asked: Counter = field(default_factory=Counter)
    again: set = field(default_factory=set)
    widened: int = 0

    def one_wall_too(self, route: str, method: str) -> bool:
        """Whether a question in books that are open to its asker is asked again: every so manieth of its case."""
        count = self.asked[route, method]
        self.asked[route, method] += 1
        chosen = count % EVERY == sum(map(ord, route + method)) % min(EVERY, FEWEST)
        if chosen:
            self.again.add((route, method))
        return chosen

    def strangers(self, sight: Sight, sent: str, answer: Answer) -> Iterator[str]:
        """The ids and marks in an answer that its asker may not see and has not sent."""
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        text = f"{headers}\n{answer.content.decode(errors='replace')}".lower()
        for found in NUMBER.finditer(text):
            owners = self.owners.get(int(found[2], 16))
            if owners and found[0] not in sent and not sight.allows(found[1], owners):
                yield found[0]

    def look(self, sight: Sight, sent: str, answer: Answer) -> None:
        self.answered += 1
        leaked = set(self.strangers(sight, sent.lower(), answer))
        assert leaked == set(), f"{sent} was told of another organization: {answer.body or answer.content}"


@dataclass(slots=True)
class Asker(Api):
    """Somebody who asks, and is watched."""

    sight: Sight = field(default_factory=Sight)
    watch: Watch | None = None

    def call(self, method: str, path: str, body=None, **more) -> Answer:
        answer = Api.call(self, method, path, body, **more)
        self.watch.look(self.sight, f"{method} {path} {body}", answer)
        return answer


def sight_of(books: Iterable[int], records: Iterable[int] = (), ids: Iterable[int] = ()) -> Sight:
    return Sight(frozenset(books), frozenset(records), frozenset(ids))
