"""The doors of the consent centre."""

from __future__ import annotations

from harborline.sites.doors import PARTICIPANT, Door

_OWN = "the participant, for what is theirs"

DOORS = (
    Door("portal:choices", "GET", PARTICIPANT, _OWN),
    Door("portal:agree", "GET", PARTICIPANT, _OWN),
    Door("portal:agree", "POST", PARTICIPANT, _OWN, "consent.given"),
    Door("portal:stop", "POST", PARTICIPANT, _OWN, "consent.number-stop"),
    Door("portal:thread-texts", "POST", PARTICIPANT, _OWN, "consent.given"),
    Door("portal:wording", "POST", PARTICIPANT, _OWN, "people.wording-chosen"),
    Door("portal:change", "GET", PARTICIPANT, _OWN),
    Door("portal:change", "POST", PARTICIPANT, _OWN, "people.wish-asked"),
    Door("portal:receipt", "GET", PARTICIPANT, _OWN),
    Door("portal:receipt-data", "GET", PARTICIPANT, _OWN),
)
