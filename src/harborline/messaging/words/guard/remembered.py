"""A table of words filled as they are asked for: worked out once, remembered up to a bound, then begun anew.

Words and classes only, never a whole text, and never written anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

_REMEMBERED = 50_000
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Remembered(dict[_Key, _Value]):
    """What `work` says of each key."""

    def __init__(self, work: Callable[[_Key], _Value]) -> None:
        """Know nothing yet."""
        super().__init__()
        self._work = work

    def __missing__(self, key: _Key) -> _Value:
        """Work out one more."""
        if len(self) >= _REMEMBERED:
            self.clear()
        self[key] = found = self._work(key)
        return found
