"""Record what the carrier said; an attempt nobody can answer for is `unknown` and is never repeated by the machine."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg

from harborline.consent.facts import Means
from harborline.consent.services import suppress
from harborline.kernel.clock import iso
from harborline.ledger.services import record_batch
from harborline.messaging.commitments import commit
from harborline.messaging.facts import DispatchState
from harborline.messaging.ports import HandOver, HandOverResult
from harborline.messaging.sending.claims import Claimed

FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=5)

_STATES = {
    HandOver.ACCEPTED: DispatchState.ACCEPTED,
    HandOver.REJECTED: DispatchState.REJECTED,
    HandOver.BUSY: DispatchState.QUEUED,
    HandOver.UNKNOWN: DispatchState.UNKNOWN,
}

_OUTCOMES = """
INSERT INTO messaging_attemptoutcome (attempt_id, program, county, answer, carrier_ref, code, at, entry_id)
SELECT a, %(program)s, c, an, r, co, %(now)s, %(entry)s
FROM unnest(%(attempts)s::uuid[], %(counties)s::text[], %(answers)s::text[], %(refs)s::text[], %(codes)s::text[])
     AS t(a, c, an, r, co)
ON CONFLICT (attempt_id) DO NOTHING
RETURNING attempt_id
"""

# A receipt may have come before the answer: only an attempt still open takes the answer's state.
_MOVE = """
UPDATE messaging_dispatch d
   SET state = t.s, due_at = t.due, changed_at = %(now)s, reason = t.r
  FROM unnest(%(messages)s::uuid[], %(states)s::smallint[], %(dues)s::timestamptz[], %(reasons)s::text[])
       AS t(m, s, due, r)
 WHERE d.message_id = t.m AND d.state = %(open)s
"""

_LEFT_OPEN = """
SELECT a.id, a.message_id, a.county, c.commit_key
  FROM messaging_dispatch d
  JOIN messaging_attempt a ON a.message_id = d.message_id AND a.epoch = d.epoch
  JOIN messaging_messagecontent c ON c.message_id = d.message_id
 WHERE d.sender_id = %(sender)s AND d.state = %(open)s AND d.epoch < %(epoch)s
   AND NOT EXISTS (SELECT 1 FROM messaging_attemptoutcome o WHERE o.attempt_id = a.id)
   FOR UPDATE OF d
"""


@dataclass(frozen=True, slots=True)
class Answered:
    """One attempt with the carrier's answer."""

    attempt_id: uuid.UUID
    message_id: uuid.UUID
    county: str
    commit_key: bytes
    result: HandOverResult
    to: str = ""


def pair(claimed: Sequence[Claimed], results: Sequence[HandOverResult]) -> list[Answered]:
    """Every attempt with its answer; an attempt the carrier adapter did not answer is unknown."""
    answers = {result.attempt_id: result for result in results}
    return [
        Answered(
            one.attempt_id,
            one.message_id,
            one.county,
            one.commit_key,
            answers.get(one.attempt_id) or HandOverResult(one.attempt_id, HandOver.UNKNOWN, code="no-answer"),
            one.to,
        )
        for one in claimed
    ]


def record_outcomes(cursor: psycopg.Cursor[Any], program: str, answered: Sequence[Answered], *, now: datetime) -> None:
    """Append the outcomes, bind them in the proof log, move the messages; inside the caller's transaction.

    The first outcome of an attempt stands: one told again after a lost connection, or by a dispatcher that was taken
    for dead, moves nothing.
    """
    if not answered:
        return
    for one in answered:
        if one.result.opted_out and one.to:
            # The carrier knows of a stop that never reached us: it holds for the whole agency from now on.
            suppress(one.to, Means.CARRIER, words=one.result.code, at=now)
    entry_id = record_batch(
        "message.answered",
        subject="dispatch",
        items=[_commitment(one, now) for one in answered],
        content={"count": len(answered)},
    )
    cursor.execute(
        _OUTCOMES,
        {
            "program": program,
            "now": now,
            "entry": entry_id,
            "attempts": [one.attempt_id for one in answered],
            "counties": [one.county for one in answered],
            "answers": [one.result.answer.value for one in answered],
            "refs": [one.result.carrier_ref for one in answered],
            "codes": [one.result.code for one in answered],
        },
        binary=True,
    )
    new = {row[0] for row in cursor}
    _move(cursor, [one for one in answered if one.attempt_id in new], now)


def _move(cursor: psycopg.Cursor[Any], answered: Sequence[Answered], now: datetime) -> None:
    cursor.execute(
        _MOVE,
        {
            "now": now,
            "open": int(DispatchState.ATTEMPTED),
            "messages": [one.message_id for one in answered],
            "states": [int(_STATES[one.result.answer]) for one in answered],
            "dues": [_retry_at(one.result, now) for one in answered],
            "reasons": [_reason(one.result) for one in answered],
        },
    )


def _commitment(one: Answered, now: datetime) -> bytes:
    return commit(
        one.commit_key,
        {
            "kind": "message.answered",
            "message": str(one.message_id),
            "attempt": str(one.attempt_id),
            "answer": one.result.answer.value,
            "code": one.result.code,
            "at": iso(now),
        },
    )


def _retry_at(result: HandOverResult, now: datetime) -> datetime | None:
    if result.answer is not HandOver.BUSY:
        return None
    wait = timedelta(seconds=result.retry_after_s) if result.retry_after_s else FIRST_RETRY
    return now + min(wait, LONGEST_RETRY)


def _reason(result: HandOverResult) -> str:
    return "" if result.answer is HandOver.ACCEPTED else f"carrier-{result.answer.value}"


def settle_left_open(
    cursor: psycopg.Cursor[Any], program: str, *, sender_id: uuid.UUID, epoch: int, now: datetime
) -> int:
    """Attempts of an earlier epoch without an outcome become unknown: their dispatcher died between call and record."""
    cursor.execute(_LEFT_OPEN, {"sender": sender_id, "open": int(DispatchState.ATTEMPTED), "epoch": epoch}, binary=True)
    found = [
        Answered(attempt, message, county, key, HandOverResult(attempt, HandOver.UNKNOWN, code="dispatcher-lost"))
        for attempt, message, county, key in cursor
    ]
    record_outcomes(cursor, program, found, now=now)
    return len(found)
