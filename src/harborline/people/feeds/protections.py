"""Apply the protections file: who must not be found by whom."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from harborline.kernel.ids import new_ids
from harborline.law import profile
from harborline.people.facts import BadFeedRow, ProtectionChange, ProtectionKind, ProtectionReason
from harborline.people.feeds.changes import Applied, Changes, compare, guard_removals
from harborline.people.feeds.layouts import ProtectionRow
from harborline.people.feeds.writing import insert, update
from harborline.people.protecting import tell
from harborline.walls import current

Key = tuple[str, str, str, datetime]


def apply(
    cursor: psycopg.Cursor[Any], rows: Sequence[ProtectionRow], *, program: str, as_of: datetime, confirmed: bool
) -> Applied:
    """Bring the program's protections to what the file says; what ends stays as history.

    A day begins and ends at midnight in the program's zone; the last day of a protection still counts.
    """
    cursor.execute(
        "SELECT external_id, id FROM people_person WHERE agency = %s AND source = %s",
        [current().agency, program],
        binary=True,
    )
    persons: dict[str, uuid.UUID] = dict(cursor.fetchall())
    problem = "is not in the people file; import that first"
    strangers = [row for row in rows if row.person_id not in persons]
    if bad := [BadFeedRow(row.row_no, "person_id", "unknown-person", problem) for row in strangers]:
        return Applied(bad=bad)
    zone = ZoneInfo(profile(program).zones[0])
    wanted = {_key(row, zone): (_after(row.until_date, zone), row.texts_chosen) for row in rows}
    present = _present(cursor, program)
    changes = compare(wanted, {key: value for key, (_, value) in present.items()})
    guard_removals(len(changes.removed), len(present), confirmed=confirmed, where="protections file")
    known = {key: one for key, (one, _) in present.items()}
    _write(cursor, wanted, changes, known, persons=persons, program=program, as_of=as_of)
    return Applied(_spoken(changes))


def _present(cursor: psycopg.Cursor[Any], program: str) -> dict[Key, tuple[uuid.UUID, tuple[datetime | None, bool]]]:
    cursor.execute(
        "SELECT p.external_id, r.kind, r.source, r.from_at, r.id, r.until_at, r.texts_chosen"
        " FROM people_protection r JOIN people_person p ON p.id = r.person_id"
        " WHERE r.agency = %s AND r.reported_by = %s AND r.ended_at IS NULL",
        [current().agency, program],
        binary=True,
    )
    return {(row[0], row[1], row[2], row[3]): (row[4], (row[5], row[6])) for row in cursor}


def _key(row: ProtectionRow, zone: ZoneInfo) -> Key:
    return (row.person_id, row.kind.value, row.source, datetime.combine(row.from_date, time(), zone))


def _after(day: date | None, zone: ZoneInfo) -> datetime | None:
    return None if day is None else datetime.combine(day + timedelta(days=1), time(), zone)


def _write(
    cursor: psycopg.Cursor[Any],
    wanted: Mapping[Key, tuple[datetime | None, bool]],
    changes: Changes[Key],
    present: Mapping[Key, uuid.UUID],
    *,
    persons: Mapping[str, uuid.UUID],
    program: str,
    as_of: datetime,
) -> None:
    agency, fresh = current().agency, dict(zip(changes.added, new_ids(len(changes.added)), strict=True))
    insert(
        cursor,
        "people_protection",
        ("id", "agency", "reported_by", "person_id", "kind", "source", "from_at", "until_at", "texts_chosen", "reason"),
        [(new, agency, program, persons[key[0]], *key[1:], *wanted[key], _reason(key)) for key, new in fresh.items()],
    )
    update(
        cursor,
        "people_protection",
        ("id", "until_at", "texts_chosen"),
        [(present[key], *wanted[key]) for key in changes.changed],
    )
    update(cursor, "people_protection", ("id", "ended_at"), [(present[key], as_of) for key in changes.removed])
    ids = {**present, **fresh}
    told = (("added", changes.added), ("changed", changes.changed), ("ended", changes.removed))
    tell([ProtectionChange(ids[key], persons[key[0]], word, as_of) for word, keys in told for key in keys])


def _reason(key: Key) -> str:
    order = key[1] == ProtectionKind.PROTECTIVE_ORDER
    return (ProtectionReason.PROTECTION_ORDER if order else ProtectionReason.CASE_SYSTEM).value


def _spoken(changes: Changes[Key]) -> Changes[str]:
    # Only the person's number and the kind: the source may name a court.
    def words(keys: Sequence[Key]) -> list[str]:
        return [f"{key[0]}/{key[1]}" for key in keys]

    return Changes(words(changes.added), words(changes.changed), words(changes.removed), changes.unchanged)
