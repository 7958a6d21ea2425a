"""The records of a run fetched set by set and put together here.

One large join would leave the order to the planner, whose statistics know nothing yet of a run planned a moment ago:
it then walks twenty thousand rows for each of twenty thousand. Each question here stands on one index.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from harborline.messaging.selectors.counts import ALREADY


@dataclass(frozen=True, slots=True)
class Decided:
    """One distinct decision of a run."""

    outcome: str
    reason: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """Where one text is: state, why it did not go or arrive (code, or empty), when it is due."""

    state: int
    reason: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Place:
    """One row of a run: its number, its decision, its own text, the row that speaks for it."""

    row_no: int
    decision_id: uuid.UUID
    message_id: uuid.UUID | None
    with_row_no: int | None


@dataclass(frozen=True, slots=True)
class Person:
    """Who a row is about, and which appointment."""

    row_no: int
    participant_id: uuid.UUID | None
    external_id: str
    county: str
    language: str
    at: datetime
    office: str


def decisions(cursor: psycopg.Cursor[Any], run_id: uuid.UUID) -> dict[uuid.UUID, Decided]:
    """The distinct decisions of a run: a few dozen."""
    cursor.execute(
        "SELECT id, outcome, reason, clauses FROM messaging_rundecision WHERE run_id = %s", [run_id], binary=True
    )
    return {row[0]: Decided(row[1], row[2], tuple(row[3])) for row in cursor}


def places(
    cursor: psycopg.Cursor[Any],
    run_id: uuid.UUID,
    *,
    among: Sequence[uuid.UUID] | None = None,
    county: str = "",
    limit: int | None = None,
    offset: int = 0,
) -> list[Place]:
    """The rows of a run in the order of the file, those of the decisions `among` and of `county` when named."""
    cursor.execute(
        "SELECT row_no, decision_id, message_id, with_row_no FROM messaging_recipient WHERE run_id = %(run)s"
        " AND (%(among)s::uuid[] IS NULL OR decision_id = ANY (%(among)s::uuid[]))"
        " AND (%(county)s::text = '' OR county = %(county)s)"
        " ORDER BY row_no LIMIT %(limit)s::bigint OFFSET %(offset)s::bigint",
        {"run": run_id, "among": among, "county": county, "limit": limit, "offset": offset},
        binary=True,
    )
    return [Place(*row) for row in cursor]


def how_many(cursor: psycopg.Cursor[Any], run_id: uuid.UUID, *, among: Sequence[uuid.UUID] | None, county: str) -> int:
    """How many rows `places` would give in all."""
    cursor.execute(
        "SELECT count(*) FROM messaging_recipient WHERE run_id = %(run)s"
        " AND (%(among)s::uuid[] IS NULL OR decision_id = ANY (%(among)s::uuid[]))"
        " AND (%(county)s::text = '' OR county = %(county)s)",
        {"run": run_id, "among": among, "county": county},
    )
    row = cursor.fetchone()
    return int(row[0]) if row else 0


def speakers(cursor: psycopg.Cursor[Any], run_id: uuid.UUID, row_nos: Iterable[int]) -> dict[int, uuid.UUID]:
    """The texts of the rows that speak for others, by row."""
    wanted = sorted(set(row_nos))
    if not wanted:
        return {}
    cursor.execute(
        "SELECT row_no, message_id FROM messaging_recipient"
        " WHERE run_id = %s AND row_no = ANY (%s) AND message_id IS NOT NULL",
        [run_id, wanted],
        binary=True,
    )
    return {row[0]: row[1] for row in cursor}


def people(cursor: psycopg.Cursor[Any], run_id: uuid.UUID, row_nos: Sequence[int]) -> dict[int, Person]:
    """Who the rows are about, by row."""
    cursor.execute(
        "SELECT row_no, participant_id, participant_ref, county, language, appointment_at, office"
        " FROM messaging_recipient WHERE run_id = %s AND row_no = ANY (%s)",
        [run_id, list(row_nos)],
        binary=True,
    )
    return {row[0]: Person(*row) for row in cursor}


def sent_in(cursor: psycopg.Cursor[Any], run_id: uuid.UUID) -> dict[uuid.UUID, Sent]:
    """Where every text of a run is."""
    cursor.execute(
        "SELECT message_id, state, reason, due_at FROM messaging_dispatch WHERE run_id = %s", [run_id], binary=True
    )
    return {row[0]: Sent(*row[1:]) for row in cursor}


def sent(cursor: psycopg.Cursor[Any], message_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Sent]:
    """Where these texts are."""
    wanted = list(message_ids)
    if not wanted:
        return {}
    cursor.execute(
        "SELECT message_id, state, reason, due_at FROM messaging_dispatch WHERE message_id = ANY (%s::uuid[])",
        [wanted],
        binary=True,
    )
    return {row[0]: Sent(*row[1:]) for row in cursor}


def set_aside_for(
    cursor: psycopg.Cursor[Any], message_ids: Iterable[uuid.UUID]
) -> dict[tuple[uuid.UUID, str], tuple[str, ...]]:
    """The clauses on which texts were set aside, by text and reason."""
    wanted = list(message_ids)
    if not wanted:
        return {}
    cursor.execute(
        "SELECT message_id, reason, clauses FROM messaging_setaside WHERE message_id = ANY (%s::uuid[]) ORDER BY id",
        [wanted],
        binary=True,
    )
    return {(row[0], row[1]): tuple(row[2]) for row in cursor}


def told_earlier(
    cursor: psycopg.Cursor[Any], run_id: uuid.UUID, about: Iterable[Person]
) -> dict[int, tuple[uuid.UUID, Sent]]:
    """For rows that an earlier run told: the newest earlier text to the person about the same appointment, by row."""
    wanted = {(one.participant_id, one.at, one.office): one.row_no for one in about if one.participant_id}
    if not wanted:
        return {}
    cursor.execute(
        "SELECT id, run_id, row_no, participant_id FROM messaging_message"
        " WHERE participant_id = ANY (%s::uuid[]) AND run_id <> %s AND row_no IS NOT NULL ORDER BY created_at, id",
        [list({key[0] for key in wanted}), run_id],
        binary=True,
    )
    texts = cursor.fetchall()
    slots = _slots(cursor, {row[1] for row in texts}, {row[2] for row in texts})
    found = {
        wanted[participant, *slot]: message_id
        for message_id, run, row_no, participant in texts
        if (slot := slots.get((run, row_no))) and (participant, *slot) in wanted
    }
    where = sent(cursor, found.values())
    return {row_no: (message_id, where[message_id]) for row_no, message_id in found.items() if message_id in where}


def _slots(
    cursor: psycopg.Cursor[Any], run_ids: set[uuid.UUID], row_nos: set[int]
) -> dict[tuple[uuid.UUID, int], tuple[datetime, str]]:
    cursor.execute(
        "SELECT run_id, row_no, appointment_at, office FROM messaging_recipient"
        " WHERE run_id = ANY (%s::uuid[]) AND row_no = ANY (%s)",
        [list(run_ids), list(row_nos)],
        binary=True,
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in cursor}


def by_reason(found: dict[uuid.UUID, Decided], reasons: Iterable[str]) -> list[uuid.UUID]:
    """The decisions with one of these reasons."""
    wanted = set(reasons)
    return [key for key, one in found.items() if one.reason in wanted]


def already(found: dict[uuid.UUID, Decided]) -> set[uuid.UUID]:
    """The decisions that say "told before"."""
    return set(by_reason(found, (ALREADY,)))
