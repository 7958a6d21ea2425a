"""One text: its words, the decision, and every step of its life."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from harborline.messaging.selectors import message
from harborline.sites.console.pages import Page
from harborline.sites.sentences import STATES


class Message(Page):
    """The life of one text; the opening is recorded by the selector before the words are shown."""

    purpose = "message-life"
    template = "console/message.html"

    def facts(self, **named: UUID) -> dict[str, Any]:
        """The text and its steps."""
        found = message(named["message_id"])
        return {"message": found, "state": STATES.get(found.state)}
