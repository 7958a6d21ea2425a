"""The syllables of words, by their vowels: rough, in English and Spanish."""

from __future__ import annotations

import re

_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?:[^laeiouy]e|[^aeiouydt]ed|[^aeiouysxzcg]es)$")
_SPANISH_VOWELS = re.compile(r"[aeo]|(?<![aeo])[iu](?![aeo])")


def syllables(unit: str, *, spanish: bool) -> int:
    """Count the syllables of a word as this language is spoken; 0 for numbers and marks."""
    if not unit[0].isalpha():
        return 0
    word = unit.lower()
    if spanish:
        return max(1, len(_SPANISH_VOWELS.findall(word)))
    return max(1, len(_VOWELS.findall(_SILENT.sub("x", word))))
