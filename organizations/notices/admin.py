"""What members are written to about, in the back office: one's own on a page, everybody's for who manages members."""

from django import forms
from django.contrib.admin import register
from django.http import HttpResponse
from unfold.decorators import display

from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.menus import OwnPage, Place
from organizations.backoffice.pages import Button, Page, form_page, show
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site
from organizations.backoffice.words import ByWord
from organizations.members.models import Membership
from organizations.notices.choosing import choose, settings_of
from organizations.notices.kinds import KINDS
from organizations.notices.models import DELIVERIES, NoticeSettings

WHEN = {"off": "Not at all", "at_once": "As it happens", "daily": "Once a day, in the morning"}


class NoticeForm(VerbForm):
    """When, and about what."""

    delivery = forms.ChoiceField(choices=[(name, WHEN[name]) for name in DELIVERIES], label="Write to me")
    includes_owned = forms.BooleanField(required=False, label="Also about the organizations that this one owns")

    def prepare(self) -> None:
        for kind in KINDS.values():
            self.fields[kind.name] = forms.BooleanField(required=False, label=kind.title)


class ByDelivery(ByWord):
    """Filter by when it is written."""

    title = "delivery"
    parameter_name = "delivery"
    words = DELIVERIES


def _read(fields: dict) -> dict:
    return {
        "delivery": fields["delivery"],
        "includes_owned": fields["includes_owned"],
        "kinds": [name for name in KINDS if fields[name]],
    }


def _initial(row: NoticeSettings | None) -> dict:
    if row is None:
        return {"delivery": "off"} | dict.fromkeys(KINDS, True)
    chosen = {name: name in row.kinds for name in KINDS}
    return {"delivery": row.delivery, "includes_owned": row.includes_owned} | chosen


@register(NoticeSettings, site=site)
class NoticeDesk(TenantDesk):
    """Who is written to about what."""

    resource = "members"
    place = Place("Organization", 21, "Notifications", "notifications")
    list_display = ["shown_member", "delivery", "shown_kinds", "includes_owned"]
    list_select_related = ["membership__user"]
    list_filter = [ByDelivery]
    search_fields = ["membership__user__email"]
    search_help_text = "E-mail contains this"
    ordering = ["membership__user__email", "id"]
    sortable_by = []

    @display(description="Member")
    def shown_member(self, row):
        return row.membership.user.email

    @display(description="About")
    def shown_kinds(self, row):
        return ", ".join(KINDS[name].title for name in row.kinds if name in KINDS)

    def record(self, request, obj) -> Page:
        return Page(
            title=obj.membership.user.email,
            crumbs=self.crumbs(),
            facts=[
                ("Member", showing.link_to(Membership, obj.membership_id, obj.membership.user.email)),
                ("Last daily letter", f"{obj.digest_on or 'none yet'}"),
            ],
        )

    def change_view(self, request, object_id, form_url="", extra_context=None):
        found = self.find(request, object_id)
        page = self.record(request, found)
        if not self.has_change_permission(request):
            page.facts += [("Delivery", WHEN[found.delivery]), ("About", self.shown_kinds(found))]
            return show(self.admin_site, request, page)
        actor = self.require(request)

        def change(fields: dict) -> str:
            choose(actor=actor, membership=found.membership, changes=_read(fields))
            return self.address("change", found.pk)

        return form_page(
            self.admin_site, request, page, NoticeForm, change, obj=found, initial=_initial(found), done="Saved."
        )


def my_notifications(request) -> HttpResponse:
    """What the person at work is written to about, here."""
    organization = organization_of(request)
    page = Page(title="My notifications")
    mine = Membership.objects.of(organization).filter(user=request.user).select_related("user").first()
    if mine is None:
        page.intro = (
            "You are no member of this organization itself: choose the one that you are a member of, and tick "
            "“Also about the organizations that this one owns” there."
        )
        return show(site, request, page)
    page.facts = [("To", request.user.email)]
    if request.office.may("read", "members"):
        page.buttons = [Button("Everybody's", showing.address(NoticeSettings, "changelist"), icon="group")]

    def keep(fields: dict) -> str:
        choose(actor=request.office.actor, membership=mine, changes=_read(fields))
        return request.path

    return form_page(site, request, page, NoticeForm, keep, initial=_initial(settings_of(mine)), done="Saved.")


site.pages.append(
    OwnPage(
        "notifications", Place("Organization", 22, "My notifications", "mark_email_unread"), "events", my_notifications
    )
)
