"""What a request asks for, by the name that the reference has for it: what it is counted, priced and paid as."""

import re
from functools import cache

from organizations.requests import credits, limits, spool
from organizations.requests.errors import CreditsExhausted
from organizations.wire.naming import VERBS, operation_name

_VARIABLE = re.compile(r"<(?:\w+:)?(\w+)>")


def operation_of(request, view) -> str:
    """The name of what was asked for, as the reference has it."""
    found = getattr(request, "resolver_match", None)
    handler = getattr(view, "action_map", {}).get("get")
    method = "GET" if request.method == "HEAD" else request.method
    if found is None or method not in VERBS:
        return "unsupported"
    return _operation(found.route, method, handler == "list")


@cache
def _operation(route: str, method: str, is_list: bool) -> str:
    return operation_name("/" + _VARIABLE.sub(r"{\1}", route), method, is_list=is_list)[:80]


def charge_of(view) -> credits.Charge | None:
    """What an opened request must pay, where its organization must have the credits."""
    if view.organization is None:
        return None
    return credits.charge_for(view.organization.pk, operation_of(view.request._request, view))


def count(view) -> limits.Allowance:
    """Count an opened request of a key or a person, and take what it must pay."""
    actor, charge = view.actor, charge_of(view)
    if actor.api_key_id is not None:
        return limits.count(home_id=actor.home_id, key_id=actor.api_key_id, mode=view.opened.mode, charge=charge)
    number = None if view.organization is None else view.organization.pk
    return limits.count_person(organization_id=number, user_id=actor.user_id, mode=view.opened.mode, charge=charge)


def require_credits(view) -> None:
    """Raises CreditsExhausted where the pool did not have what the request costs."""
    if view.allowance is not None and view.allowance.unpaid:
        raise CreditsExhausted()


def note(view, request, response) -> None:
    """Count a request that was answered, and give back what one paid that was refused or had its answer before."""
    opened, refused = getattr(view, "opened", None), response.status_code >= 400
    replayed = "Idempotent-Replayed" in response
    if (refused or replayed) and view.allowance is not None and view.allowance.charge is not None:
        credits.give_back(view.allowance.charge)
    if opened is None:
        return
    request.actor = opened.actor  # for the security log
    if opened.organization is not None and not hasattr(request, "opening"):
        operation = credits.REPLAYED if replayed else operation_of(request, view)
        spool.note(opened.organization.pk, opened.actor.api_key_id, operation, refused=refused)
