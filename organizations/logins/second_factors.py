"""The second factor of who is logged in: making it, new recovery codes, removing it."""

import base64

import segno
from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.safestring import mark_safe

from organizations.backoffice import showing
from organizations.backoffice.site import site
from organizations.logins.doors import Door, DoorForm, for_staff, onward, show_door
from organizations.logins.entering import CodeForm
from organizations.logins.passwords import knows_password
from organizations.users.enrolling import (
    begin_enrolment,
    confirm_enrolment,
    recovery_codes_left,
    remove_second_factor,
    renew_recovery_codes,
)
from organizations.users.models import Authenticator

KEEP = (
    "Each of these lets you in once, when you have not got the app. Keep them where others cannot read them; they are "
    "shown this once."
)


class PasswordForm(DoorForm):
    """That it is really you."""

    password = forms.CharField(strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"}))


@for_staff
def second_factor(request: HttpRequest) -> HttpResponse:
    """Make a second factor, or look after the one that is there."""
    return _enrol(request) if request.user.second_factor_since is None else _look_after(request)


def _enrol(request: HttpRequest) -> HttpResponse:
    wanted = onward(request, request.POST.get("next") or request.GET.get("next", ""))
    form, status, wait = CodeForm(request.POST or None), 200, 0
    if request.method == "POST" and form.is_valid():
        verdict, codes = confirm_enrolment(user=request.user, code=form.cleaned_data["code"])
        if verdict.right:
            update_session_auth_hash(request, request.user)
            return _show_codes(request, "Your recovery codes", codes, wanted)
        form.place(verdict)
        status, wait = (429, verdict.wait) if verdict.wait else (200, 0)
    waiting = begin_enrolment(user=request.user)
    intro = (
        "Read this picture with an authenticator app, or type the letters below it there. Then type the code it shows."
    )
    door = Door(
        title="Make a second factor",
        intro=f"Everybody needs one here. {intro}" if request.user.lacks_second_factor else intro,
        picture=_drawn(waiting),
        codes=[base64.b32encode(waiting.bin_key).decode()],
        form=form,
        acts={"": "Confirm"},
        hidden={"next": wanted},
        links=[] if request.user.lacks_second_factor else [("Not now", wanted)],
    )
    return show_door(request, door, status=status, wait=wait)


def _drawn(waiting: Authenticator) -> str:
    """The authenticator's secret as a QR code."""
    picture = segno.make(waiting.config_url, error="m").svg_inline(scale=4, border=4, light="#fff")
    return mark_safe(picture)  # noqa: S308  # nosec B308, B703: drawn from letters of ours


def _look_after(request: HttpRequest) -> HttpResponse:
    form = PasswordForm(request.POST or None)
    back = reverse("admin:index")
    if request.method == "POST" and form.is_valid():
        if not knows_password(request, form.cleaned_data["password"]):
            form.add_error("password", "This is not your password.")
        elif request.POST.get("do") == "codes":
            return _show_codes(request, "New recovery codes", renew_recovery_codes(user=request.user), back)
        elif request.POST.get("do") == "remove":
            remove_second_factor(by=request.user, user=request.user)
            update_session_auth_hash(request, request.user)
            messages.success(request, "The second factor was removed.")
            return HttpResponseRedirect(back)
    left = recovery_codes_left(request.user)
    door = Door(
        title="Your second factor",
        intro=f"You have had one since {showing.moment(request.user.second_factor_since)} UTC, "
        f"and {left} recovery {'code' if left == 1 else 'codes'} left.",
        form=form,
        acts={"codes": "Make new recovery codes", "remove": "Remove the second factor"},
        links=[("Back", back)],
    )
    return show_door(request, door)


def _show_codes(request: HttpRequest, title: str, codes: list[str], wanted: str) -> HttpResponse:
    return show_door(request, Door(title=title, intro=KEEP, codes=codes, links=[("I have kept them: go on", wanted)]))


site.doors.append(path("second_factor/", second_factor, name="second_factor"))
