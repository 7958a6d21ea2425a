"""Detector of abbreviations: listed short forms, dotted and slashed ones, capitals nobody explained."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from harborline.messaging.words.grammar import words_of
from harborline.messaging.words.guard.facts import Kind
from harborline.messaging.words.guard.grammars import units_in
from harborline.messaging.words.guard.reader import Mark, Reader

_DOTTED = re.compile(r"(?<![\w.])(?:[a-z]\. ?){2,}(?!\w)")
_MAY_BE_DOTTED = re.compile(r"\. ?[a-z]\.")
_CUT_OFF = re.compile(r"\.(?= ?[a-z\d#,:)])")
_BEFORE_NUMBER = re.compile(r"\. ?[\d#]")
_SLASHED = re.compile(
    r"(?<![\w/])(?:w/o?(?![\w/])|w/(?=[a-z])|b/c|f/u|n/a|c/o|a/c|h/o|s/o|r/s|r/o|y/n|d/t|p/(?= ?[a-z])|x/(?= ?[a-z])"
    r"|c/u|b/w|t/c|1/2 day|hr/wk|/hr|/mo|/wk|/yr)(?![\w/])|&c\b"
)
_DOTTED_ALLOWED = frozenset({"a.m", "p.m", "a. m", "p. m", "u.s", "p.o", "d.c", "e.u", "u.s.a", "a.c", "d.f"})
_AFTER_ADDRESS = 40
_HOUSE_NUMBER_BEFORE = re.compile(r"\d[\w]*\.? (?:[\w'.-]+ ){0,4}$")
_MOSTLY = 2


def shortened_words(reader: Reader) -> Iterator[Mark]:
    """Mark every abbreviation of the text."""
    if any(reader.known.form):
        yield from _in_units(reader, reader.known.form)
    text = reader.free
    if "/" in text or "&" in text:
        for found in _SLASHED.finditer(reader.cased.lower()):
            yield Mark(Kind.ABBREVIATION, *found.span(), "slashed")
    for found in _DOTTED.finditer(text) if _MAY_BE_DOTTED.search(text) else ():
        if found.group().strip(" .") not in _DOTTED_ALLOWED and not _is_initials(reader, found.start()):
            yield Mark(Kind.ABBREVIATION, *found.span(), "dotted")


def _in_units(reader: Reader, forms: Iterable[str]) -> Iterator[Mark]:
    shouted = _is_shouted(reader)
    excused = units_in(reader, "writing", "innocent")
    for place, form in enumerate(forms):
        unit = reader.units[place]
        if not form or place in excused or (len(unit) == 1 and _is_middle_initial(reader.units, place)):
            continue
        if not shouted if form == "capitals" else _is_short(reader, place, unit, shouted=shouted):
            yield reader.mark(Kind.ABBREVIATION, (place, place + 1), "short form")


def _is_middle_initial(units: Sequence[str], place: int) -> bool:
    # "Robert R. Browning": a capital between two words with capitals is nobody's "are".
    before, after = units[place - 1] if place else "", units[place + 1] if place + 1 < len(units) else ""
    return units[place].isupper() and before.istitle() and after.istitle()


def _is_shouted(reader: Reader) -> bool:
    """Say whether most of the text is in capitals: then they say nothing."""
    words = [unit for unit in reader.units if unit.isalpha() and len(unit) > 1]
    return _MOSTLY * sum(word.isupper() for word in words) > len(words) > 1


def _is_short(reader: Reader, place: int, unit: str, *, shouted: bool) -> bool:
    bare = unit.lower().removesuffix("'s").replace(".", "")
    if _is_postal(reader, place, bare):
        return False
    if bare not in words_of("guard/short_in_capitals"):
        return True
    # "est", "no", "id": short forms in capitals or before a full stop and more text, else everyday words.
    if unit.isupper() and len(unit) > 1 and not shouted:
        return bare not in words_of("guard/everyday_short")
    if bare in words_of("guard/always_short"):
        return True
    end = reader.places[place][1]
    if bare == "no":
        return _BEFORE_NUMBER.match(reader.free, end) is not None
    return bare in words_of("guard/dotted_short") and _CUT_OFF.match(reader.free, end) is not None


def _is_postal(reader: Reader, place: int, bare: str) -> bool:
    if bare not in words_of("guard/address_forms"):
        return False
    start, end = reader.places[place]
    if _HOUSE_NUMBER_BEFORE.search(reader.free, max(0, start - _AFTER_ADDRESS), start):
        return True
    return bare in {"st", "ft", "mt"} and re.match(r"\.? [A-Z]", reader.cased[end:]) is not None


def _is_initials(reader: Reader, start: int) -> bool:
    # "J. R. Smith": initials before a name are found as a name.
    after = reader.folded.cased[start + 2 : start + 12].lstrip(". ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return after[:1].islower() and reader.folded.cased[start : start + 1].isupper()
