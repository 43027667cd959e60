"""The cast: three people whom every test may meet, instead of factories.

Alice owns "Alice's Bakery" (USD, the small-business chart). Bob is a viewer there. Charlie is a stranger with books
of his own. `gather()` signs them up through the verbs; `api(key)` speaks HTTP for whoever holds the key.
The fixtures `cast` (rolled back) and `committed_cast` (a database of its own) give the same.
"""

import json
import pickle
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.test import Client

from ledger.accounts.models import Account
from organizations import ids, scoping
from organizations.actors import ALL_ACTIONS, Actor, system
from organizations.currencies.models import Currency
from organizations.directory.creating import create_child, sign_up
from organizations.keys.minting import create_key
from organizations.members.joining import add_member
from organizations.tenants.models import Organization
from organizations.users.models import User
from organizations.wire.rendering import dumps

ALL = list(ALL_ACTIONS)


@dataclass(slots=True)
class Answer:
    """What came back; ``body`` is JSON parsed with Decimal, ``content`` whatever came. ``answer["id"]`` reads a field.

    Unpacks to status and body.
    """

    status: int
    body: Any
    headers: Any
    content: bytes = b""

    def __getitem__(self, name):
        return self.body[name]

    def __iter__(self):
        return iter((self.status, self.body))

    @property
    def error(self) -> dict:
        """The error of a refusal: type, code, message, details."""
        return self.body["error"]

    @property
    def data(self) -> list[dict]:
        """The objects of a list."""
        return self.body["data"]


@dataclass(slots=True)
class Api:
    """HTTP as a client speaks it. Paths are below ``base``, unless they begin with two slashes (``//health``).

    A body may be anything that JSON can hold (Decimals stay exact), or text that is sent as it stands.
    ``idempotency_key="x"`` and other headers are keywords.
    """

    key: str | None = None
    base: str = ""
    client: Client = field(default_factory=lambda: Client(HTTP_HOST="localhost"))

    def call(
        self, method: str, path: str, body: Any = None, *, kind: str = "application/json", **headers: str
    ) -> Answer:
        if self.key:
            headers.setdefault("authorization", f"Bearer {self.key}")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {} if body is None else {"data": body if isinstance(body, str | bytes) else dumps(body)}
        where = path[1:] if path.startswith("//") else self.base + path
        response = self.client.generic(method, where, content_type=kind, headers=named, **sent)
        is_json = response.headers.get("Content-Type", "").startswith("application/json")
        content = response.getvalue()
        parsed = json.loads(content, parse_float=Decimal) if content and is_json else None
        return Answer(response.status_code, parsed, response.headers, content)

    def get(self, path: str = "", **headers) -> Answer:
        return self.call("GET", path, **headers)

    def post(self, path: str = "", body: Any = None, **headers) -> Answer:
        return self.call("POST", path, body, **headers)

    def put(self, path: str = "", body: Any = None, **headers) -> Answer:
        return self.call("PUT", path, body, **headers)

    def delete(self, path: str = "", **headers) -> Answer:
        return self.call("DELETE", path, **headers)


def api(key: str | None = None, base: str = "") -> Api:
    """HTTP with an API key (or with none)."""
    return Api(key, base)


def api_of(user: User, base: str = "") -> Api:
    """HTTP as a logged-in person, by session cookie."""
    speaking = Api(base=base)
    speaking.client.force_login(user)
    return speaking


@dataclass(slots=True)
class Books:
    """An organization with its chart, the person it belongs to, and HTTP with its first key below its path."""

    organization: Organization
    owner: User | None
    key: str
    api: Api
    accounts: dict[str, Account]

    @property
    def actor(self) -> Actor:
        """Whoever acts in a test that calls verbs: the system, which may do everything."""
        return system("test")

    def account(self, code: str) -> str:
        """The public id of the account with a code."""
        return self.accounts[code].public_id

    def acting(self, *, reach=()):
        """The scope in which verbs on these books are called."""
        return scoping.acting_in(self.organization.pk, reach=reach)

    def kept(self) -> tuple:
        """What ``again`` takes."""
        return self.organization, self.owner, self.key, self.accounts

    @classmethod
    def again(cls, organization: Organization, owner: User | None, key: str, accounts: dict) -> "Books":
        """The books of an organization, with a client of their own."""
        return cls(organization, owner, key, Api(key, path_of(organization)), accounts)

    def refresh(self) -> "Books":
        """Read the organization and its chart again."""
        with self.acting():
            self.organization = Organization.objects.get(pk=self.organization.pk)
            self.accounts = {account.code: account for account in Account.objects.of(self.organization)}
        return self

    def key_for(self, permissions: list | dict) -> Api:
        """HTTP with a new key of these books that may do only this."""
        with self.acting():
            _, secret = create_key(
                actor=self.actor,
                organization_id=self.organization.pk,
                mode=self.organization.mode,
                name="Narrow key",
                permissions=permissions,
            )
        return Api(secret, self.api.base)

    def entry(self, code: str, side: str, amount, **more) -> dict:
        """One entry of a request."""
        return {"account_id": self.account(code), "entry_type": side, "amount": amount, **more}

    def sale(self, amount="100.00", *, auto_post: bool = True, **more) -> dict:
        """The body of a cash sale: debit cash, credit sales."""
        entries = [self.entry("1001", "debit", amount), self.entry("4001", "credit", amount)]
        return {"description": "Cash sale", "type": "income", "entries": entries, "auto_post": auto_post, **more}


@dataclass(slots=True)
class Cast:
    """Alice owns, Bob is invited, Charlie is a stranger."""

    alices: Books
    charlies: Books
    bob: User

    @property
    def alice(self) -> User:
        return self.alices.owner

    @property
    def charlie(self) -> User:
        return self.charlies.owner

    def kept(self) -> bytes:
        """As of now, for ``again``."""
        return pickle.dumps([*self.alices.kept(), *self.charlies.kept(), self.bob])

    @classmethod
    def again(cls, kept: bytes) -> "Cast":
        """As it was kept, in objects of its own."""
        *books, bob = pickle.loads(kept)
        return cls(Books.again(*books[:4]), Books.again(*books[4:]), bob)

    def as_person(self, name: str) -> Api:
        """HTTP as ``alice``, ``bob`` or ``charlie``, logged in, below Alice's organization."""
        return api_of(getattr(self, name), self.alices.api.base)


def path_of(organization: Organization) -> str:
    """Where an organization's resources are."""
    return f"/organizations/{organization.public_id}"


def open_books(
    name: str,
    *,
    email: str | None = None,
    currency: str = "USD",
    mode: str = "live",
    chart: str | None = "small_business",
    **fields,
) -> Books:
    """Sign somebody up with a chart of accounts; the address is ``<first word of the name>@example.com``."""
    signed = sign_up(
        actor=Actor(ip_address="192.0.2.1"),
        email=email or f"{name.split()[0].lower()}@example.com",
        user_name=name.split()[0],
        wishes={"chart_template": chart},
        name=name,
        base_currency=Currency.objects.get(pk=currency),
        mode=mode,
        **fields,
    )
    speaking = Api(signed.secret, path_of(signed.organization))
    return Books(signed.organization, signed.owner, signed.secret, speaking, {}).refresh()


def open_child(
    parent: Books,
    name: str,
    *,
    relationship: str = "owned",
    chart: str | None = "small_business",
    currency: str | None = None,
) -> Books:
    """An organization below another, with its chart and a key of its own."""
    with parent.acting():
        child = create_child(
            actor=parent.actor,
            parent=parent.organization,
            wishes={"chart_template": chart},
            name=name,
            base_currency=Currency.objects.get(pk=currency) if currency else parent.organization.base_currency,
            relationship_type=relationship,
            billing_type="separate",
        )
    with scoping.acting_in(child.pk):
        _, secret = create_key(
            actor=parent.actor, organization_id=child.pk, mode=child.mode, name="First key", permissions=ALL
        )
    return Books(child, None, secret, Api(secret, path_of(child)), {}).refresh()


def gather() -> Cast:
    """The whole cast, with its books."""
    alices = open_books("Alice's Bakery", email="alice@example.com")
    charlies = open_books("Charlie's Garage", email="charlie@example.com")
    with alices.acting():
        bob = add_member(
            actor=alices.actor,
            organization_id=alices.organization.pk,
            email="bob@example.com",
            role="viewer",
            name="Bob",
        ).user
    return Cast(alices, charlies, bob)


def number_of(prefix: str, public_id: str) -> int:
    """The database's key behind a public id."""
    return ids.decode(prefix, public_id)
