"""Shapes: one concrete record, every field at its place.

A record type whose sections repeat has as many shapes as its counters allow; each is made when a file first shows it.
Offsets are 0-based and half-open from here on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harborline.exchange.layouts.facts import RAW, Evidence, Field, Kind, Layout, RecordType, Role, Section

UNKNOWN = "unknown"
"""The name of the type of records that no type recognises."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A field in a shape: `name` is unique there, `at` its first byte."""

    name: str
    at: int
    field: Field

    @property
    def end(self) -> int:
        """The byte after its last."""
        return self.at + self.field.width


@dataclass(frozen=True, slots=True)
class Shape:
    """A record of `type` with its sections repeated `counts` times, `length` bytes long."""

    type: RecordType
    counts: tuple[int, ...]
    length: int
    fields: tuple[Placed, ...]
    by_name: Mapping[str, Placed]

    def of(self, name: str) -> Placed:
        """The field called `name`, which a sound layout has."""
        return self.by_name[name]


def shape_of(record: RecordType, counts: tuple[int, ...] = ()) -> Shape:
    """The shape of `record` with its counted sections `counts` times each, in their order."""
    placed: list[Placed] = []
    offset, counted = 0, iter(counts)
    for section in record.sections:
        for number in range(1, (next(counted) if section.times else 1) + 1):
            prefix = _prefix(record, section, number)
            placed += [Placed(prefix + field.name, offset + field.start - 1, field) for field in section.fields]
            offset += section.length
    return Shape(record, counts, offset, tuple(placed), {each.name: each for each in placed})


def unknown_shape(layout: Layout, length: int) -> Shape:
    """A record of no known type: nothing but bytes, which are no signs where the layout has packed or binary fields."""
    kinds = {field.kind for record in layout.records for section in record.sections for field in section.fields}
    whole = Field("record", 1, length, Kind.BINARY if kinds & RAW else Kind.FILLER, Evidence.UNVERIFIED)
    return shape_of(RecordType(UNKNOWN, Role.OTHER, (Section("", (whole,), length),)))


def columns_of(record: RecordType) -> tuple[Placed, ...]:
    """Every field of the longest shape, in order: the columns a table of these records has."""
    return shape_of(record, tuple(section.most for section in record.sections if section.times)).fields


def counters_of(record: RecordType) -> tuple[tuple[int, int, int], ...]:
    """Where the counters of the repeated sections stand (start, end, most), in the order of the sections."""
    first = {field.name: field for field in record.sections[0].fields}
    return tuple(
        (first[section.times].start - 1, first[section.times].end, section.most)
        for section in record.sections
        if section.times
    )


def asked(shape: Shape) -> str:
    """How long a record of this shape must be, in words, with the counters that promise sections."""
    counted = [section.times for section in shape.type.sections if section.times]
    promised = ", ".join(f"{name}={count}" for name, count in zip(counted, shape.counts, strict=True) if count)
    return f"{shape.length} wanted{f' for the sections promised by {promised}' if promised else ''}"


def times_of(shape: Shape, name: str) -> tuple[int, str]:
    """How often the counted section `name` stands in the shape, and the field that counts it."""
    counted = [section for section in shape.type.sections if section.times]
    return next((count, one.times) for count, one in zip(shape.counts, counted, strict=True) if one.name == name)


def named_in(shape: Shape, section: str, field: str) -> tuple[Placed, ...]:
    """The field of a section, once for each time the section stands in the shape."""
    one = next(each for each in shape.type.sections if each.name == section)
    times = times_of(shape, section)[0] if one.times else 1
    return tuple(shape.of(_prefix(shape.type, one, number) + field) for number in range(1, times + 1))


def even(layout: Layout) -> int:
    """The length of every record when all have the same one, else 0."""
    lengths = {record.length for record in layout.records} | {record.longest for record in layout.records}
    return lengths.pop() if len(lengths) == 1 and not any(counters_of(record) for record in layout.records) else 0


def _prefix(record: RecordType, section: Section, number: int) -> str:
    if section is record.sections[0]:
        return ""
    return f"{section.name}_{number}." if section.most > 1 else f"{section.name}."
