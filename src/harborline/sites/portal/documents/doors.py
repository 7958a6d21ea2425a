"""The doors of these pages."""

from __future__ import annotations

from harborline.sites.doors import PARTICIPANT, Door

_OWN = "the participant, for what is theirs"

DOORS: tuple[Door, ...] = (
    Door("portal:papers", "GET", PARTICIPANT, _OWN),
    Door("portal:papers-send", "GET", PARTICIPANT, _OWN),
    Door("portal:papers-send", "POST", PARTICIPANT, _OWN, "documents.handed-in"),
    Door("portal:papers-receipt", "GET", PARTICIPANT, _OWN),
    Door("portal:papers-receipt-pdf", "GET", PARTICIPANT, _OWN),
    Door("portal:papers-upload-begin", "GET", PARTICIPANT, _OWN),
    Door("portal:papers-upload-begin", "POST", PARTICIPANT, _OWN, "documents.announced"),
    Door("portal:papers-upload", "GET", PARTICIPANT, _OWN),
    Door("portal:papers-upload", "POST", PARTICIPANT, _OWN, "documents.received"),
    Door("portal:papers-upload-close", "POST", PARTICIPANT, _OWN, "documents.handed-in"),
)
