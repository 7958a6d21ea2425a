"""What a process knows of a partner's agreements without asking for it again at every request.

For a quarter of a second what was read stands; a change made in this process is seen at once. Landing reads it anew,
under a lock: nothing lands on terms that are no longer in force.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from harborline.exchange.facts import AgreementFacts, Guest
from harborline.exchange.gathering import facts_in_force
from harborline.exchange.models import Agreement
from harborline.exchange.units import as_guest, released
from harborline.kernel import clock

FRESH_S: Final = 0.25
_PARTNERS: Final = 1024


@dataclass(frozen=True, slots=True)
class Known:
    """An agreement with its partner, and the facts of the terms in force."""

    row: Agreement
    facts: AgreementFacts


_KEPT: dict[tuple[str, uuid.UUID], tuple[float, Mapping[str, Known]]] = {}


def known_to(guest: Guest) -> Mapping[str, Known]:
    """The agreements a guest sees, by key and in its order."""
    kept = _KEPT.get((guest.program, guest.partner_id))
    if kept is not None and clock.monotonic_s() < kept[0]:
        return kept[1]
    with released(), as_guest(guest):
        rows = Agreement.objects.filter(program=guest.program, partner_id=guest.partner_id, version__gt=0)
        found = {row.key: Known(row, facts_in_force(row)) for row in rows.select_related("partner").order_by("key")}
    if len(_KEPT) >= _PARTNERS:
        _KEPT.clear()
    _KEPT[guest.program, guest.partner_id] = clock.monotonic_s() + FRESH_S, found
    return found


def forget() -> None:
    """Read everything anew: an agreement was changed here."""
    _KEPT.clear()
