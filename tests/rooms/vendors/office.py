"""An office that takes a real company through its life: Olga and Oscar (state operators), Sol (security)."""

from __future__ import annotations

import uuid
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

from tests.rooms.town import NC

from harborline.kernel import clock
from harborline.vendors.facts import StepKind
from harborline.vendors.models import Engagement, Step
from harborline.vendors.screening.lists import categories, requirements_of
from harborline.vendors.services import Given, draft, take
from harborline.walls import ALL_COUNTIES, Actor, Context, acting

OPERATOR, SECURITY = frozenset({"state-operator"}), frozenset({"security-officer"})
ROLES = {"olga": OPERATOR, "oscar": OPERATOR, "sol": SECURITY}
PAPER = Given("letter.pdf", b"%PDF-1.7\nsigned by the director")
ANSWERS: dict[str, Any] = {
    "owners": [],
    "none_above_tenth": True,
    "uses_covered": False,
    "subprocessors": [],
    "categories": {name: {"supplies": False} for name in categories()},
}


def as_worker(name: str, program: str = NC) -> AbstractContextManager[Context]:
    """One of the three at work."""
    return acting(Actor("worker", name), program=program, counties=ALL_COUNTIES, purpose="vendors")


def ago(days: int) -> date:
    """A day so many days ago."""
    return clock.now().date() - timedelta(days=days)


def do(who: str, engagement: uuid.UUID, kind: StepKind, days_ago: int, *, program: str = NC, **detail: Any) -> Step:  # noqa: ANN401 - what steps say
    """One of the three takes a step, with a paper where one is wanted."""
    with as_worker(who, program):
        return take(engagement, kind, on=ago(days_ago), detail=detail, roles=ROLES[who], papers=[PAPER])


def drafted(name: str = "Example Carrier Inc.", *, program: str = NC, **changes: Any) -> Engagement:  # noqa: ANN401 - as draft
    """A draft by Olga for texts over Twilio."""
    said: dict[str, Any] = {
        "purposes": ["texting"],
        "elements": ["phone-number", "message-text"],
        "systems": "Its API",
        "identifiers": {"domain": "carrier.example"},
        "connectors": ["twilio"],
        **changes,
    }
    with as_worker("olga", program):
        return draft(name, **said)


def review(engagement: uuid.UUID, *, program: str = NC) -> None:
    """Submitted by Olga, and yes from all four."""
    do("olga", engagement, StepKind.SUBMITTED, 30, program=program, why="Texts to parents")
    for who, area in (("oscar", "program"), ("sol", "security"), ("oscar", "legal"), ("sol", "it")):
        do(who, engagement, StepKind.REVIEWED, 25, program=program, area=area, approve=True, reviewer=area.title())


def permit(engagement: uuid.UUID, *, days: int = 300, program: str = NC, **changes: Any) -> Step:  # noqa: ANN401 - parts of a letter
    """The letter, recorded by Oscar."""
    letter: dict[str, Any] = {
        "document_no": "NCDHHS-2026-17",
        "signer": "Program Director",
        "valid_from": clock.now() - timedelta(days=19),
        "valid_until": clock.now() + timedelta(days=days),
        "purposes": ["texting"],
        "elements": ["phone-number", "message-text"],
        "systems": "Its API",
        **changes,
    }
    return do("oscar", engagement, StepKind.PERMITTED, 20, program=program, **letter)


def contract(engagement: uuid.UUID, *, program: str = NC, answers: dict[str, Any] | None = None) -> None:
    """Contract, examination, memorandum, certification, answers."""
    wants = requirements_of(program)
    do("olga", engagement, StepKind.CONTRACTED, 15, program=program, number="C-1", until=ago(-1000))
    checks = [*wants.checks, "exhibit-7"]
    do("oscar", engagement, StepKind.VETTED, 14, program=program, checks=checks, signer="Counsel")
    if wants.memorandum:
        do("olga", engagement, StepKind.MEMORANDUM, 13, program=program, version=wants.memorandum, signer="CEO")
    do("olga", engagement, StepKind.CERTIFIED, 12, program=program, signer="CEO", uses_covered=False, flow_down=True)
    do("olga", engagement, StepKind.ANSWERED, 11, program=program, **(answers or ANSWERS))


def go_live(engagement: uuid.UUID, *, program: str = NC) -> None:
    """Screened by Sol, opened by Oscar."""
    do("sol", engagement, StepKind.SCREENED, 0, program=program)
    do("oscar", engagement, StepKind.LIVE, 0, program=program)


def live(name: str = "Example Carrier Inc.", *, days: int = 300, program: str = NC, **changes: Any) -> Engagement:  # noqa: ANN401 - as draft
    """A company that went the whole way."""
    made = drafted(name, program=program, **changes)
    wanted = {"purposes": made.purposes, "elements": made.data_elements}
    review(made.id, program=program)
    permit(made.id, days=days, program=program, **wanted)
    contract(made.id, program=program)
    go_live(made.id, program=program)
    return made
