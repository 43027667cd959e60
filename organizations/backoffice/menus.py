"""The menu at the side, from what each admin says of itself and the user's role allows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix, reverse

SECTIONS = ("Books", "Sales & purchases", "Bank", "Reports", "Organization", "Audit", "Installation")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an admin stands in the menu: section, order within it, title and Material Symbols icon."""

    section: str
    order: int
    title: str
    icon: str


@dataclass(frozen=True, slots=True)
class OwnPage:
    """A page that is no model's: its name is also its address below ``/admin/``.

    It is there for whoever may do ``action`` on ``resource``; with ``superusers`` for those alone.
    """

    name: str
    place: Place
    resource: str
    view: Callable[[HttpRequest], HttpResponse]
    action: str = "read"
    superusers: bool = False

    def is_open_to(self, request: HttpRequest) -> bool:
        """Whether who asks may see it."""
        if self.superusers:
            return request.user.is_superuser
        return request.office.may(self.action, self.resource)


def address(name: str) -> str:
    """The address of a page, worked out once: ninety for each page took a sixth of its time."""
    return _address(name, get_script_prefix())


@cache
def _address(name: str, prefix: str) -> str:
    return reverse(f"admin:{name}")


def menu(request: HttpRequest, registry: dict, pages: Iterable[OwnPage] = ()) -> list[dict]:
    """The menu in unfold's shape. Outside an opened page (login, logout) it is empty."""
    if not hasattr(request, "office"):
        return []
    found: dict[str, list[tuple[int, dict]]] = {section: [] for section in SECTIONS}
    for model, admin in registry.items():
        place = getattr(admin, "place", None)
        if place is None or not admin.has_view_permission(request):
            continue
        link = address(f"{model._meta.app_label}_{model._meta.model_name}_changelist")
        found[place.section].append((place.order, {"title": place.title, "icon": place.icon, "link": link}))
    for page in pages:
        if page.is_open_to(request):
            link = address(page.name)
            found[page.place.section].append(
                (page.place.order, {"title": page.place.title, "icon": page.place.icon, "link": link})
            )
    home = {"title": "Overview", "icon": "space_dashboard", "link": address("index")}
    groups = [{"items": [home]}] if request.office.organization else []
    for section, items in found.items():
        if items:
            groups.append({"title": section, "items": [item for _, item in sorted(items, key=lambda pair: pair[0])]})
    return groups
