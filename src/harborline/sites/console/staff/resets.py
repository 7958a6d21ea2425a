"""Passwords and second factors set anew: one person asks, another says yes, and each learns half of a password."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from harborline.kernel import Invalid, Refused
from harborline.sites import wrongs
from harborline.sites.console.pages import yes_or_no
from harborline.sites.entrance import entrance
from harborline.sites.sentences import told
from harborline.workforce import services
from harborline.workforce.selectors import worker_of


class _Asks(View):
    """Ask a second person; who asks is shown the first half of a new password, this once."""

    http_method_names = ["post"]
    asked: ClassVar[Callable[..., str | None]]

    def post(self, request: HttpRequest, worker_id: UUID) -> HttpResponse:
        """Show the half, or say that somebody else must say yes."""
        who = entrance(request)
        try:
            with who.acting("workforce"):
                worker = worker_of(worker_id, who.program)
                first = self.asked(worker, roles=who.roles)
        except Refused as refused:
            messages.error(request, wrongs.said(refused))
        else:
            if first:
                return render(request, "console/staff/password.html", {"worker": worker, "first": first})
            messages.success(request, _("A second person must say yes."))
        return HttpResponseRedirect(reverse("console:worker", args=[worker_id]))


class GivePassword(_Asks):
    """Ask for a password for one use; the worker's own stays until a second person says yes."""

    asked = staticmethod(services.give_password)


class ResetFactor(_Asks):
    """Ask that a lost second factor is removed; it stays until a second person says yes."""

    asked = staticmethod(services.reset_second_factor)


class AskReturn(_Asks):
    """Somebody comes back to work: ask a second person for their account."""

    asked = staticmethod(services.ask_return)


class DecideReset(View):
    """The second person says yes or no; the second half of a new password is shown to them alone."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, reset_id: UUID) -> HttpResponse:
        """Show the half, or go back to the list."""
        who = entrance(request)
        try:
            yes = yes_or_no(request)
            with who.acting("workforce"):
                worker, second = services.decide_reset(reset_id, approved=yes, roles=who.roles)
        except Refused as refused:
            said = told(refused.decision)
            messages.error(request, f"{said.sentence} {said.next_step}")
        except Invalid as wrong:
            messages.error(request, wrongs.said(wrong))
        else:
            if second:
                return render(request, "console/staff/password.html", {"worker": worker, "second": second})
            messages.success(request, _("Decided."))
        return HttpResponseRedirect(reverse("console:workers"))
