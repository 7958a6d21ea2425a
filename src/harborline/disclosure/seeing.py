"""Reading looks back: of one worker in a span, for a supervisor who reviews them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from harborline.disclosure.models import BrokenGlass, Look, LookAnswer, Search
from harborline.law import profile
from harborline.walls import current

_MOST = 200
_WORKER = "worker:"


@dataclass(frozen=True, slots=True)
class LookLine:
    """One look: at whose page, when, by which tie (empty: none), and what the worker said about that day."""

    participant_id: uuid.UUID
    at: datetime
    day: date
    page: str
    tie: str
    said: str
    reference: str


def looks_of(
    looker: str, *, from_at: datetime, until_at: datetime, participant_id: uuid.UUID | None = None
) -> list[LookLine]:
    """The looks of a worker (`worker:<id>`) in a half-open span, in sight, the newest first; 200 at most."""
    rows = Look.objects.filter(actor=looker, at__gte=from_at, at__lt=until_at).order_by("-at")
    if participant_id is not None:
        rows = rows.filter(participant_id=participant_id)
    zone, found = ZoneInfo(profile(current().program).zones[0]), list(rows[:_MOST])
    people = {row.participant_id for row in found}
    answers = LookAnswer.objects.filter(looker=looker, participant_id__in=people, found="").order_by("at")
    said = {(row.participant_id, row.day): (row.said, row.reference) for row in answers}
    days = [row.at.astimezone(zone).date() for row in found]
    return [
        LookLine(row.participant_id, row.at, day, row.page, row.tie, *said.get((row.participant_id, day), ("", "")))
        for row, day in zip(found, days, strict=True)
    ]


def emergencies_between(from_at: datetime, until_at: datetime) -> list[tuple[datetime, str, str]]:
    """The emergencies of workers in sight in a half-open span: when, the worker's id, the words in small letters."""
    rows = BrokenGlass.objects.filter(from_at__gte=from_at, from_at__lt=until_at, actor__startswith=_WORKER)
    found = rows.order_by("from_at").values_list("from_at", "actor", "reference")
    return [(at, actor.removeprefix(_WORKER), " ".join(reference.casefold().split())) for at, actor, reference in found]


def searches_for_nobody(from_at: datetime, until_at: datetime) -> list[tuple[datetime, str]]:
    """The searches of workers for numbers nobody has, in a half-open span: when, the worker's id."""
    rows = Search.objects.filter(at__gte=from_at, at__lt=until_at, participant_id__isnull=True)
    found = rows.filter(actor__startswith=_WORKER).order_by("at").values_list("at", "actor")
    return [(at, actor.removeprefix(_WORKER)) for at, actor in found]
