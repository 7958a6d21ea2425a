"""Claim due messages: everything is checked again in the transaction that makes the attempt."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import psycopg

from harborline.kernel import Broken, Decision, allow
from harborline.kernel.clock import iso
from harborline.kernel.ids import new_id, new_ids
from harborline.law import Profile
from harborline.ledger.services import record_batch
from harborline.messaging import columns
from harborline.messaging.answering.codes import with_code
from harborline.messaging.columns import spelled
from harborline.messaging.commitments import Form
from harborline.messaging.conversations.claiming import judge_answers
from harborline.messaging.facts import DispatchState, MessageKind
from harborline.messaging.notices.windows import Windows
from harborline.messaging.rules import protections_current
from harborline.messaging.sealing import open_text_of
from harborline.messaging.sending import due as reading
from harborline.messaging.sending import lots
from harborline.messaging.sending.due import ClaimFacts, Due
from harborline.messaging.sending.judging import Judge
from harborline.messaging.sending.lots import Queue
from harborline.messaging.sending.putting_off import put_off

CLAIM_LIMIT = 64

# One statement makes the attempts, moves the messages, remembers the flight and counts the carrier's day: what is no
# longer queued is not attempted, and the caller finds the count short.
_ATTEMPT = """
WITH t AS MATERIALIZED (
  SELECT * FROM unnest(%(attempts)b::uuid[], %(counties)b::text[], %(messages)b::uuid[], %(expiries)b::timestamptz[])
                AS t(a, c, m, e)
), moved AS (
  UPDATE messaging_dispatch d
     SET state = %(state)b, due_at = NULL, attempts = d.attempts + 1, epoch = %(epoch)b, changed_at = %(now)b,
         handed_at = %(now)b, sender_id = %(sender)b
    FROM t WHERE d.message_id = t.m AND d.state = %(queued)b
  RETURNING t.a, t.c, t.m, t.e
), flown AS (
  INSERT INTO messaging_flight (id, program, sender_id, epoch, message_ids, attempt_ids, at)
  VALUES (%(flight)b, %(program)b, %(sender)b, %(epoch)b, %(messages)b::uuid[], %(attempts)b::uuid[], %(now)b)
), counted AS (
  UPDATE messaging_senderlease
     SET day = %(day)b, day_segments = %(segments)b + CASE WHEN day = %(day)b THEN day_segments ELSE 0 END
   WHERE sender_id = %(sender)b
)
INSERT INTO messaging_attempt (id, program, county, message_id, sender_id, carrier, epoch, at, expires_at, entry_id)
SELECT a, %(program)b, c, m, %(sender)b, %(carrier)b, %(epoch)b, %(now)b, e, %(entry)b FROM moved
"""


class Claimed(NamedTuple):
    """One attempt, committed and ready to hand over; `claimed_at` is its moment, `flight` those made with it."""

    attempt_id: uuid.UUID
    message_id: bytes
    run_id: bytes | None
    county: str
    to: str
    text: str
    segments: int
    expires_at: datetime
    attempts: int
    claimed_at: datetime
    flight: uuid.UUID
    commit_key: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """What one claiming dispatcher knows: its sender, program, carrier, lease epoch and profile.

    `protection_as_of` is the moment of the newest protections feed, None when there never was one. `runs` are those
    that may have something due, the first to be opened first; `day` is the carrier's. `restored`: texts are known that
    went out before tables were restored.
    """

    program: str
    sender_id: uuid.UUID
    carrier: str
    epoch: int
    profile: Profile
    windows: Windows
    protection_as_of: datetime | None
    runs: tuple[bytes, ...] = ()
    day: date = date.min
    restored: bool = False


def claim_due(
    cursor: psycopg.Cursor[Any], claim: Claim, *, limit: int, now: datetime, segments: int | None = None
) -> list[Claimed]:
    """Attempt at most `limit` due messages inside the caller's transaction; `cursor` is a `hot_cursor`.

    `segments` is what is left of the carrier's day; texts beyond it stay where they are in the queue.

    1. Take due lots of runs that may send; answers and tests belong to no run and come first. 2. Judge each message
    again with the facts of this moment. 3. Put off what may not go: later (quiet hours), lapsed (too late), withheld
    (asked to stop, consent gone). 4. Write the attempts and bind them in the proof log. The caller commits, then hands
    over.
    """
    taken: list[bytes] = []
    for run_id in (None, *claim.runs):
        room = min(limit, CLAIM_LIMIT) - len(taken)
        if room > 0:
            taken += lots.take(cursor, Queue(claim.program, claim.sender_id, run_id), limit=room, now=now)
    found = _within_day(cursor, claim, reading.read_due(cursor, taken), segments, now)
    if not found:
        return []
    judged = list(zip(found, judge(cursor, found, claim, now), strict=True))
    put_off(cursor, claim, [each for each in judged if not each[1].allowed], now)
    return attempt(cursor, claim, [item for item, decision in judged if decision.allowed], now)


def _within_day(
    cursor: psycopg.Cursor[Any], claim: Claim, found: list[Due], segments: int | None, now: datetime
) -> list[Due]:
    if segments is None:
        return found
    fits = [sum(one.segments for one in found[: place + 1]) <= segments for place in range(len(found))]
    for item in (one for one, fit in zip(found, fits, strict=True) if not fit):
        lots.put(cursor, Queue(claim.program, claim.sender_id, item.run_id), [(item.message_id, now)])
    return [one for one, fit in zip(found, fits, strict=True) if fit]


def judge(cursor: psycopg.Cursor[Any], found: Sequence[Due], claim: Claim, now: datetime) -> list[Decision]:
    """Ask for the facts of this moment and decide about each message."""
    notices = [item for item in found if item.kind == MessageKind.NOTICE.value]
    age = now - claim.protection_as_of if claim.protection_as_of else None
    answers = [(uuid.UUID(bytes=one.message_id), one.zones) for one in found if one.kind == MessageKind.ANSWER.value]
    decided = judge_answers(claim.program, answers, now=now) if answers else {}
    facts = ClaimFacts(
        current=protections_current(age=age, profile=claim.profile) if notices else allow(),
        standings=reading.standings_of(claim.program, notices),
        blocked=reading.blocked_among(claim.program, notices),
        stopped=reading.stopped_among(claim.program, found),
        recent=reading.recent_texts(cursor, notices, now) if notices else {},
        answers={message_id.bytes: decision for message_id, decision in decided.items()},
        sent_before=reading.sent_before(claim.program, found) if claim.restored else {},
    )
    return Judge(claim.profile, claim.windows, now).decide(found, facts)


def attempt(cursor: psycopg.Cursor[Any], claim: Claim, due: Sequence[Due], now: datetime) -> list[Claimed]:
    """Write an attempt for each, bound in the proof log; raises `Broken` when one is not queued any more."""
    if not due:
        return []
    flight = new_id()
    claimed = [
        _claimed(item, identifier, flight, claim, now) for item, identifier in zip(due, new_ids(len(due)), strict=True)
    ]
    attempts = columns.ids([one.attempt_id for one in claimed])
    cursor.execute(
        _ATTEMPT,
        {
            "program": claim.program,
            "sender": claim.sender_id,
            "carrier": claim.carrier,
            "epoch": claim.epoch,
            "now": now,
            "state": int(DispatchState.ATTEMPTED),
            "queued": int(DispatchState.QUEUED),
            "flight": flight,
            "day": claim.day,
            "segments": sum(one.segments for one in claimed),
            "entry": _bound(claim, claimed, now),
            "attempts": attempts,
            "counties": columns.texts([one.county for one in claimed]),
            "messages": columns.ids([one.message_id for one in claimed]),
            "expiries": columns.moments([one.expires_at for one in claimed]),
        },
    )
    if cursor.rowcount != len(claimed):
        raise Broken("a text left the queue while its lot was held")
    return claimed


def _bound(claim: Claim, claimed: Sequence[Claimed], now: datetime) -> uuid.UUID:
    fixed = {"kind": "message.attempted", "carrier": claim.carrier, "at": iso(now)}
    form = Form(fixed, "attempt", "message")
    return record_batch(
        "message.attempted",
        subject="dispatch",
        items=[
            form.commit(one.commit_key, f'"{spelled(one.attempt_id)}"', f'"{spelled(one.message_id)}"')
            for one in claimed
        ],
        content={"carrier": claim.carrier, "count": len(claimed)},
    )


def _claimed(item: Due, attempt_id: uuid.UUID, flight: uuid.UUID, claim: Claim, now: datetime) -> Claimed:
    contents = open_text_of(claim.program, item.message_id, item.sealed)
    coded = item.kind == MessageKind.CODE.value
    closes_at = claim.windows.closes_at(item.zones, now) if item.kind == MessageKind.NOTICE.value else item.last_due_at
    return Claimed(
        attempt_id,
        item.message_id,
        item.run_id,
        item.county,
        contents.to,
        with_code(uuid.UUID(bytes=item.message_id), contents.text) if coded else contents.text,
        item.segments,
        min(closes_at, item.last_due_at),
        item.attempts + 1,
        now,
        flight,
        item.commit_key,
    )
