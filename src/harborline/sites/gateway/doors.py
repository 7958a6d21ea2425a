"""The doors of the gateway."""

from __future__ import annotations

from harborline.sites.doors import ANYONE, Door

_CARRIER = "the carrier, by its signature"
_PUBLIC = "anyone: the log is public"
_MONITOR = "the operator's monitoring"

DOORS = (
    Door("gateway:twilio-status", "POST", ANYONE, f"{_CARRIER} and a signed attempt", "message.receipts"),
    Door("gateway:twilio-inbound", "POST", ANYONE, _CARRIER, "inbound.taken"),
    Door("gateway:kannel-status", "GET", ANYONE, "the gateway of the agency, by a signed attempt", "message.receipts"),
    Door("gateway:kannel-inbound", "GET", ANYONE, "the gateway of the agency, by a secret address", "inbound.taken"),
    Door("gateway:log-checkpoint", "GET", ANYONE, _PUBLIC),
    Door("gateway:log-vkey", "GET", ANYONE, _PUBLIC),
    Door("gateway:log-beginning", "GET", ANYONE, _PUBLIC),
    Door("gateway:log-tile", "GET", ANYONE, _PUBLIC),
    Door("gateway:witness-add-checkpoint", "POST", ANYONE, "a log that this installation watches, by its signature"),
    Door("gateway:health-live", "GET", ANYONE, _MONITOR),
    Door("gateway:health-ready", "GET", ANYONE, _MONITOR),
    Door("gateway:metrics", "GET", ANYONE, f"{_MONITOR}, by token or from this machine"),
)
