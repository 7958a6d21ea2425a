"""The words of inbound texts: each text is an erasable record of its own, bound into the proof log, destroyed alone."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from harborline.kernel import Decision, NotFound, ports
from harborline.law.schedules import Trigger
from harborline.ledger.services import record
from harborline.messaging.commitments import commit
from harborline.messaging.models import InboundMessage
from harborline.retention.facts import Candidate, Concerns
from harborline.retention.ports import Parties
from harborline.retention.selectors import in_force, limits
from harborline.retention.services import may_destroy
from harborline.vault.facts import Grounds
from harborline.vault.services import commit_keys, seal_record, shred, unseal_record
from harborline.walls import current

_SERIES = "texts-in"


@dataclass(frozen=True, slots=True)
class Words:
    """The number (E.164) a text came from, and what it says."""

    number: str
    text: str


def group(program: str) -> str:
    """The key class of a program's inbound texts."""
    return f"{program}/texts-in"


def seal_words(program: str, inbound_id: uuid.UUID, words: Words) -> tuple[bytes, str]:
    """Seal the words under a key of their own; answers the sealed value and the commitment for the log (hex).

    The commitment's key dies with the words, so that afterwards nobody can find out by guessing what they were.
    """
    body = json.dumps([words.number, words.text]).encode()
    sealed = seal_record(body, record=inbound_id, group=group(program), context=_place(inbound_id))
    (key,) = commit_keys([inbound_id], group=group(program))
    return sealed, commit(key, {"inbound": str(inbound_id), "words": words.text}).hex()


def open_words(inbound: InboundMessage) -> Words:
    """The words of a text; raises `NotFound` once they were destroyed. Recording the opening is the caller's."""
    if inbound.sealed is None:
        raise NotFound("the words of this text were destroyed")
    number, text = json.loads(
        unseal_record(
            bytes(inbound.sealed), record=inbound.id, group=group(inbound.program), context=_place(inbound.id)
        )
    )
    return Words(number, text)


def destroys() -> bool:
    """Whether this program's words go after viewing; else the sealed record stays and only working copies go."""
    return limits().destroy_on_close


def may_go(
    inbound: InboundMessage, *, participants: Collection[uuid.UUID], viewed_at: datetime | None, now: datetime
) -> Decision:
    """Whether the words of a text may be destroyed now: the schedule says so, and no hold keeps them.

    `participants` are those in whose threads it stands; a text of nobody is judged by its number alone.
    """
    number = bytes(inbound.phone_idx)
    events = {Trigger.RECEIVED: inbound.received_at} | ({Trigger.VIEWED: viewed_at} if viewed_at else {})
    concerns = Concerns(
        participants=frozenset(participants),
        cases=ports.serving(Parties).cases_of({number}).get(number, frozenset()),
        numbers=frozenset({number}),
    )
    return may_destroy(_SERIES, Candidate(inbound.id, inbound.received_at, events, concerns), now=now)


def destroy_words(inbounds: Sequence[InboundMessage], *, at: datetime, why: str) -> int:
    """Destroy the words of texts: ciphertext now, keys with the commit; commitments and envelopes stay.

    Answers how many there were. Source: MN-WIC-9.6:text-delete-after-viewing.
    """
    there = [inbound for inbound in inbounds if inbound.sealed is not None]
    if not there:
        return 0
    program, ids = current().program, [inbound.id for inbound in there]
    InboundMessage.objects.filter(id__in=ids).update(sealed=None, destroyed_at=at)
    shred(ids, group=group(program), grounds=_grounds(program))
    for inbound in there:
        inbound.sealed, inbound.destroyed_at = None, at
        record("inbound.words-destroyed", subject=f"inbound:{inbound.id}", content={"why": why})
    return len(there)


def _grounds(program: str) -> Grounds:
    schedule = in_force()
    series = schedule.of(_SERIES)
    return Grounds(f"{program}/{schedule.mode}@{schedule.version}", series.authority, (series.clause,))


def _place(inbound_id: uuid.UUID) -> str:
    return f"inbound:{inbound_id}"
