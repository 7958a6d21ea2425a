"""The writing doors of documents; `ports.Intake` takes papers in."""

from __future__ import annotations

from harborline.documents.disposal import Papers
from harborline.documents.giving import PapersGiven
from harborline.documents.handling import accept_document, ask_again, classify, hand_on, say_whose, turn_page
from harborline.documents.redacting import redact
from harborline.documents.viewing import open_original, page_image, view

__all__ = [
    "Papers",
    "PapersGiven",
    "accept_document",
    "ask_again",
    "classify",
    "hand_on",
    "open_original",
    "page_image",
    "redact",
    "say_whose",
    "turn_page",
    "view",
]
