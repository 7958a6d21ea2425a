"""The register of penalties, and a worker's own."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from harborline.kernel import Invalid
from harborline.sites.console.oversight.forms import PenaltyForm, ReceiptForm, now_here
from harborline.sites.console.pages import Act, Page, yes_or_no
from harborline.sites.console.staff.acts import checked
from harborline.workforce.facts import PenaltyKind
from harborline.workforce.selectors import penalties_of, worker_numbered, worker_of
from harborline.workforce.services import decide_penalty, open_register, propose_penalty, sign_penalty


class Penalties(Page):
    """The register as far as the reader may know it, the newest first; reading it is recorded."""

    purpose = "penalties"
    template = "console/oversight/penalties.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """With the form to propose one."""
        today = now_here(self.entrance.zone).date()
        return {
            "penalties": open_register(roles=self.entrance.roles),
            "form": PenaltyForm(initial={"from_date": today}),
        }


class _OfRegister(Act):
    purpose: ClassVar[str] = "penalties"

    def next_page(self, **_named: UUID) -> str:
        """The register."""
        return reverse("console:penalties")


class Propose(_OfRegister):
    """Enter one."""

    def act(self, **_named: UUID) -> str:
        """Grave ones wait for a second person."""
        form = PenaltyForm(self.request.POST)
        checked(form)
        given = form.cleaned_data
        known = worker_numbered(given["worker"].strip(), self.entrance.program)
        if known is None:
            raise Invalid(_("Nobody has this number. Write the worker's number."))
        kind = PenaltyKind(given["kind"])
        propose_penalty(
            known, kind, because=given["because"], basis=given["basis"],
            roles=self.entrance.roles, from_date=given["from_date"], until_date=given["until_date"],
        )  # fmt: skip
        return _("A second person must say yes.") if kind.grave else _("It is in the register. The worker reads it.")


class Decide(_OfRegister):
    """A second person says yes or no."""

    def act(self, **named: UUID) -> str:
        """Yes turns the account off."""
        yes = yes_or_no(self.request)
        decide_penalty(named["penalty_id"], approved=yes, roles=self.entrance.roles)
        return _("Decided.")


class Mine(Page):
    """A worker's own penalties."""

    purpose = "account"
    template = "console/oversight/my_penalties.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """Those in force."""
        return {"penalties": penalties_of(UUID(self.entrance.actor.id)), "form": ReceiptForm()}


class Sign(Act):
    """The worker read it."""

    purpose: ClassVar[str] = "account"

    def act(self, **named: UUID) -> str:
        """With what they say against it."""
        form = ReceiptForm(self.request.POST)
        checked(form)
        me = worker_of(UUID(self.entrance.actor.id), self.entrance.program)
        sign_penalty(named["penalty_id"], me, typed=form.cleaned_data["typed"], appeal=form.cleaned_data["appeal"])
        return _("Written down.")

    def next_page(self, **_named: UUID) -> str:
        """One's own penalties."""
        return reverse("console:my-penalties")
