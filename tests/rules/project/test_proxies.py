"""Which address a request came from, behind proxies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from harborline.kernel import Invalid
from harborline.project.proxies import behind, proxies

TRUSTED = "10.0.0.5, 10.1.0.0/24"


def seen(peer: str, forwarded: str | None, *, trusted: str = TRUSTED, proto: str = "https") -> tuple[str, str]:
    """The address and the scheme that the pages see."""
    told: dict[str, Any] = {}

    def pages(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        told.update(environ)
        return ()

    environ = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http", "HTTP_X_FORWARDED_PROTO": proto}
    if forwarded is not None:
        environ["HTTP_X_FORWARDED_FOR"] = forwarded
    behind(pages, proxies(trusted))(environ, print)
    return told["REMOTE_ADDR"], told["wsgi.url_scheme"]


class TestWhereARequestCameFrom:
    """The place that limits count by."""

    @pytest.mark.parametrize(
        ("peer", "forwarded", "place"),
        [
            ("10.0.0.5", "192.0.2.7", "192.0.2.7"),
            ("::ffff:10.0.0.5", "192.0.2.7", "192.0.2.7"),
            ("10.0.0.5", "2001:db8::1", "2001:db8::1"),
            ("10.0.0.5", "192.0.2.7, 10.1.0.9", "192.0.2.7"),
            ("10.0.0.5", "198.51.100.1, 192.0.2.7", "192.0.2.7"),
            ("10.0.0.5", "192.0.2.7, not an address", "10.0.0.5"),
            ("10.0.0.5", "", "10.0.0.5"),
            ("10.0.0.5", None, "10.0.0.5"),
        ],
    )
    def test_is_what_the_last_trusted_proxy_saw(self, peer: str, forwarded: str | None, place: str) -> None:
        """Whatever a visitor wrote into the header before stays without effect."""
        assert seen(peer, forwarded) == (place, "https")

    @pytest.mark.parametrize("peer", ["10.0.0.6", "192.0.2.7", "", "127.0.0.1"])
    def test_is_not_what_a_stranger_says(self, peer: str) -> None:
        """No proxy that was named: neither the address nor TLS is believed."""
        assert seen(peer, "198.51.100.1") == (peer, "http")

    def test_is_the_connection_where_no_proxy_is_named(self) -> None:
        """As it is shipped."""
        assert seen("10.0.0.5", "198.51.100.1", trusted="") == ("10.0.0.5", "http")

    @pytest.mark.parametrize("written", ["*", "proxy.example", "10.0.0.5/33", "10.0.0.1/24"])
    def test_needs_proxies_by_their_addresses(self, written: str) -> None:
        """Everybody is no proxy, and a name can change its address."""
        with pytest.raises(Invalid):
            proxies(written)

    @pytest.mark.parametrize("proto", ["ftp", "", "javascript"])
    def test_takes_no_scheme_but_those_of_the_web(self, proto: str) -> None:
        """The rest stays as it was."""
        assert seen("10.0.0.5", "192.0.2.7", proto=proto)[1] == "http"
