"""The doors of the simulated handsets."""

from __future__ import annotations

from harborline.sites.doors import ANYONE, Door

_WHO = "anyone at a demonstration; closed everywhere else"

DOORS = (
    Door("phones:list", "GET", ANYONE, _WHO),
    Door("phones:handset", "GET", ANYONE, _WHO),
    Door("phones:reply", "POST", ANYONE, _WHO, "message.inbound"),
)
