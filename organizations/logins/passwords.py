"""Passwords: changing one's own, and setting another one by a link in a letter.

The link is in no table: a letter of an organization could be read there, so this one goes straight to the mail server.
"""

import kombu.exceptions
import redis
import structlog
from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate, update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.views import PasswordResetConfirmView
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse

from organizations import clock
from organizations.backoffice.site import site
from organizations.logins.doors import Door, DoorForm, Dressed, for_staff, outside, show_door
from organizations.logins.tasks import send_password_letter
from organizations.requests.addresses import client_address
from organizations.users.changing import change_user
from organizations.users.models import User
from organizations.users.owning import prove_address

#: How many letters one address may ask for within an hour.
ASKED_AN_HOUR = 20
HOUR = 3600

log = structlog.get_logger(__name__)


class AskingForm(DoorForm):
    """Whose password was forgotten."""

    email = forms.EmailField(label="E-mail", widget=forms.EmailInput({"autofocus": True, "autocomplete": "email"}))


class NewPasswordForm(Dressed, SetPasswordForm):
    """A new password, twice, as the rules of this installation want it."""


class ChangingForm(NewPasswordForm):
    """The same, by who knows the present one."""

    password = forms.CharField(
        label="Present password", strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )
    field_order = ["password", "new_password1", "new_password2"]


def knows_password(request: HttpRequest, password: str) -> bool:
    """Whether this is the password of who is logged in. Wrong ones count as failed logins do."""
    return authenticate(request, username=request.user.email, password=password) == request.user


@outside
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a letter. The answer and the work behind it are the same whether there is such an account or not."""
    form = AskingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if _asks_too_often(request):
                door = Door(
                    title="Too many letters", intro="Too many letters were asked for from here. Try again later."
                )
                return show_door(request, door, status=429, wait=HOUR)
            send_password_letter.delay(form.cleaned_data["email"], request.build_absolute_uri("/"))
        except (redis.RedisError, kombu.exceptions.OperationalError) as problem:
            log.error("no password letter can be sent", problem=type(problem).__name__)
            return show_door(
                request, Door(title="Not now", intro="No letter can be sent now. Try again soon."), status=503
            )
        door = Door(
            title="Look into your mail",
            intro="If somebody with this address has an account here, a letter is on its way. "
            "Its link is good for an hour.",
            links=[("To the login", reverse("admin:login"))],
        )
        return show_door(request, door)
    door = Door(
        title="Forgotten password",
        intro="You get a letter with a link, by which you set another password.",
        form=form,
        acts={"": "Send the letter"},
        links=[("To the login", reverse("admin:login"))],
    )
    return show_door(request, door)


def _asks_too_often(request: HttpRequest) -> bool:
    key = f"password-letters:{client_address(request)}:{int(clock.now().timestamp()) // HOUR}"
    cache.add(key, 0, 2 * HOUR)
    return cache.incr(key) > ASKED_AN_HOUR


class Reset(PasswordResetConfirmView):
    """Set another password by the link of a letter; it keeps the link's token out of the address that others see."""

    form_class = NewPasswordForm

    def render_to_response(self, context, **options):
        if not context["validlink"]:
            door = Door(
                title="This link is no longer good",
                intro="It is too old, or was used before.",
                links=[("Ask for another letter", reverse("admin:password_reset"))],
            )
            return show_door(self.request, door, status=404)
        return show_door(self.request, Door(title="New password", form=context["form"], acts={"": "Set the password"}))

    def form_valid(self, form):
        set_password(self.user, form.cleaned_data["new_password1"])
        del self.request.session["_password_reset_token"]
        messages.success(self.request, "The password is set. Log in with it.")
        return HttpResponseRedirect(reverse("admin:login"))


def set_password(user: User, password: str) -> None:
    """Set the password of who answered a letter: all their sessions end, and failed logins are forgotten."""
    change_user(by=user, user=user, changes={}, password=password)
    prove_address(user)
    AxesProxyHandler.reset_attempts(username=user.email)


@for_staff
def change(request: HttpRequest) -> HttpResponse:
    """Change one's own password. All other sessions end."""
    form = ChangingForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        if knows_password(request, form.cleaned_data["password"]):
            change_user(by=request.user, user=request.user, changes={}, password=form.cleaned_data["new_password1"])
            update_session_auth_hash(request, request.user)
            messages.success(request, "The password was changed. You were logged out everywhere else.")
            return HttpResponseRedirect(reverse("admin:index"))
        form.add_error("password", "This is not your present password.")
    door = Door(
        title="Change your password",
        form=form,
        acts={"": "Change it"},
        links=[("Back", reverse("admin:index"))],
    )
    return show_door(request, door)


site.doors += [
    path("password_reset/", ask, name="password_reset"),
    path("password_reset/<uidb64>/<token>/", outside(Reset.as_view()), name="password_reset_confirm"),
    path("password_change/", change, name="password_change"),
]
