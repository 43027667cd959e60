"""The base of every API view: one database transaction from key to answer.

Within it the request is opened (who, for which organization), counted against its rate
limit, permitted, and its Idempotency-Key claimed; then the handler calls a verb, and the
answer is rendered and kept for the key before the commit. A refusal or ``dry_run`` rolls
everything back. Deadlocks and serialization failures are tried again from the start.
"""

import io
import random
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework.authentication import SessionAuthentication
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from organizations import ids, scoping
from organizations.actors import Actor
from organizations.errors import (
    Busy,
    Invalid,
    NotAuthorized,
    NotFound,
    OrganizationArchived,
    PayloadTooLarge,
    RateLimited,
    Refusal,
    Unauthenticated,
    WrongIdKind,
)
from organizations.requests import claiming, limits, opening, preconditions
from organizations.requests.addresses import client_address
from organizations.requests.snapshots import one_snapshot
from organizations.wire import entity_tags
from organizations.wire.answering import answer
from organizations.wire.database_rules import DATABASE_ERRORS, is_retryable
from organizations.wire.filtering import ListField
from organizations.wire.listing import KeysetPaginator, ListBackend
from organizations.wire.query_strings import refuse_others
from organizations.wire.refusing import handle, translate
from organizations.wire.rendering import JSONRenderer, dumps

TRIES = 4
ACTIONS = {"GET": "read", "HEAD": "read", "DELETE": "delete"}
#: Refusals that depend on the state of the books are kept: a later retry must not succeed by luck.
KEPT_REFUSALS = (409, 422)


class Replay(Exception):
    """The claimed key already has its answer."""

    def __init__(self, kept: claiming.Kept):
        super().__init__()
        self.kept = kept


class TenantView(APIView):
    """A view on one organization's resource.

    ``resource`` is the name that permissions use. ``open_to_oversight`` lists the methods
    that a parent may use on a linked child; every other one answers 404 there.
    ``open_to_anyone`` lists the methods that need no key.
    """

    resource: str = ""
    open_to_oversight: tuple[str, ...] = ()
    open_to_anyone: tuple[str, ...] = ()
    metadata_class = None
    http_method_names = ["get", "post", "put", "patch", "delete", "head"]
    #: The largest body in bytes, where it is not that of the settings.
    largest_body: int | None = None
    #: Query parameters that writes take beside ``dry_run``; the handler reads them.
    write_parameters: Mapping[str, ListField] = {}
    filter_backends = [ListBackend]
    pagination_class = KeysetPaginator

    opened: opening.Opening
    claim: claiming.Claim | None
    allowance: limits.Allowance | None
    dry_run: bool
    kept: str | None

    @property
    def organization(self):
        """The organization that the path names, or the key's own."""
        return self.opened.organization

    @property
    def actor(self) -> Actor:
        return self.opened.actor

    def reads_one_snapshot(self, request) -> bool:
        """Whether all statements behind the answer to a GET must see the books at the same moment."""
        return False

    def page(self, rows: QuerySet, answers: Callable[[list], list[dict]]) -> Response:
        """One page of a list: filtered, ordered and cut as the query says, each row as ``answers`` shows it."""
        for backend in self.filter_backends:
            rows = backend().filter_queryset(self.request, rows, self)
        paginator = self.pagination_class()
        return paginator.get_paginated_response(answers(paginator.paginate_queryset(rows, self.request, view=self)))

    def read_id(self, name: str, prefix: str) -> int:
        """The key of the object that the path names in ``name``; NotFound for what cannot be an id."""
        try:
            return ids.decode(prefix, self.kwargs[name])
        except ids.WrongKind as problem:
            raise WrongIdKind(fields={name: str(problem)}) from problem
        except ids.MalformedId as problem:
            raise NotFound() from problem

    def read(self, serializer: type[Serializer], **options) -> dict:
        """The body, read by a serializer. Raises DRF's ValidationError, which becomes a 400 with the fields."""
        shape = serializer(data=self.request.data, **options)
        shape.is_valid(raise_exception=True)
        return shape.validated_data

    def hold(self) -> None:
        """Lock the object that the address names, for a write with a condition. Overridden where its writers lock
        something else first: in another order two of them would wait for each other."""
        preconditions.lock_row(self)

    def keeping(self, *, status: int) -> Callable[[dict], list[tuple[str, list]]]:
        """For a verb that sends it along with its own rows: what keeps the answer for the claimed key.

        It saves a round trip while rows are locked. An answer that turns out otherwise is kept as usual.
        """

        def statements(answer: dict) -> list[tuple[str, list]]:
            if self.claim is None:
                return []
            self.kept = claiming.without_secret(dumps(answer))
            return [claiming.keep_statement(self.claim, status=status, body=self.kept)]

        return statements

    # -- The transaction around a request ------------------------------------------------------

    def dispatch(self, request, *args, **kwargs):
        for attempt in range(TRIES):
            try:
                return self._attempt(request, *args, **kwargs)
            except DATABASE_ERRORS as problem:  # outside the handler: no connection, or a refusal at the commit
                if not is_retryable(problem):
                    return answer(request, translate(problem))
                time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311
        return answer(request, Busy())

    def _attempt(self, request, *args, **kwargs):
        self.claim = self.allowance = self.kept = None
        self.dry_run = False
        once = request.method == "GET" and self.reads_one_snapshot(request)
        with one_snapshot() if once else nullcontext(), transaction.atomic():
            response = self._finish(super().dispatch(request, *args, **kwargs))
            if response.status_code >= 400 or self.dry_run:
                transaction.set_rollback(True)
            elif self.claim is not None:
                body = claiming.without_secret(response.content)
                if body != self.kept:
                    claiming.keep(self.claim, status=response.status_code, body=body)
        # What passes by itself (Retry-After) is not kept: the same key may succeed in a moment.
        if self.claim is not None and response.status_code in KEPT_REFUSALS and "Retry-After" not in response:
            self._keep_refusal(response)
        return response

    def _finish(self, response):
        if hasattr(response, "render") and not response.is_rendered:
            response.render()
        if self.allowance is not None:
            for name, value in self.allowance.headers().items():
                response[name] = value
        return response

    def _keep_refusal(self, response) -> None:
        """A refusal rolled its claim back: claim the key again and keep the refusal for it."""
        with transaction.atomic():
            if isinstance(self.claim.owner, int):
                name = "overseen_id" if self.opened.oversight else "organization_id"
                scoping.bind(**{name: str(self.claim.owner), "reach": scoping.array([self.claim.owner])})
            with suppress(Refusal):  # the same key came again meanwhile and was answered first
                if claiming.take(self.claim) is None:
                    claiming.keep(self.claim, status=response.status_code, body=response.content.decode())

    # -- Before the handler --------------------------------------------------------------------

    def initial(self, request, *args, **kwargs):
        self.format_kwarg = None
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        self._read_body(request)
        self.opened = self._open(request, kwargs.get("organization_id"))
        self._count()
        self._permit(request, named="organization_id" in kwargs)
        if request.method in ("POST", "PUT", "PATCH", "DELETE"):
            # Who misspells a dry run must not post for good.
            refuse_others(request.query_params, ["dry_run", *self.write_parameters])
            self.dry_run = self._wants_dry_run(request)
            self._claim(request)
            preconditions.check(self, request)  # after the claim: a replay answers what was, and changes nothing
        elif entity_tags.names_object(self, kwargs):
            refuse_others(request.query_params, [])

    def _read_body(self, request) -> None:
        """Read the body once, so that a second attempt finds it again; beyond Django's limit where the view allows."""
        asked = request._request
        if self.largest_body is not None and not hasattr(asked, "_body"):
            if int(asked.META.get("CONTENT_LENGTH") or 0) > self.largest_body:
                raise PayloadTooLarge()
            asked._body = asked.read()
            asked._stream = io.BytesIO(asked._body)
        _ = request.body

    def _open(self, request, named: str | None) -> opening.Opening:
        origin = {
            "ip_address": client_address(request),
            "request_id": getattr(request._request, "request_id", None),
        }
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme:
            if scheme.lower() != "bearer" or not key.strip():
                raise Unauthenticated()
            return opening.open_by_key(key.strip(), opening.organization_number(named), **origin)
        user = getattr(request._request, "user", None)
        if user is not None and user.is_authenticated:
            SessionAuthentication().enforce_csrf(request)
            return opening.open_by_user(user, opening.organization_number(named), **origin)
        if request.method in self.open_to_anyone:
            return opening.Opening(
                actor=Actor(**origin), organization=None, oversight=False, opened_at=None, mode="live"
            )
        raise Unauthenticated()

    def _count(self) -> None:
        actor = self.actor
        if actor.api_key_id is None:
            return
        counted = self.request.META.get(limits.COUNTED)
        self.allowance = counted or limits.count(home_id=actor.home_id, key_id=actor.api_key_id, mode=self.opened.mode)
        if self.allowance.exceeded:
            raise RateLimited(retry_after=self.allowance.retry_after())

    def _permit(self, request, *, named: bool) -> None:
        anyone = self.actor.api_key_id is None and self.actor.user_id is None
        if anyone or (self.organization is None and not named):
            return
        if self.organization is None or (self.opened.oversight and request.method not in self.open_to_oversight):
            raise NotFound()
        action = ACTIONS.get(request.method, "write")
        if not self.actor.may(action, self.resource):
            raise NotAuthorized()
        if action != "read" and self.organization.status == "archived" and self.resource != "organizations":
            raise OrganizationArchived()

    def _wants_dry_run(self, request) -> bool:
        value = request.query_params.get("dry_run", "false")
        if value not in ("true", "false"):
            raise Invalid(fields={"dry_run": "dry_run is true or false."})
        return value == "true"

    def _claim(self, request) -> None:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return
        owner = self.organization.pk if self.organization is not None else (self.actor.ip_address or "::")
        data, files = self.meant(request)
        claim = claiming.Claim(
            owner=owner,
            key=claiming.valid_key(key),
            fingerprint=claiming.fingerprint(request.method, self._asked_as(request), data, files),
        )
        if self.dry_run:
            return
        kept = claiming.take(claim)
        if kept is not None:
            raise Replay(kept)
        self.claim = claim

    def meant(self, request) -> tuple[Any, dict[str, bytes]]:
        """What the body says, and its files: two requests with the same key must say the same."""
        files = {name: file.read() for name, file in request.FILES.items()}
        for file in request.FILES.values():
            file.seek(0)
        if not files:
            return request.data, {}
        fields = {name: request.data.getlist(name) for name in request.data if name not in files}
        return fields | {name: request.FILES[name].name for name in files}, files

    def _asked_as(self, request) -> str:
        """The address, and where no organization is named the user: several people may share a network address."""
        path = request.get_full_path()
        return path if self.organization is not None else f"{path} {self.actor.user_id}"

    # -- After the handler ---------------------------------------------------------------------

    def finalize_response(self, request, response, *args, **kwargs):
        try:
            preconditions.stamp(self, request, response)
        except (preconditions.NotModified, Refusal) as problem:
            response = self.handle_exception(problem)
        return super().finalize_response(request, response, *args, **kwargs)

    def handle_exception(self, exc):
        if isinstance(exc, preconditions.NotModified):
            return Response(status=304, headers={"ETag": entity_tags.quoted(exc.tag)})
        if isinstance(exc, Replay):
            response = HttpResponse(exc.kept.body, status=exc.kept.status, content_type="application/json")
            response["Idempotent-Replayed"] = "true"
            return response
        response = handle(exc, self.get_exception_handler_context())
        if response is None:
            raise exc
        response.exception = True
        # Whatever form was asked for, a refusal is JSON.
        self.request.accepted_renderer, self.request.accepted_media_type = JSONRenderer(), JSONRenderer.media_type
        return response


class TenantViewSet(ViewSetMixin, TenantView):
    """A resource's viewset: attributes, and handlers that call verbs."""
