"""Who was not reached by a run and why: one row for each person, with the next step."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from harborline.kernel import Outcome
from harborline.messaging.facts import NOT_REACHED
from harborline.messaging.selectors import rows
from harborline.messaging.selectors.faces import Face, shown_as
from harborline.messaging.selectors.rows import Decided, Person, Place, Sent
from harborline.messaging.selectors.run_list import run_row
from harborline.messaging.steps import next_step
from harborline.walls.cursor import bulk_cursor

_MISSED = frozenset(int(state) for state in NOT_REACHED)


@dataclass(frozen=True, slots=True)
class Missed:
    """One appointment somebody was not told about: when (UTC) and the office's code."""

    at: datetime
    office: str


@dataclass(frozen=True, slots=True)
class NotReached:
    """One person a run did not reach.

    `participant_id` is None for somebody who is not on file. `reason` and `clauses` are as staff may read them;
    `next_step` is a code of `messaging.steps`. `missed` are their appointments in the run they were not told about.
    """

    row_no: int
    participant_id: uuid.UUID | None
    external_id: str
    county: str
    language: str
    reason: str
    clauses: tuple[str, ...]
    next_step: str
    missed: tuple[Missed, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """One row that was not reached: the decision, and the text that did not arrive, if there is one."""

    row_no: int
    decision: Decided
    message_id: uuid.UUID | None = None
    text: Sent | None = None


def not_reached(run_id: uuid.UUID) -> list[NotReached]:
    """Everybody the run did not reach, in the order of their first appointment; raises `NotFound` for a hidden run.

    Held and refused recipients, and those whose text was rejected, failed, expired, lapsed, was cancelled or
    withheld, or of which nobody can say whether it arrived. A text shared with another row reached both or neither;
    somebody told before counts only when that earlier text did not arrive.
    """
    run_row(run_id)
    with bulk_cursor() as cursor:
        found = list(_rows(cursor, run_id))
        about = rows.people(cursor, run_id, [one.row_no for one in found])
        because = rows.set_aside_for(cursor, (one.message_id for one in found if one.message_id and _became(one)))
    found.sort(key=lambda one: (about[one.row_no].at, one.row_no))
    return _by_person((about[one.row_no], _face(one, because)) for one in found)


def _rows(cursor: psycopg.Cursor[Any], run_id: uuid.UUID) -> Iterator[_Row]:
    decided = rows.decisions(cursor, run_id)
    told_before = rows.already(decided)
    every = rows.places(cursor, run_id)
    where = rows.sent_in(cursor, run_id)
    speaking = rows.speakers(cursor, run_id, (one.with_row_no for one in every if one.with_row_no is not None))
    for one in every:
        decision = decided[one.decision_id]
        message_id = one.message_id or speaking.get(one.with_row_no or 0)
        text = where.get(message_id) if message_id else None
        if text is not None and text.state in _MISSED:
            yield _Row(one.row_no, decision, message_id, text)
        elif decision.outcome != Outcome.ALLOW.value and one.decision_id not in told_before:
            yield _Row(one.row_no, decision)
    yield from _told_in_vain(cursor, run_id, [one for one in every if one.decision_id in told_before], decided)


def _told_in_vain(
    cursor: psycopg.Cursor[Any], run_id: uuid.UUID, told: Sequence[Place], decided: dict[uuid.UUID, Decided]
) -> Iterator[_Row]:
    if not told:
        return
    about = rows.people(cursor, run_id, [one.row_no for one in told])
    decisions = {one.row_no: decided[one.decision_id] for one in told}
    for row_no, (message_id, text) in rows.told_earlier(cursor, run_id, about.values()).items():
        if text.state in _MISSED:
            yield _Row(row_no, decisions[row_no], message_id, text)


def _became(row: _Row) -> str:
    return row.text.reason if row.text else ""


def _face(row: _Row, because: dict[tuple[uuid.UUID, str], tuple[str, ...]]) -> Face:
    became = _became(row)
    clauses = because.get((row.message_id, became), ()) if became and row.message_id else row.decision.clauses
    return shown_as(row.decision.outcome, became or row.decision.reason, clauses)


def _by_person(lines: Iterable[tuple[Person, Face]]) -> list[NotReached]:
    people: dict[str, list[tuple[Person, Face]]] = {}
    for person, face in lines:
        people.setdefault(person.external_id, []).append((person, face))
    return [_person(each) for each in people.values()]


def _person(lines: Sequence[tuple[Person, Face]]) -> NotReached:
    person, face = lines[0]
    return NotReached(
        row_no=person.row_no,
        participant_id=person.participant_id,
        external_id=person.external_id,
        county=person.county,
        language=person.language,
        reason=face.reason,
        clauses=face.clauses,
        next_step=next_step(face.reason),
        missed=tuple(Missed(each.at, each.office) for each, _ in lines),
    )
