"""Participants in the portal, let in as if they had shown both things; and their own units of work."""

from __future__ import annotations

from django.test import Client
from tests.rooms.town import NC, as_state

from harborline.kernel import clock
from harborline.people.models import Participant
from harborline.people.services import begin_visit, visit_at
from harborline.sites.visiting import PROGRAM, SEEN, VISIT, Visit


def visit_for(number: str, program: str = NC) -> Visit:
    """A visit of the participant with this number in the case system."""
    with as_state(program):
        person = Participant.objects.get(external_id=number).person_id
        facts = visit_at(begin_visit(person, way="handed-over"), seen_at=clock.now())
    assert facts is not None
    return Visit(facts)


def let_in(number: str, program: str = NC, *, language: str = "en") -> Client:
    """A browser in which the participant is inside."""
    client = Client(headers={"Accept-Language": language})
    visit = visit_for(number, program)
    session = client.session
    session.update({VISIT: str(visit.facts.id), PROGRAM: program, SEEN: clock.now().timestamp()})
    session.save()
    client.cookies["harborline"] = str(session.session_key)
    return client
