"""Let a carrier rest that is too busy or cannot be reached, instead of using up tries against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harborline.messaging.ports import HandOver, Trouble
from harborline.messaging.sending.outcomes import Answered

FIRST_S, LONGEST_S = 1.0, 60.0
DOWN_AFTER = 2


@dataclass(slots=True)
class Rest:
    """How long to leave the carrier alone; every batch in a row that meets trouble doubles it."""

    _until_s: float = 0.0
    _in_a_row: int = 0
    _line: int = 0

    @property
    def down(self) -> bool:
        """Whether the line failed so often in a row that the carrier must be taken for gone."""
        return self._line >= DOWN_AFTER

    def needed(self, now_s: float) -> bool:
        """Whether the carrier still rests (monotonic seconds)."""
        return now_s < self._until_s

    def after(self, answered: Sequence[Answered], now_s: float) -> None:
        """Learn from answers that came back."""
        if not answered:
            return
        busy = [one.result for one in answered if one.result.trouble is not Trouble.NONE]
        if not busy:
            if any(one.result.answer is HandOver.ACCEPTED for one in answered):
                self._in_a_row = self._line = 0
            return
        self._in_a_row += 1
        self._line = self._line + 1 if any(one.trouble is Trouble.LINE for one in busy) else 0
        asked = max((one.retry_after_s or 0.0) for one in busy)
        wait_s = asked or FIRST_S * 2 ** min(self._in_a_row - 1, 6)
        self._until_s = max(self._until_s, now_s + min(wait_s, LONGEST_S))
