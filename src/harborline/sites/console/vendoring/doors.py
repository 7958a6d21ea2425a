"""The doors of these pages."""

from __future__ import annotations

from harborline.sites.doors import Door

_STAFF = "workers whose role carries the permission"

DOORS: tuple[Door, ...] = (
    Door("console:vendors", "GET", "vendors:read", _STAFF),
    Door("console:vendor", "GET", "vendors:read", _STAFF),
    Door("console:vendor-new", "GET", "vendors:steer", _STAFF),
    Door("console:vendor-new", "POST", "vendors:steer", _STAFF, "vendors.drafted"),
    Door("console:vendor-below", "GET", "vendors:steer", _STAFF),
    Door("console:vendor-below", "POST", "vendors:steer", _STAFF, "vendors.drafted"),
    Door("console:vendor-step", "GET", "vendors:steer", _STAFF),
    Door("console:vendor-step", "POST", "vendors:steer", _STAFF, "vendors.submitted"),
    Door("console:vendor-screening", "GET", "vendors:read", _STAFF),
    Door("console:vendor-decide", "POST", "vendors:steer", _STAFF, "vendors.hit-decided"),
    Door("console:vendor-endings", "GET", "vendors:read", _STAFF),
    Door("console:vendor-lists", "GET", "vendors:read", _STAFF),
    Door("console:vendor-list-load", "POST", "vendors:steer", _STAFF, "vendors.list-brought-in"),
    Door("console:vendor-list-template", "GET", "vendors:read", _STAFF),
    Door("console:vendor-fax-lines", "GET", "vendors:read", _STAFF),
    Door("console:vendor-fax-attest", "POST", "vendors:steer", _STAFF, "vendors.fax-line-attested"),
    Door("console:vendor-fax-end", "POST", "vendors:steer", _STAFF, "vendors.fax-line-withdrawn"),
    Door("console:vendor-document", "GET", "vendors:read", _STAFF, "vendors.document-made"),
    Door("console:vendor-paper", "GET", "vendors:read", _STAFF, "vendors.paper-opened"),
    Door("console:revoke", "POST", "vendors:steer", _STAFF, "vendors.revoked"),
)
