"""The exact texts of a run before it goes out: opened, counted, bounded."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from harborline.ledger.services import record
from harborline.messaging.sealing import open_text_of
from harborline.messaging.selectors.run_list import run_row
from harborline.walls import current
from harborline.walls.cursor import bulk_cursor

SAMPLES = 12


@dataclass(frozen=True, slots=True)
class ExactText:
    """One text exactly as phones get it, how it is encoded (gsm7 or ucs2), its segments, how many people it is for."""

    language: str
    text: str
    encoding: str
    segments: int
    recipients: int


# The words of a notice depend on language, office and moment of the appointment, never on the person.
_KINDS = """
SELECT m.language, m.encoding, m.segments, count(*), (array_agg(m.id ORDER BY m.row_no))[1],
       row_number() OVER (PARTITION BY m.language, m.segments ORDER BY count(*) DESC, min(m.row_no)) AS place
  FROM messaging_message m
  JOIN messaging_recipient r ON r.run_id = m.run_id AND r.row_no = m.row_no
 WHERE m.run_id = %(run)s
 GROUP BY m.language, m.encoding, m.segments, r.office, r.appointment_at
 ORDER BY place, count(*) DESC, m.language
 LIMIT %(limit)s
"""

_SEALED = "SELECT message_id, sealed FROM messaging_messagecontent WHERE message_id = ANY (%(messages)s::uuid[])"


def exact_texts(run_id: uuid.UUID, *, limit: int = SAMPLES) -> list[ExactText]:
    """Distinct texts of a planned run, at most `limit`: every language and segment count first, then the most frequent.

    Looking is recorded once (`notice.texts-previewed`) before anything is opened. Texts already destroyed are left
    out. Raises `NotFound` for a hidden run.
    """
    run_row(run_id)
    with bulk_cursor() as cursor:
        cursor.execute(_KINDS, {"run": run_id, "limit": limit}, binary=True)
        kinds = cursor.fetchall()
        if not kinds:
            return []
        record(
            "notice.texts-previewed",
            subject=f"run:{run_id}",
            content={"run": str(run_id), "messages": [str(kind[4]) for kind in kinds]},
        )
        cursor.execute(_SEALED, {"messages": [kind[4] for kind in kinds]}, binary=True)
        sealed: dict[uuid.UUID, bytes] = {row[0]: bytes(row[1]) for row in cursor}
    return _merged(_opened(kinds, sealed))


def _opened(kinds: Sequence[Sequence[Any]], sealed: dict[uuid.UUID, bytes]) -> Iterable[ExactText]:
    program = current().program
    for language, encoding, segments, people, message_id, _place in kinds:
        if message_id in sealed:
            text = open_text_of(program, message_id, sealed[message_id]).text
            yield ExactText(language, text, encoding, segments, people)


def _merged(texts: Iterable[ExactText]) -> list[ExactText]:
    people: Counter[tuple[str, str, str, int]] = Counter()
    for one in texts:
        people[one.language, one.text, one.encoding, one.segments] += one.recipients
    found = [ExactText(*key, count) for key, count in people.items()]
    return sorted(found, key=lambda one: (one.language, -one.recipients, one.text))
