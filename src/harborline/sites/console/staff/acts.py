"""What those who look after accounts do; each is one unit of work with its entry in the proof log."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from django import forms
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from harborline.kernel import Invalid, Refused, clock
from harborline.people.selectors import county_known
from harborline.sites import wrongs
from harborline.sites.console.pages import Act, at_once, first_sent, yes_or_no
from harborline.sites.console.staff.forms import (
    AssignForm,
    CoverForm,
    JoinForm,
    LeaveForm,
    NewWorkerForm,
    SupervisorForm,
    TeamForm,
    TrainingForm,
)
from harborline.sites.console.staff.pages import people_of
from harborline.sites.entrance import Entrance, entrance
from harborline.sites.sentences import told
from harborline.workforce import services
from harborline.workforce.facts import ALL, AccountKind, CoverReason, ResetKind, StaffRole, TrainingSubject
from harborline.workforce.selectors import account_standing, known_worker, proposals, resets, teams, worker_of


def checked(form: forms.Form) -> forms.Form:
    """The form, if everything is there; raises `Invalid` in the words of the form."""
    if form.is_valid():
        return form
    problems = [
        f"{form[name].label}: {said[0]}" if name in form.fields else str(said[0]) for name, said in form.errors.items()
    ]
    raise Invalid(" ".join(problems))


class NewWorker(View):
    """Make an account with its first work; the first half of its password is shown once, a second person says yes."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """The empty form."""
        return render(request, "console/staff/new.html", {"form": NewWorkerForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make it, or show what is missing."""
        form, who = NewWorkerForm(request.POST), entrance(request)
        if not form.is_valid():
            return render(request, "console/staff/new.html", {"form": form})
        try:
            with who.acting("workforce"):
                shown = _taken_on(form, who) if first_sent(request) else _taken_before(form, who)
        except Refused as refused:
            said = told(refused.decision)
            form.add_error(None, f"{said.sentence} {said.next_step}")
        except IntegrityError:
            form.add_error(None, at_once())
        except Invalid as wrong:
            if wrong.where == "county":
                form.add_error("county", wrongs.problem(wrong))
            else:
                taken = "email" if wrong.where == "e-mail" else "number"
                form.add_error(taken, _("This belongs to an account already."))
        else:
            return render(request, "console/staff/password.html", shown)
        return render(request, "console/staff/new.html", {"form": form})


def _taken_on(form: NewWorkerForm, who: Entrance) -> dict[str, object]:
    # Somebody from another program keeps their account and password; they get work here.
    filled = form.cleaned_data
    county = county_here(filled["county"], who.program)
    worker = known_worker(email=filled["email"], number=filled["number"])
    made = worker is None
    if worker is None:
        worker = services.take_on(
            email=filled["email"],
            name=filled["name"],
            number=filled["number"],
            kind=AccountKind(filled["kind"]),
            expires_at=form.account_ends(who.zone),
            roles=who.roles,
        )
    given = services.give_assignment(
        worker,
        role=StaffRole(filled["role"]),
        county=county,
        until_at=form.until(who.zone),
        roles=who.roles,
    )
    first = services.give_password(worker, roles=who.roles) if made else ""
    return {"worker": worker, "first": first, "proposed": not given}


def _taken_before(form: NewWorkerForm, who: Entrance) -> dict[str, object]:
    # The second click gets the answer of the first, which the browser threw away.
    worker = known_worker(email=form.cleaned_data["email"], number=form.cleaned_data["number"])
    if worker is None:
        raise Invalid(_("This was sent before. It counts once."), "county")
    me = f"worker:{who.actor.id}"
    asked = any(
        (one.worker_id, one.asked_by, one.what) == (worker.id, me, ResetKind.PASSWORD) for one in resets(who.program)
    )
    first = services.give_password(worker, roles=who.roles) if asked else ""
    waits = any(one.worker_id == worker.id for one in proposals(who.program))
    return {"worker": worker, "first": first, "proposed": waits}


def county_here(code: str, program: str) -> str:
    """A county of the program's state, or all of them; raises `Invalid` for a county nobody has."""
    if code != ALL and not county_known(program, code):
        raise Invalid(_("There is no such county in this program."), "county")
    return code


class _OfWorker(Act):
    """An act on one worker of the program, that leads back to their page."""

    purpose: ClassVar[str] = "workforce"

    def next_page(self, **named: UUID) -> str:
        """The worker's page."""
        return reverse("console:worker", args=[named["worker_id"]])


class Assign(_OfWorker):
    """Give work, or propose it to a second person."""

    def act(self, **named: UUID) -> str:
        """Say which of the two."""
        form, who = AssignForm(self.request.POST), self.entrance
        checked(form)
        given = services.give_assignment(
            worker_of(named["worker_id"], who.program),
            role=StaffRole(form.cleaned_data["role"]),
            county=county_here(form.cleaned_data["county"], who.program),
            until_at=form.until(who.zone),
            roles=who.roles,
        )
        return _("The work is given.") if given else _("This role needs two people. A second one must say yes.")


class EndAssignment(_OfWorker):
    """Take work."""

    def act(self, **named: UUID) -> str:
        """End it now."""
        services.take_assignment(named["assignment_id"], roles=self.entrance.roles)
        return _("The work is ended.")


class DecideProposal(Act):
    """The second person gives the proposed work or refuses it."""

    purpose = "workforce"

    def act(self, **named: UUID) -> str:
        """Yes or no."""
        yes = yes_or_no(self.request)
        services.decide_proposal(named["proposal_id"], approved=yes, roles=self.entrance.roles)
        return _("The work is given.") if yes else _("The work is refused.")

    def next_page(self, **named: UUID) -> str:
        """The list."""
        del named
        return reverse("console:workers")


class EnterTraining(_OfWorker):
    """Record a completed course."""

    def act(self, **named: UUID) -> str:
        """It counts for a year."""
        form = TrainingForm(self.request.POST)
        checked(form)
        services.enter_training(
            worker_of(named["worker_id"], self.entrance.program),
            course=form.cleaned_data["course"],
            subject=TrainingSubject(form.cleaned_data["subject"]),
            completed=form.cleaned_data["completed"],
            certificate=form.cleaned_data["certificate"],
            roles=self.entrance.roles,
        )
        return _("The training is recorded.")


class Leave(_OfWorker):
    """Turn an account off from a day on."""

    def act(self, **named: UUID) -> str:
        """At once when the day is here."""
        form = LeaveForm(self.request.POST)
        checked(form)
        day: date = form.cleaned_data["last_day"]
        worker = worker_of(named["worker_id"], self.entrance.program)
        services.end_employment(worker, last_day=day, roles=self.entrance.roles)
        return (
            _("The account is off.") if not account_standing(worker).allowed else _("The account goes off on that day.")
        )


class SetSupervisor(_OfWorker):
    """Say who supervises a worker."""

    def act(self, **named: UUID) -> str:
        """From now on."""
        program = self.entrance.program
        form = SupervisorForm(self.request.POST, people=people_of(program))
        checked(form)
        chosen = form.cleaned_data["supervisor"]
        boss = worker_of(UUID(chosen), program) if chosen else None
        services.set_supervisor(worker_of(named["worker_id"], program), boss, roles=self.entrance.roles)
        return _("The supervisor is set.")


class JoinTeam(_OfWorker):
    """Give a worker a place in a team."""

    def act(self, **named: UUID) -> str:
        """From now on."""
        program = self.entrance.program
        form = JoinForm(self.request.POST, teams=[(str(team.id), team.name) for team, _members in teams(program)])
        checked(form)
        worker = worker_of(named["worker_id"], program)
        services.join_team(UUID(form.cleaned_data["team"]), worker, roles=self.entrance.roles)
        return _("The worker is in the team.")


class LeaveTeam(_OfWorker):
    """End a worker's place in a team."""

    def act(self, **named: UUID) -> str:
        """Now."""
        worker = worker_of(named["worker_id"], self.entrance.program)
        services.leave_team(named["team_id"], worker, roles=self.entrance.roles)
        return _("The worker is no longer in the team.")


class OpenTeam(Act):
    """Make a team."""

    purpose = "workforce"

    def act(self, **_named: UUID) -> str:
        """In this program."""
        form = TeamForm(self.request.POST)
        checked(form)
        services.open_team(
            name=form.cleaned_data["name"],
            county=county_here(form.cleaned_data["county"], self.entrance.program),
            roles=self.entrance.roles,
        )
        return _("The team is there.")

    def next_page(self, **_named: UUID) -> str:
        """The list."""
        return reverse("console:workers")


class EndSessions(_OfWorker):
    """Sign a worker out everywhere."""

    def act(self, **named: UUID) -> str:
        """At once."""
        services.end_sessions(worker_of(named["worker_id"], self.entrance.program), roles=self.entrance.roles)
        return _("The worker is signed out everywhere.")


class Release(_OfWorker):
    """Let a worker try again before the wait is over, and open an account that lay unused."""

    def act(self, **named: UUID) -> str:
        """Both at once."""
        worker = worker_of(named["worker_id"], self.entrance.program)
        services.release_lock(worker, roles=self.entrance.roles)
        services.let_in(worker, roles=self.entrance.roles)
        return _("The worker can sign in again.")


class _OfCovers(Act):
    """An act on who stands in, that leads back to the list."""

    purpose: ClassVar[str] = "workforce"

    def next_page(self, **_named: UUID) -> str:
        """The list."""
        return reverse("console:covers")


class AskCover(_OfCovers):
    """Ask that somebody stands in."""

    def act(self, **_named: UUID) -> str:
        """Another person decides."""
        program = self.entrance.program
        form = CoverForm(self.request.POST, people=people_of(program), away=people_of(program, away_too=True))
        checked(form)
        from_at, until_at = form.span(self.entrance.zone, clock.now())
        services.ask_cover(
            away=worker_of(UUID(form.cleaned_data["away"]), program),
            stand_in=worker_of(UUID(form.cleaned_data["stand_in"]), program),
            reason=CoverReason(form.cleaned_data["reason"]),
            from_at=from_at,
            until_at=until_at,
        )
        return _("Asked. Another person must say yes.")


class DecideCover(_OfCovers):
    """Say yes or no to a stand-in."""

    def act(self, **named: UUID) -> str:
        """Yes or no."""
        yes = yes_or_no(self.request)
        services.decide_cover(named["cover_id"], approved=yes, roles=self.entrance.roles)
        return _("The stand-in is approved.") if yes else _("The stand-in is refused.")


class EndCover(_OfCovers):
    """End a stand-in before its time."""

    def act(self, **named: UUID) -> str:
        """Now."""
        services.end_cover(named["cover_id"])
        return _("The stand-in is over.")
