"""The senders this installation has at a Twilio-compatible carrier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from harborline.adapters.attempts import SignedAttempts, attempts_of
from harborline.kernel import Invalid, NotFound

CARRIER = "twilio"
DEFAULT_BASE_URL = "https://api.twilio.com"


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """One program's sender: credentials, the sending number or messaging service, and the addresses of both sides.

    `sender` is the key of the sender, `origin` its number in E.164, short code or messaging service (`MG…`).
    `public_base` is the address under which the carrier reaches the gateway, as configured, never from a request.
    `callback_key` (32 bytes) signs attempt ids; `shared_keys` maps ids of webhook keys to their secrets.
    Raises `Invalid` naming the setting.
    """

    sender: str
    program: str
    account_sid: str
    origin: str
    public_base: str
    auth_token: str = field(repr=False)
    callback_key: bytes = field(repr=False)
    base_url: str = DEFAULT_BASE_URL
    shared_keys: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Refuse what could not work or would send credentials in the clear."""
        for name in ("sender", "program", "account_sid", "origin", "auth_token"):
            if not getattr(self, name):
                raise Invalid("is needed", name)
        if not all(mark.isalnum() or mark in "-_" for mark in self.sender + self.account_sid):
            raise Invalid("may hold letters, digits, - and _ only", "sender or account_sid")
        _checked(self.base_url, "base_url")
        _checked(self.public_base, "public_base")

    @property
    def attempts(self) -> SignedAttempts:
        """The maker and checker of this sender's callback tokens."""
        return attempts_of(self.callback_key, CARRIER, self.sender)

    @property
    def callbacks(self) -> str:
        """Where this sender's status callbacks go, without the token and the last slash."""
        return f"{self._gate}/status/"

    @property
    def inbound(self) -> str:
        """Where the carrier posts texts that people write."""
        return f"{self._gate}/inbound/"

    @property
    def _gate(self) -> str:
        return f"{self.public_base.rstrip('/')}/carriers/twilio/{self.sender}"


def _checked(address: str, name: str) -> None:
    parts = urlsplit(address)
    if parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1"):
        return
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        raise Invalid("must be an https address without credentials, query or fragment", name)


class TwilioAccounts(Protocol):
    """Finds the account of a sender; served to the carrier's maker and to the gateway."""

    def named(self, sender: str) -> TwilioAccount:
        """The account of the sender with this key; raises `NotFound`."""


class ListedAccounts:
    """Accounts that are all known beforehand."""

    def __init__(self, accounts: Iterable[TwilioAccount] = ()) -> None:
        self._accounts = {account.sender: account for account in accounts}

    def named(self, sender: str) -> TwilioAccount:
        """The listed account."""
        try:
            return self._accounts[sender]
        except KeyError:
            raise NotFound("no such sender") from None
