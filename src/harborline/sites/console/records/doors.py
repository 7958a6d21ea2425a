"""The doors of these pages."""

from __future__ import annotations

from harborline.sites.doors import Door

_AUDITOR = "auditors of the whole program, for the time of their assignment"
_STAFF = "workers whose role carries the permission"

DOORS: tuple[Door, ...] = (
    Door("console:audit", "GET", "audit:read", _AUDITOR),
    Door("console:audit", "POST", "audit:draw", _AUDITOR, "oversight.sample-drawn"),
    Door("console:sample", "GET", "audit:read", _AUDITOR, "oversight.sample-opened"),
    Door("console:sample-evidence", "GET", "audit:read", _AUDITOR, "oversight.sample-opened"),
    Door("console:log", "GET", "records:read", _STAFF),
    Door("console:schedules", "GET", "records:read", _STAFF),
    Door("console:series", "GET", "records:read", _STAFF),
    Door("console:disposal-prepare", "POST", "records:steer", _STAFF, "retention.disposal-prepared"),
    Door("console:disposal", "GET", "records:read", _STAFF),
    Door("console:disposal-steer", "POST", "records:approve", _STAFF, "retention.disposal-approved"),
    Door("console:certificate-pdf", "GET", "records:read", _STAFF),
    Door("console:certificate", "GET", "records:read", _STAFF),
    Door("console:holds", "GET", "records:read", _STAFF),
    Door("console:hold-place", "GET", "records:steer", _STAFF),
    Door("console:hold-place", "POST", "records:steer", _STAFF, "retention.hold-asked"),
    Door("console:hold-step", "POST", "records:steer", _STAFF, "retention.hold-confirmed"),
    Door("console:exports", "GET", "records:export", _STAFF),
    Door("console:export-ask", "GET", "records:export", _STAFF),
    Door("console:export-ask", "POST", "records:export", _STAFF, "oversight.export-asked"),
    Door("console:export", "GET", "records:export", _STAFF),
    Door("console:export-approve", "POST", "records:export", _STAFF, "oversight.export-approved"),
    Door("console:export-take", "POST", "records:export", _STAFF, "oversight.export-made"),
)
