"""The people of a run, one line each: what was decided about them and where their text is."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from harborline.kernel import Invalid, Outcome
from harborline.messaging.facts import DispatchState
from harborline.messaging.selectors import rows
from harborline.messaging.selectors.counts import ALREADY
from harborline.messaging.selectors.faces import exact_reasons, shown_as
from harborline.messaging.selectors.rows import Decided, Person, Place, Sent
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


_STATES = {state.word: int(state) for state in DispatchState}
_WITHOUT_TEXT = frozenset({"held", "refused", "already", "hidden"})


def messages(run_id: uuid.UUID, filters: Filters | None = None, *, page: int = 1, per_page: int = 50) -> Page:
    """One page of a run's recipients; raises `NotFound` for a hidden run, `Invalid` for an unknown state."""
    run_row(run_id)
    wanted = filters or Filters()
    if wanted.state and wanted.state not in _STATES.keys() | _WITHOUT_TEXT:
        raise Invalid("is not a state of a text", "state")
    per_page = min(max(per_page, 1), MAX_PER_PAGE)
    page = max(page, 1)
    with bulk_cursor() as cursor:
        decided = rows.decisions(cursor, run_id)
        chosen = _chosen(cursor, run_id, wanted, decided, (page - 1) * per_page, per_page)
        return Page(_shown(cursor, run_id, decided, chosen[0]), chosen[1], page, per_page)


def _chosen(  # noqa: PLR0917 - what one page is
    cursor: psycopg.Cursor[Any],
    run_id: uuid.UUID,
    wanted: Filters,
    decided: dict[uuid.UUID, Decided],
    offset: int,
    limit: int,
) -> tuple[list[Place], int]:
    among = [key for key, one in decided.items() if one.outcome == wanted.outcome] if wanted.outcome else None
    if not (wanted.state or wanted.reason):
        found = rows.places(cursor, run_id, among=among, county=wanted.county, limit=limit, offset=offset)
        return found, rows.how_many(cursor, run_id, among=among, county=wanted.county)
    # Where the texts are decides, so the whole run is looked through.
    every = rows.places(cursor, run_id, among=among, county=wanted.county)
    where, speaking = rows.sent_in(cursor, run_id), _speaking(cursor, run_id, every)
    fitting = [one for one in every if _fits(wanted, decided[one.decision_id], _where(where, _text_of(one, speaking)))]
    return fitting[offset : offset + limit], len(fitting)


def _speaking(cursor: psycopg.Cursor[Any], run_id: uuid.UUID, chosen: Sequence[Place]) -> dict[int, uuid.UUID]:
    return rows.speakers(cursor, run_id, (one.with_row_no for one in chosen if one.with_row_no is not None))


def _text_of(place: Place, speaking: dict[int, uuid.UUID]) -> uuid.UUID | None:
    return place.message_id or (speaking.get(place.with_row_no) if place.with_row_no is not None else None)


def _where(where: dict[uuid.UUID, Sent], message_id: uuid.UUID | None) -> Sent | None:
    return where.get(message_id) if message_id else None


def _fits(wanted: Filters, decision: Decided, text: Sent | None) -> bool:
    state = state_word(text.state if text else None, decision.outcome, decision.reason)
    if wanted.state and state != wanted.state:
        return False
    reasons = exact_reasons(wanted.reason)
    return not wanted.reason or decision.reason in reasons or (text is not None and text.reason in reasons)


def _shown(
    cursor: psycopg.Cursor[Any], run_id: uuid.UUID, decided: dict[uuid.UUID, Decided], chosen: Sequence[Place]
) -> list[MessageRow]:
    speaking = _speaking(cursor, run_id, chosen)
    texts = {one.row_no: _text_of(one, speaking) for one in chosen}
    ids = {text for text in texts.values() if text}
    where, because = rows.sent(cursor, ids), rows.set_aside_for(cursor, ids)
    about = rows.people(cursor, run_id, list(texts))
    return [
        _line(one, about[one.row_no], decided[one.decision_id], (texts[one.row_no], where), because) for one in chosen
    ]


def _line(
    place: Place,
    person: Person,
    decision: Decided,
    text: tuple[uuid.UUID | None, dict[uuid.UUID, Sent]],
    because: dict[tuple[uuid.UUID, str], tuple[str, ...]],
) -> MessageRow:
    message_id, where = text
    found = _where(where, message_id)
    # Once a text exists, what became of it says more than the decision that let it be written.
    became = found.reason if found else ""
    clauses = because.get((message_id, became), ()) if message_id and became else decision.clauses
    face = shown_as(decision.outcome, became or decision.reason, clauses)
    return MessageRow(
        row_no=place.row_no,
        message_id=message_id,
        participant_id=person.participant_id,
        external_id=person.external_id,
        county=person.county,
        language=person.language,
        appointment_at=person.at,
        office=person.office,
        state=state_word(found.state if found else None, decision.outcome, decision.reason),
        outcome=face.outcome,
        reason=face.reason,
        clauses=face.clauses,
        until=found.due_at if found else None,
        with_row_no=place.with_row_no,
    )


def state_word(state: int | None, outcome: str, reason: str) -> str:
    """The word for where somebody's text is: a dispatch state, or held, refused, already when there is no text."""
    if state is not None:
        return DispatchState(state).word
    if reason == ALREADY:
        return "already"
    return {Outcome.HOLD.value: "held", Outcome.REFUSE.value: "refused"}.get(outcome, "hidden")
