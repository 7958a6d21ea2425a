"""Read one feed file: its label, its header, then every row, streaming; each bad row is named, none is guessed."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from harborline.kernel import Invalid
from harborline.people.facts import BadFeedRow, FeedKind
from harborline.people.feeds.columns import BadValueError
from harborline.people.feeds.layouts import LAYOUTS, FeedRow, Layout

MARK = "harborline-feed"
VERSION = "1"
LABEL_FIELDS = 6
FIRST_ROW = 3
MAX_BAD_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Label:
    """The first line of a feed file: what it holds, for whom, as of when, and how many rows follow."""

    kind: FeedKind
    program: str
    as_of: datetime
    rows: int


@dataclass(slots=True)
class Feed:
    """A file that was read: usable rows, bad rows, its digest."""

    label: Label
    sha256: str
    rows: list[FeedRow] = field(default_factory=list)
    bad: list[BadFeedRow] = field(default_factory=list)
    row_count: int = 0


def read_feed(kind: FeedKind, path: Path, program: str) -> Feed:
    """The file's rows; raises `Invalid` naming the file when it cannot be used as a whole.

    That is: missing, not UTF-8, not CSV, another kind, program or header than asked for, or fewer rows than its
    label says (a file cut short must never end protections).
    """
    label, sha256 = _identity(kind, path, program)
    feed = Feed(label, sha256)
    seen: set[tuple[str, ...]] = set()
    layout = LAYOUTS[kind]
    for row_no, values in _rows(path, layout):
        feed.row_count += 1
        _take(feed, layout, row_no, values, seen)
    if feed.row_count != label.rows:
        raise Invalid(f"has {feed.row_count} rows but its first line says {label.rows}; send it again", path.name)
    return feed


def _take(feed: Feed, layout: Layout, row_no: int, values: list[str], seen: set[tuple[str, ...]]) -> None:
    if len(values) != len(layout.header):
        problem = f"has {len(values)} fields; the header has {len(layout.header)}"
        _bad(feed, BadFeedRow(row_no, "", "wrong-width", problem))
        return
    row = _row(feed, layout, row_no, values)
    if row is None:
        return
    key = tuple(value for name, value in zip(layout.header, values, strict=True) if name in layout.key)
    if key in seen:
        problem = f"repeats an earlier row: {' and '.join(layout.key)} stand there once"
        _bad(feed, BadFeedRow(row_no, layout.key[0], "repeated-row", problem))
        return
    seen.add(key)
    feed.rows.append(row)


def _row(feed: Feed, layout: Layout, row_no: int, values: list[str]) -> FeedRow | None:
    read = {}
    good = True
    for (name, reader), value in zip(layout.readers.items(), values, strict=True):
        try:
            read[name] = reader(value)
        except BadValueError as bad:
            _bad(feed, BadFeedRow(row_no, name, bad.code, bad.problem))
            good = False
    return layout.make(row_no, read) if good else None


def _bad(feed: Feed, row: BadFeedRow) -> None:
    if len(feed.bad) < MAX_BAD_ROWS:
        feed.bad.append(row)


def _identity(kind: FeedKind, path: Path, program: str) -> tuple[Label, str]:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            first = file.readline(4096)
            digest.update(first)
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError as error:
        raise Invalid(f"cannot be read ({error.strerror})", path.name) from None
    label = read_label(first, path.name)
    if label.kind is not kind or label.program != program:
        raise Invalid(f"is a {label.kind} file of {label.program}; asked for {kind} of {program}", path.name)
    return label, digest.hexdigest()


def read_label(line: bytes, where: str) -> Label:
    """The label in the first line; raises `Invalid` showing what it should look like."""
    example = f"{MARK},{VERSION},people,nc-css,2026-11-21T07:00:00Z,20000"
    try:
        label = _label(next(csv.reader([line.decode("utf-8-sig").strip()]), []))
    except (ValueError, csv.Error):
        label = None
    if label is None:
        raise Invalid(f"the first line must be a label such as: {example}", f"{where}, row 1")
    return label


def _label(fields: list[str]) -> Label | None:
    if len(fields) != LABEL_FIELDS or fields[:2] != [MARK, VERSION]:
        return None
    as_of = datetime.fromisoformat(fields[4])
    if as_of.tzinfo is None:
        return None
    return Label(FeedKind(fields[2]), fields[3], as_of.astimezone(UTC), int(fields[5]))


def label_line(label: Label) -> list[str]:
    """The fields of a label, for those who write feed files."""
    stamp = label.as_of.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    return [MARK, VERSION, label.kind.value, label.program, stamp, str(label.rows)]


def _rows(path: Path, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    row_no = FIRST_ROW - 1
    try:
        with path.open("rb") as raw:
            raw.readline()
            reader = csv.reader(io.TextIOWrapper(raw, encoding="utf-8", newline=""), strict=True)
            header = [name.strip().lower() for name in next(reader, [])]
            if tuple(header) != layout.header:
                raise Invalid(f"the header must be: {','.join(layout.header)}", f"{path.name}, row 2")
            for row_no, values in enumerate(reader, FIRST_ROW):
                if values:
                    yield row_no, [value.strip() for value in values]
    except csv.Error as error:
        where = f"{path.name}, after row {row_no}"
        raise Invalid(f"cannot be read as CSV ({error}); check the quotes", where) from None
    except UnicodeDecodeError:
        raise Invalid("is not UTF-8; save it as CSV UTF-8", f"{path.name}, after row {row_no}") from None
