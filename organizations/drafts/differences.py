"""What a draft would change and what it sends, as tables for who decides: with names beside the ids."""

import re
from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html

from organizations import ids
from organizations.backoffice.histories import plain, spread
from organizations.backoffice.pages import Table
from organizations.drafts.models import Draft
from organizations.drafts.operations import operation
from organizations.requests.preconditions import models_by_prefix
from organizations.wire.rendering import dumps

#: Ids that are shown with a name, by prefix, and the resource that one must be allowed to read for it.
NAMED = {"ACT": "accounts", "CON": "contacts"}
MOST_NAMED = 1000
#: So many failing items of a batch are shown.
MOST_SHOWN = 20

ID = re.compile(rf"\b({'|'.join(NAMED)})_[0-9a-f]{{16}}\b", re.IGNORECASE)


class Differences:
    """The tables of one draft."""

    def __init__(self, request: HttpRequest, row: Draft):
        self.row = row
        self.names = _names(request, dumps([row.parameters, row.payload, row.current, row.preview]).decode())

    def changes(self) -> Table:
        """Field by field, what is and what would be."""
        now, then = self.row.current or {}, self.row.preview if isinstance(self.row.preview, dict) else {}
        same_object = not now or now.get("id") == then.get("id")
        left_out = then.get("left_out", [])
        names = [
            name
            for name in then
            if name not in ("updated_at", "left_out") and (not same_object or now.get(name) != then[name])
        ]
        cells = [
            [name, self._shown(now.get(name)) if same_object and now else "", self._shown(then[name])]
            for name in names
            if then[name] not in (None, "", [], {}) or now.get(name)
        ]
        cells += [[name, "", "It is too long to be shown here."] for name in left_out]
        return Table("What it would change", ["Field", "Is", "Would be"], cells, empty=self._nothing())

    def sent(self) -> Table:
        """The body of the request."""
        cells = [[name, self._shown(value)] for name, value in self.row.payload.items()]
        return Table("What it sends", ["Field", "Value"], cells, empty="Nothing but its address.")

    def problem(self) -> str:
        """What the dry run said: of a batch how many items fail, and what the first ones lack."""
        found = self.row.problems
        if not found:
            return ""
        failing, summary = found["details"].get("results"), found["details"].get("summary")
        if not failing or not summary:
            return _sentences(found)
        count, of = summary["failed"], sum(summary.values())
        parts = [f"{count:,} of {of:,} items {'fails' if count == 1 else 'fail'}."]
        parts += [f"Item {each['index']}: {_sentences(each['error'])}" for each in failing[:MOST_SHOWN]]
        return " ".join([*parts, "…"] if count > MOST_SHOWN else parts)

    def named(self, text: str) -> str:
        """A text with the name of what they are of after its ids."""
        return ID.sub(lambda found: self._with_name(found[0]), text)

    def _with_name(self, public_id: str) -> str:
        name = self.names.get(public_id.upper())
        return f"{public_id} ({name})" if name else public_id

    def _nothing(self) -> str:
        if self.row.valid is False:
            return "Nothing: the dry run was refused."
        if self.row.preview is None and operation(self.row.operation).method == "DELETE":
            return "It answers nothing, as a deletion does."
        return "Nothing: what there is would stay as it is."

    def _shown(self, value: Any):
        text = spread(value) if isinstance(value, (dict, list)) else plain(value)
        return format_html('<pre class="co-mono">{}</pre>', self.named(text))


def _sentences(error: dict) -> str:
    parts = [error["message"]]
    for place, problems in error["details"].get("fields", {}).items():
        parts += [f"{place}: {problem}" for problem in problems]
    return " ".join(part if part.endswith(".") else f"{part}." for part in parts)


def _names(request: HttpRequest, text: str) -> dict[str, str]:
    """The names of what a text has ids of, as far as the user may read them; a query for each kind."""
    wanted: dict[str, set[int]] = {}
    for found in list(dict.fromkeys(match[0].upper() for match in ID.finditer(text)))[:MOST_NAMED]:
        prefix = found.partition("_")[0]
        if request.office.may("read", NAMED[prefix]):
            wanted.setdefault(prefix, set()).add(ids.decode(prefix, found))
    names = {}
    for prefix, numbers in wanted.items():
        rows = models_by_prefix()[prefix].objects.of(request.office.organization).filter(pk__in=numbers)
        names |= {ids.encode(prefix, row.pk).upper(): str(row) for row in rows}
    return names
