"""Every route and method, with other organizations' ids and with every role, key and permission.

What is out of reach answers 404 exactly as an id that leads nowhere does; what is not
permitted is refused; and not a row changes. The routes come from the URL patterns.
"""

import re
from functools import cache

import pytest
from django.test import Client

from organizations.wire.filtering import PublicId
from tests.cast import Api
from tests.contract.asking import ask, send, told
from tests.contract.cases import CASES, METHODS, ORGANIZATION, Case, address, back_office, every, name_of, routes
from tests.contract.estate import KEYS, KINDS, ROLES, nowhere

pytestmark = [pytest.mark.xdist_group("tenant matrix"), pytest.mark.usefixtures("nothing_changes")]
every_case = pytest.mark.parametrize(("route", "method", "case"), list(every()), ids=name_of)

#: Who asks by key, and whose ids are out of reach then.
OUT_OF_REACH = {
    "alice": ("charlie", "sandbox", "clients_kid"),
    "kid": ("alice", "sister", "client", "charlie"),
    "client": ("alice", "kid", "charlie"),
    "clients_kid": ("client", "alice"),
    "charlie": ("alice", "kid", "client"),
    "sandbox": ("alice",),
}
#: The same for people by session.
OUT_OF_A_PERSONS_REACH = {"owner": ("charlie", "clients_kid"), "owner of kid": ("alice", "sister"), "staff": ("kid",)}
#: What a parent's own route must not do with ids of a child's books, although it can reach some of these children.
BENEATH = {"alice": ("kid", "client"), "client": ("clients_kid",)}


def test_every_route_and_method_has_a_case():
    real = {
        (route, method.upper())
        for route, view in routes().items()
        for method in getattr(view, "actions", None) or {"get": None}
        if method != "head"  # the same as GET, which Django adds by itself; tested below
    }
    declared = {(route, method) for route, method, _ in every()}
    assert real == declared, "declare a case for each route and method in tests/contract/cases.py"


def asking_outside(world):
    """Each asker with an organization out of their reach."""
    for home, targets in OUT_OF_REACH.items():
        yield from ((f"key of {home}", Api(world[home].books.key), world[target]) for target in targets)
    for person, targets in OUT_OF_A_PERSONS_REACH.items():
        yield from ((person, world.people[person], world[target]) for target in targets)


@every_case
def test_another_organization_answers_as_one_that_does_not_exist(world, route, method, case):
    if "<" not in route or case.public:
        return  # names nothing in its path, or asks for nobody; its body and its filters are tested below
    for who, api, target in asking_outside(world):
        lost = nowhere()
        answer = ask(api, route, method, case, organization=target)
        assert answer.status == 404, f"{who} at {target.books.organization}: {answer.body}"
        assert told(answer, target) == told(ask(api, route, method, case, organization=lost), lost), who


@every_case
def test_head_is_refused_like_get(world, route, method, case):
    if method != "GET" or case.public:
        return
    assert send(world.people["empty key"], "HEAD", address(route, case, world["alice"], world["alice"])).status == 403
    if "<" in route:
        assert (
            send(Api(world["kid"].books.key), "HEAD", address(route, case, world["alice"], world["alice"])).status
            == 404
        )


@every_case
def test_a_linked_childs_books_stay_closed_to_its_parent(world, route, method, case):
    if ORGANIZATION not in route:
        return  # not within an organization
    target, lost = world["client"], nowhere()
    for api in (Api(world["alice"].books.key), world.people["owner"]):
        if case.overseen:
            answer = ask(api, route, method, case, organization=target, query="?dry_run=true" * (method != "GET"))
            assert answer.status == case.status, answer.body
        else:
            answer = ask(api, route, method, case, organization=target)
            assert answer.status == 404
            assert told(answer, target) == told(ask(api, route, method, case, organization=lost), lost)


@every_case
def test_an_owned_childs_books_are_open_to_its_parent(world, route, method, case):
    if ORGANIZATION not in route:
        return  # not within an organization
    for api in (Api(world["alice"].books.key), world.people["owner"]):
        answer = ask(api, route, method, case, organization=world["kid"], query="?dry_run=true" * (method != "GET"))
        assert answer.status == case.status, answer.body


def foreign(world, route):
    """Each home with the estate of another organization; within one's own path, even those that one could reach."""
    for table in (OUT_OF_REACH, BENEATH) if ORGANIZATION in route else (OUT_OF_REACH,):
        yield from ((world[home], world[target]) for home, targets in table.items() for target in targets)


@every_case
def test_objects_of_another_organization_do_not_exist_in_ones_own(world, route, method, case):
    if address(route, case, world["kid"], world["kid"]) == address(route, case, world["kid"], world["alice"]):
        return  # names no object
    for home, other in foreign(world, route):
        lost, api = nowhere(), Api(home.books.key)
        answer = ask(api, route, method, case, organization=home, objects=other)
        assert answer.status == case.unknown, answer.body
        assert told(answer, other) == told(ask(api, route, method, case, organization=home, objects=lost), lost)


@every_case
def test_ids_of_another_organization_in_the_body_lead_nowhere(world, route, method, case):
    if not case.names_ids():
        return  # no ids in the body
    for home, other in foreign(world, route):
        lost, api = nowhere(), Api(home.books.key)
        answer = ask(api, route, method, case, organization=home, named=other)
        # A batch answers for each of its items; here each must have failed.
        assert answer.status in (400, 404) or answer["summary"]["succeeded"] == 0, answer.body
        assert told(answer, other) == told(ask(api, route, method, case, organization=home, named=lost), lost)


@pytest.mark.parametrize("who", ["key", "person"])
def test_an_overseer_makes_no_children_for_a_linked_child(world, who):
    api = Api(world["alice"].books.key) if who == "key" else world.people["owner"]
    body = {"organization_name": "Twig", "parent_organization_id": world["client"]["organization_id"]}
    assert api.post("/organizations", body).status == (404 if who == "key" else 403)


@every_case
def test_ids_of_another_organization_in_a_filter_find_nothing(world, route, method, case):
    view = routes()[route]
    if method != "GET" or getattr(view, "actions", {}).get("get") != "list":
        return  # no list
    fields = getattr(view.cls, "list_fields", {})
    named = {name: field.prefix for name, field in fields.items() if isinstance(field, PublicId)}
    if "entity_id" in fields:
        named["entity_id"] = "TXN"
    kinds = {name: next((key for key, each in KINDS.items() if each == prefix), None) for name, prefix in named.items()}
    assert None not in kinds.values(), "put an object of every kind of id into the estates"

    @cache
    def unfiltered(key):
        return ask(Api(key), route, method, case, organization=homes[key]).data

    homes = {home.books.key: home for home, _ in foreign(world, route)}
    for home, other in foreign(world, route):
        for name, kind in kinds.items():
            api = Api(home.books.key)
            answer = ask(api, route, method, case, organization=home, query=f"?filters[{name}]={other[kind]}")
            # A child's own record names its parent. Whoever sees a row may filter by what stands in it.
            assert answer.data == [row for row in unfiltered(api.key) if row.get(name_shown(name)) == other[kind]]
            assert not answer.data or route == "organizations"


def name_shown(name: str) -> str:
    """The field of an answer that a filter reads."""
    return {"parent_id": "parent_organization_id"}.get(name, name)


# -- Roles and permissions ------------------------------------------------------------------------


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


@every_case
def test_roles_and_permissions(world, route, method, case):
    if case.public:
        return  # asks for nobody
    for who in (*ROLES, "superuser", *KEYS):
        may = may_call(who, route, method, case)
        # Whoever hands out rights must hold them: a key that only writes cannot make a reader.
        allowed = may and not (case.hands_out and who == "write key")
        query = "?dry_run=true" if allowed and method != "GET" else ""
        answer = ask(world.people[who], route, method, case, organization=world["alice"], query=query)
        assert answer.status == (case.status if allowed else 403), f"{who}: {answer.body}"
        if not allowed:
            assert answer.error["type"] == "authorization_error"
            assert answer.error["code"] == ("permissions_too_wide" if may else "not_authorized"), who


def may_call(who: str, route: str, method: str, case: Case) -> bool:
    if who in KEYS:
        return key_may(who, case.resource, method)
    if ORGANIZATION in route:
        return role_may(who, case.resource, method)
    # A person asks here for themselves; a child needs a right in its parent.
    return method == "GET" or who in ("owner", "admin", "superuser")


# -- Keys that are none ---------------------------------------------------------------------------


@every_case
def test_only_a_live_key_opens_anything(world, route, method, case):
    for secret, code in world.dead_keys.items():
        answer = ask(Api(secret or None), route, method, case, organization=world["alice"])
        if case.public:
            assert answer.status == case.status
            continue
        assert (answer.status, answer.error["code"]) == (401, code), answer.body
        assert answer.error["type"] == "authentication_error"


@every_case
def test_a_session_without_its_csrf_token_writes_nothing(world, route, method, case):
    if method == "GET" or case.public:
        return
    answer = ask(world.people["owner without a token"], route, method, case, organization=world["alice"])
    assert (answer.status, answer.error["type"]) == (403, "authorization_error"), answer.body


@pytest.mark.parametrize("route", list(CASES))
def test_methods_that_a_route_lacks_are_refused(world, route):
    api = Api(world["alice"].books.key)
    case = next(iter(CASES[route].values()))
    for method in {*METHODS, "OPTIONS", "TRACE"} - CASES[route].keys():
        answer = send(api, method, address(route, case, world["alice"], world["alice"]))
        assert (answer.status, answer.error["code"]) == (405, "method_not_allowed"), f"{method} {answer.body}"
        allowed = {each.strip() for each in answer.headers["Allow"].split(",")}
        assert allowed - {"HEAD"} == CASES[route].keys()


@pytest.mark.parametrize("route", [route for route, cases in CASES.items() if "GET" in cases and cases["GET"].public])
def test_what_can_only_be_read_says_so_to_a_browser_too(world, route):
    """A page elsewhere that sends a form here comes without a token, which is not what is wrong with it."""
    refused = Client(HTTP_HOST="localhost", enforce_csrf_checks=True).post(f"/{route}")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("route", back_office())
def test_the_back_office_asks_strangers_to_log_in(world, route):
    path = "/" + re.sub(r"<[^>]*>", "1", route)
    response = Client(HTTP_HOST="localhost").get(path)
    if path.startswith("/admin/login/"):
        assert response.status_code == 200
    elif path.startswith("/admin/logout/"):
        assert (response.status_code, response["Location"]) == (302, "/admin/")
    else:
        assert response.status_code in (302, 404), path
        assert response.status_code == 404 or response["Location"].startswith("/admin/login/")
