"""Reverse proxies whose word counts: which address a request came from, and whether it came over TLS."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from harborline.kernel import Invalid

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Networks = tuple[IPv4Network | IPv6Network, ...]


def proxies(written: str) -> Networks:
    """The addresses and networks of the setting, with commas; raises `Invalid` for anything else, also for `*`."""
    try:
        return tuple(ip_network(each.strip()) for each in written.split(",") if each.strip())
    except ValueError as wrong:
        raise Invalid("is a list of network addresses, such as 10.0.0.5,10.1.0.0/24", "HARBORLINE_PROXIES") from wrong


def behind(application: Application, trusted: Networks) -> Application:
    """The application, told by these proxies whom they speak for; without any, it is the application itself.

    A header counts only as far as trusted proxies wrote it: the list is read from its end, and the first address that
    is none of theirs is where the request came from. Whatever stands before it anybody can have written.
    """
    if not trusted:
        return application

    @wraps(application)
    def told(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        peer = _address(str(environ.get("REMOTE_ADDR", "")))
        if peer is not None and _in(peer, trusted):
            environ["REMOTE_ADDR"] = str(_client(peer, environ.get("HTTP_X_FORWARDED_FOR", ""), trusted))
            if environ.get("HTTP_X_FORWARDED_PROTO") in {"http", "https"}:
                environ["wsgi.url_scheme"] = environ["HTTP_X_FORWARDED_PROTO"]
        return application(environ, start_response)

    return told


def _client(peer: IPv4Address | IPv6Address, forwarded: str, trusted: Networks) -> IPv4Address | IPv6Address:
    here = peer
    for written in reversed(forwarded.split(",")):
        before = _address(written.strip())
        if before is None:
            break
        here = before
        if not _in(here, trusted):
            break
    return here


def _address(written: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(written.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def _in(address: IPv4Address | IPv6Address, networks: Networks) -> bool:
    return any(address in network for network in networks)
