"""Webhooks in the back office: who hears of what, what was sent, and buttons to try, to rotate and to send again."""

from django import forms
from django.contrib.admin import register
from django.utils.html import format_html
from unfold.decorators import display

from organizations import ids
from organizations.backoffice import showing
from organizations.backoffice.days import DayRange
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, Table, form_page, show
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site
from organizations.backoffice.words import ByWord
from organizations.events.models import Event
from organizations.status import pulse
from organizations.webhooks.models import DELIVERY_STATUSES, STATUSES, Delivery, Webhook
from organizations.webhooks.subscribing import (
    create_webhook,
    delete_webhook,
    resend_delivery,
    rotate_secret,
    test_webhook,
    update_webhook,
)

pulse.backlog["Events on their way to webhooks"] = lambda: Delivery.objects.filter(status="queued").count()

LATEST = 25


class ByStatus(ByWord):
    """Filter by whether it is sent to."""

    title = "status"
    parameter_name = "status"
    words = STATUSES


class ByOutcome(ByWord):
    """Filter by what became of it."""

    title = "status"
    parameter_name = "status"
    words = DELIVERY_STATUSES


class ByCreation(DayRange):
    """Filter by the day (UTC) of the event."""

    title = "day"
    parameter_name = "created_at"
    instants = True


class WebhookForm(VerbForm):
    """Where to, and what of."""

    url = forms.CharField(max_length=2000, label="Address", help_text="HTTPS, at a host of the public internet.")
    events = forms.CharField(
        max_length=5000, initial="*", help_text="Types with spaces between; invoice.* for all of a kind, * for all."
    )
    description = forms.CharField(max_length=500, required=False)


class RotationForm(VerbForm):
    """How long the old secret signs, too."""

    overlap_hours = forms.IntegerField(min_value=0, max_value=168, initial=24)


def _read(fields: dict) -> dict:
    return fields | {"events": fields["events"].replace(",", " ").split()}


@register(Webhook, site=site)
class WebhookDesk(TenantDesk):
    """Addresses that hear of what happens."""

    resource = "webhooks"
    place = Place("Organization", 50, "Webhooks", "webhook")
    list_display = ["url", "description", "shown_events", "shown_status"]
    list_filter = [ByStatus]
    search_fields = ["url", "description"]
    search_help_text = "Address or description contains this"
    ordering = ["-created_at", "-id"]
    sortable_by = []

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    def page_urls(self):
        return [
            ("try", self.try_it),
            ("rotate", self.rotate),
            ("enable", self.enable),
            ("disable", self.disable),
            ("delete_webhook", self.remove),
        ]

    @display(description="Events")
    def shown_events(self, row):
        return ", ".join(row.events[:6]) + (" …" if len(row.events) > 6 else "")

    @display(description="Status")
    def shown_status(self, row):
        return showing.badge(row.status)

    def record(self, request, obj) -> Page:
        page = Page(title=str(obj), crumbs=self.crumbs(), badge=showing.badge(obj.status))
        waiting = Delivery.objects.of(obj.organization_id).filter(webhook=obj, status="queued").count()
        facts = [
            ("Waiting", f"{waiting:,}"),
            ("Disabled because", obj.disabled_reason),
            ("Secret", f"version {obj.secret_version}"),
            ("Old secret until (UTC)", showing.moment(obj.overlap_until)),
            ("Made (UTC)", showing.moment(obj.created_at)),
            ("Id", obj.public_id),
        ]
        page.facts = [(name, value) for name, value in facts if value]
        rows = Delivery.objects.of(obj.organization_id).filter(webhook=obj).order_by("-seq", "-pk")[:LATEST]
        page.tables = [_deliveries(list(rows))]
        page.buttons = self._buttons(request, obj)
        return page

    def _buttons(self, request, obj) -> list[Button]:
        found = [Button("History", self.address("history", obj.pk), icon="history")]
        if self.has_change_permission(request):
            if obj.status == "enabled":
                found.insert(0, Button("Send a trial", self.address("try", obj.pk), icon="send", post=True))
                found.append(Button("Disable", self.address("disable", obj.pk), icon="pause", post=True))
            else:
                url = self.address("enable", obj.pk)
                found.insert(0, Button("Enable", url, icon="resume", post=True, variant="primary"))
            found.append(Button("New secret", self.address("rotate", obj.pk), icon="key"))
        if request.office.may("delete", self.resource):
            url, ask = self.address("delete_webhook", obj.pk), "Delete it, with all that waits for it?"
            found.append(Button("Delete", url, icon="delete", post=True, variant="danger", confirm=ask))
        return found

    # -- Verbs -------------------------------------------------------------------------------------

    def _who(self, request, action: str = "write") -> dict:
        return {"actor": self.require(request, action), "organization": organization_of(request)}

    def _secret_page(self, request, row: Webhook, secret: str):
        """The only page that ever shows the secret."""
        page = Page(title=str(row), crumbs=self.crumbs(), intro="Copy the secret now; nobody can show it again.")
        page.facts = [("Secret", format_html('<code class="co-mono co-secret">{}</code>', secret))]
        page.buttons = [Button("Done", self.address("change", row.pk), icon="check", variant="primary")]
        return show(self.admin_site, request, page)

    def add_view(self, request, form_url="", extra_context=None):
        who = self._who(request)
        page = Page(title="New webhook", crumbs=self.crumbs(), submit="Make it", back=self.address("changelist"))

        def make(fields: dict):
            return self._secret_page(request, *create_webhook(**who, **_read(fields)))

        return form_page(self.admin_site, request, page, WebhookForm, make)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        found = self.find(request, object_id)
        page = self.record(request, found)
        if not self.has_change_permission(request):
            page.facts = [("Address", found.url), ("Events", ", ".join(found.events)), *page.facts]
            return show(self.admin_site, request, page)
        who = self._who(request)

        def change(fields: dict) -> str:
            update_webhook(**who, webhook_id=found.pk, changes=_read(fields))
            return self.address("change", found.pk)

        initial = {"url": found.url, "events": " ".join(found.events), "description": found.description}
        return form_page(self.admin_site, request, page, WebhookForm, change, obj=found, initial=initial, done="Saved.")

    def rotate(self, request, object_id):
        """Another secret; the old one runs out."""
        who, found = self._who(request), self.find(request, object_id)
        back = self.address("change", found.pk)
        page = Page(title="New secret", crumbs=[*self.crumbs(), (str(found), back)], submit="Make it", back=back)

        def turn(fields: dict):
            seconds = fields["overlap_hours"] * 3600
            return self._secret_page(request, *rotate_secret(**who, webhook_id=found.pk, overlap_seconds=seconds))

        return form_page(self.admin_site, request, page, RotationForm, turn)

    def try_it(self, request, object_id):
        """Send an event that is a trial."""
        return self._do(request, object_id, test_webhook, "It is on its way.")

    def enable(self, request, object_id):
        """Send again, also what waits."""
        return self._do(request, object_id, update_webhook, "It is enabled.", changes={"status": "enabled"})

    def disable(self, request, object_id):
        """Send nothing for now."""
        return self._do(request, object_id, update_webhook, "It is disabled.", changes={"status": "disabled"})

    def _do(self, request, object_id, verb, done: str, **more):
        who, found = self._who(request), self.find(request, object_id)
        if request.method != "POST":
            return self.go("change", found.pk)

        def act() -> None:
            verb(**who, webhook_id=found.pk, **more)

        return self.act(request, act, self.address("change", found.pk), done)

    def remove(self, request, object_id):
        """Delete it."""
        who, found = self._who(request, "delete"), self.find(request, object_id)
        if request.method != "POST":
            return self.go("change", found.pk)

        def delete() -> str:
            delete_webhook(**who, webhook_id=found.pk)
            return self.address("changelist")

        return self.act(request, delete, self.address("change", found.pk), "The webhook is deleted.")


@register(Delivery, site=site)
class DeliveryDesk(TenantDesk):
    """Events on their way to webhooks."""

    resource = "webhooks"
    place = Place("Organization", 51, "Webhook deliveries", "outbox")
    list_display = ["shown_made", "event_type", "entity_id", "shown_webhook", "attempts", "response_status",
                    "shown_status"]  # fmt: skip
    list_filter = [ByOutcome, ByCreation]
    search_fields = ["event_type", "entity_id"]
    search_help_text = "Type of event or id of its object contains this"
    list_select_related = ["webhook"]
    ordering = ["-id"]
    sortable_by = []

    def page_urls(self):
        return [("resend", self.resend)]

    @display(description="Made (UTC)")
    def shown_made(self, row):
        return showing.moment(row.created_at)

    @display(description="Webhook")
    def shown_webhook(self, row):
        return showing.link_to(Webhook, row.webhook_id, str(row.webhook)[:60])

    @display(description="Status")
    def shown_status(self, row):
        return showing.badge(row.status)

    def record(self, request, obj) -> Page:
        page = Page(title=str(obj), crumbs=self.crumbs(), badge=showing.badge(obj.status))
        facts = [
            ("Event", showing.link_to(Event, obj.event_id, f"{obj.event_type} {obj.seq}")),
            ("Of", obj.entity_id),
            ("To", showing.link_to(Webhook, obj.webhook_id, "the webhook")),
            ("Attempts", obj.attempts),
            ("Next attempt (UTC)", showing.moment(obj.next_attempt_at) if obj.status == "queued" else ""),
            ("Answer", obj.response_status),
            ("It said", obj.response_excerpt),
            ("Problem", obj.last_error),
            ("Took", f"{obj.duration_ms:,} ms" if obj.duration_ms is not None else ""),
            ("Delivered (UTC)", showing.moment(obj.delivered_at)),
            ("Id", ids.encode("WHD", obj.pk)),
        ]
        page.facts = [(name, value) for name, value in facts if value not in ("", None)]
        if obj.status != "queued" and self.has_change_permission(request):
            url = self.address("resend", obj.pk)
            page.buttons = [Button("Send again", url, icon="send", post=True, variant="primary")]
        return page

    def resend(self, request, object_id):
        """Send it once more."""
        actor, found = self.require(request), self.find(request, object_id)
        if request.method != "POST":
            return self.go("change", found.pk)

        def again() -> None:
            resend_delivery(
                actor=actor,
                organization=organization_of(request),
                webhook_id=found.webhook_id,
                delivery_id=found.pk,
            )

        return self.act(request, again, self.address("change", found.pk), "It will be sent again.")


def _deliveries(rows: list[Delivery]) -> Table:
    cells = [
        [
            showing.link_to(Delivery, row.pk, row.event_type),
            row.entity_id,
            showing.moment(row.created_at),
            f"{row.attempts}",
            row.response_status or "",
            showing.badge(row.status),
            row.last_error,
        ]
        for row in rows
    ]
    headers = ["Event", "Of", "Made (UTC)", "Attempts", "Answer", "Status", "Problem"]
    return Table("Latest deliveries", headers, cells, right=frozenset({3, 4}), empty="Nothing was sent yet.")
