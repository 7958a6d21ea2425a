"""One text: its words, the decision, and every step of its life."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from harborline.messaging.selectors import message
from harborline.messaging.selectors.papers import message_proof
from harborline.sites.console.pages import Download, Page
from harborline.sites.vocabulary import STATES


class Message(Page):
    """The life of one text; the opening is recorded by the selector before the words are shown."""

    purpose = "message-life"
    template = "console/message.html"

    def facts(self, **named: UUID) -> dict[str, Any]:
        """The text and its steps."""
        found = message(named["message_id"])
        return {"message": found, "state": STATES.get(found.state)}


class Proof(Download):
    """The proof of one text as a file: anybody can check it against the public log; the opening is recorded."""

    purpose = "message-life"
    content_type = "application/json"
    file_name = "receipt.json"

    def content(self, **named: UUID) -> bytes:
        """The words, every step, and the paths to the signed log."""
        return message_proof(named["message_id"]).json
