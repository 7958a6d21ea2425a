"""People who ask in the portal, and the workers who answer them."""

from __future__ import annotations

import uuid
from contextlib import AbstractContextManager
from pathlib import Path

from tests.rooms.messaging.talk import CORA, DEV, move_in
from tests.rooms.sites.cast import make_worker
from tests.rooms.town import ANA, BEN, DURHAM, HENNEPIN, MAYA, MN, NC, WAKE, as_state

from harborline.consent.facts import CONTACT_US, NOTICES, ConsentKind
from harborline.consent.services import Given, load_permissions
from harborline.contact.facts import Kept
from harborline.contact.services import ask
from harborline.kernel import clock
from harborline.people.selectors import participant_id
from harborline.walls import Actor, Context, acting
from harborline.workforce.facts import StaffRole
from harborline.workforce.models import Worker
from harborline.workforce.services import assign, hire

PERSON = {
    "ana": (NC, "P-1", WAKE),
    "ben": (NC, "P-2", WAKE),
    "otto": (NC, "P-5", DURHAM),
    "maya": (MN, "R-1", HENNEPIN),
}
NUMBER = {"ana": ANA, "ben": BEN, "maya": MAYA}
ROLES = frozenset({"case-manager"})
_WORKERS: dict[str, uuid.UUID] = {}


def settle_in(directory: Path) -> None:
    """Everybody moves in; Cora works in Wake, Dev in Durham, Clara in the clinic."""
    move_in(directory)
    for worker, county in ((CORA, WAKE), (DEV, DURHAM)):
        with as_state():
            assign(Worker.objects.get(id=worker), program=NC, role=StaffRole.CASE_MANAGER, county=county)
    _WORKERS.update(cora=CORA, dev=DEV, clara=make_worker("clara").id)


def who(name: str) -> uuid.UUID:
    """The participant's row."""
    program, number, _county = PERSON[name]
    with as_state(program):
        return participant_id(program, number)


def as_person(name: str) -> AbstractContextManager[Context]:
    """Somebody signed in to the portal."""
    program, _number, county = PERSON[name]
    return acting(Actor("participant", str(who(name))), program=program, counties=(county,), purpose="portal")


def as_worker(name: str) -> AbstractContextManager[Context]:
    """A worker in their county."""
    program, county = {"cora": (NC, WAKE), "fay": (NC, WAKE), "dev": (NC, DURHAM), "clara": (MN, HENNEPIN)}[name]
    actor = Actor("worker", str(_WORKERS[name]), name.title())
    return acting(actor, program=program, counties=(county,), purpose="contact")


def works_too(name: str) -> uuid.UUID:
    """One more worker in Wake, with no case of their own."""
    with as_state():
        made = hire(email=f"{name}@example.gov", name=f"{name.title()} Example", number=f"W-{name.upper()}")
        assign(made, program=NC, role=StaffRole.CASE_MANAGER, county=WAKE)
    _WORKERS[name] = made.id
    return made.id


def worker(name: str) -> uuid.UUID:
    """The worker's id."""
    return _WORKERS[name]


def opts_in(name: str, platform: str = CONTACT_US) -> None:
    """Somebody agreed to texts, of the portal or of this service."""
    program, _number, county = PERSON[name]
    kind = ConsentKind.PORTAL if platform == CONTACT_US else ConsentKind.KEYWORD
    with as_state(program):
        load_permissions([Given(who(name), county, NUMBER[name], kind, clock.now(), platform=platform or NOTICES)])


def asks(name: str, words: str = "When is my next visit?", *, once: str = "form-1", topic: str = "appointment") -> Kept:
    """Somebody asks."""
    with as_person(name):
        return ask(who(name), topic=topic, words=words, language="en", once=once)
