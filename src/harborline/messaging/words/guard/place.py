"""Where a word that may be a name stands: after a greeting, a title, a relative, a member of staff, before a street."""

from __future__ import annotations

import re
from collections.abc import Sequence

from harborline.messaging.words.fold import Word
from harborline.messaging.words.grammar import grammar, words_of
from harborline.messaging.words.guard.reader import Reader

_LOOK_BACK = 48
_STAFF_WORDS_BEFORE = 3
_AFTER = re.compile(r",| (?:has|is|was|will|needs|and|your|tiene|esta|su|y)\b")
_ENDS = re.compile(r"[,.!?]? ?$")


def after(what: str, reader: Reader, word: Word) -> bool:
    """Say whether the words right before `word` are of the list `what` of guard/names.toml."""
    return grammar("guard/names").rules(what).ends(reader.free, max(0, word.start - _LOOK_BACK), word.start)


def has_title(words: Sequence[Word], place: int) -> bool:
    """Say whether Mr., Mrs., senora or the like stands right before the word."""
    return place > 0 and words[place - 1].text in words_of("guard/titles")


def is_capital(reader: Reader, word: Word) -> bool:
    """Say whether the writer began the word with a capital."""
    start, _ = reader.folded.span(word.start, word.start + 1)
    return reader.folded.original[start].isupper()


def starts_sentence(reader: Reader, word: Word) -> bool:
    """Say whether nothing of its sentence stands before the word."""
    before = reader.text[max(0, word.start - _LOOK_BACK) : word.start].rstrip(" \"'(")
    return not before or before[-1] in ".!?:\n"


def names_a_place(words: Sequence[Word], place: int) -> bool:
    """Say whether the word is part of the name of a street, a building, a shop, a town or a day."""
    places, everyday = words_of("guard/place_words"), words_of("guard/everyday")
    following = [word.text for word in words[place + 1 : place + 3]]
    if following and following[0] in places:
        return True
    if place and words[place - 1].text in words_of("guard/place_heads"):
        return True
    return len(following) > 1 and following[1] in places and following[0] not in everyday | words_of("guard/joining")


def is_staff(reader: Reader, words: Sequence[Word], place: int) -> bool:
    """Say whether a public role or "ask for" stands before the word: staff may be named."""
    before = words[max(0, place - _STAFF_WORDS_BEFORE) : place]
    if any(word.text in words_of("guard/staff_words") for word in before):
        return True
    return after("staff", reader, words[place])


def beside_date(words: Sequence[Word], place: int) -> bool:
    """Say whether a number or "in", "by", "this" stands beside the word: then it is a month or a season."""
    following = words[place + 1].text if place + 1 < len(words) else ""
    before = words[place - 1].text if place else ""
    return following[:1].isdigit() or before[:1].isdigit() or before in words_of("guard/before_dates")


def stands_as_person(reader: Reader, word: Word) -> bool:
    """Say whether the capital word stands where people stand: "for Ana", "Ana, your visit", "Ana has a visit"."""
    if not is_capital(reader, word):
        return False
    if after("towards", reader, word):
        return True
    if starts_sentence(reader, word) and _AFTER.match(reader.free, word.end):
        return True
    before = reader.free[: word.start].rstrip()
    return before.endswith(",") and bool(_ENDS.fullmatch(reader.free, word.end))
