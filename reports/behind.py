"""What stands behind a figure: which of an account's entries add up to it, and the links that lead to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.urls import reverse

from ledger.journal.drafts import TYPES
from organizations import ids
from organizations.wire.filtering import MOST_CHOICES
from reports.figures import Chart, Place
from reports.periods import Period

ONLY, TYPE = "filters[account_id][in]", "filters[transaction_type]"


@dataclass(frozen=True, slots=True)
class Behind:
    """Entries of an account: not those of transactions of the types ``without``; of none that moved no cash where
    ``moves_cash``; with those of accounts ``below`` it, and of these ``only`` some if any are named."""

    without: tuple[str, ...] = ()
    moves_cash: bool = False
    below: bool = False
    only: tuple[int, ...] = ()

    def in_links(self) -> str:
        """The filters of a list of entries."""
        parts = []
        if self.below:
            parts.append("&include_children=true")
        if self.only:
            parts.append(f"&{ONLY}={','.join(ids.encode('ACT', number) for number in self.only)}")
        if len(self.without) == 1:
            parts.append(f"&{TYPE}[ne]={self.without[0]}")
        elif self.without:
            parts.append(f"&{TYPE}[in]={','.join(kind for kind in TYPES if kind not in self.without)}")
        if self.moves_cash:
            parts.append("&moves_cash=true")
        return "".join(parts)


#: All entries of the account itself.
ITS_OWN = Behind()
#: All but those that closed a year.
UNCLOSED = Behind(without=("closing",))


def behind_groups(
    chart: Chart,
    members: Sequence[Place],
    parents: Mapping[int, int | None],
    amounts: Mapping[int, Sequence[Any]],
    own: Behind = ITS_OWN,
) -> dict[int, Behind | None]:
    """What stands behind members that carry all members below them; None of one that no link can name.

    Where some of the accounts below it are no members, those that are and have ``amounts`` are named.
    """
    inside: dict[int, list[int]] = {place.number: [] for place in members}
    for place in reversed(members):
        parent = parents[place.number]
        if parent is not None:
            inside[parent] += [place.number, *inside[place.number]]
    below = chart.how_many_below()
    found: dict[int, Behind | None] = {}
    for number, numbers in inside.items():
        only = tuple(each for each in (number, *numbers) if any(amounts[each]))
        if not numbers:
            found[number] = own
        elif len(numbers) == below[number]:
            found[number] = replace(own, below=True)
        else:
            found[number] = replace(own, below=True, only=only) if len(only) <= MOST_CHOICES else None
    return found


def journal_page(link: str | None, period: Period | None) -> str | None:
    """The page of the back office with the entries of a period that a link of the API leads to; None of any other."""
    path, _, query = (link or "").partition("?")
    *_, account, last = ["", *path.split("/")]
    if last != "entries" or period is None:
        return None
    given = dict(parse_qsl(query))
    asked = {"account": ids.decode("ACT", account), "transaction_date_to": period.end.isoformat()}
    if period.start is not None:
        asked["transaction_date_from"] = period.start.isoformat()
    if "include_children" in given:
        asked["below"] = 1
    if ONLY in given:
        asked["only"] = ",".join(str(ids.decode("ACT", number)) for number in given[ONLY].split(","))
    if f"{TYPE}[ne]" in given:
        asked["types"] = ",".join(kind for kind in TYPES if kind != given[f"{TYPE}[ne]"])
    if f"{TYPE}[in]" in given:
        asked["types"] = given[f"{TYPE}[in]"]
    if "moves_cash" in given:
        asked["cash"] = 1
    return f"{reverse('admin:ledger_entry_changelist')}?{urlencode(asked)}"
