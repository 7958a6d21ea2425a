"""Who tells disclosure of work that was given out."""

from __future__ import annotations

from harborline.contact.services import QuestionsGiven
from harborline.disclosure.ports import WorkGiven
from harborline.documents.services import PapersGiven
from harborline.kernel import ports
from harborline.messaging.services import conversations


def serve_work() -> None:
    """Serve the rooms that give work out."""
    ports.serve(WorkGiven, QuestionsGiven(), "contact")
    ports.serve(WorkGiven, PapersGiven(), "documents")
    ports.serve(WorkGiven, conversations.TextsGiven(), "texts")
