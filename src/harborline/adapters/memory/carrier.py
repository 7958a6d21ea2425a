"""A carrier in memory that meets numbers as the simulated network does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harborline.adapters.simulator.facts import DELIVERED, FATES, Fate
from harborline.kernel.ids import new_id
from harborline.messaging.ports import HandOver, HandOverResult, OutgoingText


class MemoryCarrier:
    """Takes texts into `taken`; `fates` by the last four digits decide the answers."""

    name = "memory"

    def __init__(self, fates: Mapping[str, Fate] = FATES) -> None:
        self._fates = fates
        self.taken: list[OutgoingText] = []
        self.is_open = False

    async def open(self) -> None:
        """Begin."""
        self.is_open = True

    async def hand_over(self, texts: Sequence[OutgoingText]) -> list[HandOverResult]:
        """Answer each text by its number."""
        return [self._one(text, self._fates.get(text.to[-4:], DELIVERED)) for text in texts]

    async def close(self) -> None:
        """End."""
        self.is_open = False

    def _one(self, text: OutgoingText, fate: Fate) -> HandOverResult:
        if fate.answer in (HandOver.ACCEPTED, HandOver.UNKNOWN):
            self.taken.append(text)
        if fate.answer is HandOver.ACCEPTED:
            return HandOverResult(text.attempt_id, fate.answer, carrier_ref=f"MEM{new_id().hex}")
        return HandOverResult(
            text.attempt_id,
            fate.answer,
            code=fate.code,
            opted_out=fate.opted_out,
            retry_after_s=fate.retry_after_s,
            trouble=fate.trouble,
        )
