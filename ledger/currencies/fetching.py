"""Fetching the reference file that the installation names, from there and from nowhere else. Pure of Django.

The address comes from who runs the installation (``ECB_RATES_URL``), not from a client. A redirect is followed
within the same host only, so that what the address was checked for stays true.
"""

import http.client
import time
from collections.abc import Collection
from urllib.parse import SplitResult, urljoin, urlsplit

TIMEOUT = 10  # seconds for each step
LONGEST = 60  # seconds in all
MOST_REDIRECTS = 3
PIECE = 64 * 1024
MOVED = (301, 302, 303, 307, 308)


class Unfetched(Exception):
    """The file was not to be had; says why."""


def fetch(url: str, *, largest: int, plain: Collection[str] = ()) -> bytes:
    """What stands at an address, at most ``largest`` bytes. ``plain`` hosts may speak HTTP. Raises Unfetched."""
    until = time.monotonic() + LONGEST
    home = urlsplit(url).netloc
    for _ in range(1 + MOST_REDIRECTS):
        parts = urlsplit(url)
        if parts.netloc != home:
            raise Unfetched("The address leads to another host.")
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in plain):
            raise Unfetched("An address that begins with https:// is needed.")
        moved, body = _get(parts, largest, until)
        if moved is None:
            return body
        url = urljoin(url, moved)
    raise Unfetched("The address leads in a circle.")


def _get(parts: SplitResult, largest: int, until: float) -> tuple[str | None, bytes]:
    """Where to go instead, or what stands there."""
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    try:
        connection = kind(parts.hostname, parts.port, timeout=TIMEOUT)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("GET", path, headers={"Accept": "application/xml, text/xml"})
            response = connection.getresponse()
            if response.status in MOVED and response.getheader("Location"):
                return response.getheader("Location"), b""
            if response.status != 200:
                raise Unfetched(f"The answer was {response.status}.")
            return None, _body(response, largest, until)
        finally:
            connection.close()
    except (OSError, ValueError, http.client.HTTPException) as problem:
        raise Unfetched(f"{type(problem).__name__}: {problem}"[:300]) from problem


def _body(response: http.client.HTTPResponse, largest: int, until: float) -> bytes:
    body = bytearray()
    while piece := response.read(PIECE):
        body += piece
        if len(body) > largest:
            raise Unfetched(f"More than {largest} bytes.")
        if time.monotonic() > until:
            raise Unfetched(f"More than {LONGEST} seconds.")
    return bytes(body)
