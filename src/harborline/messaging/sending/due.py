"""What is due, as the queue has it, and the facts of this moment about it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

import psycopg

from harborline.consent.facts import ConsentStanding
from harborline.consent.selectors import standings, suppressed_numbers
from harborline.kernel import Decision
from harborline.messaging import columns
from harborline.messaging.facts import DispatchState, MessageKind
from harborline.messaging.rules import RecentTexts
from harborline.messaging.sealing import open_text_of
from harborline.people.selectors import texting_blocks
from harborline.recovery.facts import DueText
from harborline.recovery.selectors import sent_already

_DUE = """
SELECT d.message_id, d.run_id, d.county, d.zones, d.last_due_at, d.attempts, m.kind, m.case_id, m.participant_id,
       m.phone_idx, m.segments, c.sealed, c.commit_key, m.created_at
  FROM unnest(%(ids)b::uuid[]) WITH ORDINALITY AS t(id, n)
  JOIN messaging_dispatch d ON d.message_id = t.id AND d.state = %(queued)b
  JOIN messaging_message m ON m.id = t.id
  JOIN messaging_messagecontent c ON c.message_id = t.id
 ORDER BY t.n
"""

# What went to each number lately, by the moment of its newest hand-over; texts that surely never left do not count.
_RECENT = """
SELECT p.phone, r.moments
  FROM unnest(%(phones)b::bytea[]) AS p(phone),
       LATERAL (SELECT array_agg(d.handed_at ORDER BY d.handed_at) AS moments
                  FROM messaging_message m JOIN messaging_dispatch d ON d.message_id = m.id
                 WHERE m.phone_idx = p.phone AND m.kind = 'notice'
                   AND d.state = ANY (%(went)b::smallint[]) AND d.handed_at > %(week)b) r
 WHERE r.moments IS NOT NULL
"""
_WENT = columns.smalls(
    [
        int(state)
        for state in (
            DispatchState.ATTEMPTED,
            DispatchState.ACCEPTED,
            DispatchState.UNKNOWN,
            DispatchState.SENT,
            DispatchState.DELIVERED,
            DispatchState.FAILED,
            DispatchState.EXPIRED,
        )
    ]
)
DAY, WEEK = timedelta(days=1), timedelta(days=7)

_STOPPABLE = frozenset({MessageKind.TEST.value, MessageKind.CODE.value})


class Due(NamedTuple):
    """One message that is due, as the queue has it; ids are bytes."""

    message_id: bytes
    run_id: bytes | None
    county: str
    zones: str
    last_due_at: datetime
    attempts: int
    kind: str
    case_id: bytes | None
    participant_id: bytes | None
    phone_idx: bytes
    segments: int
    sealed: bytes
    commit_key: bytes
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """The facts of this moment about everything that is due; `recent` are the moments of the last seven days.

    `sent_before` is empty unless tables were restored.
    """

    current: Decision
    standings: dict[tuple[bytes, bytes], ConsentStanding]
    blocked: set[bytes]
    stopped: set[bytes]
    recent: dict[bytes, list[datetime]]
    answers: dict[bytes, Decision]
    sent_before: dict[bytes, Decision] = field(default_factory=dict)


def read_due(cursor: psycopg.Cursor[Any], message_ids: Sequence[bytes]) -> list[Due]:
    """These messages in the order given, as far as they are still queued."""
    if not message_ids:
        return []
    queued = int(DispatchState.QUEUED)
    cursor.execute(_DUE, {"ids": columns.ids(message_ids), "queued": queued}, binary=True)
    return list(map(Due._make, cursor.fetchall()))


def standings_of(program: str, notices: Sequence[Due]) -> dict[tuple[bytes, bytes], ConsentStanding]:
    """The consent for each (case, number) of these notices."""
    asked = [(one.case_id, one.phone_idx) for one in notices if one.case_id]
    found = standings(program, [(uuid.UUID(bytes=case_id), phone) for case_id, phone in asked])
    return dict(zip(asked, found, strict=True))


def blocked_among(program: str, notices: Sequence[Due]) -> set[bytes]:
    """Those of the participants who get no texts by safety choice."""
    people = {one.participant_id for one in notices if one.participant_id}
    return {found.bytes for found in texting_blocks(program, [uuid.UUID(bytes=each) for each in people])}


def stopped_among(program: str, due: Sequence[Due]) -> set[bytes]:
    """Those of the numbers of test texts that asked to stop."""
    numbers = [one.phone_idx for one in due if one.kind in _STOPPABLE]
    return suppressed_numbers(program, numbers) if numbers else set()


def sent_before(program: str, due: Sequence[Due]) -> dict[bytes, Decision]:
    """What went out before tables were restored and is not among them any more: by message, whether it may go."""
    asked = [DueText(bytes(one.phone_idx), one.created_at, partial(_words, program, one)) for one in due]
    return {one.message_id: found for one, found in zip(due, sent_already(program, asked), strict=True)}


def _words(program: str, item: Due) -> str:
    return open_text_of(program, item.message_id, item.sealed).text


def recent_texts(cursor: psycopg.Cursor[Any], notices: Sequence[Due], now: datetime) -> dict[bytes, list[datetime]]:
    """When notices went to each number within the last seven days, in order; numbers without any are left out."""
    phones = columns.byteas({one.phone_idx for one in notices})
    cursor.execute(_RECENT, {"phones": phones, "went": _WENT, "week": now - WEEK}, binary=True)
    return {bytes(phone): moments for phone, moments in cursor}


def counted(moments: Sequence[datetime], now: datetime) -> RecentTexts:
    """The moments of one number as the rule of caps sees them."""
    day = [moment for moment in moments if moment > now - DAY]
    return RecentTexts(len(day), len(moments), day[0] if day else None, moments[0] if moments else None)
