"""The nightly watch: find, keep what weighs enough, show each supervisor their week, take what they found."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from harborline.disclosure.facts import ReviewOutcome
from harborline.disclosure.selectors import LookLine, looks_of
from harborline.disclosure.services import settle_look
from harborline.kernel import Decision, Invalid, NotFound, Refused, clock
from harborline.kernel.ids import new_id
from harborline.law import profile
from harborline.ledger.services import record
from harborline.oversight.detecting import REVIEW_FROM, drawn, findings
from harborline.oversight.gathering import Gathered, gather
from harborline.oversight.sealing import open_note, seal_note
from harborline.oversight.watch_facts import NOBODY, Found, Mark
from harborline.oversight.watch_models import Finding, FindingReview, PublicPerson
from harborline.oversight.watch_rules import (
    WEEKLY,
    FindingOutcome,
    may_list_public,
    may_review_finding,
    reads_finding,
    sees_finding,
)
from harborline.people.selectors import person_at_hand
from harborline.walls import ALL_COUNTIES, Actor, acting, current
from harborline.workforce.facts import StaffRole
from harborline.workforce.selectors import number_of, placings_of, supervised_by, supervisors_of, worker_standing

DAYS = 28
_NOTE_MAX = 1_000
_SETTLED = {
    FindingOutcome.EXPLAINED: ReviewOutcome.JUSTIFIED,
    FindingOutcome.REMINDER: ReviewOutcome.NOT_NEEDED,
    FindingOutcome.RETRAINING: ReviewOutcome.NOT_NEEDED,
    FindingOutcome.PENALTY: ReviewOutcome.MISUSE,
    FindingOutcome.INCIDENT: ReviewOutcome.MISUSE,
}


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding as a supervisor reads it; it names marks, days and pages, never a protected value."""

    id: uuid.UUID
    worker_id: uuid.UUID
    who: str
    participant_id: uuid.UUID | None
    marks: tuple[Mark, ...]
    score: int
    times: int
    days: int
    people: int
    first_at: datetime
    last_at: datetime
    outcome: str
    note: str
    reviewed_by: str


@dataclass(frozen=True, slots=True)
class Week:
    """What one reviewer is shown for this week, the weightiest first; how many they reviewed, how many more wait."""

    lines: tuple[FindingLine, ...]
    reviewed: int
    waiting: int


def watch(program: str, *, now: datetime | None = None) -> int:
    """Look through the last 28 days of a program and keep what weighs enough; answers how many findings are new.

    Source: OFFSET-8.2:routine-monitoring.
    """
    at = now or clock.now()
    with acting(Actor("system", "watch"), program=program, counties=ALL_COUNTIES, purpose="oversight"):
        gathered = gather(at - timedelta(days=DAYS), at)
        found = findings(gathered.picture)
        lot = drawn(found, seed=f"{program}:{at:%Y-%m-%d}")
        kept = [one for one in found if one.score >= REVIEW_FROM] + ([lot] if lot else [])
        fresh = sum(_keep(one, gathered, at) for one in kept)
        content = {
            "accesses": len(gathered.picture.accesses.worker),
            "found": len(found),
            "kept": len(kept),
            "new": fresh,
        }
        record("oversight.watched", subject=f"program:{program}", content=content)
    return fresh


def _keep(found: Found, gathered: Gathered, at: datetime) -> bool:
    # A finding that nobody reviewed grows; of a reviewed one only what came later is found anew.
    worker, first, last = gathered.workers[found.worker], gathered.moment(found.first_s), gathered.moment(found.last_s)
    who = gathered.people[found.person] if found.person != NOBODY else (None, None, "")
    known = Finding.objects.filter(worker_id=worker, participant_id=who[0]).order_by("-last_at")
    if who[0] is None:
        # About many or nobody a finding is one day's: that local day and what speaks for it make it the same.
        midnight = first.astimezone(gathered.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        known = known.filter(first_at__gte=midnight, first_at__lt=midnight + timedelta(days=1))
        known = known.filter(marks__contains=[found.marks[0].value])
    newest = known.select_related("review").first()
    columns = {
        "marks": [one.value for one in found.marks], "score": found.score, "times": found.times, "days": found.days,
        "people": found.people, "first_at": first, "last_at": last, "found_at": at,
    }  # fmt: skip
    if newest is not None and not hasattr(newest, "review"):
        Finding.objects.filter(id=newest.id).update(**columns)
        return False
    if newest is not None and newest.last_at >= last:
        return False
    county = who[2] or _county(found, gathered)
    Finding.objects.create(
        id=new_id(), program=current().program, county=county, worker_id=worker, participant_id=who[0],
        person_id=who[1], **columns,
    )  # fmt: skip
    return True


def _county(found: Found, gathered: Gathered) -> str:
    # About many or nobody: where the worker works now, so that their supervisor sees it behind the county's wall; of
    # who works nowhere any more, where the people are.
    placings = placings_of(gathered.workers[found.worker], current().program)
    counties = [one.county for one in placings if not one.over and one.county != ALL_COUNTIES[0]]
    if counties:
        return counties[0]
    seen = gathered.picture.accesses
    mine = seen.person[(seen.worker == found.worker) & (seen.person != NOBODY)]
    return gathered.people[int(mine[0])][2] if len(mine) else ALL_COUNTIES[0]


def week_of(*, roles: Collection[str], now: datetime | None = None) -> Week:
    """The findings that the worker of the context reviews this week: five at most, the weightiest first."""
    context, at = current(), now or clock.now()
    me = f"{context.actor.kind}:{context.actor.id}"
    below = supervised_by(uuid.UUID(context.actor.id), context.program, now=at)
    rows = Finding.objects.filter(review__isnull=True).order_by("-score", "-last_at", "id")
    led = _Led(at)
    mine = [
        row
        for row in rows
        if sees_finding(
            roles=roles, reviewer=me, about=f"worker:{row.worker_id}", supervises=row.worker_id in below,
            has_supervisor=led.by_somebody(row),
        )
    ]  # fmt: skip
    reviewed = FindingReview.objects.filter(reviewed_by=me, at__gte=_monday(at)).count()
    left = max(WEEKLY - reviewed, 0)
    return Week(tuple(_line(row) for row in mine[:left]), reviewed, max(len(mine) - left, 0))


class _Led:
    """Whether a supervisor of the worker can review a finding: at work, in that role, in the finding's county."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._above: dict[uuid.UUID, list[tuple[str, ...]]] = {}

    def by_somebody(self, row: Finding) -> bool:
        """Asked once for each worker."""
        if row.worker_id not in self._above:
            program = current().program
            standings = [
                worker_standing(one, program, now=self._at)
                for one in supervisors_of(row.worker_id, program, now=self._at)
            ]
            self._above[row.worker_id] = [
                one.counties for one in standings if one.may_work and StaffRole.SUPERVISOR in one.roles
            ]
        return any(counties == ALL_COUNTIES or row.county in counties for counties in self._above[row.worker_id])


def _monday(at: datetime) -> datetime:
    here = at.astimezone(ZoneInfo(profile(current().program).zones[0]))
    return (here - timedelta(days=here.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)


def finding(finding_id: uuid.UUID, *, roles: Collection[str]) -> tuple[FindingLine, list[LookLine]]:
    """One finding with its looks, to those who may review it; reading it is recorded. Raises `NotFound`."""
    row, context = _row(finding_id), current()
    below = supervised_by(uuid.UUID(context.actor.id), context.program, now=clock.now())
    if not reads_finding(
        roles=roles, reviewer=f"{context.actor.kind}:{context.actor.id}", about=f"worker:{row.worker_id}",
        supervises=row.worker_id in below,
    ):  # fmt: skip
        raise NotFound("no such finding here")
    record("oversight.finding-opened", subject=f"worker:{row.worker_id}", content={"finding": str(row.id)})
    return _line(row), _looks(row)


def _looks(row: Finding) -> list[LookLine]:
    until = row.last_at + timedelta(seconds=1)
    return looks_of(f"worker:{row.worker_id}", participant_id=row.participant_id, from_at=row.first_at, until_at=until)


def review_finding(finding_id: uuid.UUID, outcome: FindingOutcome, *, note: str, roles: Collection[str]) -> None:
    """Say what was found, once; the looks it is about are settled with it. Raises `NotFound`, `Refused`, `Invalid`."""
    row, context, at = _row(finding_id), current(), clock.now()
    me = f"{context.actor.kind}:{context.actor.id}"
    _insist(
        may_review_finding(
            roles=roles, reviewer=me, about=f"worker:{row.worker_id}", outcome=outcome, note=note,
            supervises=row.worker_id in supervised_by(uuid.UUID(context.actor.id), context.program, now=at),
            reviewed=FindingReview.objects.filter(finding_id=row.id).exists(),
        )
    )  # fmt: skip
    if len(note) > _NOTE_MAX:
        raise Invalid("at most {most} signs", "note", most=_NOTE_MAX)
    FindingReview.objects.create(
        id=new_id(), program=row.program, county=row.county, finding=row, outcome=outcome.value, reviewed_by=me, at=at,
        note=seal_note(row.program, f"finding:{row.id}", note.strip()) if note.strip() else None,
    )  # fmt: skip
    content = {"finding": str(row.id), "outcome": outcome.value, "marks": list(row.marks)}
    record("oversight.finding-reviewed", subject=f"worker:{row.worker_id}", content=content)
    for who, day in {(one.participant_id, one.day) for one in _looks(row) if not one.tie}:
        with suppress(NotFound):  # settled before, or older than the list of looks goes back
            settle_look(who, day, f"worker:{row.worker_id}", _SETTLED[outcome], roles=roles)


def list_public(participant_id: uuid.UUID, *, because: str, roles: Collection[str]) -> None:
    """Put a participant on the list of public people; a second time changes nothing. Raises `Refused`, `NotFound`."""
    _insist(may_list_public(roles=roles))
    context, at = current(), clock.now()
    found = person_at_hand(participant_id, now=at)
    if found is None:
        raise NotFound("no such participant here")
    if PublicPerson.objects.filter(person_id=found.person_id, ended_at__isnull=True).exists():
        return
    PublicPerson.objects.create(
        id=new_id(), agency=context.agency, person_id=found.person_id, because=because[:24],
        listed_by=f"{context.actor.kind}:{context.actor.id}", listed_at=at,
    )  # fmt: skip
    record("oversight.public-listed", subject=f"participant:{participant_id}", content={"because": because[:24]})


def unlist_public(public_id: uuid.UUID, *, roles: Collection[str]) -> None:
    """Take somebody off the list; raises `Refused`, `NotFound`."""
    _insist(may_list_public(roles=roles))
    row = PublicPerson.objects.filter(id=public_id, ended_at__isnull=True).first()
    if row is None:
        raise NotFound("nobody such on the list")
    row.ended_at = clock.now()
    row.save(update_fields=["ended_at"])
    record("oversight.public-unlisted", subject=f"person:{row.person_id}", content={"listed": str(row.id)})


def public_people() -> list[PublicPerson]:
    """Who is on the list now, the newest first."""
    return list(PublicPerson.objects.filter(ended_at__isnull=True).order_by("-listed_at"))


def _row(finding_id: uuid.UUID) -> Finding:
    found = Finding.objects.filter(id=finding_id).select_related("review").first()
    if found is None:
        raise NotFound("no such finding here")
    return found


def _line(row: Finding) -> FindingLine:
    review = getattr(row, "review", None)
    note = open_note(row.program, f"finding:{row.id}", review.note) if review and review.note else ""
    return FindingLine(
        row.id, row.worker_id, number_of(f"worker:{row.worker_id}"), row.participant_id,
        tuple(Mark(one) for one in row.marks), row.score, row.times, row.days, row.people, row.first_at, row.last_at,
        review.outcome if review else "", note, number_of(review.reviewed_by) if review else "",
    )  # fmt: skip


def _insist(decision: Decision) -> None:
    if not decision.allowed:
        raise Refused(decision)
