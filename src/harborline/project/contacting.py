"""Who hears of texts for contact, and what contact offers to retention."""

from __future__ import annotations

from harborline.contact.services import ContactTexts, ContactWords
from harborline.kernel import ports
from harborline.messaging.ports import InboundListener, ThreadListener
from harborline.retention.ports import Disposable


def serve_contact() -> None:
    """Serve contact's ears and its records."""
    texts = ContactTexts()
    ports.serve(InboundListener, texts, "contact")
    ports.serve(ThreadListener, texts, "contact")
    ports.serve(Disposable, ContactWords(), "contacts")
