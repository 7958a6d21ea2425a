"""What these pages show: the list, one company's life, its screening, what ends soon, lists, fax lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from harborline.kernel import Decision, clock
from harborline.sites.console.forms import RevokeForm
from harborline.sites.console.names import names_of
from harborline.sites.console.pages import Page
from harborline.sites.console.vendoring import words
from harborline.sites.console.vendoring.forms import FaxLineForm, HitForm, ListForm
from harborline.sites.vocabulary import State
from harborline.vendors.facts import CONNECTORS, Hit, LifeFacts, LifeState, StepFacts, StepKind
from harborline.vendors.rules import fax_line_private
from harborline.vendors.selectors import (
    Deadline,
    about,
    approvals,
    deadlines,
    fax_lines,
    imported,
    life,
    lists,
    next_step,
    requirements_of,
    screenings,
    state_of,
    vendor_lives,
)
from harborline.vendors.services import Document

SOON: Final = timedelta(days=120)
ALARM: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Card:
    """One company on the list: where it stands, why not in force, the next step."""

    life: LifeFacts
    state: State
    live: bool
    decision: Decision
    next: StepKind | None
    letter: StepFacts | None


def card(one: LifeFacts) -> Card:
    """The card of a life."""
    state, decision = state_of(life=one, now=clock.now())
    return Card(
        one, words.STATES[state.value], state is LifeState.LIVE, decision, next_step(one), one.last(StepKind.PERMITTED)
    )


class Vendors(Page):
    """Every company that ever was asked for, those in force first."""

    purpose = "vendors"
    template = "console/vendoring/list.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """The cards, and letters from before lives were kept."""
        cards = [card(one) for one in vendor_lives() if one.under is None]
        old = [one for one in approvals(self.entrance.program) if one.life is None]
        return {
            "cards": sorted(cards, key=lambda one: (not one.live, one.life.last(StepKind.REVOKED) is not None)),
            "old": old,
            "form": RevokeForm(),
            "soon": len(deadlines(within=ALARM)),
        }


@dataclass(frozen=True, slots=True)
class Told:
    """One step as the page shows it: what it is, and its details in words."""

    title: str
    step: StepFacts
    lines: tuple[tuple[str, str], ...]


class Vendor(Page):
    """One company: where it stands, the next step, its whole life, papers."""

    purpose = "vendors"
    template = "console/vendoring/vendor.html"

    def facts(self, **named: UUID) -> dict[str, Any]:
        """Everything about one engagement."""
        one = life(named["engagement_id"])
        shown, found = card(one), about(one.id)
        return {
            "card": shown,
            "life": one,
            "about": found,
            "steps": [told_step(step) for step in one.steps],
            "names": names_of({step.by.removeprefix("worker:") for step in one.steps}),
            "band": words.BANDS[one.screening.band.value],
            "hits": len(one.screening.open_hits) + len(one.screening.confirmed),
            "documents": [kind for kind in Document if kind is not Document.PERMISSION or shown.letter],
            "others": tuple(other_steps(one, shown)),
            "stops": tuple(stops(one)),
            "live_approval": next((letter for letter in found.letters if letter.revoked_at is None), None),
            "connected": [name for name in found.connectors if CONNECTORS.get(name, "texting") in one.purposes],
        }


def other_steps(one: LifeFacts, shown: Card) -> Iterator[StepKind]:
    """Steps beside the next one: what may be renewed or added."""
    if one.last(StepKind.REVOKED) is not None:
        return
    if one.last(StepKind.SUBMITTED) is not None:
        yield from (kind for kind in (StepKind.ANSWERED, StepKind.SCREENED) if kind is not shown.next)
    if one.last(StepKind.LIVE) is not None:
        yield from (StepKind.RECERTIFIED, StepKind.PERMITTED, StepKind.CONTRACTED)
    if one.sees_tax and one.last(StepKind.PERMITTED) is not None:
        yield from (StepKind.TAX_FIELD, StepKind.TAX_NOTICE, StepKind.TAX_VISIT, StepKind.TAX_CERTIFIED)


def stops(one: LifeFacts) -> Iterator[StepKind]:
    """How a company is stopped or goes on."""
    if one.last(StepKind.REVOKED) is not None or one.last(StepKind.SUBMITTED) is None:
        return
    newest = one.last(StepKind.SUSPENDED, StepKind.RESUMED)
    held = newest is not None and newest.kind is StepKind.SUSPENDED
    yield StepKind.RESUMED if held else StepKind.SUSPENDED
    yield StepKind.REVOKED


def told_step(step: StepFacts) -> Told:
    """A step with its details in words; questions and answers are summed up."""
    title = words.word(step.kind.value, "step")
    if step.kind is StepKind.REVIEWED:
        title = f"{title}: {words.word(str(step.detail.get('area')), 'area')}"
    return Told(title, step, tuple(_lines(step)))


def _lines(step: StepFacts) -> Iterator[tuple[str, str]]:
    for name, value in step.detail.items():
        said = _said(name, value)
        if said and name not in {"owners", "categories"}:
            yield words.word(name, "detail"), said


def _said(name: str, value: object) -> str:
    if isinstance(value, bool):
        return words.yes_no(answer=value)
    if isinstance(value, list):
        catalogue = {"purposes": "purpose", "elements": "element", "checks": "check"}.get(name)
        return ", ".join(words.word(str(one), catalogue) if catalogue else str(one) for one in value)
    if name == "area":
        return words.word(str(value), "area")
    if name == "element":
        return words.word(str(value), "element")
    return str(value)[:10] if name in {"valid_from", "valid_until"} else str(value)


@dataclass(frozen=True, slots=True)
class Shown:
    """One hit with its words, its tone and the form to decide it."""

    hit: Hit
    why: str
    state: State
    form: HitForm | None


class Screening(Page):
    """What screening found about one company, and the decisions."""

    purpose = "vendors"
    template = "console/vendoring/screening.html"

    def facts(self, **named: UUID) -> dict[str, Any]:
        """Hits to decide, decided ones, and every recorded screening."""
        one, steer = life(named["engagement_id"]), "vendors:steer" in self.entrance.permissions
        standing, used = one.screening, lists()
        return {
            "life": one,
            "about": about(one.id),
            "band": words.BANDS[standing.band.value],
            "open": [_shown(hit, number, deciding=steer) for number, hit in enumerate(standing.open_hits)],
            "confirmed": [_shown(hit, 0) for hit in standing.confirmed],
            "cleared": [_shown(hit, 0) for hit in standing.cleared],
            "missing": [imported()[name].title for name in standing.missing],
            "lists": [used[name] for name in one.lists if name in used],
            "records": [(row, words.BANDS[row.band]) for row in screenings(one.id)],
        }


def _shown(hit: Hit, number: int, *, deciding: bool = False) -> Shown:
    until = clock.now().date() + timedelta(days=365)
    form = HitForm(prefix=f"hit-{number}", initial={"entry": hit.entry, "until": until}) if deciding else None
    return Shown(hit, words.explained(hit), words.BANDS[hit.band.value], form)


@dataclass(frozen=True, slots=True)
class Ending:
    """One deadline with the days left (negative: past) and its tone."""

    deadline: Deadline
    days: int
    tone: str


class Expiring(Page):
    """Everything that ends or falls due in the next months, the past included."""

    purpose = "vendors"
    template = "console/vendoring/expiring.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """The soonest first, with the days that are left."""
        today = clock.now().astimezone(ZoneInfo(self.entrance.zone)).date()
        found = list(endings(deadlines(within=SOON), today))
        return {"endings": found, "over": sum(one.days <= 0 for one in found), "days": SOON.days}


def endings(found: Iterable[Deadline], today: date) -> Iterator[Ending]:
    """Deadlines with what is left of them."""
    for one in found:
        left = (one.on - today).days
        tone = "stop" if left <= 0 else "wait" if left <= ALARM.days else "quiet"
        yield Ending(one, left, tone)


@dataclass(frozen=True, slots=True)
class Listed:
    """One list a program asks for, loaded or not."""

    id: str
    title: str
    loaded: Any


def listed(program: str) -> list[Listed]:
    """The lists of a program with the version in force."""
    used = lists()
    return [
        Listed(name, used[name].title if name in used else imported()[name].title, used.get(name))
        for name in requirements_of(program).lists
    ]


class Lists(Page):
    """The lists of prohibited companies, and the form to load a newer one."""

    purpose = "vendors"
    template = "console/vendoring/lists.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """Each list with its version and rows."""
        return {"lists": listed(self.entrance.program), "form": ListForm()}


class FaxLines(Page):
    """The program's fax lines, and the form to attest one."""

    purpose = "vendors"
    template = "console/vendoring/fax_lines.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """Each line as the gate judges it."""
        return {"lines": judged_lines(self.entrance.program), "form": FaxLineForm()}


def judged_lines(program: str) -> list[tuple[Any, Decision]]:
    """Each fax line with the rule's decision today."""
    today = clock.now().date()
    return [(line, fax_line_private(line=line, program=program, today=today)) for line in fax_lines()]
