"""A small world of organizations in every relation to one another, and everybody who may ask.

Alice ─ owned ─ Kid
      ├ owned ─ Sister
      └ linked ─ Client ─ owned ─ Client's kid
Charlie, a stranger          Gone, a stranger whose things were deleted          Sandbox, a test-mode stranger
"""

from collections import Counter
from dataclasses import dataclass, field

from django.test import Client

from organizations.keys.minting import create_key, revoke_key, rotate_key
from organizations.members.joining import add_member
from organizations.users.models import User
from tests.cast import ALL, Api, Books, open_books, open_child
from tests.contract.asking import send
from tests.contract.cases import CASES, ORGANIZATION, Case, address, name_in
from tests.contract.estate import PAST, Estate, furnish
from tests.contract.watching import Asker, Sight, Watch, sight_of
from tests.ledger.proof.books import wait_until_settled

#: Whose books a key reads, of whom the record and the keys alone, and whose id alone, from its own record.
SEEN = {
    "alice": (("alice", "kid", "sister"), ("client",), ()),
    "kid": (("kid",), (), ("alice",)),
    "sister": (("sister",), (), ("alice",)),
    "client": (("client", "clients_kid"), (), ("alice",)),
    "clients_kid": (("clients_kid",), (), ("client",)),
    "charlie": (("charlie",), (), ()),
    "sandbox": (("sandbox",), (), ()),
    "gone": (("gone",), (), ()),
}
ROLES = ("owner", "admin", "accountant", "viewer")
KEYS = {
    "full key": ["read", "write", "delete", "approve"],
    "read key": ["read"],
    "write key": ["write"],
    "accounts key": {"accounts": ["read"]},
    "mixed key": {"transactions": ["write"], "*": ["read"]},
    "empty key": [],
    "empty map key": {},
}


@dataclass(slots=True)
class World:
    """All estates by name, and everybody who may ask."""

    estates: dict[str, Estate]
    people: dict[str, Asker] = field(default_factory=dict)
    #: By an organization's name, with its first key.
    keys: dict[str, Asker] = field(default_factory=dict)
    dead_keys: dict[str, str] = field(default_factory=dict)
    scoped: dict[str, Asker] = field(default_factory=dict)
    watch: Watch = field(default_factory=Watch)
    #: Requests and tests, by the name of the test.
    sent: Counter = field(default_factory=Counter)
    tests: Counter = field(default_factory=Counter)
    #: What the estate of Gone names, and is no more.
    deleted: set[str] = field(default_factory=set)

    def __getitem__(self, name: str) -> Estate:
        return self.estates[name]

    def sight(self, home: str | None) -> Sight:
        """What whoever belongs to an organization may see."""
        parts = SEEN[home] if home else ((), (), ())
        return sight_of(*([self[name].number for name in part] for part in parts))

    def asker(self, api: Api, home: str | None = None) -> Asker:
        """Whoever speaks so, watched."""
        return Asker(api.key, api.base, api.client, self.sight(home), self.watch)


def build() -> World:
    """The world of the module's docstring."""
    alice = open_books("Alice's Bakery", email="alice@example.com")
    client = open_child(alice, "Client", relationship="linked")
    books = {
        "alice": alice,
        "kid": open_child(alice, "Kid"),
        "sister": open_child(alice, "Sister"),
        "client": client,
        "clients_kid": open_child(client, "Client's kid"),
        "charlie": open_books("Charlie's Garage", email="charlie@example.com"),
        "gone": open_books("Gone Goods", email="gone@example.com"),
        "sandbox": open_books("Sandbox", email="sandbox@example.com", mode="test"),
    }
    world = World({name: furnish(each) for name, each in books.items()})
    world.keys = {name: world.asker(Api(books[name].key), name) for name in SEEN}
    world.people = {**_sessions(world, books), **_narrow(world, alice)}
    world.dead_keys = _dead_keys(alice)
    world.deleted = _delete(world.keys["gone"], world["gone"])
    wait_until_settled()
    return world


def _delete(api: Asker, estate: Estate) -> set[str]:
    """Delete what can be deleted, and say by which names nothing is found any more."""
    routes = {route: cases["DELETE"] for route, cases in CASES.items() if "DELETE" in cases and name_in(route)}

    def sent(method: str, route: str) -> int:
        return send(api, method, address(route, routes[route], estate, estate)).status

    deleted = [route for route in routes if sent("DELETE", route) < 300]
    return {routes[route].path.get(name_in(route), name_in(route)) for route in deleted if sent("GET", route) == 404}


def _sessions(world: World, books: dict[str, Books]) -> dict[str, Asker]:
    """People by session: each role at Alice's, an owner of Kid only, staff without a membership, a superuser."""
    alice = books["alice"]
    users = {"owner": (alice.owner, "alice")}
    homes = {**{role: ("alice", role) for role in ROLES[1:]}, "owner of kid": ("kid", "owner")}
    for name, (home, role) in homes.items():
        organization_id = books[home].organization.pk
        with books[home].acting():
            email = f"{name.replace(' ', '-')}@example.com"
            member = add_member(actor=books[home].actor, organization_id=organization_id, email=email, role=role)
        users[name] = (member.user, home)
    users["owner without a token"] = users["owner"]
    users["staff"] = (User.objects.create_user("staff@example.com", None, is_staff=True), None)
    users["superuser"] = (User.objects.create_superuser("root@example.com", None), None)
    found = {}
    for name, (user, home) in users.items():
        client = Client(HTTP_HOST="localhost", enforce_csrf_checks=name == "owner without a token")
        client.force_login(user)
        found[name] = world.asker(Api(client=client), home)
    found["superuser"].sight = sight_of([estate.number for estate in world.estates.values()])
    return found


def _narrow(world: World, books: Books) -> dict[str, Asker]:
    return {name: world.asker(Api(books.key_for(permissions).key), "alice") for name, permissions in KEYS.items()}


def _dead_keys(books: Books) -> dict[str, str]:
    """Keys that once worked, or never did, each with the code of its refusal."""
    options = {"actor": books.actor, "organization_id": books.organization.pk, "mode": "live", "permissions": ALL}
    with books.acting():
        key, revoked = create_key(**options, name="Revoked")
        revoke_key(actor=books.actor, key=key)
        _, expired = create_key(**options, name="Expired", expires_at=PAST)
        key, rotated = create_key(**options, name="Rotated")
        rotate_key(actor=books.actor, key=key, mode="live", overlap_seconds=0)
    return {
        revoked: "api_key_revoked",
        expired: "api_key_expired",
        rotated: "api_key_expired",
        revoked[:-1] + ("b" if revoked[-1] == "a" else "a"): "invalid_api_key",
        f"cl_live_{'A' * 12}_{'b' * 43}": "invalid_api_key",
        "cl_live_short": "invalid_api_key",
        "": "not_authenticated",
    }


def role_may(role: str, resource: str, method: str) -> bool:
    """The table of roles, written down once more."""
    reads = method == "GET"
    return {
        "owner": True,
        "superuser": True,
        "admin": True,
        "accountant": reads or resource not in ("organizations", "members", "api-keys"),
        "viewer": reads and resource != "api-keys",
    }[role]


def key_may(key: str, resource: str, method: str) -> bool:
    """The same for the permissions of keys."""
    reads = method == "GET"
    return {
        "full key": True,
        "read key": reads,
        "write key": not reads,
        "accounts key": reads and resource == "accounts",
        "mixed key": method in ("POST", "PUT") if resource == "transactions" else reads,
        "empty key": False,
        "empty map key": False,
    }[key]


def may_call(who: str, route: str, method: str, case: Case) -> bool:
    method = "GET" if case.reads else method
    if who in KEYS:
        return key_may(who, case.resource, method)
    if ORGANIZATION in route:
        return role_may(who, case.resource, method)
    # A person asks here for themselves; a child needs a right in its parent.
    return method == "GET" or who in ("owner", "admin", "superuser")
