"""Which words of an inbound text are names of people: the public lists, less the words of everyday texts."""

from __future__ import annotations

import gzip
from functools import cache, lru_cache
from importlib.resources import files

from harborline.messaging.inbound.phrases import words_of

_SHORTEST = 3


@lru_cache(maxsize=100_000)
def may_be_name(word: str) -> bool:
    """Whether a folded word is a first name and none of the commonest words: enough where a name is expected."""
    return len(word) >= _SHORTEST and word.isalpha() and word in _first_names() and not _common(word)


@lru_cache(maxsize=100_000)
def is_name(word: str) -> bool:
    """Whether a folded word is a first name and no everyday word at all."""
    return may_be_name(word) and word not in _also_words()


@lru_cache(maxsize=100_000)
def is_frequent_name(word: str) -> bool:
    """Whether a folded word is one of the frequent first names and no everyday word."""
    return is_name(word) and word in _frequent()


@lru_cache(maxsize=100_000)
def is_surname(word: str) -> bool:
    """Whether a folded word is a surname and no everyday word."""
    known = len(word) >= _SHORTEST and word.isalpha() and word in _surnames()
    return known and not _common(word) and word not in _also_words()


def _common(word: str) -> bool:
    return any(word in words_of(name) for name in ("english", "spanish", "keywords", "names_not_meant", "courtesy"))


@cache
def _first_names() -> frozenset[str]:
    return frozenset(_unpacked("first_names.txt.gz").split())


@cache
def _frequent() -> frozenset[str]:
    return frozenset(_unpacked("first_names.txt.gz").partition("\n\n")[0].split())


@cache
def _surnames() -> frozenset[str]:
    return frozenset(_unpacked("surnames.txt.gz").split())


@cache
def _also_words() -> frozenset[str]:
    return frozenset(_unpacked("names_that_are_words.txt.gz").split())


def _unpacked(name: str) -> str:
    return gzip.decompress((files("harborline.law") / "lists" / "guard" / name).read_bytes()).decode()
