"""Hints for a text that would travel as UCS-2: which words keep it out of GSM 7-bit, and how else to say them.

One letter such as `ó` makes every part of a text hold 67 signs instead of 153. Quotes, dashes and symbols get a
plain spelling; Spanish words get another word where the list has one (law/lists/wording/gsm_spanish.csv). Nothing
is ever changed by itself: accents are spelling, and a person decides.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from harborline.messaging.words.segments import BASIC, EXTENSION, hints, segment

_WORD = re.compile(r"[^\W\d_]+")
_FITS = frozenset(BASIC + EXTENSION)


class WordHint(NamedTuple):
    """One place that keeps a text out of GSM 7-bit: its code points (half-open) and what could stand there.

    `instead` is empty when nothing fitting is known: say it another way.
    """

    start: int
    end: int
    instead: tuple[str, ...]


class Fitting(NamedTuple):
    """The parts a text takes now and would take in GSM 7-bit, with every place that keeps it out."""

    parts: int
    parts_if_plain: int
    hints: tuple[WordHint, ...]


def fitting(text: str, *, language: str) -> Fitting:
    """What keeps `text` out of GSM 7-bit; no hints for a text that is in it already. Never fails."""
    now = segment(text)
    if now.encoding == "gsm7":
        return Fitting(now.parts, now.parts, ())
    found = tuple(_word_hints(text, language))
    return Fitting(now.parts, segment(_plain(text, found)).parts, found)


def _word_hints(text: str, language: str) -> Iterator[WordHint]:
    taken = -1
    words = {place: word for word in _WORD.finditer(text) for place in range(word.start(), word.end())}
    for hint in hints(text):
        word = words.get(hint.at)
        if word is None:
            yield WordHint(hint.at, hint.at + 1, (hint.instead,))
        elif word.start() > taken:
            taken = word.start()
            yield WordHint(word.start(), word.end(), _instead(word.group(), language))


def _instead(word: str, language: str) -> tuple[str, ...]:
    known = _spanish().get(word.lower(), ()) if language == "es" else ()
    if word.isupper():
        return tuple(each.upper() for each in known)
    return tuple(each.capitalize() for each in known) if word[0].isupper() else known


def _plain(text: str, found: tuple[WordHint, ...]) -> str:
    parts: list[str] = []
    at = 0
    for hint in found:
        length = hint.end - hint.start
        parts += [text[at : hint.start], hint.instead[0] if hint.instead else "e" * length]
        at = hint.end
    return "".join([*parts, text[at:]])


@cache
def _spanish() -> dict[str, tuple[str, ...]]:
    table = files("harborline.law").joinpath("lists/wording/gsm_spanish.csv").read_text(encoding="utf-8")
    rows = csv.reader(table.splitlines()[2:])
    return {word: tuple(_fitting_only(each.strip() for each in instead.split(","))) for word, instead in rows}


def _fitting_only(words: Iterator[str]) -> Iterator[str]:
    return (word for word in words if word and not set(word) - _FITS)
