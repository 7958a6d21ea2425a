"""What hygiene needs from outside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from harborline.messaging.hygiene.facts import Answer, Question


class NumberRegister(Protocol):
    """Knows which numbers were given up. An adapter that reaches a third party is bound to a live vendor approval."""

    name: str

    def ask(self, questions: Iterable[Question]) -> Iterator[Answer]:
        """Answer each question it can, in any order; raises `Unavailable` when it cannot be reached."""
