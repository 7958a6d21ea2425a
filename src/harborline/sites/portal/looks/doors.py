"""The door of the list of who looked."""

from __future__ import annotations

from harborline.sites.doors import PARTICIPANT, Door

DOORS: tuple[Door, ...] = (
    Door("portal:looks", "GET", PARTICIPANT, "the participant, for what is theirs", "disclosure.looks-told"),
)
