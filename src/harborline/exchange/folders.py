"""The folders a partner sees: a path taken apart, and what may be put where under which name."""

from __future__ import annotations

from dataclasses import dataclass

from harborline.exchange import naming
from harborline.exchange.facts import AgreementFacts, Guest
from harborline.exchange.gathering import facts_in_force, must, standing_now, terms_of
from harborline.exchange.models import Agreement
from harborline.exchange.proving import refusal
from harborline.exchange.rules import may_put
from harborline.exchange.wording import Box
from harborline.kernel import NotFound, Refused, clock

_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A path taken apart: which agreement, which box, which name; empty parts are folders."""

    agreement: Agreement | None
    box: Box | None
    name: str


def agreements_of(guest: Guest) -> list[Agreement]:
    """The agreements a guest sees, with their partner."""
    rows = Agreement.objects.filter(program=guest.program, partner_id=guest.partner_id, version__gt=0)
    return list(rows.select_related("partner").order_by("key"))


def place_of(guest: Guest, path: str) -> Place:
    """A path of a guest taken apart; raises `NotFound` alike for what is absent and what is another's."""
    parts = naming.split(path)
    if not parts:
        return Place(None, None, "")
    if len(parts) > _DEPTH:
        raise NotFound("no such folder here")
    rows = Agreement.objects.filter(program=guest.program, partner_id=guest.partner_id, version__gt=0, key=parts[0])
    agreement = rows.select_related("partner").first()
    if agreement is None:
        raise NotFound("no such folder here")
    if len(parts) == 1:
        return Place(agreement, None, "")
    if parts[1] not in {box.value for box in boxes_of(agreement)}:
        raise NotFound("no such folder here")
    return Place(agreement, Box(parts[1]), parts[2] if len(parts) == _DEPTH else "")


def boxes_of(agreement: Agreement) -> list[Box]:
    """The boxes of an agreement."""
    direction = terms_of(facts_in_force(agreement)).direction
    listed = [*([Box.IN, Box.TEST] if direction.takes else []), *([Box.OUT] if direction.gives else [])]
    return [*listed, Box.RECEIPTS]


def putting(guest: Guest, path: str) -> tuple[Agreement, Box, str]:
    """Where a guest may put a file now, and under which name; raises `Refused`, `Invalid`."""
    place = place_of(guest, path)
    if place.agreement is None or place.box is None or not place.name:
        raise Refused(refusal("not-a-mailbox-for-files"))
    facts = facts_in_force(place.agreement)
    open_now(facts, place.box)
    return place.agreement, place.box, name_for(facts, place.box, place.name)


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
