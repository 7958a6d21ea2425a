"""What ends or falls due next in vendors' lives. Pure."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from harborline.vendors.facts import FaxLineFacts, LifeFacts, StepKind
from harborline.vendors.life.rules import recertification_due
from harborline.vendors.tax.rules import certification_due, visit_due


class Due(enum.StrEnum):
    """What ends or falls due."""

    PERMISSION = "permission"
    CONTRACT = "contract"
    CERTIFICATION = "certification"
    SCREENING = "screening"
    CLEARANCE = "clearance"
    TAX_FIELD = "tax-field"
    TAX_VISIT = "tax-visit"
    TAX_CERTIFICATION = "tax-certification"
    FAX_LINE = "fax-line"


@dataclass(frozen=True, slots=True)
class Deadline:
    """One thing with its day (from which on it no longer holds); `engagement` is None for a fax line."""

    due: Due
    on: date
    name: str
    engagement: uuid.UUID | None = None


def deadlines(*, lives: Iterable[LifeFacts], fax_lines: Iterable[FaxLineFacts] = (), before: date) -> list[Deadline]:
    """Everything that ends before a day, the past included, the soonest first; lives that are over have none."""
    found = [one for life in lives if _counts(life) for one in _of_life(life)]
    found += [
        Deadline(Due.FAX_LINE, line.attested_until, line.label)
        for line in fax_lines
        if line.attested_until is not None and not line.withdrawn
    ]
    return sorted((one for one in found if one.on < before), key=lambda one: (one.on, one.name, one.due))


def _counts(life: LifeFacts) -> bool:
    return life.last(StepKind.REVOKED) is None and life.last(StepKind.PERMITTED) is not None


def _of_life(life: LifeFacts) -> Iterator[Deadline]:
    for due, on in (*_of_papers(life), *_of_tax(life)):
        if on is not None:
            yield Deadline(due, on, life.name, life.id)


def _of_papers(life: LifeFacts) -> Iterator[tuple[Due, date | None]]:
    letters = [step.detail["valid_until"] for step in life.steps if step.kind is StepKind.PERMITTED]
    yield Due.PERMISSION, datetime.fromisoformat(max(letters)).date()
    contract = life.last(StepKind.CONTRACTED)
    yield Due.CONTRACT, date.fromisoformat(contract.detail["until"]) if contract else None
    yield Due.CERTIFICATION, recertification_due(life)
    screened = life.screening.screened_at
    yield Due.SCREENING, screened.date() + timedelta(days=life.recertify_days) if screened else None
    yield Due.CLEARANCE, life.screening.clears_until


def _of_tax(life: LifeFacts) -> Iterator[tuple[Due, date | None]]:
    if not life.sees_tax or not life.fti.fields:
        return
    for one in life.fti.fields:
        yield Due.TAX_FIELD, one.until_date
    visit = visit_due(life.fti)
    yield Due.TAX_VISIT, None if visit == date.min else visit
    yield Due.TAX_CERTIFICATION, certification_due(life.fti)
