"""Once keys: a request that comes again does nothing and is answered as before, also after a crash.

The answer is kept in the transaction that did the work, so there is no work without its answer. Of two requests with
one key at the same moment the second finds the place taken when it commits, is undone, and reads the first's answer.
Source: draft-ietf-httpapi-idempotency-key-header.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

import psycopg
from django.db import IntegrityError, OperationalError

from harborline.kernel import Refused, Unavailable, refuse
from harborline.kernel.ids import new_id, new_ids
from harborline.messaging import columns
from harborline.messaging.accepting.facts import Answer
from harborline.messaging.columns import hot_cursor
from harborline.vault.services import seal, unseal
from harborline.walls import ALL_COUNTIES, Actor, Context, acting
from harborline.workforce.facts import ALL, MachineFacts
from harborline.workforce.selectors import key_stands

KEPT_FOR: Final = timedelta(hours=25)
TRIES: Final = 5
_MILLISECONDS = 80

_TOLD = """
SELECT id, key_digest, body_digest, answer FROM messaging_oncekey
 WHERE machine_id = %(machine)b AND key_digest = ANY (%(keys)b::bytea[])
"""
_KEEP = """
INSERT INTO messaging_oncekey (id, program, machine_id, key_digest, body_digest, answer)
SELECT id, %(program)b, %(machine)b, k, b, a
FROM unnest(%(ids)b::uuid[], %(keys)b::bytea[], %(bodies)b::bytea[], %(answers)b::bytea[]) AS t(id, k, b, a)
ON CONFLICT (machine_id, key_digest) DO NOTHING
RETURNING true
"""
_SWEEP = "DELETE FROM messaging_oncekey WHERE program = %(program)b AND id < %(before)b"


class AgainError(Exception):
    """Somebody else carried out one of these requests meanwhile: undo, and look again."""


def digest_of(*parts: str | bytes) -> bytes:
    """SHA-256 over parts, each with its length before it."""
    made = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        made.update(len(raw).to_bytes(8, "big") + raw)
    return made.digest()


@contextmanager
def unit(machine: MachineFacts, purpose: str) -> Iterator[Context]:
    """One transaction of a machine, whose key still stands in it; raises `Refused` when it was revoked."""
    actor = Actor("machine", str(machine.id), machine.name)
    counties = ALL_COUNTIES if machine.county == ALL else (machine.county,)
    with acting(actor, program=machine.program, counties=counties, purpose=purpose) as context:
        key_stands(machine)
        yield context


def once(machine: MachineFacts, key: bytes, body: bytes, work: Callable[[], Answer], *, purpose: str) -> Answer:
    """Carry out one request, or answer what it was answered before.

    Raises `Refused` (`once-key-used-otherwise`) for a key that came with another body, `Unavailable` when others are
    in the way too often, and whatever `work` raises, which undoes everything and keeps nothing.
    """
    for _ in range(TRIES):
        try:
            with unit(machine, purpose), hot_cursor() as cursor:
                told = told_before(cursor, machine, [key])
                if key in told:
                    return repeated(told[key], body)
                answer = work()
                keep(cursor, machine, [(key, body, answer)])
                return answer
        except (AgainError, IntegrityError, OperationalError) as error:
            if isinstance(error, OperationalError) and not may_try_again(error):
                raise
    raise Unavailable("others are in the way", retry_after_s=1)


def may_try_again(error: OperationalError) -> bool:
    """Whether the database undid the work because of another transaction (deadlock, serialization)."""
    return getattr(error.__cause__, "sqlstate", "") in {"40001", "40P01"}


def told_before(
    cursor: psycopg.Cursor[Any], machine: MachineFacts, keys: Sequence[bytes]
) -> dict[bytes, tuple[bytes, Answer]]:
    """What requests with these keys were answered, with the digest of the body they came with."""
    columns.takes_columns(cursor)
    cursor.execute(_TOLD, {"machine": machine.id, "keys": columns.byteas(keys)}, binary=True)
    return {bytes(row[1]): (bytes(row[2]), _opened(machine.program, row[0], row[3])) for row in cursor}


def repeated(told: tuple[bytes, Answer], body: bytes) -> Answer:
    """The answer given before; raises `Refused` when this is another request under the same key."""
    if told[0] != body:
        decision = refuse("once-key-used-otherwise")
        raise Refused(decision.stamped("messaging.accepting.once", ("OFFSET-8.2:integrity",)))
    return told[1]


def keep(cursor: psycopg.Cursor[Any], machine: MachineFacts, done: Sequence[tuple[bytes, bytes, Answer]]) -> None:
    """Keep answers in the transaction of their work; raises `AgainError` when a key was taken meanwhile."""
    # In one order for everybody, so that two who keep the same keys wait for each other and never in a ring.
    listed = sorted(done, key=lambda one: one[0])
    ids = new_ids(len(listed))
    columns.takes_columns(cursor).execute(
        _KEEP,
        {
            "program": machine.program,
            "machine": machine.id,
            "ids": columns.ids(ids),
            "keys": columns.byteas([key for key, _, _ in listed]),
            "bodies": columns.byteas([body for _, body, _ in listed]),
            "answers": columns.byteas(
                [
                    _sealed(machine.program, identifier, answer)
                    for identifier, (_, _, answer) in zip(ids, listed, strict=True)
                ]
            ),
        },
    )
    # Counted by what comes back: in a pipeline nothing else is known yet.
    if len(cursor.fetchall()) != len(listed):
        raise AgainError


def sweep(program: str, *, kept_for: timedelta = KEPT_FOR) -> int:
    """Forget keys older than `kept_for`, inside the program's context; answers how many.

    Ids hold the millisecond in which they were made (RFC 9562, version 7).
    """
    oldest_ms = (new_id().int >> _MILLISECONDS) - int(kept_for.total_seconds() * 1000)
    with hot_cursor() as cursor:
        cursor.execute(_SWEEP, {"program": program, "before": uuid.UUID(int=oldest_ms << _MILLISECONDS)})
        return cursor.rowcount


def _sealed(program: str, identifier: uuid.UUID, answer: Answer) -> bytes:
    body: Mapping[str, Any] = {"status": answer.status, "content": answer.content}
    return seal(_spelled(body), group=f"{program}/api-answers", context=f"once:{identifier}")


def _opened(program: str, identifier: bytes | uuid.UUID, sealed: bytes) -> Answer:
    named = identifier if isinstance(identifier, uuid.UUID) else uuid.UUID(bytes=bytes(identifier))
    kept = json.loads(unseal(sealed, group=f"{program}/api-answers", context=f"once:{named}"))
    return Answer(kept["status"], kept["content"], repeated=True)


def _spelled(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
