"""The worker's own account."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.mfa.utils import is_mfa_enabled

from harborline.sites.console.pages import Page


class Account(Page):
    """Who I am here, what I may open, how I sign in."""

    purpose = "account"
    template = "console/account.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """Roles, counties, and the second factor."""
        assert self.request.user.is_authenticated
        return {"second_factor": is_mfa_enabled(self.request.user), "roles": sorted(self.entrance.roles)}
