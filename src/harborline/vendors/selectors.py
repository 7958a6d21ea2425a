"""What others may ask about vendors; inside `walls.acting` of the program."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from harborline.kernel import Decision, NotFound, clock
from harborline.law import profile
from harborline.vendors.facts import TEXTING, ApprovalFacts, FaxKind, FaxLineFacts, LifeFacts, ScreeningList, StepKind
from harborline.vendors.gathering import lives
from harborline.vendors.life.deadlines import Deadline, Due
from harborline.vendors.life.deadlines import deadlines as _deadlines
from harborline.vendors.life.rules import next_step, state_of
from harborline.vendors.listkeeping import in_force
from harborline.vendors.models import Approval, Connector, Engagement, FaxLine, Paper, ScreeningRecord
from harborline.vendors.rules import fax_line_private, may_carry
from harborline.vendors.screening.lists import categories, imported, requirements_of
from harborline.walls import current

__all__ = [
    "About",
    "Deadline",
    "Due",
    "about",
    "approval_for",
    "approvals",
    "categories",
    "connector_may",
    "connectors",
    "deadlines",
    "fax_line",
    "fax_lines",
    "imported",
    "life",
    "lists",
    "live_vendors",
    "next_step",
    "requirements_of",
    "screenings",
    "state_of",
    "stopped_reasons",
    "vendor_lives",
]


def connector_may(
    connector: str,
    *,
    program: str,
    purpose: str,
    elements: Iterable[str] = (),
    fax_line_label: str | None = None,
    now: datetime | None = None,
) -> Decision:
    """The gate: whether the connector may start, send or export for this program, purpose and data elements.

    Every connector that reaches a company asks this before it starts and before it hands anything over; faxes name the
    line they go over. A connector nobody bound to a vendor is refused.
    Source: NC-CSS-22-18:prior-written-permission, MN-WIC-9.6:fax-private-line.
    """
    at = now or clock.now()
    if fax_line_label is not None or purpose == "fax":
        line = fax_line(fax_line_label or "")
        private = fax_line_private(line=line, program=program, today=at.date())
        if not private.allowed:
            return private
    approval = approval_for(connector, program, purpose=purpose, now=at)
    return may_carry(approval=approval, program=program, purpose=purpose, now=at, elements=elements)


def approval_for(
    carrier: str, program: str, *, purpose: str = TEXTING, now: datetime | None = None
) -> ApprovalFacts | None:
    """The permission under which the connector `carrier` works for `program`: the one that holds longest, or None.

    `rivals` counts the other live vendors where the program may have only one.
    """
    at = now or clock.now()
    rows = Approval.objects.filter(program=program, purpose=purpose, vendor__connector__name=carrier)
    found = list(rows.select_related("vendor").order_by("valid_until_at"))
    return _facts([max(found, key=lambda one: _weight(one, at))], at)[0] if found else None


def _weight(row: Approval, at: datetime) -> tuple[bool, bool, bool, datetime]:
    # Of several letters the one that holds now and belongs to a life counts; a revoked one only when there is no other.
    in_term = row.valid_from_at <= at < row.valid_until_at
    return row.revoked_at is None, row.engagement_id is not None, in_term, row.valid_until_at


def approvals(program: str, *, now: datetime | None = None) -> list[ApprovalFacts]:
    """Every permission the program ever gave, the newest first."""
    at = now or clock.now()
    rows = Approval.objects.filter(program=program).select_related("vendor").order_by("-valid_from_at")
    return _facts(list(rows), at)


def live_vendors(program: str, purpose: str, at: datetime) -> set[str]:
    """The keys of the vendors whose permission for the purpose holds at `at`; sub-processors are none of them."""
    rows = Approval.objects.filter(
        program=program, purpose=purpose, revoked_at__isnull=True, valid_from_at__lte=at, valid_until_at__gt=at
    ).filter(engagement__under__isnull=True)
    return set(rows.values_list("vendor__key", flat=True))


def connectors() -> dict[str, str]:
    """Every connector's vendor, by the connector's name."""
    return dict(Connector.objects.values_list("name", "vendor__key"))


def vendor_lives(*, now: datetime | None = None) -> list[LifeFacts]:
    """Every vendor's life in the context's program, the newest first."""
    return lives(current().program, now=now)


def life(engagement_id: uuid.UUID, *, now: datetime | None = None) -> LifeFacts:
    """One life; raises `NotFound` when it is absent or another program's."""
    found = lives(current().program, only=[engagement_id], now=now)
    if not found:
        raise NotFound("no such vendor here")
    return found[0]


@dataclass(frozen=True, slots=True)
class About:
    """What a page shows about an engagement beside its life."""

    systems: str
    identifiers: dict[str, str]
    connectors: tuple[str, ...]
    papers: tuple[Paper, ...]
    below: tuple[tuple[uuid.UUID, str], ...]
    above: tuple[uuid.UUID, str] | None
    letters: tuple[Approval, ...]


def about(engagement_id: uuid.UUID) -> About:
    """The company's identifiers and connectors, papers, sub-processors, letters; raises `NotFound`."""
    program = current().program
    rows = Engagement.objects.filter(program=program).select_related("vendor", "under__vendor")
    row = rows.filter(id=engagement_id).first()
    if row is None:
        raise NotFound("no such vendor here")
    papers = Paper.objects.filter(program=program, step__engagement=row).select_related("step").order_by("at")
    below = rows.filter(under_id=engagement_id).order_by("drafted_at").values_list("id", "vendor__name")
    names = Connector.objects.filter(vendor_id=row.vendor_id).order_by("name").values_list("name", flat=True)
    return About(
        systems=row.systems,
        identifiers=dict(row.vendor.identifiers),
        connectors=tuple(names),
        papers=tuple(papers),
        below=tuple(below),
        above=(row.under.id, row.under.vendor.name) if row.under else None,
        letters=tuple(Approval.objects.filter(engagement_id=engagement_id).order_by("valid_from_at")),
    )


def screenings(engagement_id: uuid.UUID) -> list[ScreeningRecord]:
    """Every recorded screening of an engagement, the newest first."""
    rows = ScreeningRecord.objects.filter(program=current().program, engagement_id=engagement_id)
    return list(rows.order_by("-at"))


def deadlines(*, within: timedelta, now: datetime | None = None) -> list[Deadline]:
    """Everything of the program's vendors and fax lines that ended or ends within a span, the soonest first."""
    at = now or clock.now()
    return _deadlines(lives=vendor_lives(now=at), fax_lines=fax_lines(), before=(at + within).date())


def stopped_reasons(*, now: datetime | None = None) -> list[str]:
    """Why companies that went live once and were not revoked do not stand now, in the context's program."""
    at = now or clock.now()
    opened = [one for one in vendor_lives(now=at) if one.last(StepKind.LIVE) and not one.last(StepKind.REVOKED)]
    decisions = [state_of(life=one, now=at)[1] for one in opened]
    return [decision.reason for decision in decisions if not decision.allowed]


def lists() -> dict[str, ScreeningList]:
    """The lists in force, by id."""
    return in_force()


def fax_lines() -> list[FaxLineFacts]:
    """The program's fax lines, each as it was last attested, by label."""
    rows = FaxLine.objects.filter(program=current().program).order_by("label", "-at").distinct("label")
    return [_line(row) for row in rows]


def fax_line(label: str) -> FaxLineFacts | None:
    """One fax line as it was last attested, or None."""
    row = FaxLine.objects.filter(program=current().program, label=label).order_by("-at").first()
    return None if row is None else _line(row)


def _line(row: FaxLine) -> FaxLineFacts:
    return FaxLineFacts(
        label=row.label,
        program=row.program,
        kind=FaxKind(row.kind),
        attested_by=row.attested_by,
        attested_on=row.attested_date,
        attested_until=row.until_date,
        withdrawn=row.withdrawn,
    )


def _facts(rows: list[Approval], at: datetime) -> list[ApprovalFacts]:
    if not rows:
        return []
    program = rows[0].program
    wanted = [row.engagement_id for row in rows if row.engagement_id is not None]
    known = {one.id: one for one in lives(program, only=wanted, now=at)} if wanted else {}
    one_only = not profile(program).texting.second_carrier
    rivals = {purpose: live_vendors(program, purpose, at) for purpose in {row.purpose for row in rows}}
    return [
        ApprovalFacts(
            id=row.id,
            vendor=row.vendor.key,
            program=row.program,
            purpose=row.purpose,
            data_elements=frozenset(row.data_elements),
            document_no=row.document_no,
            signer=row.signer,
            signed_on=row.signed_date,
            valid_from_at=row.valid_from_at,
            valid_until_at=row.valid_until_at,
            revoked_at=row.revoked_at,
            rivals=len(rivals[row.purpose] - {row.vendor.key}) if one_only else 0,
            free_service=row.vendor.free_service,
            simulated=row.vendor.simulated,
            life=known.get(row.engagement_id) if row.engagement_id is not None else None,
        )
        for row in rows
    ]
