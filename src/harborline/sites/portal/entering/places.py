"""Where a request comes from, as the limits of coming in count it."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from django.http import HttpRequest

# One household or telephone has as many IPv6 addresses as it likes under one prefix of this length (RFC 6177).
_HOUSEHOLD: Final = 64


def place_of(request: HttpRequest) -> str:
    """The network address a request comes from, of IPv6 its first 64 bits; kept only as a keyed digest, to count."""
    written = str(request.META.get("REMOTE_ADDR", "")).partition("%")[0]
    try:
        found = ip_address(written)
    except ValueError:
        return written
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ip_network((found, _HOUSEHOLD), strict=False))
