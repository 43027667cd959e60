"""Where a request comes from."""

import ipaddress
from collections.abc import Sequence
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The caller's address: the one our own proxy saw, counted from the right of X-Forwarded-For.

    ``TRUSTED_PROXIES`` says how many proxies stand in front; with none the header is a
    stranger's word and is not read.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    trusted = 0 < settings.TRUSTED_PROXIES <= len(hops)
    return _written(hops[-settings.TRUSTED_PROXIES] if trusted else request.META.get("REMOTE_ADDR", ""))


@lru_cache(maxsize=1000)
def _written(address: str) -> str | None:
    try:
        return str(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:  # a socket has no address, and a proxy may send anything
        return None


def is_among(address: str | None, networks: Sequence[str]) -> bool:
    """Whether an address belongs to one of the networks; none that is known belongs to any."""
    if address is None:
        return False
    found = ipaddress.ip_address(address)
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found in ipaddress.ip_network(network) for network in networks)
