"""What of some secret words a text tells; a digest or a token that happens to hold three such letters tells nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable


def told(secrets: Iterable[str], text: str) -> list[str]:
    """The secrets that stand in `text`: long ones anywhere, those under six characters as words of their own."""
    return [each for each in secrets if (each in text if len(each) >= 6 else _as_a_word(each, text))]


def _as_a_word(word: str, text: str) -> bool:
    """Not inside a longer run of what digests, tokens and identifiers are written in."""
    return re.search(rf"(?<![A-Za-z0-9+/_=]){re.escape(word)}(?![A-Za-z0-9+/_=])", text) is not None
