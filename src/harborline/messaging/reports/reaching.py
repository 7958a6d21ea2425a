"""Names, addresses and numbers of the people a run did not reach, opened once, for one file."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from harborline.kernel import Refused
from harborline.law import profile
from harborline.ledger.services import record
from harborline.messaging.rules import protections_current
from harborline.messaging.selectors.unreached import NotReached, not_reached
from harborline.messaging.steps import CALLING, WRITING
from harborline.people.facts import Reach
from harborline.people.selectors import protection_age, reach_many
from harborline.walls import current


@dataclass(frozen=True, slots=True)
class Reachable:
    """Somebody who was not reached; `reach` is None when they are not on file."""

    missed: NotReached
    reach: Reach | None

    @property
    def phone(self) -> str:
        """The number to call, E.164; empty when calling is not the next step."""
        return (self.reach.phone or "") if self.reach and self.missed.next_step in CALLING else ""

    @property
    def writes(self) -> bool:
        """Whether a letter is a next step at all."""
        return self.reach is not None and self.missed.next_step in WRITING

    @property
    def address(self) -> str:
        """Where a letter goes; empty when none is to be written or there is no address to write to."""
        return (self.reach.address or "") if self.reach and self.writes else ""


def reachable(run_id: uuid.UUID, purpose: str) -> list[Reachable]:
    """Everybody the run did not reach, with name, address and number.

    Holds while protections are old or were never loaded: an address may have become unsafe since. The opening is
    recorded (`notice.reach-opened` with `purpose`) before anything is opened. Raises `NotFound`, `Refused`.
    """
    missed = not_reached(run_id)
    program = current().program
    fresh = protections_current(age=protection_age(program), profile=profile(program))
    if not fresh.allowed:
        raise Refused(fresh)
    ids = [one.participant_id for one in missed if one.participant_id]
    record(
        "notice.reach-opened",
        subject=f"run:{run_id}",
        content={"run": str(run_id), "for": purpose, "people": len(ids)},
    )
    found = {one.participant_id: one for one in reach_many(ids)}
    return [Reachable(one, found.get(one.participant_id) if one.participant_id else None) for one in missed]
