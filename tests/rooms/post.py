"""Where letters go, opened as the product opens it: asked by one, approved by another, recorded."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from tests.rooms.town import NC

from harborline.disclosure.facts import BulkGroup
from harborline.disclosure.services import approve_many, ask_many, open_many
from harborline.kernel.ids import new_id
from harborline.people.selectors import participant_id
from harborline.walls import ALL_COUNTIES, Actor, acting

STATE = frozenset({"state-operator"})


@contextmanager
def clerk(name: str = "olga") -> Iterator[None]:
    """A unit of work of somebody of the state office."""
    with acting(Actor("worker", name), program=NC, counties=ALL_COUNTIES, purpose="notice-run"):
        yield


def ordered(*numbers: str, group: BulkGroup = BulkGroup.LETTERS) -> tuple[uuid.UUID, list[uuid.UUID]]:
    """What an approved order is about, and the participants it names."""
    about = new_id()
    with clerk():
        people = [participant_id(NC, each) for each in numbers]
        order = ask_many(about, group, people, purpose="outreach", reason="who got no text", roles=STATE)
    with clerk("eli"):
        approve_many(order, roles=frozenset({"supervisor"}))
    return about, people


def letters_to(*numbers: str) -> dict[str, str]:
    """Where a letter to each participant goes, by their number in the case system."""
    about, people = ordered(*numbers)
    with clerk():
        opened = open_many(about, BulkGroup.LETTERS, people, roles=STATE)
    by_id = dict(zip(people, numbers, strict=True))
    return {by_id[one]: address for one, address in opened.addresses.items()}
