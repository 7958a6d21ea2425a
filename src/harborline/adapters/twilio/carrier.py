"""Hand texts to a Twilio-compatible carrier, each exactly once."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Sequence
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from harborline.adapters.twilio.accounts import CARRIER, TwilioAccount
from harborline.adapters.twilio.answers import read_answer, unknown, unreached
from harborline.adapters.twilio.forms import Forms
from harborline.adapters.twilio.wire import DirectWire, NoAnswer, NotWritten, Place, Result, Wire
from harborline.messaging.ports import HandOverResult, OutgoingText

CONNECT_AGAIN_S = 5.0


class TwilioCarrier:
    """A `messaging.ports.Carrier` for one account's sender; `wire` defaults to the one the environment calls for."""

    name = CARRIER

    def __init__(self, account: TwilioAccount, *, wire: Wire | None = None) -> None:
        self._forms = Forms(account)
        self._wire = wire or wire_for(place_of(account))

    async def open(self) -> None:
        """Make the wire ready; the first text opens the first connection."""
        await self._wire.open()

    async def hand_over(self, texts: Sequence[OutgoingText]) -> list[HandOverResult]:
        """Try each text exactly once, all at the same time (up to the wire's number of connections)."""
        form = self._forms.form
        results = await self._wire.post([form(text) for text in texts])
        return [_read(text.attempt_id, result) for text, result in zip(texts, results, strict=True)]

    async def close(self) -> None:
        """Let go of the connections."""
        await self._wire.close()


def _read(attempt_id: uuid.UUID, result: Result) -> HandOverResult:
    if isinstance(result, NotWritten):
        return unreached(attempt_id, str(result), CONNECT_AGAIN_S)
    if isinstance(result, NoAnswer):
        return unknown(attempt_id, str(result))
    return read_answer(attempt_id, status=result.status, body=result.body, retry_after=result.retry_after)


def place_of(account: TwilioAccount) -> Place:
    """The Messages resource of the account, with Basic authentication."""
    secret = base64.b64encode(f"{account.account_sid}:{account.auth_token}".encode()).decode()
    url = f"{account.base_url.rstrip('/')}/2010-04-01/Accounts/{account.account_sid}/Messages.json"
    return Place(url, f"Basic {secret}")


def wire_for(place: Place) -> Wire:
    """A direct line, or one through the proxy that the environment names for this address."""
    parts = urlsplit(place.url)
    proxy = "" if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme, "")
    if not proxy:
        return DirectWire(place)
    from harborline.adapters.twilio.proxied import ProxiedWire  # noqa: PLC0415 - aiohttp only where it is needed

    return ProxiedWire(place, proxy=proxy)
