"""The folders a partner sees: a path taken apart, and what may be put where under which name."""

from __future__ import annotations

from dataclasses import dataclass

from harborline.exchange import naming
from harborline.exchange.facts import AgreementFacts, Guest
from harborline.exchange.gathering import must, standing_now, terms_of
from harborline.exchange.known import known_to
from harborline.exchange.models import Agreement
from harborline.exchange.proving import refusal
from harborline.exchange.rules import may_put
from harborline.exchange.units import as_guest, released
from harborline.exchange.wording import Box, PartnerKind
from harborline.kernel import NotFound, Refused, clock

_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A path taken apart: which agreement with its facts, which box, which name; empty parts are folders."""

    agreement: Agreement | None
    facts: AgreementFacts | None
    box: Box | None
    name: str


def place_of(guest: Guest, path: str) -> Place:
    """A path of a guest taken apart; raises `NotFound` alike for what is absent and what is another's."""
    parts = naming.split(path)
    if not parts:
        return Place(None, None, None, "")
    known = known_to(guest).get(parts[0]) if len(parts) <= _DEPTH else None
    if known is None:
        raise NotFound("no such folder here")
    if len(parts) == 1:
        return Place(known.row, known.facts, None, "")
    if parts[1] not in boxes_of(known.facts):
        raise NotFound("no such folder here")
    return Place(known.row, known.facts, Box(parts[1]), parts[2] if len(parts) == _DEPTH else "")


def boxes_of(facts: AgreementFacts) -> list[Box]:
    """The boxes of an agreement."""
    direction = terms_of(facts).direction
    listed = [*([Box.IN, Box.TEST] if direction.takes else []), *([Box.OUT] if direction.gives else [])]
    return [*listed, Box.RECEIPTS]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a file may be put now, and under which name."""

    agreement: Agreement
    facts: AgreementFacts
    box: Box
    name: str


def putting(guest: Guest, path: str) -> Target:
    """Where a guest may put a file now, and under which name; raises `Refused`, `Invalid`."""
    place = place_of(guest, path)
    if place.agreement is None or place.facts is None or place.box is None or not place.name:
        raise Refused(refusal("not-a-mailbox-for-files"))
    if place.facts.partner_kind is PartnerKind.VENDOR:
        with released(), as_guest(guest):  # whether a company is approved is asked each time
            open_now(place.facts, place.box)
    else:
        open_now(place.facts, place.box)
    return Target(place.agreement, place.facts, place.box, name_for(place.facts, place.box, place.name))


def open_now(facts: AgreementFacts, box: Box) -> None:
    """Raise `Refused` unless files may come into a box now."""
    must(standing_now(facts))
    must(may_put(agreement=facts, box=box, now=clock.now()))


def name_for(facts: AgreementFacts, box: Box, said: str) -> str:
    """A name as a file may have it in a box, temporary or final; raises `Refused`, `Invalid`."""
    name = naming.temporary_name(said) if naming.temporary(said) else naming.file_name(said)
    if not naming.temporary(name) and box is Box.IN:
        base = naming.sidecar_of(name)[1] or name
        if not terms_of(facts).naming.matches(base) and not name.lower().endswith(naming.MANIFEST_END):
            raise Refused(refusal("name-not-agreed"))
    return name
