"""The grammars of the guard: files of frames by kind, asked only where a text has what they need.

A file (`law/lists/guard/*.toml`) may have `[words]` (classes, see `lexicon`), `[[innocent]]` frames, whose units are
left out before anything is found, and `[[find]]` frames with a `name`, the `kind` found (or the file's), `say`, and
perhaps `unless`, a frame that must not be in the same sentence, and `waits = true` for what a person may let go.
A file with `exclusive = true` gives one unit to one finding, the first frame first. What a frame says of a kind that
is a matter of whom it is tied to (`TIED`) is doubtful, and the second opinion may drop it, unless the frame is
`sure = true`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from harborline.kernel import Invalid
from harborline.messaging.words.guard.facts import Kind
from harborline.messaging.words.guard.frames import Frame, Frames, read, veiled
from harborline.messaging.words.guard.lexicon import Lexicon, lexicon, table_of

if TYPE_CHECKING:
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
        #: The frames of every list, by file and name: `innocent`, `innocent of known names`, `called`.
        self.lists: dict[tuple[str, str], list[Frame]] = {}
        self._exclusive: set[str] = set()
        self.rules: list[Rule] = []
        for file in _GRAMMARS:
            self._read(file, table_of(file))
        self._by_frame = {rule.frame: rule for rule in self.rules}
        listed = [frame for frames in self.lists.values() for frame in frames]
        excusing = [rule.unless for rule in self.rules if rule.unless is not None]
        self.frames = Frames([*self._by_frame, *excusing, *listed])
        self._bits = {key: self.frames.bits_of(frames) for key, frames in self.lists.items()}
        self._inside = self.frames.bits_of(frame for frame in self._by_frame if not frame.crosses)
        self._crossing = self.frames.bits_of(frame for frame in self._by_frame if frame.crosses)
        self._small = self.frames.bits_of(rule.frame for rule in self.rules if rule.small)
        self._excusing = {frame: self.frames.bits_of([frame]) for frame in excusing}

    def _read(self, file: str, table: Mapping[str, Any]) -> None:
        if table.get("exclusive"):
            self._exclusive.add(file)
        innocent = self._frames(file, table.get("innocent", ()))
        self.lists[file, "innocent"] = [frame for frame, _ in innocent]
        self.lists[file, "innocent of known names"] = [frame for frame, entry in innocent if entry.get("known", True)]
        self.lists[file, "called"] = [frame for frame, _ in self._frames(file, table.get("called", ()))]
        names: set[str] = set()
        for entry in table.get("find", ()):
            where = f"{file}.toml, {entry['name']}"
            if entry["name"] in names:
                raise Invalid("two rules have the same name", where)
            names.add(entry["name"])
            self.rules.append(self._rule(entry, Kind(entry.get("kind") or table["kind"]), file, where))

    def _frames(self, file: str, entries: Sequence[Mapping[str, Any]]) -> list[tuple[Frame, Mapping[str, Any]]]:
        return [
            (read(each["name"], each["say"], self._known, f"{file}.toml, {each['name']}"), each) for each in entries
        ]

    def _rule(self, entry: Mapping[str, Any], kind: Kind, file: str, where: str) -> Rule:
        unless = read("unless", entry["unless"], self._known, where) if "unless" in entry else None
        frame = read(entry["name"], entry["say"], self._known, where)
        doubtful, small = kind in TIED and not entry.get("sure"), bool(entry.get("small"))
        return Rule(frame, kind, unless, bool(entry.get("waits")), file, len(self.rules), small, doubtful)

    def found(self, reader: Reader) -> list[Rule]:
        """The rules whose frame is in the text, in the order of the files."""
        cells, fitting = reader.cells, reader.fitting(self.frames)
        found = {}
        barred = self._small if fitting.whole & self._small and not reader.is_small else 0
        for start, end, complete in fitting.sentences:
            for frame in self.frames.with_bits(complete & self._inside & ~barred):
                if frame.compiled.search(cells, start, end):
                    found[frame] = self._by_frame[frame]
        for frame in self.frames.with_bits(fitting.whole & self._crossing & ~barred):
            if frame.compiled.search(cells):
                found[frame] = self._by_frame[frame]
        return sorted(found.values(), key=attrgetter("order"))

    def listed(self, reader: Reader, file: str, name: str) -> Iterable[Frame]:
        """What may be in the text of a list of a file: `innocent`, `innocent of known names` or `called`."""
        return self.frames.with_bits(reader.fitting(self.frames).whole & self._bits[file, name])

    def may_excuse(self, reader: Reader, frame: Frame) -> bool:
        """Whether the text has all that an excusing frame needs."""
        return bool(reader.fitting(self.frames).whole & self._excusing[frame])

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
    for file, rules in groupby(hits, key=attrgetter("file")):
        yield from _in_file(reader, file, list(rules))


def units_in(reader: Reader, file: str, name: str) -> frozenset[int]:
    """The units that the frames of a list of a file cover."""
    return frozenset(
        unit
        for frame in book().listed(reader, file, name)
        for first, last in frame.matches(reader.cells)
        for unit in range(first, last)
    )


def _in_file(reader: Reader, file: str, rules: list[Rule]) -> Iterator[Mark]:
    cells = veiled(book().listed(reader, file, "innocent"), reader.cells)
    taken: set[int] = set()
    exclusive = book().is_exclusive(file)
    for rule in rules:
        excused = dict[str, bool]()
        for first, last in rule.frame.matches(cells):
            if first == last or (exclusive and not taken.isdisjoint(range(first, last))):
                continue
            if rule.unless is not None and book().may_excuse(reader, rule.unless):
                sentence = _sentence(reader, first, last)
                if sentence not in excused:
                    excused[sentence] = rule.unless.compiled.search(sentence) is not None
                if excused[sentence]:
                    continue
            taken.update(range(first, last))
            name = f"{file}: {rule.frame.name}"
            yield reader.mark(rule.kind, (first, last), name, waits=rule.waits, doubtful=rule.doubtful)


def _sentence(reader: Reader, first: int, last: int) -> str:
    """The cells of all sentences that the units are in."""
    sentences, at = reader.fitting(book().frames).sentences, reader.sentence_of
    return reader.cells[sentences[at[first]][0] : sentences[at[max(last - 1, first)]][1]]
