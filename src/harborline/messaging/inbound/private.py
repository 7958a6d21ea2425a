"""Private things a person sends by mistake: the kinds, never the values (law/lists/inbound/private.toml).

The kinds are those of the guard and `photo_or_document`. What is found decides only that the text is masked in the
inbox and that the person is told of the safe ways (MN-WIC-9.6:text-warn-and-redirect). Numbers that identify somebody
are found by the same code that keeps them out of our own texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harborline.messaging.inbound.names import is_frequent_name, is_name, is_surname, may_be_name
from harborline.messaging.inbound.phrases import phrases, words_of
from harborline.messaging.inbound.reading import Reading, capitals
from harborline.messaging.words.guard import find

PERSON_NAME = "person_name"
_BY_PHRASE = (
    "amount_owed",
    "dob",
    "dv",
    "fti",
    "health_info",
    "photo_or_document",
    "street_address_or_whereabouts",
)
_BY_SHAPE = frozenset({"ssn", "dl_number", "dob", "case_number", "financial_account"})
_DIGITS = "zero|oh|one|two|three|four|five|six|seven|eight|nine|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve"
_NUMBERS = re.compile(rf"\d(?:[^\d\n]{{0,3}}\d){{3}}|\d+[/-]\d|\b(?:{_DIGITS}) (?:\w+ )?(?:{_DIGITS})\b")
_PLACE_BEFORE = frozenset({"in", "at", "on", "near", "by", "en", "from", "off", "around", "outside", "toward"})
_ASKED_FOR = re.compile(
    r"\b(?:can|could|is|did|was|does|tell|ask|for|talk to|speak to|speak with|call|with|see|con|puede|esta) $"
)
_STAFF_DOES = re.compile(
    r"^(?:(?:please|still|ever) )*"
    r"(?:call|in|there|available|working|out|back|get|text|e ?mail|still|on|today)\b"
)


def private_kinds(reading: Reading) -> tuple[str, ...]:
    """Name the kinds of private things in an inbound text, in alphabetical order."""
    text = " ".join(["xname" if is_name(word) else word for word in reading.text.split()])
    found = {kind for kind in _BY_PHRASE if _says(kind, text)}
    if _NUMBERS.search(reading.folded):
        marks = find(reading.original, program="", lang=reading.language)
        found |= {mark.kind.value for mark in marks} & _BY_SHAPE
    if next(_names(reading), None):
        found.add(PERSON_NAME)
    return tuple(sorted(found))


def _says(kind: str, text: str) -> bool:
    if not phrases("private", kind).says(text):
        return False
    innocent = phrases("private", f"not_{kind}")
    return not innocent.says(text) or phrases("private", kind).says(innocent.without(text))


def _names(reading: Reading) -> Iterator[str]:
    written = capitals(reading.original)
    words = reading.text.split()
    for place, word in enumerate(words):
        if (word in written or may_be_name(word)) and word[0].isalpha() and _is_somebody(words, place, written):
            yield word


def _is_somebody(words: list[str], place: int, written: frozenset[str]) -> bool:
    word = words[place]
    before = " ".join(words[max(0, place - 4) : place]) + " "
    capital, introduced = word in written, phrases("private", "person_intro").ends(before)
    if introduced:
        named = may_be_name(word) or (capital and not _common(word))
    else:
        named = is_frequent_name(word) or (capital and (is_name(word) or word in words_of("common_names")))
        named = named or _has_surname(words, place, written)
    return named and not _is_staff_or_place(words, place, before, introduced=introduced)


def _has_surname(words: list[str], place: int, written: frozenset[str]) -> bool:
    following = words[place + 1] if place + 1 < len(words) else ""
    return may_be_name(words[place]) and words[place] in written and following in written and is_surname(following)


def _common(word: str) -> bool:
    return word in words_of("english") or word in words_of("spanish") or word in words_of("names_not_meant")


def _is_staff_or_place(words: list[str], place: int, before: str, *, introduced: bool) -> bool:
    last = words[place - 1] if place else ""
    further = words[place - 2] if place > 1 else ""
    if last in words_of("staff") or (last == "." and further in words_of("staff")):
        return True
    following = words[place + 1 : place + 3]
    if following and following[0] in words_of("after_name"):
        return True
    if introduced:
        return False
    if last in _PLACE_BEFORE:
        return True
    return _ASKED_FOR.search(before) is not None and _STAFF_DOES.match(" ".join(following)) is not None
