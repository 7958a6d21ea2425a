"""The texts that went, or are to go, to one participant: what each was and where it is, without its words."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from harborline.messaging.facts import DispatchState
from harborline.messaging.selectors.template_list import template_title
from harborline.messaging.selectors.usual import usual_key
from harborline.walls import current
from harborline.walls.cursor import bulk_cursor

_TEXTS = """
SELECT m.id, m.created_at, m.kind, m.template_key, m.language, d.state, d.changed_at
  FROM messaging_message m
  JOIN messaging_dispatch d ON d.message_id = m.id
 WHERE m.participant_id = %(participant)s AND m.program = %(program)s
 ORDER BY m.created_at DESC, m.id DESC
 LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class TextTo:
    """One text: when it was made, of which kind and template, where it is now (the word of a `DispatchState`)."""

    id: uuid.UUID
    created_at: datetime
    kind: str
    title: str
    language: str
    state: str
    changed_at: datetime


def texts_to(participant_id: uuid.UUID, *, limit: int = 50, language: str = "en") -> list[TextTo]:
    """The newest texts to a participant within the context's counties; titles in `language`; nothing is opened.

    Each has the title of its notice, whichever words went (`selectors.usual`).
    """
    program = current().program
    with bulk_cursor() as cursor:
        cursor.execute(_TEXTS, {"participant": participant_id, "program": program, "limit": limit}, binary=True)
        rows = cursor.fetchall()
    keys = {row[0]: usual_key(row[0], row[3]) for row in rows}
    titles = {key: template_title(program, key, language) for key in set(keys.values()) if key}
    return [
        TextTo(row[0], row[1], row[2], titles.get(keys[row[0]], ""), row[4], DispatchState(row[5]).word, row[6])
        for row in rows
    ]
