"""Detector of known names: those of the case, in any order, case or spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from harborline.messaging.words.fold import Word, edits, fold, unleet
from harborline.messaging.words.grammar import words_of
from harborline.messaging.words.guard.facts import Kind
from harborline.messaging.words.guard.place import (
    after,
    beside_date,
    has_title,
    is_capital,
    is_staff,
    names_a_place,
    starts_sentence,
)
from harborline.messaging.words.guard.reader import Mark, Reader

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_SHORTEST_NAME = 2
_LONG_ENOUGH_FOR_A_SLIP = 5
_LETTERS_APART = re.compile(r"(?<![^\W_])[a-z](?:[ .\-_*]{1,2}[a-z]){2,}(?![^\W_])")


def name_tokens(names: Iterable[str]) -> frozenset[str]:
    """Fold the names of a case into the words worth looking for; particles and initials are left out."""
    return frozenset(
        token
        for name in names
        for token in _TOKEN.findall(fold(name))
        if len(token) >= _SHORTEST_NAME and token not in words_of("guard/particles")
    )


def text_tokens(text: str, exempt_spans: Sequence[tuple[int, int]] = ()) -> frozenset[str]:
    """Fold a final text outside its typed placeholders into the words that `names_in` compares names with."""
    words = {word.text for word in Reader(text, lang="", exempt_spans=exempt_spans).free_words}
    return frozenset(words | {part for word in words if "'" in word for part in word.split("'")})


def names_in(tokens: frozenset[str], names: Iterable[str]) -> frozenset[str]:
    """Find the names of a case that stand in an already judged text; one set operation.

    Words everybody uses (will, may, call) are no names there: the judged text greets nobody.
    """
    found = name_tokens(names) & tokens
    return found - words_of("guard/name_words") - words_of("guard/everyday") if found else found


def known_names(reader: Reader) -> Iterator[Mark]:
    """Mark names of the case: alone, in any order, with one slip in a longer one, in digits, spaced."""
    tokens = _tokens_of(tuple(reader.names))
    if not tokens:
        return
    words, longer = reader.free_words, _longer(tokens)
    for place, word in enumerate(words):
        if _matches(word.text, tokens, longer) and _is_meant(reader, words, place, tokens):
            yield Mark(Kind.PERSON_NAME, word.start, word.end, "known name")
    for found in _LETTERS_APART.finditer(reader.free):
        if re.sub(r"[^a-z]", "", found.group()) in tokens:
            yield Mark(Kind.PERSON_NAME, found.start(), found.end(), "known name, spaced")


def is_everyday(word: str) -> bool:
    """Say whether the word is one that everyday texts use, whoever else bears it as a name."""
    return word in words_of("guard/everyday") or word in words_of("guard/name_words")


@lru_cache(maxsize=1024)
def _tokens_of(names: tuple[str, ...]) -> frozenset[str]:
    return name_tokens(names)


def _longer(tokens: frozenset[str]) -> dict[str, list[str]]:
    """Sort the names long enough to be known with one slip by their first letter."""
    found: dict[str, list[str]] = {}
    for token in tokens:
        if len(token) >= _LONG_ENOUGH_FOR_A_SLIP:
            found.setdefault(token[0], []).append(token)
    return found


def _matches(word: str, tokens: frozenset[str], longer: dict[str, list[str]]) -> bool:
    bare = word.removesuffix("'s")
    if bare in tokens or (not bare.isalpha() and unleet(bare) in tokens):
        return True
    if len(bare) < _LONG_ENOUGH_FOR_A_SLIP or bare[0] not in longer or not bare.isalpha():
        return False
    return any(_is_slip(bare, token) for token in longer[bare[0]]) and not is_everyday(bare)


def _is_slip(word: str, token: str) -> bool:
    return abs(len(token) - len(word)) <= 1 and edits(word, token) <= 1


def _is_meant(reader: Reader, words: Sequence[Word], place: int, tokens: frozenset[str]) -> bool:
    word = words[place]
    bare = word.text.removesuffix("'s")
    if names_a_place(words, place) or is_staff(reader, words, place):
        return False
    if not is_everyday(bare) or has_title(words, place) or _is_addressed(reader, word):
        return True
    if word.text.endswith("'s") and is_capital(reader, word) and bare not in words_of("guard/everyday"):
        return True
    if any(words[near].text in tokens for near in (place - 1, place + 1) if 0 <= near < len(words)):
        return True
    return _is_named(reader, words, place)


def _is_addressed(reader: Reader, word: Word) -> bool:
    return after("greeting", reader, word) or (after("kin", reader, word) and is_capital(reader, word))


def _is_named(reader: Reader, words: Sequence[Word], place: int) -> bool:
    word = words[place]
    if not is_capital(reader, word) or starts_sentence(reader, word) or beside_date(words, place):
        return False
    return after("towards", reader, word) or after("kin", reader, word)
