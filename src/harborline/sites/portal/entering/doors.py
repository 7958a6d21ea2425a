"""The doors of coming in; each proves by itself who comes."""

from __future__ import annotations

from harborline.sites.doors import ANYONE, Door

_ANY = "anyone, before coming in"

DOORS = (
    Door("portal:program", "GET", ANYONE, _ANY),
    Door("portal:program", "POST", ANYONE, _ANY, "people.code-asked"),
    Door("portal:code", "GET", ANYONE, _ANY),
    Door("portal:code", "POST", ANYONE, _ANY, "people.visit-begun"),
    Door("portal:start", "GET", ANYONE, _ANY),
    Door("portal:start", "POST", ANYONE, _ANY, "people.entry-failed"),
    Door("portal:link", "GET", ANYONE, _ANY),
    Door("portal:passphrase", "GET", ANYONE, _ANY),
    Door("portal:passphrase", "POST", ANYONE, _ANY, "people.visit-begun"),
)
