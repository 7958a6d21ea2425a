"""Texts that came in, newest first: what each was taken for, without its words."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from harborline.walls import ALL_COUNTIES, current
from harborline.walls.cursor import bulk_cursor


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """One text from a handset.

    `opt_out` is what it was taken for (exact, plain, possible, none as the inbound rules say); `private` are the
    kinds of private details found in it; `participant_id` is whom this program last texted on that number, within
    the counties of the context; `answered_by` is our reply to it.
    """

    id: uuid.UUID
    received_at: datetime
    participant_id: uuid.UUID | None
    opt_out: str
    start: bool
    help: bool
    crisis: bool
    private: tuple[str, ...]
    answered_by: uuid.UUID | None
    after_message_id: uuid.UUID | None


# A worker of some counties sees only replies of numbers their counties texted: the number's own row has no county.
_REPLIES = """
SELECT i.id, i.received_at, last.participant_id, i.opt_out, i.start, i.help, i.crisis, i.private, i.reply_message_id,
       last.id
  FROM messaging_inboundmessage i
  LEFT JOIN LATERAL (
    SELECT m.id, m.participant_id FROM messaging_message m
     WHERE m.program = i.program AND m.phone_idx = i.phone_idx AND m.created_at <= i.received_at
       AND m.participant_id IS NOT NULL
     ORDER BY m.created_at DESC, m.id DESC LIMIT 1) last ON true
 WHERE i.program = %(program)s AND (last.id IS NOT NULL OR %(everywhere)s)
   AND (%(participant)s::uuid IS NULL OR last.participant_id = %(participant)s)
 ORDER BY i.received_at DESC, i.id DESC
 LIMIT %(limit)s
"""


def replies(*, participant_id: uuid.UUID | None = None, limit: int = 50) -> list[ReplyRow]:
    """The newest texts that came in, of everybody or of one participant; nothing sealed is opened."""
    context = current()
    facts = {
        "program": context.program,
        "everywhere": context.counties == ALL_COUNTIES,
        "participant": participant_id,
        "limit": limit,
    }
    with bulk_cursor() as cursor:
        cursor.execute(_REPLIES, facts, binary=True)
        return [_row(line) for line in cursor]


def _row(line: Any) -> ReplyRow:  # noqa: ANN401 - a tuple as psycopg makes it
    return ReplyRow(
        id=line[0],
        received_at=line[1],
        participant_id=line[2],
        opt_out=line[3],
        start=line[4],
        help=line[5],
        crisis=line[6],
        private=tuple(line[7]),
        answered_by=line[8],
        after_message_id=line[9],
    )
