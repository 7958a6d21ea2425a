"""Words in disguise: letters set apart, digits for letters, letters repeated, numbers said in words.

A disguise is only taken off when a word of the lexicon or a name appears under it; everything else stays as written.
Most texts wear none: three quick looks say so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from string import ascii_lowercase

import re2  # type: ignore[import-untyped]  # google-re2 ships no types

from harborline.messaging.words.fold import unleet
from harborline.messaging.words.guard.abbreviations import abbreviations
from harborline.messaging.words.guard.lexicon import lexicon
from harborline.messaging.words.guard.publicnames import is_everyday, is_first_name
from harborline.messaging.words.guard.spoken import DIGIT_WORDS, said_digits

Text = tuple[str, Sequence[int] | None]
# One quick look that most texts pass: nothing of what follows is in them.
_MAY_BE = re2.compile(
    r"(?i)[a-z][@$!|*0-9][a-z]|\b[a-z][ .\-_*]{1,2}[a-z][ .\-_*]{1,2}[a-z]\b|"
    + "|".join(letter * 3 for letter in ascii_lowercase)
    + r"|\b[0-9]{1,4}[ .\-_,/]{1,3}[0-9]{1,4}[ .\-_,/]{1,3}[0-9]{1,4}[ .\-_,/]{1,3}[0-9]|"
    + DIGIT_WORDS
)
_APART = re.compile(r"(?<![^\W_])[^\W_](?:[ .\-_*]{1,2}[^\W_]){2,}(?![^\W_])")
_WIDER = re.compile(r"  +")
_LEET = re.compile(r"(?<![\w@$!|])(?=[\w@$!|]*[^\W\d_])[\w@$!|]*(?:[^\W\d_][\d@$!|]|[\d@$|][^\W\d_])[\w@$!|]*[^\W\d_]")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_WORD = re.compile(r"[^\W\d_]{2,}")
_DIGITS_APART = re.compile(r"(?<![\w.:/$-])\d{1,4}(?:[ .\-_,/]{1,3}\d{1,4}){3,}(?![\w/:]|[.,]\d)")
_PHONE = re.compile(r"\d{3}[ .\-]{1,3}\d{3}[ .\-]{1,3}\d{4}")
_DAY_AND_HOUR = re.compile(r"\d{1,2}([/.-])\d{1,2}\1(?:\d{4}|\d\d)[ ,]{1,3}\d{1,2}")
_ENOUGH_DIGITS = 7
_SHORTEST = 3


def undisguised(text: str) -> Text:
    """Spell out the disguised words of a folded text; with the place of each sign when anything changed."""
    if not _MAY_BE.search(text.encode("ascii", "replace")):
        return text, None
    changes = [*_spaced(text), *_swapped(text), *_squeezed(text), *_set_apart(text), *said_digits(text)]
    return _changed(text, changes) if changes else (text, None)


def _changed(text: str, changes: list[tuple[int, int, str]]) -> Text:
    parts: list[str] = []
    places: list[int] = []
    at = 0
    for start, end, word in sorted(changes):
        if start < at:
            continue
        parts += [text[at:start], word]
        places += range(at, start)
        # Every sign of the word leads to the whole disguise: the first to its start, the others to its end.
        places += [start, *([end - 1] * (len(word) - 1))]
        at = end
    return "".join([*parts, text[at:]]), [*places, *range(at, len(text))]


def _spaced(text: str) -> list[tuple[int, int, str]]:
    # One space between letters and more between words: "v i v e  e n".
    found = []
    for match in _APART.finditer(text):
        parts = [part for part in _WIDER.split(match.group()) if part]
        words = [re.sub(r"[ .\-_*]", "", part) for part in parts]
        if any(_is_meant(word, spelt=True) or _is_meant(unleet(word.lower()), spelt=True) for word in words):
            read = " ".join(unleet(word) if word[0].isalpha() else word for word in words)
            found.append((*match.span(), read))
    return found


def _swapped(text: str) -> list[tuple[int, int, str]]:
    found = []
    for match in _LEET.finditer(text):
        word = match.group()
        for read in (unleet(word), unleet(word.replace("1", "l")), word.replace("!", "i")):
            if read != word and _is_meant(read):
                found.append((*match.span(), read))
                break
    return found


def _squeezed(text: str) -> list[tuple[int, int, str]]:
    found = []
    for match in _WORD.finditer(text):
        word = match.group()
        if _REPEATED.search(word):
            once, twice = _REPEATED.sub(r"\1", word), _REPEATED.sub(r"\1\1", word)
            found += [(*match.span(), read) for read in (once, twice) if _is_meant(read)][:1]
    return found


def _set_apart(text: str) -> list[tuple[int, int, str]]:
    found = []
    for match in _DIGITS_APART.finditer(text):
        digits = "".join(sign for sign in match.group() if sign.isdigit())
        known = _PHONE.fullmatch(match.group()) or _DAY_AND_HOUR.fullmatch(match.group())
        if len(digits) >= _ENOUGH_DIGITS and not known:
            found.append((*match.span(), digits))
    return found


def _is_meant(word: str, *, spelt: bool = False) -> bool:
    small = word.lower()
    if len(small) < _SHORTEST or not small.isalpha():
        return False
    if lexicon().signs_of(small) or small in abbreviations():
        return True
    return is_first_name(small) and (spelt or not is_everyday(small))
