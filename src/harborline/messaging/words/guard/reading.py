"""Detector of hard reading: measured by sentence and word length, and by words only offices use.

English: the Flesch-Kincaid grade. Spanish: the Szigriszt-Pazos scale. Both are rough on a short text, so that only
what is clearly above grade 8 is marked.
"""

from __future__ import annotations

from collections.abc import Iterator

from harborline.messaging.words.guard.facts import Kind
from harborline.messaging.words.guard.lexicon import lexicon
from harborline.messaging.words.guard.reader import Mark, Reader
from harborline.messaging.words.guard.syllables import syllables

_LONGEST_SENTENCE = 38
_FEWEST_WORDS = 9
_FEWEST_SPANISH_WORDS = 13
_HIGHEST_GRADE = 12.0
_LOWEST_EASE = 49.0
_LEGAL_WORDS = 3
_SPANISH = frozenset(
    {
        "de",
        "la",
        "el",
        "que",
        "los",
        "las",
        "su",
        "sus",
        "para",
        "por",
        "en",
        "con",
        "una",
        "es",
        "se",
        "lo",
        "le",
        "al",
    }
)
_SHARE = 6


def hard_reading(reader: Reader) -> Iterator[Mark]:
    """Mark the whole text when it reads clearly above grade 8, is one endless sentence, or talks like a court."""
    reason = _reason(reader)
    if reason:
        yield Mark(Kind.HARD_TO_READ, 0, len(reader.text), reason)


def _reason(reader: Reader) -> str:
    spanish = is_spanish(reader)
    said = reader.known.syllables
    if spanish and not reader.lang:
        said = [syllables(unit, spanish=True) for unit in reader.units]
    words = len(said) - said.count(0)
    if words < _FEWEST_WORDS:
        return ""
    if reader.cells.count(lexicon().sign("legal")) >= _LEGAL_WORDS:
        return "legal words"
    lengths = [length for sentence in reader.cells.split(". ") if (length := sentence.count(" ")) > 1]
    if max(lengths, default=0) > _LONGEST_SENTENCE:
        return "endless sentence"
    per_word = sum(said) / words
    return "hard words" if _is_hard(words, words / max(1, len(lengths)), per_word, spanish=spanish) else ""


def is_spanish(reader: Reader) -> bool:
    """Say whether the text is to be measured as Spanish: as it was given, or by its small words."""
    if reader.lang:
        return reader.lang == "es"
    return _SHARE * sum(word in _SPANISH for word in reader.known.small) > len(reader.units)


def _is_hard(words: int, per_sentence: float, per_word: float, *, spanish: bool) -> bool:
    if spanish:
        return words >= _FEWEST_SPANISH_WORDS and 206.835 - 62.3 * per_word - per_sentence < _LOWEST_EASE
    return 0.39 * per_sentence + 11.8 * per_word - 15.59 > _HIGHEST_GRADE
