"""Calling an address of somebody else: over HTTPS, at a public host, to the very address that was looked at.

A name may lead to another place at each look-up, so it is resolved once and the connection goes to what was found.
Redirects are not followed. Hosts of the allow-list may be private and may speak plain HTTP; that is for development.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

TIMEOUT = 10  # seconds for each step
LONGEST = 30  # seconds for all of it, once connected
COMPATIBLE = ipaddress.IPv6Network("::/96")
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
LONGEST_EXCERPT = 500  # bytes of an answer that are kept


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, and the beginning of the body."""

    status: int
    excerpt: str


class Undelivered(Exception):
    """The message did not arrive; says why."""


def problem_with(url: str, *, allowed: list[str]) -> str | None:
    """What is wrong with an address, as far as can be said without looking its name up; None if nothing is."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "This is no address."
    if any(not 33 <= ord(character) <= 126 for character in url) or not host:
        return "This is no address."
    if parts.username is not None or parts.password is not None:
        return "An address without user name and password."
    if _is_allowed(host, allowed):
        return None if parts.scheme in ("http", "https") else "An address that begins with https://."
    if parts.scheme != "https":
        return "An address that begins with https://."
    if port not in (None, 443, 8443):
        return "Port 443 or 8443."
    host = host.rstrip(".")  # a name may end in the dot of the root
    if host in ("", "localhost") or host.endswith((".localhost", ".local", ".internal")):
        return "A host of the public internet."
    try:
        return None if _is_public(ipaddress.ip_address(host)) else "A host of the public internet."
    except ValueError:
        # "127.1" and "0x7f000001" are numbers to a resolver, and no name ends in one.
        return "A host of the public internet." if host.rsplit(".", 1)[-1][:1].isdigit() else None


def post(url: str, body: bytes, *, headers: dict[str, str], allowed: list[str]) -> None:
    """Send a body. Raises Undelivered unless the answer is one of success."""
    status = call(url, body, headers=headers, allowed=allowed).status
    if not 200 <= status < 300:
        raise Undelivered(f"The answer was {status}.")


def call(url: str, body: bytes, *, headers: dict[str, str], allowed: list[str]) -> Answer:
    """Send a body; the answer, whatever it says. Redirects are answers. Raises Undelivered where there is none."""
    problem = problem_with(url, allowed=allowed)
    if problem is not None:
        raise Undelivered(problem)
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        connection = _connection(parts, _public_address(parts.hostname, port, allowed), port)
        # Who sends a byte now and then would never let the timeout of a step pass.
        end = threading.Timer(LONGEST, _hang_up, [connection.sock])
        end.start()
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, body, {"Content-Type": "application/json", **headers})
            response = connection.getresponse()
            excerpt = response.read(LONGEST_EXCERPT).decode("utf-8", "replace").replace("\x00", "")
            return Answer(response.status, excerpt)
        finally:
            end.cancel()
            connection.close()
    except (OSError, http.client.HTTPException) as problem:
        raise Undelivered(f"{type(problem).__name__}: {problem}"[:300]) from problem


def _hang_up(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _is_allowed(host: str, allowed: list[str]) -> bool:
    return host.lower() in {each.lower() for each in allowed}


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address is of the public internet, also where it only carries another one (RFC 4291, 3056, 6052)."""
    if not address.is_global or address.is_multicast:
        return False
    if address.version == 4:
        return True
    if address.teredo is not None:
        return False
    carried = address.ipv4_mapped or address.sixtofour
    if carried is None and (address in NAT64 or address in COMPATIBLE):
        carried = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return carried is None or _is_public(carried)


def _public_address(host: str, port: int, allowed: list[str]) -> str:
    """The address to connect to: every address of the name must be public, or none is taken."""
    found = [entry[4][0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for each in found:
        if not _is_public(ipaddress.ip_address(each.partition("%")[0])) and not _is_allowed(host, allowed):
            raise Undelivered("The name leads to a private address.")
    return found[0]


def _connection(parts: SplitResult, address: str, port: int) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection(parts.hostname, port, timeout=TIMEOUT)
    connection.sock = socket.create_connection((address, port), timeout=TIMEOUT)
    if parts.scheme == "https":
        plain = connection.sock
        try:
            connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname)
        except BaseException:
            plain.close()
            raise
        connection.default_port = 443
    return connection
