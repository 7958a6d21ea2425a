"""The first page, and what waits for somebody."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views import View

from harborline.consent.selectors import possible_opt_outs, unfiled, unsigned_spoken
from harborline.consent.services import papers
from harborline.law import profile
from harborline.messaging.facts import RunState
from harborline.messaging.selectors import runs
from harborline.people.selectors import protection_age
from harborline.sites.console.pages import Page
from harborline.sites.console.standing import connections, stale
from harborline.sites.entrance import PROGRAM, entrance

LINES = 25
_OPEN = (RunState.PLANNING, RunState.READY, RunState.SCHEDULED, RunState.RUNNING, RunState.PAUSED)


class Home(Page):
    """What runs, what waits, whether the way out is open."""

    purpose = "console"
    template = "console/home.html"

    def facts(self, request: HttpRequest, **_named: UUID) -> dict[str, Any]:
        """The newest runs, what waits for this worker, and the standing of feed and carriers."""
        who = self.entrance
        found = runs(limit=50) if "notices:read" in who.permissions else []
        return {
            "going": [run for run in found if run.state in _OPEN],
            "to_approve": [run for run in found if run.needs_approval and run.created_by != who.actor.id],
            "own_waiting": [run for run in found if run.needs_approval and run.created_by == who.actor.id],
            "latest": [run for run in found if run.state in {RunState.FINISHED, RunState.CANCELLED}][:5],
            "waiting": waiting(who.program) if "consent:read" in who.permissions else {},
            "connections": connections(who.program),
            "feed_age": protection_age(who.program),
            "feed_stale": stale(protection_age(who.program), profile(who.program)),
        }


class Tasks(Page):
    """What waits for a person: possible requests to stop, lines to enter, forms to get signed."""

    purpose = "consent"
    template = "console/tasks.html"

    def facts(self, request: HttpRequest, **_named: UUID) -> dict[str, Any]:
        """Each list, the most urgent first, with the line to enter for each spoken permission."""
        facts = waiting(self.entrance.program)
        return {**facts, "lines": [(consent, papers(consent.id).line) for consent in facts["unfiled"][:LINES]]}


def waiting(program: str) -> dict[str, Any]:
    """What waits for staff in a program."""
    return {
        "possible": possible_opt_outs(program),
        "unfiled": unfiled(program),
        "unsigned": unsigned_spoken(program),
    }


class ChooseProgram(View):
    """Work in another program from now on; nothing but the session changes."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Remember the choice if the worker may work there."""
        wanted = request.POST.get("program", "")
        if wanted in entrance(request).programs:
            request.session[PROGRAM] = wanted
        return HttpResponseRedirect(reverse("console:home"))
