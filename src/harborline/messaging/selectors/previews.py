"""The exact texts of a run before it goes out: opened, counted, bounded."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import psycopg

from harborline.ledger.services import record
from harborline.messaging.sealing import open_text_of
from harborline.messaging.selectors.run_list import run_row
from harborline.walls import current
from harborline.walls.cursor import bulk_cursor

SAMPLES = 12


@dataclass(frozen=True, slots=True)
class ExactText:
    """One text exactly as phones get it, how it is encoded (gsm7 or ucs2), its segments, on how many phones."""

    language: str
    text: str
    encoding: str
    segments: int
    recipients: int


# The words of a notice depend on language, office and moment of the appointment, or are the discreet ones: never on
# the person.
_KINDS = """
SELECT (array_agg(r.message_id))[1], count(*)
  FROM messaging_recipient r JOIN messaging_message m ON m.id = r.message_id
 WHERE r.run_id = %(run)s AND r.message_id IS NOT NULL
 GROUP BY r.language, r.office, r.appointment_at, m.template_sha256
"""

_SHAPES = "SELECT id, language, encoding, segments FROM messaging_message WHERE id = ANY (%(messages)s::uuid[])"

_SEALED = "SELECT message_id, sealed FROM messaging_messagecontent WHERE message_id = ANY (%(messages)s::uuid[])"


def exact_texts(run_id: uuid.UUID, *, limit: int = SAMPLES) -> list[ExactText]:
    """Distinct texts of a planned run, at most `limit`: every language and segment count first, then the most frequent.

    Looking is recorded once (`notice.texts-previewed`) before anything is opened. Texts already destroyed are left
    out. Raises `NotFound` for a hidden run.
    """
    run_row(run_id)
    with bulk_cursor() as cursor:
        kinds = _sampled(_kinds(cursor, run_id), limit)
        if not kinds:
            return []
        ids = [kind.message_id for kind in kinds]
        record(
            "notice.texts-previewed",
            subject=f"run:{run_id}",
            content={"run": str(run_id), "messages": [str(message_id) for message_id in ids]},
        )
        cursor.execute(_SEALED, {"messages": ids}, binary=True)
        sealed: dict[uuid.UUID, bytes] = {row[0]: bytes(row[1]) for row in cursor}
    return _merged(_opened(kinds, sealed))


@dataclass(frozen=True, slots=True)
class _Kind:
    """The texts of one language, office and moment: one of them, how it is written, how many there are."""

    message_id: uuid.UUID
    language: str
    encoding: str
    segments: int
    recipients: int


def _kinds(cursor: psycopg.Cursor[Any], run_id: uuid.UUID) -> list[_Kind]:
    cursor.execute(_KINDS, {"run": run_id}, binary=True)
    people: dict[uuid.UUID, int] = dict(cursor.fetchall())
    cursor.execute(_SHAPES, {"messages": list(people)}, binary=True)
    return [_Kind(row[0], row[1], row[2], row[3], people[row[0]]) for row in cursor]


def _sampled(kinds: Iterable[_Kind], limit: int) -> list[_Kind]:
    # The most frequent of every language and segment count first, then the second of each, and so on.
    ranks: Counter[tuple[str, int]] = Counter()
    placed: list[tuple[int, _Kind]] = []
    for kind in sorted(kinds, key=lambda one: (-one.recipients, one.message_id)):
        shape = (kind.language, kind.segments)
        placed.append((ranks[shape], kind))
        ranks[shape] += 1
    placed.sort(key=lambda pair: (pair[0], -pair[1].recipients))
    return [kind for _, kind in placed[:limit]]


def _opened(kinds: Iterable[_Kind], sealed: dict[uuid.UUID, bytes]) -> Iterable[ExactText]:
    program = current().program
    for kind in kinds:
        if kind.message_id in sealed:
            text = open_text_of(program, kind.message_id, sealed[kind.message_id]).text
            yield ExactText(kind.language, text, kind.encoding, kind.segments, kind.recipients)


def _merged(texts: Iterable[ExactText]) -> list[ExactText]:
    people: Counter[tuple[str, str, str, int]] = Counter()
    for one in texts:
        people[one.language, one.text, one.encoding, one.segments] += one.recipients
    found = [ExactText(*key, count) for key, count in people.items()]
    return sorted(found, key=lambda one: (one.language, -one.recipients, one.text))
