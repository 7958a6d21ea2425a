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
from harborline.exchange.models import Agreement, Credential
from harborline.exchange.units import as_guest, released
from harborline.kernel import Refused, clock, refuse

FRESH_S: Final = 0.25
_PARTNERS: Final = 1024
_CLAUSES: Final = ("CA-CSS-03-11:prevent-unauthorised",)


@dataclass(frozen=True, slots=True)
class Known:
    """An agreement with its partner, and the facts of the terms in force."""

    row: Agreement
    facts: AgreementFacts


_KEPT: dict[tuple[str, uuid.UUID, uuid.UUID], tuple[float, Mapping[str, Known] | None]] = {}


def known_to(guest: Guest) -> Mapping[str, Known]:
    """The agreements a guest sees, by key and in its order; raises `Refused` once its own key has ended."""
    whose = guest.program, guest.partner_id, guest.credential_id
    until_s, found = _KEPT.get(whose, (0.0, None))
    if clock.monotonic_s() >= until_s:
        found = _asked(guest)
        if len(_KEPT) >= _PARTNERS:
            _KEPT.clear()
        _KEPT[whose] = clock.monotonic_s() + FRESH_S, found
    if found is None:
        raise Refused(refuse("not-admitted").stamped("exchange.known", _CLAUSES))
    return found


def _asked(guest: Guest) -> Mapping[str, Known] | None:
    with released(), as_guest(guest):
        # Adapters of ours come without a key.
        key = Credential.objects.filter(id=guest.credential_id).first()
        if key is not None and (key.revoked_at is not None or key.until_at <= clock.now()):
            return None
        rows = Agreement.objects.filter(program=guest.program, partner_id=guest.partner_id, version__gt=0)
        return {row.key: Known(row, facts_in_force(row)) for row in rows.select_related("partner").order_by("key")}


def forget() -> None:
    """Read everything anew: an agreement or a key was changed here."""
    _KEPT.clear()
