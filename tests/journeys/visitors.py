"""Participants at the browser: let into the portal as if they had shown both things."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings
from tests.journeys.people import Person

from harborline.kernel import clock
from harborline.people.models import Participant
from harborline.people.services import begin_visit
from harborline.sites.visiting import PROGRAM, SEEN, VISIT
from harborline.walls import ALL_COUNTIES, Actor, acting


def lets_in(person: Person, number: str, program: str) -> None:
    """Begin a visit of the participant with this number in the case system, in this person's window."""
    with acting(Actor("system", "portal"), program=program, counties=ALL_COUNTIES, purpose="portal-entering"):
        somebody = Participant.objects.get(program=program, external_id=number).person_id
        visit = begin_visit(somebody, way="handed-over")
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session.update({VISIT: str(visit), PROGRAM: program, SEEN: clock.now().timestamp()})
    session.save()
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": str(session.session_key), "url": person.address}
    person.window.add_cookies([cookie])  # type: ignore[list-item]  # a cookie
