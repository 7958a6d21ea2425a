"""What those who look after accounts see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from harborline.kernel import clock
from harborline.sites.console.pages import Page
from harborline.sites.console.staff.forms import (
    AssignForm,
    CoverForm,
    JoinForm,
    LeaveForm,
    SupervisorForm,
    TeamForm,
    TrainingForm,
)
from harborline.workforce.selectors import (
    colleagues,
    courses_of,
    covers,
    lapses,
    placings_of,
    proposals,
    resets,
    roster,
    roster_worker,
    sessions_of,
    sign_in_profile,
    signatures_of,
    supervisor_now,
    teams,
)


def people_of(program: str, *, away_too: bool = False) -> list[tuple[str, str]]:
    """Everybody with work in the program whose account is on, for a choice; or also those who are away."""
    return [(str(worker.id), worker.name) for worker in colleagues(program, ("*",), away_too=away_too)]


class Workers(Page):
    """Everybody with work here, what lapses, what waits for a second person, the teams."""

    purpose = "workforce"
    template = "console/staff/workers.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """The lists."""
        program = self.entrance.program
        return {
            "workers": roster(program),
            "lapses": lapses(program, within=timedelta(days=sign_in_profile().remind_days)),
            "proposals": proposals(program),
            "resets": resets(program),
            "teams": teams(program),
            "team_form": TeamForm(),
            "me": f"worker:{self.entrance.actor.id}",
        }


class Worker(Page):
    """One worker: whether they may work and why, training, signatures, work, sessions."""

    purpose = "workforce"
    template = "console/staff/worker.html"

    def facts(self, **named: UUID) -> dict[str, Any]:
        """All of it, with the forms."""
        program, worker_id = self.entrance.program, named["worker_id"]
        everyone = [one for one in people_of(program) if one[0] != str(worker_id)]
        supervisor = supervisor_now(worker_id, program)
        rows = teams(program)
        chosen = {"supervisor": str(supervisor.id) if supervisor else ""}
        return {
            "worker": roster_worker(worker_id, program),
            "courses": courses_of(worker_id),
            "signatures": signatures_of(worker_id),
            "placings": placings_of(worker_id, program),
            "proposals": [one for one in proposals(program) if one.worker_id == worker_id],
            "resets": [one for one in resets(program) if one.worker_id == worker_id],
            "sessions": sessions_of(worker_id),
            "supervisor": supervisor,
            "teams": [team for team, members in rows if worker_id in {one.id for one in members}],
            "forms": {
                "assign": AssignForm(auto_id="assign_%s"),
                "training": TrainingForm(auto_id="training_%s"),
                "leave": LeaveForm(auto_id="leave_%s"),
                "supervisor": SupervisorForm(auto_id="boss_%s", people=everyone, initial=chosen),
                "join": JoinForm(auto_id="join_%s", teams=[(str(team.id), team.name) for team, _members in rows]),
            },
            "own": str(worker_id) == self.entrance.actor.id,
        }


class Covers(Page):
    """Who stands in for whom, and what waits for a yes."""

    purpose = "workforce"
    template = "console/staff/covers.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """The list with names, and the form to ask."""
        program, now = self.entrance.program, clock.now()
        return {
            "covers": [(one, one.state(now)) for one in covers(program, now=now)],
            "names": {str(row.id): row.name for row in roster(program)},
            "form": CoverForm(people=people_of(program), away=people_of(program, away_too=True)),
            "me": f"worker:{self.entrance.actor.id}",
            "days": sign_in_profile().cover_days,
        }
