"""What can be staged: the writes of the API below an organization, by the names that its reference has."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from django.urls import URLPattern, get_resolver
from rest_framework.parsers import JSONParser

from organizations.drafts.errors import UnknownOperation
from organizations.requests.views import ACTIONS, TenantView
from organizations.wire.naming import is_variable, operation_name, steps_below_organization

ORGANIZATION = "organizations/<str:organization_id>"
VARIABLE = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True, slots=True)
class Operation:
    """One write. ``path`` is an address with names in braces; ``variables`` are those below the organization."""

    name: str
    method: str
    path: str
    variables: tuple[str, ...]
    resource: str
    view: Callable
    reader: Callable | None = None
    reader_path: str = ""

    @property
    def action(self) -> str:
        """The permission that it takes."""
        return ACTIONS.get(self.method, "write")


@cache
def operations() -> dict[str, Operation]:
    """All that can be staged, by name."""
    found, readers = {}, {}
    patterns = [(_braced(each), each.callback) for each in _patterns()]
    for path, view in patterns:
        if "get" in view.actions and view.actions["get"] == "retrieve":
            readers[path] = view
    for path, view in patterns:
        if not view.cls.stages or not any(issubclass(parser, JSONParser) for parser in view.cls.parser_classes):
            continue
        for method in view.actions:
            if method in ("get", "head"):
                continue
            name = operation_name(path, method.upper(), is_list=False)
            reader_path = path if path in readers else _object_of(path)
            found[name] = Operation(
                name=name,
                method=method.upper(),
                path=path,
                variables=variables_of(path),
                resource=view.cls.resource,
                view=view,
                reader=readers.get(reader_path),
                reader_path=reader_path,
            )
    return dict(sorted(found.items()))


def variables_of(path: str) -> tuple[str, ...]:
    """The names in an address, below the organization."""
    return tuple(name for name in re.findall(r"{(\w+)}", path) if name != "organization_id")


def operation(name: str) -> Operation:
    """The operation of a name, written with ``_`` or dots. Raises UnknownOperation."""
    found = operations().get(name.strip().lower().replace(".", "_").replace("-", "_"))
    if found is None:
        raise UnknownOperation(fields={"operation": "See GET /drafts/operations for those that can be."})
    return found


def _patterns() -> Iterator[URLPattern]:
    """The addresses of views below an organization."""
    for group in get_resolver().url_patterns:
        for each in getattr(group, "url_patterns", ()):
            below = isinstance(each, URLPattern) and str(each.pattern).startswith(ORGANIZATION)
            view = getattr(each.callback, "cls", None) if below else None
            if view is not None and issubclass(view, TenantView) and hasattr(each.callback, "actions"):
                yield each


def _braced(pattern: URLPattern) -> str:
    return "/" + VARIABLE.sub(r"{\1}", str(pattern.pattern))


def _object_of(path: str) -> str:
    """The address of the object that an address is about: itself, or what stands before an action's name."""
    steps = path.strip("/").split("/")
    if not is_variable(steps[-1]) and len(steps_below_organization(path)) > 2:
        steps = steps[:-1]
    return "/" + "/".join(steps)
