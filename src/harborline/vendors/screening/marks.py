"""All marks of the lists in force, put up so that a name is compared with every one of them at once. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from harborline.vendors.screening.facts import Entry, EntryKind, Mark, ScreeningList, Use
from harborline.vendors.screening.folding import native_of, words_of
from harborline.vendors.screening.parties import parties, party_identifiers
from harborline.vendors.screening.vocabulary import everyday, forms, is_neutral

WIDEST: Final = 8
"""Most words of a name that are read together as one mark."""
_TELLING: Final = 4
_LONG_WORD: Final = 7


@dataclass(slots=True)
class Marks:
    """Marks by what finds them.

    `glued`: by their words written together; `nearly`: the same with a plural more or less; `gapped`: marks of several
    words by those words with one left out; `typos`: single words that a slip still shows; `native`: in their own
    script; `entries`: the rows behind a party; `identifiers`: the rows behind an identifier.
    """

    glued: dict[str, list[Mark]] = field(default_factory=lambda: defaultdict(list))
    nearly: dict[str, list[Mark]] = field(default_factory=lambda: defaultdict(list))
    gapped: dict[tuple[str, ...], list[tuple[int, Mark]]] = field(default_factory=lambda: defaultdict(list))
    typos: list[Mark] = field(default_factory=list)
    native: list[Mark] = field(default_factory=list)
    entries: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    identifiers: dict[tuple[str, str], list[Entry]] = field(default_factory=lambda: defaultdict(list))
    inside: re.Pattern[str] = re.compile(r"(?!)")


def marks_of(lists: Iterable[ScreeningList]) -> Marks:
    """The marks of every row of the lists: of the parties we know, and of names that only a list has."""
    made = Marks()
    known = _of_parties(parties())
    wanted: set[str] = set()
    for entry in (entry for one in lists for entry in one.entries):
        linked = entry.parties or _linked(entry, known)
        for party in linked:
            made.entries[party].append(entry)
            for pair in party_identifiers().get(party, ()):
                made.identifiers[pair].append(entry)
        for pair in entry.identifiers:
            made.identifiers[pair].append(entry)
        wanted.update(linked)
        if not entry.parties and entry.kind is not EntryKind.CATEGORY:
            _add_own(made, entry)
    for party in sorted(wanted):
        for mark in parties()[party]:
            _add(made, mark)
    _finish(made)
    return made


def _of_parties(found: Mapping[str, tuple[Mark, ...]]) -> dict[str, str]:
    return {
        mark.say.replace(" ", ""): party
        for party, marks in found.items()
        for mark in marks
        if mark.use is Use.ANYWHERE and mark.relation in {"listed-name", "former"} and mark.confidence == "listed"
    }


def _linked(entry: Entry, known: Mapping[str, str]) -> tuple[str, ...]:
    # A row of somebody else's list that names a party we know: its aliases count for that row too.
    found = set()
    for name in (entry.name, *entry.aliases):
        words = words_of(name)
        windows = ("".join(words[at:end]) for at in range(len(words)) for end in range(at + 1, at + 4))
        found |= {known[window] for window in windows if window in known}
    return tuple(sorted(found))


def _add_own(made: Marks, entry: Entry) -> None:
    party = f"={entry.id}"
    made.entries[party].append(entry)
    for name in (entry.name, *entry.aliases):
        for mark in derived(party, name, entry.list_id):
            _add(made, mark)


def derived(party: str, name: str, source: str) -> list[Mark]:
    """The marks of a name nobody described: the name without its kind of body, and its one telling word.

    A short or everyday word alone counts only as the whole name.
    """
    native = native_of(name)
    if native:
        return [_own(party, native, Use.NATIVE, source), *_spelled(party, name, source)]
    return _spelled(party, name, source)


def _spelled(party: str, name: str, source: str) -> list[Mark]:
    words = [word for word in words_of(name) if word.isascii()]
    core = [word for word in words if word not in forms()] or words
    telling = [word for word in core if not is_neutral(word)]
    if not core:
        return []
    alone = len(core) == 1
    weak = alone and (len(core[0]) < _TELLING or core[0] in everyday() or not telling)
    clear = alone and not weak and len(core[0]) >= _LONG_WORD
    found = [_own(party, " ".join(core), Use.WHOLE if weak else Use.ANYWHERE, source, typos=clear)]
    if not alone and len(telling) == 1 and len(telling[0]) > _TELLING and telling[0] not in everyday():
        found.append(_own(party, telling[0], Use.ANYWHERE, source, typos=len(telling[0]) >= _LONG_WORD))
    return found


def _own(party: str, say: str, use: Use, source: str, *, typos: bool = False) -> Mark:
    return Mark(party, say, use, typos, "listed-name", source, "listed")


def _add(made: Marks, mark: Mark) -> None:
    if mark.use is Use.NATIVE:
        made.native.append(mark)
        return
    words = mark.say.split(" ")
    made.glued["".join(words)].append(mark)
    if mark.typos:
        made.typos.append(mark)
    if len(words) > 1 and mark.use is Use.ANYWHERE and all(is_neutral(word) or len(word) > _TELLING for word in words):
        for at in range(len(words)):
            made.nearly["".join(_plural(word) if here == at else word for here, word in enumerate(words))].append(mark)
            made.gapped[(*words[:at], "", *words[at + 1 :])].append((at, mark))


def _plural(word: str) -> str:
    return word.removesuffix("s") if word.endswith("s") else f"{word}s"


def _finish(made: Marks) -> None:
    long = sorted({mark.say for mark in made.typos if len(mark.say) > _TELLING + 1}, key=len, reverse=True)
    if long:
        made.inside = re.compile("|".join(map(re.escape, long)))
    made.native.sort(key=lambda mark: len(mark.say), reverse=True)
