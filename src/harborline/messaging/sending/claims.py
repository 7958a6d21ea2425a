"""Claim due messages: everything is checked again in the transaction that makes the attempt."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg

from harborline.consent.facts import ConsentStanding
from harborline.consent.rules import may_text
from harborline.consent.selectors import standings, suppressed_numbers
from harborline.kernel import Decision, Outcome, allow, refuse, strictest
from harborline.kernel.clock import iso
from harborline.kernel.ids import new_ids
from harborline.law import Profile
from harborline.ledger.services import record_batch
from harborline.messaging.commitments import commit
from harborline.messaging.facts import DispatchState, MessageKind
from harborline.messaging.notices.windows import Windows
from harborline.messaging.rules import NO_TEXTS, RecentTexts, cited, protections_current, within_caps
from harborline.messaging.sealing import open_text_of
from harborline.people.selectors import texting_blocks

CLAIM_LIMIT = 64

# One run after the other, each along its index; a paused or cancelled run keeps its queue untouched. Answers and
# tests belong to no run and come first.
_PICK = """
SELECT message_id FROM messaging_dispatch
 WHERE sender_id = %(sender)s AND run_id = %(run)s AND due_at <= %(now)s
 ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""
_PICK_WITHOUT_RUN = _PICK.replace("run_id = %(run)s", "run_id IS NULL")

_DUE = """
SELECT d.message_id, d.county, d.zones, d.last_due_at, m.kind, m.case_id, m.participant_id, m.phone_idx, m.segments,
       c.sealed, c.commit_key
  FROM messaging_dispatch d
  JOIN messaging_message m ON m.id = d.message_id
  JOIN messaging_messagecontent c ON c.message_id = d.message_id
 WHERE d.message_id = ANY (%(ids)s::uuid[])
"""

_ATTEMPTS = """
INSERT INTO messaging_attempt (id, program, county, message_id, sender_id, carrier, epoch, at, expires_at, entry_id)
SELECT a, %(program)s, c, m, %(sender)s, %(carrier)s, %(epoch)s, %(now)s, e, %(entry)s
FROM unnest(%(attempts)s::uuid[], %(counties)s::text[], %(messages)s::uuid[], %(expiries)s::timestamptz[])
     AS t(a, c, m, e)
"""

_MARK_ATTEMPTED = """
UPDATE messaging_dispatch d
   SET state = %(state)s, due_at = NULL, attempts = d.attempts + 1, epoch = %(epoch)s, changed_at = %(now)s
 WHERE d.message_id = ANY (%(messages)s::uuid[])
"""

_SET_ASIDE = """
UPDATE messaging_dispatch d
   SET state = t.s, due_at = t.due, reason = t.r, changed_at = %(now)s,
       dedupe_key = CASE WHEN t.s = %(queued)s THEN d.dedupe_key END
  FROM unnest(%(messages)s::uuid[], %(states)s::smallint[], %(dues)s::timestamptz[], %(reasons)s::text[])
       AS t(m, s, due, r)
 WHERE d.message_id = t.m
"""


# What went to each number lately, by the moment of the hand-over; texts that surely never left do not count.
_RECENT = """
SELECT p.phone, r.day, r.week, r.first_day, r.first_week
  FROM unnest(%(phones)s::bytea[]) AS p(phone),
       LATERAL (SELECT count(*) FILTER (WHERE d.changed_at > %(day)s) AS day, count(*) AS week,
                       min(d.changed_at) FILTER (WHERE d.changed_at > %(day)s) AS first_day,
                       min(d.changed_at) AS first_week
                  FROM messaging_message m JOIN messaging_dispatch d ON d.message_id = m.id
                 WHERE m.program = %(program)s AND m.phone_idx = p.phone AND m.kind = 'notice'
                   AND d.state = ANY (%(went)s::smallint[]) AND d.changed_at > %(week)s) r
 WHERE r.week > 0
"""
_WENT = [
    int(state)
    for state in (
        DispatchState.ATTEMPTED,
        DispatchState.ACCEPTED,
        DispatchState.UNKNOWN,
        DispatchState.SENT,
        DispatchState.DELIVERED,
        DispatchState.FAILED,
    )
]


_LAWFUL = ("NC-CSS-22-18:lawful-notifications", "MN-WIC-9.6:local-it-legal")
_OPT_IN = ("NC-CSS-22-18:opt-in", "MN-WIC-9.6:permission-first")
_TOO_LATE = refuse("too-late").stamped("messaging.sending.claims", _LAWFUL)
_STOPPED = refuse("asked-to-stop").stamped("messaging.sending.claims", _OPT_IN)
_NO_CONSENT = refuse("no-consent").stamped("messaging.sending.claims", _OPT_IN)


@dataclass(slots=True)
class Due:
    """One message that is due, as the queue has it."""

    message_id: uuid.UUID
    county: str
    zones: str
    last_due_at: datetime
    kind: str
    case_id: uuid.UUID | None
    participant_id: uuid.UUID | None
    phone_idx: bytes
    segments: int
    sealed: bytes
    commit_key: bytes


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """The facts of this moment about everything that is due."""

    current: Decision
    standings: dict[tuple[uuid.UUID, bytes], ConsentStanding]
    blocked: set[uuid.UUID]
    stopped: set[bytes]
    recent: dict[bytes, RecentTexts]


@dataclass(frozen=True, slots=True)
class Claimed:
    """One attempt, committed and ready to hand over."""

    attempt_id: uuid.UUID
    message_id: uuid.UUID
    county: str
    to: str
    text: str
    segments: int
    expires_at: datetime
    commit_key: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """What one claiming dispatcher knows: its sender, program, carrier, lease epoch and profile.

    `protection_as_of` is the moment of the newest protections feed, None when there never was one.
    """

    program: str
    sender_id: uuid.UUID
    carrier: str
    epoch: int
    profile: Profile
    windows: Windows
    protection_as_of: datetime | None


def claim_due(cursor: psycopg.Cursor[Any], claim: Claim, *, limit: int, now: datetime) -> list[Claimed]:
    """Attempt at most `limit` due messages inside the caller's transaction.

    1. Take due messages of runs that may send. 2. Judge each again with the facts of this moment. 3. Set aside what
    may not go: later (quiet hours), lapsed (too late), withheld (asked to stop, consent gone). 4. Write the attempts
    and bind them in the proof log. The caller commits, then hands over.
    """
    due = _due(cursor, claim, limit, now)
    if not due:
        return []
    judged = list(zip(due, _judge(cursor, due, claim, now), strict=True))
    _set_aside(cursor, claim.program, [(item, decision) for item, decision in judged if not decision.allowed], now)
    return _attempt(cursor, claim, [item for item, decision in judged if decision.allowed], now)


def _due(cursor: psycopg.Cursor[Any], claim: Claim, limit: int, now: datetime) -> list[Due]:
    cursor.execute(
        "SELECT id FROM messaging_noticerun WHERE program = %s AND sender_id = %s AND state = 'running'"
        " ORDER BY created_at",
        [claim.program, claim.sender_id],
    )
    runs = [None, *(row[0] for row in cursor)]
    picked: list[uuid.UUID] = []
    for run in runs:
        room = min(limit, CLAIM_LIMIT) - len(picked)
        if room > 0:
            facts = {"sender": claim.sender_id, "run": run, "now": now, "limit": room}
            cursor.execute(_PICK_WITHOUT_RUN if run is None else _PICK, facts, binary=True)
            picked += [row[0] for row in cursor]
    if not picked:
        return []
    cursor.execute(_DUE, {"ids": picked}, binary=True)
    return [Due(*row) for row in cursor]


def _recent(cursor: psycopg.Cursor[Any], claim: Claim, phones: list[bytes], now: datetime) -> dict[bytes, RecentTexts]:
    cursor.execute(
        _RECENT,
        {
            "program": claim.program,
            "phones": phones,
            "went": _WENT,
            "day": now - timedelta(days=1),
            "week": now - timedelta(days=7),
        },
        binary=True,
    )
    return {bytes(row[0]): RecentTexts(*row[1:]) for row in cursor}


def _judge(cursor: psycopg.Cursor[Any], due: list[Due], claim: Claim, now: datetime) -> list[Decision]:
    notices = [item for item in due if item.kind == MessageKind.NOTICE.value]
    age = now - claim.protection_as_of if claim.protection_as_of else None
    current = protections_current(age=age, profile=claim.profile) if notices else allow()
    asked = [(item.case_id, item.phone_idx) for item in notices if item.case_id]
    standing = dict(zip(asked, standings(claim.program, asked), strict=True)) if asked else {}
    blocked = texting_blocks(claim.program, [item.participant_id for item in notices if item.participant_id])
    stopped = suppressed_numbers(claim.program, [item.phone_idx for item in due if item.kind == MessageKind.TEST.value])
    facts = ClaimFacts(
        current=current,
        standings=standing,
        blocked=blocked,
        stopped=stopped,
        recent=_recent(cursor, claim, [item.phone_idx for item in notices], now) if notices else {},
    )
    return [cited(_judge_one(item, claim, facts, now), claim.profile) for item in due]


def _judge_one(item: Due, claim: Claim, facts: ClaimFacts, now: datetime) -> Decision:
    if item.last_due_at <= now:
        return _TOO_LATE
    if item.kind == MessageKind.REPLY.value:
        # An answer to the person's own text is outside consent and quiet hours (47 CFR 64.1200(a)(12)).
        return allow()
    if item.kind == MessageKind.TEST.value:
        return _STOPPED if item.phone_idx in facts.stopped else allow()
    return _judge_notice(item, claim, facts, now)


def _judge_notice(item: Due, claim: Claim, facts: ClaimFacts, now: datetime) -> Decision:
    if not facts.current.allowed:
        return facts.current
    if item.participant_id in facts.blocked:
        return refuse("no-texts-by-safety-choice").stamped("messaging.rules.texting_is_safe", ("OFFSET-8.1:harm",))
    standing = facts.standings.get((item.case_id, item.phone_idx)) if item.case_id else None
    if standing is None:
        return _NO_CONSENT
    recent = facts.recent.get(item.phone_idx, NO_TEXTS)
    return strictest(
        (
            may_text(standing=standing, profile=claim.profile, now=now),
            within_caps(recent=recent, profile=claim.profile),
            claim.windows.decide(item.zones, now),
        )
    )


def _set_aside(cursor: psycopg.Cursor[Any], program: str, judged: list[tuple[Due, Decision]], now: datetime) -> None:
    if not judged:
        return
    placed = [_place(item, decision, now) for item, decision in judged]
    cursor.execute(
        _SET_ASIDE,
        {
            "now": now,
            "queued": int(DispatchState.QUEUED),
            "messages": [item.message_id for item, _ in judged],
            "states": [int(state) for state, _ in placed],
            "dues": [due_at for _, due_at in placed],
            "reasons": [decision.reason for _, decision in judged],
        },
    )
    entry_id = record_batch(
        "message.set-aside",
        subject="dispatch",
        items=[_set_aside_commitment(item, decision, now) for item, decision in judged],
        content={"count": len(judged)},
    )
    # Rare beside the attempts, and each with clauses of its own: row by row.
    cursor.executemany(
        "INSERT INTO messaging_setaside (program, county, message_id, outcome, reason, rule, clauses, until_at, at,"
        " entry_id) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            (
                program, item.county, item.message_id, decision.outcome.value, decision.reason, decision.rule,
                list(decision.clauses), decision.until, now, entry_id,
            )
            for item, decision in judged
        ],
    )  # fmt: skip


def _set_aside_commitment(item: Due, decision: Decision, now: datetime) -> bytes:
    return commit(
        item.commit_key,
        {
            "kind": "message.set-aside",
            "message": str(item.message_id),
            "outcome": decision.outcome.value,
            "reason": decision.reason,
            "clauses": list(decision.clauses),
            "at": iso(now),
        },
    )


def _place(item: Due, decision: Decision, now: datetime) -> tuple[DispatchState, datetime | None]:
    if decision.reason == "too-late":
        return DispatchState.LAPSED, None
    if decision.outcome is Outcome.HOLD:
        again = decision.until or now + timedelta(minutes=15)
        return (DispatchState.QUEUED, again) if again < item.last_due_at else (DispatchState.LAPSED, None)
    return DispatchState.WITHHELD, None


def _attempt(cursor: psycopg.Cursor[Any], claim: Claim, due: list[Due], now: datetime) -> list[Claimed]:
    if not due:
        return []
    claimed = [_claimed(item, identifier, claim, now) for item, identifier in zip(due, new_ids(len(due)), strict=True)]
    entry_id = record_batch(
        "message.attempted",
        subject="dispatch",
        items=[
            commit(
                one.commit_key,
                {
                    "kind": "message.attempted",
                    "message": str(one.message_id),
                    "attempt": str(one.attempt_id),
                    "carrier": claim.carrier,
                    "at": iso(now),
                },
            )
            for one in claimed
        ],
        content={"carrier": claim.carrier, "count": len(claimed)},
    )
    messages = [one.message_id for one in claimed]
    cursor.execute(
        _ATTEMPTS,
        {
            "program": claim.program,
            "sender": claim.sender_id,
            "carrier": claim.carrier,
            "epoch": claim.epoch,
            "now": now,
            "entry": entry_id,
            "attempts": [one.attempt_id for one in claimed],
            "counties": [one.county for one in claimed],
            "messages": messages,
            "expiries": [one.expires_at for one in claimed],
        },
    )
    cursor.execute(
        _MARK_ATTEMPTED,
        {"state": int(DispatchState.ATTEMPTED), "epoch": claim.epoch, "now": now, "messages": messages},
    )
    return claimed


def _claimed(item: Due, attempt_id: uuid.UUID, claim: Claim, now: datetime) -> Claimed:
    contents = open_text_of(claim.program, item.message_id, item.sealed)
    closes_at = claim.windows.closes_at(item.zones, now) if item.kind == MessageKind.NOTICE.value else item.last_due_at
    return Claimed(
        attempt_id=attempt_id,
        message_id=item.message_id,
        county=item.county,
        to=contents.to,
        text=contents.text,
        segments=item.segments,
        expires_at=min(closes_at, item.last_due_at),
        commit_key=item.commit_key,
    )
