"""Keep and open the values that open one at a time; the bulk forms are for feeds, letters and redaction."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import psycopg

from harborline.kernel.ids import new_ids
from harborline.people.facts import HeldFacts, HeldName, PersonAtHand, Shield, Source
from harborline.people.feeds.writing import insert
from harborline.people.sealing import open_field, open_identity, seal_field
from harborline.walls.cursor import bulk_cursor

_COLUMNS = ("id", "program", "county", "participant_id", "field", "sealed", "source", "entered_at")


def keep_feed_values(
    cursor: psycopg.Cursor[Any],
    rows: Sequence[tuple[uuid.UUID, str, HeldName, str]],
    *,
    program: str,
    at: datetime,
) -> None:
    """Keep (participant, county, field, value) of the case system's feed; an empty value says it is gone."""
    made = [
        (new, program, county, who, name.value, _sealed(program, who, name, value), Source.CASE_SYSTEM.value, at)
        for new, (who, county, name, value) in zip(new_ids(len(rows)), rows, strict=True)
    ]
    insert(cursor, "people_heldfield", _COLUMNS, made)


def keep_value(
    cursor: psycopg.Cursor[Any],
    values: Mapping[str, Any],
    *,
    derived_from: Sequence[uuid.UUID] = (),
) -> None:
    """Keep one value: the columns of a held field, already sealed."""
    cursor.execute(
        "INSERT INTO people_heldfield (id, program, county, participant_id, field, sealed, source, verified_by,"
        " verified_at, derived_from, entered_at) VALUES (%(id)s, %(program)s, %(county)s, %(participant_id)s,"
        " %(field)s, %(sealed)s, %(source)s, %(verified_by)s, %(verified_at)s, %(derived_from)s::uuid[],"
        " %(entered_at)s)",
        {**values, "derived_from": list(derived_from)},
    )


def _sealed(program: str, participant_id: uuid.UUID, name: HeldName, value: str) -> bytes | None:
    return seal_field(program, participant_id, name.value, value) if value else None


def shields_of(persons: Sequence[uuid.UUID], at: datetime) -> list[Shield]:
    """What stands before the whereabouts of each person, in that order, looked up in every county of the agency."""
    if not persons:
        return []
    with bulk_cursor() as cursor:
        cursor.execute("SELECT n, own, shared FROM people_shielded(%b::uuid[], %b)", [list(persons), at], binary=True)
        found = {n: Shield(own, shared) for n, own, shared in cursor}
    return [found.get(place, Shield(own=True, shared=True)) for place in range(1, len(persons) + 1)]


def held_of(participants: Sequence[uuid.UUID], at: datetime) -> list[HeldFacts]:
    """What is held about participants in sight, without the values; nothing of a shielded person's whereabouts."""
    with bulk_cursor() as cursor:
        cursor.execute(
            "SELECT id, participant_id, field, source, entered_at, verified_by, verified_at, origins"
            " FROM people_held(%b::uuid[], %b)",
            [list(participants), at],
            binary=True,
        )
        return [HeldFacts(row[0], row[1], row[2], row[3], row[4], row[5], row[6], frozenset(row[7])) for row in cursor]


def redactable_of(program: str, participants: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """Every address ever held of each participant; answers nothing outside the purpose `export`."""
    found: dict[uuid.UUID, list[str]] = {}
    with bulk_cursor() as cursor:
        cursor.execute(
            "SELECT participant_id, field, sealed FROM people_redactable(%b::uuid[])", [list(participants)], binary=True
        )
        for who, name, sealed in cursor:
            found.setdefault(who, []).append(open_field(program, who, name, sealed))
    return found


def person_at_hand(participant_id: uuid.UUID, *, now: datetime) -> PersonAtHand | None:
    """What decides about opening a value of a participant in sight; None when there is none. One round trip."""
    with bulk_cursor() as cursor:
        cursor.execute(
            "SELECT county, person_id, source, identity, own, shared, managers, protections_as_of, persons, sources,"
            " identities FROM people_at_hand(%b, %b)",
            [participant_id, now],
            binary=True,
        )
        row = cursor.fetchone()
    if row is None:
        return None
    names = open_identity(row[2], row[1], row[3]).names
    beside = {
        who: open_identity(source, who, sealed).names
        for who, source, sealed in zip(row[8] or (), row[9] or (), row[10] or (), strict=True)
    }
    return PersonAtHand(row[0], row[1], names, tuple(row[6]), Shield(row[4], row[5]), row[7], beside)


def open_value(program: str, participant_id: uuid.UUID, field: str, sealed: bytes) -> str:
    """Open a held value that the database gave out for one recorded opening."""
    return open_field(program, participant_id, field, sealed)
