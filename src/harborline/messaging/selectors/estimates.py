"""When a run will be through, told before it is sent: the earliest and the latest moment, and what decides them."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import psycopg

from harborline.kernel.clock import now as clock_now
from harborline.law import Profile, profile
from harborline.messaging.facts import DispatchState, RunState
from harborline.messaging.hours import ALL_US, Window, window
from harborline.messaging.models import NoticeRun, Sender, SenderLease
from harborline.messaging.notices.windows import ANYWHERE
from harborline.messaging.rules import protections_current
from harborline.messaging.selectors.run_list import run_row
from harborline.messaging.sending.forecast import Forecast, Sending, Work, forecast
from harborline.messaging.sending.pace import carrier_day
from harborline.people.selectors import protection_age
from harborline.vendors.rules import may_carry
from harborline.vendors.selectors import approval_for
from harborline.walls.cursor import bulk_cursor

# Carriers have been seen to give half of the pace they promise; the latest finish allows for it.
SLOW_CARRIER = 0.5

# A text of the last week belongs to a run of the last weeks: texts wait for their hour at most so long.
_LOOK_BACK = timedelta(days=28)

_GOING = (RunState.RUNNING.value, RunState.SCHEDULED.value)

_QUEUED = """
SELECT d.zones, date_trunc('hour', d.last_due_at), count(*), sum(m.segments), min(d.due_at)
  FROM messaging_dispatch d JOIN messaging_message m ON m.id = d.message_id
 WHERE d.run_id = %(run)s AND d.state = %(queued)s
 GROUP BY 1, 2 ORDER BY min(d.due_at), 2
"""

# Numbers that had so many notices lately that this run's text to them must wait.
_CAPPED = """
SELECT count(*)
  FROM messaging_dispatch d JOIN messaging_message m ON m.id = d.message_id,
       LATERAL (SELECT count(*) FILTER (WHERE o.handed_at > %(day)s) AS day, count(*) AS week
                  FROM messaging_message n JOIN messaging_dispatch o ON o.message_id = n.id
                 WHERE n.phone_idx = m.phone_idx AND n.kind = 'notice' AND o.handed_at > %(week)s) lately
 WHERE d.run_id = %(run)s AND d.state = %(queued)s
   AND (lately.day >= %(per_day)s OR lately.week >= %(per_week)s)
"""


class Because(enum.StrEnum):
    """What decides when a run is through; each is said with a number and, where there is one, a moment."""

    PACE = "pace"
    DAY_LIMIT = "day-limit"
    HOURS = "hours"
    CAPS = "caps"
    RUNS_BEFORE = "runs-before"
    SCHEDULED = "scheduled"
    NOT_PLANNED = "not-planned"
    NOT_RELEASED = "not-released"
    SENDER_STOPPED = "sender-stopped"
    PROTECTIONS_OLD = "protections-old"
    SLOW_CARRIER = "slow-carrier"
    TOO_LATE = "too-late"


@dataclass(frozen=True, slots=True)
class EstimateReason:
    """One thing that decides; `count` are segments a second, segments, texts or runs, as the code has it."""

    code: Because
    count: int = 0
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is still to go and when it will have gone: if all goes well, and if it does not.

    None: not within three weeks. `too_late` are texts that would not go before their appointment. A run that was not
    released is told from now on; a code in `reasons` says so.
    """

    texts: int
    segments: int
    earliest_at: datetime | None
    latest_at: datetime | None
    too_late: tuple[int, int]
    reasons: tuple[EstimateReason, ...]


def estimate(run_id: uuid.UUID, *, at: datetime | None = None) -> Estimate:
    """From pace and parts, lawful hours, caps, the carrier's day and the sender's other runs.

    Raises `NotFound` for a hidden run.
    """
    run, moment = run_row(run_id), at or clock_now()
    sender = Sender.objects.get(id=run.sender_id)
    with bulk_cursor() as cursor:
        ours = _work(cursor, run, moment)
        before = [each for other in _runs_before(run) for each in _others(cursor, other, moment)]
        after = [each for other in _runs_after(run) for each in _others(cursor, other, moment)]
        capped = _capped(cursor, run, moment)
    start = max(moment, run.scheduled_at) if run.scheduled_at and run.state in _WAITING else moment
    pace = _sending(sender, moment)
    best = _play([*before, *ours], pace, start, run.program)
    slow = replace(pace, per_s=pace.per_s * SLOW_CARRIER)
    worst = _play([*before, *after, *_held(ours, capped, moment)], slow, start, run.program)
    return Estimate(
        texts=sum(each.texts for each in ours),
        segments=sum(each.segments for each in ours),
        earliest_at=best.finish_at,
        latest_at=worst.finish_at,
        too_late=(best.too_late, worst.too_late),
        reasons=tuple(_reasons(run, sender, moment, ours=ours, before=before, capped=capped, worst=worst)),
    )


_WAITING = (RunState.SCHEDULED.value, RunState.READY.value, RunState.AWAITING_APPROVAL.value)


def _work(cursor: psycopg.Cursor[Any], run: NoticeRun, moment: datetime) -> list[Work]:
    cursor.execute(_QUEUED, {"run": run.id, "queued": int(DispatchState.QUEUED)}, binary=True)
    return [
        Work(zones, texts, segments, due_at or moment, last_due_at)
        for zones, last_due_at, texts, segments, due_at in cursor.fetchall()
    ]


def _others(cursor: psycopg.Cursor[Any], run: NoticeRun, moment: datetime) -> list[Work]:
    return [replace(each, ours=False) for each in _work(cursor, run, moment)]


def _runs_before(run: NoticeRun) -> list[NoticeRun]:
    going = NoticeRun.objects.filter(sender_id=run.sender_id, state__in=_GOING, created_at__lt=run.created_at)
    return list(going.order_by("created_at"))


def _runs_after(run: NoticeRun) -> list[NoticeRun]:
    # A later run waits for ours, but one that is already going has the carrier's day and line with it.
    going = NoticeRun.objects.filter(sender_id=run.sender_id, state__in=_GOING, created_at__gt=run.created_at)
    return list(going.order_by("created_at"))


def _capped(cursor: psycopg.Cursor[Any], run: NoticeRun, moment: datetime) -> int:
    texting = profile(run.program).texting
    facts = {
        "run": run.id,
        "queued": int(DispatchState.QUEUED),
        "day": moment - timedelta(days=1),
        "week": moment - timedelta(days=7),
        "per_day": texting.cap_per_day,
        "per_week": texting.cap_per_week,
    }
    if (
        not NoticeRun.objects.filter(program=run.program, created_at__gt=moment - _LOOK_BACK)
        .exclude(id=run.id)
        .exists()
    ):
        return 0
    row = cursor.execute(_CAPPED, facts).fetchone()
    return int(row[0]) if row else 0


def _held(ours: Sequence[Work], capped: int, moment: datetime) -> list[Work]:
    """Our work with the texts over a cap put off by a day."""
    texts = sum(each.texts for each in ours)
    if not capped or not texts:
        return list(ours)
    later: list[Work] = []
    for each in ours:
        held = min(each.texts, round(each.texts * capped / texts))
        parts = round(each.segments * held / each.texts) if each.texts else 0
        later.append(replace(each, texts=each.texts - held, segments=each.segments - parts))
        later.append(replace(each, texts=held, segments=parts, due_at=moment + timedelta(days=1)))
    return later


def _sending(sender: Sender, moment: datetime) -> Sending:
    lease = SenderLease.objects.filter(sender_id=sender.id).first()
    today = carrier_day(moment, sender.day_zone)
    used = lease.day_segments if lease and lease.day == today else 0
    return Sending(float(max(1, sender.segments_per_s)), sender.segments_per_day, used, sender.day_zone)


def _play(work: Sequence[Work], pace: Sending, start: datetime, program: str) -> Forecast:
    return forecast(work, pace, start=start, hours=_Hours(profile(program)))


class _Hours:
    """The lawful hours of a profile, remembered for the stretch in which they hold."""

    def __init__(self, law: Profile) -> None:
        self._law = law
        self._known: dict[str, tuple[datetime, Window]] = {}

    def __call__(self, zones: str, at: datetime) -> Window:
        kept = self._known.get(zones)
        if kept and kept[0] <= at < (kept[1].closes_at or kept[1].next_at or kept[0]):
            return kept[1]
        listed = ALL_US if zones == ANYWHERE else tuple(zones.split(","))
        texting = self._law.texting
        found = window(zones=listed, start=texting.quiet_start, end=texting.quiet_end, now=at)
        self._known[zones] = (at, found)
        return found


def _reasons(
    run: NoticeRun,
    sender: Sender,
    moment: datetime,
    *,
    ours: Sequence[Work],
    before: Sequence[Work],
    capped: int,
    worst: Forecast,
) -> Iterator[EstimateReason]:
    yield EstimateReason(Because.PACE, sender.segments_per_s)
    if sender.segments_per_day is not None:
        yield EstimateReason(Because.DAY_LIMIT, sender.segments_per_day)
    if before:
        yield EstimateReason(Because.RUNS_BEFORE, sum(each.segments for each in before))
    hours = _Hours(profile(run.program))
    closed = [(each, hours(each.zones, moment)) for each in ours]
    asleep = [(each, found) for each, found in closed if not found.open_now]
    if asleep:
        opens = [found.next_at for _, found in asleep if found.next_at]
        yield EstimateReason(Because.HOURS, sum(each.texts for each, _ in asleep), min(opens, default=None))
    if capped:
        yield EstimateReason(Because.CAPS, capped)
    yield from _standing_in_the_way(run, sender, moment)
    yield EstimateReason(Because.SLOW_CARRIER)
    if worst.too_late:
        yield EstimateReason(Because.TOO_LATE, worst.too_late)


def _standing_in_the_way(run: NoticeRun, sender: Sender, moment: datetime) -> Iterator[EstimateReason]:
    if run.planned_at is None:
        yield EstimateReason(Because.NOT_PLANNED, run.row_count)
    if run.state in (RunState.READY.value, RunState.AWAITING_APPROVAL.value, RunState.PAUSED.value):
        yield EstimateReason(Because.NOT_RELEASED)
    if run.scheduled_at and run.scheduled_at > moment:
        yield EstimateReason(Because.SCHEDULED, at=run.scheduled_at)
    approval = approval_for(sender.carrier, run.program, now=moment)
    carried = may_carry(approval=approval, program=run.program, purpose="texting", now=moment)
    if not sender.active or sender.paused_reason or not carried.allowed:
        yield EstimateReason(Because.SENDER_STOPPED)
    fresh = protections_current(age=protection_age(run.program, now=moment), profile=profile(run.program))
    if not fresh.allowed:
        yield EstimateReason(Because.PROTECTIONS_OLD)
