"""The grammars of the guard: files of frames by kind, asked only where a text has what they need.

A file (`law/lists/guard/*.toml`) may have `[words]` (classes, see `lexicon`), `[[innocent]]` frames, whose units are
left out before anything is found, and `[[find]]` frames with a `name`, the `kind` found (or the file's), `say`, and
perhaps `unless`, a frame that must not be in the same sentence, and `waits = true` for what a person may let go.
A file with `exclusive = true` gives one unit to one finding, the first frame first. What a frame says of a kind that
is a matter of whom it is tied to (`TIED`) is doubtful, and the second opinion may drop it, unless the frame is
`sure = true`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from harborline.kernel import Invalid
from harborline.messaging.words.guard.facts import Kind
from harborline.messaging.words.guard.frames import Frame, Frames, read, veiled
from harborline.messaging.words.guard.lexicon import Lexicon, lexicon, table_of
from harborline.messaging.words.guard.reader import Mark, Reader

_GRAMMARS = (
    *("names", "numbers", "health", "fti", "dv", "money", "whereabouts", "requests", "replies", "writing", "ties"),
)
# Private only when tied to a person, which a frame guesses; numbers, tax data and violence are never doubted.
TIED = frozenset(
    {
        Kind.PERSON_NAME,
        Kind.STREET_ADDRESS_OR_WHEREABOUTS,
        Kind.HEALTH_INFO,
        Kind.AMOUNT_OWED,
        Kind.REQUESTS_PRIVATE_INFO,
    }
)


class Rule(NamedTuple):
    """One `[[find]]`: frame, kind, what excuses it, whether it waits, file, place, for small letters only, doubtful."""

    frame: Frame
    kind: Kind
    unless: Frame | None
    waits: bool
    file: str
    order: int
    small: bool
    doubtful: bool


class Book:
    """All grammars: the rules of every file, and what each file leaves out."""

    def __init__(self, known: Lexicon) -> None:
        """Read the files; raises `Invalid` naming file and rule for a broken one."""
        self._known = known
        self._lists: dict[tuple[str, str], Frames] = {}
        self._exclusive: set[str] = set()
        self.rules: list[Rule] = []
        for file in _GRAMMARS:
            self._read(file, table_of(file))
        self._by_frame = {id(rule.frame): rule for rule in self.rules}
        self._inside = Frames([rule.frame for rule in self.rules if not rule.frame.crosses])
        self._crossing = Frames([rule.frame for rule in self.rules if rule.frame.crosses])

    def _read(self, file: str, table: Mapping[str, Any]) -> None:
        if table.get("exclusive"):
            self._exclusive.add(file)
        innocent, called = table.get("innocent", ()), table.get("called", ())
        self._lists[file, "innocent"] = self._frames(file, innocent)
        self._lists[file, "innocent of known names"] = self._frames(
            file, [entry for entry in innocent if entry.get("known", True)]
        )
        self._lists[file, "called"] = self._frames(file, called)
        names: set[str] = set()
        for entry in table.get("find", ()):
            where = f"{file}.toml, {entry['name']}"
            if entry["name"] in names:
                raise Invalid("two rules have the same name", where)
            names.add(entry["name"])
            self.rules.append(self._rule(entry, Kind(entry.get("kind") or table["kind"]), file, where))

    def _frames(self, file: str, entries: Sequence[Mapping[str, Any]]) -> Frames:
        return Frames(
            [read(each["name"], each["say"], self._known, f"{file}.toml, {each['name']}") for each in entries]
        )

    def _rule(self, entry: Mapping[str, Any], kind: Kind, file: str, where: str) -> Rule:
        unless = read("unless", entry["unless"], self._known, where) if "unless" in entry else None
        frame = read(entry["name"], entry["say"], self._known, where)
        doubtful, small = kind in TIED and not entry.get("sure"), bool(entry.get("small"))
        return Rule(frame, kind, unless, bool(entry.get("waits")), file, len(self.rules), small, doubtful)

    def found(self, reader: Reader) -> list[Rule]:
        """The rules whose frame is in the text, in the order of the files."""
        cells = reader.cells
        found = {}
        for start, end, units in reader.sentences:
            for frame in self._inside.may_be(units):
                if frame.compiled.search(cells, start, end):
                    found[id(frame)] = self._by_frame[id(frame)]
        for frame in self._crossing.may_be(reader.cell_list):
            if frame.compiled.search(cells):
                found[id(frame)] = self._by_frame[id(frame)]
        return sorted(found.values(), key=lambda rule: rule.order)

    def listed(self, file: str, name: str) -> Frames:
        """A list of a file: `innocent`, `innocent of known names` or `called`."""
        return self._lists[file, name]

    def is_exclusive(self, file: str) -> bool:
        """Whether a file gives one unit to one finding."""
        return file in self._exclusive


@cache
def book() -> Book:
    """The guard's grammars, read once."""
    return Book(lexicon())


def found_by_grammar(reader: Reader, wanted: Collection[Kind] | None = None) -> Iterator[Mark]:
    """Mark what the grammars find of the wanted kinds (of all)."""
    hits = [rule for rule in book().found(reader) if wanted is None or rule.kind in wanted]
    if any(rule.small for rule in hits) and not reader.is_small:
        hits = [rule for rule in hits if not rule.small]
    for file, rules in groupby(hits, key=lambda rule: rule.file):
        yield from _in_file(reader, file, list(rules))


def units_in(reader: Reader, file: str, name: str) -> frozenset[int]:
    """The units that the frames of a list of a file cover."""
    frames = book().listed(file, name)
    return frozenset(
        unit
        for frame in frames.may_be(reader.cell_list)
        for first, last in frame.matches(reader.cells)
        for unit in range(first, last)
    )


def _in_file(reader: Reader, file: str, rules: list[Rule]) -> Iterator[Mark]:
    cells = veiled(book().listed(file, "innocent"), reader.cells)
    taken: set[int] = set()
    exclusive = book().is_exclusive(file)
    for rule in rules:
        for first, last in rule.frame.matches(cells):
            if first == last or (exclusive and not taken.isdisjoint(range(first, last))):
                continue
            if rule.unless is not None and _is_excused(rule.unless, reader.cells, first, last):
                continue
            taken.update(range(first, last))
            name = f"{file}: {rule.frame.name}"
            yield reader.mark(rule.kind, (first, last), name, waits=rule.waits, doubtful=rule.doubtful)


def _is_excused(unless: Frame, cells: str, first: int, last: int) -> bool:
    units = cells.split(" ")
    start = next((at + 1 for at in range(first - 1, -1, -1) if units[at].endswith(".")), 0)
    end = next((at for at in range(max(last - 1, first), len(units)) if units[at].endswith(".")), len(units) - 1)
    sentence = " ".join(units[start : end + 1]) + " "
    return next(unless.matches(sentence), None) is not None
