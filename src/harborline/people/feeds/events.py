"""Apply the appointments file and the contacts file."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from harborline.kernel.ids import new_ids
from harborline.law import profile
from harborline.people.contacts import keep_contacts
from harborline.people.facts import BadFeedRow, ContactEvent
from harborline.people.feeds.changes import Applied, Changes, compare
from harborline.people.feeds.layouts import AppointmentRow, ContactRow
from harborline.people.feeds.writing import insert, update

AppointmentKey = tuple[str, str, datetime]


def apply_appointments(
    cursor: psycopg.Cursor[Any], rows: Sequence[AppointmentRow], *, program: str, as_of: datetime, confirmed: bool
) -> Applied:
    """Bring the appointments to come to what the file says; one that is no longer in the file is cancelled."""
    del confirmed  # cancelling endangers nobody
    participants, cases, offices = _participants(cursor, program), _cases(cursor, program), _offices(cursor, program)
    bad = [bad for row in rows if (bad := _bad_appointment(row, participants, cases, offices))]
    if bad:
        return Applied(bad=bad)
    wanted: dict[AppointmentKey, str] = {
        (row.participant_id, row.case_id, row.starts.replace(tzinfo=ZoneInfo(offices[row.office]))): row.office
        for row in rows
    }
    present = _present(cursor, program)
    changes = compare(wanted, {key: office for key, (_, office) in present.items()})
    changes.removed = [key for key in changes.removed if key[2] > as_of and present[key][1]]
    insert(
        cursor,
        "people_appointment",
        ("id", "program", "county", "participant_id", "case_id", "office", "starts_at"),
        [
            (new, program, participants[key[0]][1], participants[key[0]][0], cases[key[1]], wanted[key], key[2])
            for new, key in zip(new_ids(len(changes.added)), changes.added, strict=True)
        ],
    )
    changed = [(present[key][0], wanted[key], None) for key in changes.changed]
    update(cursor, "people_appointment", ("id", "office", "cancelled_at"), changed)
    removed = [(present[key][0], as_of) for key in changes.removed]
    update(cursor, "people_appointment", ("id", "cancelled_at"), removed)
    return Applied(_spoken(changes))


def apply_contacts(
    cursor: psycopg.Cursor[Any], rows: Sequence[ContactRow], *, program: str, as_of: datetime, confirmed: bool
) -> Applied:
    """Keep the contacts that took place and tell those who wait for them."""
    del confirmed, as_of  # what took place is only ever added
    participants = _participants(cursor, program)
    unknown = "is not in the people file; import that first"
    bad = [
        BadFeedRow(row.row_no, "participant_id", "unknown-participant", unknown)
        for row in rows
        if row.participant_id not in participants
    ]
    if bad:
        return Applied(bad=bad)
    zone = ZoneInfo(profile(program).zones[0])
    names = {participants[row.participant_id][0]: row.participant_id for row in rows}
    contacts = [ContactEvent(*participants[row.participant_id], _utc(row.took_place, zone)) for row in rows]
    fresh = keep_contacts(contacts, way="feed")
    added = [f"{names[contact.participant_id]}/{contact.at.isoformat()}" for contact in fresh]
    return Applied(Changes(added=added, unchanged=len(rows) - len(fresh)))


def _utc(local: datetime, zone: ZoneInfo) -> datetime:
    return local.replace(tzinfo=zone).astimezone(UTC)


def _participants(cursor: psycopg.Cursor[Any], program: str) -> dict[str, tuple[uuid.UUID, str]]:
    cursor.execute("SELECT external_id, id, county FROM people_participant WHERE program = %s", [program], binary=True)
    return {row[0]: (row[1], row[2]) for row in cursor}


def _cases(cursor: psycopg.Cursor[Any], program: str) -> dict[str, uuid.UUID]:
    cursor.execute("SELECT external_id, id FROM people_case WHERE program = %s", [program], binary=True)
    return dict(cursor.fetchall())


def _offices(cursor: psycopg.Cursor[Any], program: str) -> dict[str, str]:
    cursor.execute("SELECT code, zone FROM people_office WHERE program = %s", [program], binary=True)
    return dict(cursor.fetchall())


def _bad_appointment(
    row: AppointmentRow, participants: Iterable[str], cases: Iterable[str], offices: Iterable[str]
) -> BadFeedRow | None:
    for column, value, known in (
        ("participant_id", row.participant_id, participants),
        ("case_id", row.case_id, cases),
        ("office", row.office, offices),
    ):
        if value not in known:
            return BadFeedRow(row.row_no, column, "unknown", "is not known to this program; import it first")
    return None


def _present(cursor: psycopg.Cursor[Any], program: str) -> dict[AppointmentKey, tuple[uuid.UUID, str]]:
    # A cancelled one is known without an office, so that it differs from whatever the file says.
    cursor.execute(
        "SELECT t.external_id, c.external_id, a.starts_at, a.id,"
        " CASE WHEN a.cancelled_at IS NULL THEN a.office ELSE '' END"
        " FROM people_appointment a JOIN people_participant t ON t.id = a.participant_id"
        " JOIN people_case c ON c.id = a.case_id WHERE a.program = %s",
        [program],
        binary=True,
    )
    return {(row[0], row[1], row[2]): (row[3], row[4]) for row in cursor}


def _spoken(changes: Changes[AppointmentKey]) -> Changes[str]:
    def words(keys: Sequence[AppointmentKey]) -> list[str]:
        return [f"{key[0]}/{key[1]}/{key[2].astimezone(UTC).isoformat()}" for key in keys]

    return Changes(words(changes.added), words(changes.changed), words(changes.removed), changes.unchanged)
