"""Visits of participants: begun, looked at with every page, ended."""

from __future__ import annotations

import uuid
from datetime import datetime

from harborline.kernel import NotFound, clock
from harborline.kernel.ids import new_id
from harborline.ledger.services import record
from harborline.people.facts import OwnParticipant, VisitFacts
from harborline.people.models import CaseParty, Participant, PhoneNumber
from harborline.people.portal.rules import visit_stands
from harborline.people.portal_models import PortalVisit
from harborline.people.sealing import open_field
from harborline.walls import current


def begin_visit(person_id: uuid.UUID, *, way: str) -> uuid.UUID:
    """Begin a visit of this person in the context's program; answers its id. Raises `NotFound` for a stranger here."""
    now, program = clock.now(), current().program
    if not _participants(person_id):
        raise NotFound("no such person here")
    made = PortalVisit.objects.create(id=new_id(), program=program, person_id=person_id, way=way, begun_at=now)
    record("people.visit-begun", subject=f"person:{person_id}", content={"visit": str(made.id), "way": way})
    return made.id


def end_visit(visit_id: uuid.UUID, *, why: str = "left") -> bool:
    """End a visit; answers False when it was over already."""
    visit = PortalVisit.objects.filter(id=visit_id, ended_at__isnull=True).first()
    if visit is None:
        return False
    PortalVisit.objects.filter(id=visit_id).update(ended_at=clock.now(), ended_as=why)
    record("people.visit-ended", subject=f"person:{visit.person_id}", content={"visit": str(visit_id), "why": why})
    return True


def end_visits_of(person_id: uuid.UUID, *, why: str) -> int:
    """End every visit of this person in the context's program that still stands; answers how many."""
    open_ones = PortalVisit.objects.filter(person_id=person_id, program=current().program, ended_at__isnull=True)
    return sum(end_visit(visit, why=why) for visit in list(open_ones.values_list("id", flat=True)))


def visit_at(visit_id: uuid.UUID, *, seen_at: datetime) -> VisitFacts | None:
    """The visit and what is its person's, if it stands at this moment; None when it is over or the person is gone.

    `seen_at`: when its person last did something. A visit found too old is ended here.
    """
    now = clock.now()
    visit = PortalVisit.objects.filter(id=visit_id).first()
    if visit is None:
        return None
    stands = visit_stands(begun_at=visit.begun_at, seen_at=seen_at, ended_at=visit.ended_at, now=now)
    if stands.allowed:
        return _facts(visit)
    if visit.ended_at is None:
        end_visit(visit_id, why=stands.reason.removeprefix("visit-"))
    return None


def own_number(participant_id: uuid.UUID) -> str | None:
    """The participant's current number (E.164), opened; None when there is none. In their own session or for staff."""
    found = PhoneNumber.objects.filter(participant_id=participant_id, until_at__isnull=True).first()
    return open_field(found.program, participant_id, "phone", bytes(found.e164)) if found else None


def _facts(visit: PortalVisit) -> VisitFacts | None:
    mine = _participants(visit.person_id)
    if not mine:
        return None
    parties = CaseParty.objects.filter(participant_id__in=[each.id for each in mine], ended_at__isnull=True)
    cases = tuple(parties.values_list("case_id", flat=True).order_by("case_id"))
    return VisitFacts(visit.id, visit.program, visit.person_id, visit.begun_at, mine, cases)


def _participants(person_id: uuid.UUID) -> tuple[OwnParticipant, ...]:
    rows = Participant.objects.filter(person_id=person_id, gone_at__isnull=True).order_by("external_id")
    return tuple(OwnParticipant(row.id, row.county, row.external_id, row.language) for row in rows)
