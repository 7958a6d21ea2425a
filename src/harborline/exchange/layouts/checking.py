"""Checking a file: every record by its fields, the whole by its order and its totals.

Nothing is kept but counts and the first findings, so that memory stays the same for a file of any size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np

from harborline.exchange.layouts.blocks import OddRecord, Part, Reader, Source, Stretch
from harborline.exchange.layouts.facts import RAW, Checked, Finding, Framing, Layout
from harborline.exchange.layouts.masking import masked
from harborline.exchange.layouts.shapes import UNKNOWN
from harborline.exchange.layouts.watching import Seen, Threads, Watch
from harborline.exchange.layouts.words import Whole

FINDINGS_MAX = 10_000

Told = Callable[[Finding], None]


class Hash(Protocol):
    """A digest that is fed block by block, such as `hashlib.sha256()`."""

    def update(self, written: bytes | memoryview, /) -> None:
        """Take more bytes."""
        ...

    def hexdigest(self) -> str:
        """The digest of all bytes so far."""
        ...


class _Hashed:
    """A source whose bytes are digested on their way."""

    def __init__(self, source: Source, digest: Hash) -> None:
        """Stand before the source."""
        self._source, self._digest = source, digest
        self._into = getattr(source, "readinto", None)

    def read(self, size: int = -1, /) -> bytes:
        """As the source reads."""
        came = self._source.read(size)
        self._digest.update(came)
        return came

    def readinto(self, view: memoryview) -> int:
        """As the source reads, into memory of ours."""
        if self._into is None:
            came = self.read(len(view))
            view[: len(came)] = came
            return len(came)
        count = self._into(view) or 0
        self._digest.update(view[:count])
        return int(count)


class Checking:
    """One file being checked: `stretches` may be looked at on the way, `checked` tells the verdict at the end."""

    def __init__(
        self,
        source: Source,
        layout: Layout,
        *,
        page: str = "",
        framing: Framing | None = None,
        partial: bool = False,
        digest: Hash | None = None,
        told: Told | None = None,
        findings_max: int = FINDINGS_MAX,
    ) -> None:
        """Take the file and how it is to be read; `told` hears each finding, up to `findings_max` of them."""
        self._layout, self._digest, self._told = layout, digest, told
        self._most = findings_max
        self.reader = Reader(_Hashed(source, digest) if digest else source, layout, page=page, framing=framing)
        self._watch = Watch(layout, partial=partial)
        self._threads = Threads(layout)
        self._records = self._bad = self._found = self._warned = 0
        self._good_lengths = False
        self._findings: list[Finding] = []
        self.by_field: dict[str, int] = {}

    def stretches(self) -> Iterator[tuple[Stretch, dict[int, list[Finding]]]]:
        """Read the file block by block; each comes with the findings of its records."""
        for stretch in self.reader.stretches():
            findings = self._take(stretch)
            yield stretch, findings
            if stretch.problem is not None:
                self._watch.problem(stretch.problem.code, stretch.problem.sentence)

    def checked(self) -> Checked:
        """The verdict, once every stretch was read."""
        if self.reader.first_problem is not None:
            self._watch.problem(self.reader.first_problem.code, self.reader.first_problem.sentence)
        if not self._records and not self._watch.problems:
            what = "has no record" if self.reader.size_bytes else "is empty"
            self._watch.problem("empty", f"the file {what}; an empty day is sent as a file with its frame")
        elif not self._good_lengths and not self._watch.problems:
            self._watch.problem("record-length", self._no_length())
        elif self._records:
            self._watch.finish(self._records)
        return Checked(
            layout=self._layout.label,
            layout_sha256=self._layout.sha256,
            form=self.reader.form,
            records=self._records,
            bad_records=self._bad,
            found=self._found,
            size_bytes=self.reader.size_bytes,
            by_type=dict(self._watch.by_type),
            by_field=dict(self.by_field),
            totals=self._watch.totals,
            findings=tuple(self._findings),
            problems=tuple(self._watch.problems),
            sha256=self._digest.hexdigest() if self._digest else "",
            warned=self._warned,
        )

    def _no_length(self) -> str:
        spans = sorted({(record.length, record.longest) for record in self._layout.records})
        lengths = " or ".join(str(least) if least == most else f"{least} to {most}" for least, most in spans)
        first = next((each for each in self._findings if each.code == "length"), None)
        said = f": record {first.record} has {first.masked}" if first else ""
        return (
            f"no record is as long as it must be ({lengths} bytes){said}; check the layout and the framing (--framing)"
        )

    def _take(self, stretch: Stretch) -> dict[int, list[Finding]]:
        seen: list[Seen] = []
        listed: list[Finding] = []
        for part in stretch.parts:
            self._good_lengths = True
            self._records += len(part.numbers)
            bad = _by_field(part)
            here = Seen(part.shape, part.block, part.numbers, bad)
            broken = self._threads.differing(here) if part.shape.type.name != UNKNOWN else []
            self._count(part, bad, broken)
            listed += self._listed(part, broken)
            seen.append(here)
        for odd in stretch.odd:
            self._records, self._bad, self._found = self._records + 1, self._bad + 1, self._found + 1
            name = f"{odd.field or 'record'}:{odd.code}"
            self.by_field[name] = self.by_field.get(name, 0) + 1
            listed.append(_odd_finding(odd))
        self._watch.take(seen)
        return self._report(sorted(listed, key=lambda finding: finding.record))

    def _report(self, listed: list[Finding]) -> dict[int, list[Finding]]:
        found: dict[int, list[Finding]] = {}
        for finding in listed:
            found.setdefault(finding.record, []).append(finding)
            if len(self._findings) < self._most:
                self._findings.append(finding)
                if self._told is not None:
                    self._told(finding)
        return found

    def _count(self, part: Part, bad: dict[str, Whole], broken: list[tuple[str, str, Whole]]) -> None:
        keys, width = part.marks.keys, len(part.shape.fields)
        self._warned += sum(len(places) for _, places in part.marks.warned)
        if not len(keys) and not broken:
            return
        records = [keys // width, *(places for _, _, places in broken)]
        self._bad += len(np.unique(np.concatenate(records)))
        self._found += len(keys) + sum(len(places) for _, _, places in broken)
        for name, count in [
            *((f"{part.shape.type.name}.{name}", len(places)) for name, places in bad.items()),
            *((f"{part.shape.type.name}.{name}:{code}", len(places)) for name, code, places in broken),
        ]:
            self.by_field[name] = self.by_field.get(name, 0) + count

    def _listed(self, part: Part, broken: list[tuple[str, str, Whole]]) -> list[Finding]:
        room = self._most - len(self._findings)
        if room <= 0:
            return []
        made = [_finding(part, int(key)) for key in part.marks.keys[:room]]
        for name, code, places in broken:
            number = next(place for place, placed in enumerate(part.shape.fields) if placed.name == name)
            made += [_finding(part, int(place) * len(part.shape.fields) + number, code) for place in places[:room]]
        for code, keys in part.marks.warned:
            made += [_finding(part, int(key), code, warning=True) for key in keys[:room]]
        return made


def _by_field(part: Part) -> dict[str, Whole]:
    """Of each field with something wrong, the places of its records in the part."""
    keys, width = part.marks.keys, len(part.shape.fields)
    if not len(keys):
        return {}
    which = keys % width
    return {part.shape.fields[int(number)].name: keys[which == number] // width for number in np.unique(which).tolist()}


def _finding(part: Part, key: int, code: str = "", *, warning: bool = False) -> Finding:
    place, number = divmod(key, len(part.shape.fields))
    placed = part.shape.fields[number]
    written = part.block.text[place, placed.at : placed.end]
    found = code or part.plan.byte_code(number, written) or part.marks.code_of(key)
    return Finding(
        record=int(part.numbers[place]),
        byte=int(part.places[place]) + placed.at + 1,
        type="" if found == "record-type" else part.shape.type.name,
        field="" if found == "record-type" else placed.name,
        code=found,
        masked=masked(written.tobytes(), raw=placed.field.kind in RAW),
        warning=warning,
    )


def _odd_finding(odd: OddRecord) -> Finding:
    return Finding(
        record=odd.number,
        byte=odd.place + 1,
        type="",
        field=odd.field,
        code=odd.code,
        masked=f"{odd.length} bytes{f', {odd.wanted}' if odd.wanted else ''}",
    )


def check(
    source: Source,
    layout: Layout,
    *,
    page: str = "",
    framing: Framing | None = None,
    partial: bool = False,
    digest: Hash | None = None,
    told: Told | None = None,
) -> Checked:
    """Check a whole file by `layout` and answer the verdict; reads `source` to its end, keeps no record.

    `page` and `framing` are taken from the file's first bytes when they are not given; a file that contradicts the
    given page is refused. `partial` checks a piece of a file, which has neither frame nor totals. `digest` is fed the
    bytes as they come. `told` hears the findings as they are made, at most 10,000 of them.
    """
    checking = Checking(source, layout, page=page, framing=framing, partial=partial, digest=digest, told=told)
    for _ in checking.stretches():
        pass
    return checking.checked()
