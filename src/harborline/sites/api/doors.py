"""The doors of the API. Each is open to whoever proves a machine key; role and scopes decide behind it."""

from __future__ import annotations

from harborline.sites.doors import ANYONE, Door

_MACHINE = "a system, by its machine key"
_PUBLIC = "anyone: what the API is"

DOORS = (
    Door("api:messages", "GET", ANYONE, _MACHINE),
    Door("api:messages", "POST", ANYONE, _MACHINE, "notice.planned"),
    Door("api:message", "GET", ANYONE, _MACHINE),
    Door("api:notices", "POST", ANYONE, _MACHINE, "notice.run-opened"),
    Door("api:notice", "GET", ANYONE, _MACHINE),
    Door("api:notice-pause", "POST", ANYONE, _MACHINE, "notice.run-paused"),
    Door("api:notice-resume", "POST", ANYONE, _MACHINE, "notice.run-released"),
    Door("api:notice-cancel", "POST", ANYONE, _MACHINE, "notice.run-cancelled"),
    Door("api:templates", "GET", ANYONE, _MACHINE),
    Door("api:webhooks", "GET", ANYONE, _MACHINE),
    Door("api:webhooks", "POST", ANYONE, _MACHINE, "webhook.made"),
    Door("api:webhook", "GET", ANYONE, _MACHINE),
    Door("api:webhook", "DELETE", ANYONE, _MACHINE, "webhook.ended"),
    Door("api:webhook-secret", "POST", ANYONE, _MACHINE, "webhook.secret-made"),
    Door("api:webhook-events", "GET", ANYONE, _MACHINE),
    Door("api:description", "GET", ANYONE, _PUBLIC),
    Door("api:docs", "GET", ANYONE, _PUBLIC),
)
