"""The body of a request, read once."""

import io

from rest_framework.request import Request

from organizations.errors import Invalid, PayloadTooLarge


def read(request: Request, *, largest: int | None) -> None:
    """Read the body, so that a second attempt finds it again; beyond Django's limit where a view allows.

    Raises PayloadTooLarge.
    """
    asked = request._request
    if largest is not None and not hasattr(asked, "_body"):
        if int(asked.META.get("CONTENT_LENGTH") or 0) > largest:
            raise PayloadTooLarge()
        asked._body = asked.read()
        asked._stream = io.BytesIO(asked._body)
    _ = request.body


def asks_for_dry_run(request: Request) -> bool:
    """Whether nothing is to come of it. Raises Invalid."""
    value = request.query_params.get("dry_run", "false")
    if value not in ("true", "false"):
        raise Invalid(fields={"dry_run": "dry_run is true or false."})
    return value == "true"
