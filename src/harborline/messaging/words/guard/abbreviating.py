"""Detector of abbreviations: listed short forms, dotted and slashed ones, capitals nobody explained."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from harborline.messaging.words.fold import Word
from harborline.messaging.words.grammar import grammar, words_of
from harborline.messaging.words.guard.facts import Kind
from harborline.messaging.words.guard.reader import Mark, Reader

_DOTTED = re.compile(r"(?<![\w.])(?:[a-z]\. ?){2,}(?!\w)")
_NUMBER_SIGN_AFTER = re.compile(r"\. ?[\d#]")
_MORE_AFTER = re.compile(r"\. ?[\da-z#]")
_TOWN_AFTER = re.compile(r"\.? [a-z]")
_HOUSE_NUMBER_BEFORE = re.compile(r"\d[\w]* (?:[\w'.-]+ ){0,4}$")
_AM_PM = frozenset({"a.m.", "p.m.", "a. m.", "p. m.", "u.s.", "p.o.", "d.c.", "e.u.", "ee. uu."})
_LOOK_BACK = 40
_SHORT = range(2, 6)


@cache
def abbreviations() -> dict[str, str]:
    """Read each short form with the words to say instead ('' when the thing should not be said at all)."""
    table = files("harborline.law") / "lists" / "guard" / "abbreviations.csv"
    lines = [line for line in table.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {row["short"]: row["say"] for row in csv.DictReader(lines)}


def shortened_words(reader: Reader) -> Iterator[Mark]:
    """Mark every abbreviation of the text."""
    text = reader.without_links
    for word in reader.free_words:
        if (_may_be_short(word.text) or _is_capitals(reader, word)) and _is_short(reader, word, text):
            yield Mark(Kind.ABBREVIATION, word.start, word.end, "short form")
    if "/" in text or "&c" in text:
        for hit in grammar("guard/writing").rules("slashed").every(text):
            yield Mark(Kind.ABBREVIATION, hit.start, hit.end, hit.rule)
    for found in _DOTTED.finditer(text) if "." in text else ():
        if found.group().strip() not in _AM_PM and not _is_initials(reader, found.start()):
            yield Mark(Kind.ABBREVIATION, found.start(), found.end(), "dotted")


@cache
def _may_be_short(word: str) -> bool:
    return word.removesuffix("'s") in abbreviations()


def _is_capitals(reader: Reader, word: Word) -> bool:
    written = reader.folded.written(word)
    return len(written) in _SHORT and written.isupper() and written.isalpha()


def _is_short(reader: Reader, word: Word, text: str) -> bool:
    if text[word.start : word.end] != word.text:
        return False
    bare = word.text.removesuffix("'s")
    if bare in words_of("guard/allowed_short") or _is_postal(text, word, bare):
        return False
    if bare not in abbreviations():
        return _is_unexplained(reader, bare)
    return bare not in words_of("guard/short_in_capitals") or _is_cut_off(reader, word, text, bare)


def _is_cut_off(reader: Reader, word: Word, text: str, bare: str) -> bool:
    # "est", "no", "id": short forms in capitals or before a full stop and more text, else everyday words.
    if _is_capitals(reader, word):
        return bare not in words_of("guard/everyday_short")
    if bare == "no":
        return _NUMBER_SIGN_AFTER.match(text, word.end) is not None
    return bare in words_of("guard/always_short") or (
        bare in words_of("guard/dotted_short") and _MORE_AFTER.match(text, word.end) is not None
    )


def _is_postal(text: str, word: Word, bare: str) -> bool:
    if bare not in words_of("guard/address_forms"):
        return False
    if _HOUSE_NUMBER_BEFORE.search(text, max(0, word.start - _LOOK_BACK), word.start):
        return True
    if bare == "st" and _TOWN_AFTER.match(text, word.end):
        return True
    rules = grammar("guard/writing")
    return bare in {"nc", "mn"} and (
        rules.rules("after_state").starts(text, word.end)
        or rules.rules("before_state").ends(text, max(0, word.start - _LOOK_BACK), word.start)
    )


def _is_unexplained(reader: Reader, bare: str) -> bool:
    if bare in words_of("guard/capitals") or any(vowel in bare for vowel in "aeiouy"):
        return False
    letters = [sign for sign in reader.folded.original if sign.isalpha()]
    return 2 * sum(sign.isupper() for sign in letters) <= len(letters)


def _is_initials(reader: Reader, start: int) -> bool:
    # "J. R. Smith": initials before a name are found as a name.
    after = reader.folded.original[start + 2 : start + 12].lstrip(". ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return after[:1].islower() and reader.folded.original[start : start + 1].isupper()
