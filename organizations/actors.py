"""Who does something: the first argument of every verb.

An actor is known by an API key, a logged-in user, or a named part of the system itself
(a background job, a management command). The event that a verb records names it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Action = Literal["read", "write", "delete", "approve"]
ALL_ACTIONS: tuple[Action, ...] = ("read", "write", "delete", "approve")
#: What cannot be mended afterwards: who may write everything may not do this, unless ``delete`` stands beside it.
GRAVE = frozenset({"deletion"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """An acting key, user or part of the system, with what it may do.

    ``permissions`` is the contract's form: a list of actions for everything
    (``["read", "write"]``, where write includes delete), or a map from resource
    (named as its path) to actions, where ``*`` stands for every other resource. The deletion of the organization is
    for who is named ``delete`` for everything, or whose map names ``deletion``. Who may ``approve``
    makes drafts of others happen, and needs no approval where the organization asks for it.
    ``scope`` is what a scoped key sees, ids by kind (``account_ids``, ``contact_ids``); None: everything. It, the
    networks that the key works from and its end are limits that a key it makes has too.
    """

    api_key_id: int | None = None
    user_id: int | None = None
    system: str | None = None
    home_id: int | None = None
    ip_address: str | None = None
    request_id: str | None = None
    permissions: list | dict = field(default_factory=list)
    scope: dict | None = None
    allowed_addresses: tuple[str, ...] = ()
    expires_at: datetime | None = None

    @property
    def is_nobody(self) -> bool:
        """Whether no key and no person is known: somebody who asks what anyone may."""
        return self.api_key_id is None and self.user_id is None

    def may(self, action: Action, resource: str) -> bool:
        """Whether the actor may do ``action`` on ``resource`` (deny unless granted)."""
        return action in granted(self.permissions, resource)


def granted(permissions: list | dict, resource: str) -> frozenset[str]:
    """The actions that ``permissions`` grant on one resource."""
    if isinstance(permissions, dict) and resource in permissions:
        return frozenset(permissions[resource])
    actions = frozenset(permissions.get("*", ()) if isinstance(permissions, dict) else permissions)
    if resource in GRAVE and "delete" not in actions:
        return actions & {"read"}
    return actions | {"delete"} if "write" in actions and isinstance(permissions, list) else actions


def covers(wide: list | dict, narrow: list | dict) -> bool:
    """Whether ``wide`` grants at least what ``narrow`` grants, on every resource.

    A key may only make keys that can do no more than it can itself.
    """
    named = set()
    for permissions in (wide, narrow):
        if isinstance(permissions, dict):
            named |= permissions.keys()
    # "" stands for any resource that neither side names.
    return all(granted(narrow, resource) <= granted(wide, resource) for resource in named | GRAVE | {""})


def covers_scope(wide: dict | None, narrow: dict | None) -> bool:
    """Whether who sees ``wide`` sees all of ``narrow``."""
    if wide is None or narrow is None:
        return wide is None
    return all(set(narrow[kind]) <= set(wide[kind]) for kind in narrow)


def system(name: str) -> Actor:
    """The system itself, e.g. ``system("import_journal")``: may do everything."""
    return Actor(system=name, permissions=list(ALL_ACTIONS))
