"""How far a word is from a listed one, counted as slips of the pen. Pure.

An added, lost or swapped letter counts one, a letter for one that sounds alike or lies beside it on the keyboard
counts one; any other letter in its place makes another word. Short words have no slips: one letter more and a name of
four is another name.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

SHORTEST: Final = 5
_LONG: Final = 8
_ALIKE: Final = ("aeiouy", "ckqx", "szx", "uvw", "bp", "dt", "gj", "mn", "fv", "0o", "1li", "3e", "5s")
_KEYS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_ANOTHER: Final = 9
_WRONG_START: Final = 2


def slips(word: str, listed: str) -> int | None:
    """The number of slips between a word and a listed one, 0 for equal; None when they are different words.

    At most one for listed words of 5 to 7 letters (of 5: none that replaces a letter), two from 8 letters on.
    """
    if word == listed:
        return 0
    length = len(listed)
    if min(len(word), length) < SHORTEST or abs(len(word) - length) > _allowed(length):
        return None
    if OSA.distance(word, listed, score_cutoff=_allowed(length)) > _allowed(length):
        return None
    return _counted(word, listed)


def _allowed(length: int) -> int:
    return 1 if length < _LONG else 2


@lru_cache(maxsize=20_000)
def _counted(word: str, listed: str) -> int | None:
    length = len(listed)
    if length == SHORTEST and len(word) == length and sorted(word) != sorted(listed):
        return None
    found = _weighed(word, listed, keys=length >= _LONG)
    if found > _allowed(length):
        return None
    if found >= _WRONG_START and not (word[0] == listed[0] or _alike(word[0], listed[0])):
        return None
    return found


def _weighed(word: str, listed: str, *, keys: bool) -> int:
    # Optimal string alignment with weights (Damerau 1964); both words are short.
    before: list[int] = []
    above = list(range(len(listed) + 1))
    for row, sign in enumerate(word, 1):
        here = [row]
        for column, other in enumerate(listed, 1):
            replaced = above[column - 1] + _price(sign, other, keys=keys)
            best = min(above[column] + 1, here[column - 1] + 1, replaced)
            swapped = row > 1 and column > 1 and sign == listed[column - 2] and word[row - 2] == other
            here.append(min(best, before[column - 2] + 1) if swapped else best)
        before, above = above, here
    return above[-1]


def _price(sign: str, other: str, *, keys: bool) -> int:
    if sign == other:
        return 0
    return 1 if _alike(sign, other) or (keys and _beside(sign, other)) else _ANOTHER


def _alike(sign: str, other: str) -> bool:
    return any(sign in group and other in group for group in _ALIKE)


def _beside(sign: str, other: str) -> bool:
    return any(abs(row.index(sign) - row.index(other)) == 1 for row in _KEYS if sign in row and other in row)
