"""Retention schedules: how long each series of records lives, by which authority, who approves its end.

A schedule file `schedules/<program>.<mode>.<version>.toml` is never edited in place: a change is a new version with
its own effective date. `mode` is `keep`, `view-then-destroy`, or `keep-sealed` (the same purge of working copies, but
a sealed copy nobody opens alone). An agency adds versions of its own in the directory that the environment variable
`HARBORLINE_SCHEDULES` names; they may keep longer or destroy sooner what the shipped version lets, never the reverse.
A *minimum* may be exceeded and not undercut, a *maximum* the other way round; of several minimums the longest holds,
of several maximums the strictest. Terms are ISO 8601 periods (`P3Y`, `P30D`, `PT24H`) or a setting of the profile.
"""

from __future__ import annotations

import enum
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path

from harborline import law
from harborline.kernel import Invalid
from harborline.law.periods import Period
from harborline.law.profiles import shipped as programs_with_profile
from harborline.law.reading import Table, files_in, known, only, read_toml, text

HERE = Path(__file__).parent / "schedules"
ENVIRONMENT = "HARBORLINE_SCHEDULES"

APPROVERS = frozenset({"state-operator", "supervisor", "security-officer", "auditor"})
"""Staff roles a schedule may name; workforce stands above this floor, a test holds the two equal."""


class Mode(enum.StrEnum):
    """What a program does with texts."""

    KEEP = "keep"
    VIEW_THEN_DESTROY = "view-then-destroy"
    KEEP_SEALED = "keep-sealed"


class Copy(enum.StrEnum):
    """What kind of copy a series is: each kind has a clock of its own."""

    WORKING = "working"
    SEALED = "sealed"
    ENVELOPE = "envelope"
    EVIDENCE = "evidence"
    AUDIT = "audit"


class Limit(enum.StrEnum):
    """Whether a term is the least or the most."""

    MINIMUM = "minimum"
    MAXIMUM = "maximum"


class Trigger(enum.StrEnum):
    """What starts a clock; the last three are events of the program for a fiscal year, not of one record."""

    CREATED = "created"
    RECEIVED = "received"
    VIEWED = "viewed"
    SETTLED = "settled"
    CASE_CLOSED = "case-closed"
    LAST_TEXT = "last-text"
    FINAL_REPORT = "final-expenditure-report"
    CONTROLLER_RELEASE = "controller-release"
    AUDIT_CLOSED = "audit-closed"

    @property
    def of_the_year(self) -> bool:
        """Whether the program tells it once for a whole fiscal year."""
        return self in YEARLY


YEARLY = frozenset({Trigger.FINAL_REPORT, Trigger.CONTROLLER_RELEASE, Trigger.AUDIT_CLOSED})


@dataclass(frozen=True, slots=True)
class Term:
    """One clock of a series: what starts it, how long it runs, at least or at most, by which authority."""

    limit: Limit
    trigger: Trigger
    period: Period
    authority: str


@dataclass(frozen=True, slots=True)
class Series:
    """One series of records.

    `hold` is `stops` (a hold stops disposal) or `converts` (a hold keeps the record sealed from that moment);
    `action` is `destroy`, `hide` (the working copy is no longer shown) or `never`; `automatic` series are destroyed by
    the upkeep at their maximum, without a run approved by hand; `approver` is a staff role.
    """

    key: str
    code: str
    title: Mapping[str, str]
    copy: Copy
    hold: str
    action: str
    approver: str
    automatic: bool
    clause: str
    terms: tuple[Term, ...]

    @property
    def authority(self) -> str:
        """Every authority its terms rest on, or why it is never destroyed."""
        return "; ".join(dict.fromkeys(term.authority for term in self.terms))

    def limits(self, limit: Limit) -> tuple[Term, ...]:
        """Its minimums or its maximums."""
        return tuple(term for term in self.terms if term.limit is limit)


@dataclass(frozen=True, slots=True)
class Schedule:
    """One version of a program's schedule in one mode; `sha256` is the digest of its whole content."""

    program: str
    mode: Mode
    version: int
    state: str
    title: str
    effective: date
    approved_by: str
    fiscal_year_starts: tuple[int, int]
    series: tuple[Series, ...]
    sha256: str

    def of(self, key: str) -> Series:
        """The series called `key`; raises `Invalid` naming the known ones."""
        for found in self.series:
            if found.key == key:
                return found
        raise Invalid(f"there is no series '{key}'; known: {', '.join(one.key for one in self.series)}", "--series")

    def has(self, key: str) -> bool:
        """Whether it knows the series."""
        return any(found.key == key for found in self.series)


@cache
def versions(program: str, mode: Mode) -> tuple[Schedule, ...]:
    """Every version of a program's schedule in a mode, the oldest first; raises `Invalid` for an unknown pair."""
    found = [each for each in every_schedule() if each.program == program and each.mode is mode]
    if not found:
        raise Invalid(f"program '{program}' has no schedule in mode '{mode}'", "schedules")
    return tuple(sorted(found, key=lambda each: each.version))


@cache
def every_schedule() -> tuple[Schedule, ...]:
    """Every shipped and every own version; raises `Invalid` naming the file and the series for unsound ones."""
    named = os.environ.get(ENVIRONMENT)
    return load_schedules(HERE, Path(named) if named else None)


def modes_of(program: str) -> tuple[Mode, ...]:
    """The modes in which a program has a schedule."""
    return tuple(sorted({each.mode for each in every_schedule() if each.program == program}))


def forget() -> None:
    """Read every file anew at the next question."""
    versions.cache_clear()
    every_schedule.cache_clear()


def load_schedules(directory: Path, own: Path | None = None) -> tuple[Schedule, ...]:
    """Every schedule in `directory`, then the agency's own versions; raises `Invalid` for anything unsound."""
    loaded = [_read(path) for path in files_in(directory, "schedule")]
    if own is not None and not own.is_dir():
        raise Invalid(f"{ENVIRONMENT} names a directory that is not there", own.name)
    for path in sorted(own.glob("*.toml")) if own else []:
        made = _read(path)
        _check_no_looser(made, loaded, path.name)
        loaded.append(made)
    _check_versions(loaded)
    return tuple(loaded)


def _read(path: Path) -> Schedule:
    table, where = read_toml(path), path.name
    only(table, _SCHEDULE_KEYS, where)
    program, mode = text(table, "program", where), Mode(known(text(table, "mode", where), _MODES, "mode", where))
    version = table.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or path.name != f"{program}.{mode}.{version}.toml":
        raise Invalid("the file must be called <program>.<mode>.<version>.toml after its content", where)
    listed = table.get("series")
    if not isinstance(listed, list) or not listed:
        raise Invalid("a schedule has at least one [[series]]", where)
    series = tuple(_series(one, program, where) for one in listed)
    _check_once((one.key for one in series), "series", where)
    facts = {
        "program": program,
        "mode": mode,
        "version": version,
        "state": text(table, "state", where),
        "title": text(table, "title", where),
        "effective": _date(table, "effective", where),
        "approved_by": text(table, "approved_by", where),
        "fiscal_year_starts": _month_day(text(table, "fiscal_year_starts", where), where),
    }
    content = {**facts, "series": [asdict(one) for one in series]}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return Schedule(**facts, series=series, sha256=hashlib.sha256(canonical.encode()).hexdigest())  # type: ignore[arg-type]  # a table of facts, each read by its type above


def _series(table: object, program: str, where: str) -> Series:
    if not isinstance(table, Mapping):
        raise Invalid("a series is a table", where)
    key = text(table, "key", where)
    place = f"{where}, series {key}"
    only(table, _SERIES_KEYS, place)
    titles = table.get("title")
    if not isinstance(titles, Mapping):
        raise Invalid("'title' must give the words in en and es", place)
    terms = table.get("term", [])
    made = Series(
        key=key,
        code=text(table, "code", place),
        title={language: text(titles, language, place) for language in ("en", "es")},
        copy=Copy(known(text(table, "copy", place), _COPIES, "copy", place)),
        hold=known(text(table, "hold", place), _HOLDS, "hold", place),
        action=known(text(table, "action", place), _ACTIONS, "action", place),
        approver=known(text(table, "approver", place), APPROVERS, "approver", place),
        automatic=_yes(table, "automatic", place),
        clause=law.clause(text(table, "clause", place)).id,
        terms=tuple(_term(one, program, place) for one in terms),
    )
    _check_series(made, place)
    return made


def _term(table: object, program: str, place: str) -> Term:
    if not isinstance(table, Mapping):
        raise Invalid("a term is a table", place)
    only(table, _TERM_KEYS, place)
    if ("period" in table) == ("setting" in table):
        raise Invalid("a term has either a period or a setting of the profile", place)
    return Term(
        limit=Limit(known(text(table, "limit", place), _LIMITS, "limit", place)),
        trigger=Trigger(known(text(table, "trigger", place), _TRIGGERS, "trigger", place)),
        period=Period.parse(text(table, "period", place), place)
        if "period" in table
        else _of_profile(program, text(table, "setting", place), place),
        authority=text(table, "authority", place),
    )


def _of_profile(program: str, name: str, place: str) -> Period:
    # The unit is the last word of the setting's name: `retention.unread_text_days`.
    if program not in programs_with_profile():
        raise Invalid(f"program '{program}' has no profile to take a setting from", place)
    setting = law.profile(program).setting(name)
    unit = name.rpartition("_")[2]
    if unit not in _UNITS or not isinstance(setting.value, int):
        raise Invalid(f"'{name}' is not a length of time", place)
    return Period(**{unit: setting.value})


def _check_series(series: Series, place: str) -> None:
    if series.action == "never":
        if series.limits(Limit.MAXIMUM) or series.automatic:
            raise Invalid("a series that is never destroyed has no maximum and is not automatic", place)
    elif not series.terms:
        raise Invalid("a series that ends has at least one term with its authority", place)
    if series.copy is Copy.WORKING and not series.limits(Limit.MAXIMUM):
        raise Invalid("a working copy has a maximum", place)
    if series.copy is not Copy.WORKING and series.action != "never" and not series.limits(Limit.MINIMUM):
        raise Invalid(f"a series of {series.copy} copies has a minimum", place)
    if series.automatic and not series.limits(Limit.MAXIMUM):
        raise Invalid("only a maximum can be kept automatically", place)
    for least in series.limits(Limit.MINIMUM):
        for most in series.limits(Limit.MAXIMUM):
            if least.trigger is most.trigger and least.period.longer_than(most.period):
                raise Invalid(
                    f"the minimum {least.period} after {least.trigger} is above the maximum {most.period}", place
                )


def _check_versions(loaded: list[Schedule]) -> None:
    by_kind: dict[tuple[str, Mode], list[Schedule]] = {}
    for one in sorted(loaded, key=lambda each: each.version):
        by_kind.setdefault((one.program, one.mode), []).append(one)
    for (program, mode), line in by_kind.items():
        where = f"schedules of {program}, mode {mode}"
        if [one.version for one in line] != list(range(1, len(line) + 1)):
            raise Invalid("versions count from 1 without a gap", where)
        for earlier, later in pairwise(line):
            if later.effective <= earlier.effective:
                raise Invalid(f"version {later.version} takes effect no later than the one before it", where)


def _check_no_looser(made: Schedule, loaded: Iterable[Schedule], where: str) -> None:
    # The floor is what was shipped last for the same program and mode.
    floors = [one for one in loaded if (one.program, one.mode) == (made.program, made.mode)]
    floor = max(floors, key=lambda one: one.version, default=None) if floors else None
    if floor is None:
        raise Invalid("there is no shipped schedule this could be a version of", where)
    for series in floor.series:
        if not made.has(series.key):
            raise Invalid(f"the series {series.key} is missing", where)
        _check_terms(made.of(series.key), series, where)


def _check_terms(own: Series, floor: Series, where: str) -> None:
    if floor.action == "never" and own.action != "never":
        raise Invalid(f"the series {floor.key} is never destroyed", where)
    for term in floor.terms:
        same = [each.period for each in own.limits(term.limit) if each.trigger is term.trigger]
        if term.limit is Limit.MINIMUM:
            kept = any(not term.period.longer_than(period) for period in same)
        else:
            kept = any(not period.longer_than(term.period) for period in same)
        if not kept:
            raise Invalid(
                f"the series {floor.key} is looser than shipped: its {term.limit} is {term.period} after"
                f" {term.trigger} ({term.authority})",
                where,
            )


def _check_once(keys: Iterable[str], what: str, where: str) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise Invalid(f"the {what} {key} stands twice", where)
        seen.add(key)


def _date(table: Table, key: str, where: str) -> date:
    value = table.get(key)
    if type(value) is not date:
        raise Invalid(f"'{key}' must be a date such as 2026-01-01", where)
    return value


def _month_day(written: str, where: str) -> tuple[int, int]:
    try:
        found = date.fromisoformat(f"2001-{written}")
    except ValueError:
        raise Invalid("'fiscal_year_starts' must be month and day, such as 10-01", where) from None
    return found.month, found.day


def _yes(table: Table, key: str, place: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise Invalid(f"'{key}' must be true or false", place)
    return value


_SCHEDULE_KEYS = frozenset(
    {"program", "mode", "version", "state", "title", "effective", "approved_by", "fiscal_year_starts", "series"}
)
_SERIES_KEYS = frozenset({"key", "code", "title", "copy", "hold", "action", "approver", "automatic", "clause", "term"})
_TERM_KEYS = frozenset({"limit", "trigger", "period", "setting", "authority"})
_UNITS = frozenset({"years", "months", "days", "hours"})
_MODES, _COPIES, _LIMITS, _TRIGGERS = (frozenset(one.value for one in kind) for kind in (Mode, Copy, Limit, Trigger))
_HOLDS = frozenset({"stops", "converts"})
_ACTIONS = frozenset({"destroy", "hide", "never"})
