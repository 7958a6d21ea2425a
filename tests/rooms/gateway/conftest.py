"""A gateway with one sender at the carrier and an empty log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harborline.adapters.twilio.accounts import ListedAccounts, TwilioAccount, TwilioAccounts
from harborline.kernel import ports
from harborline.ledger.published import Directory
from harborline.sites.gateway.ports import PublishedLog

ACCOUNT = TwilioAccount(
    sender="nc-main",
    program="nc-css",
    account_sid="AC0123",
    origin="+19195550100",
    public_base="https://texts.nc.example",
    auth_token="token-of-the-account",
    callback_key=bytes(range(32)),
)


@pytest.fixture
def account() -> Iterator[TwilioAccount]:
    """The sender, served to the gateway."""
    before = ports.serving_all(TwilioAccounts).get("")
    ports.serve(TwilioAccounts, ListedAccounts([ACCOUNT]))
    yield ACCOUNT
    if before is not None:
        ports.serve(TwilioAccounts, before)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """The directory of a published log."""
    before = ports.serving_all(PublishedLog).get("")
    root = tmp_path / "log"
    root.mkdir()
    ports.serve(PublishedLog, Directory(root))
    yield root
    if before is not None:
        ports.serve(PublishedLog, before)
