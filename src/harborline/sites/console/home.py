"""The first page, and what waits for somebody."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views import View

from harborline.consent.selectors import number_questions, possible_opt_outs, unfiled, unsigned_spoken
from harborline.consent.services import state_use_line
from harborline.disclosure.selectors import glasses, unexplained
from harborline.messaging.facts import RunState
from harborline.messaging.selectors import Waiting, carrier_status, inbox, recent_opt_outs, runs, waiting
from harborline.recovery.selectors import sending_held
from harborline.sites.console.pages import Page
from harborline.sites.console.titles import titles
from harborline.sites.entrance import PROGRAM, Entrance, entrance

LINES = 5
FORMS = 25
OPT_OUT_DAYS = 7
_GOING = frozenset({RunState.PLANNING, RunState.READY, RunState.SCHEDULED, RunState.RUNNING, RunState.PAUSED})
_OVER = frozenset({RunState.FINISHED, RunState.CANCELLED})


class Home(Page):
    """What runs, what waits, whether the way out is open."""

    purpose = "console"
    template = "console/home.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """The newest runs, what waits for this worker, and the standing of feed and carriers."""
        who = self.entrance
        found = runs(limit=50) if "notices:read" in who.permissions else []
        to_approve = [run for run in found if run.needs_approval and run.created_by != who.actor.id]
        wait, unsigned = waiting(), len(unsigned_spoken(who.program)) if "consent:read" in who.permissions else 0
        looks = _own_looks(who) if "fields:open" in who.permissions else 0
        emergencies = len(glasses()) if "safeguards:review" in who.permissions else 0
        return {
            "cards": self._any_card(wait, to_approve=bool(to_approve), unsigned=unsigned) or bool(emergencies or looks),
            "emergencies": emergencies,
            "looks": looks,
            "titles": titles(),
            "going": [run for run in found if run.state in _GOING],
            "to_approve": to_approve,
            "own_waiting": [run for run in found if run.needs_approval and run.created_by == who.actor.id],
            "latest": [run for run in found if run.state in _OVER][:5],
            "waiting": wait,
            "held": sending_held(who.program),
            "unsigned": unsigned,
            "carriers": carrier_status(),
            "opt_outs": recent_opt_outs(days=OPT_OUT_DAYS),
            "opt_out_days": OPT_OUT_DAYS,
        }

    def _any_card(self, wait: Waiting, *, to_approve: bool, unsigned: int) -> bool:
        # A heading with nothing under it, because somebody else's role does the rest, says something false.
        may = self.entrance.permissions
        return bool(
            (to_approve and "notices:approve" in may)
            or (wait.unknown_messages and "notices:read" in may)
            or ("consent:read" in may and (wait.possible_opt_outs or wait.permission_lines_to_confirm or unsigned))
        )


def _own_looks(who: Entrance) -> int:
    return sum(not one.said for one in unexplained(looker=f"{who.actor.kind}:{who.actor.id}"))


class Tasks(Page):
    """What waits for a person: possible requests to stop, lines to enter, forms to get signed."""

    purpose = "consent"
    template = "console/tasks.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """Each list, the most urgent first, with the line to enter for each spoken permission."""
        program = self.entrance.program
        lines, unsigned = unfiled(program), unsigned_spoken(program)
        return {
            "possible": [(one, inbox.text_of(one.message_ref)) for one in possible_opt_outs(program)],
            "questions": number_questions(program)[:FORMS],
            "lines": [(consent, state_use_line(consent.id)) for consent in lines[:LINES]],
            "more_lines": max(0, len(lines) - LINES),
            "unsigned": unsigned[:FORMS],
            "more_unsigned": max(0, len(unsigned) - FORMS),
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
