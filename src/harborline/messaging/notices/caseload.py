"""Read a caseload extract row by row: every row is either usable or named with its column and reason.

The format is documented in docs/caseload.md. Row numbers are those a spreadsheet shows: the header is row 1.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import IO, NamedTuple

from harborline.kernel import Invalid
from harborline.messaging.notices.moments import SKIPPED, comes

COLUMNS = (
    "participant_id",
    "case_id",
    "county_fips",
    "role",
    "name",
    "language",
    "phone",
    "zip",
    "appointment_date",
    "appointment_time",
    "office",
)
MAX_FIELD_CHARS = 200


class Row(NamedTuple):
    """One usable row; `appointment` is local to the office, `number` is E.164 or empty."""

    row_no: int
    participant_ref: str
    case_ref: str
    county: str
    role: str
    name: str
    language: str
    number: str
    zip: str
    appointment: datetime
    office: str


class BadRow(NamedTuple):
    """One row that cannot be used: where, a stable code, and what to do. Never the value itself."""

    row_no: int
    column: str
    code: str
    problem: str


@dataclass(frozen=True, slots=True)
class Known:
    """What the program knows: counties (FIPS), roles, office codes, how to read a phone number, its offices' zone.

    `number` answers E.164 or raises `Invalid` whose problem names what is wrong.
    """

    counties: frozenset[str]
    roles: frozenset[str]
    offices: frozenset[str]
    number: Callable[[str], str]
    zone: str


class _BadFieldError(Exception):
    def __init__(self, column: str, code: str, problem: str) -> None:
        super().__init__(problem)
        self.column = column
        self.code = code
        self.problem = problem


_REFERENCE_PROBLEM = "is empty or has signs other than letters and digits"
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.\-]{0,39}").fullmatch
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?").fullmatch
_ZIP = re.compile(r"[0-9]{5}(-?[0-9]{4})?").fullmatch
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]").fullmatch


@dataclass(slots=True)
class CaseloadReader:
    """Yields `Row` and `BadRow` in file order; values that repeat in a caseload are checked once and remembered."""

    known: Known
    _columns: tuple[int, ...] = ()
    _slots: dict[tuple[str, str], datetime] = field(default_factory=dict)
    _languages: set[str] = field(default_factory=set)
    _zips: set[str] = field(default_factory=lambda: {""})

    def read(self, stream: IO[bytes], source: str) -> Iterator[Row | BadRow]:
        """Every row of the file; raises `Invalid` naming `source` when the file as a whole cannot be used."""
        decoded = _decoded(stream, source)
        reader = csv.reader(decoded, strict=True)
        row_no = 1
        try:
            self._columns = _header(next(reader, None), source)
            width = len(COLUMNS)
            for row_no, fields in enumerate(reader, 2):
                if len(fields) != width:
                    if fields:
                        yield _wrong_width(row_no, len(fields))
                    continue
                try:
                    yield self._row(row_no, fields)
                except _BadFieldError as bad:
                    yield BadRow(row_no, bad.column, bad.code, bad.problem)
        except csv.Error as error:
            raise Invalid(
                "cannot be read as CSV ({error}); check the quotes", f"{source}, after row {row_no}", error=error
            ) from None
        except UnicodeDecodeError as error:
            raise Invalid(
                "is not UTF-8 (byte 0x{given:02x}); save it as CSV UTF-8",
                f"{source}, after row {row_no}",
                given=error.object[error.start],
            ) from None
        finally:
            # The stream stays the caller's: a wrapper that is thrown away would close it.
            if not stream.closed:
                decoded.detach()

    def _row(self, row_no: int, fields: list[str]) -> Row:
        participant, case, county, role, name, language, phone, zip_code, day, hour, office = (
            fields[index].strip() for index in self._columns
        )
        known = self.known
        if not _REFERENCE(participant):
            raise _BadFieldError("participant_id", "bad-reference", _REFERENCE_PROBLEM)
        if not _REFERENCE(case):
            raise _BadFieldError("case_id", "bad-reference", _REFERENCE_PROBLEM)
        if county not in known.counties:
            raise _BadFieldError("county_fips", "unknown-county", "is no five-digit code of a county of this program")
        if role not in known.roles:
            raise _BadFieldError("role", "unknown-role", f"must be one of {', '.join(sorted(known.roles))}")
        if not name or len(name) > MAX_FIELD_CHARS or not name.isprintable():
            raise _BadFieldError("name", "bad-name", "is empty, too long, or has signs that cannot be printed")
        if language not in self._languages:
            self._check_language(language)
        if zip_code not in self._zips:
            self._check_zip(zip_code)
        appointment = self._slots.get((day, hour)) or self._slot(day, hour)
        if office not in known.offices:
            raise _BadFieldError("office", "unknown-office", "is not the code of an office of this program")
        number = self._number(phone) if phone else ""
        return Row(row_no, participant, case, county, role, name, language, number, zip_code[:5], appointment, office)

    def _check_language(self, language: str) -> None:
        if not _LANGUAGE(language):
            raise _BadFieldError("language", "bad-language", "must be a language tag such as en, es, so, hmn")
        self._languages.add(language)

    def _check_zip(self, zip_code: str) -> None:
        if not _ZIP(zip_code):
            raise _BadFieldError("zip", "bad-zip", "must be empty, five digits, or five and four digits")
        self._zips.add(zip_code)

    def _slot(self, day: str, hour: str) -> datetime:
        try:
            when = date.fromisoformat(day)
        except ValueError:
            raise _BadFieldError(
                "appointment_date", "no-such-date", "is not a date that exists; write YYYY-MM-DD"
            ) from None
        if len(day) != 10:  # noqa: PLR2004 - YYYY-MM-DD
            raise _BadFieldError("appointment_date", "no-such-date", "is not written YYYY-MM-DD")
        if not _TIME(hour):
            raise _BadFieldError("appointment_time", "no-such-time", "is no time of day; write HH:MM, 00:00 to 23:59")
        slot = datetime.combine(when, time.fromisoformat(hour))  # local to the office; its zone is put on later
        if not comes(slot, self.known.zone):
            raise _BadFieldError("appointment_time", "no-such-time", SKIPPED)
        self._slots[(day, hour)] = slot
        return slot

    def _number(self, phone: str) -> str:
        try:
            return self.known.number(phone)
        except Invalid as wrong:
            raise _BadFieldError("phone", wrong.where or "bad-number", wrong.problem) from None


def _wrong_width(row_no: int, found: int) -> BadRow:
    return BadRow(row_no, "", "wrong-width", f"has {found} fields; the header has {len(COLUMNS)}")


def _decoded(stream: IO[bytes], source: str) -> io.TextIOWrapper:
    start = stream.read(4)
    stream.seek(0)
    if not start:
        raise Invalid("is empty; it needs a header row and one row for each recipient", source)
    for name, mark in (
        ("UTF-16", codecs.BOM_UTF16_LE),
        ("UTF-16", codecs.BOM_UTF16_BE),
        ("Excel (XLSX)", b"PK"),
    ):
        if start.startswith(mark):
            raise Invalid("is {name}; save it as CSV UTF-8", source, name=name)
    return io.TextIOWrapper(stream, encoding="utf-8-sig", errors="strict", newline="")


def _header(header: list[str] | None, source: str) -> tuple[int, ...]:
    found = [name.strip().lower() for name in header or []]
    missing, extra, twice = _column_problems(found)
    if missing or extra or twice:
        raise Invalid(
            "missing columns: {missing}; columns nobody asked for: {extra}; columns that stand twice: {twice}. "
            "The header must be: {wanted}",
            f"{source}, row 1",
            missing=missing or "-", extra=extra or "-", twice=twice or "-", wanted=",".join(COLUMNS),
        )  # fmt: skip
    return tuple(found.index(name) for name in COLUMNS)


def _column_problems(found: list[str]) -> tuple[str, str, str]:
    """Which columns are missing, which nobody asked for, which stand twice."""
    extra = [name for name in found if name not in COLUMNS]
    return (
        ", ".join(name for name in COLUMNS if name not in found),
        ", ".join(_shown(name) for name in extra[:5]),
        ", ".join(sorted({_shown(name) for name in found if found.count(name) > 1})[:5]),
    )


def _shown(name: str) -> str:
    return (name[:40] if name.isprintable() else "(unprintable)") or "(without a name)"


def reasons(counts: Mapping[str, int]) -> str:
    """`3 no-such-date, 1 bad-number`: bad rows by code, most frequent first."""
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{count} {code}" for code, count in ordered)
