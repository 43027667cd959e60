"""Every route and method, with other organizations' ids and with every role, key and permission.

What is out of reach answers 404 exactly as an id that leads nowhere does; what is not
permitted is refused; and not a row changes. The routes come from the URL patterns.
"""

import re
from functools import partial

import pytest
from django.test import Client

from organizations.requests import opening
from organizations.wire.filtering import PublicId
from tests.cast import Api
from tests.contract.askers import KEYS, ROLES, may_call
from tests.contract.asking import ask, in_turn, send, told
from tests.contract.cases import CASES, METHODS, ORGANIZATION, address, back_office, every, name_of, routes
from tests.contract.estate import KINDS, nowhere
from tests.contract.one_wall import second_wall_alone
from tests.contract.scoped import PARTS, beyond, busy_case, shown, without_moments

pytestmark = [pytest.mark.xdist_group("tenant matrix"), pytest.mark.usefixtures("nothing_changes")]
#: So many requests at least; the matrix cannot shrink unseen.
SIZES = {
    "test_another_organization_answers_as_one_that_does_not_exist": 9_000,
    "test_an_id_in_other_letters_leads_no_further": 700,
    "test_objects_of_another_organization_do_not_exist_in_ones_own": 4_200,
    "test_what_was_deleted_answers_as_what_never_was": 150,
    "test_ids_of_another_organization_in_the_body_lead_nowhere": 700,
    "test_ids_of_another_organization_in_a_filter_find_nothing": 400,
    "test_a_cursor_or_an_order_of_another_organization_leads_nowhere": 900,
    "test_roles_and_permissions": 3_700,
    "test_only_a_live_key_opens_anything": 2_200,
    "test_methods_that_a_route_lacks_are_refused": 1_300,
    "test_a_linked_childs_books_stay_closed_to_its_parent": 1_200,
    "test_an_owned_childs_books_are_open_to_its_parent": 600,
}
every_case = pytest.mark.parametrize(("route", "method", "case"), list(every()), ids=name_of)

#: Who asks by key, and whose ids are out of reach then.
OUT_OF_REACH = {
    "alice": ("charlie", "gone", "sandbox", "clients_kid"),
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
    """Each asker with the organizations out of their reach."""
    for home, targets in OUT_OF_REACH.items():
        yield f"key of {home}", world.keys[home], [world[target] for target in targets]
    for person, targets in OUT_OF_A_PERSONS_REACH.items():
        yield person, world.people[person], [world[target] for target in targets]


@every_case
def test_another_organization_answers_as_one_that_does_not_exist(world, route, method, case):
    if "<" not in route or case.public:
        return  # names nothing in its path, or asks for nobody; its body and its filters are tested below
    for who, api, targets in asking_outside(world):
        lost = nowhere()
        nothing = told(ask(api, route, method, case, organization=lost), lost)
        for target in targets:
            answer = ask(api, route, method, case, organization=target)
            assert answer.status == 404, f"{who} at {target.books.organization}: {answer.body}"
            assert told(answer, target) == nothing, who


@every_case
def test_an_id_in_other_letters_leads_no_further(world, route, method, case):
    """Ids are read in either case: one's own are found so, and others' are not."""
    if "<" not in route or case.public:
        return
    home, targets = in_turn(list(OUT_OF_REACH.items()), route, method)
    lost, other, api = nowhere().shouted(), world[in_turn(targets, route, method)].shouted(), world.keys[home]
    nothing = told(ask(api, route, method, case, organization=lost), lost)
    assert told(ask(api, route, method, case, organization=other), other) == nothing, home
    if method == "GET" and "*" not in case.refuses:
        assert ask(world.keys["alice"], route, method, case, organization=world["alice"].shouted()).status == 200


@every_case
def test_head_is_refused_like_get(world, route, method, case):
    if method != "GET" or case.public:
        return
    assert send(world.people["empty key"], "HEAD", address(route, case, world["alice"], world["alice"])).status == 403
    if "<" in route:
        assert send(world.keys["kid"], "HEAD", address(route, case, world["alice"], world["alice"])).status == 404


@every_case
def test_a_linked_childs_books_stay_closed_to_its_parent(world, route, method, case):
    if ORGANIZATION not in route:
        return  # not within an organization
    target, lost = world["client"], nowhere()
    for api in (world.keys["alice"], world.people["owner"]):
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
    for api in (world.keys["alice"], world.people["owner"]):
        answer = ask(api, route, method, case, organization=world["kid"], query="?dry_run=true" * (method != "GET"))
        if refusal := case.refuses.get("*"):
            assert answer.error["code"] == refusal
        else:
            assert answer.status == case.status, answer.body


def foreign(world, route):
    """Each key at home with the estates of others; within one's own path, even those that one could reach."""
    for home, targets in OUT_OF_REACH.items():
        beneath = BENEATH.get(home, ()) if ORGANIZATION in route else ()
        yield world.keys[home], world[home], [world[target] for target in targets + beneath]


def one_foreign(world, route, method):
    """Each key at home with one of them, another for each route and method."""
    for api, home, others in foreign(world, route):
        yield api, home, in_turn(others, route, method, home.books.organization.name)


@every_case
def test_objects_of_another_organization_do_not_exist_in_ones_own(world, route, method, case):
    if address(route, case, world["kid"], world["kid"]) == address(route, case, world["kid"], world["alice"]):
        return  # names no object
    for api, home, others in foreign(world, route):
        lost = nowhere()
        nothing = told(ask(api, route, method, case, organization=home, objects=lost), lost)
        for other in others:
            answer = ask(api, route, method, case, organization=home, objects=other)
            assert answer.status == case.unknown, answer.body
            assert told(answer, other) == nothing


@every_case
def test_what_was_deleted_answers_as_what_never_was(world, route, method, case):
    named = set(re.findall(r"<(\w+)>", route)) - {"organization_id"}
    if {case.path.get(name, name) for name in named}.isdisjoint(world.deleted):
        return  # names nothing that is gone
    lost, home, api = nowhere(), world["gone"], world.keys["gone"]
    answer = ask(api, route, method, case, organization=home)
    assert told(answer, home) == told(ask(api, route, method, case, organization=home, objects=lost), lost)


@every_case
def test_ids_of_another_organization_in_the_body_lead_nowhere(world, route, method, case):
    if not case.names_ids():
        return  # no ids in the body
    for api, home, other in one_foreign(world, route, method):
        lost = nowhere()
        nothing = told(ask(api, route, method, case, organization=home, named=lost), lost)
        answer = ask(api, route, method, case, organization=home, named=other)
        # A batch answers for each of its items; here each must have failed.
        assert answer.status in (400, 404) or answer["summary"]["succeeded"] == 0, answer.body
        assert told(answer, other) == nothing


@pytest.mark.parametrize("who", ["key", "person"])
def test_an_overseer_makes_no_children_for_a_linked_child(world, who):
    api = world.keys["alice"] if who == "key" else world.people["owner"]
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

    for api, home, other in one_foreign(world, route, method) if kinds else ():
        unfiltered = ask(api, route, method, case, organization=home).data
        for name, kind in kinds.items():
            answer = ask(api, route, method, case, organization=home, query=f"?filters[{name}]={other[kind]}")
            # A child's own record names its parent. Whoever sees a row may filter by what stands in it.
            assert answer.data == [row for row in unfiltered if row.get(name_shown(name)) == other[kind]]
            assert not answer.data or route == "organizations"


@every_case
def test_a_cursor_or_an_order_of_another_organization_leads_nowhere(world, route, method, case):
    view = routes()[route]
    if method != "GET" or getattr(view, "actions", {}).get("get") != "list" or ORGANIZATION not in route:
        return  # no list of an organization's
    for api, home, other in one_foreign(world, route, method):
        lost, asked = nowhere(), partial(ask, api, route, method, case, organization=home)
        unsorted = told(asked(query=f"?sort={lost['organization_id']}"), lost)
        altered = told(asked(query="?cursor=bm90aGluZw.bm90aGluZw"), lost)
        assert told(asked(query=f"?sort={other['organization_id']}"), other) == unsorted
        for cursor in cursors_of(world, route, case, other):
            answer = asked(query=f"?cursor={cursor}")
            assert answer.error["code"] == "invalid_cursor"
            assert told(answer, lost) == altered


def cursors_of(world, route, case, estate) -> list[str]:
    """The cursor after the first row of an organization's list, where it has two."""
    home = next(name for name, each in world.estates.items() if each is estate)
    page = ask(world.keys[home], route, "GET", case, organization=estate, query="?limit=1")
    return [page["next_cursor"]] if page.body.get("next_cursor") else []


def name_shown(name: str) -> str:
    """The field of an answer that a filter reads."""
    return {"parent_id": "parent_organization_id"}.get(name, name)


# -- Roles and permissions ------------------------------------------------------------------------


@every_case
def test_roles_and_permissions(world, route, method, case):
    if case.public:
        return  # asks for nobody
    for who in (*ROLES, "superuser", *KEYS):
        may = may_call(who, route, method, case)
        # Whoever hands out rights must hold them: a key that only writes cannot make a reader.
        too_wide = {"write key": "permissions_too_wide"} if case.hands_out else {}
        refuses = too_wide | case.refuses
        code = refuses.get(who, refuses.get("*"))
        allowed = may and code is None
        query = "?dry_run=true" if allowed and method != "GET" else ""
        answer = ask(world.people[who], route, method, case, organization=world["alice"], query=query)
        assert answer.status == (case.status if allowed else 403), f"{who}: {answer.body}"
        if not allowed:
            assert answer.error["type"] == "authorization_error"
            assert answer.error["code"] == (code if may else "not_authorized"), who


# -- Keys that are for a part of the books ------------------------------------------------------------


def is_open(route: str, method: str) -> bool:
    """Whether a route shows a scoped key its part."""
    view = routes()[route]
    return method == "GET" and view.actions.get("get") in view.cls.open_to_scoped_keys


keyed = [each for each in every() if not each[2].public]
reads = [each for each in keyed if each[1] == "GET"]


@pytest.mark.parametrize(("route", "method", "case"), keyed, ids=name_of)
def test_a_scoped_key_is_refused_or_sees_its_part(world, route, method, case):
    estate = world["alice"]
    for who in PARTS if is_open(route, method) else ("quiet",):
        answer = ask(world.scoped[who], route, method, case, organization=estate)
        if not is_open(route, method):
            assert (answer.status, answer.error["code"]) == (403, "key_scope_refused"), who
        elif answer.status == 200:
            assert who == "busy" or not {word for word in beyond(estate, who) if word in shown(answer)}
        else:
            lost = nowhere()
            unknown = ask(world.scoped[who], route, method, case, organization=estate, objects=lost)
            assert told(answer, estate) == told(unknown, lost)
            assert answer.status == (400 if case.query else case.unknown)


@pytest.mark.parametrize(("route", "method", "case"), [each for each in reads if is_open(*each[:2])], ids=name_of)
def test_what_a_scoped_key_sees_is_what_everybody_sees(world, route, method, case):
    """To the byte, but for what moved on a bank account that the key is not for."""
    estate, busy, full = world["alice"], world.scoped["busy"], world.keys["alice"]
    case = busy_case(case)
    mine, all_of_it = (ask(api, route, method, case, organization=estate) for api in (busy, full))
    assert (mine.status, all_of_it.status) == (200, 200)
    if mine.body is None:
        return  # a PDF
    said, rows = without_moments(mine.body), without_moments(all_of_it.body)
    if "data" not in said:
        assert said == rows
        return
    assert said["data"] == [row for row in rows["data"] if row["id"] in {each["id"] for each in said["data"]}]
    counted = ask(busy, route, method, case, organization=estate, query="?include=total_count")
    assert counted["total_count"] == len(said["data"])


@pytest.mark.parametrize(("route", "method", "case"), reads, ids=name_of)
def test_the_database_alone_keeps_a_scoped_key_to_its_part(world, monkeypatch, route, method, case):
    """As if every route were open to such keys: the first wall is gone. Rates of taxes stand on everybody's papers."""
    if route == "chart-templates":
        return  # the product's own
    monkeypatch.setattr(opening, "BY_KEY", opening.BY_KEY.replace("opened.scope::text", "null"))
    said = shown(ask(world.scoped["quiet"], route, method, case, organization=world["alice"]))
    assert {word for word in beyond(world["alice"], "quiet") if word in said and not word.startswith("TAX_")} == set()


# -- Keys that are none ---------------------------------------------------------------------------


@every_case
def test_only_a_live_key_opens_anything(world, route, method, case):
    for secret, code in world.dead_keys.items():
        answer = ask(world.asker(Api(secret or None)), route, method, case, organization=world["alice"])
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
    api = world.keys["alice"]
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
    if path in ("/admin/login/", "/admin/password_reset/"):
        assert response.status_code == 200
    elif path.startswith("/admin/logout/"):
        assert (response.status_code, response["Location"]) == (302, "/admin/")
    else:
        assert response.status_code in (302, 404), path
        assert response.status_code == 404 or response["Location"].startswith("/admin/login/")


def test_each_wall_holds_alone_and_without_both_the_leak_is_seen(world, everything):
    """What is asked again with row-level security alone would fail if that let anything through."""
    find = "select qual from pg_policies where tablename = 'ledger_contact' and policyname = 'tenant_read'"
    policy = everything.execute(find).fetchone()[0]
    asked = partial(send, world.keys["kid"], "GET", f"/organizations/{world['kid']['organization_id']}/contacts")
    both = asked()
    everything.execute("alter policy tenant_read on ledger_contact using (true)")
    try:
        assert asked().body == both.body
        with second_wall_alone(), pytest.raises(AssertionError, match="was told of another organization"):
            asked()
    finally:
        everything.execute(f"alter policy tenant_read on ledger_contact using ({policy})")
    with second_wall_alone():
        assert asked().body == both.body


def test_the_matrix_is_not_smaller_than_it_was(world):
    """As many requests of each kind as there were, or more."""
    if world.tests["test_only_a_live_key_opens_anything"] < len(list(every())):
        pytest.skip("only a part of the matrix was asked for")
    assert {name: world.sent[name] for name, least in SIZES.items() if world.sent[name] < least} == {}
    assert sum(SIZES.values()) > 20_000
    assert world.watch.widened > 500, "the first wall was not switched off"
    assert world.watch.again >= {(route, method) for route, method, case in every() if ORGANIZATION in route}
