"""The standing of the proof log: how far it is, who outside holds it, which keys signed it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from harborline.ledger.selectors import epochs, key_statements, outside_standing, standing
from harborline.sites.console.pages import Page


class Log(Page):
    """For the operator at night and the auditor by day."""

    purpose = "records"
    template = "console/records/log.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """Counts and moments; nothing of any record."""
        return {
            "standing": standing(),
            "outside": outside_standing(),
            "epochs": epochs(),
            "keys": key_statements(),
        }
