"""Queue one text outside a run: an answer or a test."""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass
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
FREE_WORDS = "free-words"
"""Stands for the template where a worker wrote the words."""


@dataclass(frozen=True, slots=True)
class About:
    """Whose text it is, where one knows: the county and the participant it is kept under, where the number may be."""

    county: str = STATEWIDE
    participant_id: uuid.UUID | None = None
    zones: str = ANYWHERE


NOBODY = About()


def queue_text(
    sender: Sender,
    settings: Profile,
    *,
    kind: MessageKind,
    to: str,
    phone_idx: bytes,
    words: str,
    template: Template | None,
    language: str,
    at: datetime,
    until: datetime,
    about: About = NOBODY,
) -> uuid.UUID:
    """Queue one text outside a run: an answer (without a template where a worker wrote it) or a test.

    It goes from `at` on and lapses at `until`.
    """
    identifier, counted = new_id(), segment(words)
    draft = MessageDraft(
        id=identifier,
        county=about.county,
        row_no=None,
        participant_id=about.participant_id,
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
        zones=about.zones,
        dedupe_key=None,
    )
    key, digest = (template.key, template.sha256) if template else (FREE_WORDS, "")
    origin = Origin(sender.program, kind, None, sender.id, key, digest)
    with bulk_cursor() as cursor:
        queue(cursor, origin, [draft], at)
        entry_id = record(
            f"message.{kind.value}-queued",
            subject=f"number:{phone_idx.hex()}",
            content={"message": str(identifier), "template": key, "profile": settings.sha256},
        )
        write_messages(cursor, origin, [draft], entry_id, at)
    return identifier
