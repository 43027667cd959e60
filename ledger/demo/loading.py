"""Building the demonstration companies, through the same verbs as everyone else.

Harbor Coffee Roasters is a live master organization with an owned child (its cafés) and a
linked one (a neighbour whose totals it oversees). Beside it stands a test-mode master for
``cl_test_`` keys: live and test trees never meet.
"""

import datetime
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.db import transaction

from ledger.accounts.models import Account
from ledger.accounts.opening import NewAccount, open_accounts
from ledger.demo.stories import ROASTERY_ACCOUNTS, Happening, roastery, small_shop
from ledger.demo.trading import tell_of_trade
from ledger.journal.drafts import Draft, Line
from ledger.journal.posting import create_transactions
from ledger.journal.reversing import reverse_transaction
from organizations import clock, scoping
from organizations.actors import ALL_ACTIONS, Actor, system
from organizations.directory.creating import create_child, currency_of, sign_up
from organizations.keys.minting import create_key
from organizations.requests.opening import open_by_user
from organizations.tenants.models import Organization
from organizations.users.models import User

ADMIN = "admin@harbor-coffee.example"
LIVE, SANDBOX = "harbor-coffee", "harbor-coffee-test"
TIME_ZONE = "America/New_York"
BATCH = 500
UNDONE_AFTER = datetime.timedelta(days=6)


#: What apps above this one add to the live company; they name it when they start.
additions: list[Callable[[Actor, Organization], None]] = []


@dataclass(frozen=True, slots=True)
class Access:
    """How to get in. The secrets are known to whoever made or renewed them, and to nobody later."""

    organization_id: str
    api_key: str
    test_organization_id: str
    test_api_key: str
    admin_username: str
    admin_password: str


def load(known: dict[str, str] | None = None) -> Access:
    """Build the demonstration, or find it.

    ``known`` is what an earlier call gave. If it still leads to the demonstration, nothing
    is changed. If it was lost or has become wrong while the companies are there, they keep
    their books and get new keys and a new password.
    """
    with transaction.atomic():
        found = _found()
        if found and known and _leads_to(known, found):
            return Access(**{name: known[name] for name in Access.__dataclass_fields__})
        password = secrets.token_urlsafe(12)
        if found:
            return _renewed(found, password)
        return _built(password)


def as_dict(access: Access) -> dict[str, str]:
    """The values by name, as ``.local/demo.json`` holds them."""
    return asdict(access)


def _found() -> dict[str, Organization]:
    """The demonstration's master organizations, by their mark."""
    admin = User.objects.filter(email=ADMIN).first()
    if admin is None:
        return {}
    open_by_user(admin, None, ip_address=None, request_id=None)
    marked = Organization.objects.filter(metadata__demo__in=(LIVE, SANDBOX), parent=None)
    found = {each.metadata["demo"]: each for each in marked}
    return found if found.keys() == {LIVE, SANDBOX} else {}


def _leads_to(known: dict[str, str], found: dict[str, Organization]) -> bool:
    wanted = {"organization_id": found[LIVE].public_id, "test_organization_id": found[SANDBOX].public_id}
    complete = all(known.get(name) for name in Access.__dataclass_fields__)
    return (
        complete
        and all(known[name] == value for name, value in wanted.items())
        and User.objects.get(email=ADMIN).check_password(known["admin_password"])
    )


def _renewed(found: dict[str, Organization], password: str) -> Access:
    admin = User.objects.get(email=ADMIN)
    admin.set_password(password)
    admin.save(update_fields=["password"])
    minted = {}
    for mark, organization in found.items():
        with scoping.acting_in(organization.pk):
            _, minted[mark] = create_key(
                actor=system("load_demo"),
                organization_id=organization.pk,
                mode=organization.mode,
                name="Demonstration key",
                permissions=list(ALL_ACTIONS),
            )
    return _access(found, minted, password)


def _access(found: dict[str, Organization], minted: dict[str, str], password: str) -> Access:
    return Access(
        organization_id=found[LIVE].public_id,
        api_key=minted[LIVE],
        test_organization_id=found[SANDBOX].public_id,
        test_api_key=minted[SANDBOX],
        admin_username=ADMIN,
        admin_password=password,
    )


def _built(password: str) -> Access:
    admin = User.objects.create_superuser(ADMIN, password, name="Ada Harbor")
    actor = Actor(user_id=admin.pk, permissions=list(ALL_ACTIONS))
    today = clock.today(TIME_ZONE)
    live, live_secret = _master("Harbor Coffee Roasters", LIVE, "live")
    with scoping.acting_in(live.pk):
        _open_sub_accounts(actor, live)
        tell(actor, live, roastery(today))
        tell_of_trade(actor, live, today)
        for add in additions:
            add(actor, live)
    cafes = _child(actor, live, "Harbor Cafés LLC", relationship_type="owned", billing_type="shared")
    bakery = _child(system("load_demo"), live, "Dockside Bakery", relationship_type="linked", billing_type="separate")
    for organization, seed, trade in ((cafes, 7, "Café on Front Street"), (bakery, 11, "Bread and pastries")):
        with scoping.acting_in(organization.pk):
            tell(actor, organization, small_shop(today, seed=seed, trade=trade))
    sandbox, sandbox_secret = _master("Harbor Coffee Roasters (test)", SANDBOX, "test")
    with scoping.acting_in(sandbox.pk):
        tell(actor, sandbox, small_shop(today, seed=3, trade="Test sales", count=2))
    return _access({LIVE: live, SANDBOX: sandbox}, {LIVE: live_secret, SANDBOX: sandbox_secret}, password)


def _master(name: str, mark: str, mode: str) -> tuple[Organization, str]:
    done = sign_up(
        actor=system("load_demo"),
        email=ADMIN,
        wishes={"chart_template": "small_business"},
        name=name,
        base_currency=currency_of("USD"),
        mode=mode,
        time_zone=TIME_ZONE,
        metadata={"demo": mark},
    )
    return done.organization, done.secret


def _child(actor: Actor, parent: Organization, name: str, **fields) -> Organization:
    return create_child(
        actor=actor,
        parent=parent,
        wishes={"chart_template": "small_business"},
        name=name,
        base_currency=parent.base_currency,
        time_zone=TIME_ZONE,
        **fields,
    )


def _open_sub_accounts(actor: Actor, organization: Organization) -> None:
    new = [
        NewAccount(code=code, name=name, type=kind, parent_code=parent, currency=currency)
        for code, name, kind, parent, currency in ROASTERY_ACCOUNTS
    ]
    open_accounts(actor=actor, organization=organization, accounts=new)


def tell(actor: Actor, organization: Organization, story: list[Happening]) -> None:
    """Write a story into the books of an organization that has the accounts which it names."""
    accounts = dict(Account.objects.of(organization).values_list("code", "pk"))
    for is_draft in (False, True):
        chosen = [each for each in story if each.is_draft == is_draft]
        for start in range(0, len(chosen), BATCH):
            part = chosen[start : start + BATCH]
            plans = create_transactions(
                actor=actor,
                organization=organization,
                drafts=[_draft(each, accounts) for each in part],
                auto_post=not is_draft,
            )
            for happening, plan in zip(part, plans, strict=True):
                if happening.undone_because:
                    _undo(actor, organization, happening, plan.transaction.pk)


def _undo(actor: Actor, organization: Organization, happening: Happening, transaction_id: int) -> None:
    reverse_transaction(
        actor=actor,
        organization=organization,
        transaction_id=transaction_id,
        reason=happening.undone_because,
        reversal_date=happening.date + UNDONE_AFTER,
    )


def _draft(happening: Happening, accounts: dict[str, int]) -> Draft:
    return Draft(
        lines=[
            Line(account_id=accounts[leg.code], entry_type=leg.side, amount=leg.amount, rate=leg.rate)
            for leg in happening.legs
        ],
        type=happening.type,
        date=happening.date,
        description=happening.description,
        reference_number=happening.reference,
    )
