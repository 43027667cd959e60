"""Invitations in the back office: who was offered what, and buttons to send it again or take it back."""

from django import forms
from django.contrib.admin import register
from unfold.decorators import display

from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, form_page
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site
from organizations.backoffice.words import ByWord
from organizations.invitations.inviting import invite, resend_invitation, revoke_invitation
from organizations.invitations.models import STATUSES, Invitation
from organizations.members.admin import ROLE_CHOICES
from organizations.roles import ROLES


class InvitingForm(VerbForm):
    """Who is invited, and to what."""

    email = forms.EmailField(label="E-mail", help_text="They get a letter with a link that is good for seven days.")
    name = forms.CharField(max_length=200, required=False)
    role = forms.ChoiceField(choices=ROLE_CHOICES, initial="accountant")


class ByInvitedRole(ByWord):
    """Filter by the role that is offered."""

    title = "role"
    parameter_name = "role"
    words = ROLES


class ByState(ByWord):
    """Filter by what became of it."""

    title = "status"
    parameter_name = "state"
    words = STATUSES


@register(Invitation, site=site)
class InvitationDesk(TenantDesk):
    """Offers to become a member."""

    resource = "members"
    place = Place("Organization", 22, "Invitations", "person_add")
    list_display = ["email", "name", "role", "shown_status", "shown_created", "shown_expires"]
    list_filter = [ByState, ByInvitedRole]
    search_fields = ["email", "name"]
    ordering = ["-id"]
    sortable_by = []

    def get_queryset(self, request):
        return super().get_queryset(request).judged()

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    def page_urls(self):
        return [("resend", self.resend), ("revoke", self.revoke)]

    @display(description="Status")
    def shown_status(self, invitation):
        return showing.badge(invitation.status)

    @display(description="Invited (UTC)")
    def shown_created(self, invitation):
        return showing.moment(invitation.created_at)

    @display(description="Link good until (UTC)")
    def shown_expires(self, invitation):
        return "" if invitation.ended else showing.moment(invitation.expires_at)

    def add_view(self, request, form_url="", extra_context=None):
        actor, organization = self.require(request), organization_of(request)
        page = Page(title="Invite somebody", crumbs=self.crumbs(), submit="Invite", back=self.address("changelist"))

        def send(fields: dict) -> str:
            invite(actor=actor, organization=organization, base=request.build_absolute_uri("/"), **fields)
            return self.address("changelist")

        return form_page(self.admin_site, request, page, InvitingForm, send, done="The letter is on its way.")

    def record(self, request, obj) -> Page:
        page = Page(title=obj.email, crumbs=self.crumbs(), badge=showing.badge(obj.status))
        page.facts = [
            ("Name", obj.name),
            ("Role", obj.role),
            ("Invited (UTC)", showing.moment(obj.created_at)),
            ("Letters", obj.round + 1),
            ("Link good until (UTC)", "" if obj.ended else showing.moment(obj.expires_at)),
            ("Accepted (UTC)", showing.moment(obj.accepted_at)),
            ("Taken back (UTC)", showing.moment(obj.revoked_at)),
            ("Id", obj.public_id),
        ]
        page.buttons = [Button("History", self.address("history", obj.pk), icon="history")]
        if not obj.ended and self.has_change_permission(request):
            again, back = self.address("resend", obj.pk), self.address("revoke", obj.pk)
            page.buttons = [Button("Send again", again, icon="send", post=True, variant="primary"), *page.buttons]
            page.buttons.append(
                Button("Revoke", back, post=True, variant="danger", confirm=f"Take the invitation of {obj.email} back?")
            )
        return page

    def resend(self, request, object_id):
        """Send another letter, with another link."""
        who = {"actor": self.require(request), "organization": organization_of(request)}
        found, base = self.find(request, object_id), request.build_absolute_uri("/")

        def again() -> None:
            resend_invitation(**who, invitation_id=found.pk, base=base)

        return self._act(request, found, again, "The letter is on its way. The link of before has ended.")

    def revoke(self, request, object_id):
        """Take an invitation back."""
        who = {"actor": self.require(request), "organization": organization_of(request)}
        found = self.find(request, object_id)

        def revoke() -> None:
            revoke_invitation(**who, invitation_id=found.pk)

        return self._act(request, found, revoke, "The invitation was taken back.")

    def _act(self, request, found: Invitation, verb, done: str):
        back = self.address("change", found.pk)
        return self.act(request, verb, back, done) if request.method == "POST" else self.go("change", found.pk)
