"""Detectors of how a text is written: abbreviations and hard reading (MN-WIC-9.6 asks for neither)."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files

from harborline.messaging.words.fold import Word
from harborline.messaging.words.grammar import grammar, words_of
from harborline.messaging.words.guard.facts import Kind
from harborline.messaging.words.guard.reader import Mark, Reader

_PLACE = re.compile(r"\b(?:\d{1,6} [\w' .-]{2,30} |p\.? ?o\.? box|, )$")
_URLS = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w.-]+@[\w.-]+|\b[\w-]+(?:\.[\w-]+)*\.(?:gov|org|com|net|us|example|edu|mn|nc|be|info)(?:/\S*)?\b"
)
_DOTTED = re.compile(r"(?<![\w.])(?:[a-z]\. ?){2,}(?!\w)")
_SLASHED = re.compile(r"(?<![\w/])(?:w/o?|b/c|f/u|n/a|c/o|a/c|h/o|s/o|r/s|y/n|&c|w/(?=\w+))(?![\w/])")
_AM_PM = frozenset({"a.m.", "p.m.", "a. m.", "p. m.", "u.s.", "p.o.", "d.c.", "e.u.", "ee. uu."})
_MAY_BE_CAPITALS = 2


@cache
def abbreviations() -> dict[str, str]:
    """Each short form with the words to say instead ('' when the thing should not be said at all)."""
    table = files("harborline.law") / "lists" / "guard" / "abbreviations.csv"
    lines = [line for line in table.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {row["short"]: row["say"] for row in csv.DictReader(lines)}


def shortened_words(reader: Reader) -> Iterator[Mark]:
    """Every abbreviation: listed short forms, dotted and slashed ones, capitals nobody explained."""
    text = _URLS.sub(lambda found: " " * len(found.group()), reader.free)
    for word in reader.free_words:
        if text[word.start : word.end] == word.text and _is_short(reader, word, text):
            yield Mark(Kind.ABBREVIATION, word.start, word.end, "short form")
    for found in _SLASHED.finditer(text):
        yield Mark(Kind.ABBREVIATION, found.start(), found.end(), "slashed")
    for found in _DOTTED.finditer(text):
        if found.group().strip() not in _AM_PM and not _initial(reader, found.start()):
            yield Mark(Kind.ABBREVIATION, found.start(), found.end(), "dotted")


def _is_short(reader: Reader, word: Word, text: str) -> bool:
    written = reader.folded.written(word)
    bare = word.text.removesuffix("'s")
    if bare in words_of("guard/address_forms") and _in_address(text, word, bare):
        return False
    if bare in abbreviations() and bare not in words_of("guard/allowed_short"):
        return bare not in words_of("guard/short_in_capitals") or _clipped(written, bare, text, word)
    return _unexplained_capitals(reader, written, bare)


def _clipped(written: str, bare: str, text: str, word: Word) -> bool:
    # "est", "no", "id": short forms when in capitals or with a full stop before more text, else everyday words.
    if written.isupper() and len(bare) >= _MAY_BE_CAPITALS:
        return bare not in {"in", "it", "or", "me", "no", "so", "us", "at", "as", "do"}
    following = text[word.end : word.end + 2]
    if bare in {"no", "est", "max", "mo", "mon", "tue", "wed", "thu", "fri", "sat", "sun"} and re.match(
        r"\. ?[\d#a-z]", following
    ):
        return bare != "no" or bool(re.match(r"\. ?[\d#]", following))
    return bare in words_of("guard/always_short")


def _in_address(text: str, word: Word, bare: str) -> bool:
    before, after = text[max(0, word.start - 40) : word.start], text[word.end : word.end + 12]
    if bare == "st" and re.match(r"\.? [a-z]", after) and not re.search(r"\d [\w ]+$", before):
        return True  # St. Paul
    if bare in {"nc", "mn"}:
        return bool(
            re.match(r" \d{5}", after)
            or re.match(r" (?:child|wic|dhhs|department|medicaid|portal|my|app|css|notices)\b", after)
        ) or bool(re.search(r"(?:\bmy |, )$", before))
    return bool(re.search(r"\d[\w]* (?:[\w'.-]+ ){0,4}$", before))


def _unexplained_capitals(reader: Reader, written: str, bare: str) -> bool:
    if not (written.isupper() and written.isalpha() and 2 <= len(written) <= 5):  # noqa: PLR2004 - short forms are short
        return False
    if bare in words_of("guard/capitals") or bare in words_of("guard/allowed_short"):
        return False
    return not _mostly_capitals(reader) and not any(vowel in bare for vowel in "aeiouy")


def _mostly_capitals(reader: Reader) -> bool:
    letters = [sign for sign in reader.folded.original if sign.isalpha()]
    return 2 * sum(sign.isupper() for sign in letters) > len(letters)


def _initial(reader: Reader, start: int) -> bool:
    # "J. R. Smith": initials before a name are found as a name.
    after = reader.folded.original[start + 2 : start + 12].lstrip(". ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return bool(after[:1].islower() and reader.folded.original[start : start + 1].isupper())


_SENTENCE_LONG = 38
_GRADE_MAX = 12.0
_WORDS_FEWEST = 9
_SPANISH_EASE_MIN = 42.0
_LEGAL_MAX = 1
_VOWELS = re.compile(r"[aeiouy]+")
_SPANISH_VOWELS = re.compile(r"[aeo]|[iu](?![aeo])(?<![aeo][iu])")


def hard_reading(reader: Reader) -> Iterator[Mark]:
    """Mark the whole text when it reads clearly above grade 8, is one endless sentence, or talks like a court."""
    text = _URLS.sub(" ", reader.free)
    legal = sum(1 for _ in grammar("guard/reading").rules("legal").every(text))
    reason = "legal words" if legal > _LEGAL_MAX else _measured(text, reader.lang)
    if reason:
        yield Mark(Kind.HARD_TO_READ, 0, len(reader.text), reason)


_SENTENCE_END = re.compile(r"(?<![ap]\.m)(?<![ap]\. m)(?<!\bmr)(?<!\bms)(?<!\bdr)(?<!\bst)[.!?:;]+(?=\s|$)|\n+")
_READ_WORD = re.compile(r"[a-z][a-z']*")


def _measured(text: str, lang: str) -> str:
    counts = [(len(words), words) for part in _SENTENCE_END.split(text) if (words := _READ_WORD.findall(part))]
    total = sum(count for count, _ in counts)
    if total < _WORDS_FEWEST:
        return ""
    if max(count for count, _ in counts) > _SENTENCE_LONG:
        return "endless sentence"
    syllables = sum(_syllables(word, lang) for _, words in counts for word in words)
    per_sentence, per_word = total / len(counts), syllables / total
    if lang == "es":
        ease = 206.835 - 62.3 * per_word - per_sentence
        return "hard words" if ease < _SPANISH_EASE_MIN and per_sentence > _WORDS_FEWEST else ""
    return "hard words" if 0.39 * per_sentence + 11.8 * per_word - 15.59 > _GRADE_MAX else ""


@lru_cache(maxsize=20_000)
def _syllables(word: str, lang: str) -> int:
    if lang == "es":
        return max(1, len(_SPANISH_VOWELS.findall(word)))
    stem = re.sub(r"(?:[^laeiouy]e|[^aeiouydt]ed|[^aeiouysxzcg]es)$", "x", word)
    return max(1, len(_VOWELS.findall(stem)))
