"""Passwords and second factors set anew: by one officer, or by two for those who steer access."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from harborline.kernel import Invalid, Refused
from harborline.sites import wrongs
from harborline.sites.console.pages import Act, yes_or_no
from harborline.sites.entrance import entrance
from harborline.sites.sentences import told
from harborline.workforce import services
from harborline.workforce.selectors import worker_of


class GivePassword(View):
    """Give a password for one use; it is shown once and ends every session. Or ask a second person for it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, worker_id: UUID) -> HttpResponse:
        """Show it, or say that somebody else must say yes."""
        who = entrance(request)
        with who.acting("workforce"):
            worker = worker_of(worker_id, who.program)
            password = services.give_password(worker, roles=who.roles)
        if password:
            return render(request, "console/staff/password.html", {"worker": worker, "password": password})
        messages.success(request, waits())
        return HttpResponseRedirect(reverse("console:worker", args=[worker_id]))


class ResetFactor(Act):
    """Remove a lost second factor."""

    purpose = "workforce"

    def act(self, **named: UUID) -> str:
        """The worker sets up a new one."""
        worker = worker_of(named["worker_id"], self.entrance.program)
        if services.reset_second_factor(worker, roles=self.entrance.roles):
            return _("The second factor is removed. The worker sets up a new one at the next sign-in.")
        return waits()

    def next_page(self, **named: UUID) -> str:
        """The worker's page."""
        return reverse("console:worker", args=[named["worker_id"]])


class AskReturn(Act):
    """Somebody comes back to work: ask a second person for their account."""

    purpose = "workforce"

    def act(self, **named: UUID) -> str:
        """It waits for the second person, who sees the new password."""
        services.ask_return(worker_of(named["worker_id"], self.entrance.program), roles=self.entrance.roles)
        return _("A second person must say yes.")

    def next_page(self, **named: UUID) -> str:
        """The worker's page."""
        return reverse("console:worker", args=[named["worker_id"]])


class DecideReset(View):
    """The second person says yes or no; a new password is shown to them alone, this once."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, reset_id: UUID) -> HttpResponse:
        """Show the password, or go back to the list."""
        who = entrance(request)
        try:
            yes = yes_or_no(request)
            with who.acting("workforce"):
                worker, password = services.decide_reset(reset_id, approved=yes, roles=who.roles)
        except Refused as refused:
            said = told(refused.decision)
            messages.error(request, f"{said.sentence} {said.next_step}")
        except Invalid as wrong:
            messages.error(request, wrongs.said(wrong))
        else:
            if password:
                return render(request, "console/staff/password.html", {"worker": worker, "password": password})
            messages.success(request, _("Decided."))
        return HttpResponseRedirect(reverse("console:workers"))


def waits() -> str:
    """What is said when a second person must say yes."""
    return _("This worker steers or checks access. A second person must say yes.")
