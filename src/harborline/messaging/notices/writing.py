"""Write a planned chunk: recipients, messages, contents, dispatches, each in one statement."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import psycopg

from harborline.messaging import columns
from harborline.messaging.columns import Id, raw
from harborline.messaging.facts import DispatchState, MessageKind
from harborline.messaging.sending import lots
from harborline.messaging.sending.lots import Queue


class MessageDraft(NamedTuple):
    """One rendered, sealed text on its way into the queue; `dedupe_key` makes it unique in the program."""

    id: Id
    county: str
    row_no: int | None
    participant_id: Id | None
    case_id: Id | None
    consent_id: Id | None
    phone_idx: bytes
    language: str
    encoding: str
    segments: int
    sealed: bytes
    commit_key: bytes
    due_at: datetime
    last_due_at: datetime
    zones: str
    dedupe_key: bytes | None


class RecipientDraft(NamedTuple):
    """One caseload row with its decision; `commit_key` is empty where the message keeps it."""

    county: str
    row_no: int
    decision_id: Id
    participant_id: Id | None
    participant_ref: str
    message_id: Id | None
    with_row_no: int | None
    appointment_at: datetime
    office: str
    language: str
    commit_key: bytes


@dataclass(frozen=True, slots=True)
class Origin:
    """What all messages of one chunk share."""

    program: str
    kind: MessageKind
    run_id: uuid.UUID | None
    sender_id: uuid.UUID
    template_key: str
    template_sha256: str


_CLAIM_KEYS = """
INSERT INTO messaging_dispatch (message_id, program, county, sender_id, run_id, state, due_at, last_due_at, zones,
                                attempts, epoch, dedupe_key, changed_at, reason)
SELECT m, %(program)b, c, %(sender)b, %(run)b, %(state)b, due, last, z, 0, 0, k, %(now)b, ''
FROM unnest(%(ids)b::uuid[], %(counties)b::text[], %(dues)b::timestamptz[], %(lasts)b::timestamptz[],
            %(zones)b::text[], %(keys)b::bytea[]) AS t(m, c, due, last, z, k)
ON CONFLICT (dedupe_key) DO NOTHING
RETURNING message_id
"""

_MESSAGES = """
INSERT INTO messaging_message (id, program, county, kind, run_id, row_no, participant_id, case_id, consent_id,
                               phone_idx, template_key, template_sha256, language, encoding, segments, created_at,
                               entry_id)
SELECT id, %(program)b, c, %(kind)b, %(run)b, r, p, cs, co, ph, %(template)b, %(sha)b, l, e, s, %(now)b, %(entry)b
FROM unnest(%(ids)b::uuid[], %(counties)b::text[], %(rows)b::int[], %(participants)b::uuid[], %(cases)b::uuid[],
            %(consents)b::uuid[], %(phones)b::bytea[], %(languages)b::text[], %(encodings)b::text[],
            %(segments)b::smallint[]) AS t(id, c, r, p, cs, co, ph, l, e, s)
"""

_CONTENTS = """
INSERT INTO messaging_messagecontent (message_id, program, county, sealed, commit_key)
SELECT id, %(program)b, c, s, k
FROM unnest(%(ids)b::uuid[], %(counties)b::text[], %(sealed)b::bytea[], %(keys)b::bytea[]) AS t(id, c, s, k)
"""

_RECIPIENTS = """
INSERT INTO messaging_recipient (program, county, run_id, row_no, decision_id, participant_id, participant_ref,
                                 message_id, with_row_no, appointment_at, office, language, commit_key, entry_id)
SELECT %(program)b, c, %(run)b, r, d, p, ref, m, w, a, o, l, k, %(entry)b
FROM unnest(%(counties)b::text[], %(rows)b::int[], %(decisions)b::uuid[], %(participants)b::uuid[], %(refs)b::text[],
            %(messages)b::uuid[], %(withs)b::int[], %(appointments)b::timestamptz[], %(offices)b::text[],
            %(languages)b::text[], %(keys)b::bytea[]) AS t(c, r, d, p, ref, m, w, a, o, l, k)
"""


def queue(cursor: psycopg.Cursor[Any], origin: Origin, drafts: Sequence[MessageDraft], now: datetime) -> set[Id]:
    """Insert the intents and queue what is new; answers the new ids: the others were told before, by whichever run.

    Ids come as bytes on a `hot_cursor`.
    """
    if not drafts:
        return set()
    columns.takes_columns(cursor).execute(
        _CLAIM_KEYS,
        {
            "program": origin.program,
            "sender": origin.sender_id,
            "run": origin.run_id,
            "state": int(DispatchState.QUEUED),
            "now": now,
            "ids": columns.ids([draft.id for draft in drafts]),
            "counties": columns.texts([draft.county for draft in drafts]),
            "dues": columns.moments([draft.due_at for draft in drafts]),
            "lasts": columns.moments([draft.last_due_at for draft in drafts]),
            "zones": columns.texts([draft.zones for draft in drafts]),
            "keys": columns.byteas([draft.dedupe_key for draft in drafts]),
        },
        binary=True,
    )
    fresh: set[Id] = {row[0] for row in cursor}
    new = {raw(identifier) for identifier in fresh}
    due = [(draft.id, draft.due_at) for draft in drafts if raw(draft.id) in new]
    lots.put(cursor, Queue(origin.program, origin.sender_id, origin.run_id), due)
    return fresh


def write_messages(
    cursor: psycopg.Cursor[Any], origin: Origin, drafts: Sequence[MessageDraft], entry_id: uuid.UUID, now: datetime
) -> None:
    """Insert the messages and their sealed contents."""
    if not drafts:
        return
    columns.takes_columns(cursor)
    ids = columns.ids([draft.id for draft in drafts])
    counties = columns.texts([draft.county for draft in drafts])
    cursor.execute(
        _MESSAGES,
        {
            "program": origin.program,
            "kind": origin.kind.value,
            "run": origin.run_id,
            "template": origin.template_key,
            "sha": origin.template_sha256,
            "now": now,
            "entry": entry_id,
            "ids": ids,
            "counties": counties,
            "rows": columns.integers([draft.row_no for draft in drafts]),
            "participants": columns.ids([draft.participant_id for draft in drafts]),
            "cases": columns.ids([draft.case_id for draft in drafts]),
            "consents": columns.ids([draft.consent_id for draft in drafts]),
            "phones": columns.byteas([draft.phone_idx for draft in drafts]),
            "languages": columns.texts([draft.language for draft in drafts]),
            "encodings": columns.texts([draft.encoding for draft in drafts]),
            "segments": columns.smalls([draft.segments for draft in drafts]),
        },
    )
    cursor.execute(
        _CONTENTS,
        {
            "program": origin.program,
            "ids": ids,
            "counties": counties,
            "sealed": columns.byteas([draft.sealed for draft in drafts]),
            "keys": columns.byteas([draft.commit_key for draft in drafts]),
        },
    )


def write_recipients(
    cursor: psycopg.Cursor[Any], program: str, run_id: uuid.UUID, drafts: Sequence[RecipientDraft], entry_id: uuid.UUID
) -> None:
    """Insert the rows of the caseload with their decisions."""
    columns.takes_columns(cursor).execute(
        _RECIPIENTS,
        {
            "program": program,
            "run": run_id,
            "entry": entry_id,
            "counties": columns.texts([draft.county for draft in drafts]),
            "rows": columns.integers([draft.row_no for draft in drafts]),
            "decisions": columns.ids([draft.decision_id for draft in drafts]),
            "participants": columns.ids([draft.participant_id for draft in drafts]),
            "refs": columns.unique_texts([draft.participant_ref for draft in drafts]),
            "messages": columns.ids([draft.message_id for draft in drafts]),
            "withs": columns.integers([draft.with_row_no for draft in drafts]),
            "appointments": columns.moments([draft.appointment_at for draft in drafts]),
            "offices": columns.texts([draft.office for draft in drafts]),
            "languages": columns.texts([draft.language for draft in drafts]),
            "keys": columns.byteas([draft.commit_key for draft in drafts]),
        },
    )
