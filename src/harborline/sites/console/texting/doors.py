"""The doors of these pages."""

from __future__ import annotations

from harborline.sites.doors import Door

_STAFF = "workers whose role carries the permission"

DOORS: tuple[Door, ...] = (
    Door("console:dashboard", "GET", "notices:read", _STAFF),
    Door("console:unclear", "GET", "notices:read", _STAFF),
    Door("console:sender-go-on", "POST", "notices:steer", _STAFF, "message.sender-resumed"),
    Door("console:words", "GET", "notices:read", _STAFF),
    Door("console:words-propose", "GET", "wording:propose", _STAFF),
    Door("console:words-propose", "POST", "wording:propose", _STAFF, "template.proposed"),
    Door("console:words-version", "GET", "notices:read", _STAFF),
    Door("console:words-decide", "POST", "wording:approve", _STAFF, "template.approved"),
    Door("console:inbox", "GET", "texts:read", _STAFF),
    Door("console:text-open", "POST", "texts:open", _STAFF, "inbound.opened"),
    Door("console:text-close", "POST", "texts:open", _STAFF, "inbound.asked"),
    Door("console:text-asked", "POST", "texts:open", _STAFF, "inbound.asked"),
    Door("console:conversation", "GET", "texts:read", _STAFF),
    Door("console:conversation", "POST", "texts:open", _STAFF, "thread.answered"),
    Door("console:alert", "POST", "texts:open", _STAFF, "crisis.acknowledged"),
    Door("console:on-call", "GET", "on-call:steer", _STAFF),
    Door("console:on-call-set", "POST", "on-call:steer", _STAFF, "on-call.roster-set"),
)
