"""Private things a person sends by mistake: the kinds, never the values.

The kinds are those of the guard and `photo_or_document`. What is found decides only that the text is masked in the
inbox and that the person is told of the safe ways (MN-WIC-9.6:text-warn-and-redirect).
"""

from __future__ import annotations

from functools import cache

from harborline.messaging.words.grammar import grammar
from harborline.messaging.words.guard.facts import Kind
from harborline.messaging.words.guard.meaning import meanings
from harborline.messaging.words.guard.numbers import identifying_numbers
from harborline.messaging.words.guard.reader import Reader
from harborline.messaging.words.guard.strangers import is_personal_name, unknown_names

PHOTO_OR_DOCUMENT = "photo_or_document"
_OWN = ("health_info", "street_address_or_whereabouts", "amount_owed", "fti", "dob", PHOTO_OR_DOCUMENT)


def private_kinds(text: str) -> tuple[str, ...]:
    """Name the kinds of private things in an inbound text, in alphabetical order."""
    reader = Reader(text, lang="")
    found = {mark.kind.value for mark in (*identifying_numbers(reader), *meanings(reader, {Kind.DV}))}
    rules = grammar("inbound/private")
    found.update(kind for kind in _OWN if rules.rules(kind).first(reader.text))
    if next(unknown_names(reader), None) or _says_own_name(reader):
        found.add(Kind.PERSON_NAME.value)
    return tuple(sorted(found))


def _says_own_name(reader: Reader) -> bool:
    starts = {word.start: word.text for word in reader.words}
    hits = grammar("inbound/private").rules(Kind.PERSON_NAME.value).every(reader.text)
    return any(_is_name(starts[hit.end]) for hit in hits if hit.end in starts)


@cache
def _is_name(word: str) -> bool:
    return is_personal_name(word.removesuffix("'s"))
