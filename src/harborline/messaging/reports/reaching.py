"""Names, addresses and numbers of the people a run did not reach, opened once, for one file."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from harborline.disclosure.facts import BulkGroup
from harborline.disclosure.services import open_many
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
    """Somebody who was not reached; `reach` is None when they are not on file, `goes_to` empty without an address.

    `by_post`: a letter could go to them, also where the file holds no addresses.
    """

    missed: NotReached
    reach: Reach | None
    goes_to: str
    by_post: bool

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
        return self.goes_to if self.writes else ""


def people_to_reach(run_id: uuid.UUID) -> list[uuid.UUID]:
    """The participants a run did not reach, for an order to open them; raises `NotFound`."""
    return [one.participant_id for one in not_reached(run_id) if one.participant_id]


def reachable(run_id: uuid.UUID, group: BulkGroup, roles: Collection[str]) -> list[Reachable]:
    """Everybody the run did not reach; with name, address and number, who is in an order that was approved.

    Holds while protections are old or were never loaded: an address may have become unsafe since. The opening is
    recorded (`notice.reach-opened`, a manifest, a look at each) before anything is opened. Raises `NotFound`,
    `Refused`. Source: OFFSET-8.2:only-as-necessary.
    """
    missed = not_reached(run_id)
    program = current().program
    fresh = protections_current(age=protection_age(program), profile=profile(program))
    if not fresh.allowed:
        raise Refused(fresh)
    opened = open_many(run_id, group, [one.participant_id for one in missed if one.participant_id], roles=roles)
    record(
        "notice.reach-opened",
        subject=f"run:{run_id}",
        content={"run": str(run_id), "for": group.value, "people": len(opened.people)},
    )
    found = {one.participant_id: one for one in reach_many(opened.people)}
    return [
        Reachable(one, found.get(who), opened.addresses.get(who, ""), who in opened.by_post)
        if (who := one.participant_id)
        else Reachable(one, None, "", by_post=False)
        for one in missed
    ]
