"""The public lists of first names and surnames, less the words that everyday texts use."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from harborline.messaging.words.fold import fold
from harborline.messaging.words.grammar import words_of

_SHORTEST = 2
_FOND = ("ecito", "ecita", "cito", "cita", "ito", "ita")


@cache
def _first_names() -> tuple[frozenset[str], frozenset[str]]:
    frequent, _, others = _unpacked("first_names.txt.gz").partition("\n\n")
    return frozenset(frequent.split()), frozenset(others.split())


@cache
def _surnames() -> frozenset[str]:
    return frozenset(_unpacked("surnames.txt.gz").split())


@cache
def _words() -> frozenset[str]:
    return frozenset(_unpacked("names_that_are_words.txt.gz").split())


def _unpacked(name: str) -> str:
    return gzip.decompress((files("harborline.law") / "lists" / "guard" / name).read_bytes()).decode()


def is_everyday(word: str) -> bool:
    """Say whether the word is one that everyday texts use, whoever else bears it as a name."""
    if word in words_of("guard/names_first"):
        return False
    return word in words_of("guard/everyday") or word in words_of("guard/name_words") or word in _words()


def is_word(word: str) -> bool:
    """Say whether a folded name is also a word of a dictionary, however seldom our texts use it so."""
    return is_everyday(word) or word in words_of("guard/names_before_words")


def is_first_name(word: str) -> bool:
    """Say whether a folded word is on the list of first names."""
    frequent, others = _first_names()
    return word in frequent or word in others


@cache
def short_forms() -> Mapping[str, tuple[str, ...]]:
    """What families say for a given name, by the folded name (`law/lists/guard/nicknames.txt`)."""
    text = (files("harborline.law") / "lists" / "guard" / "nicknames.txt").read_text(encoding="utf-8")
    rows = (line.partition(":") for line in text.splitlines() if not line.startswith("#"))
    return {name: tuple(fold(short) for short in forms.split() if len(short) > _SHORTEST) for name, _, forms in rows}


def name_classes(word: str) -> Iterator[str]:
    """Name the classes of names a folded word belongs to; one that is also a word is `wordy` and no other."""
    if len(word) < _SHORTEST or not word.isalpha():
        return
    frequent, others = _first_names()
    first, surname = word in frequent or word in others, word in _surnames()
    if not (first or surname):
        if _is_fond_form(word, frequent):
            yield "first"
        return
    if is_everyday(word):
        yield "wordy"
        if word in frequent:
            yield "wordy_first"
        return
    if first:
        yield "first" if word in frequent else "rare_first"
        if is_word(word):
            yield "first_word"
    if surname:
        yield "last"


def _is_fond_form(word: str, names: frozenset[str]) -> bool:
    # Mateito, Kevincito, Santiaguito: Spanish names in their small form.
    for ending in _FOND:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > _SHORTEST:
            found = {stem, stem + ending[-1], stem.removesuffix("u") + ending[-1], stem.removesuffix("u")} & names
            return any(not is_everyday(name) for name in found)
    return False
