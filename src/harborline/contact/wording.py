"""What people type, made readable: nothing invisible that could hide, turn around or cut what was written. Pure."""

from __future__ import annotations

import unicodedata
from typing import Final

from harborline.contact.facts import WORDS_MOST
from harborline.kernel import Invalid

# Signs that turn the direction of what stands beside them: a staff page would read otherwise than it was written.
_TURNING: Final = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_KEPT: Final = frozenset("\n\t")
_UNSEEN: Final = frozenset({"Cc", "Cs", "Co"})


def readable(raw: str, *, most: int = WORDS_MOST) -> str:
    """The words without control characters, at most two empty lines in a row, no blanks around.

    Raises `Invalid` when nothing is left or more than `most` signs are.
    """
    # Cut far beyond the limit first: a form of many megabytes must not cost as much again.
    words = "".join(sign for sign in raw[: most * 4].replace("\r\n", "\n").replace("\r", "\n") if _seen(sign))
    while "\n\n\n" in words:
        words = words.replace("\n\n\n", "\n\n")
    words = words.strip()
    if not words:
        raise Invalid("write something first", "words")
    if len(words) > most or len(raw) > most * 4:
        raise Invalid("write at most {most} signs", "words", most=most)
    return words


def _seen(sign: str) -> bool:
    return sign in _KEPT or (unicodedata.category(sign) not in _UNSEEN and sign not in _TURNING)
