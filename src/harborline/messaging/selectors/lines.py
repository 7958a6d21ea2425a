"""The people of a run, one line each: what was decided about them and where their text is."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from harborline.kernel import Invalid, Outcome
from harborline.messaging.facts import DispatchState
from harborline.messaging.selectors.counts import ALREADY
from harborline.messaging.selectors.faces import exact_reasons, shown_as
from harborline.messaging.selectors.run_list import run_row
from harborline.walls.cursor import bulk_cursor

MAX_PER_PAGE = 500


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One recipient of a run.

    `message_id` is the text that speaks for them (of another row when they share a phone), None when there is none.
    `state` is the text's, else held, refused or already. `reason` is why it has not gone (or may not go), as staff
    may read it; `until` is when a waiting text may go next.
    """

    row_no: int
    message_id: uuid.UUID | None
    participant_id: uuid.UUID | None
    external_id: str
    county: str
    language: str
    appointment_at: datetime
    office: str
    state: str
    outcome: str
    reason: str
    clauses: tuple[str, ...]
    until: datetime | None
    with_row_no: int | None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which recipients: by state of the text, outcome of the decision, reason as shown, county; empty asks for all."""

    state: str = ""
    outcome: str = ""
    reason: str = ""
    county: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of recipients in the order of the file; `total` counts all pages."""

    rows: list[MessageRow]
    total: int
    page: int
    per_page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.per_page))


_FROM = """
  FROM messaging_recipient r
  JOIN messaging_rundecision d ON d.id = r.decision_id
  LEFT JOIN messaging_recipient s ON s.run_id = r.run_id AND s.row_no = r.with_row_no
  LEFT JOIN messaging_dispatch x ON x.message_id = coalesce(r.message_id, s.message_id)
 WHERE r.run_id = %(run)s
"""

_LINE = """
SELECT r.row_no, coalesce(r.message_id, s.message_id), r.participant_id, r.participant_ref, r.county, r.language,
       r.appointment_at, r.office, d.outcome, d.reason, d.clauses, r.with_row_no, x.state, x.reason, x.due_at,
       (SELECT a.clauses FROM messaging_setaside a
         WHERE a.message_id = x.message_id AND a.reason = x.reason ORDER BY a.id DESC LIMIT 1)
"""

_STATE_WORDS = {state.word: int(state) for state in DispatchState}
_WITHOUT_TEXT = {
    "held": "AND d.outcome = 'hold' AND d.reason <> %(already)s",
    "refused": "AND d.outcome = 'refuse'",
    "already": "AND d.reason = %(already)s",
}


def messages(run_id: uuid.UUID, filters: Filters | None = None, *, page: int = 1, per_page: int = 50) -> Page:
    """One page of a run's recipients; raises `NotFound` for a hidden run, `Invalid` for an unknown state."""
    run_row(run_id)
    wanted = filters or Filters()
    per_page = min(max(per_page, 1), MAX_PER_PAGE)
    page = max(page, 1)
    where, facts = _where(wanted)
    facts |= {"run": run_id, "limit": per_page, "offset": (page - 1) * per_page}
    with bulk_cursor() as cursor:
        cursor.execute(f"SELECT count(*) {_FROM} {where}", facts)
        total = _number(cursor.fetchone())
        cursor.execute(f"{_LINE} {_FROM} {where} ORDER BY r.row_no LIMIT %(limit)s OFFSET %(offset)s", facts)
        rows = [_row(line) for line in cursor]
    return Page(rows, total, page, per_page)


def _number(row: Sequence[Any] | None) -> int:
    return int(row[0]) if row else 0


def _where(wanted: Filters) -> tuple[str, dict[str, Any]]:
    parts, facts = [], {"already": ALREADY, **_reasons(wanted)}
    if wanted.state in _STATE_WORDS:
        parts.append("AND x.state = %(state)s")
        facts["state"] = _STATE_WORDS[wanted.state]
    elif wanted.state:
        parts.append(_without_text(wanted.state))
    if wanted.outcome:
        parts.append("AND d.outcome = %(outcome)s")
        facts["outcome"] = wanted.outcome
    if wanted.reason:
        parts.append("AND (d.reason = ANY (%(reasons)s) OR x.reason = ANY (%(reasons)s))")
    if wanted.county:
        parts.append("AND r.county = %(county)s")
        facts["county"] = wanted.county
    return "\n   ".join(parts), facts


def _without_text(state: str) -> str:
    try:
        return _WITHOUT_TEXT[state]
    except KeyError:
        raise Invalid("is not a state of a text", "state") from None


def _reasons(wanted: Filters) -> dict[str, Any]:
    return {"reasons": list(exact_reasons(wanted.reason))} if wanted.reason else {}


def _row(line: Sequence[Any]) -> MessageRow:
    row_no, message_id, participant_id, reference, county, language, at, office = line[:8]
    outcome, reason, clauses, with_row_no, state, became, due_at, because = line[8:]
    # Once a text exists, what became of it says more than the decision that let it be written.
    face = shown_as(outcome, became or reason, (because or ()) if became else clauses)
    return MessageRow(
        row_no=row_no,
        message_id=message_id,
        participant_id=participant_id,
        external_id=reference,
        county=county,
        language=language,
        appointment_at=at,
        office=office,
        state=state_word(state, outcome, reason),
        outcome=face.outcome,
        reason=face.reason,
        clauses=face.clauses,
        until=due_at,
        with_row_no=with_row_no,
    )


def state_word(state: int | None, outcome: str, reason: str) -> str:
    """The word for where somebody's text is: a dispatch state, or held, refused, already when there is no text."""
    if state is not None:
        return DispatchState(state).word
    if reason == ALREADY:
        return "already"
    return {Outcome.HOLD.value: "held", Outcome.REFUSE.value: "refused"}.get(outcome, "hidden")
