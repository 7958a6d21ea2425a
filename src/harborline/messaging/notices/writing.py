"""Write a planned chunk: recipients, messages, contents, dispatches, each in one statement."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg

from harborline.messaging.facts import DispatchState, MessageKind


@dataclass(slots=True)
class MessageDraft:
    """One rendered, sealed text on its way into the queue; `dedupe_key` makes it unique in the program."""

    id: uuid.UUID
    county: str
    row_no: int | None
    participant_id: uuid.UUID | None
    case_id: uuid.UUID | None
    consent_id: uuid.UUID | None
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


@dataclass(slots=True)
class RecipientDraft:
    """One caseload row with its decision."""

    county: str
    row_no: int
    decision_id: uuid.UUID
    participant_id: uuid.UUID | None
    participant_ref: str
    message_id: uuid.UUID | None
    with_row_no: int | None
    appointment_at: datetime
    office: str
    language: str
    commit_key: bytes
    commitment: bytes = field(default=b"")


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
SELECT m, %(program)s, c, %(sender)s, %(run)s, %(state)s, due, last, z, 0, 0, k, %(now)s, ''
FROM unnest(%(ids)s::uuid[], %(counties)s::text[], %(dues)s::timestamptz[], %(lasts)s::timestamptz[],
            %(zones)s::text[], %(keys)s::bytea[]) AS t(m, c, due, last, z, k)
ON CONFLICT (dedupe_key) DO NOTHING
RETURNING message_id
"""

_MESSAGES = """
INSERT INTO messaging_message (id, program, county, kind, run_id, row_no, participant_id, case_id, consent_id,
                               phone_idx, template_key, template_sha256, language, encoding, segments, created_at,
                               entry_id)
SELECT id, %(program)s, c, %(kind)s, %(run)s, r, p, cs, co, ph, %(template)s, %(sha)s, l, e, s, %(now)s, %(entry)s
FROM unnest(%(ids)s::uuid[], %(counties)s::text[], %(rows)s::int[], %(participants)s::uuid[], %(cases)s::uuid[],
            %(consents)s::uuid[], %(phones)s::bytea[], %(languages)s::text[], %(encodings)s::text[],
            %(segments)s::smallint[]) AS t(id, c, r, p, cs, co, ph, l, e, s)
"""

_CONTENTS = """
INSERT INTO messaging_messagecontent (message_id, program, county, sealed, commit_key)
SELECT id, %(program)s, c, s, k
FROM unnest(%(ids)s::uuid[], %(counties)s::text[], %(sealed)s::bytea[], %(keys)s::bytea[]) AS t(id, c, s, k)
"""

_RECIPIENTS = """
INSERT INTO messaging_recipient (program, county, run_id, row_no, decision_id, participant_id, participant_ref,
                                 message_id, with_row_no, appointment_at, office, language, commit_key, entry_id)
SELECT %(program)s, c, %(run)s, r, d, p, ref, m, w, a, o, l, k, %(entry)s
FROM unnest(%(counties)s::text[], %(rows)s::int[], %(decisions)s::uuid[], %(participants)s::uuid[], %(refs)s::text[],
            %(messages)s::uuid[], %(withs)s::int[], %(appointments)s::timestamptz[], %(offices)s::text[],
            %(languages)s::text[], %(keys)s::bytea[]) AS t(c, r, d, p, ref, m, w, a, o, l, k)
"""


def queue(cursor: psycopg.Cursor[Any], origin: Origin, drafts: list[MessageDraft], now: datetime) -> set[uuid.UUID]:
    """Insert the intents; answers the ids that are new: the others were told before, by this run or an earlier one."""
    if not drafts:
        return set()
    cursor.execute(
        _CLAIM_KEYS,
        {
            "program": origin.program,
            "sender": origin.sender_id,
            "run": origin.run_id,
            "state": int(DispatchState.QUEUED),
            "now": now,
            "ids": [draft.id for draft in drafts],
            "counties": [draft.county for draft in drafts],
            "dues": [draft.due_at for draft in drafts],
            "lasts": [draft.last_due_at for draft in drafts],
            "zones": [draft.zones for draft in drafts],
            "keys": [draft.dedupe_key for draft in drafts],
        },
        binary=True,
    )
    return {row[0] for row in cursor}


def write_messages(
    cursor: psycopg.Cursor[Any], origin: Origin, drafts: list[MessageDraft], entry_id: uuid.UUID, now: datetime
) -> None:
    """Insert the messages and their sealed contents."""
    if not drafts:
        return
    ids, counties = [draft.id for draft in drafts], [draft.county for draft in drafts]
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
            "rows": [draft.row_no for draft in drafts],
            "participants": [draft.participant_id for draft in drafts],
            "cases": [draft.case_id for draft in drafts],
            "consents": [draft.consent_id for draft in drafts],
            "phones": [draft.phone_idx for draft in drafts],
            "languages": [draft.language for draft in drafts],
            "encodings": [draft.encoding for draft in drafts],
            "segments": [draft.segments for draft in drafts],
        },
    )
    cursor.execute(
        _CONTENTS,
        {
            "program": origin.program,
            "ids": ids,
            "counties": counties,
            "sealed": [draft.sealed for draft in drafts],
            "keys": [draft.commit_key for draft in drafts],
        },
    )


def write_recipients(
    cursor: psycopg.Cursor[Any], program: str, run_id: uuid.UUID, drafts: list[RecipientDraft], entry_id: uuid.UUID
) -> None:
    """Insert the rows of the caseload with their decisions."""
    cursor.execute(
        _RECIPIENTS,
        {
            "program": program,
            "run": run_id,
            "entry": entry_id,
            "counties": [draft.county for draft in drafts],
            "rows": [draft.row_no for draft in drafts],
            "decisions": [draft.decision_id for draft in drafts],
            "participants": [draft.participant_id for draft in drafts],
            "refs": [draft.participant_ref for draft in drafts],
            "messages": [draft.message_id for draft in drafts],
            "withs": [draft.with_row_no for draft in drafts],
            "appointments": [draft.appointment_at for draft in drafts],
            "offices": [draft.office for draft in drafts],
            "languages": [draft.language for draft in drafts],
            "keys": [draft.commit_key for draft in drafts],
        },
    )
