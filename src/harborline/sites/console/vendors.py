"""The companies that may carry texts, and the end of a permission."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from harborline.kernel import Invalid
from harborline.sites.console.forms import RevokeForm
from harborline.sites.console.pages import Act, Page
from harborline.sites.console.standing import holds
from harborline.vendors.selectors import approvals
from harborline.vendors.services import revoke


class Vendors(Page):
    """Every permission the program gave."""

    purpose = "vendors"
    template = "console/vendors.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """The permissions, those that hold first."""
        found = [(one, holds(one)) for one in approvals(self.entrance.program)]
        return {"approvals": sorted(found, key=lambda pair: not pair[1]), "form": RevokeForm()}


class Revoke(Act):
    """End a permission now: nothing more is handed over to that company."""

    purpose = "vendors"

    def act(self, **named: UUID) -> str:
        """End it, with the reason."""
        form = RevokeForm(self.request.POST)
        if not form.is_valid():
            raise Invalid(_("say why the permission ends"))
        revoke(named["approval_id"], because=form.cleaned_data["because"])
        return _("The permission has ended. No more texts go out through this company.")

    def next_page(self, **_named: UUID) -> str:
        """Back to the list."""
        return reverse("console:vendors")
