"""Apply the people file: persons, participants and their numbers."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg

from harborline.kernel import ports
from harborline.kernel.ids import new_ids
from harborline.people.facts import BadFeedRow, HeldName, NumberChange
from harborline.people.feeds.changes import Applied, Changes, compare, guard_removals
from harborline.people.feeds.layouts import PersonRow
from harborline.people.feeds.writing import insert, update
from harborline.people.holding import keep_feed_values
from harborline.people.ports import NumberListener
from harborline.people.sealing import Identity, seal_field, seal_identity
from harborline.vault.services import blind_index, blind_indexes
from harborline.walls import current


@dataclass(frozen=True, slots=True)
class KnownParticipant:
    """A participant as the database has it."""

    id: uuid.UUID
    county: str
    person_id: uuid.UUID
    digest: bytes
    gone: bool


@dataclass(slots=True)
class Known:
    """What the program knows: participants and persons by their numbers, current telephone indexes."""

    participants: dict[str, KnownParticipant] = field(default_factory=dict)
    persons: dict[str, tuple[uuid.UUID, bytes]] = field(default_factory=dict)
    numbers: dict[uuid.UUID, bytes] = field(default_factory=dict)


def apply(
    cursor: psycopg.Cursor[Any], rows: Sequence[PersonRow], *, program: str, as_of: datetime, confirmed: bool
) -> Applied:
    """Bring persons, participants and numbers to what the file says."""
    known = _known(cursor, program)
    bad = [*_differing_identities(rows), *_moved(rows, known)]
    if bad:
        return Applied(bad=bad)
    digests = dict(zip((row.participant_id for row in rows), _digests(rows), strict=True))
    present = {key: b"" if one.gone else one.digest for key, one in known.participants.items()}
    changes = compare(digests, present)
    changes.removed = [key for key in changes.removed if not known.participants[key].gone]
    standing = sum(not one.gone for one in known.participants.values())
    guard_removals(len(changes.removed), standing, confirmed=confirmed, where="people file")
    by_key = {row.participant_id: row for row in rows}
    _write_persons(cursor, rows, known, program)
    _write_participants(cursor, by_key, digests, changes, known, program=program)
    _end_participants(cursor, changes.removed, known, as_of)
    _write_addresses(cursor, by_key, changes, known, program=program, as_of=as_of)
    _write_numbers(cursor, by_key, changes, known, program=program, as_of=as_of)
    return Applied(changes)


def _known(cursor: psycopg.Cursor[Any], program: str) -> Known:
    known = Known()
    cursor.execute(
        "SELECT external_id, id, county, person_id, row_digest, gone_at IS NOT NULL"
        " FROM people_participant WHERE program = %s",
        [program],
        binary=True,
    )
    known.participants = {row[0]: KnownParticipant(*row[1:]) for row in cursor}
    cursor.execute(
        "SELECT external_id, id, identity_digest FROM people_person WHERE agency = %s AND source = %s",
        [current().agency, program],
        binary=True,
    )
    known.persons = {row[0]: (row[1], row[2]) for row in cursor}
    cursor.execute(
        "SELECT participant_id, phone_idx FROM people_phonenumber WHERE program = %s AND until_at IS NULL",
        [program],
        binary=True,
    )
    known.numbers = dict(cursor.fetchall())
    return known


def _identity(row: PersonRow) -> Identity:
    return Identity(row.name, row.other_names, row.birth_date.isoformat() if row.birth_date else "")


def _differing_identities(rows: Iterable[PersonRow]) -> list[BadFeedRow]:
    first: dict[str, tuple[int, Identity]] = {}
    bad = []
    for row in rows:
        row_no, identity = first.setdefault(row.person_id, (row.row_no, _identity(row)))
        if identity != _identity(row):
            problem = f"name, other names or birth date differ from row {row_no}, which is the same person"
            bad.append(BadFeedRow(row.row_no, "name", "differs-from-earlier-row", problem))
    return bad


def _moved(rows: Iterable[PersonRow], known: Known) -> list[BadFeedRow]:
    bad = []
    for row in rows:
        one = known.participants.get(row.participant_id)
        if one is None:
            continue
        if one.county != row.county_fips:
            problem = "is another county than before; a participant who moves gets a new participant number there"
            bad.append(BadFeedRow(row.row_no, "county_fips", "other-county", problem))
        if row.person_id not in known.persons or known.persons[row.person_id][0] != one.person_id:
            problem = "is another person than before; a participant number is never given to somebody else"
            bad.append(BadFeedRow(row.row_no, "person_id", "other-person", problem))
    return bad


def _digests(rows: Sequence[PersonRow]) -> list[bytes]:
    return blind_indexes("people-row", (repr(row[1:]) for row in rows))


def _write_persons(cursor: psycopg.Cursor[Any], rows: Sequence[PersonRow], known: Known, program: str) -> None:
    identities = {row.person_id: _identity(row) for row in rows}
    digests = {key: blind_index("identity", identity.text()) for key, identity in identities.items()}
    fresh = [key for key in identities if key not in known.persons]
    changed = [key for key in identities if key in known.persons and known.persons[key][1] != digests[key]]
    for key, identifier in zip(fresh, new_ids(len(fresh)), strict=True):
        known.persons[key] = (identifier, digests[key])
    ids = {key: known.persons[key][0] for key in (*fresh, *changed)}
    sealed = {key: seal_identity(program, ids[key], identities[key]) for key in ids}
    agency = current().agency
    insert(
        cursor,
        "people_person",
        ("id", "agency", "source", "external_id", "identity", "identity_digest"),
        [(ids[key], agency, program, key, sealed[key], digests[key]) for key in fresh],
    )
    update(
        cursor,
        "people_person",
        ("id", "identity", "identity_digest"),
        [(ids[key], sealed[key], digests[key]) for key in changed],
    )


_PARTICIPANT = ("language", "zone", "zip", "row_digest", "gone_at")


def _write_participants(
    cursor: psycopg.Cursor[Any],
    rows: dict[str, PersonRow],
    digests: dict[str, bytes],
    changes: Changes[str],
    known: Known,
    *,
    program: str,
) -> None:
    for key, identifier in zip(changes.added, new_ids(len(changes.added)), strict=True):
        row = rows[key]
        person = known.persons[row.person_id][0]
        known.participants[key] = KnownParticipant(identifier, row.county_fips, person, digests[key], gone=False)

    def values(key: str) -> tuple[Any, ...]:
        row = rows[key]
        return (row.language, row.time_zone, row.zip, digests[key], None)

    insert(
        cursor,
        "people_participant",
        ("id", "program", "county", "external_id", "person_id", *_PARTICIPANT),
        [
            (one.id, program, one.county, key, one.person_id, *values(key))
            for key, one in ((key, known.participants[key]) for key in changes.added)
        ],
    )
    update(
        cursor,
        "people_participant",
        ("id", *_PARTICIPANT),
        [(known.participants[key].id, *values(key)) for key in changes.changed],
    )


def _write_addresses(
    cursor: psycopg.Cursor[Any],
    rows: dict[str, PersonRow],
    changes: Changes[str],
    known: Known,
    *,
    program: str,
    as_of: datetime,
) -> None:
    # Nothing held can be read back, so a changed row says both of its addresses again, empty ones too.
    said = [(key, again) for again, keys in ((False, changes.added), (True, changes.changed)) for key in keys]
    values = [
        (known.participants[key].id, rows[key].county_fips, name, value)
        for key, again in said
        for name, value in (
            (HeldName.ADDRESS, rows[key].address),
            (HeldName.SUBSTITUTE_ADDRESS, rows[key].substitute_address),
        )
        if value or again
    ]
    keep_feed_values(cursor, values, program=program, at=as_of)


def _end_participants(cursor: psycopg.Cursor[Any], removed: list[str], known: Known, as_of: datetime) -> None:
    update(cursor, "people_participant", ("id", "gone_at"), [(known.participants[key].id, as_of) for key in removed])


def _write_numbers(
    cursor: psycopg.Cursor[Any],
    rows: dict[str, PersonRow],
    changes: Changes[str],
    known: Known,
    *,
    program: str,
    as_of: datetime,
) -> None:
    touched = [*changes.added, *changes.changed]
    numbers = [rows[key].phone for key in touched]
    indexes = [idx if number else None for idx, number in zip(blind_indexes("phone", numbers), numbers, strict=True)]
    wanted = {known.participants[key].id: (key, idx) for key, idx in zip(touched, indexes, strict=True)}
    wanted |= {known.participants[key].id: (key, None) for key in changes.removed}
    _end_numbers(cursor, wanted, known, as_of)
    fresh = [(who, key, idx) for who, (key, idx) in wanted.items() if idx and known.numbers.get(who) != idx]
    insert(
        cursor,
        "people_phonenumber",
        ("id", "program", "county", "participant_id", "e164", "phone_idx", "since_at"),
        [
            (new, program, rows[key].county_fips, who, seal_field(program, who, "phone", rows[key].phone), idx, as_of)
            for new, (who, key, idx) in zip(new_ids(len(fresh)), fresh, strict=True)
        ],
    )


def _end_numbers(
    cursor: psycopg.Cursor[Any], wanted: dict[uuid.UUID, tuple[str, bytes | None]], known: Known, as_of: datetime
) -> None:
    ended = [
        NumberChange(who, known.participants[key].county, known.numbers[who], as_of)
        for who, (key, idx) in wanted.items()
        if who in known.numbers and known.numbers[who] != idx
    ]
    if not ended:
        return
    cursor.execute(
        "UPDATE people_phonenumber SET until_at = %s WHERE participant_id = ANY (%s::uuid[]) AND until_at IS NULL",
        [as_of, [change.participant_id for change in ended]],
    )
    for listener in ports.serving_all(NumberListener).values():
        listener.numbers_ended(ended)
