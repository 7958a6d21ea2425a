"""Where news may be sent: https to public addresses; nearer ones only where the operator allows them.

An address is judged twice: as it is written when a webhook is made, and as its name resolves each time before it is
called, so that a name that later leads inside leads nowhere. The cloud's own metadata address is never allowed.
"""

from __future__ import annotations

import enum
import ipaddress
from typing import Final
from urllib.parse import urlsplit

from harborline.kernel import Invalid

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_HIGHEST_PORT: Final = 65_535


class Reach(enum.StrEnum):
    """How near an address may be: public, also the agency's own network, also this machine (and then without TLS)."""

    PUBLIC = "public"
    PRIVATE = "private"
    LOOPBACK = "loopback"


def check_url(url: str, reach: Reach) -> str:
    """The address as given; raises `Invalid` saying what is wrong, never showing it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Invalid("is not an address", "url") from None
    host = parts.hostname or ""
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        raise Invalid("must name a host, and hold neither a name, a password nor a fragment", "url")
    if port is not None and not 0 < port <= _HIGHEST_PORT:
        raise Invalid("has a port that cannot be", "url")
    spelled = literal(host)
    near = spelled.is_loopback if spelled else host == "localhost"
    if parts.scheme != "https" and not (parts.scheme == "http" and near and reach is Reach.LOOPBACK):
        raise Invalid("must begin with https://", "url")
    if spelled is not None and not allowed(spelled, reach):
        raise Invalid("leads to an address that is not public; the operator can allow it", "url")
    if near and reach is not Reach.LOOPBACK:
        raise Invalid("leads to this machine; the operator can allow it", "url")
    return url


def allowed(address: Address, reach: Reach) -> bool:
    """Whether news may go to this address."""
    plain = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped else address
    if plain.is_loopback:
        return reach is Reach.LOOPBACK
    if plain.is_link_local or plain.is_multicast or plain.is_unspecified or plain.is_reserved:
        return False
    return plain.is_global or (reach is not Reach.PUBLIC and plain.is_private)


def literal(host: str) -> Address | None:
    """The address that a host spells, None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
