"""Bytes read as choices, so that a fuzzer that only knows bytes can steer what is tried."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")


class Given:
    """Choices taken from bytes, one after the other; past the end every choice is the first."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    @property
    def left(self) -> int:
        """Bytes not yet read."""
        return max(0, len(self._content) - self._at)

    def take(self, length: int) -> bytes:
        """The next bytes, fewer at the end."""
        taken = self._content[self._at : self._at + length]
        self._at += length
        return taken

    def number(self, length: int) -> int:
        """A number of so many bytes."""
        return int.from_bytes(self.take(length), "big")

    def one_of(self, choices: Sequence[_T]) -> _T:
        """One of them."""
        return choices[self.number(1) % len(choices)]

    def blob(self, most: int = 64) -> bytes:
        """Some bytes."""
        return self.take(self.number(1) % (most + 1))

    def rest(self) -> bytes:
        """All that is left."""
        return self.take(self.left)
