"""How the words and the number of a message are sealed."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass

from harborline.vault.services import seal, unseal


@dataclass(frozen=True, slots=True)
class Contents:
    """The number (E.164) and the words of one message."""

    to: str
    text: str


def seal_text_for(program: str, message_id: uuid.UUID, to: str, text: str) -> bytes:
    """Seal number and words under the program's message key, bound to the message."""
    return seal(json.dumps([to, text]).encode(), group=f"{program}/messages", context=f"message:{message_id}")


def open_text_of(program: str, message_id: uuid.UUID, sealed: bytes | memoryview) -> Contents:
    """Open what `seal_text_for` made."""
    to, text = json.loads(unseal(sealed, group=f"{program}/messages", context=f"message:{message_id}"))
    return Contents(to, text)
