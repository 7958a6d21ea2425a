"""Detectors of numbers that identify a person or open an account: structure first, the words around it second."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from harborline.messaging.words.grammar import grammar
from harborline.messaging.words.guard.facts import Kind
from harborline.messaging.words.guard.reader import Mark, Reader

_LIKE_DIGITS = str.maketrans("oli|sb", "011158")
_GROUPED = re.compile(r"(?<![\w$])\d{3}[-./ ]{0,2}\d{2}[-./ ]{0,2}\d{4}(?!\w)")
_LIKE_GROUPED = re.compile(r"(?<![\w$])[\doli|]{3}[-./ ]{0,2}[\doli|]{2}[-./ ]{0,2}[\doli|]{4}(?!\w)")
_LIKE_DIGIT = re.compile(r"\d[oli|]|[oli|]\d")
_APART = re.compile(r"(?<!\w)(?:\d[ .\-_,]{1,2}){6,}\d(?!\w)")
_MASKED = re.compile(r"(?<!\w)[x*#•\d]{3}[- ]?[x*#•\d]{2}[- ]\d{4}(?!\w)")
_ENGLISH_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_SPANISH_DIGITS = ("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve")
_SPOKEN = frozenset({*_ENGLISH_DIGITS, *_SPANISH_DIGITS, "oh", "o"})
_DIGIT = re.compile(r"\d")
_PHONE = re.compile(r"(?<!\w)(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]?\d{4}(?!\w)|(?<!\w)1?[2-9]\d{9}(?!\w)")
_RUN = re.compile(r"(?<![\w$.,/:@#-])#?(?:[a-z]{1,4}-?)?\d(?:[\d-]*\d)?[a-z]?(?![\w/]|[.,:]\d|%)")
_LUHN = re.compile(r"(?<!\w)\d(?:[ -]?\d){12,18}(?!\w)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_LONGEST_PLAIN = 4
_LOOK_BACK = 40


def identifying_numbers(reader: Reader) -> Iterator[Mark]:
    """Mark every number that identifies somebody: Social Security, licence, birth date, case, account."""
    if _DIGIT.search(reader.free) is None and not _speaks_digits(reader):
        return
    text, taken = reader.free, _Taken()
    for mark in (*_named(reader), *_spoken(reader), *_by_structure(text)):
        if taken.free(mark):
            yield mark
    yield from (mark for mark in _unexplained(text) if taken.free(mark))


class _Taken:
    """Which places are already explained, so that one number is one finding."""

    def __init__(self) -> None:
        self._spans: list[tuple[int, int]] = []

    def free(self, mark: Mark) -> bool:
        """Take the mark's place; False when it was taken."""
        if any(mark.start < end and start < mark.end for start, end in self._spans):
            return False
        self._spans.append((mark.start, mark.end))
        return True


_NAMED = {
    "ssn": Kind.SSN,
    "dl": Kind.DL_NUMBER,
    "dob": Kind.DOB,
    "account": Kind.FINANCIAL_ACCOUNT,
    "case": Kind.CASE_NUMBER,
}
_SHAPES = {"dl_shape": Kind.DL_NUMBER, "case_shape": Kind.CASE_NUMBER}


def _named(reader: Reader) -> Iterator[Mark]:
    rules = grammar("guard/numbers")
    spoken_of = frozenset().union(*(_named_by(word.text) for word in reader.free_words))
    kinds = {name: kind for name, kind in _NAMED.items() if name in spoken_of} | _SHAPES
    text = rules.rules("innocent").veiled(reader.free)
    for name, kind in kinds.items():
        for hit in rules.rules(name).every(text):
            yield Mark(kind, hit.start, hit.end, hit.rule)


@cache
def _named_by(word: str) -> frozenset[str]:
    rules, bare = grammar("guard/numbers"), word.removesuffix("'s")
    return frozenset(name for name in _NAMED if rules.rules(f"{name}_word").matches_whole(bare))


def _by_structure(text: str) -> Iterator[Mark]:
    for found in _MASKED.finditer(text):
        yield Mark(Kind.SSN, found.start(), found.end(), "masked")
    for found in (_LIKE_GROUPED if _LIKE_DIGIT.search(text) else _GROUPED).finditer(text):
        digits = _digits(found.group())
        if len(digits) == 9 and sum(sign.isdigit() for sign in found.group()) > 5 and _may_be_ssn(digits):  # noqa: PLR2004 - nine digits
            yield Mark(Kind.SSN, found.start(), found.end(), "nine digits")
    for found in _APART.finditer(text):
        digits = _digits(found.group())
        if len(digits) == 9 and _may_be_ssn(digits):  # noqa: PLR2004 - nine digits
            yield Mark(Kind.SSN, found.start(), found.end(), "nine digits set apart")
    for found in _LUHN.finditer(text):
        if _luhn(_digits(found.group())):
            yield Mark(Kind.FINANCIAL_ACCOUNT, found.start(), found.end(), "card number")


def _digits(text: str) -> str:
    return "".join(sign for sign in text.translate(_LIKE_DIGITS) if sign.isdigit())


def _may_be_ssn(digits: str) -> bool:
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    if group == "00" or serial == "0000" or area in {"000", "666"}:
        return False
    return area[0] != "9" or 50 <= int(group) <= 99  # noqa: PLR2004 - an individual taxpayer number


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - the checksum's own constant
    return total % 10 == 0


_ENOUGH_SPOKEN = 4


def _speaks_digits(reader: Reader) -> bool:
    return sum(word.text in _SPOKEN for word in reader.free_words) >= _ENOUGH_SPOKEN


def _spoken(reader: Reader) -> Iterator[Mark]:
    # Numbers said in words ("four one seven ..."): the words around them say what they are.
    words = reader.free_words
    start = 0
    while start < len(words):
        end = start
        while end < len(words) and (
            words[end].text in _SPOKEN or (words[end].text.isdigit() and len(words[end].text) == 1)
        ):
            end += 1
        if end - start >= _ENOUGH_SPOKEN and any(word.text in _SPOKEN for word in words[start:end]):
            yield _spoken_mark(reader, start, end)
        start = max(end, start + 1)


def _spoken_mark(reader: Reader, start: int, end: int) -> Mark:
    words = reader.free_words
    before = reader.free[max(0, words[start].start - 60) : words[start].start]
    kind = Kind.CASE_NUMBER
    if end - start == 9 or re.search(r"\b(?:social|ssn|seguro)\b", before):  # noqa: PLR2004 - nine digits
        kind = Kind.SSN
    elif re.search(r"\b(?:card|account|routing|pin|cuenta|tarjeta|ruta|clave)\b", before):
        kind = Kind.FINANCIAL_ACCOUNT
    elif re.search(r"\b(?:licen[sc]e|licencia|dl)\b", before):
        kind = Kind.DL_NUMBER
    return Mark(kind, words[start].start, words[end - 1].end, "said in words")


def _unexplained(text: str) -> Iterator[Mark]:
    # Any other run of five or more digits is somebody's number until somebody says what it is.
    rules = grammar("guard/numbers")
    phones = [(found.start(), found.end()) for found in _PHONE.finditer(text)]
    for found in _RUN.finditer(text):
        digits = "".join(sign for sign in found.group() if sign.isdigit())
        if len(digits) <= _LONGEST_PLAIN or _YEAR.fullmatch(digits):
            continue
        if any(start <= found.start() < end for start, end in phones):
            continue
        if rules.rules("harmless_before").ends(text, max(0, found.start() - _LOOK_BACK), found.start()):
            continue
        yield Mark(Kind.CASE_NUMBER, found.start(), found.end(), "a number nobody explained")
