"""The doors of these pages."""

from __future__ import annotations

from harborline.sites.doors import Door

_STAFF = "workers whose role carries the permission"
_READ, _STEER, _OPEN = "exchange:read", "exchange:steer", "exchange:open"
_APPROVE = "releases:approve"

DOORS: tuple[Door, ...] = (
    Door("console:exchange", "GET", _READ, _STAFF),
    Door("console:exchange-calendar", "GET", _READ, _STAFF),
    Door("console:exchange-settled", "GET", _READ, _STAFF),
    Door("console:exchange-alarm", "POST", _STEER, _STAFF, "exchange.alarm-settled"),
    Door("console:exchange-policy", "GET", _READ, _STAFF, "exchange.policy-made"),
    Door("console:exchange-partner-new", "GET", _STEER, _STAFF),
    Door("console:exchange-partner-new", "POST", _STEER, _STAFF, "exchange.partner-registered"),
    Door("console:exchange-partner", "GET", _READ, _STAFF),
    Door("console:exchange-key-new", "GET", _STEER, _STAFF),
    Door("console:exchange-key-new", "POST", _STEER, _STAFF, "exchange.credential-added"),
    Door("console:exchange-key", "POST", _STEER, _STAFF, "exchange.credential-confirmed"),
    Door("console:exchange-agreement-new", "GET", _STEER, _STAFF),
    Door("console:exchange-agreement-new", "POST", _STEER, _STAFF, "exchange.agreement-drafted"),
    Door("console:exchange-agreement", "GET", _READ, _STAFF),
    Door("console:exchange-agreement-act", "POST", _STEER, _STAFF, "exchange.agreement-activated"),
    Door("console:exchange-terms", "GET", _STEER, _STAFF),
    Door("console:exchange-terms", "POST", _STEER, _STAFF, "exchange.agreement-drafted"),
    Door("console:exchange-send", "GET", _STEER, _STAFF),
    Door("console:exchange-send", "POST", _STEER, _STAFF, "exchange.outbound-ready"),
    Door("console:exchange-prepare", "GET", _STEER, _STAFF),
    Door("console:exchange-prepare", "POST", _STEER, _STAFF, "exchange.file-prepared"),
    Door("console:exchange-prepared", "GET", _READ, _STAFF),
    Door("console:exchange-prepared-approve", "POST", _APPROVE, _STAFF, "exchange.file-prepared-approved"),
    Door("console:exchange-prepared-act", "POST", _STEER, _STAFF, "exchange.file-prepared-sent"),
    Door("console:exchange-deliveries", "GET", _READ, _STAFF),
    Door("console:exchange-delivery", "GET", _READ, _STAFF),
    Door("console:exchange-delivery-act", "POST", _STEER, _STAFF, "exchange.release-asked"),
    Door("console:exchange-acknowledge", "POST", _STEER, _STAFF, "exchange.outbound-acknowledged"),
    Door("console:exchange-file", "POST", _OPEN, _STAFF, "exchange.file-opened"),
    Door("console:exchange-receipt", "GET", _READ, _STAFF),
    Door("console:exchange-media", "GET", _READ, _STAFF),
    Door("console:exchange-shipment-new", "GET", _STEER, _STAFF),
    Door("console:exchange-shipment-new", "POST", _STEER, _STAFF, "exchange.shipment-announced"),
    Door("console:exchange-shipment", "GET", _STEER, _STAFF),
    Door("console:exchange-shipment", "POST", _STEER, _STAFF, "exchange.shipment-received"),
    Door("console:exchange-medium", "GET", _READ, _STAFF),
    Door("console:exchange-medium-act", "POST", _STEER, _STAFF, "exchange.custody-passed"),
)
