"""Hand texts to a Kannel gateway, each exactly once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from harborline.adapters.kannel.accounts import CARRIER, KannelAccount
from harborline.adapters.kannel.answers import read_answer
from harborline.adapters.kannel.requests import SHORTEST_S, Requests
from harborline.adapters.twilio.wire import DirectWire, NoAnswer, NotWritten, Place
from harborline.messaging.ports import HandOver, HandOverResult, OutgoingText

CONNECT_AGAIN_S = 5.0
CONNECTIONS = 16


class KannelCarrier:
    """A `messaging.ports.Carrier` for one sender behind Kannel."""

    name = CARRIER

    def __init__(self, account: KannelAccount, *, connections: int = CONNECTIONS) -> None:
        """Prepare the requests; nothing is connected yet."""
        self._requests = Requests(account)
        self._wire = DirectWire(Place(account.base_url, ""), connections=connections)

    async def open(self) -> None:
        """The first text opens the first connection."""
        await self._wire.open()

    async def hand_over(self, texts: Sequence[OutgoingText]) -> list[HandOverResult]:
        """Try each text exactly once, several at the same time."""
        return await asyncio.gather(*[self._one(text) for text in texts])

    async def close(self) -> None:
        """Let go of the connections."""
        await self._wire.close()

    async def _one(self, text: OutgoingText) -> HandOverResult:
        if text.expires_in_s < SHORTEST_S:
            # Kannel counts in minutes: a shorter rest of the window cannot be told, so the text waits for the next.
            return HandOverResult(text.attempt_id, HandOver.BUSY, code="window-too-short", retry_after_s=SHORTEST_S)
        try:
            answer = await self._wire.ask(self._requests.written(text))
        except NotWritten as why:
            return HandOverResult(text.attempt_id, HandOver.BUSY, code=str(why), retry_after_s=CONNECT_AGAIN_S)
        except NoAnswer as why:
            return HandOverResult(text.attempt_id, HandOver.UNKNOWN, code=str(why))
        return read_answer(text.attempt_id, status=answer.status, body=answer.body)
