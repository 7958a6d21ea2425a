"""Record what the carrier said; an attempt nobody can answer for is `unknown` and is never repeated by the machine."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import psycopg

from harborline.consent.services import carrier_says_stopped
from harborline.kernel.clock import iso
from harborline.ledger.services import record_batch
from harborline.messaging import columns
from harborline.messaging.columns import Id, raw, spelled
from harborline.messaging.commitments import Form, spelled_value
from harborline.messaging.facts import DispatchState
from harborline.messaging.ports import HandOver, HandOverResult
from harborline.messaging.sending import lots
from harborline.messaging.sending.claims import Claimed
from harborline.messaging.sending.failing_over import goes_elsewhere
from harborline.messaging.sending.lots import Queue

FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=5)
_DOUBLINGS = 8

_STATES = {
    HandOver.ACCEPTED: int(DispatchState.ACCEPTED),
    HandOver.REJECTED: int(DispatchState.REJECTED),
    HandOver.BUSY: int(DispatchState.QUEUED),
    HandOver.UNKNOWN: int(DispatchState.UNKNOWN),
}
_REASONS = {answer: "" if answer is HandOver.ACCEPTED else f"carrier-{answer.value}" for answer in HandOver}

# A receipt may have come before the answer, or the attempt may have been given up: only a message still open with
# this very attempt (known by its moment) takes the answer's state. The first outcome of an attempt stands.
_RECORD = """
WITH t AS MATERIALIZED (
  SELECT * FROM unnest(%(attempts)b::uuid[], %(counties)b::text[], %(answers)b::text[], %(refs)b::text[],
                       %(codes)b::text[], %(messages)b::uuid[], %(claims)b::timestamptz[], %(states)b::smallint[],
                       %(dues)b::timestamptz[], %(reasons)b::text[], %(expiries)b::timestamptz[])
                AS t(a, c, an, ref, co, m, at, s, due, r, e)
), told AS (
  INSERT INTO messaging_attemptoutcome (attempt_id, program, county, answer, carrier_ref, code, at, entry_id)
  SELECT a, %(program)b, c, an, ref, co, %(now)b, %(entry)b FROM t
  ON CONFLICT (attempt_id) DO NOTHING
), unclear AS (
  INSERT INTO messaging_unclear (attempt_id, program, county, message_id, expires_at)
  SELECT a, %(program)b, c, m, e FROM t WHERE an = 'unknown'
  ON CONFLICT (attempt_id) DO NOTHING
), landed AS (
  DELETE FROM messaging_flight WHERE id = ANY (%(flights)b::uuid[])
)
UPDATE messaging_dispatch d
   SET state = t.s, due_at = t.due, changed_at = %(now)b, reason = t.r
  FROM t
 WHERE d.message_id = t.m AND d.state = %(open)b AND d.handed_at = t.at
RETURNING d.message_id
"""

_LEFT_OPEN = """
SELECT t.attempt, t.message, f.at, f.id, d.run_id, d.county, d.attempts, a.expires_at, c.commit_key
  FROM messaging_flight f
 CROSS JOIN LATERAL unnest(f.attempt_ids, f.message_ids) AS t(attempt, message)
  JOIN messaging_attempt a ON a.id = t.attempt
  JOIN messaging_dispatch d ON d.message_id = t.message
  JOIN messaging_messagecontent c ON c.message_id = t.message
 WHERE f.sender_id = %(sender)b AND f.epoch < %(epoch)b
"""


class Answered(NamedTuple):
    """One attempt with the carrier's answer; `claimed_at` is the attempt's moment, `attempts` its number."""

    attempt_id: Id
    message_id: Id
    run_id: Id | None
    county: str
    commit_key: bytes
    claimed_at: datetime
    flight: Id
    attempts: int
    expires_at: datetime
    result: HandOverResult
    to: str = ""


class Whose(NamedTuple):
    """The program and sender that made the attempts; `instead` takes over what the sender's line did not accept."""

    program: str
    sender_id: Id
    instead: Id | None = None


def pair(claimed: Sequence[Claimed], results: Sequence[HandOverResult]) -> list[Answered]:
    """Every attempt with its answer; an attempt the carrier adapter did not answer is unknown."""
    answers = {result.attempt_id: result for result in results}
    return [
        Answered(
            one.attempt_id,
            one.message_id,
            one.run_id,
            one.county,
            one.commit_key,
            one.claimed_at,
            one.flight,
            one.attempts,
            one.expires_at,
            answers.get(one.attempt_id) or HandOverResult(one.attempt_id, HandOver.UNKNOWN, code="no-answer"),
            one.to,
        )
        for one in claimed
    ]


def record_outcomes(cursor: psycopg.Cursor[Any], whose: Whose, answered: Sequence[Answered], *, now: datetime) -> None:
    """Append the outcomes, bind them in the proof log, move the messages; inside the caller's transaction.

    The first outcome of an attempt stands: one told again after a lost connection, or by a dispatcher that was taken
    for dead, moves nothing.
    """
    if not answered:
        return
    for one in answered:
        if one.result.opted_out and one.to:
            # The carrier knows of a stop that never reached us: it holds for the whole agency from now on.
            carrier_says_stopped(one.to, code=one.result.code, at=now)
    due_at = [_again_at(one, now) for one in answered]
    cursor.execute(
        _RECORD,
        {
            "program": whose.program,
            "now": now,
            "entry": _bound(answered, now),
            "open": int(DispatchState.ATTEMPTED),
            "attempts": columns.ids([one.attempt_id for one in answered]),
            "counties": columns.texts([one.county for one in answered]),
            "answers": columns.texts([one.result.answer.value for one in answered]),
            "refs": columns.unique_texts([one.result.carrier_ref for one in answered]),
            "codes": columns.texts([one.result.code for one in answered]),
            "messages": columns.ids([one.message_id for one in answered]),
            "claims": columns.moments([one.claimed_at for one in answered]),
            "states": columns.smalls([_STATES[one.result.answer] for one in answered]),
            "dues": columns.moments(due_at),
            "reasons": columns.texts([_REASONS[one.result.answer] for one in answered]),
            "expiries": columns.moments([one.expires_at for one in answered]),
            "flights": columns.ids({one.flight for one in answered}),
        },
        binary=True,
    )
    if any(moment is not None for moment in due_at):
        moved = {raw(row[0]) for row in cursor}
        _queue_again(cursor, whose, [(one, at) for one, at in zip(answered, due_at, strict=True) if at], moved)


def _bound(answered: Sequence[Answered], now: datetime) -> uuid.UUID:
    form = Form({"kind": "message.answered", "at": iso(now)}, "answer", "attempt", "code", "message")
    return record_batch(
        "message.answered",
        subject="dispatch",
        items=[
            form.commit(
                one.commit_key,
                f'"{one.result.answer.value}"',
                f'"{spelled(one.attempt_id)}"',
                spelled_value(one.result.code) if one.result.code else '""',
                f'"{spelled(one.message_id)}"',
            )
            for one in answered
        ],
        content={"count": len(answered)},
    )


def _again_at(one: Answered, now: datetime) -> datetime | None:
    """When a text that was surely not accepted is tried again; each further try waits twice as long."""
    if one.result.answer is not HandOver.BUSY:
        return None
    if one.result.retry_after_s:
        return now + min(timedelta(seconds=one.result.retry_after_s), LONGEST_RETRY)
    wait = min(FIRST_RETRY * int(2 ** min(one.attempts - 1, _DOUBLINGS)), LONGEST_RETRY)
    return now + wait


def _queue_again(
    cursor: psycopg.Cursor[Any], whose: Whose, again: Sequence[tuple[Answered, datetime]], moved: set[bytes]
) -> None:
    queues: dict[Queue, list[tuple[Id, datetime]]] = {}
    for one, due_at in again:
        if raw(one.message_id) in moved:
            queue, moment = _next_try(whose, one, due_at)
            queues.setdefault(queue, []).append((one.message_id, moment))
    for queue, later in queues.items():
        lots.put(cursor, queue, later)


def _next_try(whose: Whose, one: Answered, due_at: datetime) -> tuple[Queue, datetime]:
    run = None if one.run_id is None else raw(one.run_id)
    if whose.instead is None or not goes_elsewhere(one.result, program=whose.program):
        return Queue(whose.program, raw(whose.sender_id), run), due_at
    # Two carriers that both fail would toss a text to and fro: only its first try goes over at once.
    return Queue(whose.program, raw(whose.instead), run), one.claimed_at if one.attempts == 1 else due_at


def settle_left_open(cursor: psycopg.Cursor[Any], whose: Whose, *, epoch: int, now: datetime) -> int:
    """Attempts of an earlier epoch without an outcome become unknown: their dispatcher died between call and record."""
    sender_id = uuid.UUID(bytes=raw(whose.sender_id))
    cursor.execute(_LEFT_OPEN, {"sender": sender_id, "epoch": epoch}, binary=True)
    found = [
        Answered(
            attempt, message, run_id, county, key, at, flight, attempts, expires_at,
            HandOverResult(uuid.UUID(bytes=raw(attempt)), HandOver.UNKNOWN, code="dispatcher-lost"),
        )
        for attempt, message, at, flight, run_id, county, attempts, expires_at, key in cursor.fetchall()
    ]  # fmt: skip
    record_outcomes(cursor, whose, found, now=now)
    return len(found)
