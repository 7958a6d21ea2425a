"""Entries and their words: every word is sealed as a piece of its contact, which is erased as a whole."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from harborline.contact.facts import EntryKind
from harborline.contact.models import ContactEntry, ContactStep, ContactThread, EntryWords
from harborline.kernel.clock import iso
from harborline.kernel.ids import new_id
from harborline.ledger.facts import Json
from harborline.ledger.services import record
from harborline.vault.facts import Piece
from harborline.vault.services import commit_keys, seal_record, unseal_records
from harborline.walls import current


def group(program: str) -> str:
    """The key class of a program's contacts."""
    return f"{program}/contacts"


def actor_now() -> str:
    """Who acts, as records name them."""
    actor = current().actor
    return f"{actor.kind}:{actor.id}"[:80]


def digest_of(*parts: str) -> bytes:
    """32 bytes that are equal for equal forms."""
    return hashlib.sha256("\x1f".join(parts).encode()).digest()


def add_entry(
    contact: ContactThread,
    kind: EntryKind,
    *,
    at: datetime,
    words: str = "",
    detail: str = "",
    once: bytes | None = None,
    danger: bool = False,
    thread_id: uuid.UUID | None = None,
    text_id: uuid.UUID | None = None,
    message_id: uuid.UUID | None = None,
) -> ContactEntry:
    """Keep one entry with its record in the proof log; its words are sealed, the log holds a commitment to them."""
    identifier = new_id()
    entry_id = _recorded(contact, identifier, kind, at, detail=detail, words=words)
    made = ContactEntry.objects.create(
        id=identifier, program=contact.program, county=contact.county, contact=contact, kind=kind.value, at=at,
        actor=actor_now(), detail=detail[:60], danger=danger, thread_id=thread_id, text_id=text_id,
        message_id=message_id, once=once, entry_id=entry_id,
    )  # fmt: skip
    if words:
        _keep_words(contact, identifier, words)
    return made


def add_step(contact: ContactThread, kind: EntryKind, *, at: datetime, words: str = "", detail: str = "") -> None:
    """Keep one thing staff did, for staff alone, with its record in the proof log."""
    identifier = new_id()
    sealed = _sealed(contact, identifier, words) if words else None
    ContactStep.objects.create(
        id=identifier, program=contact.program, county=contact.county, contact=contact, kind=kind.value, at=at,
        actor=actor_now(), detail=detail[:60], sealed=sealed,
        entry_id=_recorded(contact, identifier, kind, at, detail=detail, words=words),
    )  # fmt: skip


def notes_of(contact: ContactThread, steps: Iterable[ContactStep]) -> dict[uuid.UUID, str]:
    """The words of notes, by step; those that were destroyed, or never were, are left out."""
    return _opened(contact, [(step.id, bytes(step.sealed)) for step in steps if step.sealed is not None])


def words_of(contact: ContactThread, entries: Iterable[ContactEntry]) -> dict[uuid.UUID, str]:
    """The words of entries, by entry; those that were destroyed, or never were, are left out."""
    wanted = [entry.id for entry in entries]
    rows = EntryWords.objects.filter(contact=contact, id__in=wanted)
    return _opened(contact, [(row.id, bytes(row.sealed)) for row in rows])


def _opened(contact: ContactThread, sealed: Sequence[tuple[uuid.UUID, bytes]]) -> dict[uuid.UUID, str]:
    pieces = [Piece(contact.id, _place(identifier), each) for identifier, each in sealed]
    opened = unseal_records(pieces, group=group(contact.program)) if pieces else []
    found = zip((identifier for identifier, _ in sealed), opened, strict=True)
    return {identifier: words.decode() for identifier, words in found if words is not None}


def _recorded(
    contact: ContactThread, identifier: uuid.UUID, kind: EntryKind, at: datetime, *, detail: str, words: str
) -> uuid.UUID:
    content: dict[str, Json] = {"contact": str(contact.id), "entry": str(identifier), "at": iso(at)}
    if detail:
        content["detail"] = detail
    if words:
        (key,) = commit_keys([contact.id], group=group(contact.program))
        content["words"] = hmac.digest(key, f"{identifier}\x1f{words}".encode(), hashlib.sha256).hex()
    return record(f"contact.{kind.value}", subject=f"participant:{contact.participant_id}", content=content)


def _sealed(contact: ContactThread, identifier: uuid.UUID, words: str) -> bytes:
    place = _place(identifier)
    return seal_record(words.encode(), record=contact.id, group=group(contact.program), context=place)


def _keep_words(contact: ContactThread, entry_id: uuid.UUID, words: str) -> None:
    sealed = _sealed(contact, entry_id, words)
    EntryWords.objects.create(
        id=entry_id, program=contact.program, county=contact.county, contact=contact, sealed=sealed
    )


def _place(entry_id: uuid.UUID) -> str:
    return f"contact-entry:{entry_id}:words"
