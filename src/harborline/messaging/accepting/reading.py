"""What became of accepted texts and notices, as a machine may know it: neutral faces, never words or numbers."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import psycopg

from harborline.kernel import NotFound
from harborline.messaging.accepting.facts import NoticeState, Step, TextState
from harborline.messaging.accepting.intake import first_state
from harborline.messaging.facts import DispatchState, ReasonCount
from harborline.messaging.models import Dispatch, Message
from harborline.messaging.selectors.counts import run_counts
from harborline.messaging.selectors.faces import shown_as, shown_reason
from harborline.messaging.selectors.life import life_of
from harborline.messaging.selectors.run_list import run
from harborline.walls import current
from harborline.walls.cursor import bulk_cursor

MOST_LISTED: Final = 200

_TEXTS = """
SELECT a.id, a.message_id, n.template_key, d.outcome, d.reason, d.rule, d.clauses, x.state, x.reason, x.due_at,
       b.id AS told_with, a.accepted_at
  FROM messaging_acceptedtext a
  JOIN messaging_recipient r ON r.run_id = a.run_id AND r.row_no = a.row_no
  JOIN messaging_rundecision d ON d.id = r.decision_id
  JOIN messaging_noticerun n ON n.id = a.run_id
  LEFT JOIN messaging_dispatch x ON x.message_id = a.message_id
  LEFT JOIN messaging_recipient s ON s.run_id = r.run_id AND s.row_no = r.with_row_no
  LEFT JOIN messaging_acceptedtext b ON b.message_id = s.message_id
 WHERE a.program = %(program)b
"""
_ONE = f"{_TEXTS} AND a.id = %(id)b"
_PAGE = f"{_TEXTS} AND a.id < %(before)b ORDER BY a.id DESC LIMIT %(limit)b"
_LAST: Final = uuid.UUID(int=(1 << 128) - 1)


def text_state(text_id: uuid.UUID) -> TextState:
    """One accepted text with its steps; raises `NotFound` when it is absent or hidden."""
    with bulk_cursor() as cursor:
        found = _read(cursor, _ONE, {"program": current().program, "id": text_id})
    if not found:
        raise NotFound("no such message")
    message_id, state = found[0]
    return replace(state, steps=_steps(message_id)) if message_id else state


def text_states(*, before: uuid.UUID | None = None, limit: int = 50) -> list[TextState]:
    """Accepted texts of the program that this machine may see, newest first, from before `before`; without steps."""
    asked = {"program": current().program, "before": before or _LAST, "limit": min(max(limit, 1), MOST_LISTED)}
    with bulk_cursor() as cursor:
        return [state for _, state in _read(cursor, _PAGE, asked)]


def notice_state(run_id: uuid.UUID) -> NoticeState:
    """A notice in numbers; raises `NotFound`. Every reason is the neutral one, whatever the key may see elsewhere."""
    summary, counts = run(run_id), run_counts(run_id)
    merged: dict[tuple[str, str, tuple[str, ...]], int] = {}
    for one in counts.by_reason:
        face = shown_as(one.outcome, one.reason, one.clauses)
        key = (face.outcome, face.reason, face.clauses)
        merged[key] = merged.get(key, 0) + one.count
    return NoticeState(
        id=run_id,
        template=summary.template_key,
        state=summary.state.value,
        created_at=summary.created_at,
        scheduled_at=summary.scheduled_at,
        planned=summary.planned,
        finished_at=summary.finished_at,
        rows=counts.rows,
        bad_rows=counts.bad_rows,
        texts=counts.by_state,
        decisions=tuple(ReasonCount(*key, count) for key, count in sorted(merged.items())),
    )


def _read(
    cursor: psycopg.Cursor[Any], statement: str, asked: dict[str, object]
) -> Sequence[tuple[uuid.UUID | None, TextState]]:
    cursor.execute(statement, asked, binary=True)
    return [(row[1], _state(*row)) for row in cursor]


def _state(  # noqa: PLR0917 - one column each, in the order of the query
    text_id: uuid.UUID,
    message_id: uuid.UUID | None,
    template: str,
    outcome: str,
    reason: str,
    rule: str,
    clauses: list[str],
    state: int | None,
    state_reason: str | None,
    due_at: datetime | None,
    told_with: uuid.UUID | None,
    accepted_at: datetime,
) -> TextState:
    face = shown_as(outcome, reason, clauses, rule)
    where = DispatchState(state) if state is not None else None
    return TextState(
        id=text_id,
        template=template,
        state=where.word if where else first_state(outcome, reason, queued=message_id is not None),
        outcome=face.outcome,
        reason=shown_reason(state_reason) if state_reason else face.reason,
        clauses=face.clauses,
        accepted_at=accepted_at,
        told_with=told_with,
        next_at=due_at if where is DispatchState.QUEUED else None,
    )


def _steps(message_id: uuid.UUID) -> tuple[Step, ...]:
    row = Message.objects.filter(id=message_id).first()
    if row is None:
        return ()
    dispatch = Dispatch.objects.filter(message_id=message_id).first()
    return tuple(Step(event.kind, event.at) for event in life_of(row, None, dispatch))
