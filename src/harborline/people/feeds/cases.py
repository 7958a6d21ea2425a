"""Apply the cases file: cases with their parties."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg

from harborline.kernel.ids import new_ids
from harborline.law import profile
from harborline.people.facts import ADULT_ROLES, ROLES, BadFeedRow
from harborline.people.feeds.changes import Applied, Changes, compare, guard_removals, spoken
from harborline.people.feeds.layouts import CaseRow
from harborline.people.feeds.writing import insert, update

Key = tuple[str, str]


@dataclass(slots=True)
class Known:
    """Participants (id, county) and cases (id, county, open) by number; parties (id, role, ended) by both numbers."""

    participants: dict[str, tuple[uuid.UUID, str]] = field(default_factory=dict)
    cases: dict[str, tuple[uuid.UUID, str, bool]] = field(default_factory=dict)
    parties: dict[Key, tuple[uuid.UUID, str, bool]] = field(default_factory=dict)


def apply(
    cursor: psycopg.Cursor[Any], rows: Sequence[CaseRow], *, program: str, as_of: datetime, confirmed: bool
) -> Applied:
    """Bring cases and parties to what the file says."""
    known = _known(cursor, program)
    bad = _bad_rows(rows, known, ROLES[profile(program).kind])
    if bad:
        return Applied(bad=bad)
    by_key = {(row.case_id, row.participant_id): row for row in rows}
    changes = _compared(by_key, known)
    standing = sum(not ended for _, _, ended in known.parties.values())
    guard_removals(len(changes.removed), standing, confirmed=confirmed, where="cases file")
    _write_cases(cursor, rows, known, program)
    _write_parties(cursor, by_key, changes, known, program=program, as_of=as_of)
    return Applied(_spoken(changes))


def _compared(by_key: dict[Key, CaseRow], known: Known) -> Changes[Key]:
    wanted = {key: (row.role, row.status) for key, row in by_key.items()}
    present = {
        key: (role, known.cases[key[0]][2]) if not ended else None for key, (_, role, ended) in known.parties.items()
    }
    changes = compare(wanted, present)
    changes.removed = [key for key in changes.removed if not known.parties[key][2]]
    return changes


def _spoken(changes: Changes[Key]) -> Changes[str]:
    added, changed, removed = (list(map(spoken, keys)) for keys in (changes.added, changes.changed, changes.removed))
    return Changes(added, changed, removed, changes.unchanged)


def _known(cursor: psycopg.Cursor[Any], program: str) -> Known:
    known = Known()
    cursor.execute(
        "SELECT external_id, id, county FROM people_participant WHERE program = %s AND gone_at IS NULL",
        [program],
        binary=True,
    )
    known.participants = {row[0]: (row[1], row[2]) for row in cursor}
    cursor.execute("SELECT external_id, id, county, open FROM people_case WHERE program = %s", [program], binary=True)
    known.cases = {row[0]: (row[1], row[2], row[3]) for row in cursor}
    cursor.execute(
        "SELECT c.external_id, t.external_id, y.id, y.role, y.ended_at IS NOT NULL FROM people_caseparty y"
        " JOIN people_case c ON c.id = y.case_id JOIN people_participant t ON t.id = y.participant_id"
        " WHERE y.program = %s",
        [program],
        binary=True,
    )
    known.parties = {(row[0], row[1]): (row[2], row[3], row[4]) for row in cursor}
    return known


def _bad_rows(rows: Sequence[CaseRow], known: Known, roles: frozenset[str]) -> list[BadFeedRow]:
    first: dict[str, CaseRow] = {}
    found = (_bad_row(row, first.setdefault(row.case_id, row), known, roles) for row in rows)
    return [bad for bad in found if bad is not None]


def _bad_row(row: CaseRow, first: CaseRow, known: Known, roles: frozenset[str]) -> BadFeedRow | None:
    if row.role not in roles:
        return BadFeedRow(row.row_no, "role", "unknown-role", f"must be one of {', '.join(sorted(roles))}")
    if (row.county_fips, row.status) != (first.county_fips, first.status):
        problem = f"county or status differ from row {first.row_no}, which is the same case"
        return BadFeedRow(row.row_no, "case_id", "differs-from-earlier-row", problem)
    if row.case_id in known.cases and known.cases[row.case_id][1] != row.county_fips:
        problem = "is another county than before; a case that moves gets a new number there"
        return BadFeedRow(row.row_no, "county_fips", "other-county", problem)
    participant = known.participants.get(row.participant_id)
    if participant is None:
        problem = "is not in the people file; import that first"
        return BadFeedRow(row.row_no, "participant_id", "unknown-participant", problem)
    if participant[1] != row.county_fips:
        problem = "is a participant of another county"
        return BadFeedRow(row.row_no, "participant_id", "other-county", problem)
    return None


def _write_cases(cursor: psycopg.Cursor[Any], rows: Sequence[CaseRow], known: Known, program: str) -> None:
    wanted = {row.case_id: (row.county_fips, row.status) for row in rows}
    fresh = [key for key in wanted if key not in known.cases]
    for key, identifier in zip(fresh, new_ids(len(fresh)), strict=True):
        known.cases[key] = (identifier, *wanted[key])
    insert(
        cursor,
        "people_case",
        ("id", "program", "county", "external_id", "open"),
        [(known.cases[key][0], program, wanted[key][0], key, wanted[key][1]) for key in fresh],
    )
    # A case that is not in the file any more is closed.
    changed = [
        (identifier, wanted[key][1] if key in wanted else False)
        for key, (identifier, _, is_open) in known.cases.items()
        if is_open != (wanted[key][1] if key in wanted else False)
    ]
    update(cursor, "people_case", ("id", "open"), changed)


def _write_parties(
    cursor: psycopg.Cursor[Any],
    rows: dict[Key, CaseRow],
    changes: Changes[Key],
    known: Known,
    *,
    program: str,
    as_of: datetime,
) -> None:
    cases, participants = known.cases, known.participants
    insert(
        cursor,
        "people_caseparty",
        ("id", "program", "county", "case_id", "participant_id", "role", "adult"),
        [
            (new, program, rows[key].county_fips, cases[key[0]][0], participants[key[1]][0], *_role(rows[key]))
            for new, key in zip(new_ids(len(changes.added)), changes.added, strict=True)
        ],
    )
    update(
        cursor,
        "people_caseparty",
        ("id", "role", "adult", "ended_at"),
        [(known.parties[key][0], *_role(rows[key]), None) for key in changes.changed],
    )
    ended = [(known.parties[key][0], as_of) for key in changes.removed]
    update(cursor, "people_caseparty", ("id", "ended_at"), ended)


def _role(row: CaseRow) -> tuple[str, bool]:
    return row.role, row.role in ADULT_ROLES
