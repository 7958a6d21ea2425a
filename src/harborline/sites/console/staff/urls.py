"""The addresses of workers, teams, duties and stand-ins."""

from __future__ import annotations

from django.urls import path

from harborline.sites.console.staff import acts, duties, pages, resets

_ONE = "workers/<uuid:worker_id>/"
URLS = [
    path("workers/", pages.Workers.as_view(), name="workers"),
    path("workers/new/", acts.NewWorker.as_view(), name="worker-new"),
    path("workers/teams/", acts.OpenTeam.as_view(), name="team-open"),
    path("workers/proposals/<uuid:proposal_id>/", acts.DecideProposal.as_view(), name="proposal-decide"),
    path("workers/resets/<uuid:reset_id>/", resets.DecideReset.as_view(), name="reset-decide"),
    path(_ONE, pages.Worker.as_view(), name="worker"),
    path(f"{_ONE}assign/", acts.Assign.as_view(), name="worker-assign"),
    path(f"{_ONE}assignments/<uuid:assignment_id>/end/", acts.EndAssignment.as_view(), name="worker-assignment-end"),
    path(f"{_ONE}training/", acts.EnterTraining.as_view(), name="worker-training"),
    path(f"{_ONE}leave/", acts.Leave.as_view(), name="worker-leave"),
    path(f"{_ONE}supervisor/", acts.SetSupervisor.as_view(), name="worker-supervisor"),
    path(f"{_ONE}teams/", acts.JoinTeam.as_view(), name="worker-team"),
    path(f"{_ONE}teams/<uuid:team_id>/leave/", acts.LeaveTeam.as_view(), name="worker-team-leave"),
    path(f"{_ONE}password/", resets.GivePassword.as_view(), name="worker-password"),
    path(f"{_ONE}return/", resets.AskReturn.as_view(), name="worker-return"),
    path(f"{_ONE}second-factor/", resets.ResetFactor.as_view(), name="worker-factor"),
    path(f"{_ONE}sessions/", acts.EndSessions.as_view(), name="worker-sessions"),
    path(f"{_ONE}release/", acts.Release.as_view(), name="worker-release"),
    path("duties/", duties.Duties.as_view(), name="duties"),
    path("duties/<str:clause>/", duties.Duty.as_view(), name="duty"),
    path("duties/<str:clause>/charge/", duties.Charge.as_view(), name="duty-charge"),
    path("duties/<str:clause>/keep/", duties.Keep.as_view(), name="duty-keep"),
    path("standing-in/", pages.Covers.as_view(), name="covers"),
    path("standing-in/ask/", acts.AskCover.as_view(), name="cover-ask"),
    path("standing-in/<uuid:cover_id>/", acts.DecideCover.as_view(), name="cover-decide"),
    path("standing-in/<uuid:cover_id>/end/", acts.EndCover.as_view(), name="cover-end"),
]
