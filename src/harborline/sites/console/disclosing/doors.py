"""The doors of these pages."""

from __future__ import annotations

from harborline.sites.doors import Door

_STAFF = "workers whose role carries the permission"

DOORS: tuple[Door, ...] = (
    Door("console:fields", "GET", "fields:read", _STAFF, "disclosure.fields-looked-at"),
    Door("console:fields", "POST", "fields:open", _STAFF, "disclosure.field-opened"),
    Door("console:glass", "POST", "fields:open", _STAFF, "disclosure.glass-broken"),
    Door("console:value", "POST", "fields:write", _STAFF, "people.value-held"),
    Door("console:kin", "POST", "fields:open", _STAFF, "disclosure.kin-recorded"),
    Door("console:protect", "POST", "protections:record", _STAFF, "people.protection-recorded"),
    Door("console:protection-end", "POST", "safeguards:review", _STAFF, "people.protection-ended"),
    Door("console:order", "POST", "safeguards:review", _STAFF, "disclosure.override-asked"),
    Door("console:releases", "GET", "releases:read", _STAFF, "disclosure.accounting-opened"),
    Door("console:releases", "POST", "releases:ask", _STAFF, "disclosure.release-asked"),
    Door("console:accounting", "GET", "releases:read", _STAFF, "disclosure.accounting-taken"),
    Door("console:accounting-pdf", "GET", "releases:read", _STAFF, "disclosure.accounting-taken"),
    Door("console:not-kin", "POST", "safeguards:review", _STAFF, "disclosure.kin-recorded"),
    Door("console:what-kin", "POST", "safeguards:review", _STAFF, "disclosure.kin-recorded"),
    Door("console:look-settle", "POST", "safeguards:review", _STAFF, "disclosure.look-settled"),
    Door("console:who-sees", "GET", "safeguards:read", _STAFF, "disclosure.graph-opened"),
    Door("console:what-sees", "GET", "safeguards:read", _STAFF, "disclosure.graph-opened"),
    Door("console:my-looks", "GET", "fields:read", "the worker, about their own looks"),
    Door("console:look-answer", "POST", "fields:open", "the worker, about their own looks", "disclosure.look-answered"),
    Door("console:safeguards", "GET", "safeguards:read", _STAFF),
    Door("console:glass-review", "POST", "safeguards:review", _STAFF, "disclosure.glass-reviewed"),
    Door("console:order-confirm", "POST", "safeguards:review", _STAFF, "disclosure.override-approved"),
    Door("console:release-approve", "POST", "releases:approve", _STAFF, "disclosure.released"),
    Door("console:release-turn-down", "POST", "releases:approve", _STAFF, "disclosure.release-turned-down"),
    Door("console:registry-told", "POST", "safeguards:review", _STAFF, "disclosure.registry-told"),
    Door("console:policy", "GET", "law:read", _STAFF),
    Door("console:policy-pdf", "GET", "law:read", _STAFF),
    Door("console:policy-version", "GET", "law:read", _STAFF),
    Door("console:policy-propose", "GET", "policy:write", _STAFF),
    Door("console:policy-propose", "POST", "policy:write", _STAFF, "disclosure.policy-proposed"),
    Door("console:policy-approve", "POST", "policy:write", _STAFF, "disclosure.policy-approved"),
)
