"""What a layout is and what a check of a file says: plain values, nothing computed.

Positions are published 1-based and inclusive; they are converted once, when a shape is made (`shapes`).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


class Kind(enum.StrEnum):
    """What may stand in a field."""

    CONST = "const"
    TEXT = "text"
    UPPER = "upper"
    NAME = "name"
    DIGITS = "digits"
    NUMBER = "number"
    SIGNED = "signed"
    PACKED = "packed"
    BINARY = "binary"
    DATE = "date"
    TIME = "time"
    SSN = "ssn"
    ZIP = "zip"
    ENUM = "enum"
    CODES = "codes"
    SEQUENCE = "sequence"
    SEGMENT = "segment"
    BLANK = "blank"
    FILLER = "filler"


RAW = frozenset({Kind.PACKED, Kind.BINARY})
"""Kinds whose bytes are no signs of any code page."""


class Role(enum.StrEnum):
    """Where a record may stand: `control` once, first or last; `other` anywhere."""

    HEADER = "header"
    BATCH_HEADER = "batch-header"
    DETAIL = "detail"
    BATCH_TRAILER = "batch-trailer"
    TRAILER = "trailer"
    CONTROL = "control"
    OTHER = "other"


FRAME = frozenset({Role.HEADER, Role.TRAILER, Role.CONTROL, Role.BATCH_HEADER, Role.BATCH_TRAILER})
"""Roles of the records that stand around the others."""


class Framing(enum.StrEnum):
    """How one record is told from the next.

    `nl` is the newline of EBCDIC, `rdw` the length before each variable record, `vb` the same in blocks that have a
    length of their own.
    """

    NONE = "none"
    LF = "lf"
    CRLF = "crlf"
    NL = "nl"
    RDW = "rdw"
    VB = "vb"


class Evidence(enum.StrEnum):
    """How sure a fact of a layout is.

    Read in the official document, taken from a state's running system, derived from other facts, or not confirmed by
    anything.
    """

    VERIFIED = "verified"
    SYSTEM = "system"
    INFERRED = "inferred"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Form:
    """How a file is written: its code page (`ascii` or an EBCDIC page) and its framing."""

    code_page: str
    framing: Framing

    def __str__(self) -> str:
        """Such as `cp037 none`; `parse_form` reads it back."""
        return f"{self.code_page} {self.framing}"


@dataclass(frozen=True, slots=True)
class Condition:
    """True for a record whose `field` has one of `values`."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a section: positions 1-based inclusive, relative to its section.

    `required` is True, False, or the condition under which it must be filled. `values` are the constants or codes
    of the kinds that have them, padded to the field's width where the kind is `const` or `enum`.
    `scale` counts implied decimals. `format` is the order of a date, the place of a sign, the elements of a segment.
    """

    name: str
    start: int
    end: int
    kind: Kind
    evidence: Evidence
    required: bool | Condition = False
    values: tuple[str, ...] = ()
    scale: int = 0
    unit: str = ""
    format: str = ""
    itin: bool = False
    note: str = ""

    @property
    def width(self) -> int:
        """Its length in bytes."""
        return self.end - self.start + 1


@dataclass(frozen=True, slots=True)
class Section:
    """A run of fields; `times` names the field of the first section that counts its repetitions (none: once)."""

    name: str
    fields: tuple[Field, ...]
    length: int
    times: str = ""
    most: int = 1


@dataclass(frozen=True, slots=True)
class Recognition:
    """The bytes by which a record type is known: the text at `start` to `end` is one of `values`."""

    start: int
    end: int
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Need:
    """What a combination of codes asks for, and how sure that is; what is unverified is a warning only.

    Without a field, the section must be there at least `least` times, or not at all when that is 0. With one, the
    field must be filled, or have `value`, in each of the sections that are there.
    """

    section: str
    field: str = ""
    value: str = ""
    least: int = 1
    evidence: Evidence = Evidence.VERIFIED

    def __str__(self) -> str:
        """The word for it, such as `order`, `-order` or `case.case_status=O`."""
        if self.field:
            return f"{self.section}.{self.field}{'=' if self.value else ''}{self.value}"
        return f"{'' if self.least else '-'}{self.section}{f':{self.least}' if self.least > 1 else ''}"


@dataclass(frozen=True, slots=True)
class Combination:
    """What the fields of `Needs.by` may say together, in their order, and what a record that says so needs."""

    values: tuple[str, ...]
    label: str
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Needs:
    """What a record must hold by the codes in some fields of its first section.

    `complete` is the evidence that there are no other combinations than these; without it any other needs nothing.
    """

    by: tuple[str, ...]
    source: str
    complete: Evidence | None
    combinations: tuple[Combination, ...]


@dataclass(frozen=True, slots=True)
class RecordType:
    """One type of record; without `when` it is whatever no other type recognises."""

    name: str
    role: Role
    sections: tuple[Section, ...]
    when: Recognition | None = None
    needed: bool = True
    needs: tuple[Needs, ...] = ()

    @property
    def length(self) -> int:
        """The length of its shortest record."""
        return sum(section.length for section in self.sections if not section.times)

    @property
    def longest(self) -> int:
        """The length of its longest record."""
        return sum(section.length * section.most for section in self.sections)


@dataclass(frozen=True, slots=True)
class Total:
    """A figure told in a control record: the number of records of a type, or the sum of one of their fields.

    `told` are the fields (record, field) whose sum it is; `batch` compares it for each batch instead of the file.
    """

    name: str
    told: tuple[tuple[str, str], ...]
    record: str
    summed: str = ""
    where: Condition | None = None
    batch: bool = False


def in_decimals(value: int, scale: int, *, comma: str = "") -> str:
    """A figure in units of its last decimal as people write it; `comma` stands between thousands."""
    whole, part = divmod(abs(value), 10**scale)
    decimals = f".{part:0{scale}d}" if scale else ""
    return f"{'-' if value < 0 else ''}{whole:{comma}}{decimals}"


@dataclass(frozen=True, slots=True)
class Pair:
    """Records that fit together: bytes `start` to `end` (1-based) of each are those of the first of them before it."""

    records: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Layout:
    """One version of a published layout; `sha256` is the digest of its whole content."""

    name: str
    version: int
    title: str
    valid_from: date
    valid_to: date | None
    source: str
    code_pages: tuple[str, ...]
    framings: tuple[Framing, ...]
    end_mark: bool
    uniform: tuple[str, ...]
    records: tuple[RecordType, ...]
    totals: tuple[Total, ...]
    pairs: tuple[Pair, ...] = ()
    sha256: str = ""

    @property
    def label(self) -> str:
        """Its name and version, as a manifest or a command names it."""
        return f"{self.name}@{self.version}"

    def scale_of(self, total: Total) -> int:
        """The decimals of a total: those of the field that is added up."""
        return next(
            (
                field.scale
                for record in self.records
                if record.name == total.record
                for field in record.sections[0].fields
                if field.name == total.summed
            ),
            0,
        )

    @property
    def form(self) -> Form:
        """The form it is written in when nothing else is asked for."""
        return Form(self.code_pages[0], self.framings[0])


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with one record: `field` is empty when it is the whole record.

    `record` counts from 1, `byte` is the place in the file counted from 1, `masked` is the value with every letter
    and digit replaced by its kind. A `warning` rests on what nothing confirms: the record is not bad because of it.
    """

    record: int
    byte: int
    type: str
    field: str
    code: str
    masked: str
    warning: bool = False

    def __str__(self) -> str:
        """Field and code, such as `ssn:required`."""
        return f"{self.field or 'record'}:{self.code}{' (warning)' if self.warning else ''}"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the whole file is refused: a stable code, and a sentence with the place and the remedy."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Checked:
    """The verdict on one file.

    `by_type` counts the records of each type, `by_field` what was found in each field, `totals` holds every figure of
    the layout as it was computed,
    `findings` at most the first 10,000, warnings among them, while `found` and `warned` count them all. `size_bytes` is
    what was read.
    """

    layout: str
    layout_sha256: str
    form: Form
    records: int
    bad_records: int
    found: int
    size_bytes: int
    by_type: Mapping[str, int]
    by_field: Mapping[str, int]
    totals: Mapping[str, int]
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    sha256: str = ""
    warned: int = 0

    @property
    def refused(self) -> bool:
        """Whether the whole file is refused."""
        return bool(self.problems)

    @property
    def verdict(self) -> str:
        """`accepted`, `some-bad` (usable but for its bad records) or `refused`."""
        if self.refused:
            return "refused"
        return "some-bad" if self.bad_records else "accepted"
