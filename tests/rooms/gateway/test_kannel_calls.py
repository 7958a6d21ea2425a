"""What a Kannel gateway calls with: believed by what its address carries, and told twice it changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.test import Client

from harborline.adapters.kannel.accounts import KannelAccount, KannelAccounts
from harborline.kernel import NotFound, ports
from harborline.kernel.ids import new_id
from harborline.messaging.models import InboundMessage, Sender
from harborline.walls import ALL_COUNTIES, Actor, acting

ACCOUNT = KannelAccount(
    sender="nc-own",
    program="nc-css",
    origin="+19195550100",
    base_url="http://127.0.0.1:13013",
    public_base="https://texts.nc.example",
    username="harborline",
    password="tests-only",
    callback_key=bytes(range(32)),
)
STOP = "from=%2B19195550101&text=STOP&charset=UTF-8&coding=0&id=0d8f"


class _Listed:
    def named(self, sender: str) -> KannelAccount:
        """The one sender there is."""
        if sender != ACCOUNT.sender:
            raise NotFound("no such sender")
        return ACCOUNT


@pytest.fixture
def account(db: None) -> Iterator[KannelAccount]:
    """The sender, served to the gateway."""
    before = ports.serving(KannelAccounts)
    ports.serve(KannelAccounts, _Listed())
    with acting(Actor("system", "test"), program="nc-css", counties=ALL_COUNTIES, purpose="test"):
        Sender.objects.create(program="nc-css", key="nc-own", number="+19195550100", carrier="kannel")
    yield ACCOUNT
    ports.serve(KannelAccounts, before)


def called(path: str, query: str) -> int:
    """The answer to one call."""
    return Client().get(f"{urlsplit(path).path}?{query}").status_code


def texts() -> int:
    """Inbound texts of the program."""
    with acting(Actor("system", "test"), program="nc-css", counties=ALL_COUNTIES, purpose="test"):
        return InboundMessage.objects.count()


class TestAnInboundCall:
    """A text a person wrote."""

    def test_is_taken_once_however_often_it_is_told(self, account: KannelAccount) -> None:
        """Kannel repeats itself until it hears 200."""
        assert [called(account.inbound, STOP) for _ in range(3)] == [200, 200, 200]
        assert texts() == 1

    def test_is_not_believed_without_its_secret_address(self, account: KannelAccount) -> None:
        """A guessed address, another sender's, or none of ours: 403, and nothing is written."""
        secret = account.inbound_token
        for address in (account.inbound.replace(secret, "0" * len(secret)), account.inbound.replace("nc-own", "mn")):
            assert called(address, STOP) == 403
        assert texts() == 0

    def test_that_cannot_be_read_is_refused(self, account: KannelAccount) -> None:
        """Without a number or an id there is no text."""
        assert called(account.inbound, "text=STOP&id=1") == 400
        assert called(account.inbound, "from=%2B19195550101&text=STOP") == 400
        assert texts() == 0


class TestAReportCall:
    """News about an attempt of ours."""

    def test_needs_the_signed_attempt(self, account: KannelAccount) -> None:
        """Made-up news is refused; news about an attempt that is gone is taken and changes nothing."""
        attempt = new_id()
        token = account.attempts.token(attempt)
        assert called(f"{account.reports}{token}/", "type=1&ref=m1&said=stat:DELIVRD") == 200
        assert called(f"{account.reports}{token[:-2]}AA/", "type=1") == 403
        assert called(f"{account.reports}{'A' * 43}/", "type=1") == 403
