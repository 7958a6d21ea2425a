"""Reading through disguises: one folded view of a text, with the way back to the exact place in the original.

Folding takes away case, accents, compatibility forms (full-width, superscript, ligatures), invisible signs and
look-alike letters of other scripts. Every folded sign knows the original one it came from, so that a finding can be
shown where the writer wrote it. Shared by the content guard and the reading of inbound texts.
"""

# ruff: noqa: RUF001 - look-alike signs are the subject

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple


class Word(NamedTuple):
    """One word of a folded text, with its place in the folded text (half-open)."""

    text: str
    start: int
    end: int


_LOOK_ALIKES = str.maketrans(
    {
        **dict(zip("авеёзіїјклмнорсѕтухԁһոցѵԝԛ", "abee3iijkmmhopcstyxdhnqvwq", strict=True)),
        **dict(zip("αβγεζηικμνορστυχω", "abyeznikmvopotuxw", strict=True)),
        **dict(zip("ıłøđħŧƒɑɡɩʟɴʀ", "ilodhtfagilnr", strict=True)),
        **dict.fromkeys("‘’‚‛ʼʻ′`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−﹣", "-"),
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
    }
)
# Letters in black boxes and circles, and the letters of flags, which no decomposition takes apart.
_ENCLOSED = {chr(first + place): chr(ord("A") + place) for first in (0x1F150, 0x1F170, 0x1F1E6) for place in range(26)}
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
WORD_SIGNS = r"[^\W_]"
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


class _Signs(dict[str, str]):
    """Every sign's folded form with its case kept, worked out once and remembered."""

    def __missing__(self, sign: str) -> str:
        """Work out one more sign."""
        self[sign] = found = _folded_sign(sign)
        return found


def _folded_sign(sign: str) -> str:
    if _INVISIBLE.match(sign):
        return ""
    apart = unicodedata.normalize("NFKD", _ENCLOSED.get(sign, sign))
    bare = "".join(each for each in apart if not unicodedata.category(each).startswith("M"))
    small = "".join(_digit(each) for each in bare.casefold().translate(_LOOK_ALIKES))
    small = small.replace("\u2028", "\n").replace("\u2029", "\n")
    large = small.upper()
    return large if apart[:1].isupper() and large.lower() == small else small


def _digit(sign: str) -> str:
    value = unicodedata.decimal(sign, None)
    return sign if value is None else str(value)


_SIGNS = _Signs()


class Folded:
    """A text and its folded view: `text` is what detectors read, `span` leads back to code points of `original`.

    `cased` is `text` with the writer's capitals, sign by sign.
    """

    __slots__ = ("__dict__", "_at", "cased", "original", "text")

    def __init__(self, original: str) -> None:
        """Fold `original`; plain ASCII costs next to nothing."""
        self.original = original
        self._at: Sequence[int] | None = None
        self.cased = original if original.isascii() else self._fold(original)
        self.text = self.cased.lower()

    def _fold(self, original: str) -> str:
        strange = {sign: _SIGNS[sign] for sign in set(_NOT_ASCII.findall(original))}
        if all(len(folded) == 1 for folded in strange.values()):
            for sign, folded in strange.items():
                original = original.replace(sign, folded)
            return original
        signs = [strange.get(sign, sign) for sign in original]
        self._at = [place for place, folded in enumerate(signs) for _ in folded]
        return "".join(signs)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Lead the folded half-open span `start` to `end` back to the original's."""
        if self._at is None or start >= end:
            return start, end
        return self._at[start], self._at[end - 1] + 1

    def folded_span(self, span: tuple[int, int]) -> tuple[int, int]:
        """Lead a half-open span of the original to the folded text's."""
        start, end = span
        if self._at is None:
            return start, end
        return bisect_left(self._at, start), bisect_left(self._at, end)

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words in order; an apostrophe inside belongs to its word."""
        return words_in(self.text)

    def written(self, word: Word) -> str:
        """Show the word as the writer wrote it."""
        start, end = self.span(word.start, word.end)
        return self.original[start:end]


def words_in(text: str) -> tuple[Word, ...]:
    """Cut a folded text into its words; an apostrophe inside belongs to its word."""
    return tuple([Word(found.group(), *found.span()) for found in _WORD.finditer(text)])


def fold(text: str) -> str:
    """Fold `text` where the way back is not needed."""
    return Folded(text).text


LIKE_LETTERS = "013457$@"
_LEET = str.maketrans(LIKE_LETTERS, "oieastsa")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_SPACED = re.compile(r"(?<![^\W_])[^\W_](?:[ .\-_*]{1,2}[^\W_]){2,}(?![^\W_])")


def unleet(word: str) -> str:
    """Read digits and signs inside a word of letters as letters (`st0p`, `qu1t`); a number stays a number."""
    return word.translate(_LEET) if any(sign.isalpha() for sign in word) else word


def squeezed(text: str) -> str:
    """Letters said three times or more count once (`stooop`): for reading, not for showing."""
    return _REPEATED.sub(r"\1", text)


def joined(text: str) -> str:
    """Single letters set apart become one word (`s t o p`, `s.t.o.p`): for reading, not for showing."""
    return _SPACED.sub(lambda found: re.sub(r"[ .\-_*]", "", found.group()), text)


def edits(one: str, other: str) -> int:
    """Count the least number of letters inserted, dropped, changed or swapped with their neighbour."""
    before: list[int] = []
    previous = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        current = [row]
        for column, goal in enumerate(other, 1):
            cost = min(previous[column] + 1, current[-1] + 1, previous[column - 1] + (letter != goal))
            if before and column > 1 and letter == other[column - 2] and one[row - 2] == goal:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        before, previous = previous, current
    return previous[-1]
