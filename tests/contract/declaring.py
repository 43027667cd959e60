"""How a case of a route is declared."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.contract.estate import Estate, nowhere

ORGANIZATION = "organizations/<organization_id>"


@dataclass(frozen=True, slots=True)
class Case:
    """One route and method.

    ``unknown`` is the answer where an id of the path leads nowhere: 404, unless the path
    only narrows a list. ``query`` is what the route cannot do without, with `{account_id}`
    for that of the estate. ``hands_out`` marks calls that give away rights, which nobody
    can who holds fewer. ``refuses`` are further people (``*`` for all) who have the
    permission and are refused still, each with the code. ``overseen``: open to the parent
    of a linked child. ``reads``: its POST only asks.
    """

    resource: str
    status: int = 200
    body: Callable[[Estate], Any] | None = None
    path: dict[str, str] = field(default_factory=dict)
    query: str = ""
    unknown: int = 404
    overseen: bool = False
    hands_out: bool = False
    reads: bool = False
    refuses: dict[str, str] = field(default_factory=dict)
    public: bool = False

    def names_ids(self) -> bool:
        """Whether the body holds ids of an estate."""
        return self.body is not None and self.body(nowhere()) != self.body(nowhere())
