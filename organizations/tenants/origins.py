"""Which web pages may call an organization's API: origins (RFC 6454) as browsers send them. Pure: no Django."""

import re
from collections.abc import Iterable

MOST = 20
_HOST = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_SECURE = re.compile(rf"https://{_HOST}(:[1-9][0-9]{{0,4}})?", re.ASCII)
_LOCAL = re.compile(r"http://(?:localhost|127\.0\.0\.1|\[::1\])(:(?:[1-9][0-9]{0,4}|\*))?", re.ASCII)


def problem_with(origin: str, *, local: bool) -> str | None:
    """Why this cannot stand in the list; None if it can. ``local``: whether pages of one's own machine may."""
    port = origin.rpartition(":")[2]
    if port.isdecimal() and not 0 < int(port) <= 65_535:
        return "There is no such port."
    if _SECURE.fullmatch(origin) and len(origin) <= 300:
        return "Browsers leave the usual port out." if origin.endswith(":443") else None
    if not _LOCAL.fullmatch(origin):
        return "An origin such as https://portal.example.com: lower case, no path, no wildcard."
    if not local:
        return "Pages of one's own machine may call test organizations only."
    return "Browsers leave the usual port out." if origin.endswith(":80") else None


def lists(origins: Iterable[str], origin: str) -> bool:
    """Whether a list has the origin that a browser sent; ``http://localhost:*`` stands for every port there."""
    host, colon, port = origin.rpartition(":")
    any_port = f"{host}:*" if colon and port.isdecimal() else None
    return any(each in (origin, any_port) for each in origins)
