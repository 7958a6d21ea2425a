"""Queue one text outside a run: an answer or a test."""

from __future__ import annotations

import os
import uuid
from datetime import datetime

from harborline.kernel.ids import new_id
from harborline.law import Profile
from harborline.ledger.services import record
from harborline.messaging.facts import MessageKind
from harborline.messaging.models import Sender
from harborline.messaging.notices.windows import ANYWHERE
from harborline.messaging.notices.writing import MessageDraft, Origin, queue, write_messages
from harborline.messaging.sealing import seal_text_for
from harborline.messaging.words.segments import segment
from harborline.messaging.words.templates import Template
from harborline.walls.cursor import bulk_cursor

# An answer belongs to the program, not to a county: the number may be known in several, or in none.
STATEWIDE = "00000"


def queue_text(
    sender: Sender,
    settings: Profile,
    *,
    kind: MessageKind,
    to: str,
    phone_idx: bytes,
    words: str,
    template: Template,
    language: str,
    at: datetime,
    until: datetime,
) -> uuid.UUID:
    """Queue one text outside a run: an answer or a test; goes at once or lapses at `until`."""
    identifier, counted = new_id(), segment(words)
    draft = MessageDraft(
        id=identifier,
        county=STATEWIDE,
        row_no=None,
        participant_id=None,
        case_id=None,
        consent_id=None,
        phone_idx=phone_idx,
        language=language,
        encoding=counted.encoding,
        segments=len(counted.sizes),
        sealed=seal_text_for(sender.program, identifier, to, words),
        commit_key=os.urandom(32),
        due_at=at,
        last_due_at=until,
        zones=ANYWHERE,
        dedupe_key=None,
    )
    origin = Origin(sender.program, kind, None, sender.id, template.key, template.sha256)
    with bulk_cursor() as cursor:
        queue(cursor, origin, [draft], at)
        entry_id = record(
            f"message.{kind.value}-queued",
            subject=f"number:{phone_idx.hex()}",
            content={"message": str(identifier), "template": template.key, "profile": settings.sha256},
        )
        write_messages(cursor, origin, [draft], entry_id, at)
    return identifier
