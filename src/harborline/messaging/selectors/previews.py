"""The exact texts of a run before it goes out: opened, counted, bounded."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from harborline.ledger.services import record
from harborline.messaging.models import NoticeRun
from harborline.messaging.notices.rendering import TextMaker
from harborline.messaging.sealing import open_text_of
from harborline.messaging.selectors.run_list import run_row
from harborline.messaging.selectors.usual import in_slot, texts_of, words_that_tell_nothing
from harborline.messaging.wording.selectors import DISCREET
from harborline.walls import current
from harborline.walls.cursor import bulk_cursor

SAMPLES = 12


@dataclass(frozen=True, slots=True)
class ExactText:
    """One text of a notice, how it is encoded (gsm7 or ucs2), its segments, for how many phones it was made.

    Some of them get words that tell nothing instead (`selectors.usual`); they are counted among the others.
    """

    language: str
    text: str
    encoding: str
    segments: int
    recipients: int


# The words of a notice depend on language, office and moment of the appointment: never on the person. The discreet
# words, the same for everybody, are no sample of them.
_KINDS = """
SELECT r.language, r.office, r.appointment_at,
       (array_agg(r.message_id) FILTER (WHERE m.template_key <> %(discreet)s))[1], count(*)
  FROM messaging_recipient r JOIN messaging_message m ON m.id = r.message_id
 WHERE r.run_id = %(run)s AND r.message_id IS NOT NULL
 GROUP BY r.language, r.office, r.appointment_at
"""

_SHAPES = "SELECT id, language, encoding, segments FROM messaging_message WHERE id = ANY (%(messages)s::uuid[])"

_SEALED = "SELECT message_id, sealed FROM messaging_messagecontent WHERE message_id = ANY (%(messages)s::uuid[])"


def exact_texts(run_id: uuid.UUID, *, limit: int = SAMPLES) -> list[ExactText]:
    """Distinct texts of a planned run, at most `limit`: every language and segment count first, then the most frequent.

    Looking is recorded once (`notice.texts-previewed`) before anything is opened. Texts already destroyed are left
    out. Raises `NotFound` for a hidden run.
    """
    run = run_row(run_id)
    with bulk_cursor() as cursor:
        kinds = _sampled(_kinds(cursor, run), limit)
        if not kinds:
            return []
        ids = [kind.message_id for kind in kinds if kind.message_id]
        record(
            "notice.texts-previewed",
            subject=f"run:{run_id}",
            content={"run": str(run_id), "messages": [str(message_id) for message_id in ids]},
        )
        cursor.execute(_SEALED, {"messages": ids}, binary=True)
        sealed: dict[uuid.UUID, bytes] = {row[0]: bytes(row[1]) for row in cursor}
    return _merged(_opened(kinds, sealed))


def quiet_words(run_id: uuid.UUID) -> list[tuple[str, str]]:
    """What some people get instead of a run's texts, as (language, words); raises `NotFound` for a hidden run."""
    return words_that_tell_nothing(run_row(run_id))


@dataclass(frozen=True, slots=True)
class _Kind:
    """The texts of one language, office and moment: one of them (None: `text` says it), how written, how many."""

    message_id: uuid.UUID | None
    language: str
    encoding: str
    segments: int
    recipients: int
    text: str = ""


def _kinds(cursor: psycopg.Cursor[Any], run: NoticeRun) -> list[_Kind]:
    cursor.execute(_KINDS, {"run": run.id, "discreet": DISCREET}, binary=True)
    found = cursor.fetchall()
    people = {message_id: count for *_slot, message_id, count in found if message_id}
    cursor.execute(_SHAPES, {"messages": list(people)}, binary=True)
    written = [_Kind(row[0], row[1], row[2], row[3], people[row[0]]) for row in cursor]
    alone = [row for row in found if row[3] is None]
    return [*written, *(_unwritten(texts_of(run), *row) for row in alone)] if alone else written


def _unwritten(texts: TextMaker, language: str, office: str, at: datetime, _sample: None, people: int) -> _Kind:
    # Everybody of this slot gets words that tell nothing: the usual ones stand nowhere yet.
    made = in_slot(texts, language, at, office)
    return _Kind(None, language, made.encoding, made.segments, people, made.text or "")


def _sampled(kinds: Iterable[_Kind], limit: int) -> list[_Kind]:
    # The most frequent of every language and segment count first, then the second of each, and so on.
    ranks: Counter[tuple[str, int]] = Counter()
    placed: list[tuple[int, _Kind]] = []
    for kind in sorted(kinds, key=lambda one: (-one.recipients, str(one.message_id))):
        shape = (kind.language, kind.segments)
        placed.append((ranks[shape], kind))
        ranks[shape] += 1
    placed.sort(key=lambda pair: (pair[0], -pair[1].recipients))
    return [kind for _, kind in placed[:limit]]


def _opened(kinds: Iterable[_Kind], sealed: dict[uuid.UUID, bytes]) -> Iterable[ExactText]:
    program = current().program
    for kind in kinds:
        text = kind.text
        if kind.message_id in sealed:
            text = open_text_of(program, kind.message_id, sealed[kind.message_id]).text
        if text:
            yield ExactText(kind.language, text, kind.encoding, kind.segments, kind.recipients)


def _merged(texts: Iterable[ExactText]) -> list[ExactText]:
    people: Counter[tuple[str, str, str, int]] = Counter()
    for one in texts:
        people[one.language, one.text, one.encoding, one.segments] += one.recipients
    found = [ExactText(*key, count) for key, count in people.items()]
    return sorted(found, key=lambda one: (one.language, -one.recipients, one.text))
