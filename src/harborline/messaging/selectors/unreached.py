"""Who was not reached by a run and why: one row for each person, with the next step."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from harborline.messaging.facts import NOT_REACHED
from harborline.messaging.selectors.counts import ALREADY
from harborline.messaging.selectors.faces import shown_as
from harborline.messaging.selectors.run_list import run_row
from harborline.messaging.steps import next_step
from harborline.walls.cursor import bulk_cursor


@dataclass(frozen=True, slots=True)
class Missed:
    """One appointment somebody was not told about: when (UTC) and the office's code."""

    at: datetime
    office: str


@dataclass(frozen=True, slots=True)
class NotReached:
    """One person a run did not reach.

    `participant_id` is None for somebody who is not on file. `reason` and `clauses` are as staff may read them;
    `next_step` is a code of `steps`. `missed` are their appointments in the run they were not told about.
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


# A text shared with another row reached both or neither. "Told before" counts as not reached only when that earlier
# text, to the same person about the same appointment, did not arrive.
_UNREACHED = """
SELECT r.row_no, r.participant_id, r.participant_ref, r.county, r.language, d.outcome, d.reason, d.clauses,
       coalesce(x.reason, e.reason), because.clauses, r.appointment_at, r.office
  FROM messaging_recipient r
  JOIN messaging_rundecision d ON d.id = r.decision_id
  LEFT JOIN messaging_recipient s ON s.run_id = r.run_id AND s.row_no = r.with_row_no
  LEFT JOIN messaging_dispatch x ON x.message_id = coalesce(r.message_id, s.message_id)
  LEFT JOIN LATERAL (
    SELECT told.message_id, told.state, told.reason
      FROM messaging_message m
      JOIN messaging_recipient o ON o.run_id = m.run_id AND o.row_no = m.row_no
      JOIN messaging_dispatch told ON told.message_id = m.id
     WHERE d.reason = %(already)s AND m.participant_id = r.participant_id AND m.run_id <> r.run_id
       AND o.appointment_at = r.appointment_at AND o.office = r.office
     ORDER BY m.created_at DESC LIMIT 1) e ON true
  LEFT JOIN LATERAL (
    SELECT a.clauses FROM messaging_setaside a
     WHERE a.message_id = coalesce(x.message_id, e.message_id) AND a.reason = coalesce(x.reason, e.reason)
     ORDER BY a.id DESC LIMIT 1) because ON true
 WHERE r.run_id = %(run)s
   AND (coalesce(x.state, e.state) = ANY (%(missed)s::smallint[])
        OR (d.outcome <> 'allow' AND d.reason <> %(already)s))
 ORDER BY r.appointment_at, r.row_no
"""


def not_reached(run_id: uuid.UUID) -> list[NotReached]:
    """Everybody the run did not reach, in the order of their first appointment; raises `NotFound` for a hidden run.

    Held and refused recipients, and those whose text was rejected, failed, expired, lapsed, was cancelled or
    withheld, or of which nobody can say whether it arrived.
    """
    run_row(run_id)
    facts = {"run": run_id, "already": ALREADY, "missed": [int(state) for state in NOT_REACHED]}
    with bulk_cursor() as cursor:
        cursor.execute(_UNREACHED, facts, binary=True)
        return _by_person(cursor)


def _by_person(lines: Iterable[Sequence[Any]]) -> list[NotReached]:
    people: dict[str, list[Sequence[Any]]] = {}
    for line in lines:
        people.setdefault(line[2], []).append(line)
    return [_person(each) for each in people.values()]


def _person(lines: Sequence[Sequence[Any]]) -> NotReached:
    row_no, participant_id, reference, county, language, outcome, decided, clauses, became, because = lines[0][:10]
    face = shown_as(outcome, became or decided, (because or ()) if became else clauses)
    return NotReached(
        row_no=row_no,
        participant_id=participant_id,
        external_id=reference,
        county=county,
        language=language,
        reason=face.reason,
        clauses=face.clauses,
        next_step=next_step(face.reason),
        missed=tuple(Missed(line[10], line[11]) for line in lines),
    )
