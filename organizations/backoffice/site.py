"""The back office itself: every page runs in one database transaction, within one organization's walls."""

import random
import re
import time
from collections.abc import Callable
from functools import update_wrapper

from django.contrib import messages
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from unfold.sites import UnfoldAdminSite

from organizations.backoffice.menus import OwnPage, menu
from organizations.backoffice.offices import CHOSEN, open_office, reachable
from organizations.errors import Busy, NotAuthorized, NotFound, Refusal
from organizations.wire.database_rules import DATABASE_ERRORS, is_retryable, refusal_of

TRIES = 4
SHOWN_CHOICES = 20

#: Puts the figures of the first page into its context; set by the app that knows them.
Dashboard = Callable[[HttpRequest], dict]


class Picker(AutocompleteJsonView):
    """Django's autocomplete, with the rows and the details that the model's admin wants shown."""

    def get_queryset(self):
        rows = super().get_queryset()
        narrow = getattr(self.model_admin, "autocomplete_rows", None)
        return narrow(rows) if narrow else rows

    def serialize_result(self, obj, to_field_name):
        extra = getattr(self.model_admin, "autocomplete_extra", None)
        return super().serialize_result(obj, to_field_name) | (extra(obj) if extra else {})


class BackOffice(UnfoldAdminSite):
    """The admin site of Crane Ledger. Nothing is deleted in bulk here, and no row is saved but by a verb."""

    enable_nav_sidebar = True

    def __init__(self, name: str = "admin"):
        super().__init__(name)
        self.disable_action("delete_selected")
        self.dashboard: Dashboard | None = None
        #: Pages that belong to no model, put here by the chapters that know them.
        self.pages: list[OwnPage] = []
        #: Addresses of pages that stand outside of every organization, likewise; the login is one.
        self.doors: list[URLPattern] = []

    # -- One transaction, one organization ---------------------------------------------------------

    def admin_view(self, view, cacheable=False):
        def scoped(request, *args, **kwargs):
            if hasattr(request, "office"):
                return view(request, *args, **kwargs)
            if request.user.lacks_second_factor:
                return redirect_to_login(request.get_full_path(), reverse("admin:second_factor"))
            return self._try(view, request, *args, **kwargs)

        return super().admin_view(update_wrapper(scoped, view), cacheable)

    def _try(self, view, request, *args, **kwargs) -> HttpResponse:
        for attempt in range(TRIES):
            try:
                return self._attempt(view, request, *args, **kwargs)
            except Refusal as refusal:
                return self._refused(request, refusal)
            except DATABASE_ERRORS as problem:
                if is_retryable(problem) and attempt + 1 < TRIES:
                    list(messages.get_messages(request))  # said by the attempt that was undone
                    time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311
                    continue
                refusal = Busy() if is_retryable(problem) else refusal_of(problem)
                if refusal is None or refusal.status >= 500:
                    raise
                return self._refused(request, refusal)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _attempt(self, view, request, *args, **kwargs) -> HttpResponse:
        """The page, rendered before the commit: a template that reads rows reads them within the walls."""
        with transaction.atomic():
            request.office = open_office(request)
            try:
                response = view(request, *args, **kwargs)
                if callable(getattr(response, "render", None)):
                    response = response.render()
            finally:
                del request.office
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def _refused(self, request, refusal: Refusal) -> HttpResponse:
        """What a verb refused outside a form: a message on the page that asked."""
        if isinstance(refusal, NotFound):
            raise Http404(refusal.message) from refusal
        if isinstance(refusal, NotAuthorized):
            raise PermissionDenied(refusal.message) from refusal
        if request.method != "POST":
            raise BadRequest(refusal.message) from refusal
        messages.error(request, sentence(refusal))
        return HttpResponseRedirect(self.way_back(request))

    def way_back(self, request) -> str:
        """The page that the user came from, if it is one of ours."""
        came_from = request.headers.get("Referer", "")
        ours = url_has_allowed_host_and_scheme(
            came_from, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )
        return came_from if ours else reverse("admin:index", current_app=self.name)

    # -- Pages of the site ---------------------------------------------------------------------------

    def extra_urls(self) -> list:
        return [
            *self.doors,
            path("choose/", self.admin_view(self.choose), name="choose"),
            path("choices/", self.admin_view(self.choices), name="choices"),
            *(path(f"{page.name}/", self.admin_view(self._own(page)), name=page.name) for page in self.pages),
        ]

    def _own(self, page: OwnPage):
        """The page, to whoever may do what it is for."""

        def shown(request) -> HttpResponse:
            if not page.is_open_to(request):
                raise PermissionDenied("Your role does not allow this.")
            return page.view(request)

        return shown

    def choose(self, request) -> HttpResponse:
        """Enter another organization: POST its key. Where the user may not go there is nothing."""
        number = request.POST.get("organization", "")
        if request.method != "POST" or not number.isascii() or not number.isdigit() or len(number) > 18:
            raise Http404()
        found = reachable().filter(pk=int(number)).first()
        if found is None:
            raise Http404()
        request.session[CHOSEN] = found.pk
        return HttpResponseRedirect(reverse("admin:index", current_app=self.name))

    def choices(self, request) -> HttpResponse:
        """Organizations whose name contains ``q``, for the header."""
        rows = reachable().filter(name__icontains=request.GET.get("q", "")[:200])[:SHOWN_CHOICES]
        return JsonResponse({"results": [{"id": str(row.pk), "name": row.name, "mode": row.mode} for row in rows]})

    def index(self, request, extra_context=None):
        """The dashboard of the chosen organization."""
        figures = self.dashboard(request) if self.dashboard and request.office.organization else {}
        request.current_app = self.name
        return TemplateResponse(
            request,
            "admin/backoffice/dashboard.html",
            {**self.each_context(request), "title": "Overview", **figures, **(extra_context or {})},
        )

    def app_index(self, request, app_label, extra_context=None):
        """Django's page of one app says nothing that the menu does not."""
        return HttpResponseRedirect(reverse("admin:index", current_app=self.name))

    def search(self, request, extra_context=None):
        """Pages of the menu, and what each chapter finds by a code or an id. Nothing is kept between users."""
        term = request.GET.get("s", "").strip()[:100]
        results = [
            {"title": item["title"], "description": group["title"], "link": item["link"]}
            for group in menu(request, self._registry, self.pages)
            for item in group["items"]
            if term and term.lower() in item["title"].lower()
        ]
        for model_admin in self._registry.values():
            find = getattr(model_admin, "search_everywhere", None)
            if term and find and model_admin.has_view_permission(request):
                results += find(request, term)
        return TemplateResponse(request, "unfold/helpers/search_results.html", {"results": results})

    def autocomplete_view(self, request):
        return Picker.as_view(admin_site=self)(request)

    def each_context(self, request):
        office = getattr(request, "office", None)
        context = super().each_context(request)
        if office is not None and not getattr(request, "is_popup", False):
            choices = list(reachable()[: SHOWN_CHOICES + 1])
            context |= {"office": office, "choices": choices[:SHOWN_CHOICES], "many": len(choices) > SHOWN_CHOICES}
        return context

    def get_sidebar_list(self, request):
        return [
            {**group, "items": self._get_navigation_items(request, group["items"])}
            for group in menu(request, self._registry, self.pages)
        ]

    def get_app_list(self, request, app_label=None):
        """The menu takes its place."""
        return []


#: A line of a transaction, as the API names it.
_LINE = re.compile(r"(?:entries|items)\[([0-9]+)\](?:\.\w+)?")


def sentence(refusal: Refusal) -> str:
    """A refusal in words, with the reason and the fields that it names."""
    parts = [refusal.message]
    if reason := refusal.details.get("reason"):
        parts.append(str(reason))
    for path_, problems in refusal.details.get("fields", {}).items():
        line = _LINE.fullmatch(path_)
        where = f"Line {int(line[1]) + 1}" if line else path_
        parts += [f"{where}: {problem}" for problem in problems if problem not in parts]
    if "difference" in refusal.details:
        parts.append(f"The difference is {refusal.details['difference']}.")
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts)


site = BackOffice()
