"""The senders this installation has behind a Kannel gateway."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from harborline.adapters.attempts import SignedAttempts, attempts_of
from harborline.kernel import Invalid

CARRIER = "kannel"
_LOCAL = ("127.0.0.1", "localhost", "::1")
_CONTROLS = range(32)


@dataclass(frozen=True, slots=True)
class KannelAccount:
    """One program's sender behind Kannel: where its smsbox listens, who we are there, where it reaches us.

    `base_url` is the address of smsbox; anything but the loopback must be https. `callback_key` (32 bytes) signs
    attempt ids and the address for inbound texts. Raises `Invalid` naming the setting.
    """

    sender: str
    program: str
    origin: str
    base_url: str
    public_base: str
    username: str
    password: str = field(repr=False)
    callback_key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse what could not work or would send credentials in the clear."""
        for name in ("sender", "program", "origin", "username", "password"):
            value = getattr(self, name)
            if not value:
                raise Invalid("is needed", name)
            if any(ord(sign) in _CONTROLS or ord(sign) > ord("~") for sign in value):
                raise Invalid("may hold printable ASCII only", name)
        _checked(self.base_url, "base_url")
        _checked(self.public_base, "public_base")

    @property
    def attempts(self) -> SignedAttempts:
        """The maker and checker of this sender's callback tokens."""
        return attempts_of(self.callback_key, CARRIER, self.sender)

    @property
    def reports(self) -> str:
        """Where delivery reports go, without the token."""
        return f"{self._gate}/status/"

    @property
    def inbound_token(self) -> str:
        """What the address for inbound texts must carry: Kannel cannot sign, so it must know this."""
        said = f"harborline/inbound/{CARRIER}/{self.sender}".encode()
        return hmac.new(self.callback_key, said, hashlib.sha256).hexdigest()[:40]

    @property
    def inbound(self) -> str:
        """Where Kannel calls with texts that people write."""
        return f"{self._gate}/inbound/{self.inbound_token}/"

    @property
    def _gate(self) -> str:
        return f"{self.public_base.rstrip('/')}/carriers/{CARRIER}/{self.sender}"


def _checked(address: str, name: str) -> None:
    parts = urlsplit(address)
    if parts.scheme == "http" and parts.hostname in _LOCAL:
        return
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        raise Invalid("must be an https address (or the loopback) without credentials, query or fragment", name)


class KannelAccounts(Protocol):
    """Finds the account of a sender; served to the carrier's maker and to the gateway."""

    def named(self, sender: str) -> KannelAccount:
        """The account of the sender with this key; raises `NotFound`."""
