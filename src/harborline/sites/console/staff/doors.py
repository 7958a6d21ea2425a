"""The doors of workers, teams, duties and stand-ins."""

from __future__ import annotations

from harborline.sites.doors import Door

_OFFICER = "security officers, for workers of their program and never for themselves"
_READERS = "those who look after accounts, supervisors and auditors"
_DECIDERS = "supervisors, state operators and security officers"
_SECOND = "security officers and state operators, for what another officer asked"
_STEER, _READ = "workers:steer", "workers:read"

DOORS = (
    Door("console:workers", "GET", _READ, _READERS),
    Door("console:worker-new", "GET", _STEER, _OFFICER),
    Door("console:worker-new", "POST", _STEER, _OFFICER, "workforce.hired"),
    Door("console:team-open", "POST", _STEER, _OFFICER, "workforce.team-opened"),
    Door("console:proposal-decide", "POST", _STEER, _OFFICER, "workforce.proposal-decided"),
    Door("console:reset-decide", "POST", "resets:decide", _SECOND, "workforce.reset-decided"),
    Door("console:worker", "GET", _READ, _READERS),
    Door("console:worker-assign", "POST", _STEER, _OFFICER, "workforce.assigned"),
    Door("console:worker-assignment-end", "POST", _STEER, _OFFICER, "workforce.assignment-ended"),
    Door("console:worker-training", "POST", _STEER, _OFFICER, "workforce.trained"),
    Door("console:worker-leave", "POST", _STEER, _OFFICER, "workforce.terminated"),
    Door("console:worker-supervisor", "POST", _STEER, _OFFICER, "workforce.supervisor-set"),
    Door("console:worker-team", "POST", _STEER, _OFFICER, "workforce.team-joined"),
    Door("console:worker-team-leave", "POST", _STEER, _OFFICER, "workforce.team-left"),
    Door("console:worker-password", "POST", _STEER, _OFFICER, "workforce.password-given"),
    Door("console:worker-factor", "POST", _STEER, _OFFICER, "workforce.second-factor-reset"),
    Door("console:worker-return", "POST", _STEER, _OFFICER, "workforce.reset-proposed"),
    Door("console:worker-sessions", "POST", _STEER, _OFFICER, "workforce.sessions-ended"),
    Door("console:worker-release", "POST", _STEER, _OFFICER, "workforce.sign-in-released"),
    Door("console:duties", "GET", "duties:read", "workers of the program"),
    Door("console:duty", "GET", "duties:read", "workers of the program"),
    Door(
        "console:duty-charge", "POST", "duties:steer", "security officers and state operators", "workforce.duty-charged"
    ),
    Door("console:duty-keep", "POST", "duties:keep", "the worker who was given the duty", "workforce.duty-kept"),
    Door("console:covers", "GET", "covers:read", "workers of the program"),
    Door("console:cover-ask", "POST", "covers:ask", "workers of the program", "workforce.cover-asked"),
    Door("console:cover-decide", "POST", "covers:steer", _DECIDERS, "workforce.cover-decided"),
    Door("console:cover-end", "POST", "covers:steer", _DECIDERS, "workforce.cover-ended"),
)
