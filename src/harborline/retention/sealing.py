"""How the words of holds and the ids of runs are sealed."""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass

from harborline.vault.services import seal, seal_text, unseal, unseal_text

_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class HoldWords:
    """What a hold covers in words, why it was placed, why it is to be released."""

    covers: str
    reason: str
    release_reason: str = ""


def group(program: str) -> str:
    """The key class of a program's retention records."""
    return f"{program}/retention"


def seal_words(program: str, hold_id: uuid.UUID, words: HoldWords) -> bytes:
    """Seal the words of a hold."""
    return seal_text(json.dumps(asdict(words), ensure_ascii=False), group=group(program), context=f"hold:{hold_id}")


def open_words(program: str, hold_id: uuid.UUID, sealed: bytes | memoryview) -> HoldWords:
    """Open what `seal_words` made."""
    return HoldWords(**json.loads(unseal_text(sealed, group=group(program), context=f"hold:{hold_id}")))


def seal_ids(program: str, run_id: uuid.UUID, number: int, ids: list[uuid.UUID]) -> bytes:
    """Seal the ids of one batch."""
    return seal(b"".join(one.bytes for one in ids), group=group(program), context=f"disposal:{run_id}:{number}")


def open_ids(program: str, run_id: uuid.UUID, number: int, sealed: bytes | memoryview) -> list[uuid.UUID]:
    """Open what `seal_ids` made."""
    joined = unseal(sealed, group=group(program), context=f"disposal:{run_id}:{number}")
    return [uuid.UUID(bytes=joined[place : place + _ID_BYTES]) for place in range(0, len(joined), _ID_BYTES)]
