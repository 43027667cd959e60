"""The base of every admin on an organization's rows.

It reads only the chosen organization's rows and writes none: forms and buttons call verbs.
Its history is the audit trail, which the verbs write; Django's own log is left alone.
"""

from collections.abc import Sequence

from django.contrib.admin import ShowFacets
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePaginator

from organizations.actors import Actor
from organizations.backoffice import showing
from organizations.backoffice.histories import history_of
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Page, attempt, show
from organizations.backoffice.site import sentence
from organizations.tenants.models import Organization
from organizations.wire.figures import amounts_to


class Desk(ModelAdmin):
    """An admin whose permissions come from the role in the chosen organization, by ``resource``."""

    resource: str = ""
    place: Place | None = None
    actions = None
    paginator = InfinitePaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 0
    list_fullwidth = True
    list_filter_sheet = False
    empty_value_display = ""

    # -- Who may ------------------------------------------------------------------------------------

    def has_view_permission(self, request, obj=None) -> bool:
        return request.office.may("read", self.resource)

    def has_module_permission(self, request) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request, obj=None) -> bool:
        return request.office.may("write", self.resource)

    def has_add_permission(self, request) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def require(self, request: HttpRequest, action: str = "write") -> Actor:
        """The actor, if the role allows ``action`` here; PermissionDenied otherwise."""
        if not request.office.may(action, self.resource):
            raise PermissionDenied("Your role does not allow this.")
        return request.office.actor

    # -- Pages --------------------------------------------------------------------------------------

    def page_urls(self) -> list:
        """Further pages of an object: ``[("post", self.post_one)]`` becomes ``<id>/post/``."""
        return []

    def get_urls(self):
        info = (self.opts.app_label, self.opts.model_name)
        own = [
            path(f"<int:object_id>/{name}/", self.admin_site.admin_view(view), name="{}_{}_{}".format(*info, name))
            for name, view in self.page_urls()
        ]
        return own + super().get_urls()

    def address(self, page: str, *parts) -> str:
        """The address of one of this admin's pages."""
        return showing.address(self.model, page, *parts)

    def crumbs(self) -> list[tuple[str, str]]:
        """The way back to the list."""
        title = self.place.title if self.place else str(self.opts.verbose_name_plural)
        return [(title, self.address("changelist"))]

    def find(self, request: HttpRequest, object_id) -> object:
        """An object of the chosen organization; 404 for everything else, whoever owns it."""
        if not self.has_view_permission(request):
            raise PermissionDenied("Your role does not show this.")
        text = str(object_id)
        rows = self.get_queryset(request)
        found = rows.filter(pk=int(text)).first() if text.isascii() and text.isdigit() and len(text) < 19 else None
        if found is None:
            raise Http404("There is no such thing in this organization.")
        return found

    def go(self, page: str, *parts) -> HttpResponseRedirect:
        return HttpResponseRedirect(self.address(page, *parts))

    def act(self, request: HttpRequest, verb, back: str, done: str) -> HttpResponse:
        """A button's work: a message says what came of it."""
        answer, refusal = attempt(verb)
        if refusal is not None:
            self.message_user(request, sentence(refusal), "ERROR")
            return HttpResponseRedirect(back)
        self.message_user(request, done, "SUCCESS")
        return HttpResponseRedirect(answer if isinstance(answer, str) else back)

    def record(self, request: HttpRequest, obj) -> Page:
        """What the page of an object shows."""
        raise Http404()

    def changelist_view(self, request, extra_context=None):
        title = self.place.title if self.place else str(self.opts.verbose_name_plural).capitalize()
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        found = self.find(request, object_id)
        return show(self.admin_site, request, self.record(request, found))

    def add_view(self, request, form_url="", extra_context=None):
        raise Http404()

    def delete_view(self, request, object_id, extra_context=None):
        raise Http404()

    # -- Nothing but verbs writes -------------------------------------------------------------------

    def save_model(self, request, obj, form, change):
        raise PermissionDenied("Rows are written by verbs.")

    def delete_model(self, request, obj):
        raise PermissionDenied("Rows are deleted by verbs.")

    def delete_queryset(self, request, queryset):
        raise PermissionDenied("Rows are deleted by verbs.")

    def log_addition(self, request, obj, message):
        """The audit trail has it."""

    def log_change(self, request, obj, message):
        """The audit trail has it."""

    def log_deletions(self, request, queryset):
        """The audit trail has it."""


class TenantDesk(Desk):
    """An admin on rows of the chosen organization. A search for a figure also looks at its ``amount_fields``."""

    amount_fields: Sequence[str] = ()

    def get_queryset(self, request):
        organization = request.office.organization
        rows = self.model._default_manager.get_queryset()
        rows = rows.none() if organization is None else rows.of(organization)
        return rows.order_by(*self.get_ordering(request))

    def get_search_results(self, request, queryset, search_term):
        found, many = super().get_search_results(request, queryset, search_term)
        wanted = amounts_to(search_term, *self.amount_fields) if self.amount_fields else None
        if wanted is None:
            return found, many
        return queryset.filter(Q(pk__in=found.order_by().values("pk")) | wanted), False

    def history_view(self, request, object_id, extra_context=None):
        """The object's events, newest first."""
        found = self.find(request, object_id)
        return show(self.admin_site, request, history_of(request, found, self))


def organization_of(request: HttpRequest) -> Organization:
    """The chosen organization; 404 where the user has none."""
    if request.office.organization is None:
        raise Http404()
    return request.office.organization
