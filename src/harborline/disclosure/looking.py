"""Looks at pages about people: kept with what explained them, asked about when nothing did, told to the person."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from harborline.disclosure.facts import COWORKER, SURNAME, LookGroup, ReviewOutcome
from harborline.disclosure.models import Look, LookAnswer
from harborline.disclosure.overriding import actor_now
from harborline.disclosure.rules import can_be_looked_up, may_review, may_see_page, weight_of
from harborline.disclosure.ties import kin_of, same_surname, tie_now, works_here
from harborline.disclosure.working import lasting, worked_with
from harborline.kernel import Decision, Invalid, NotFound, Refused, clock
from harborline.kernel.ids import new_id
from harborline.law import profile
from harborline.ledger.services import record
from harborline.people.selectors import person_at_hand, shields_of
from harborline.walls import current
from harborline.walls.cursor import bulk_cursor
from harborline.workforce.selectors import numbers_of

OPENED = "disclosure.fields-looked-at"
READ = "disclosure.papers-looked-at"
ONE_READING = timedelta(minutes=10)
"""How long what is read piece by piece counts as one look."""
_DAYS = 30
_MOST, _EVERYBODY = 300, 100_000
_SAID_MAX, _REFERENCE_MAX = 300, 80
_Key = tuple[uuid.UUID, date, str]


def look_once(participant_id: uuid.UUID, *, page: str, roles: Collection[str], within: timedelta = ONE_READING) -> None:
    """As `look`, unless the worker looked at the same kind of page of this person a moment ago.

    For what is read piece by piece, such as the pages of a paper. Raises `NotFound`.
    """
    since = clock.now() - within
    known = Look.objects.filter(participant_id=participant_id, actor=actor_now(), page=page, at__gt=since)
    if not known.exists():
        look(participant_id, page=page, roles=roles, kind=READ)


def look(participant_id: uuid.UUID, *, page: str, roles: Collection[str], kind: str = OPENED) -> Decision:
    """Record that the worker of the context looks at a page about a participant, with what ties them by work now.

    Answers whether the page opens to them: not one about themselves or their family; that they tried stays on record.
    Raises `NotFound`. Source: OFFSET-8.2:routine-monitoring.
    """
    context, at, me = current(), clock.now(), actor_now()
    person = person_at_hand(participant_id, now=at)
    if person is None:
        raise NotFound("no such participant here")
    tie, found = tie_now(participant_id, person, at=at)
    kin = found.value
    if not kin and works_here(person.names, minute=int(clock.monotonic_s() // 60)):
        kin = COWORKER
    if not kin and same_surname(context.actor.name, person.names):
        kin = SURNAME
    said = ",".join(sorted(roles))[:80]
    Look.objects.create(
        id=new_id(), program=context.program, county=person.county, participant_id=participant_id,
        person_id=person.person_id, actor=me, role=said, page=page, tie=tie.value if tie else "", kin=kin, at=at,
    )  # fmt: skip
    content = {"page": page, "roles": sorted(roles), "tie": tie.value if tie else "", "kin": kin}
    record(kind, subject=f"participant:{participant_id}", content={"participant": str(participant_id), **content})
    return may_see_page(kin=found)


def own_or_family(participant_id: uuid.UUID) -> Decision:
    """Whether the worker of the context may see pages about a participant; raises `NotFound`."""
    person = person_at_hand(participant_id, now=clock.now())
    if person is None:
        raise NotFound("no such participant here")
    actor = current().actor
    return may_see_page(kin=kin_of(uuid.UUID(actor.id), actor.name, person))


def insist_no_kin(participant_id: uuid.UUID) -> None:
    """Raises `Refused` where the worker of the context is or is close to the participant; `NotFound`."""
    decision = own_or_family(participant_id)
    if not decision.allowed:
        raise Refused(decision)


def answer_look(participant_id: uuid.UUID, day: date, *, said: str, reference: str = "") -> None:
    """The worker of the context says why they looked at somebody who was not part of their work that day.

    `reference` names what can be looked up: a paper, a call, a colleague. Raises `NotFound` when they did not look,
    `Invalid` without words.
    """
    if not said.strip() or len(said) > _SAID_MAX:
        raise Invalid("say why, in at most {most} signs", "said", most=_SAID_MAX)
    if len(reference) > _REFERENCE_MAX:
        raise Invalid("name it in at most {most} signs", "reference", most=_REFERENCE_MAX)
    if reference.strip() and not can_be_looked_up(reference):
        raise Invalid("name a number, a day or a person: what others can look up", "reference")
    _keep(_group(participant_id, day, actor_now()), said=said.strip(), found="", reference=reference.strip())


def settle_look(
    participant_id: uuid.UUID, day: date, looker: str, outcome: ReviewOutcome, *, roles: Collection[str]
) -> None:
    """A supervisor or the security officer says what the looks of a worker at a person on a day were.

    `looker` is as records name them. Raises `NotFound`, `Refused` for one's own or without the role.
    """
    decision = may_review(roles=roles, reviewer=actor_now(), opened_by=looker)
    if not decision.allowed:
        raise Refused(decision)
    _keep(_group(participant_id, day, looker), said="", found=outcome.value)


def unexplained(*, looker: str = "", now: datetime | None = None, most: int = _MOST) -> list[LookGroup]:
    """Looks in sight of the last 30 days that nothing explained and nobody settled: the weightiest first.

    One line for worker, person and day. `looker` asks about one worker only.
    """
    at = now or clock.now()
    rows = Look.objects.filter(at__gt=at - timedelta(days=_DAYS), tie="")
    if looker:
        rows = rows.filter(actor=looker)
    zone = ZoneInfo(profile(current().program).zones[0])
    groups: dict[_Key, list[Look]] = {}
    for row in rows.order_by("at"):
        groups.setdefault((row.participant_id, row.at.astimezone(zone).date(), row.actor), []).append(row)
    said, settled = _answers(groups)
    worked = _worked(groups)
    left = {
        key: [one for one in looks if (key not in settled or one.at > settled[key]) and not _was_work(one, worked)]
        for key, looks in groups.items()
    }
    people = Counter((day, actor) for (_who, day, actor), looks in left.items() if looks)
    open_ones = [(key, looks[-1], len(looks)) for key, looks in left.items() if looks]
    # A worker asked about their own looks learns nothing of a protection.
    shields = [] if looker else shields_of([row.person_id for _key, row, _times in open_ones], at)
    numbers = numbers_of(key[2] for key, _row, _times in open_ones)
    found = [
        LookGroup(
            participant_id=key[0], person_id=row.person_id, day=key[1], looker=key[2], who=numbers[key[2]],
            role=row.role, county=row.county, times=times, people=people[key[1], key[2]], kin=row.kin,
            said=_of_last(said, key, row).said, reference=_of_last(said, key, row).reference,
            shielded=bool(shields) and (shields[place].own or shields[place].shared),
        )
        for place, (key, row, times) in enumerate(open_ones)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-weight_of(group=one), one.day))[:most]


def questions() -> list[tuple[uuid.UUID, int]]:
    """Who must still say why they looked at somebody on a day before today, and at how many; by worker."""
    zone = ZoneInfo(profile(current().program).zones[0])
    today = clock.now().astimezone(zone).date()
    open_ones = [one.looker for one in unexplained(most=_EVERYBODY) if not one.said and one.day < today]
    counted = Counter(one for one in open_ones if one.startswith("worker:"))
    return sorted((uuid.UUID(looker.removeprefix("worker:")), times) for looker, times in counted.items())


def _answers(
    groups: Collection[_Key],
) -> tuple[dict[_Key, LookAnswer], dict[_Key, datetime]]:
    # The newest word of the worker, and until when a supervisor settled the looks of that day.
    days = {key[1] for key in groups}
    rows = LookAnswer.objects.filter(day__in=days).order_by("at") if days else LookAnswer.objects.none()
    said: dict[_Key, LookAnswer] = {}
    settled: dict[_Key, datetime] = {}
    for row in rows:
        key = (row.participant_id, row.day, row.looker)
        if row.found:
            settled[key] = row.at
        else:
            said[key] = row
    return said, settled


def _of_last(said: dict[_Key, LookAnswer], key: _Key, last: Look) -> LookAnswer:
    # What was said before the last look says nothing about it.
    found = said.get(key)
    return found if found is not None and found.at >= last.at else LookAnswer(said="", reference="")


def _worked(groups: Mapping[_Key, Sequence[Look]]) -> dict[tuple[uuid.UUID, str], list[datetime]]:
    found: dict[tuple[uuid.UUID, str], list[datetime]] = {}
    if groups:
        days = [one.at for looks in groups.values() for one in looks]
        people = {who for who, _day, _looker in groups}
        for one in worked_with(people, from_at=min(days) - lasting(), until_at=max(days) + timedelta(days=1)):
            found.setdefault((one.participant_id, f"worker:{one.worker_id}"), []).append(one.at)
    return found


def _was_work(row: Look, worked: Mapping[tuple[uuid.UUID, str], Sequence[datetime]]) -> bool:
    # Work that was given until a day after the look explains it too.
    moments = worked.get((row.participant_id, row.actor), ())
    return any(row.at - lasting() < at < row.at + timedelta(days=1) for at in moments)


def _group(participant_id: uuid.UUID, day: date, looker: str) -> LookGroup:
    for one in unexplained(looker=looker):
        if (one.participant_id, one.day) == (participant_id, day):
            return one
    raise NotFound("no such look that waits here")


def _keep(group: LookGroup, *, said: str, found: str, reference: str = "") -> None:
    LookAnswer.objects.create(
        id=new_id(), program=current().program, county=group.county, participant_id=group.participant_id,
        looker=group.looker, day=group.day, said=said, reference=reference, found=found, by=actor_now(),
        at=clock.now(),
    )  # fmt: skip
    content = {
        "looker": group.looker, "day": group.day.isoformat(), "said": said, "reference": reference, "found": found,
    }  # fmt: skip
    kind = "disclosure.look-settled" if found else "disclosure.look-answered"
    record(kind, subject=f"participant:{group.participant_id}", content=content)


def who_looked(participant_id: uuid.UUID) -> list[tuple[str, int]]:
    """Who looked at a person's pages and fields in this program, for the person: (roles, how often), by roles.

    Counted over every county of the program, whatever the context may see, so that nothing tells where. Raises
    `NotFound` for a participant who is not in sight.
    """
    at = clock.now()
    person = person_at_hand(participant_id, now=at)
    if person is None:
        raise NotFound("no such participant here")
    return looks_told(person.person_id)


def looks_told(person_id: uuid.UUID) -> list[tuple[str, int]]:
    """As `who_looked`, for the person themselves in their own session, where nothing else of anybody is in sight."""
    with bulk_cursor() as cursor:
        cursor.execute("SELECT role, times FROM disclosure_looks(%b)", [person_id], binary=True)
        return [(str(role), int(times)) for role, times in cursor.fetchall()]
