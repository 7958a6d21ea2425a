"""The doors of these pages."""

from __future__ import annotations

from harborline.sites.doors import Door

_STAFF = "workers whose role carries the permission"
_READ, _SETTLE = "papers:read", "papers:settle"

DOORS: tuple[Door, ...] = (
    Door("console:papers", "GET", _READ, _STAFF),
    Door("console:papers-checks", "GET", "papers:standing", _STAFF),
    Door("console:papers-bring", "GET", "papers:bring", _STAFF),
    Door("console:papers-bring", "POST", "papers:bring", _STAFF, "documents.handed-in"),
    Door("console:papers-receipt", "GET", _READ, _STAFF),
    Door("console:paper", "GET", _READ, _STAFF, "documents.viewed"),
    Door("console:paper-page", "GET", _READ, _STAFF, "documents.viewed"),
    Door("console:paper-behind", "POST", _SETTLE, _STAFF, "documents.viewed"),
    Door("console:paper-original", "POST", "papers:original", _STAFF, "documents.original-opened"),
    Door("console:paper-accept", "POST", _SETTLE, _STAFF, "documents.accepted"),
    Door("console:paper-file", "POST", _SETTLE, _STAFF, "documents.classified"),
    Door("console:paper-again", "POST", _SETTLE, _STAFF, "documents.again"),
    Door("console:paper-turn", "POST", _SETTLE, _STAFF, "documents.turned"),
    Door("console:paper-hand-on", "POST", _SETTLE, _STAFF, "documents.with-worker"),
    Door("console:paper-whose", "POST", _SETTLE, _STAFF, "documents.found-whose"),
    Door("console:paper-redact", "GET", _READ, _STAFF, "documents.viewed"),
    Door("console:paper-redact", "POST", _SETTLE, _STAFF, "documents.redacted"),
)
