"""How the words and the number of a message are sealed."""

from __future__ import annotations

import json
from dataclasses import dataclass

from harborline.messaging.columns import Id, spelled
from harborline.vault.services import seal, unseal


@dataclass(frozen=True, slots=True)
class Contents:
    """The number (E.164) and the words of one message."""

    to: str
    text: str


def seal_text_for(program: str, message_id: Id, to: str, text: str) -> bytes:
    """Seal number and words under the program's message key, bound to the message."""
    return _sealed(program, message_id, json.dumps([to, text]))


def seal_spelled(program: str, message_id: Id, to: str, words: str) -> bytes:
    """`seal_text_for` words that are JSON already; `to` is E.164."""
    return _sealed(program, message_id, f'["{to}",{words}]')


def _sealed(program: str, message_id: Id, body: str) -> bytes:
    return seal(body.encode(), group=f"{program}/messages", context=f"message:{spelled(message_id)}")


def open_text_of(program: str, message_id: Id, sealed: bytes | memoryview) -> Contents:
    """Open what `seal_text_for` made."""
    to, text = json.loads(unseal(sealed, group=f"{program}/messages", context=f"message:{spelled(message_id)}"))
    return Contents(to, text)
