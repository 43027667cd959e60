"""Members in the back office: who works in the organization, and as what."""

from django import forms
from django.contrib.admin import register
from django.contrib.admin.models import LogEntry
from django.contrib.auth.password_validation import validate_password
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from unfold.decorators import display

from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, Table, form_page, show
from organizations.backoffice.records import Desk, TenantDesk, organization_of
from organizations.backoffice.site import site
from organizations.backoffice.words import ByWord
from organizations.members.joining import add_member, change_role, remove_member
from organizations.members.models import Membership
from organizations.roles import ROLES
from organizations.users.changing import change_user, make_user
from organizations.users.enrolling import remove_second_factor
from organizations.users.models import User

MEANING = {
    "owner": "owner: everything",
    "admin": "admin: everything but deleting the organization",
    "accountant": "accountant: the books, not the members and keys",
    "viewer": "viewer: only looks",
}
ROLE_CHOICES = [(role, MEANING[role]) for role in ROLES]


class JoiningForm(VerbForm):
    """Who joins, and as what."""

    email = forms.EmailField(
        label="E-mail", help_text="Who has no account yet gets one, without a password: it is set under Users."
    )
    name = forms.CharField(max_length=200, required=False)
    role = forms.ChoiceField(choices=ROLE_CHOICES, initial="accountant")


class RoleForm(VerbForm):
    """Another role."""

    role = forms.ChoiceField(choices=ROLE_CHOICES)


class ByRole(ByWord):
    """Filter by role."""

    title = "role"
    parameter_name = "role"
    words = ROLES


@register(Membership, site=site)
class MemberDesk(TenantDesk):
    """Users' roles in the organization."""

    resource = "members"
    place = Place("Organization", 20, "Members", "group")
    list_display = ["shown_user", "shown_name", "role", "shown_since"]
    list_select_related = ["user"]
    list_filter = [ByRole]
    search_fields = ["user__email", "user__name"]
    ordering = ["user__email", "id"]
    sortable_by = []

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    def page_urls(self):
        return [("remove", self.remove)]

    @display(description="E-mail")
    def shown_user(self, member):
        return member.user.email

    @display(description="Name")
    def shown_name(self, member):
        return member.user.name

    @display(description="Member since")
    def shown_since(self, member):
        return f"{member.created_at:%Y-%m-%d}"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("user")

    def add_view(self, request, form_url="", extra_context=None):
        actor, organization = self.require(request), organization_of(request)
        page = Page(title="New member", crumbs=self.crumbs(), submit="Add", back=self.address("changelist"))

        def join(fields: dict) -> str:
            add_member(actor=actor, organization_id=organization.pk, **fields)
            return self.address("changelist")

        return form_page(self.admin_site, request, page, JoiningForm, join, done="The member was added.")

    def record(self, request, obj) -> Page:
        page = Page(
            title=obj.user.email,
            crumbs=self.crumbs(),
            facts=[
                ("Name", obj.user.name),
                ("Role", obj.role),
                ("Id", obj.public_id),
                ("Member since (UTC)", showing.moment(obj.created_at)),
            ],
            buttons=[Button("History", self.address("history", obj.pk), icon="history")],
        )
        if request.office.may("delete", self.resource):
            page.buttons.append(
                Button(
                    "Remove",
                    self.address("remove", obj.pk),
                    icon="person_remove",
                    post=True,
                    variant="danger",
                    confirm=f"Remove {obj.user.email} from this organization?",
                )
            )
        return page

    def change_view(self, request, object_id, form_url="", extra_context=None):
        member = self.find(request, object_id)
        page = self.record(request, member)
        if not self.has_change_permission(request):
            return show(self.admin_site, request, page)

        def change(fields: dict) -> str:
            change_role(actor=self.require(request), membership=member, role=fields["role"])
            return self.address("change", member.pk)

        initial = {"role": member.role}
        return form_page(self.admin_site, request, page, RoleForm, change, obj=member, initial=initial, done="Saved.")

    def remove(self, request, object_id):
        """End a membership."""
        actor = self.require(request, "delete")
        member = self.find(request, object_id)
        if request.method != "POST":
            return self.go("change", member.pk)
        back = self.address("change", member.pk)

        def leave() -> str:
            remove_member(actor=actor, membership=member)
            return self.address("changelist")

        return self.act(request, leave, back, f"{member.user.email} was removed.")


class UserForm(VerbForm):
    """A person's account."""

    name = forms.CharField(max_length=200, required=False)
    is_active = forms.BooleanField(required=False, label="May log in")
    is_staff = forms.BooleanField(required=False, label="May use the back office")
    is_superuser = forms.BooleanField(required=False, label="May do everything, everywhere")
    password = forms.CharField(
        required=False, widget=forms.PasswordInput, help_text="Fill it in to set another one; at least 10 characters."
    )

    def clean_password(self):
        password = self.cleaned_data["password"]
        if password:
            validate_password(password, self.obj)
        return password


class NewUserForm(UserForm):
    """A new account."""

    email = forms.EmailField(label="E-mail")
    field_order = ["email", "name", "password"]

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email=email).exists():
            raise forms.ValidationError("There is an account with this address.")
        return email


@register(User, site=site)
class UserDesk(Desk):
    """Everybody's accounts, for those who run the installation. What a person may see is decided by memberships."""

    place = Place("Installation", 10, "Users", "manage_accounts")
    list_display = ["email", "name", "is_active", "is_staff", "is_superuser"]
    search_fields = ["email", "name"]
    ordering = ["email"]

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser

    has_change_permission = has_view_permission

    def has_add_permission(self, request):
        return request.user.is_superuser

    def add_view(self, request, form_url="", extra_context=None):
        self._require_superuser(request)
        page = Page(title="New user", crumbs=self.crumbs(), back=self.address("changelist"))

        def make(fields: dict) -> str:
            user = make_user(by=request.user, password=fields.pop("password") or None, **fields)
            return self.address("change", user.pk)

        initial = {"is_active": True, "is_staff": True}
        return form_page(self.admin_site, request, page, NewUserForm, make, initial=initial, done="The user was made.")

    def change_view(self, request, object_id, form_url="", extra_context=None):
        self._require_superuser(request)
        user = self.find(request, object_id)
        facts = [
            ("Id", user.public_id),
            ("Joined (UTC)", showing.moment(user.date_joined)),
            ("Last login (UTC)", showing.moment(user.last_login) or "never"),
        ]
        page = Page(title=user.email, crumbs=self.crumbs(), facts=facts, back=self.address("changelist"))
        page.tables = [_notes(user)]
        if user.second_factor_since:
            page.facts.append(("Second factor since (UTC)", showing.moment(user.second_factor_since)))
            where = self.address("remove_second_factor", user.pk)
            ask = f"Remove the second factor of {user.email}? Their password alone lets them in then."
            page.buttons = [Button("Remove second factor", where, post=True, variant="danger", confirm=ask)]

        def change(fields: dict) -> str:
            password = fields.pop("password")
            change_user(by=request.user, user=user, changes=fields, password=password)
            return self.address("change", user.pk)

        initial = {name: getattr(user, name) for name in ("name", "is_active", "is_staff", "is_superuser")}
        return form_page(self.admin_site, request, page, UserForm, change, obj=user, initial=initial, done="Saved.")

    def history_view(self, request, object_id, extra_context=None):
        return self.change_view(request, object_id)

    def page_urls(self):
        return [("remove_second_factor", self.remove_second_factor)]

    def remove_second_factor(self, request, object_id):
        """For somebody who lost their app and their recovery codes."""
        self._require_superuser(request)
        user = self.find(request, object_id)
        back = self.address("change", user.pk)
        if request.method != "POST":
            return HttpResponseRedirect(back)

        def remove() -> None:
            remove_second_factor(by=request.user, user=user)

        return self.act(request, remove, back, "The second factor was removed.")

    def _require_superuser(self, request) -> None:
        if not request.user.is_superuser:
            raise PermissionDenied


def _notes(user: User) -> Table:
    """What was done to an account, newest first."""
    rows = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk))
    return Table(
        title="Changes",
        headers=["When (UTC)", "Who", "What"],
        rows=[
            [showing.moment(row.action_time), row.user.email, row.change_message]
            for row in rows.select_related("user").order_by("-id")[:50]
        ],
        empty="Nothing was changed here.",
    )
