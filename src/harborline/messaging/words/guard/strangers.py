"""Detector of names nobody gave us: greeted, titled, kin, possessive, or first name and surname together."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from harborline.messaging.words.fold import Word
from harborline.messaging.words.guard.facts import Kind
from harborline.messaging.words.guard.names import is_everyday
from harborline.messaging.words.guard.place import (
    after,
    has_title,
    is_capital,
    is_staff,
    names_a_place,
    stands_as_person,
)
from harborline.messaging.words.guard.reader import Mark, Reader


@cache
def _first_names() -> tuple[frozenset[str], frozenset[str]]:
    frequent, _, others = _unpacked("first_names.txt.gz").partition("\n\n")
    return frozenset(frequent.split()), frozenset(others.split())


@cache
def _surnames() -> frozenset[str]:
    return frozenset(_unpacked("surnames.txt.gz").split())


def _unpacked(name: str) -> str:
    return gzip.decompress((files("harborline.law") / "lists" / "guard" / name).read_bytes()).decode()


def _is_first(word: str) -> bool:
    frequent, others = _first_names()
    return word in frequent or word in others


def is_personal_name(word: str) -> bool:
    """Say whether a folded word is a first name and no everyday word."""
    return _is_first(word) and not is_everyday(word)


def unknown_names(reader: Reader) -> Iterator[Mark]:
    """Mark names that are on the public lists of names and stand where a person is meant."""
    words = reader.free_words
    taken = -1
    for place, word in enumerate(words):
        if place > taken and _could_be(word.text) and (length := _length(reader, words, place)):
            taken = place + length - 1
            yield Mark(Kind.PERSON_NAME, word.start, words[taken].end, "unknown name")


_KNOWN: dict[str, bool] = {}
_KNOWN_MAX = 100_000


def _could_be(word: str) -> bool:
    found = _KNOWN.get(word)
    if found is None:
        bare = word.removesuffix("'s")
        found = len(bare) == 1 or _is_first(bare) or bare in _surnames()
        if len(_KNOWN) < _KNOWN_MAX:
            _KNOWN[word] = found
    return found


def _length(reader: Reader, words: Sequence[Word], place: int) -> int:
    """How many words the name has that begins here: 0 for none."""
    word = words[place]
    bare = word.text.removesuffix("'s")
    pair = _is_pair(reader, words, place)
    if not (pair or (has_title(words, place) and len(bare) > 1) or _is_single(reader, word, bare)):
        return 0
    if names_a_place(words, place) or is_staff(reader, words, place):
        return 0
    return 2 if pair else 1


def _is_single(reader: Reader, word: Word, bare: str) -> bool:
    if len(bare) == 1 or is_everyday(bare):
        return False
    capital, frequent = is_capital(reader, word), bare in _first_names()[0]
    if (capital or _is_first(bare)) and after("greeting", reader, word):
        return True
    if (capital or frequent) and after("kin", reader, word):
        return True
    return frequent and (word.text.endswith("'s") or stands_as_person(reader, word))


def _is_pair(reader: Reader, words: Sequence[Word], place: int) -> bool:
    if place + 1 >= len(words) or not is_capital(reader, words[place]) or not is_capital(reader, words[place + 1]):
        return False
    first, second = words[place], words[place + 1]
    surname = second.text.removesuffix("'s")
    if len(surname) == 1 or surname not in _surnames() or is_everyday(surname) or names_a_place(words, place + 1):
        return False
    between = reader.free[first.end : second.start]
    if len(first.text) == 1:
        return between in {". ", " ", "."}
    return between == " " and _is_first(first.text) and not is_everyday(first.text)
