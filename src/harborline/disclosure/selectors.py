"""What others may ask disclosure; inside `walls.acting` of the program."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from harborline.disclosure.accounting import AccountingPaper, AccountingPart, accounting_pdf
from harborline.disclosure.facts import BulkGroup, FieldState, Kin, OverrideFacts, Policy, PolicyChange
from harborline.disclosure.graph import what_sees, who_sees
from harborline.disclosure.looking import insist_no_kin, looks_told, own_or_family, questions, unexplained, who_looked
from harborline.disclosure.many import OrderRow, orders_about, purposes_for_many
from harborline.disclosure.models import (
    BrokenGlass,
    CourtOverride,
    OverrideUse,
    PolicyVersion,
    RegistryTask,
    Reveal,
)
from harborline.disclosure.overriding import actor_now
from harborline.disclosure.policies_in_force import policy_now, versions_of
from harborline.disclosure.policy import changes, read, shipped_text
from harborline.disclosure.printing import Paper, PaperPart, PaperRow, printed
from harborline.disclosure.registry.tasks_of import persons_here
from harborline.disclosure.rules import NEUTRAL
from harborline.disclosure.seeing import LookLine, emergencies_between, looks_of, searches_for_nobody
from harborline.disclosure.telling import ReleaseRow, releases
from harborline.disclosure.ties import kin_of, standing_glasses, tie_of
from harborline.disclosure.working import lasting, worked_with
from harborline.disclosure.writing import WaitingWord, second_words
from harborline.kernel import NotFound, clock
from harborline.people.facts import HeldName
from harborline.people.selectors import person_at_hand
from harborline.walls import current
from harborline.workforce.selectors import number_of, numbers_of, worker_standing

__all__ = [
    "AccountingPaper",
    "AccountingPart",
    "FieldLine",
    "GlassRow",
    "LookLine",
    "OrderRow",
    "Paper",
    "PaperPart",
    "PaperRow",
    "ReleaseRow",
    "RevealRow",
    "TaskRow",
    "VersionRow",
    "VersionShown",
    "WaitingWord",
    "accounting_pdf",
    "emergencies_between",
    "field_lines",
    "glass_until",
    "glasses",
    "insist_no_kin",
    "kin_of",
    "lasting",
    "looks_of",
    "looks_told",
    "nearness",
    "openings_of",
    "orders_about",
    "overrides_of",
    "overrides_waiting",
    "own_or_family",
    "policy_in_force",
    "policy_text",
    "policy_version",
    "policy_versions",
    "printed",
    "purposes_for_many",
    "purposes_of",
    "questions",
    "registry_tasks",
    "releases",
    "searches_for_nobody",
    "second_words",
    "unexplained",
    "what_sees",
    "who_looked",
    "who_sees",
    "worked_with",
]


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field as the policy shows it to a role for a purpose; says nothing of whether there is a value."""

    field: str
    state: FieldState


@dataclass(frozen=True, slots=True)
class RevealRow:
    """One opening of a field, or one refused, as it is listed."""

    at: datetime
    field: str
    purpose: str
    tie: str
    outcome: str
    tax: bool
    who: str
    entry_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class GlassRow:
    """One emergency: whose record, why, by whom, until when, and what became of it (empty: waits for review)."""

    id: uuid.UUID
    participant_id: uuid.UUID
    reason: str
    reference: str
    who: str
    from_at: datetime
    until_at: datetime
    review_by: date
    outcome: str


@dataclass(frozen=True, slots=True)
class TaskRow:
    """The registry must hear of a change by `due_date`."""

    id: uuid.UUID
    person_id: uuid.UUID
    change: str
    opened_at: datetime
    due_date: date
    overdue: bool


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One proposed version of the policy; `approved_by` is empty while it waits."""

    id: uuid.UUID
    number: int
    effective_date: date
    because: str
    proposed_by: str
    approved_by: str
    sha256: str


@dataclass(frozen=True, slots=True)
class VersionShown:
    """One version as it is read before it is approved: its rows, its text, and what it changes."""

    line: VersionRow
    policy: Policy
    text: str
    changes: list[PolicyChange]


def policy_in_force(program: str) -> Policy:
    """The written policy that holds now."""
    return policy_now(program, clock.now())


def policy_text(program: str) -> str:
    """The newest version's own text, to write the next one from."""
    row = PolicyVersion.objects.filter(program=program).order_by("-number").first()
    return row.content if row else shipped_text(program)


def policy_versions(program: str) -> list[VersionRow]:
    """Every version written by the agency, the newest first."""
    rows = PolicyVersion.objects.filter(program=program).order_by("-number")
    approved = {one.version: one.approved_by for one in versions_of(program)}
    return [
        VersionRow(
            row.id, row.number, row.effective_date, row.because, number_of(row.proposed_by),
            number_of(approved.get(row.number, "")), row.sha256,
        )
        for row in rows
    ]  # fmt: skip


def policy_version(version_id: uuid.UUID) -> VersionShown:
    """One version written by the agency, with what it changes in the policy that holds now; raises `NotFound`."""
    program = current().program
    row = PolicyVersion.objects.filter(id=version_id, program=program).first()
    if row is None:
        raise NotFound("no such version in this program")
    (line,) = (one for one in policy_versions(program) if one.id == row.id)
    policy = read(row.content, program=program, version=row.number)
    return VersionShown(line, policy, row.content, changes(policy_in_force(program), policy))


def field_lines(purpose: str, roles: Collection[str]) -> list[FieldLine]:
    """The fields the policy names to these roles for a purpose, with their state; the same for every person."""
    policy, listed = policy_in_force(current().program), []
    for name in HeldName:
        # What a tax source told must be named as tax information too, which is judged when it opens.
        state = policy.state_of(purpose, frozenset(roles), name)
        if state is not FieldState.BLOCKED:
            listed.append(FieldLine(name.value, state))
    return listed


def purposes_of(roles: Collection[str]) -> list[tuple[str, Mapping[str, str]]]:
    """The purposes for which the policy names anything to these roles, with their words in each language."""
    policy, mine = policy_in_force(current().program), frozenset(roles)
    many = frozenset(BulkGroup)
    shown = {row.purpose for row in policy.rows if row.role in mine and row.state.opens and row.group not in many}
    return [(purpose, words) for purpose, words in policy.purposes.items() if purpose in shown]


def glass_until(participant_id: uuid.UUID) -> datetime | None:
    """Until when the worker of the context opened this participant's record in an emergency; None: they did not."""
    at = clock.now()
    rows = standing_glasses(at).filter(participant_id=participant_id, actor=actor_now())
    return rows.order_by("-until_at").values_list("until_at", flat=True).first()


def openings_of(participant_id: uuid.UUID, limit: int = 50) -> list[RevealRow]:
    """The newest openings of a participant's fields in sight, refused ones too; a shield looks like nothing on file."""
    rows = list(Reveal.objects.filter(participant_id=participant_id).order_by("-at")[:limit])
    numbers = numbers_of(row.actor for row in rows)
    return [
        RevealRow(
            row.at, row.field, row.purpose, row.tie, "allow" if row.reason in NEUTRAL else row.outcome, row.tax,
            numbers[row.actor], row.entry_id,
        )
        for row in rows
    ]  # fmt: skip


def glasses(*, open_only: bool = True) -> list[GlassRow]:
    """Emergencies in sight that wait for a review, the oldest first."""
    rows = BrokenGlass.objects.select_related("review").order_by("from_at")
    if open_only:
        rows = rows.filter(review__isnull=True)
    numbers = numbers_of(row.actor for row in rows)
    return [
        GlassRow(
            row.id, row.participant_id, row.reason, row.reference, numbers[row.actor], row.from_at, row.until_at,
            row.review_by, row.review.outcome if hasattr(row, "review") else "",
        )
        for row in rows
    ]  # fmt: skip


def overrides_of(participant_id: uuid.UUID) -> list[OverrideFacts]:
    """The court orders about a participant in sight, the newest first."""
    return _overrides(list(CourtOverride.objects.filter(participant_id=participant_id).order_by("-asked_at")))


def overrides_waiting() -> list[OverrideFacts]:
    """The court orders in sight that another person must confirm, the oldest first."""
    rows = CourtOverride.objects.filter(approved_at__isnull=True, expires_at__gt=clock.now())
    return _overrides(list(rows.order_by("asked_at")))


def _overrides(rows: list[CourtOverride]) -> list[OverrideFacts]:
    used = dict(OverrideUse.objects.filter(override_id__in=[row.id for row in rows]).values_list("override_id", "at"))
    numbers = numbers_of(who for row in rows for who in (row.asked_by, row.approved_by))
    return [
        OverrideFacts(
            row.id, row.participant_id, row.field, row.court, row.docket, row.expires_at, numbers[row.asked_by],
            numbers[row.approved_by], used.get(row.id),
        )
        for row in rows
    ]  # fmt: skip


def registry_tasks(*, now: datetime | None = None) -> list[TaskRow]:
    """What the federal case registry must still be told of people in sight, by due day.

    Of other counties' people nothing is told, not even how many are protected there.
    """
    today = (now or clock.now()).date()
    rows = list(RegistryTask.objects.filter(program=current().program, done_at__isnull=True).order_by("due_date", "id"))
    here = persons_here(row.person_id for row in rows)
    return [
        TaskRow(row.id, row.person_id, row.change, row.opened_at, row.due_date, row.due_date < today)
        for row in rows
        if row.person_id in here
    ]


@dataclass(frozen=True, slots=True)
class Nearness:
    """What a worker is to a person: family, tied by work now; and whether the person's cases are protected."""

    kin: bool
    tied: bool
    shielded: bool


def nearness(participant_id: uuid.UUID, worker_id: uuid.UUID, *, name: str) -> Nearness | None:
    """How near a worker and a participant in sight are, by work and beside it; None where there is nobody.

    Source: OFFSET-8.2:only-as-necessary.
    """
    at, context = clock.now(), current()
    actor = f"worker:{worker_id}"
    person = person_at_hand(participant_id, now=at)
    if person is None:
        return None
    kin = kin_of(worker_id, name, person) not in (Kin.NONE, Kin.CLEARED)
    standing = worker_standing(worker_id, context.program, now=at)
    tie = tie_of(participant_id, person, standing, actor=actor, at=at)
    return Nearness(kin, tie is not None, person.shield.own or person.shield.shared)
