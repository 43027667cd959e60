"""Where the link of an invitation leads: who is new sets name and password, who has an account logs in and joins."""

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse

from organizations import scoping
from organizations.backoffice.offices import CHOSEN
from organizations.backoffice.site import site
from organizations.invitations.accepting import AccountMadeMeanwhile, accept_invitation
from organizations.invitations.errors import InvitationEnded
from organizations.invitations.links import invitation_of
from organizations.invitations.models import Invitation
from organizations.logins.doors import Door, DoorForm, outside, show_door
from organizations.logins.entering import enter
from organizations.logins.passwords import NewPasswordForm
from organizations.requests.addresses import client_address
from organizations.users.models import User

OVER = "It is too old, was used before, or was taken back. Who invited you can send another."


class NewPersonForm(NewPasswordForm):
    """Name and password of somebody new."""

    name = forms.CharField(max_length=200, widget=forms.TextInput({"autocomplete": "name", "autofocus": True}))
    field_order = ["name", "new_password1", "new_password2"]


@outside
def join(request: HttpRequest, organization_id: str, invitation_id: str, token: str) -> HttpResponse:
    """Accept an invitation. A link that is not good says the same whatever is wrong with it."""
    invitation = invitation_of(organization_id, invitation_id, token)
    account = User.objects.filter(email=invitation.email).first() if invitation else None
    if invitation is None or (account and not (account.is_active and account.is_staff)):
        return _over(request)
    try:
        if account is None or not (account.has_usable_password() and _is_theirs(request, account)):
            return _as_somebody_new(request, invitation, account)
        return _with_an_account(request, invitation, account)
    except AccountMadeMeanwhile:
        return HttpResponseRedirect(request.path)
    except InvitationEnded:  # since its page was shown, or by a second click
        messages.info(request, "The invitation was accepted or taken back just now.")
        return HttpResponseRedirect(reverse("admin:index"))


def _is_theirs(request: HttpRequest, account: User) -> bool:
    """Whether the account's password is that of who got the letter: it was proven, or they are logged in with it."""
    return account.email_proven_at is not None or request.user == account


def _over(request: HttpRequest) -> HttpResponse:
    return show_door(request, Door(title="This invitation is no longer good", intro=OVER), status=404)


def _as_somebody_new(request: HttpRequest, invitation: Invitation, account: User | None) -> HttpResponse:
    somebody = account or User(email=invitation.email)
    form = NewPersonForm(somebody, request.POST or None, initial={"name": somebody.name or invitation.name})
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        user = _accept(request, invitation, name=fields["name"], password=fields["new_password1"])
        answer = enter(request, user, reverse("admin:index"))
        request.session[CHOSEN] = invitation.organization_id
        return answer
    door = Door(
        title=f"Join {invitation.organization.name}",
        intro=f"You are invited as {invitation.role}. You will log in as {invitation.email}.",
        form=form,
        acts={"": "Join"},
    )
    return show_door(request, door)


def _with_an_account(request: HttpRequest, invitation: Invitation, account: User) -> HttpResponse:
    if not site.has_permission(request):
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    if request.user.lacks_second_factor:
        return redirect_to_login(request.get_full_path(), reverse("admin:second_factor"))
    if request.user != account:
        intro = "It is for somebody else than who is logged in here. Log out first, then open its link again."
        return show_door(request, Door(title="Another person's invitation", intro=intro), status=403)
    if request.method == "POST":
        _accept(request, invitation, user=account)
        request.session[CHOSEN] = invitation.organization_id
        messages.success(request, f"You have joined {invitation.organization.name}.")
        return HttpResponseRedirect(reverse("admin:index"))
    door = Door(
        title=f"Join {invitation.organization.name}",
        intro=f"You are invited as {invitation.role}.",
        form=DoorForm(),
        acts={"": "Join"},
        links=[("Not now", reverse("admin:index"))],
    )
    return show_door(request, door)


def _accept(request: HttpRequest, invitation: Invitation, **who) -> User:
    origin = {"ip_address": client_address(request), "request_id": getattr(request, "request_id", None)}
    with scoping.acting_in(invitation.organization_id):
        return accept_invitation(invitation=invitation, **origin, **who)


site.doors.append(
    path("invitations/<str:organization_id>/<str:invitation_id>/<str:token>/", join, name="join"),
)
