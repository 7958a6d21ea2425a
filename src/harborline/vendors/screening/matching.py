"""Comparing a name with the lists: which rows it points at, how strongly, and in which words that is said. Pure.

1. The name is read in every way it can be read (folding). 2. Words, and neighbouring words written together, are looked
up among the marks. 3. Unmistakable words are found with a slip of the pen, or inside a longer word. 4. What is left of
the name decides: only kinds of body, trade words and places is a match, anything else a review. 5. Brands, sold
companies, slips and unverified names are reviews at most. 6. An equal identifier is a match whatever the name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from harborline.kernel import Invalid
from harborline.vendors.screening.facts import (
    NAME_MAX,
    Band,
    Entry,
    Hit,
    Mark,
    Reasons,
    Screening,
    ScreeningList,
    Use,
)
from harborline.vendors.screening.folding import Reading, readings, unreadable
from harborline.vendors.screening.identifiers import same
from harborline.vendors.screening.marks import WIDEST, Marks, marks_of
from harborline.vendors.screening.typos import SHORTEST, slips
from harborline.vendors.screening.vocabulary import forms, is_neutral, native_neutral

_SHORT_MARK: Final = 4
_LONG_MARK: Final = 8
_SHORT_REST: Final = 3
UNREADABLE: Final = "name"


@dataclass(frozen=True, slots=True)
class _Found:
    """A mark in a name: the words that showed it, how, and what else the name says."""

    mark: Mark
    shown: str
    how: str
    rest: tuple[str, ...]

    @property
    def band(self) -> Band:
        if self.how not in {"word", "together", "native"}:
            return Band.REVIEW
        return self.mark.strongest if not self.rest else Band.REVIEW


class Screener:
    """Compares names with the given lists; made once, asked often."""

    def __init__(self, lists: Iterable[ScreeningList]) -> None:
        self._lists = tuple(lists)
        if not self._lists or not all(one.entries for one in self._lists):
            raise Invalid("there is no list to screen against, or one is empty")
        self._marks: Marks = marks_of(self._lists)
        self._versions = tuple((one.id, one.version, one.sha256) for one in self._lists)

    def screen(self, name: str, identifiers: frozenset[tuple[str, str]] = frozenset()) -> Screening:
        """The strongest band and every hit; raises `Invalid` for a name that is empty or too long to be one."""
        if not name.strip():
            raise Invalid("the name is empty", "name")
        if len(name) > NAME_MAX:
            raise Invalid("the name is longer than {most} characters", "name", most=NAME_MAX)
        ways = readings(name)
        if not ways:
            raise Invalid("the name has no letter or digit", "name")
        hits = [*self._by_identifier(identifiers), *self._by_name(ways)]
        if not hits and unreadable(name):
            why = "no list has names in this script: give the name in Latin letters"
            hits.append(Hit(UNREADABLE, "", Band.REVIEW, why, Reasons("unreadable")))
        best = _strongest(hits)
        band = max((hit.band for hit in best), key=lambda one: one.rank, default=Band.CLEAR)
        return Screening(band, best, self._versions)

    def _by_identifier(self, given: frozenset[tuple[str, str]]) -> Iterator[Hit]:
        for pair in sorted(given):
            for listed, entries in self._marks.identifiers.items():
                if same(listed, pair):
                    for entry in entries:
                        shown = f"{pair[0]} {pair[1]}"
                        said = Reasons("identifier", shown)
                        yield Hit(entry.id, entry.name, Band.MATCH, f"{shown} is the listed company's", said)

    def _by_name(self, ways: Sequence[Reading]) -> Iterator[Hit]:
        for way in ways:
            for found in self._found(way):
                for entry in self._marks.entries[found.mark.party]:
                    yield Hit(entry.id, entry.name, found.band, _why(found, entry), _reasons(found))

    def _found(self, way: Reading) -> Iterator[_Found]:
        words = way.words
        widest = min(WIDEST, len(words))
        for start in range(len(words)):
            for end in range(start + 1, min(start + widest, len(words)) + 1):
                yield from self._in_window(words, start, end)
            yield from self._in_word(words, start)
        if way.native:
            yield from self._native(way.native)

    def _in_window(self, words: tuple[str, ...], start: int, end: int) -> Iterator[_Found]:
        part = words[start:end]
        glued, rest = "".join(part), _rest(words, start, end)
        shown, around = " ".join(part), (*words[:start], *words[end:])
        for mark in self._marks.glued.get(glued, ()):
            if len(glued) <= _SHORT_MARK and len(part) > 1:
                continue  # three letters apart are no short name: Z. Te is not ZTE
            yield from _counted(mark, shown, "word" if shown == mark.say else "together", rest, around)
        for mark in self._marks.nearly.get(glued, ()):
            yield from _counted(mark, shown, "plural", rest)
        for at in range(len(part)) if len(part) > 1 else ():
            for place, mark in self._marks.gapped.get((*part[:at], "", *part[at + 1 :]), ()):
                if place == at and slips(part[at], mark.say.split(" ")[at]):
                    yield from _counted(mark, shown, "slip", rest)
        if len(part) <= 2:  # noqa: PLR2004 - a word, or one cut in two
            for mark in self._slipped(glued, whole=len(part) == 1):
                yield from _counted(mark, shown, "slip", rest)

    def _slipped(self, glued: str, *, whole: bool) -> Iterator[Mark]:
        # A long name cut in two may have one slip; in a short one it would be another name (Hu Wei).
        if len(glued) < SHORTEST:
            return
        for mark in self._marks.typos:
            if not whole and len(mark.say) < _LONG_MARK:
                continue
            found = slips(glued, mark.say)
            if found and (whole or found == 1):
                yield mark

    def _in_word(self, words: tuple[str, ...], at: int) -> Iterator[_Found]:
        # A mark written together with a word that says nothing (zteusa), or an unmistakable one inside a longer word.
        word, rest = words[at], _rest(words, at, at + 1)
        for cut in range(_SHORT_REST, len(word) - 1):
            for part, other in ((word[:cut], word[cut:]), (word[-cut:], word[:-cut])):
                enough = len(other) >= (_SHORT_REST if len(part) <= _SHORT_MARK else 2)
                if enough and part in self._marks.glued and is_neutral(other):
                    for one in self._marks.glued[part]:
                        yield from _counted(one, word, "together", rest, (other, *rest))
        inside = self._marks.inside.search(word)
        if inside and inside[0] != word:
            for mark in self._marks.glued[inside[0]]:
                yield from _counted(mark, word, "inside", rest)

    def _native(self, native: str) -> Iterator[_Found]:
        for mark in self._marks.native:
            before, found, after = native.partition(mark.say)
            if found:
                rest = tuple(left for left in (_native_rest(before), _native_rest(after)) if left)
                yield _Found(mark, mark.say, "native", rest)


def _counted(mark: Mark, shown: str, how: str, rest: tuple[str, ...], around: tuple[str, ...] = ()) -> Iterator[_Found]:
    if mark.use is Use.WHOLE and rest:
        return
    if mark.use is Use.WORD and " " in shown:
        return
    if mark.use is Use.ONLY and any(word not in forms() for word in around):
        return
    yield _Found(mark, shown, how, rest)


def _rest(words: tuple[str, ...], start: int, end: int) -> tuple[str, ...]:
    return tuple(word for word in (*words[:start], *words[end:]) if not is_neutral(word))


def _native_rest(text: str) -> str:
    for word in native_neutral():
        text = text.replace(word, "")
    return "".join(sign for sign in text if not sign.isascii() and not sign.isdigit())


def _strongest(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    best: dict[str, Hit] = {}
    for hit in hits:
        kept = best.get(hit.entry)
        if kept is None or hit.band.rank > kept.band.rank:
            best[hit.entry] = hit
    return tuple(sorted(best.values(), key=lambda hit: (-hit.band.rank, hit.entry)))


_RELATIONS: Final = {
    "listed-name": "a name of the listed company",
    "former": "a former name of the listed company",
    "trade-name": "a trade name of the listed company",
    "subsidiary": "a subsidiary of the listed company",
    "parent": "the parent of the listed company",
    "brand": "a brand of the listed company, or equipment it makes for others",
    "divested": "a company the listed one owned and sold",
    "misspelling": "a common misspelling of the listed company",
}
_HOWS: Final = {
    "word": "'{shown}' is {relation}",
    "together": "'{shown}' reads as '{say}', {relation}",
    "native": "'{shown}' is {relation}",
    "plural": "'{shown}' is nearly '{say}', {relation}",
    "slip": "'{shown}' is a slip of the pen away from '{say}', {relation}",
    "inside": "'{shown}' holds '{say}', {relation}",
}


def _reasons(found: _Found) -> Reasons:
    mark = found.mark
    return Reasons(found.how, found.shown, mark.say, mark.relation, mark.confidence, found.rest)


def _why(found: _Found, entry: Entry) -> str:
    mark = found.mark
    parts = [_HOWS[found.how].format(shown=found.shown[:60], say=mark.say, relation=_RELATIONS[mark.relation])]
    if mark.confidence == "unverified":
        parts.append(f"nobody has verified this alias ({mark.source})")
    if mark.valid_to is not None:
        parts.append(f"until {mark.valid_to.isoformat()}")
    if found.rest:
        parts.append(f"the name also says {', '.join(repr(word[:40]) for word in found.rest[:5])}")
    elif found.how in {"word", "together", "native"}:
        parts.append("the rest of the name tells nothing else")
    return f"{'; '.join(parts)} ({entry.list_id}, row {entry.row})"
