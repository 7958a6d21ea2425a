"""A vendor's life as facts, complete and in order, for tests to break."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from harborline.kernel.ids import new_id
from harborline.vendors.facts import LifeFacts, ScreeningStanding, StepFacts, StepKind
from harborline.vendors.screening.lists import categories, requirements_of

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
TODAY = NOW.date()
LETTER = date(2026, 1, 5)
OPERATOR, SECURITY = frozenset({"state-operator"}), frozenset({"security-officer"})
NC = requirements_of("nc-css")
ANSWERS: dict[str, Any] = {
    "owners": [],
    "none_above_tenth": True,
    "uses_covered": False,
    "subprocessors": [],
    "categories": {name: {"supplies": False} for name in categories()},
}


def step(kind: StepKind, on: date, by: str = "worker:ann", **detail: Any) -> StepFacts:  # noqa: ANN401 - what steps say
    """One step, recorded at noon of its day."""
    return StepFacts(kind, on, datetime(on.year, on.month, on.day, 12, tzinfo=UTC), by, detail)


def reviewed(on: date, **verdicts: bool) -> list[StepFacts]:
    """The four verdicts, each by somebody else; yes where nothing else is said."""
    people = {"program": "worker:bob", "security": "worker:sol", "legal": "worker:bob", "it": "worker:bob"}
    return [
        step(StepKind.REVIEWED, on, by, area=area, approve=verdicts.get(area, True), reviewer="R", reason="")
        for area, by in people.items()
    ]


def steps() -> list[StepFacts]:
    """A whole life, from the request to going live."""
    week = timedelta(days=7)
    return [
        step(StepKind.SUBMITTED, LETTER - week, why="texts"),
        *reviewed(LETTER - timedelta(days=2)),
        step(
            StepKind.PERMITTED, LETTER, "worker:bob", document_no="NC-17", signer="Director",
            valid_from="2026-01-10T00:00:00.000000Z", valid_until="2027-01-10T00:00:00.000000Z",
            purposes=["texting"], elements=["message-text", "phone-number"], systems="API",
        ),
        step(StepKind.CONTRACTED, LETTER + week, number="C-1", until="2028-01-10"),
        step(StepKind.VETTED, LETTER + week, "worker:bob", checks=list(NC.checks), signer="Counsel"),
        step(StepKind.MEMORANDUM, LETTER + week, version=NC.memorandum, signer="CEO"),
        step(StepKind.CERTIFIED, LETTER + week, signer="CEO", uses_covered=False, flow_down=True),
        step(StepKind.ANSWERED, LETTER + week, **ANSWERS),
        step(StepKind.SCREENED, LETTER + week),
        step(StepKind.LIVE, LETTER + 2 * week, "worker:bob"),
    ]  # fmt: skip


def life(**changes: Any) -> LifeFacts:  # noqa: ANN401 - one field each
    """A vendor that is live in North Carolina, with one thing different."""
    whole = LifeFacts(
        id=new_id(),
        vendor="example-carrier",
        name="Example Carrier Inc.",
        program="nc-css",
        purposes=("texting",),
        elements=("message-text", "phone-number"),
        steps=tuple(steps()),
        screening=ScreeningStanding(screened_at=datetime(2026, 1, 12, tzinfo=UTC)),
        memorandum=NC.memorandum,
        checks=NC.checks,
        recertify_days=NC.recertify_days,
        lists=NC.lists,
    )
    return replace(whole, **changes)


def before(kind: StepKind) -> LifeFacts:
    """A life up to, and without, a kind of step."""
    found = steps()
    until = next(at for at, one in enumerate(found) if one.kind is kind)
    return life(steps=tuple(found[:until]))


def without(kind: StepKind) -> LifeFacts:
    """A whole life in which one kind of step was left out."""
    return life(steps=tuple(one for one in steps() if one.kind is not kind))


def plus(*more: StepFacts) -> LifeFacts:
    """A whole life and what happened then."""
    return life(steps=(*steps(), *more))
