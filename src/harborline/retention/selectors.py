"""What others may ask about retention; inside `walls.acting` of the program."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from harborline.kernel import NotFound, clock, ports
from harborline.law.schedules import Limit, Schedule, Series, Trigger
from harborline.retention import governing as _governing
from harborline.retention.acting import everywhere
from harborline.retention.certificate import Certificate, certificate_of
from harborline.retention.facts import (
    Candidate,
    Concerns,
    Governing,
    HoldRow,
    HoldState,
    Limits,
    RunRow,
    RunState,
    SeriesPreview,
    Tombstone,
)
from harborline.retention.holding import KEEPING, in_sight, keeping
from harborline.retention.judging import Judge
from harborline.retention.models import Adoption, CaseClosing, Destroyed, DisposalRun, Hold, TakenPreview
from harborline.retention.ports import Disposable, Parties
from harborline.retention.rules import covers
from harborline.retention.sealing import open_words
from harborline.walls import ALL_COUNTIES, current
from harborline.workforce.selectors import number_of

__all__ = [
    "Certificate",
    "case_closings",
    "certificate",
    "destroyed",
    "governing",
    "held_people",
    "holds",
    "in_force",
    "limits",
    "pending_adoptions",
    "preview",
    "previews",
    "run",
    "runs",
    "taken_previews",
]


def in_force(*, now: datetime | None = None) -> Schedule:
    """The schedule in force for this program."""
    return _governing.in_force(current().program, now or clock.now())


def governing() -> list[Governing]:
    """Every schedule that is or was in force, in the order of coming into force."""
    return _governing.governing(current().program)


def limits(*, now: datetime | None = None) -> Limits:
    """How long a text that came in is shown, and whether its words go when it is closed."""
    schedule = in_force(now=now)
    apart = schedule.has("texts-shown")
    most = schedule.of("texts-shown" if apart else "texts-in").limits(Limit.MAXIMUM)
    periods = {term.trigger: term.period for term in most}
    return Limits(schedule.mode, not apart, periods[Trigger.VIEWED], periods[Trigger.RECEIVED])


def previews(*, now: datetime | None = None) -> list[SeriesPreview]:
    """What is ripe in every series of the schedule in force, counted now. For the whole program in all its counties."""
    return [preview(series.key, now=now) for series in in_force(now=now).series]


def preview(key: str, *, now: datetime | None = None) -> SeriesPreview:
    """What is ripe in one series, counted now; raises `Invalid` for an unknown series, `NotFound` inside one county."""
    moment = now or clock.now()
    if current().counties != ALL_COUNTIES:
        raise NotFound("disposal is for the whole program, in all its counties")
    series = in_force(now=moment).of(key)
    offered = ports.serving_all(Disposable).get(key)
    if offered is None or series.action != "destroy":
        return _described(series, offered=offered is not None)
    ripe = held = conflicts = 0
    oldest: datetime | None = None
    newest: datetime | None = None
    for one in Judge.of(current().program, series, moment).everything_ripe():
        ripe += 1
        held += one.held
        conflicts += one.due.conflict
        at = one.record.at
        oldest = at if oldest is None else min(oldest, at)
        newest = at if newest is None else max(newest, at)
    return _described(
        series, offered=True, lasting=offered.lasting, counts=(ripe, held, conflicts), between=(oldest, newest)
    )


def _described(
    series: Series,
    *,
    offered: bool,
    lasting: bool = False,
    counts: tuple[int, int, int] = (0, 0, 0),
    between: tuple[datetime | None, datetime | None] = (None, None),
) -> SeriesPreview:
    return SeriesPreview(
        series=series.key,
        title=series.title["en"],
        authority=series.authority,
        copy=series.copy.value,
        action=series.action,
        approver=series.approver,
        offered=offered,
        lasting=lasting,
        ripe=counts[0],
        held=counts[1],
        conflicts=counts[2],
        oldest_at=between[0],
        newest_at=between[1],
    )


def held_people(series: str, participants: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the participants of whose records in a series something is to be kept, whatever its moment.

    Everybody, while the schedule in force keeps the series sealed. For rooms that destroy before their time is up.
    """
    if series == "texts-in" and not limits().destroy_on_close:
        return set(participants)
    standing = [replace(one, from_at=None, until_at=None) for one in keeping(current().program)]
    return {one for one in participants if any(covers(each, _person(one), series) for each in standing)}


def _person(participant_id: uuid.UUID) -> Candidate:
    with everywhere():
        party = ports.serving(Parties).person(participant_id)
    about = Concerns(frozenset({participant_id}), party.cases, party.numbers)
    return Candidate(participant_id, clock.now(), {}, about)


def taken_previews() -> list[TakenPreview]:
    """What the daily upkeep counted last, by series."""
    return list(TakenPreview.objects.filter(program=current().program).order_by("series"))


def holds(*, released: bool = False) -> list[HoldRow]:
    """The holds of this program the context may see, newest first; `released` lists those too. Opens sealed words."""
    rows = Hold.objects.filter(program=current().program).order_by("-placed_at")
    if not released:
        rows = rows.filter(state__in=KEEPING)
    return [_hold_row(row) for row in rows if in_sight(row)]


def _hold_row(row: Hold) -> HoldRow:
    words = open_words(row.program, row.id, row.words)
    return HoldRow(
        id=row.id,
        state=HoldState(row.state),
        covers=words.covers,
        reason=words.reason,
        placed_by=number_of(row.placed_by),
        placed_at=row.placed_at,
        confirmed_by=number_of(row.confirmed_by),
        release_reason=words.release_reason,
        release_asked_by=number_of(row.release_asked_by),
        released_by=number_of(row.released_by),
        released_at=row.released_at,
    )


def runs(*, limit: int = 50) -> list[RunRow]:
    """The newest disposal runs of this program."""
    return [
        _run_row(row) for row in DisposalRun.objects.filter(program=current().program).order_by("-prepared_at")[:limit]
    ]


def run(run_id: uuid.UUID) -> RunRow:
    """One disposal run; raises `NotFound`."""
    return _run_row(_run(run_id))


def _run(run_id: uuid.UUID) -> DisposalRun:
    found = DisposalRun.objects.filter(id=run_id, program=current().program).first()
    if found is None:
        raise NotFound("no such disposal run")
    return found


def _run_row(row: DisposalRun) -> RunRow:
    return RunRow(
        id=row.id,
        series=row.series,
        state=RunState(row.state),
        schedule=f"{row.program}/{row.mode}@{row.version}",
        schedule_sha256=row.schedule_sha256,
        authority=row.authority,
        automatic=row.automatic,
        prepared_by=number_of(row.prepared_by),
        prepared_at=row.prepared_at,
        approved_by=number_of(row.approved_by),
        approved_at=row.approved_at,
        finished_at=row.finished_at,
        planned=row.planned,
        destroyed=row.destroyed,
        kept=row.kept,
        oldest_at=row.oldest_at,
        newest_at=row.newest_at,
        entry_id=row.finished_entry_id,
    )


def certificate(run_id: uuid.UUID) -> Certificate:
    """The certificate of a finished run: JSON with its proof, and a tagged PDF.

    Raises `NotFound`, `Invalid` while the run is not finished, `Unavailable` until the log is signed (seconds).
    """
    return certificate_of(_run(run_id))


def pending_adoptions() -> list[Adoption]:
    """What somebody asked to put in force and nobody approved yet."""
    return list(Adoption.objects.filter(program=current().program, approved_at__isnull=True).order_by("asked_at"))


def destroyed(record_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Tombstone]:
    """What stays of those of the records that were destroyed by a disposal run."""
    rows = Destroyed.objects.filter(program=current().program, record_id__in=list(record_ids))
    return {row.record_id: Tombstone(row.record_id, row.series, row.run_id, row.at) for row in rows}


def case_closings(case_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """When those of the cases that are closed were first seen closed."""
    return dict(CaseClosing.objects.filter(id__in=list(case_ids)).values_list("id", "seen_closed_at"))
