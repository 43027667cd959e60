"""The base of every API view: one database transaction from key to answer.

Within it the request is opened (who, for which organization), counted against its rate
limit, permitted, and its Idempotency-Key claimed; then the handler calls a verb, and the
answer is rendered and kept for the key before the commit. A refusal or ``dry_run`` rolls
everything back. Deadlocks and serialization failures are tried again from the start.
"""

import random
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from organizations import ids, scoping
from organizations.actors import Actor
from organizations.errors import (
    ApprovalRequired,
    Busy,
    CsrfFailed,
    NotAuthorized,
    NotFound,
    OrganizationArchived,
    RateLimited,
    Refusal,
    SecondFactorRequired,
    Unauthenticated,
    WrongIdKind,
)
from organizations.requests import bodies, claiming, limits, opening, operations, preconditions, replicas, slots
from organizations.requests.addresses import client_address
from organizations.requests.errors import KeyScopeRefused
from organizations.requests.snapshots import one_snapshot
from organizations.wire import entity_tags
from organizations.wire.answering import answer
from organizations.wire.choosing import valid
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
    ``open_to_anyone`` lists the methods that need no key. ``open_to_scoped_keys`` lists the actions
    that show a scoped key its part: their rows are all of tables that have a policy ``scoped_read``,
    and what they make of them is true of the part alone. Every other one refuses such a key.
    """

    resource: str = ""
    open_to_oversight: tuple[str, ...] = ()
    open_to_anyone: tuple[str, ...] = ()
    open_to_scoped_keys: tuple[str, ...] = ()
    metadata_class = None
    http_method_names = ["get", "post", "put", "patch", "delete", "head"]
    #: The largest body in bytes, where it is not that of the settings.
    largest_body: int | None = None
    #: Query parameters that writes take beside ``dry_run``; the handler reads them.
    write_parameters: Mapping[str, ListField] = {}
    #: Whether its writes may wait for approval as drafts. Not those that show or take a secret.
    stages: bool = True
    #: Whether its POST only asks: it takes the permission to read, and is no write.
    asks_by_post: bool = False
    #: Whether it does heavy work, of which an organization may have only so much at a time.
    heavy: bool = False
    #: Whether its writes come of one snapshot of the books.
    writes_one_snapshot: bool = False
    #: Whether its writes are open while the organization is archived.
    works_archived: bool = False
    filter_backends = [ListBackend]
    pagination_class = KeysetPaginator

    opened: opening.Opening
    prepared: replicas.Prepared | None
    claim: claiming.Claim | None
    allowance: limits.Allowance | None
    is_busy: bool
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
        """Whether all statements behind an answer must see the books at the same moment; asked of what only reads."""
        return False

    def is_heavy(self, request) -> bool:
        """Whether a request does heavy work."""
        return self.heavy

    def reads_replica(self, request) -> bool:
        """Whether a replica may answer, where there is one; asked of a GET: for reports, exports and PDFs."""
        return getattr(self, "action_map", {}).get("get") == "pdf"

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
        return valid(serializer(data=self.request.data, **options)).validated_data

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
        self.allowance, self.is_busy = None, False
        try:
            response = self._dispatch(request, *args, **kwargs)
        finally:
            if self.is_busy:
                slots.gate().leave(self.organization.pk)
        operations.note(self, request, response)
        return response

    def _dispatch(self, request, *args, **kwargs):
        self.prepared, by_primary = None, False
        for attempt in range(TRIES):
            try:
                if not by_primary and request.method == "GET" and self.reads_replica(request):
                    self.prepared = replicas.prepared(self._open, request, kwargs.get("organization_id"))
                return self._attempt(request, *args, **kwargs)
            except DATABASE_ERRORS as problem:  # outside the handler: no connection, or a refusal at the commit
                if self.prepared is not None and replicas.is_lost(problem):
                    self.prepared, by_primary = None, True
                    continue
                if not is_retryable(problem):
                    return answer(request, translate(problem))
                time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311
        return answer(request, Busy())

    def _attempt(self, request, *args, **kwargs):
        self.claim = self.kept = None
        self.dry_run = False
        reads = request.method == "GET" or (request.method == "POST" and self.asks_by_post)
        once = self.reads_one_snapshot(request) if reads else self.writes_one_snapshot
        place = nullcontext() if self.prepared is None else replicas.in_place()
        with place, one_snapshot() if once or self.prepared else nullcontext(), transaction.atomic():
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
        if self.prepared is not None:
            response[replicas.HEADER] = "replica"
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
        bodies.read(request, largest=self.largest_body)
        if self.prepared is not None:
            self.opened = self.prepared.open(names_snapshot=self.reads_one_snapshot(request))
        else:
            self.opened = self._open(request._request, kwargs.get("organization_id"))
        self._count()
        self._permit(request, named="organization_id" in kwargs)
        if request.method in ("POST", "PUT", "PATCH", "DELETE"):
            # Who misspells a dry run must not post for good.
            refuse_others(request.query_params, ["dry_run", *self.write_parameters])
            self.dry_run = bodies.asks_for_dry_run(request)
            self._refuse_direct()
            self._claim(request)
            operations.require_credits(self)  # after the claim: what was paid for once is answered again
            preconditions.check(self, request)  # after the claim: a replay answers what was, and changes nothing
        else:
            operations.require_credits(self)
            if entity_tags.names_object(self, kwargs):
                refuse_others(request.query_params, [])
        if self.organization is not None and self.is_heavy(request):
            self._take_slot()

    def _open(self, request, named: str | None) -> opening.Opening:
        within = getattr(request, "opening", None)
        if within is not None:  # a write that somebody else's request makes: a draft that is approved
            return within
        origin = {
            "ip_address": client_address(request),
            "request_id": getattr(request, "request_id", None),
        }
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme:
            if scheme.lower() != "bearer" or not key.strip():
                raise Unauthenticated()
            return opening.open_by_key(key.strip(), opening.organization_number(named), **origin)
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            try:
                SessionAuthentication().enforce_csrf(request)
            except PermissionDenied as problem:
                raise CsrfFailed() from problem
            if user.lacks_second_factor:
                raise SecondFactorRequired()
            return opening.open_by_user(user, opening.organization_number(named), **origin)
        if request.method in self.open_to_anyone:
            return opening.Opening(
                actor=Actor(**origin), organization=None, oversight=False, opened_at=None, mode="live"
            )
        raise Unauthenticated()

    def _count(self) -> None:
        if self.actor.is_nobody or hasattr(self.request._request, "opening"):
            return
        if self.allowance is None:  # not a second attempt
            self.allowance = self.request.META.get(limits.COUNTED) or operations.count(self)
        if self.allowance.exceeded:
            raise RateLimited(retry_after=self.allowance.retry_after())

    def _take_slot(self) -> None:
        if not self.is_busy:  # not a second attempt
            slots.gate().enter(self.organization.pk)
            self.is_busy = True
        slots.take(self.organization.pk)

    def _permit(self, request, *, named: bool) -> None:
        if self.actor.is_nobody or (self.organization is None and not named):
            return
        if self.organization is None or (self.opened.oversight and request.method not in self.open_to_oversight):
            raise NotFound()
        if self.actor.scope is not None and getattr(self, "action", None) not in self.open_to_scoped_keys:
            raise KeyScopeRefused()
        action = self._action(request)
        if not self.actor.may(action, self.resource):
            raise NotAuthorized()
        if action != "read" and self.organization.status == "archived" and not self.works_archived:
            raise OrganizationArchived()

    def _action(self, request) -> str:
        if self.asks_by_post and request.method == "POST":
            return "read"
        return ACTIONS.get(request.method, "write")

    def _refuse_direct(self) -> None:
        """Where writes wait for approval, only who may approve makes them at once."""
        if self.dry_run or self.asks_by_post or self.organization is None:
            return
        if not self.organization.require_draft_approval:
            return
        if self.resource != "drafts" and not self.actor.may("approve", self.resource):
            raise ApprovalRequired()

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
        if self.prepared is not None and replicas.is_lost(exc):
            raise exc
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
