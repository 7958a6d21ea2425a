"""Where news may go: judged as it is written, and again as its name resolves."""

from __future__ import annotations

import ipaddress

import pytest

from harborline.kernel import Invalid
from harborline.messaging.accepting.targets import Reach, allowed, check_url

PUBLIC_URLS = (
    "https://hooks.example/harborline",
    "https://hooks.example:8443/a?b=c",
    "https://93.184.216.34/",
    "https://[2606:2800:220:1::1]/x",
)
NEVER = (
    "http://hooks.example/",
    "ftp://hooks.example/",
    "https://name:secret@hooks.example/",
    "https://hooks.example/#part",
    "https:///nohost",
    "https://hooks.example:99999/",
    "https://hooks.example:x/",
    "https://169.254.169.254/latest/",
    "https://[fe80::1]/",
    "https://224.0.0.1/",
    "https://0.0.0.0/",
    "https://[::ffff:169.254.169.254]/",
)
INSIDE = ("https://10.1.2.3/", "https://192.168.0.9/", "https://[fd00::1]/", "https://[::ffff:10.0.0.1]/")
HERE = ("https://127.0.0.1/", "https://localhost/", "https://[::1]/", "http://127.0.0.1:8099/", "http://localhost:1/")
INNER = ("127.0.0.1", "10.0.0.8", "169.254.169.254", "::1", "::ffff:10.0.0.8", "100.64.0.1")


class TestAnAddress:
    """As a system writes it."""

    @pytest.mark.parametrize("url", PUBLIC_URLS)
    def test_that_is_public_and_encrypted_is_taken(self, url: str) -> None:
        """News goes to the other system's own server."""
        assert check_url(url, Reach.PUBLIC) == url

    @pytest.mark.parametrize("url", NEVER)
    @pytest.mark.parametrize("reach", list(Reach))
    def test_that_nobody_may_call_is_refused(self, url: str, reach: Reach) -> None:
        """Without encryption, with a password in it, or at the machine room's own services: never."""
        with pytest.raises(Invalid) as wrong:
            check_url(url, reach)
        assert "secret" not in str(wrong.value)

    @pytest.mark.parametrize("url", INSIDE)
    def test_inside_the_agency_needs_the_operator(self, url: str) -> None:
        """Nobody looks around in our network by way of us."""
        with pytest.raises(Invalid):
            check_url(url, Reach.PUBLIC)
        assert check_url(url, Reach.PRIVATE) == url

    @pytest.mark.parametrize("url", HERE)
    def test_on_this_machine_is_for_tests(self, url: str) -> None:
        """Only where the operator says so."""
        for reach in (Reach.PUBLIC, Reach.PRIVATE):
            with pytest.raises(Invalid):
                check_url(url, reach)
        assert check_url(url, Reach.LOOPBACK) == url


class TestANameThatLeadsInside:
    """A name can be turned to an inner address after it was written down."""

    @pytest.mark.parametrize(
        "inner", ["127.0.0.1", "10.0.0.8", "169.254.169.254", "::1", "::ffff:10.0.0.8", "100.64.0.1"]
    )
    def test_is_not_followed(self, inner: str) -> None:
        """Each address is judged again when it is called."""
        assert not allowed(ipaddress.ip_address(inner), Reach.PUBLIC)

    def test_is_followed_outside(self) -> None:
        """A public one is called."""
        assert allowed(ipaddress.ip_address("93.184.216.34"), Reach.PUBLIC)
