"""Logging in: e-mail and password, then a code where the person has a second factor.

Nobody is logged in before both are proved. What was typed first waits in the session for a few minutes.
"""

from django import forms
from django.contrib import auth, messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.crypto import constant_time_compare

from organizations import clock
from organizations.backoffice.offices import open_office
from organizations.backoffice.site import site
from organizations.logins.doors import Door, DoorForm, Dressed, onward, outside, show_door
from organizations.users.models import User
from organizations.users.proving import Verdict, prove

PENDING = "pending_login"
#: Seconds between password and code.
PATIENCE = 5 * 60
BACKEND = "django.contrib.auth.backends.ModelBackend"


class LoginForm(Dressed, AdminAuthenticationForm):
    """Who, and their password. Whether it was the one or the other that was wrong is not said."""

    error_messages = {"invalid_login": "E-mail and password are not correct together."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "E-mail"
        self.fields["username"].widget.attrs |= {"autofocus": True, "autocomplete": "username", "inputmode": "email"}


class CodeForm(DoorForm):
    """A code of the authenticator app, or a recovery code."""

    code = forms.CharField(
        max_length=60,
        widget=forms.TextInput({"autofocus": True, "autocomplete": "one-time-code", "spellcheck": "false"}),
    )

    def place(self, verdict: Verdict) -> None:
        """Say what is wrong with the code."""
        if verdict.wait:
            self.add_error("code", f"There were too many wrong codes. Try again in {verdict.wait} seconds.")
        else:
            self.add_error("code", "This code is not right, or was used before.")


@outside
def login(request: HttpRequest) -> HttpResponse:
    """E-mail and password."""
    if request.method == "GET" and site.has_permission(request):
        return HttpResponseRedirect(reverse("admin:index"))
    if any("\0" in value for _, values in request.POST.lists() for value in values):
        raise BadRequest("A form cannot have NUL characters")  # no database could note the attempt
    form = LoginForm(request, data=request.POST or None)
    wanted = onward(request, request.POST.get("next") or request.GET.get("next", ""))
    if request.method == "POST" and form.is_valid():
        user = form.get_user()
        if user.second_factor_since is None:
            return enter(request, user, wanted)
        now = int(clock.now().timestamp())
        request.session.cycle_key()  # nobody who knew the session's id before is any further by this
        request.session[PENDING] = [user.pk, user.get_session_auth_hash(), now, wanted]
        return HttpResponseRedirect(reverse("admin:login_code"))
    door = Door(
        title="Log in",
        form=form,
        acts={"": "Log in"},
        hidden={"next": wanted},
        links=[("Forgotten your password?", reverse("admin:password_reset"))],
    )
    return show_door(request, door)


@outside
def login_code(request: HttpRequest) -> HttpResponse:
    """The second factor of who has typed the right password."""
    user, wanted = _pending(request)
    if user is None:
        return HttpResponseRedirect(reverse("admin:login"))
    request.login_of = user.pk  # for the security log: nobody is logged in yet
    form, status, wait = CodeForm(request.POST or None), 200, 0
    if request.method == "POST" and form.is_valid():
        verdict = prove(user=user, code=form.cleaned_data["code"])
        if verdict.right:
            return enter(request, user, wanted)
        form.place(verdict)
        status, wait = (429, verdict.wait) if verdict.wait else (200, 0)
    door = Door(
        title="Second factor",
        intro="Type the six digits that your authenticator app shows. Without it one of your recovery codes will do.",
        form=form,
        acts={"": "Log in"},
        links=[("Log in as somebody else", reverse("admin:login"))],
    )
    return show_door(request, door, status=status, wait=wait)


def _pending(request: HttpRequest) -> tuple[User | None, str]:
    """Who has typed a password here, and where they wanted to go; nobody after a while, or once it was changed."""
    number, digest, since, wanted = request.session.get(PENDING, [None, "", 0, ""])
    user = User.objects.filter(pk=number, is_active=True, is_staff=True).first()
    late = clock.now().timestamp() - since > PATIENCE
    if user is None or late or not constant_time_compare(digest, user.get_session_auth_hash()):
        request.session.pop(PENDING, None)
        return None, ""
    return user, wanted


def enter(request: HttpRequest, user: User, wanted: str) -> HttpResponse:
    """Log somebody in, in a new session, and into the first organization in their reach."""
    request.session.flush()
    auth.login(request, user, backend=BACKEND)
    if not user.lacks_second_factor:
        with transaction.atomic():
            open_office(request)
    return HttpResponseRedirect(wanted)


@outside
def logout(request: HttpRequest) -> HttpResponse:
    """End the session: by a POST, or any page elsewhere could."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("admin:index"))
    auth.logout(request)
    messages.success(request, "You are logged out.")
    return HttpResponseRedirect(reverse("admin:login"))


site.doors += [
    path("login/", login, name="login"),
    path("login/code/", login_code, name="login_code"),
    path("logout/", logout, name="logout"),
]
