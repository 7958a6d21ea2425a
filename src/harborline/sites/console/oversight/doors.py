"""The doors of oversight."""

from __future__ import annotations

from harborline.sites.doors import Door

_REVIEWERS = "supervisors of the worker, security officers and state operators; never about themselves"
_OFFICERS = "security officers and state operators"
_ALL = "workers of the program"
_SELF = "the worker, about themselves"

DOORS = (
    Door("console:watch", "GET", "safeguards:read", _REVIEWERS, "oversight.week-opened"),
    Door("console:public-people", "GET", "safeguards:read", _REVIEWERS),
    Door("console:public-add", "POST", "safeguards:review", _REVIEWERS, "oversight.public-listed"),
    Door("console:public-end", "POST", "safeguards:review", _REVIEWERS, "oversight.public-unlisted"),
    Door("console:finding", "GET", "safeguards:read", _REVIEWERS, "oversight.finding-opened"),
    Door("console:finding-review", "POST", "safeguards:review", _REVIEWERS, "oversight.finding-reviewed"),
    Door("console:incidents", "GET", "incidents:read", _OFFICERS),
    Door("console:incident-new", "GET", "incidents:report", _ALL),
    Door("console:incident-new", "POST", "incidents:report", _ALL, "oversight.incident-reported"),
    Door("console:incident-thanks", "GET", "incidents:report", _ALL),
    Door("console:incident", "GET", "incidents:read", _OFFICERS),
    Door("console:incident-step", "POST", "incidents:steer", _OFFICERS, "oversight.incident-step-done"),
    Door("console:incident-amend", "POST", "incidents:steer", _OFFICERS, "oversight.incident-amended"),
    Door("console:incident-close", "POST", "incidents:steer", _OFFICERS, "oversight.incident-closed"),
    Door("console:incident-report", "GET", "incidents:read", _OFFICERS, "oversight.incident-report-taken"),
    Door("console:penalties", "GET", "penalties:read", _REVIEWERS, "workforce.register-read"),
    Door("console:penalty-propose", "POST", "penalties:propose", _REVIEWERS, "workforce.penalty-proposed"),
    Door("console:penalty-decide", "POST", "penalties:decide", _OFFICERS, "workforce.penalty-decided"),
    Door("console:my-penalties", "GET", "account:read", _SELF),
    Door("console:penalty-sign", "POST", "account:change", _SELF, "workforce.penalty-read"),
)
