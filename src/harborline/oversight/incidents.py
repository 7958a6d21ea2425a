"""Incidents: reported by anybody at once, their clocks, what was done, the report for outside."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import typst

from harborline.disclosure.selectors import looks_of
from harborline.kernel import Decision, NotFound, Refused, clock
from harborline.kernel.ids import new_id
from harborline.law import profile
from harborline.ledger.facts import Json
from harborline.ledger.services import record
from harborline.oversight.incident_facts import (
    Clock,
    Element,
    HowFound,
    IncidentLine,
    Known,
    PrivatePlace,
    StepLine,
    Told,
    clocks,
)
from harborline.oversight.incident_rules import may_amend, may_report, may_steer_incident, running, unset
from harborline.oversight.incident_words import private_places
from harborline.oversight.sealing import open_note, seal_note
from harborline.oversight.watch_models import Incident, IncidentStep
from harborline.people.selectors import names_for, participant_numbers
from harborline.walls import current
from harborline.workforce.selectors import number_of

_LATELY = timedelta(days=30)
_WORDS = ("description", "place", "systems", "discipline", "contact")


def report_incident(told: Told, *, basis: str = "") -> uuid.UUID:
    """Keep what the worker of the context reports and start its clocks; raises `Refused`.

    Source: IRS Publication 1075 (Nov 2021) 1.8; the states' laws in clocks.toml.
    """
    context, at = current(), clock.now()
    _insist(may_report(told=told, now=at, known=_lately_seen(at)))
    made = new_id()
    incident = Incident.objects.create(
        id=made, program=context.program, tax=told.tax, occurred_at=told.occurred_at, found_at=told.found_at,
        how_found=told.how_found.value, elements=sorted(told.elements), people=told.people, basis=basis[:80],
        words=_words(made, told), reported_by=_me(), reported_at=at,
    )  # fmt: skip
    _start(incident, told, at)
    content: dict[str, Json] = {
        "incident": str(made),
        "tax": told.tax,
        "elements": " ".join(sorted(told.elements)),
        "people": told.people,
    }
    record("oversight.incident-reported", subject=f"incident:{made}", content=content)
    return made


def private_in(told: Told) -> tuple[PrivatePlace, ...]:
    """What the worker of the context must take out of a report before it is kept: each place with its words."""
    return private_places(told, _lately_seen(clock.now()))


def _lately_seen(at: datetime) -> Known:
    """Names and numbers of the people whom the worker of the context looked at in 30 days, the newest 200 looks."""
    looks = looks_of(_me(), from_at=at - _LATELY, until_at=at)
    seen = {one.participant_id for one in looks}
    names = (name for found in names_for(seen).values() for name in found)
    return Known(tuple(dict.fromkeys(names)), tuple(participant_numbers(seen).values()))


def amend_incident(incident_id: uuid.UUID, told: Told, *, roles: Collection[str]) -> int:
    """Keep what became known later and start the clocks that now run, too; answers how many.

    When and how it was found stay as first reported: the clocks run from then. None that runs is taken back; one that
    does not apply is stopped with the reason. Raises `Refused`, `NotFound`.
    """
    row, at = _row(incident_id), clock.now()
    row = Incident.objects.select_for_update().get(id=row.id)
    told = replace(told, found_at=row.found_at, how_found=HowFound(row.how_found))
    known = _lately_seen(at)
    _insist(may_amend(roles=roles, closed=row.closed_at is not None, told=told, now=at, known=known))
    row.tax, row.occurred_at, row.elements, row.people = told.tax, told.occurred_at, sorted(told.elements), told.people
    row.words = _words(row.id, told)
    row.save(update_fields=["tax", "occurred_at", "elements", "people", "words"])
    started = _start(row, told, at)
    content: dict[str, Json] = {
        "incident": str(row.id),
        "tax": told.tax,
        "elements": " ".join(sorted(told.elements)),
        "people": told.people,
        "started": " ".join(started),
    }
    record("oversight.incident-amended", subject=f"incident:{row.id}", content=content)
    return len(started)


def _words(incident_id: uuid.UUID, told: Told) -> bytes:
    words = {name: getattr(told, name).strip() for name in _WORDS}
    return seal_note(current().program, f"incident:{incident_id}", json.dumps(words, ensure_ascii=False))


def _start(row: Incident, told: Told, at: datetime) -> list[str]:
    known = set(row.steps.values_list("key", flat=True))
    found = running(told=told, state=profile(row.program).state, clocks=clocks(), now=at)
    fresh = [(one.key, due) for one, due in found if one.key not in known]
    IncidentStep.objects.bulk_create(
        IncidentStep(id=new_id(), program=row.program, incident=row, key=key, due_at=due) for key, due in fresh
    )
    return [key for key, _due in fresh]


def step_done(step_id: uuid.UUID, *, reference: str, roles: Collection[str]) -> None:
    """Somebody was told; `reference` is the paper or number that shows it. Raises `Refused`, `NotFound`."""
    step = IncidentStep.objects.select_for_update().filter(id=step_id, program=current().program).first()
    if step is None:
        raise NotFound("no such step in this program")
    _insist(
        may_steer_incident(
            roles=roles, closed=step.done_at is not None, open_steps=1, closes=False, shown=reference
        )
    )  # fmt: skip
    step.done_at, step.done_by, step.reference = clock.now(), _me(), reference.strip()[:120]
    step.save(update_fields=["done_at", "done_by", "reference"])
    content = {"incident": str(step.incident_id), "step": step.key, "reference": step.reference}
    record("oversight.incident-step-done", subject=f"incident:{step.incident_id}", content=content)


def close_incident(incident_id: uuid.UUID, *, roles: Collection[str]) -> None:
    """Nothing more to do; raises `Refused` while a clock runs, `NotFound`."""
    row = _row(incident_id)
    open_steps = row.steps.filter(done_at__isnull=True).count()
    _insist(
        may_steer_incident(
            roles=roles, closed=row.closed_at is not None, open_steps=open_steps, closes=True, shown=""
        )
    )  # fmt: skip
    row.closed_at, row.closed_by = clock.now(), _me()
    row.save(update_fields=["closed_at", "closed_by"])
    record("oversight.incident-closed", subject=f"incident:{row.id}", content={"incident": str(row.id)})


def incidents(*, now: datetime | None = None) -> list[IncidentLine]:
    """The incidents of the context's program: the open ones by their nearest clock, then the closed ones."""
    at = now or clock.now()
    rows = Incident.objects.filter(program=current().program).prefetch_related("steps").order_by("-found_at")[:200]
    lines = [_line(row, at) for row in rows]
    return sorted(lines, key=lambda one: (one.closed_at is not None, one.next_step.due_at if one.next_step else at))


def incident(incident_id: uuid.UUID, *, now: datetime | None = None) -> IncidentLine:
    """One incident; raises `NotFound`."""
    return _line(_row(incident_id), now or clock.now())


def open_steps() -> int:
    """How many clocks of incidents run in the context's program."""
    return IncidentStep.objects.filter(program=current().program, done_at__isnull=True).count()


def incident_report(line: IncidentLine, *, words: Mapping[str, Any], at: datetime) -> bytes:
    """The report for outside as PDF/UA: what Publication 1075, 1.8 asks for, without anybody's data.

    `words` are headings and values in the language of the paper, in their order, `title`, `language` and `program`
    beside. The same content at the same moment gives the same bytes.
    """
    made: bytes = typst.compile(
        _layout(), format="pdf", ignore_system_fonts=True, pdf_standards="ua-1", timestamp=int(at.timestamp()),
        sys_inputs={"paper": json.dumps({**words, "id": str(line.id)}, ensure_ascii=False)},
    )  # fmt: skip
    return made


@cache
def _layout() -> bytes:
    return (files(__package__) / "incident.typ").read_bytes()


def _row(incident_id: uuid.UUID) -> Incident:
    found = Incident.objects.filter(id=incident_id, program=current().program).first()
    if found is None:
        raise NotFound("no such incident in this program")
    return found


def _line(row: Incident, at: datetime) -> IncidentLine:
    listed = clocks()
    known: dict[str, Clock] = {one.key: one for one in listed}
    words = json.loads(open_note(row.program, f"incident:{row.id}", row.words))
    steps = [
        StepLine(
            step.id, known.get(step.key) or _gone(step.key), step.due_at, step.done_at is None and step.due_at <= at,
            number_of(step.done_by) if step.done_by else "", step.done_at, step.reference,
        )
        for step in row.steps.all()
    ]  # fmt: skip
    told = Told(
        row.occurred_at, row.found_at, HowFound(row.how_found), frozenset(map(Element, row.elements)), row.people,
        *(words[name] for name in _WORDS),
    )  # fmt: skip
    return IncidentLine(
        row.id, told, row.basis, number_of(row.reported_by), row.reported_at, row.closed_at,
        tuple(sorted(steps, key=lambda one: (one.done_at is not None, one.due_at, one.clock.key))),
        unset(told=told, state=profile(row.program).state, clocks=listed) if row.closed_at is None else (),
    )  # fmt: skip


def _gone(key: str) -> Clock:
    # An agency took a clock of its own back: what it started still runs, under its name.
    return Clock(key, tax=False, states=frozenset(), hours=0, ours=True, over=0, source="", does={"en": key, "es": key})


def _me() -> str:
    actor = current().actor
    return f"{actor.kind}:{actor.id}"


def _insist(decision: Decision) -> None:
    if not decision.allowed:
        raise Refused(decision)
