"""The words that tell no company from another: kinds of body, trade and technology, places. Pure; read once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from harborline.vendors.screening.folding import native_of, words_of

_HERE = files("harborline.law") / "lists" / "vendors"


@cache
def forms() -> frozenset[str]:
    """Kinds of body (`inc`, `gmbh`) and joining words."""
    return _words("forms.txt")


@cache
def neutral() -> frozenset[str]:
    """Every word that does not tell one company from another."""
    return forms() | _words("generic.txt") | _words("places.txt")


@cache
def everyday() -> frozenset[str]:
    """Everyday words that many unrelated companies bear."""
    return _words("everyday.txt")


@cache
def native_neutral() -> tuple[str, ...]:
    """Neutral words in scripts without spaces, the longest first."""
    found = {native_of(word) for name in ("forms.txt", "generic.txt", "places.txt") for word in _listed(name)}
    return tuple(sorted(found - {""}, key=len, reverse=True))


def is_neutral(word: str) -> bool:
    """Whether a folded word says nothing about which company it is; so do numbers and single letters."""
    return word in neutral() or word.isdigit() or (len(word) == 1 and word.isascii())


def _words(name: str) -> frozenset[str]:
    # A place of several words (hong-kong) counts as each of them, and as them written together.
    found: set[str] = set()
    for word in _listed(name):
        parts = words_of(word)
        found.update(parts)
        found.add("".join(parts))
    return frozenset(found - {""})


def _listed(name: str) -> list[str]:
    lines = (_HERE / name).read_text(encoding="utf-8").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]
