"""A way to tell of alerts that remembers them, for tests: `answers` decides, in turn, whether they arrive."""

from __future__ import annotations

from collections.abc import Iterable

from harborline.messaging.ports import AlertNotice


class MemoryAlerts:
    """Keeps every notice in `told`; arrives unless `answers` says no, or raises what stands there."""

    def __init__(self, answers: Iterable[bool | Exception] = ()) -> None:
        self.told: list[AlertNotice] = []
        self._answers = list(answers)

    def tell(self, notice: AlertNotice) -> bool:
        """Remember the notice and answer as planned."""
        self.told.append(notice)
        answer = self._answers.pop(0) if self._answers else True
        if isinstance(answer, Exception):
            raise answer
        return answer
