"""The audit trail in the back office: to search and to read."""

from django.contrib.admin import SimpleListFilter, register
from django.utils.html import format_html
from unfold.decorators import display

from organizations import ids
from organizations.backoffice import histories, showing
from organizations.backoffice.days import DayRange
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Page, Table
from organizations.backoffice.records import TenantDesk
from organizations.backoffice.site import site
from organizations.backoffice.words import ByWord
from organizations.events.models import Event
from organizations.events.recording import EVENT_TYPES
from organizations.users.models import User


class ByType(ByWord):
    """Filter by the kind of event."""

    title = "event"
    parameter_name = "event_type"

    @property
    def words(self) -> list[str]:
        return sorted(EVENT_TYPES)


class ByEntity(ByWord):
    """Filter by what the event is about."""

    title = "entity"
    parameter_name = "entity_type"

    @property
    def words(self) -> list[str]:
        return sorted({name.split(".")[0] for name in EVENT_TYPES})


class ByUser(SimpleListFilter):
    """Filter by the member who did it."""

    title = "user"
    parameter_name = "user"

    def lookups(self, request, model_admin):
        members = User.objects.filter(memberships__organization=request.office.organization).order_by("email")
        return [(str(user.pk), str(user)) for user in members[:50]]

    def queryset(self, request, queryset):
        chosen = self.value() or ""
        if not chosen:
            return queryset
        return queryset.filter(user_id=int(chosen)) if chosen.isascii() and chosen.isdigit() else queryset.none()


class ByDay(DayRange):
    """Filter by the day (UTC) of the event."""

    title = "day"
    parameter_name = "timestamp"
    instants = True


@register(Event, site=site)
class EventDesk(TenantDesk):
    """What happened, who did it, and what changed."""

    resource = "events"
    place = Place("Audit", 10, "Events", "history")
    list_display = ["shown_time", "shown_type", "shown_entity", "shown_actor"]
    list_display_links = ["shown_time"]
    list_filter = [ByEntity, ByType, ByUser, ByDay]
    search_fields = ["entity_id__exact"]
    search_help_text = "The id of an object, such as TXN_0190a1b2c3d4e5f6"
    ordering = ["-seq"]
    sortable_by = []

    def has_change_permission(self, request, obj=None):
        return False

    def get_search_results(self, request, queryset, search_term):
        prefix, _, digits = search_term.strip().partition("_")
        wanted = f"{prefix.upper()}_{digits.lower()}" if digits else search_term.strip()
        return (queryset.filter(entity_id=wanted) if wanted else queryset), False

    def get_changelist_instance(self, request):
        """The names of the users of one page in one query."""
        changes = super().get_changelist_instance(request)
        changes.result_list = list(changes.result_list)
        names = histories.actors_of(changes.result_list)
        for event in changes.result_list:
            event.actor_name = names[event.pk]
        return changes

    @display(description="When (UTC)")
    def shown_time(self, event):
        return showing.moment(event.timestamp)

    @display(description="What")
    def shown_type(self, event):
        return event.event_type

    @display(description="About")
    def shown_entity(self, event):
        return event.entity_id

    @display(description="Who")
    def shown_actor(self, event):
        return event.actor_name

    def record(self, request, obj) -> Page:
        states = [
            (
                name,
                *[histories.spread(state.get(name)) if state else "" for state in (obj.before_state, obj.after_state)],
            )
            for name in sorted((obj.before_state or {}).keys() | (obj.after_state or {}).keys())
        ]
        changed = set(obj.changes or ())
        rows = [
            [
                format_html("<b>{}</b>", name) if name in changed else name,
                *[format_html('<pre class="co-mono">{}</pre>', text) for text in (before, after)],
            ]
            for name, before, after in states
        ]
        return Page(
            title=f"{obj.event_type} {obj.entity_id}",
            crumbs=self.crumbs(),
            facts=[
                ("When (UTC)", showing.moment(obj.timestamp)),
                ("Who", histories.actors_of([obj])[obj.pk]),
                ("User", obj.user_id and ids.encode("USR", obj.user_id)),
                ("API key", obj.api_key_id and ids.encode("KEY", obj.api_key_id)),
                ("Address", obj.ip_address),
                ("Request", obj.request_id),
                ("Event", ids.encode("EVT", obj.pk)),
                ("About", object_link(obj)),
            ],
            tables=[Table(title="Before and after", headers=["Field", "Before", "After"], rows=rows)],
        )

    def history_view(self, request, object_id, extra_context=None):
        return self.change_view(request, object_id)


def object_link(event: Event):
    """The object that an event is about, with a link where the back office shows such objects."""
    prefix = event.entity_id.partition("_")[0]
    for model, desk in site._registry.items():
        if getattr(model._meta.pk, "prefix", None) == prefix and model is not User:
            number = ids.decode(prefix, event.entity_id)
            return format_html('<a class="co-link" href="{}">{}</a>', desk.address("change", number), event.entity_id)
    return event.entity_id
