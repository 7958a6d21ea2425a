"""The words of texts, offered to retention: sent ones and received ones.

What goes are the words with the number; the envelope (who, when, which notice, what became of it) stays, and so does
every commitment in the log.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from harborline.kernel import clock, ports
from harborline.law.schedules import Trigger
from harborline.messaging.conversations.keeping import destroy_words
from harborline.messaging.facts import FINAL, DispatchState
from harborline.messaging.models import InboundMessage
from harborline.retention.facts import Candidate, Concerns
from harborline.retention.ports import Parties
from harborline.retention.selectors import case_closings
from harborline.vault.facts import Grounds
from harborline.vault.services import keyring, shred_key
from harborline.walls import current
from harborline.walls.cursor import bulk_cursor

# A text that waits for its hour, or is just being handed over, is no candidate: its words are still needed.
_SENT = """
SELECT m.id, m.created_at, m.phone_idx, m.participant_id, m.case_id,
       CASE WHEN d.state = ANY (%(final)s::smallint[]) THEN d.changed_at END, NULL
  FROM messaging_messagecontent k
  JOIN messaging_message m ON m.id = k.message_id
  LEFT JOIN messaging_dispatch d ON d.message_id = m.id
 WHERE m.program = %(program)s AND (d.state IS NULL OR d.state <> ALL (%(going)s::smallint[]))
"""
_RECEIVED = """
SELECT i.id, i.received_at, i.phone_idx, holder.participant_id, NULL::uuid, NULL::timestamptz,
       (SELECT min(t.viewed_at) FROM messaging_threadtext t WHERE t.inbound_id = i.id)
  FROM messaging_inboundmessage i
  LEFT JOIN LATERAL (
    SELECT m.participant_id FROM messaging_message m
     WHERE m.program = i.program AND m.phone_idx = i.phone_idx AND m.created_at <= i.received_at
       AND m.participant_id IS NOT NULL
     ORDER BY m.created_at DESC, m.id DESC LIMIT 1) holder ON true
 WHERE i.program = %(program)s AND i.sealed IS NOT NULL
"""
_PAGE = " AND {made} < %(before)s AND (%(after)s::uuid IS NULL OR {id} > %(after)s) ORDER BY {id} LIMIT %(limit)s"
_THESE = " AND {id} = ANY (%(ids)s::uuid[])"

_LAST_TEXTS = """
SELECT phone_idx, max(at) FROM (
  SELECT phone_idx, created_at AS at FROM messaging_message
   WHERE program = %(program)s AND phone_idx = ANY (%(phones)s::bytea[])
  UNION ALL
  SELECT phone_idx, received_at FROM messaging_inboundmessage
   WHERE program = %(program)s AND phone_idx = ANY (%(phones)s::bytea[])
) both_ways GROUP BY phone_idx
"""

_DESTROY = "DELETE FROM messaging_messagecontent WHERE message_id = ANY (%s::uuid[])"
# The number of the class key stands in the four bytes after the version of a sealed value.
_NUMBERS_LEFT = """
SELECT DISTINCT substring(sealed from 2 for 4) FROM messaging_messagecontent WHERE program = %(program)s
 UNION
SELECT DISTINCT substring(sealed from 2 for 4) FROM messaging_inboundmessage
 WHERE program = %(program)s AND sealed IS NOT NULL AND get_byte(sealed, 0) = 1
 UNION
SELECT DISTINCT substring(note from 2 for 4) FROM messaging_settlement
 WHERE program = %(program)s AND length(note) > 4
"""
# A text may be sealed under the month before, and not be in the database yet.
_NEWEST = 2


@dataclass(frozen=True, slots=True)
class _Row:
    id: uuid.UUID
    at: datetime
    phone_idx: bytes
    participant_id: uuid.UUID | None
    case_id: uuid.UUID | None
    settled_at: datetime | None
    viewed_at: datetime | None


def last_texts(phone_idxs: Iterable[bytes]) -> dict[bytes, datetime]:
    """When the last text went to, or came from, each of the numbers in this program."""
    asked = {"program": current().program, "phones": list(set(phone_idxs))}
    with bulk_cursor() as cursor:
        cursor.execute(_LAST_TEXTS, asked, binary=True)
        return {bytes(phone_idx): at for phone_idx, at in cursor}


class _Words:
    """What sent and received words have in common."""

    lasting = False
    _query = ""
    _made = ""
    _id = ""

    def candidates(self, *, before: datetime, after: uuid.UUID | None, limit: int) -> Sequence[Candidate]:
        """Words still there of texts made before `before`, in the order of their ids."""
        page = _PAGE.format(made=self._made, id=self._id)
        return _candidates(_rows(self._query + page, {"before": before, "after": after, "limit": limit}))

    def look(self, ids: Sequence[uuid.UUID]) -> Sequence[Candidate]:
        """Those of the texts whose words are still there."""
        return _candidates(_rows(self._query + _THESE.format(id=self._id), {"ids": list(ids)}))


class SentWords(_Words):
    """The series `texts-out`."""

    _query, _made, _id = _SENT, "m.created_at", "m.id"

    def dispose(self, ids: Sequence[uuid.UUID], grounds: Grounds) -> int:
        """Delete the sealed words and the keys of their commitments."""
        del grounds  # the run's own record names them
        with bulk_cursor() as cursor:
            return cursor.execute(_DESTROY, [list(ids)]).rowcount

    def finish(self, grounds: Grounds) -> int:
        """Destroy the keys of the months of which no words are left: then no copy anywhere opens them."""
        program = current().program
        group = f"{program}/messages"
        with bulk_cursor() as cursor:
            left = {int.from_bytes(row[0], "big") for row in cursor.execute(_NUMBERS_LEFT, {"program": program})}
        over = [number for number in sorted(keyring().numbers(group))[:-_NEWEST] if number not in left]
        for number in over:
            shred_key(number, group=group, grounds=grounds)
        return len(over)


class ReceivedWords(_Words):
    """The series `texts-in`: every text has a key of its own, destroyed with it."""

    _query, _made, _id = _RECEIVED, "i.received_at", "i.id"

    def dispose(self, ids: Sequence[uuid.UUID], grounds: Grounds) -> int:
        """Destroy words and keys; what threads show of them goes too."""
        rows = list(InboundMessage.objects.filter(id__in=list(ids), program=current().program))
        return destroy_words(rows, at=clock.now(), why=f"schedule {grounds.schedule}")

    def finish(self, grounds: Grounds) -> int:
        """Nothing is left to do."""
        del grounds
        return 0


def _rows(query: str, asked: Mapping[str, Any]) -> list[_Row]:
    facts = {
        "program": current().program,
        "final": [int(state) for state in FINAL],
        "going": [int(DispatchState.QUEUED), int(DispatchState.ATTEMPTED)],
        **asked,
    }
    with bulk_cursor() as cursor:
        cursor.execute(query, {key: value for key, value in facts.items() if f"%({key})s" in query}, binary=True)
        return [_Row(row[0], row[1], bytes(row[2]), *row[3:]) for row in cursor]


def _candidates(rows: Sequence[_Row]) -> list[Candidate]:
    numbers = {row.phone_idx for row in rows}
    last = last_texts(numbers)
    by_number = ports.serving(Parties).cases_of(numbers)
    cases = {
        row.id: frozenset({row.case_id}) if row.case_id else by_number.get(row.phone_idx, frozenset()) for row in rows
    }
    closed = case_closings({case for each in cases.values() for case in each})
    return [_candidate(row, cases[row.id], closed, last) for row in rows]


def _candidate(
    row: _Row,
    cases: frozenset[uuid.UUID],
    closed: Mapping[uuid.UUID, datetime],
    last: Mapping[bytes, datetime],
) -> Candidate:
    events = {
        Trigger.CREATED: row.at,
        Trigger.RECEIVED: row.at,
        Trigger.LAST_TEXT: max(row.at, last.get(row.phone_idx, row.at)),
        Trigger.SETTLED: row.settled_at,
        Trigger.VIEWED: row.viewed_at,
        Trigger.CASE_CLOSED: _all_closed(row, cases, closed),
    }
    return Candidate(
        id=row.id,
        at=row.at,
        events={trigger: moment for trigger, moment in events.items() if moment is not None},
        concerns=Concerns(
            participants=frozenset({row.participant_id}) if row.participant_id else frozenset(),
            cases=cases,
            numbers=frozenset({row.phone_idx}),
        ),
    )


def _all_closed(row: _Row, cases: frozenset[uuid.UUID], closed: Mapping[uuid.UUID, datetime]) -> datetime | None:
    # A text on no case at all runs from its own moment; one on several waits for the last of them.
    if not cases:
        return row.at
    return max(closed[case] for case in cases) if cases <= closed.keys() else None
