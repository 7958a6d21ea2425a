"""Texts nobody can answer for, and senders that stopped: what the night shift has to settle."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from harborline.kernel import NotFound
from harborline.messaging.selectors import carrier_status, unclear_texts
from harborline.messaging.services import let_go_on
from harborline.sites.console.pages import Act, Page

SHOWN: Final = 100


class Unclear(Page):
    """The texts of which we do not know if they arrived; the machine never sends one of them again."""

    purpose = "notice-run"
    template = "console/texting/unclear.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """The newest first, with the senders that stand still."""
        found = unclear_texts()
        return {
            "texts": found[:SHOWN],
            "more": max(0, len(found) - SHOWN),
            "stopped": [one for one in carrier_status() if one.paused_reason],
        }


class GoOn(Act):
    """Let a sender that stopped send again."""

    purpose = "notice-run"

    def act(self, **_named: UUID) -> str:
        """Nothing was used up: what waited goes on."""
        try:
            went_on = let_go_on(self.request.POST.get("sender", ""))
        except NotFound:
            return _("There is no such sender.")
        return _("It sends again.") if went_on else _("It was sending already.")

    def next_page(self, **_named: UUID) -> str:
        """Back to the list."""
        return reverse("console:unclear")
