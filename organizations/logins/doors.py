"""Pages that stand outside of every organization: logging in, passwords, second factors, invitations."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import wraps

from django import forms
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from organizations.backoffice.forms import dress
from organizations.backoffice.site import site


@dataclass(slots=True)
class Door:
    """What such a page shows, from top to bottom. ``acts`` are the form's buttons by the value that each sends as
    ``do``; ``picture`` is safe SVG; ``codes`` are texts to be copied; ``links`` are (title, address)."""

    title: str
    intro: str = ""
    picture: str = ""
    codes: Sequence[str] = ()
    form: forms.Form | None = None
    acts: dict[str, str] = field(default_factory=lambda: {"": "Go on"})
    hidden: dict[str, str] = field(default_factory=dict)
    links: Sequence[tuple[str, str]] = ()


def show_door(request: HttpRequest, door: Door, *, status: int = 200, wait: int = 0) -> TemplateResponse:
    """Render it; ``wait`` is how many seconds to wait before trying again."""
    request.current_app = site.name
    context = {**site.each_context(request), "title": door.title, "door": door}
    page = TemplateResponse(request, "admin/backoffice/door.html", context, status=status)
    if wait:
        page["Retry-After"] = str(wait)
    return page


def outside(view):
    """A page for anybody. What is typed there never reaches a report of an error, nor a cache."""
    return never_cache(sensitive_post_parameters()(view))


def for_staff(view):
    """A page for who is logged in to the back office, whether they belong to an organization or not."""

    @wraps(view)
    def shown(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not site.has_permission(request):
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        return view(request, *args, **kwargs)

    return outside(shown)


def onward(request: HttpRequest, wanted: str) -> str:
    """Where to go next: where somebody wanted to go, if that is ours."""
    hosts = {request.get_host()}
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=hosts, require_https=request.is_secure())
    return wanted if ours else reverse("admin:index")


class Dressed:
    """A form that wears the back office's looks."""

    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for each in self.fields.values():
            dress(each)


class DoorForm(Dressed, forms.Form):
    """A form of such a page."""
