"""Detector of hard reading: measured by sentence and word length, and by words only offices use.

English: the Flesch-Kincaid grade. Spanish: the Szigriszt-Pazos scale. Both are rough on a short text, so that only
what is clearly above grade 8 is marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import groupby

from harborline.messaging.words.fold import Word
from harborline.messaging.words.grammar import Rules, grammar
from harborline.messaging.words.guard.facts import Kind
from harborline.messaging.words.guard.reader import Mark, Reader

_LONGEST_SENTENCE = 38
_FEWEST_WORDS = 9
_HIGHEST_GRADE = 12.0
_LOWEST_EASE = 42.0
_LEGAL_WORDS = 2
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?:[^laeiouy]e|[^aeiouydt]ed|[^aeiouysxzcg]es)$")
_SPANISH_VOWELS = re.compile(r"[aeo]|(?<![aeo])[iu](?![aeo])")
_SENTENCE_END = re.compile(r"[.!?:;]+(?=\s|$)|\n+")
_NO_END = ("a.m", "p.m", "a. m", "p. m", " mr", " ms", " mrs", " dr", " st")


def hard_reading(reader: Reader) -> Iterator[Mark]:
    """Mark the whole text when it reads clearly above grade 8, is one endless sentence, or talks like a court."""
    reason = "legal words" if _legal_words(reader) >= _LEGAL_WORDS else _measured(reader)
    if reason:
        yield Mark(Kind.HARD_TO_READ, 0, len(reader.text), reason)


def _legal_words(reader: Reader) -> int:
    if not any(_begins_legal(word.text) for word in reader.free_words):
        return 0
    return sum(1 for _ in _legal().every(reader.without_links))


def _legal() -> Rules:
    return grammar("guard/writing").rules("legal")


@cache
def _begins_legal(word: str) -> bool:
    return grammar("guard/writing").rules("legal_word").matches_whole(word)


def _measured(reader: Reader) -> str:
    text = reader.without_links
    words = [word for word in reader.free_words if word.text[0].isalpha() and text[word.start] == word.text[0]]
    if len(words) < _FEWEST_WORDS:
        return ""
    lengths = _sentence_lengths(text, words)
    if max(lengths) > _LONGEST_SENTENCE:
        return "endless sentence"
    spanish = reader.lang == "es"
    per_sentence = len(words) / len(lengths)
    per_word = sum(_syllables(word.text, spanish=spanish) for word in words) / len(words)
    return "hard words" if _is_hard(per_sentence, per_word, spanish=spanish) else ""


def _sentence_lengths(text: str, words: list[Word]) -> list[int]:
    ends = [at for found in _SENTENCE_END.finditer(text) if not text.endswith(_NO_END, 0, at := found.start())]
    sentence = 0
    numbers: list[int] = []
    for word in words:
        while sentence < len(ends) and ends[sentence] <= word.start:
            sentence += 1
        numbers.append(sentence)
    return [len(list(group)) for _, group in groupby(numbers)]


def _is_hard(per_sentence: float, per_word: float, *, spanish: bool) -> bool:
    if spanish:
        return 206.835 - 62.3 * per_word - per_sentence < _LOWEST_EASE and per_sentence > _FEWEST_WORDS
    return 0.39 * per_sentence + 11.8 * per_word - 15.59 > _HIGHEST_GRADE


@lru_cache(maxsize=20_000)
def _syllables(word: str, *, spanish: bool) -> int:
    if spanish:
        return max(1, len(_SPANISH_VOWELS.findall(word)))
    return max(1, len(_VOWELS.findall(_SILENT.sub("x", word))))
